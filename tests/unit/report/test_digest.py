"""The short account of runs keeps its schema whatever a target said, and a line of it is a line."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

from scim_tests.errors import ExitCode
from scim_tests.knowledge.reference import fixtures
from scim_tests.report.digest import Ended, document, lines
from tests.unit.report.sample import HOSTILE, sample

SCHEMAS = {
    name: json.loads((fixtures() / "schemas" / name).read_text(encoding="utf-8"))
    for name in ("digest.schema.json", "run.schema.json")
}
VALIDATOR = Draft202012Validator(SCHEMAS["digest.schema.json"])
ENDED = [
    Ended("staging", ExitCode.CONFORMANCE_FAILURES, HOSTILE, sample(), Path("out"), ["run.json"]),
    Ended("eu", ExitCode.INTERRUPTED, "The run before it was interrupted.", by_hand=True),
]


def test_the_document_keeps_its_schema() -> None:
    """A run and one that was not played, printed and read back; the code is that of the interruption."""
    Draft202012Validator.check_schema(SCHEMAS["digest.schema.json"])
    told = json.loads(json.dumps(document(ENDED)))
    assert [error.message for error in VALIDATOR.iter_errors(told)] == []
    assert told["exit_code"] == ExitCode.INTERRUPTED
    assert told["runs"][0]["reports"] == {"run.json": "out/run.json"}
    assert told["runs"][0]["counts"]["failed"] == sample().counts.failed


def test_the_schema_stands_alone_and_agrees_with_that_of_a_run() -> None:
    """It refers to no other file, so that one download is enough; what both describe is the same in both."""
    digest, run = (SCHEMAS[name]["$defs"] for name in ("digest.schema.json", "run.schema.json"))
    assert "schema.json#" not in json.dumps(digest)
    assert (digest["Counts"], digest["LeftBehind"]) == (run["Counts"], run["LeftBehind"])
    assert digest["verdict"] == run["Outcome"]["properties"]["verdict"]
    assert digest["severity"] == run["RootCause"]["properties"]["severity"]


def test_each_target_has_one_line() -> None:
    """Whatever the target said: no break, and nothing that moves a cursor."""
    first, second = lines(ENDED)
    assert first.split()[:2] == ["staging", "failed"]
    assert second.split()[:3] == ["eu", "not", "played"]
    assert first.isprintable()
