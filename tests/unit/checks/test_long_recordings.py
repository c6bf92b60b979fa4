"""What is believed of groups and people in recordings that no play of ours made."""

import json

import pytest
from bending import judged_by_all

from scim_tests.checks.reading.groups import IN_A_ROW, shown_before
from scim_tests.model.exchange import Answer, Exchange, Heard, NotObserved, Request
from scim_tests.model.scim import ERROR, PATCH_OP, USER, Json
from scim_tests.model.verdict import Verdict

MANY = 3_000  # writes to one group in a row, which Okta never reads in between


def exchange(method: str, path: str, status: int, shown: Json = None, sent: Json = None) -> Exchange:
    """One that was recorded."""
    asked = Request(method, path, (), json.dumps(sent).encode() if sent else b"")
    answer = Answer(status, (), json.dumps(shown).encode() if shown else b"")
    return Exchange("other.get", "other", Heard(asked, answer))


def test_writes_in_a_row_are_one_belief_and_too_many_are_none() -> None:
    """Each takes one member in; the effort for one of thousands is bounded."""
    read = exchange("GET", "/Groups/7", 200, {"displayName": "Team", "members": []})
    writes = [
        exchange("PATCH", "/Groups/7", 204, sent={"schemas": [PATCH_OP], "Operations": [operation]})
        for number in range(MANY)
        for operation in [{"op": "add", "path": "members", "value": [{"value": str(number)}]}]
    ]
    for number, write in enumerate(writes):
        write.before = (read, *writes[:number])
    assert shown_before(writes[IN_A_ROW]).members == {str(number) for number in range(IN_A_ROW)}
    with pytest.raises(NotObserved, match="never read back"):
        shown_before(writes[-1])


def test_who_is_there_after_a_refused_create_may_be_somebody_elses() -> None:
    """Of a person whom no run of ours made anybody may have made the account meanwhile."""
    ann = {"schemas": [USER], "userName": "ann@corp.example"}
    refused = exchange("POST", "/Users", 400, {"schemas": [ERROR], "status": "400"}, ann)
    later = exchange("GET", "/Users/7", 200, {**ann, "id": "7"})
    for number, each in enumerate((refused, later), 1):
        each.number = number
    said = judged_by_all([refused, later])["every_create.refused-one-makes-nobody"]
    assert Verdict.FAIL not in {each.verdict for each in said}
