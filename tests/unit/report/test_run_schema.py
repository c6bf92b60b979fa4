"""The published schema of run.json and the run record are one thing."""

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from jsonschema import Draft202012Validator

from scim_tests.knowledge.reference import fixtures
from scim_tests.model import record as nouns
from scim_tests.model.check import Demand, Known, Severity, Strength
from scim_tests.model.record import RunRecord
from scim_tests.model.verdict import Verdict
from tests.unit.report.sample import sample

SCHEMA = json.loads((fixtures() / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
NOUNS = [kind for kind in vars(nouns).values() if is_dataclass(kind)]


def _described(kind: Any) -> dict[str, Any]:
    return SCHEMA if kind is RunRecord else SCHEMA["$defs"][kind.__name__]


def test_the_schema_is_a_schema() -> None:
    """It is valid by the rules of JSON Schema 2020-12."""
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", NOUNS)
def test_every_field_and_nothing_more(kind: Any) -> None:
    """Each noun's fields are described, all are required, and no other is allowed."""
    names = [each.name for each in fields(kind)]
    described = _described(kind)
    assert names == list(described["properties"])
    assert names == described["required"]
    assert described["additionalProperties"] is False


@pytest.mark.parametrize("kind", NOUNS)
def test_every_noun_inside_is_referred_to(kind: Any) -> None:
    """A field that holds another noun, or a list of them, refers to that noun's description."""
    for name, hint in get_type_hints(kind).items():
        inner = next((each for each in (hint, *get_args(hint)) if is_dataclass(each)), None)
        described = _described(kind)["properties"][name]
        expected = f"#/$defs/{inner.__name__}" if isinstance(inner, type) else None
        assert expected == described.get("items", described).get("$ref")


@pytest.mark.parametrize(
    ("noun", "name", "words"),
    [
        ("CheckRecord", "verdict", Verdict),
        ("CheckRecord", "strength", Strength),
        ("CheckRecord", "severity", Severity),
        ("CheckRecord", "demanded_by", Demand),
        ("ConsequenceRecord", "known", Known),
        ("RootCause", "severity", Severity),
    ],
)
def test_the_words_are_the_model_s(noun: str, name: str, words: Any) -> None:
    """Where the model has a fixed set of words, the schema allows those and no other."""
    assert [str(word) for word in words] == SCHEMA["$defs"][noun]["properties"][name]["enum"]


def test_a_record_is_valid_and_survives_the_file() -> None:
    """The sample validates as it is written, and reads back as it was."""
    document = json.loads(json.dumps(sample().to_json()))
    assert not list(VALIDATOR.iter_errors(document))
    assert sample() == RunRecord.from_json(document)


@pytest.mark.parametrize(
    "bend",
    [
        lambda document: document.update(extra=1),
        lambda document: document["run"].pop("seed"),
        lambda document: document["checks"][0].update(verdict="skipped"),
        lambda document: document["checks"][0]["places"].update(passed=1),
        lambda document: document["exchanges"][0]["request"].update(headers=[["only a name"]]),
        lambda document: document.update(format=2),
    ],
)
def test_another_document_is_refused(bend: Any) -> None:
    """A missing field, an unknown one, a foreign word or another format does not validate."""
    document = sample().to_json()
    bend(document)
    assert not VALIDATOR.is_valid(document)
