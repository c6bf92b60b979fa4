"""Import: all pages together, of any size, show each person exactly once."""

from collections.abc import Sequence
from itertools import pairwise

from scim_tests.checks.rules.every_list import asked, is_whole_number, total_of
from scim_tests.knowledge.consequences import IMPORT_FAILS, IMPORT_LOSES, IMPORT_REPEATS
from scim_tests.model.check import (
    BOTH,
    INFERRED,
    MUST,
    OKTA,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.transcript import Transcript

PAGE = "import_users.page"
CAPPED = "the pages are shorter than Okta's step, which passes people by; whoever goes on where a page ends meets them"
SMALL = ("import_users.pages_of_1", "import_users.pages_of_2", "import_users.pages_of_7")


def steady_total(transcript: Transcript) -> int:
    """The number of people, as long as it was the same all through the walk."""
    totals = {total_of(each) for each in transcript.of("import_users.*") if each.is_success}
    if len(totals) != 1:
        raise NotObserved(PAGE, "gave different totals, so the list may have changed during the import")
    return totals.pop()


def whole_walk(transcript: Transcript) -> tuple[str, ...]:
    """Everybody's id in order, if Okta's walk covered the list."""
    pages = transcript.of(PAGE)
    if not pages:
        raise NotObserved(PAGE, "was never sent")
    size = asked(pages[0], "count", 100)
    if len(pages) * size < steady_total(transcript):
        raise NotObserved(PAGE, "did not cover the list")
    if _is_capped(transcript, pages):
        raise NotObserved(
            "", CAPPED
        )  # nobody is to blame: the RFC allows it, and serves-a-hundred-at-a-time warns
    if any(len(each.page.ids) < size for each in pages[:-1]):
        raise NotObserved(PAGE, f"gave fewer than {size} people a page, so Okta's fixed step leaves some out")
    return tuple(user_id for each in pages for user_id in each.page.ids)


def _is_capped(transcript: Transcript, pages: Sequence[Exchange]) -> bool:
    """Whether a walk that goes on where a page ended meets everybody once, and Okta's fixed step does not."""
    total = steady_total(transcript)
    short = [
        each
        for each in pages
        if len(each.page.ids) < min(asked(each, "count", 100), total - asked(each, "startIndex", 1) + 1)
    ]
    walked = transcript.of("import_users.second_walk")
    again = [user_id for each in walked for user_id in each.page.ids]
    is_given_up = bool(walked) and bool(walked[-1].page.ids) and len(again) < total  # by us, as a long walk
    return bool(short) and len(set(again)) == len(again) and (is_given_up or len(again) == total)


def people_at(exchange: Exchange) -> tuple[str, ...]:
    """Whom Okta's walk found at the places this page is about, as far as that walk saw them without a gap."""
    start, count = max(1, asked(exchange, "startIndex", 1)), asked(exchange, "count", 1)
    if steady_total(Transcript((*exchange.before, exchange))) == 0:
        raise NotObserved("", "the target has no users to list")
    places: list[str] = []
    for page in Transcript(exchange.before).of(PAGE):
        first, next_place = asked(page, "startIndex", 1), start + len(places)
        if first <= next_place:
            places += page.page.ids[next_place - first : start + count - first]
    if not places:
        raise NotObserved("", f"Okta's import saw no people from place {start} on")
    return tuple(places)


def walked_ids(exchange: Exchange) -> set[str]:
    return {user_id for page in Transcript(exchange.before).of(PAGE) for user_id in page.page.ids}


def is_first_of_many(exchange: Exchange) -> bool:
    """Whether far more people were met than this first page can hold; nobody removes so many meanwhile."""
    return (
        asked(exchange, "startIndex", 1) == 1 and len(walked_ids(exchange)) >= asked(exchange, "count", 1) + 2
    )


@check(
    "import_users.page-answers-200",
    on=(PAGE, *SMALL, "import_users.second_walk"),
    title="Every page of users is answered with 200",
    references=("RFC7644-3.4.2-02", "INTEROP-6.4-01", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=IMPORT_FAILS,
    fix="Serve GET /Users for every startIndex and count.",
    follows=("every_answer.takes-the-scim-media-type",),
)
def page_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "import_users.serves-a-hundred-at-a-time",
    on=PAGE,
    when=lambda exchange: is_whole_number(exchange.page.total),
    otherwise="no page gave totalResults as an integer",
    title="A page of 100 holds 100 people, if there are that many",
    references=("INTEROP-6.4-03", "okta:S20", "RFC7644-3.4.2.4-07"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=Consequence(
        "The RFC allows shorter pages, but Okta's documented step is a fixed 100: people between "
        "the end of a short page and the next step are never imported.",
        INFERRED,
    ),
    fix="Allow at least 100 people a page.",
)
def serves_a_hundred_at_a_time(exchange: Exchange) -> Finding | None:
    left = total_of(exchange) - asked(exchange, "startIndex", 1) + 1
    due = max(0, min(asked(exchange, "count", 100), left))
    shown = len(exchange.page.ids)
    return None if shown >= due else Finding(f"{due} people", f"{shown} people", "$.Resources")


@check(
    "import_users.total-is-steady",
    on="import_users",
    title="totalResults is the same on every page of the run",
    references=("RFC7644-3.4.2.4-09", "okta:S20"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Count the matches, not the page; if other people changed the target during the run, run again.",
)
def total_is_steady(scene: Transcript) -> Finding | None:
    pages = [each for each in scene if each.is_success]
    first = total_of(pages[0]) if pages else 0
    for page in pages:
        if total_of(page) != first:
            return Finding(f"{first}, as on the first page", str(total_of(page)), "$.totalResults", (page,))
    return None


@check(
    "import_users.total-counts-everybody",
    on=("import_users.pages_of_1", "import_users.pages_of_2"),
    when=is_first_of_many,
    otherwise="the target has too few people for this",
    title="totalResults counts all people, not only those on the page",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Count the matches of the query without count and startIndex.",
)
def total_counts_everybody(exchange: Exchange) -> Finding | None:
    total, known = total_of(exchange), len(walked_ids(exchange))
    if total == len(exchange.page.ids):
        return Finding(f"{known}, as Okta's import found", f"{total}, as on the page", "$.totalResults")
    return None


@check(
    "import_users.lists-as-many-as-it-totals",
    on="import_users",
    title="All pages together show as many people as totalResults says",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-11", "okta:S20", "okta:H-SAFE"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Take the count and the page from the same query, with a fixed order.",
    follows=("every_list.shows-nobody-twice", "every_user.has-an-id"),
)
def lists_as_many_as_it_totals(scene: Transcript) -> Finding | None:
    met, total = len(set(whole_walk(scene))), steady_total(scene)
    pages = tuple(scene.of(PAGE))
    return (
        None if met == total else Finding(f"{total} people", f"{met} different people", "$.Resources", pages)
    )


@check(
    "import_users.shows-nobody-on-two-pages",
    on="import_users",
    title="No person is on two pages of one import",
    references=("RFC7644-3.4.2.4-11", "RFC7644-3.4.2.4-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Order by something unique before the list is cut into pages.",
    follows=("import_users.goes-on-to-the-next-page", "import_users.small-pages-show-the-same-people"),
)
def shows_nobody_on_two_pages(scene: Transcript) -> Finding | None:
    steady_total(scene)
    for step in (PAGE, *SMALL, "import_users.second_walk"):
        seen: dict[str, Exchange] = {}
        for page in scene.of(step):
            for user_id in page.page.ids:
                if seen.setdefault(user_id, page) != page:
                    where = (seen[user_id], page)
                    return Finding("each person once", f"{user_id} on two pages", "$.Resources[*].id", where)
    return None


@check(
    "import_users.small-pages-show-the-same-people",
    on=SMALL,
    title="Pages of 1, 2 and 7 show the people at those places of the whole list",
    references=("RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-11", "RFC7644-3.4.2.4-10", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="startIndex counts resources from 1, not pages and not from 0; order by something unique.",
    follows=("import_users.goes-on-to-the-next-page", "every_list.shows-nobody-twice"),
)
def small_pages_show_thesame_people(exchange: Exchange) -> Finding | None:
    return same_people(exchange)


@check(
    "import_users.second-walk-keeps-the-order",
    on="import_users.second_walk",
    title="A second import shows the same people in the same order",
    references=("RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=IMPORT_LOSES,
    fix="Give the list a fixed order, for instance by creation and id.",
    follows=("import_users.small-pages-show-the-same-people",),
)
def second_walk_keeps_the_order(exchange: Exchange) -> Finding | None:
    return same_people(exchange)


def same_people(exchange: Exchange) -> Finding | None:
    wanted, shown = people_at(exchange), exchange.page.ids
    if shown and shown[: len(wanted)] == wanted[: len(shown)]:
        return None
    start = asked(exchange, "startIndex", 1)
    return Finding(
        f"{', '.join(wanted[:3])} from place {start} on", ", ".join(shown[:3]) or "no people", "$.Resources"
    )


@check(
    "import_users.goes-on-to-the-next-page",
    on="import_users",
    title="A later page does not repeat the page before it",
    references=("RFC7644-3.4.2.4-03", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Apply startIndex to a list with a fixed order.",
    follows=("every_user.has-an-id",),
)
def goes_on_to_the_next_page(scene: Transcript) -> Finding | None:
    for step in (PAGE, *SMALL):
        pages = scene.of(step)
        for before, after in pairwise(pages):
            if before.page.ids and before.page.ids == after.page.ids and not _grew(before, after):
                return Finding("the next people", "the same people again", "$.Resources", (before, after))
    return None


def _grew(before: Exchange, after: Exchange) -> bool:
    """Whether somebody was added meanwhile, who may have pushed the others on by a place."""
    was, now = before.page.total, after.page.total
    return is_whole_number(was) and is_whole_number(now) and now > was
