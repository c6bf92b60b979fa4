"""The kill table: every fault is noticed, by the checks that the reviewed table names, and the honest server by none."""

import json
import os

import pytest
from killing import BEYOND_OKTA, KILLS, PROFILES, kills, told

from reference_server.faults import shown_by_a_run

REVIEWED = json.loads(KILLS.read_text(encoding="utf-8"))
ALL = os.environ.get("KILLS") == "all"
NOT_BY_THE_FIRST = {each for each, by in REVIEWED.items() if PROFILES[0] not in by} - BEYOND_OKTA
UNDER_ALL = {*list(shown_by_a_run())[:: 1 if ALL else 128], *NOT_BY_THE_FIRST}
PLAYED = [
    each for place, each in enumerate(shown_by_a_run()) if ALL or place % 32 == 0 or each in NOT_BY_THE_FIRST
]
MANY = 8  # causes; more than that would be a red wall that names no trouble
RIGHT = 0.95  # of what is told first names the fault's own trouble
RACED = "every_write.ends-in-some-order-at-once"  # judged where answers of this machine overlapped
CLOCKED = "every_resource.has-a-new-"  # judged where two writes are so far apart that a date can tell


@pytest.mark.parametrize("profile", [*PROFILES, "scim", "read-only"])
def test_the_honest_server_is_clean(profile: str) -> None:
    """No failure, no advice, nothing broken."""
    assert told([], profile) == {}


@pytest.mark.parametrize("fault_id", PLAYED)
def test_the_fault_is_noticed(fault_id: str) -> None:
    """By the checks of the table; where it says otherwise, read why, then write it anew with `killing.py`.

    Every thirty-second fault is played under the first profile here, some under all; `make kills` plays all under all.
    """
    profiles = PROFILES if fault_id in UNDER_ALL else PROFILES[:1]
    found = kills(fault_id, profiles)
    reviewed = REVIEWED.get(fault_id, {})
    if fault_id not in BEYOND_OKTA:
        reviewed = {profile: said for profile, said in reviewed.items() if profile in profiles}
    assert found, "Nobody notices: write the check or drop the fault."
    assert [each for said in found.values() for each in said.pop("contradictions", [])] == []
    assert _as_sets(found) == _as_sets(reviewed)


def test_what_is_told_first_was_read() -> None:
    """`first_causes.json` says of each fault what a run tells first; where that changes, read it, and say whether it names the trouble."""
    read = json.loads((KILLS.parent / "first_causes.json").read_text(encoding="utf-8"))
    assert {fault_id: each["cause"] for fault_id, each in read.items()} == {
        fault_id: _told_first(by_profile) for fault_id, by_profile in REVIEWED.items()
    }
    assert sum("not_right" not in each for each in read.values()) >= RIGHT * len(read)


def _told_first(by_profile: dict[str, dict[str, list[str]]]) -> str:
    """The first root cause under `okta`, or its first advice; else that of the first profile which sees anything."""
    said = by_profile.get("okta") or next(iter(by_profile.values()))
    return (said.get("fail") or said["advice"])[0]


def test_each_kill_is_by_few_causes() -> None:
    """The table names the faults that a run shows; none is broken by it, and none reddens a wall."""
    assert set(REVIEWED) == set(shown_by_a_run())
    said = [told for by_profile in REVIEWED.values() for told in by_profile.values()]
    assert not [each for each in said if "broken" in each or len(each.get("fail", [])) > MANY]


def _as_sets(found: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, set[str]]]:
    def steady(ids: list[str]) -> set[str]:
        return {each for each in ids if not each.startswith(CLOCKED) and each != RACED}

    return {
        profile: {verdict: steady(ids) for verdict, ids in told.items()} for profile, told in found.items()
    }
