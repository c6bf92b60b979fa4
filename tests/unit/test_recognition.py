"""Which act the requests of a recording belong to, where Okta deletes, pushes by PATCH, asks by other attributes, or overlaps."""

import json
import runpy
from pathlib import Path
from typing import Any

from scim_tests.model.record import RunRecord
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.judge import judged

SCRIPT = runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "recordings.py"))
ALICE, BOB, A, B, G = (SCRIPT[name] for name in ("ALICE", "BOB", "A", "B", "G"))
NEW_ID = "ffffffff-a11c"
Talk, stored, error, patched, active = (
    SCRIPT[name] for name in ("Talk", "stored", "error", "patched", "active")
)


def assigned() -> Any:
    """A conversation in which two people were assigned."""
    talk = Talk()
    SCRIPT["credentials"](talk)
    SCRIPT["two_assignments"](talk)
    return talk


def judge(talk: Any) -> RunRecord:
    return judged(read_har(json.dumps(talk.har()), "talk.har"))


def steps(record: RunRecord) -> list[str]:
    """What was recognised after the two assignments."""
    return [each.step for each in sorted(record.exchanges, key=lambda each: each.started)][5:]


def failed(record: RunRecord) -> set[str]:
    return {check.id for check in record.checks if check.verdict == "fail"}


def deleted(*, status: int = 404) -> Any:
    """Somebody is deleted; what is asked of who is gone is answered with this status."""
    talk, nobody = assigned(), error(status, "There is no such user.")
    talk.say("DELETE", f"/Users/{A}", 204, None)
    talk.say("GET", f"/Users/{A}", 404, error(404, "There is no such user."))
    shown = stored(ALICE, A) if status == 200 else nobody
    patched(talk, f"/Users/{A}", shown, active(False), status=status)  # noqa: FBT003 -- the value itself
    talk.look_up("alice@example.com")
    talk.say("POST", "/Users", 201, stored(ALICE, NEW_ID), ALICE)
    patched(talk, f"/Users/{NEW_ID}", {**stored(ALICE, NEW_ID), "active": False}, active(False))  # noqa: FBT003
    return talk


def test_a_deletion_and_what_is_asked_of_who_is_gone_is_recognised() -> None:
    """Writes to the deleted id are writes to nobody; whoever comes back is somebody new, and nothing fails."""
    record = judge(deleted())
    assert steps(record) == [
        "delete_user.delete", "delete_user.read_deleted", "delete_user.patch_to_nobody", "push_user.lookup",
        "push_user.create", "deactivate_user.patch",
    ]  # fmt: skip
    assert failed(record) == set()
    verdicts = {check.id: check.verdict for check in record.checks}
    assert verdicts["clean_up.delete-answers-204"] == "pass"
    assert verdicts["delete_user.write-to-nobody-is-refused"] == "pass"


def test_a_write_to_nobody_that_is_taken_fails() -> None:
    """A server that answers it with success said that the user is gone."""
    assert "delete_user.write-to-nobody-is-refused" in failed(judge(deleted(status=200)))


def test_who_is_shown_again_is_there_again() -> None:
    """An id that was deleted and is shown again was restored by somebody else: nothing is held against a write to it."""
    talk, alice = assigned(), stored(ALICE, A)
    talk.say("DELETE", f"/Users/{A}", 204, None)
    talk.look_up("alice@example.com", alice)
    SCRIPT["put"](talk, A, alice, alice)
    assert steps(judge(talk))[1:] == ["link_user.lookup", "link_user.read", "link_user.put"]


def test_a_profile_pushed_by_patch_is_recognised() -> None:
    """Without paths it is Okta's, with paths another client's; a read soon after looks whether it took."""
    talk, bob = assigned(), stored(BOB, B)
    patched(talk, f"/Users/{B}", bob, {"op": "replace", "path": "title", "value": "Dr."})
    patched(talk, f"/Users/{B}", bob, {"op": "replace", "value": {"title": "Dr.", "nickName": "Bo"}})
    talk.say("GET", f"/Users/{B}", 200, bob)
    assert steps(judge(talk)) == ["patch_entries.patch", "update_profile.patch", "update_profile.after_patch"]


def test_lookups_by_other_attributes_are_recognised() -> None:
    """By e-mail address and by externalId; a filter of another form is nobody's known request."""
    talk, bob = assigned(), stored(BOB, B)
    for asked in ('emails.value eq "bob@example.com"', 'externalId eq "00u2bob"', 'title sw "D"'):
        path = f"/Users?filter={SCRIPT['quote'](asked, safe='')}&startIndex=1&count=100"
        talk.say("GET", path, 200, SCRIPT["listed"](bob))
    record = judge(talk)
    assert steps(record) == ["find_user.by_email", "find_user.by_external_id", "other.get"]
    assert failed(record) == set()


def test_a_stranger_found_by_another_attribute_fails() -> None:
    """The filter was left out, or a part of it."""
    talk = assigned()
    path = "/Users?filter=externalId%20eq%20%2200u2bob%22&startIndex=1&count=100"
    talk.say("GET", path, 200, SCRIPT["listed"](stored(ALICE, A), stored(BOB, B)))
    assert "find_user.finds-nobody-without-the-value" in failed(judge(talk))


def overlapping(talk: Any) -> Any:
    """The last two of its exchanges were under way at once."""
    talk.entries[-1]["startedDateTime"] = talk.entries[-2]["startedDateTime"].replace(".000Z", ".040Z")
    return talk


def test_writes_at_once_are_told_apart() -> None:
    """What overlaps is held to no order, be it about a user or a group."""
    talk = assigned()
    for value in (False, True):
        patched(talk, f"/Users/{B}", {**stored(BOB, B), "active": value}, active(value))
    assert steps(judge(overlapping(talk))) == ["overlap_users.patch"] * 2
    talk = assigned()
    SCRIPT["group_created"](talk)
    for identity in (A, B):
        member = {"op": "add", "path": "members", "value": [{"value": identity, "display": None}]}
        patched(talk, f"/Groups/{G}", None, member, status=204)
    talk = overlapping(talk)
    talk.say("GET", f"/Groups/{G}", 200, SCRIPT["group"](G, "Team A", A, B))
    record = judge(talk)
    assert steps(record)[2:] == ["overlap_groups.patch", "overlap_groups.patch", "push_group.current"]
    assert failed(record) == set()


def test_what_was_changed_beside_the_recording_is_not_held_against_the_server() -> None:
    """Somebody renamed a user on the target, and deleted another, between two recorded requests."""
    talk, bob = assigned(), stored(BOB, B)
    SCRIPT["put"](talk, B, bob, bob)
    talk.entries[-1]["startedDateTime"] = "2026-09-22T10:00:30.000Z"
    talk.say("GET", f"/Users/{B}", 200, stored({**BOB, "displayName": "Bobby"}, B, "2026-09-23T09:00:00Z"))
    talk.say("GET", f"/Users/{A}", 404, error(404, "There is no such user."))
    for entry in talk.entries[-2:]:
        entry["startedDateTime"] = entry["startedDateTime"].replace("2026-09-22", "2026-09-24")
    assert {each for each in failed(judge(talk)) if each.startswith(("every_write", "every_end"))} == set()
