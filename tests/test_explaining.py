"""`explain`: from what Okta shows to the wire, offline."""

import json
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from scim_tests.checks import catalogue
from scim_tests.cli import cli
from scim_tests.knowledge.messages import Event, events, known_as, messages, nearest, of_event
from scim_tests.knowledge.reference import OKTA, references

ROOT = Path(__file__).parent.parent

# What admins have read (okta-protocol, section 5), with names filled in; and the table it must lead to.
SEEN = {
    "Error authenticating: null. The connector configuration could not be tested. Make sure that the URL, Authentication Parameters are correct and that there is an implementation available at the URL provided.": "probe.bare",
    "Error authenticating: Unauthorized. The connector configuration could not be tested.": "probe.401",
    "Error authenticating: Connect to scim.example.com:443 [scim.example.com/192.0.2.1] failed: Connect timed out": "probe.unreachable",
    "Received fatal alert: protocol_version": "tls",
    "No results for users returned": "no_results",
    "Could not verify the administrator credentials; check them": "could_not_verify",
    "Automatic provisioning of user ann@example.com to app Ziflow failed: Error while verifying if user ann@example.com exists: Unauthorized. Errors reported by remote server: no": "lookup.401",
    "Error while verifying if user exists: null": "lookup.silent",
    "failed: Error while creating user Ann Ames: Conflict. Errors reported by remote server: userName is taken": "create.409",
    "failed: Error while creating user Ann Ames: Bad Request. Errors reported by remote server: groups": "create.400",
    "Automatic provisioning of user ann@example.com to app X failed: Error while creating user Ann: Create new user returned empty user.": "create.empty",
    "Automatic provisioning of user ann@example.com to app X failed: Matching user not found.": "matching",
    "Matching user not found.": "matching",
    "Multiple users found by userName. Expected 0 or 1 results but was [7]": "multiple",
    "The credentials used to connect to the API were invalid; please check your configuration": "everywhere.401",
    "Automatic profile push of user Ann Ames to app X failed: Error while trying to push profile update for ann@example.com: Internal Server Error. Errors reported by remote server:": "push.500",
    "Unable to update Group Push mapping target App group Team A: Error while creating user group Team A: HTTP 403 Forbidden": "group_create.403",
    "Error while updating user group membership for group Team A Not Implemented. Errors reported by remote server: patch-REPLACE-operation not supported for group.members": "group_update.501",
    "Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error': was expecting JSON; line: 1, column: 6": "everywhere.unreadable",
    "Push user deactivation to external application: FAILURE: Bad Gateway": "deactivate.502",
    "Rate Limit Exceeded": "everywhere.429",
    "User was assigned this application before Provisioning was enabled and not provisioned in the downstream application. Click Provision User.": "provision_user",
    "This choice creates a conflict.": "import_conflict",
    "3 profile updates have errors": "task_profile",
    "Application accounts need deprovisioning": "task_deprovisioning",
    "Known issue OKTA-1150897": "bug_import_with_entitlements",
    "OKTA-1149228": "bug_group_push_with_entitlements",
}  # fmt: skip


@pytest.mark.parametrize(("text", "key"), SEEN.items(), ids=SEEN.values())
def test_every_message_seen_is_known(text: str, key: str) -> None:
    """The text leads to its table, with at least one cause."""
    found = known_as(text)
    assert key in [each.key for each in found]
    assert found[0].causes


def explained(text: str) -> str:
    """What the command prints."""
    return CliRunner().invoke(cli, ["explain", text]).output


def test_every_cause_names_checks_and_sources_that_are() -> None:
    """No check and no source is named that there is not."""
    checks = {check.id for check in catalogue()}
    for message in messages():
        assert {each for cause in message.causes for each in cause.checks} <= checks, message.key
        own = [source for fact in message.own.values() for source in fact.sources]
        of_causes = [source for cause in message.causes for source in cause.sources]
        assert {OKTA + each for each in (*message.sources, *own, *of_causes)} <= references().keys(), (
            message.key
        )


@pytest.mark.parametrize("text", ["The printer is on fire", "Conflict", "zzz"])
def test_what_is_not_known_is_not_pretended_to_be(text: str) -> None:
    """A text of something else leads to nothing, and to the nearest ones only as such."""
    assert known_as(text) == []
    assert len(nearest(text)) == 3


def test_of_messages_that_hold_a_text_those_that_say_least_besides_are_meant() -> None:
    """The words of a refused credential are not taken for those of a create, whose message has them, too."""
    said = "The credentials used to connect to the API were invalid; please check your configuration"
    assert {each.key for each in known_as(said)} == {"everywhere.401", "everywhere.403"}


