"""What was broken on purpose stands in scripts where it can be sent again as it was, and is in nobody's way elsewhere."""

from dataclasses import replace
from typing import Any

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


def test_whom_a_lookup_misses_is_made_before_it(record: RunRecord) -> None:
    """By a filter that holds no name in full: without that person it would find nobody on any server."""
    told = Dependencies(record)
    check = next(each for each in record.checks if each.id == "every_query.misses-nobody-who-matches")
    place, create = next(each for each in told.made.items() if each[0].startswith("/Users/"))
    missed = f"{place.rpartition('/')[2]}, since the filter fits it"
    asked = next(each for each in record.exchanges if each.step == "ask_odd_questions.unknown_parameter")
    assert create not in told.requests(_failed(check, asked.number))
    assert create in told.requests(_failed(check, asked.number, missed))


def _failed(check: CheckRecord, number: int, expected: str = "") -> CheckRecord:
    values: dict[str, Any] = dict.fromkeys(FindingRecord.__dataclass_fields__, "")
    values |= {"verdict": "fail", "expected": expected, "at": [number]}
    return replace(check, findings=[FindingRecord(**values)])
