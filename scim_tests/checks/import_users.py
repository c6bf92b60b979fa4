"""Import: every walk over the list, in pages of any size, meets everybody exactly once."""

from itertools import pairwise

from scim_tests.checks.consequences import IMPORT_FAILS, IMPORT_LOSES, IMPORT_REPEATS, OKTA_INDIFFERENT
from scim_tests.checks.every_list import asked, is_whole_number, total_of
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    DOCUMENTED,
    INFERRED,
    MUST,
    OKTA,
    PLAY,
    RFC,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Consequence,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, Unseen
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

PAGE = "import_users.page"
SMALL = ("import_users.pages_of_1", "import_users.pages_of_2", "import_users.pages_of_7")


def steady_total(transcript: Transcript) -> int:
    """The number of people, as long as it was the same all through the walk."""
    totals = {total_of(each) for each in transcript.of("import_users.*") if each.is_success}
    if len(totals) != 1:
        raise Unseen(PAGE, "said different totals, so the list may have changed under the walk")
    return totals.pop()


def whole_walk(transcript: Transcript) -> tuple[str, ...]:
    """Everybody's id in order, if Okta's walk covered the list."""
    pages = transcript.of(PAGE)
    if not pages:
        raise Unseen(PAGE, "was never sent")
    size = asked(pages[0], "count", 100)
    if len(pages) * size < steady_total(transcript):
        raise Unseen(PAGE, "did not cover the list")
    if any(len(each.page.ids) < size for each in pages[:-1]):
        raise Unseen(PAGE, f"gave fewer than {size} people a page, so Okta's fixed step leaves some out")
    return tuple(user_id for each in pages for user_id in each.page.ids)


def people_at(exchange: Exchange) -> tuple[str, ...]:
    """Whom Okta's walk found at the places this page is about, as far as that walk saw them without a gap."""
    start, count = max(1, asked(exchange, "startIndex", 1)), asked(exchange, "count", 1)
    if steady_total(Transcript((*exchange.before, exchange))) == 0:
        raise Unseen("", "the target has nobody to list")
    places: list[str] = []
    for page in Transcript(exchange.before).of(PAGE):
        first, next_place = asked(page, "startIndex", 1), start + len(places)
        if first <= next_place:
            places += page.page.ids[next_place - first : start + count - first]
    if not places:
        raise Unseen("", f"Okta's walk saw nobody from place {start} on")
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
    title="Every page is answered with 200",
    references=("RFC7644-3.4.2-02", "INTEROP-6.4-01", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=IMPORT_FAILS,
    fix="Serve GET /Users for every startIndex and count.",
    follows=("every_answer.is-no-server-error",),
)
def page_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "import_users.serves-a-hundred-at-a-time",
    on=PAGE,
    when=lambda exchange: is_whole_number(exchange.page.total),
    otherwise="no page gave totalResults as an integer",
    title="A page of 100 holds 100 people, as long as there are so many",
    references=("INTEROP-6.4-03", "okta:S20", "RFC7644-3.4.2.4-07"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=Consequence(
        "The RFC allows shorter pages, but Okta's documented step is a fixed 100: whoever stands "
        "between the end of a short page and the next step is never imported.",
        INFERRED,
    ),
    fix="Allow at least 100 people a page.",
)
def serves_a_hundred_at_a_time(exchange: Exchange) -> Finding | None:
    left = total_of(exchange) - asked(exchange, "startIndex", 1) + 1
    due = max(0, min(asked(exchange, "count", 100), left))
    shown = len(exchange.page.ids)
    return None if shown >= due else Finding(f"{due} people", str(shown), "$.Resources")