EVENT = {
    "eventType": "application.provision.user.push",
    "displayMessage": "Push new user to external application",
    "outcome": {"result": "FAILURE", "reason": "Error while creating user Ann: Conflict. Errors reported by remote server: taken"},
}  # fmt: skip


def test_events_of_the_system_log_are_read_as_json_and_as_csv() -> None:
    """Both exports lead to the same message; successes are passed over."""
    good = {"eventType": "user.session.start", "outcome": {"result": "SUCCESS"}}
    csv = "timestamp,event_type,outcome.result,outcome.reason\n" + ",".join(
        ["2026-11-23", EVENT["eventType"], "FAILURE", f'"{EVENT["outcome"]["reason"]}"']  # type: ignore[index,list-item]
    )
    assert events(json.dumps([EVENT, good])) == events(csv)
    assert [each.key for each in of_event(events(csv)[0])] == ["create.409"]


def test_an_event_without_a_reason_leads_to_what_its_type_can_mean() -> None:
    """A deactivation that failed without words is explained as one."""
    (event,) = events(json.dumps({"eventType": "application.provision.user.deactivate"}))
    assert {each.kind.name for each in of_event(event) if each.kind} == {"deactivate"}


# Events by which Okta tells what it did (okta:EVENTS), and the table that each must lead to.
DONE = {
    "application.account.detect": "account_detected",
    "application.account.match.update": "account_detected",
    "application.account.decision.confirm": "account_confirmed",
    "application.account.decision.ignore": "account_ignored",
    "application.account.decision.revoke": "account_revoked",
    "application.account.remove": "account_removed",
    "application.provision.user.delete": "user_deleted",
    "application.provision.user.delete.schedule": "user_deletion_scheduled",
    "application.provision.user.remove_entitlements": "entitlements_removed",
    "application.provision.user.remove_entitlements.schedule": "entitlements_removal_scheduled",
    "system.import.entitlement": "entitlement_discovery",
    "system.import.entitlement.mismatch": "entitlement_mismatch",
}


@pytest.mark.parametrize(("event_type", "key"), DONE.items(), ids=DONE)
def test_what_okta_does_unasked_is_told(event_type: str, key: str) -> None:
    """The type alone, and an event that tells of a success, lead to what Okta did and what is to be done."""
    row = json.dumps({"eventType": event_type, "outcome": {"result": "SUCCESS"}})
    for said in (event_type, row):
        (event,) = events(said)
        (message,) = of_event(event)
        assert message.key == key
        assert set(message.facts) == {"when", "do"}


def test_what_okta_did_is_told_before_what_went_wrong_with_it() -> None:
    """A deletion that the target refused is explained as a deletion first, then by its message."""
    reason = "Not Implemented. Errors reported by remote server: no DELETE here"
    outcome = {"result": "FAILURE", "reason": reason}
    (event,) = events(json.dumps({"eventType": "application.provision.user.delete", "outcome": outcome}))
    first, *others = of_event(event)
    assert first.key == "user_deleted"
    assert others == known_as(reason)


@pytest.mark.parametrize(
    ("event_type", "bug"),
    [
        ("application.provision.user.import", "OKTA-1150897"),
        ("application.provision.group.add", "OKTA-1149228"),
        ("application.provision.group_membership.update", "OKTA-1149228"),
    ],
)
def test_a_bug_of_okta_is_named_last_with_its_source(event_type: str, bug: str) -> None:
    """Where a failed import or Group Push can be a bug of Okta's, `explain` says so after all that the target can do wrong."""
    said = explained(event_type)
    assert "Not your server" in said
    assert bug in said
    assert "https://developer.okta.com/docs/release-notes/2026-okta-identity-engine/" in said
    (of_the_bug,) = [each for each in messages() if each.text == bug]
    found = [each for message in of_event(Event(event_type, "")) for each in message.causes if each.sources]
    assert [each.why for each in found] == [each.why for each in of_the_bug.causes]


def test_a_success_that_tells_nothing_of_its_own_is_passed_over() -> None:
    """An import that went well is no event to explain, though its failure has a table."""
    row = {"eventType": "application.provision.user.import", "outcome": {"result": "SUCCESS"}}
    assert events(json.dumps(row)) == []


def test_the_page_shows_what_the_command_says() -> None:
    """The excerpt in docs/okta-failure.md is today's."""
    script = runpy.run_path(str(ROOT / "scripts" / "okta_failure.py"))
    page = (ROOT / "docs" / "okta-failure.md").read_text(encoding="utf-8")
    assert script["current"](page) == page
