"""`explain` of the System Log: whatever form its export has, each failure is told once."""

import csv
import json
import tomllib
from io import StringIO
from typing import Any

import pytest
from click.testing import CliRunner

from scim_tests.cli import cli
from scim_tests.errors import ExitCode, UsageError
from scim_tests.knowledge.messages import of_type, standing
from scim_tests.knowledge.recognition import of_event, recognised
from scim_tests.knowledge.reference import fixtures
from scim_tests.knowledge.system_log import Event, Export, export

TYPES = [
    line
    for line in (fixtures() / "okta" / "event-types.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]
REASON = "Error while creating user Ann: Conflict. Errors reported by remote server: taken"


def event(event_type: str, reason: str | None = None, result: str = "FAILURE") -> dict[str, Any]:
    """A row of the System Log, with a few of its other keys."""
    return {
        "published": "2026-11-23T10:00:00.000Z",
        "eventType": event_type,
        "displayMessage": "Push new user to external application",
        "outcome": {"result": result, "reason": reason},
        "target": [{"type": "AppUser", "alternateId": "ann@example.com"}],
    }


def explained(text: str) -> str:
    """What the command prints of a text from standard input."""
    done = CliRunner().invoke(cli, ["explain", "-"], input=text)
    assert done.exit_code == ExitCode.ALL_GOOD, (done.output, done.exception)
    return done.output


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Okta's download: dotted names, the first with a byte order mark."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(["\ufefftimestamp", "event_type", "outcome.result", "outcome.reason"])
    for row in rows:
        writer.writerow(
            [row["published"], row["eventType"], row["outcome"]["result"], row["outcome"]["reason"] or ""]
        )
    return out.getvalue()


def as_text(rows: list[dict[str, Any]]) -> str:
    """As people paste it."""
    return "\n".join(
        f"{row['published']}  {row['eventType']}  {row['outcome']['result']}\n  reason: {row['outcome']['reason'] or ''}"
        for row in rows
    )


FORMS = {
    "array": json.dumps,
    "events": lambda rows: json.dumps({"events": rows}),
    "lines": lambda rows: "\n".join(map(json.dumps, rows)),
    "lines with commas": lambda rows: ",\n".join(map(json.dumps, rows)),
    "csv": as_csv,
    "text": as_text,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_an_export_tells_the_same(form: str) -> None:
    """JSON as an array, with its key or a line each, CSV and text: the same events, and successes passed over."""
    rows = [
        event("application.provision.user.push", REASON),
        event("user.session.start", result="SUCCESS") if form != "text" else event("system.import.start", result="SUCCESS"),
        event("application.provision.user.sync"),
    ]  # fmt: skip
    told = export(FORMS[form](rows))
    assert told == Export(
        [Event("application.provision.user.push", REASON), Event("application.provision.user.sync", "")], 1
    )


def test_one_event_alone_is_an_export() -> None:
    """A single JSON object is read as one event."""
    told = export(json.dumps(event("application.provision.user.push", REASON), indent=2))
    assert told == Export([Event("application.provision.user.push", REASON)], 0)


@pytest.mark.parametrize("form", FORMS)
def test_a_sync_without_a_reason_is_known(form: str) -> None:
    """With a reason of null, or none, Okta stumbled over the answer to its lookup."""
    said = explained(FORMS[form]([event("application.provision.user.sync")]))
    assert "startIndex" in said
    assert "every_answer.takes-the-scim-media-type" in said


def test_events_that_say_the_same_are_told_once_and_counted() -> None:
    """Whom they are about does not count; another cause does."""
    people = [f"Error while creating user {name}: Conflict. Errors reported by remote server: taken" for name in ("Ann", "Bob", "Cem")]  # fmt: skip
    late = "Error while creating user Dee: Read timed out"
    said = explained(json.dumps([event("application.provision.user.push", each) for each in (*people, late)]))
    assert said.count("application.provision.user.push (3 times): ") == 1
    assert said.count("application.provision.user.push: Error while creating user Dee") == 1
    assert said.count("Likely causes on the wire") == 2


def test_an_export_without_failures_says_so() -> None:
    """Nothing is explained where nothing failed."""
    went_well = event("application.provision.user.push", result="SUCCESS")
    assert explained(json.dumps([went_well] * 3)) == "3 events, and none tells of a failure.\n"
    assert explained(json.dumps([went_well])) == "1 event, and none tells of a failure.\n"


@pytest.mark.parametrize("text", ["[]", '{"events": []}', "\ufeff[\n]\n"])
def test_an_export_without_events_says_so(text: str) -> None:
    """It is an export, and no text that nobody knows."""
    done = CliRunner().invoke(cli, ["explain", "-"], input=text)
    assert isinstance(done.exception, UsageError)
    assert "This export holds no events." in str(done.exception)


@pytest.mark.parametrize("reason", ["no", "Invalid credentials", "user is locked", None])
def test_events_of_something_else_are_counted_and_not_explained(reason: str | None) -> None:
    """In one line below what is known, whatever their reason; alone they end with 7."""
    strange = event("user.session.start", reason)
    others = [strange, event("user.authentication.sso", "no"), strange]
    said = explained(json.dumps([*others, event("application.provision.user.push", REASON)]))
    assert said.endswith("\n\nBeside these 3 of other types, which are not known to be about provisioning.\n")
    assert said.count("Likely causes") == 1
    done = CliRunner().invoke(cli, ["explain", "-"], input=json.dumps(strange))
    assert getattr(done.exception, "exit_code", None) == ExitCode.NOT_KNOWN


@pytest.mark.parametrize("event_type", TYPES)
def test_every_type_of_the_catalogue_is_answered(event_type: str) -> None:
    """Each type about provisioning, group push and imports leads to something that is known of it, with causes."""
    message = of_type(event_type)
    assert message
    assert message.causes
    assert message.facts
    assert event_type in explained(event_type)


@pytest.mark.parametrize("old", tomllib.loads((fixtures() / "okta" / "legacy-event-types.toml").read_text("utf-8")).items(), ids=lambda pair: pair[0])  # fmt: skip
def test_the_old_name_of_a_type_is_answered_as_todays(old: tuple[str, str]) -> None:
    """Alone, and as the legacyEventType of an event without an eventType."""
    name, today = old
    then, now = of_type(name), of_type(today)
    assert then
    assert then == now
    row = event(name)
    row["legacyEventType"] = row.pop("eventType")
    assert then.causes[0].why[:40] in explained(json.dumps([row]))
    assert then.causes[0].why[:40] in explained(f"2026-11-23T10:00:00Z {name} FAILURE")


def test_an_old_name_of_a_group_push_is_known() -> None:
    """The old names of group push differ from today's in their first words alone."""
    new = of_type("application.provision.group_push.mapping.update.or.delete.failed")
    assert new
    assert of_type("app.user_management.grouppush.mapping.update.or.delete.failed") == new


def test_the_type_tells_the_request_where_the_reason_does_not() -> None:
    """A reason without Okta's words is about the request of its event."""
    reason = "Internal Server Error. Errors reported by the connector : {}"
    (found,) = of_event("application.provision.user.push", reason)
    assert (found.message.key, found.causes[0].name) == ("create", "server_fault")
    (found,) = of_event("application.provision.user.deactivate", "Not Found")
    assert (found.message.kind and found.message.kind.name, found.causes[0].name) == ("deactivate", "gone")


@pytest.mark.parametrize("reason", ["Conflict. Errors reported by remote server: userName is taken", "Bad Request. Errors reported by remote server: no", "Not Found"])  # fmt: skip
def test_the_type_tells_the_same_as_the_words_before_the_reason(reason: str) -> None:
    """An event's reason has the causes, and the facts, of the same reason behind Okta's words for the job."""
    (by_type,) = of_event("application.provision.user.push", reason)
    by_words = recognised(f"Error while creating user Ann Ames: {reason}")
    assert by_words
    assert by_type.causes == by_words.causes
    told = ("when", "task", "retry", "do")
    assert [by_type.message.facts.get(each) for each in told] == [
        by_words.message.facts.get(each) for each in told
    ]


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
    "system.import.roadblock": "import_safeguard",
}


@pytest.mark.parametrize(("event_type", "key"), DONE.items(), ids=DONE)
def test_what_okta_does_unasked_is_told(event_type: str, key: str) -> None:
    """The type alone, and an event that tells of a success, lead to what Okta did and what is to be done."""
    for said in (event_type, json.dumps(event(event_type, result="SUCCESS"))):
        told = export(said)
        assert told
        (found,) = of_event(told.events[0].type, told.events[0].text)
        assert found.message.key == key
        assert set(found.message.facts) == {"when", "do"}


def test_what_okta_did_is_told_before_what_went_wrong_with_it() -> None:
    """A deletion that the target refused is explained as a deletion first, then by its message."""
    reason = "Not Implemented. Errors reported by remote server: no DELETE here"
    first, other = of_event("application.provision.user.delete", reason)
    assert first.message.key == "user_deleted"
    assert other == recognised(reason)


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
    assert bug in said
    assert "https://developer.okta.com/docs/release-notes/2026-okta-identity-engine/" in said
    message = of_type(event_type)
    (of_the_bug,) = [each for each in standing() if each.text == bug]
    assert message
    assert message.causes[-1].why == of_the_bug.causes[0].why
