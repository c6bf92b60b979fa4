"""What was broken on purpose stands in scripts where it can be sent again as it was, and is in nobody's way elsewhere."""

from dataclasses import replace

import pytest
from keeping import kept
from playing import reference_transport, specifying

from scim_tests.model.record import CheckRecord, FindingRecord, RunRecord
from scim_tests.report.reproduction.harmless import is_harmless
from scim_tests.report.reproduction.reproduction import Dependencies


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> RunRecord:
    """A run of the acts that send it."""
    folder = tmp_path_factory.mktemp("broken")
    return kept(reference_transport(), folder, specifying("send_odd_requests", "ask_odd_questions")).record


def test_what_is_not_known_to_the_byte_is_not_sent_again(record: RunRecord) -> None:
    """Nor is what nobody can read as one thing; half a surrogate pair has one meaning and its bytes."""
    made = Dependencies(record).made
    harmless = {each.step.partition(".")[2] for each in record.exchanges if is_harmless(each, made)}
    assert {"half_a_pair", "zero_character", "title_as_object", "search_no_json"} <= harmless
    assert harmless.isdisjoint({"no_utf8", "cut", "array", "two_documents", "post_to_user"})


def test_what_was_refused_and_cannot_be_sent_again_is_left_out(record: RunRecord) -> None:
    """A failure at the long title has a script, although broken requests to the same user came before."""
    told = Dependencies(record)
    long = next(each for each in record.exchanges if each.step == "send_odd_requests.long")
    check = next(each for each in record.checks if each.id == "every_answer.is-no-server-error")
    failed = _failed(check, long.number)
    shown = told.reproduction(failed)
    assert shown is not None
    steps = [each.exchange.step.partition(".")[2] for each in shown.lines]
    assert steps[0] == "create"
    assert steps[-1] == "long"
    assert {"cut", "no_utf8"}.isdisjoint(steps)


def _failed(check: CheckRecord, number: int) -> CheckRecord:
    values = dict.fromkeys(FindingRecord.__dataclass_fields__, "")
    return replace(check, findings=[FindingRecord(**{**values, "verdict": "fail", "at": [number]})])
