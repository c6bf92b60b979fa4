"""The kill table: every fault is noticed, by the checks that the reviewed table names, and the honest server by none."""

import json

import pytest
from killing import KILLS, PROFILES, kills, told

from reference_server.faults import faults

REVIEWED = json.loads(KILLS.read_text(encoding="utf-8"))
MANY = 8  # causes; more than that would be a red wall that names no trouble
CLOCKED = "every_resource.has-a-new-"  # judged where two writes are so far apart that a date can tell


@pytest.mark.parametrize("profile", [*PROFILES, "read-only"])
def test_the_honest_server_is_clean(profile: str) -> None:
    """No failure, no advice, nothing broken."""
    assert told([], profile) == {}


@pytest.mark.parametrize("fault_id", list(faults()))
def test_the_fault_is_noticed(fault_id: str) -> None:
    """By the checks of the table; where it says otherwise, read why, then write it anew with `killing.py`."""
    found = kills(fault_id)
    assert found, "Nobody notices: write the check or drop the fault."
    assert _as_sets(found) == _as_sets(REVIEWED.get(fault_id, {}))


def test_each_kill_is_by_few_causes() -> None:
    """The table names faults there are; none is broken by it, and none reddens a wall."""
    assert set(REVIEWED) == set(faults())
    said = [told for by_profile in REVIEWED.values() for told in by_profile.values()]
    assert not [each for each in said if "broken" in each or len(each.get("fail", [])) > MANY]


def _as_sets(found: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, set[str]]]:
    def steady(ids: list[str]) -> set[str]:
        return {each for each in ids if not each.startswith(CLOCKED)}

    return {
        profile: {verdict: steady(ids) for verdict, ids in told.items()} for profile, told in found.items()
    }
