"""The same people in orders and pages: sorted by attributes of each kind, by index and by cursor (RFC 7644 3.4.2.3, 3.4.2.4, RFC 9865)."""

from collections.abc import Generator, Iterator

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, get
from scim_tests.personas.okta.requests import get_, pages_by_index, read, user_path
from scim_tests.personas.okta.side_by_side import side_by_side
from scim_tests.personas.rfc.asking import ENOUGH, MANY, NO_FILTERS, ask, ours, search, specimen_ids
from scim_tests.personas.rfc.specimens import SIZE

URN = ENTERPRISE_USER
# Chosen by the wrong servers of tests/mutant_orders.py. Half of a list tells who sorts a page alone, and its end who has no value.
WHOLE = (("title", "title"), ("active", "active"), ("employee_number", f"{URN}:employeeNumber"))
HALVES = (
    ("user_name", "userName"), ("display_name", "displayname"), ("given_name", "name.givenName"), ("phone_numbers", "phoneNumbers.value"),
    ("created", "meta.created"),
)  # fmt: skip
NOT_SHOWN = (
    ("emails", "emails"), ("family_name", f"{USER}:name.familyName"),
    ("department_in_capitals", f"{URN}:department".upper()),
)  # fmt: skip
DOWN: dict[str, Json] = {"sortOrder": "descending"}
HALF = SIZE // 2
SHOWN = "userName,phoneNumbers,preferredLanguage"  # without what is sorted by, and with what the first ones have not
MOST = 2 * SIZE + 2  # requests of a walk by cursor: one that turns in a circle ends


@act(
    title="List people in orders and pages",
    group="specification",
    capability=SPECIFICATION,
    sends=("GET /Users", "GET /Users/{id}", "GET /ServiceProviderConfig", "POST /Users/.search"),
)
def arrange_users(scene: Scene) -> Performance:
    """Sort and page the people of `make_specimens` as far as the target says that it can, by cursor too.

    NotObserved where the target says that it does not filter, since nothing else tells them from all others.
    """
    ids = specimen_ids(scene)
    config = yield get_(scene, "config", "/ServiceProviderConfig")
    can = config.answer.parsed if config.is_success and config.answer.is_json else {}
    if get(can, "filter", "supported") is False:
        raise NotObserved("", NO_FILTERS)
    steps = [*_pages(scene)]
    if get(can, "sort", "supported") is True:
        steps += _sorted(scene)
    elif get(can, "sort", "supported") is False:
        steps.append(ask(scene, "sorted_all_the_same", ours(scene), sortBy="title", count=ENOUGH))
    yield Independent(steps)
    # Some keep a part in mind until somebody writes, and by now nobody does.
    yield get_(scene, "part", f"{user_path(ids[0])}?attributes=userName")
    yield read(scene, "read_1", ids[0])
    if get(can, "pagination", "cursor") is True:
        yield from side_by_side(_walk(scene, name, count=2) for name in ("walk", "walk_beside"))
        if get(can, "sort", "supported") is True:
            yield from _walk(scene, "sorted_walk", count=2, sortBy="userType")
            yield from _walk(scene, "descending_walk", count=HALF, sortBy="title", sortOrder="descending")
        yield from _walk(scene, "narrow_walk", count=SIZE - 1, attributes="userName")
        yield from _odd_cursors(scene)
    return SceneResult()


def _pages(scene: Scene) -> Iterator[Step]:
    """Whole, in pages, and without anybody, by GET and by POST."""
    condition = ours(scene)
    yield ask(scene, "whole", condition, count=ENOUGH)
    yield ask(scene, "whole_without_count", condition)
    yield ask(scene, "whole_at_once", condition, count=MANY)
    yield ask(scene, "page_from_2_by_default", condition, count=1)  # which names no method of paging
    yield search(scene, "search_whole", filter=condition, count=ENOUGH)
    if pages_by_index(scene):
        yield from _from_places(scene)
    else:
        yield ask(scene, "from_3_all_the_same", condition, startIndex=3, count=2)
    yield ask(scene, "count_zero", condition, count=0)
    yield search(scene, "count_below", filter=condition, count=-1)


