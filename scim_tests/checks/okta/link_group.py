"""Link Group: a group of the target is on the list Okta refreshed, takes the push, and is not created twice."""

from scim_tests.checks.okta.import_groups import SHORT, hidden
from scim_tests.knowledge.consequences import GROUPS_NOT_IMPORTED, WRONG_GROUP
from scim_tests.model.check import BOTH, MUST, PLAY, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import several
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript


@check(
    "link_group.list-has-the-group",
    on=PLAY,
    title="The list that Okta refreshes shows a group that was pushed before",
    references=("RFC7644-3.4.2-02", "RFC7644-3.4.2.4-09", "okta:S20", "okta:PLAN"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=GROUPS_NOT_IMPORTED,
    fix="List every group, with `displayName` as it is now, whoever created it.",
    follows=("every_group.is-read-by-its-id",),
)
def list_has_the_group(transcript: Transcript) -> Finding | None:
    pages = transcript.of("link_group.page")
    if not pages:
        raise NotObserved("", "no group was linked")
    pushed = Transcript(tuple(each for each in transcript if each.scene == "push_group:team"))
    wanted = str(get(pushed.one("push_group.create").resource, "id"))
    if any(wanted in page.page.ids for page in pages):
        return None
    if hidden(transcript):
        raise NotObserved("link_group.page", SHORT)
    return Finding(f"the group {wanted}", "a list without it", "$.Resources[*].id", at=tuple(pages))


@check(
    "link_group.makes-no-other-group",
    on="link_group.lookup_again",
    title="After linking there is one group of that name: the group that was linked",
    references=("RFC7644-3.5.1-01", "RFC7643-3.1-06", "RFC7644-3.4.2.2-06", "okta:PLAN"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_GROUP,
    fix="Let PATCH and PUT change the group with that id, and never create one.",
)
def makes_no_other_group(exchange: Exchange) -> Finding | None:
    wanted = exchange.earlier("push_now").request.endpoint.removeprefix("/Groups/")
    found = () if exchange.status == 404 else exchange.page.ids
    if not found:
        raise NotObserved(exchange.step, "found no group")
    said = several(found, "group")
    return None if found == (wanted,) else Finding(f"only the group {wanted}", said, "$.Resources")