@check(
    "import_users.total-is-steady",
    on="import_users",
    title="totalResults is the same on every page of the play",
    references=("RFC7644-3.4.2.4-09", "okta:S20"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Count the matches, not the page; if somebody was at work on the target meanwhile, run again.",
)
def total_is_steady(scene: Transcript) -> Finding | None:
    pages = [each for each in scene if each.is_success]
    first = total_of(pages[0]) if pages else 0
    for page in pages:
        if total_of(page) != first:
            return Finding(
                f"{first}, as on the first page", str(total_of(page)), "$.totalResults", (page.number,)
            )
    return None


@check(
    "import_users.total-counts-everybody",
    on=("import_users.pages_of_1", "import_users.pages_of_2"),
    when=is_first_of_many,
    otherwise="the target has too few people to tell",
    title="totalResults counts all people, not those on the page",
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
        return Finding(f"{known}, as Okta's walk met", f"{total}, as on the page", "$.totalResults")
    return None


@check(
    "import_users.lists-as-many-as-it-totals",
    on="import_users",
    title="Okta's walk meets as many people as totalResults says",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-11", "okta:S20", "okta:H-SAFE"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Let the count and the page come from the same query, with a total order.",
)
def lists_as_many_as_it_totals(scene: Transcript) -> Finding | None:
    met, total = len(set(whole_walk(scene))), steady_total(scene)
    pages = tuple(each.number for each in scene.of(PAGE))
    return None if met == total else Finding(f"{total} people", f"{met} different ones", "$.Resources", pages)


@check(
    "import_users.shows-nobody-on-two-pages",
    on="import_users",
    title="No one stands on two pages of a walk",
    references=("RFC7644-3.4.2.4-11", "RFC7644-3.4.2.4-03", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_REPEATS,
    fix="Order by something unique before cutting pages.",
)
def shows_nobody_on_two_pages(scene: Transcript) -> Finding | None:
    steady_total(scene)
    for step in (PAGE, *SMALL, "import_users.second_walk"):
        seen: dict[str, int] = {}
        for page in scene.of(step):
            for user_id in page.page.ids:
                if seen.setdefault(user_id, page.number) != page.number:
                    where = (seen[user_id], page.number)
                    return Finding("everybody once", f"{user_id} on two pages", "$.Resources[*].id", where)
    return None


@check(
    "import_users.small-pages-show-the-same-people",
    on=SMALL,
    title="Pages of 1, 2 and 7 show the people who stand at those places of the whole list",
    references=("RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-11", "RFC7644-3.4.2.4-10", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="startIndex counts resources from 1, not pages and not from 0; order by something unique.",
)
def small_pages_show_the_same_people(exchange: Exchange) -> Finding | None:
    return _same_people(exchange)


@check(
    "import_users.second-walk-keeps-the-order",
    on="import_users.second_walk",
    title="A second walk meets the same people in the same order",
    references=("RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=IMPORT_LOSES,
    fix="Give the list a fixed order, for instance by creation and id.",
)
def second_walk_keeps_the_order(exchange: Exchange) -> Finding | None:
    return _same_people(exchange)


def _same_people(exchange: Exchange) -> Finding | None:
    wanted, shown = people_at(exchange), exchange.page.ids
    if shown and shown[: len(wanted)] == wanted[: len(shown)]:
        return None
    start = asked(exchange, "startIndex", 1)
    return Finding(
        f"{', '.join(wanted[:3])} from place {start} on", ", ".join(shown[:3]) or "nobody", "$.Resources"
    )


@check(
    "import_users.goes-on-to-the-next-page",
    on="import_users",
    title="A later page is not the page before once more",
    references=("RFC7644-3.4.2.4-03", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="Apply startIndex.",
)
def goes_on_to_the_next_page(scene: Transcript) -> Finding | None:
    for step in (PAGE, *SMALL):
        pages = scene.of(step)
        for before, after in pairwise(pages):
            if before.page.ids and before.page.ids == after.page.ids:
                return Finding(
                    "the next people", "the same ones again", "$.Resources", (before.number, after.number)
                )
    return None


@check(
    "import_users.past-the-end-is-nobody",
    on="import_users.past_the_end",
    title="A page past the end is a 200 without people, with the true total",
    references=("RFC7644-3.4.2.4-12", "RFC7644-3.4.2-05"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=IMPORT_FAILS,
    fix="Answer a startIndex past the end with an empty Resources, totalResults as ever.",
    follows=("every_list.keeps-to-the-count",),
)
def past_the_end_is_nobody(exchange: Exchange) -> Finding | None:
    """The RFC says only by way of startIndex and totalResults what comes there; Okta never asks."""
    if exchange.status in {400, 404}:
        return advice("200 with nobody", exchange.answer.phrase)
    return _nobody_but_the_total(exchange)


@check(
    "import_users.count-zero-shows-nobody",
    on="import_users.count_zero",
    title="count=0 gives totalResults and nobody",
    references=("RFC7644-3.4.2.4-05",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Treat 0 as a number, not as an absent count.",
    follows=("every_list.keeps-to-the-count",),
)
def count_zero_shows_nobody(exchange: Exchange) -> Finding | None:
    return _nobody_but_the_total(exchange)


@check(
    "import_users.negative-count-is-zero",
    on="import_users.count_negative",
    title="A negative count is treated as 0",
    references=("RFC7644-3.4.2.4-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Raise a negative count to 0.",
    follows=("every_list.keeps-to-the-count",),
)
def negative_count_is_zero(exchange: Exchange) -> Finding | None:
    return _nobody_but_the_total(exchange)


def _nobody_but_the_total(exchange: Exchange) -> Finding | None:
    if exchange.status != 200:
        return Finding("200 with nobody", exchange.answer.phrase)
    if exchange.page.ids:
        return Finding("nobody", f"{len(exchange.page.ids)} people", "$.Resources")
    walked = Transcript(exchange.before).of(PAGE)
    total = total_of(walked[-1]) if walked else total_of(exchange)
    got = total_of(exchange)
    if got == total:
        return None
    # somebody may have been at work on the target meanwhile, but not have removed everybody
    return Finding(f"totalResults {total}", str(got), "$.totalResults", mild=got != 0)


@check(
    "import_users.start-below-one-is-one",
    on=("import_users.start_zero", "import_users.start_negative"),
    title="A startIndex below 1 is treated as 1",
    references=("RFC7644-3.4.2.4-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Raise a startIndex below 1 to 1.",
)
def start_below_one_is_one(exchange: Exchange) -> Finding | None:
    if exchange.status != 200:
        return Finding("200 with the first people", exchange.answer.phrase)
    return _same_people(exchange)


@check(
    "import_users.lists-whom-the-run-created",
    on=PLAY,
    title="The walk meets every active user this run created",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2.4-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=IMPORT_LOSES,
    fix="List every user, however it was created.",
    follows=("every_view.has-one-id-for-one-user-name",),
)
def lists_whom_the_run_created(transcript: Transcript) -> Finding | None:
    created = {
        _id(each): each.number
        for each in transcript.of("push_user.create", "bulk_assignment.create")
        if each.is_success
    }
    inactive = _inactive(transcript)
    active = {user_id: number for user_id, number in created.items() if user_id and user_id not in inactive}
    return _all_listed(transcript, active)


@check(
    "import_users.lists-inactive-people",
    on=PLAY,
    title="The walk meets inactive users too",
    references=("INTEROP-6.6-02", "okta:CONC"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=OKTA,
    consequence=Consequence(
        "Okta imports no inactive users; but where the app is the profile source, a user missing from "
        "the list is deleted in Okta, while one listed as inactive is deactivated.",
        DOCUMENTED,
    ),
    fix="List inactive users with active false; only a DELETE takes a user off the list.",
)
def lists_inactive_people(transcript: Transcript) -> Finding | None:
    return _all_listed(transcript, _inactive(transcript))


def _inactive(transcript: Transcript) -> dict[str, int]:
    """Whom the run saw last as inactive."""
    last: dict[str, Exchange] = {}
    for each in transcript.of("deactivate_user.read_back", "reactivate_user.read_*"):
        if _id(each):
            last[_id(each)] = each
    return {user_id: each.number for user_id, each in last.items() if get(each.resource, "active") is False}


def _all_listed(transcript: Transcript, users: dict[str, int]) -> Finding | None:
    if not users:
        raise Unseen("", "the run made no such user")
    pages = transcript.of(PAGE)
    listed = {user_id for page in pages if page.is_success for user_id in page.page.ids}
    missing = [user_id for user_id in users if user_id not in listed]
    if missing or not pages:
        whole_walk(transcript)  # says why the walk may have passed them by
        where = (users[missing[0]], transcript.one(PAGE).number)
        return Finding(
            f"{missing[0]} on the list", f"{len(missing)} of {len(users)} are not there", "$.Resources", where
        )
    return None


def _id(exchange: Exchange) -> str:
    try:
        return str(get(exchange.resource, "id") or "")
    except Unseen:
        return ""
