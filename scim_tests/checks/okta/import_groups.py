"""Listing groups: optional in Okta's suite, so a target without groups gets only advice."""

from scim_tests.checks.rules.every_list import total_of
from scim_tests.knowledge.consequences import GROUPS_NOT_IMPORTED, REVIEW_FAILS
from scim_tests.model.check import BOTH, DEGRADED, MUST, OKTA, PLAY, SHOULD, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

PAGE = "import_groups.page"
NOT_SERVED = "the target does not serve groups"
SHORT = "gave fewer than 100 groups a page, so Okta's fixed step leaves some out"


def hidden(transcript: Transcript) -> set[str]:
    """Groups that Okta's step passes by, and that whoever asks for the next place is shown (RFC 7644 3.4.2.4)."""
    met = {group_id for page in transcript.of(PAGE) if page.is_success for group_id in page.page.ids}
    rest = {
        group_id
        for page in transcript.of("import_groups.rest")
        if page.is_success
        for group_id in page.page.ids
    }
    return rest - met


@check(
    "import_groups.list-answers-200",
    on="import_groups.list",
    title="A list of groups is answered with 200",
    references=("okta:SPEC", "RFC7644-3.2-01"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Serve GET /Groups, with an empty list where there are no groups.",
)
def list_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "import_groups.list-is-quick",
    on="import_groups",
    title="A list of groups arrives within 600 milliseconds",
    references=("okta:SPEC",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="List groups without their members' details, or serve them in pages.",
)
def list_is_quick(scene: Transcript) -> Finding | None:
    """By the quickest of them: one alone may have met a cold start, or a busy machine."""
    lists = [each for each in scene.of("import_groups.list", PAGE) if each.is_success]
    if not lists:
        raise NotObserved("", NOT_SERVED)
    quickest = min(lists, key=lambda each: each.heard.seconds)
    seconds = quickest.heard.seconds
    if seconds < 0.6:
        return None
    return Finding(
        "less than 600 ms", f"{seconds * 1000:.0f} ms, the quickest of {len(lists)}", at=(quickest,)
    )


def is_served(exchange: Exchange) -> bool:
    return exchange.earlier("list").is_success


@check(
    "import_groups.page-answers-200",
    on=PAGE,
    when=is_served,
    otherwise=NOT_SERVED,
    title="Every page of groups is answered with 200",
    references=("RFC7644-3.4.2-02", "INTEROP-6.4-01", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="Serve GET /Groups for every startIndex and count.",
)
def page_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "import_groups.lists-each-group-once",
    on="import_groups",
    title="All pages together show each group once, and as many groups as totalResults says",
    references=("RFC7644-3.4.2.4-09", "RFC7644-3.4.2.4-11", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="Apply startIndex and count to groups too, order them by something unique, and count them all.",
    follows=("every_list.shows-nobody-twice", "link_group.list-has-the-group"),
)
def lists_each_group_once(scene: Transcript) -> Finding | None:
    pages = [page for page in scene.of(PAGE) if page.is_success]
    met = [group_id for page in pages for group_id in page.page.ids]
    totals = {total_of(page) for page in pages}
    if len(totals) != 1:
        raise NotObserved(
            PAGE, "gave no total, or different ones, so the list may have changed during the import"
        )
    if hidden(scene) or (len(pages) > 1 and any(len(page.page.ids) < 100 for page in pages[:-1])):
        raise NotObserved(PAGE, SHORT)
    total, where = totals.pop(), tuple(pages)
    if len(set(met)) == len(met) == total:
        return None
    said = f"{len(met)} in all, {len(set(met))} of them different"
    return Finding(f"{total} groups, each once", said, "$.Resources", at=where)


@check(
    "import_groups.small-page-shows-the-same-group",
    on="import_groups.second",
    title="A page of one group, from the second place on, shows the second group of the list",
    references=("RFC7644-3.4.2.4-03", "RFC7644-3.4.2.4-07", "RFC7644-3.4.2.4-11"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="Apply startIndex and count to groups too, and order them by something unique.",
    follows=(
        "every_list.keeps-to-the-count",
        "import_groups.lists-each-group-once",
        "import_users.small-pages-show-the-same-people",
    ),
)
def small_page_shows_the_same_group(exchange: Exchange) -> Finding | None:
    first = Transcript(exchange.before).one(PAGE)
    if total_of(exchange) != total_of(first):
        raise NotObserved(exchange.step, "gave another total, so the list may have changed meanwhile")
    wanted, shown = first.page.ids[1:2], exchange.page.ids
    if not wanted or shown == wanted:
        return None
    shows = ", ".join(shown[:3]) or "no group"
    return Finding(f"the group {wanted[0]}", shows, "$.Resources", at=(first, exchange))


@check(
    "import_groups.lists-what-the-run-pushed",
    on=PLAY,
    title="All pages together show every group that this run pushed and did not delete",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2.4-09", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="List every group, however it was created.",
    follows=("link_group.list-has-the-group", "every_group.is-read-by-its-id"),
)
def lists_what_the_run_pushed(transcript: Transcript) -> Finding | None:
    pages = transcript.of(PAGE)
    deleted = {each.scene for each in transcript.of("push_group.delete")}
    created = [
        each for each in transcript.of("push_group.create") if each.is_success and each.scene not in deleted
    ]
    if not pages or not created:
        raise NotObserved("", "no pushed group was left" if pages else "no page of groups was read")
    met = {group_id for page in pages for group_id in page.page.ids}
    if hidden(transcript):
        raise NotObserved(PAGE, SHORT)
    for each in created:
        group_id = str(get(each.resource, "id"))
        if group_id not in met:
            where = (each, *pages)
            return Finding(f"the group {group_id}", "a list without it", "$.Resources[*].id", at=where)
    return None