def _from_places(scene: Scene) -> Iterator[Step]:
    """In pages of two, three and four; from places before the first and behind the last."""
    condition = ours(scene)
    for start, count in ((2, 4), (6, 4)):
        yield ask(scene, "page_from_2", condition, startIndex=start, count=count)
    for start in range(1, SIZE + 1, 2):
        yield ask(scene, "in_parts_page_of_2", condition, startIndex=start, count=2, attributes="userName")
    yield search(scene, "search_page_of_3", filter=condition, count=HALF)
    yield search(scene, "search_page_of_3", filter=condition, startIndex=HALF + 1, count=HALF)
    yield ask(scene, "from_4", condition, startIndex=4)
    yield ask(scene, "from_zero", condition, startIndex=0, count=1)
    yield search(scene, "from_below", filter=condition, startIndex=-3, count=HALF)
    yield ask(scene, "behind_the_last", condition, startIndex=SIZE + 2, count=2)


def _sorted(scene: Scene) -> Iterator[Step]:
    condition = ours(scene)
    for name, path in WHOLE:
        yield ask(scene, f"by_{name}_descending", condition, sortBy=path, **DOWN, count=ENOUGH)
    yield ask(scene, "by_title", condition, sortBy="title", count=ENOUGH)  # the same but for the direction
    for name, path in HALVES:
        yield ask(scene, f"by_{name}", condition, sortBy=path, **DOWN, startIndex=1, count=HALF)
    by_change: dict[str, Json] = {"sortBy": "meta.lastModified", "startIndex": 1, "count": HALF}
    yield ask(scene, "by_last_modified", condition, **by_change)  # upwards, since it names no order
    for name, path in NOT_SHOWN:
        yield ask(scene, f"unseen_by_{name}", condition, sortBy=path, attributes=SHOWN, count=ENOUGH)
    for start in (1, HALF + 1) if pages_by_index(scene) else ():
        yield ask(
            scene, "descending_page_of_3", condition, sortBy="title", **DOWN, startIndex=start, count=HALF
        )
    by_emails: dict[str, Json] = {"sortBy": "EMAILS.VALUE", "sortOrder": "ascending", "count": ENOUGH}
    yield search(
        scene, "unseen_by_emails_searched", filter=condition, **by_emails, excludedAttributes=["emails.value"]
    )
    by_manager: dict[str, Json] = {
        "sortBy": f"{URN}:manager.value",
        **DOWN,
        "startIndex": HALF + 1,
        "count": HALF,
    }
    if pages_by_index(scene):
        yield search(scene, "search_by_manager", filter=condition, **by_manager)


def _walk(scene: Scene, name: str, **asked: Json) -> Generator[Step, Exchange, None]:
    """From page to page until there is no further cursor, at most so far as an honest target needs."""
    cursor: Json = ""
    for _ in range(MOST):
        page = yield ask(scene, name, ours(scene), cursor=cursor, **asked)
        cursor = get(page.answer.parsed, "nextCursor") if page.is_success and page.answer.is_json else None
        if not isinstance(cursor, str) or not cursor:
            return


def _odd_cursors(scene: Scene) -> Generator[Step | Independent, Exchange, None]:
    """One that is none, one that was changed, one that is used with another count."""
    condition = ours(scene)
    first = yield ask(scene, "first_page", condition, cursor="", count=2)
    cursor = get(first.answer.parsed, "nextCursor") if first.is_success and first.answer.is_json else None
    steps = [
        ask(scene, "cursor_of_nothing", condition, cursor="not-a-cursor", count=2),
        ask(scene, "cursor_count_zero", condition, cursor="", count=0),
        ask(scene, "cursor_count_below", condition, cursor="", count=-1),
        search(scene, "search_cursor", filter=condition, cursor="", count=2),
    ]
    if isinstance(cursor, str) and cursor:
        forged = f"{cursor[:-1]}{'A' if cursor[-1] != 'A' else 'B'}"
        steps.append(ask(scene, "cursor_forged", condition, cursor=forged, count=2))
        steps.append(ask(scene, "cursor_with_another_count", condition, cursor=cursor, count=3))
    yield Independent(steps)
