"""Import: Okta reads the whole list in fixed steps (okta:S20), and we read pages that Okta never asks for.

Okta asks for `startIndex=1&count=100`, then 101, 201 and so on until totalResults is covered. After
that come small pages, a second walk, and the edges of paging; RFC 7644 3.4.2.4 says how each ends.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from scim_tests.model.act import OktaPerson, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange
from scim_tests.model.page import Page
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.matching import Directory, Import
from scim_tests.personas.okta.requests import list_page, pages_by_index
from scim_tests.personas.okta.side_by_side import alone, side_by_side
from scim_tests.personas.okta.update_user import after_the_wedding, under_a_new_name

SMALL_PAGES = (1, 2, 7)


@dataclass
class Seen:
    """What a walk has met so far, and what it left out."""

    matching: Import
    ids: list[str] = field(default_factory=list)
    total: int = 0
    notes: list[str] = field(default_factory=list)


@act(
    title="Import people",
    group="import users",
    capability="import_users",
    sends=("GET /Users",),
)
def import_users(scene: Scene) -> Performance:
    """Walk the list as Okta does, then by small pages and once more, then past its edges.

    Gives what Okta would make of the people (`imported`), and what was `not_looked_at`.
    """
    limits = scene.profile.limits
    seen = yield from _whole_list(scene)
    small = SMALL_PAGES if pages_by_index(scene) else ()
    walks = {**{f"pages_of_{count}": count for count in small}, "second_walk": limits.page_size}
    met = dict.fromkeys(walks, 0)
    walking = [_walk(scene, step, count, met) for step, count in walks.items()]
    yield from side_by_side((*walking, *map(alone, _edges(scene, seen.total))))
    seen.notes += [
        f"{step}: only the first {number} of {len(seen.ids)} people were walked"
        for step, number in met.items()
        if number < len(seen.ids)
    ]
    return SceneResult(not_looked_at=tuple(seen.notes), imported=seen.matching.record())


def _whole_list(scene: Scene) -> Generator[Step, Exchange, Seen]:
    """Okta's walk: a fixed step, whatever the target says it put on the page (okta:S20)."""
    limits = scene.profile.limits
    seen = Seen(Import(Directory((*scene.directory, *assigned(scene)))))
    before: tuple[str, ...] = ()
    for start in range(1, limits.import_pages * limits.page_size, limits.page_size):
        sample = None if len(seen.ids) < limits.judged_people else 1
        shown = yield list_page(scene, "page", start, limits.page_size, bulky=True, sample=sample)
        page = shown.page
        seen.total = page.total if isinstance(page.total, int) else len(page.ids)
        if page.ids == before and before:
            seen.notes.append(
                f"page: startIndex {start} gave the page before once more, so the walk ended there"
            )
            break
        seen.ids += page.ids
        seen.matching.meet(shown.resources)
        before = page.ids
        if not goes_on(page, start + limits.page_size):
            break
    else:
        seen.notes.append(
            f"page: of {seen.total} people the walk saw {len(seen.ids)}, on {limits.import_pages} pages"
        )
    if len(seen.ids) > limits.judged_people:
        seen.notes.append(
            f"page: after {limits.judged_people} people only the first of each page was judged by itself"
        )
    return seen


def assigned(scene: Scene) -> list[OktaPerson]:
    """Whom this run has pushed, so that Okta counts them as assigned; under the names they have by now."""
    pushed: list[OktaPerson] = []
    for person in scene.crowd:
        if {f"push_user:{person.key}", "bulk_assignment"} & scene.known.keys():
            now = (
                under_a_new_name(after_the_wedding(person))
                if f"update_user:{person.key}" in scene.known
                else person
            )
            pushed.append(
                OktaPerson(now.user_name, now.given_name, now.family_name, now.email, assigned=True)
            )
    return pushed


def goes_on(page: Page, start: int) -> bool:
    """Whether Okta asks for the page from `start` on after this one."""
    return bool(page.ids) and isinstance(page.total, int) and start <= page.total


def _walk(scene: Scene, step: str, count: int, met: dict[str, int]) -> Generator[Step, Exchange, None]:
    """A walk by what each page really held, as RFC 7644 3.4.2.4 has it; how many people it `met` is kept there."""
    for _ in range(scene.profile.limits.small_page_requests):
        shown = yield list_page(scene, step, met[step] + 1, count, bulky=True, sample=1)
        met[step] += len(shown.page.ids)
        if not goes_on(shown.page, met[step] + 1):
            break


def _edges(scene: Scene, total: int) -> Iterator[Step]:
    yield list_page(scene, "count_zero", 1, 0)
    yield list_page(scene, "count_negative", 1, -1)
    if not pages_by_index(scene):
        return
    yield list_page(scene, "past_the_end", total + 1000, 100)
    yield list_page(scene, "start_zero", 0, 2)
    yield list_page(scene, "start_negative", -5, 2)
