"""The same people in orders and pages: sorted by attributes of each kind, by index and by cursor (RFC 7644 3.4.2.3, 3.4.2.4, RFC 9865)."""

from collections.abc import Generator, Iterator

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, get
from scim_tests.personas.okta.requests import get_, read, user_path
from scim_tests.personas.okta.side_by_side import side_by_side
from scim_tests.personas.rfc.asking import ENOUGH, MANY, NO_FILTERS, ask, ours, search, specimen_ids
from scim_tests.personas.rfc.specimens import SIZE

SORTED_BY = (
    ("user_name", "userName"), ("title", "title"), ("family_name", "name.familyName"), ("emails", "emails.value"),
    ("emails_alone", "emails"), ("active", "active"), ("created", "meta.created"), ("user_type", "userType"),
    ("extension", f"{ENTERPRISE_USER}:department"),
)  # fmt: skip
BOTH_WAYS = frozenset({"title"})
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
    yield Independent(read(scene, f"read_{number}", id_) for number, id_ in enumerate(ids, 1))
    if get(can, "pagination", "cursor") is True:
        yield from side_by_side(_walk(scene, name, count=2) for name in ("walk", "walk_beside"))
        if get(can, "sort", "supported") is True:
            yield from _walk(scene, "sorted_walk", count=2, sortBy="userType")
            yield from _walk(scene, "descending_walk", count=2, sortBy="title", sortOrder="descending")
        yield from _walk(scene, "narrow_walk", count=SIZE - 1, attributes="userName")
        yield from _odd_cursors(scene)
    return SceneResult()


def _pages(scene: Scene) -> Iterator[Step]:
    """Whole, and in pages of one, two and four; from places before the first and behind the last."""
    condition = ours(scene)
    yield ask(scene, "whole", condition, count=ENOUGH)
    yield ask(scene, "whole_without_count", condition)
    yield ask(scene, "whole_at_once", condition, count=MANY)
    for size in (2, 4):
        for start in range(1, SIZE + 1, size):
            yield ask(scene, f"page_of_{size}", condition, startIndex=start, count=size)
    for start in (2, 4, 6):
        yield ask(scene, "page_from_2", condition, startIndex=start, count=2)
    yield ask(scene, "page_from_2_by_default", condition, count=1)  # which names no method of paging
    yield ask(scene, "from_below", condition, startIndex=-3, count=2)
    yield ask(scene, "behind_the_last", condition, startIndex=SIZE + 5, count=2)
    yield ask(scene, "count_zero", condition, count=0)
    yield ask(scene, "count_below", condition, count=-1)
    yield search(scene, "search_whole", filter=condition, count=ENOUGH)
    yield search(scene, "search_page_of_2", filter=condition, startIndex=3, count=2)


def _sorted(scene: Scene) -> Iterator[Step]:
    condition = ours(scene)
    for name, path in SORTED_BY:
        yield ask(scene, f"by_{name}", condition, sortBy=path, count=ENOUGH)
        if path in BOTH_WAYS:
            yield ask(
                scene, f"by_{name}_descending", condition, sortBy=path, sortOrder="descending", count=ENOUGH
            )
    yield ask(scene, "by_title_in_capitals", condition, sortBy="TITLE", sortOrder="ascending", count=ENOUGH)
    yield ask(scene, "by_title_with_urn", condition, sortBy=f"{USER}:title", count=ENOUGH)
    yield ask(scene, "by_what_is_not_shown", condition, sortBy="title", attributes=SHOWN, count=ENOUGH)
    backwards: dict[str, Json] = {"sortBy": "title", "sortOrder": "descending"}
    for start in (1, 3, 5):
        yield ask(scene, "descending_page_of_2", condition, **backwards, startIndex=start, count=2)
    yield search(
        scene,
        "search_by_title_descending",
        filter=condition,
        sortBy="title",
        sortOrder="descending",
        count=ENOUGH,
    )


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
