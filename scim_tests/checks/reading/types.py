"""The JSON types that RFC 7643 declares, as JSON Schemas in fixtures/schemas."""

import json
import re
from functools import cache, lru_cache

from jsonschema import Draft202012Validator

from scim_tests.knowledge.reference import fixtures
from scim_tests.model.check import Finding
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource


def wrong_type(schema: str, resource: Resource) -> Finding | None:
    """The first attribute whose value is of another type than `schema` declares."""
    return _wrong_type(schema, json.dumps(resource))


@lru_cache(maxsize=256)  # a play shows the same resource again and again
def _wrong_type(schema: str, resource: str) -> Finding | None:
    error = next(_validator(schema).iter_errors(_spelt(schema, json.loads(resource))), None)
    if error is None:
        return None
    return Finding(f"a JSON {error.validator_value}", describe(error.instance), error.json_path)


@cache
def _validator(schema: str) -> Draft202012Validator:
    text = (fixtures() / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


@cache
def _spellings(schema: str) -> dict[str, str]:
    """Every attribute name of the schema by its lower case, since letter case does not count (RFC 7643 2.1)."""
    names: dict[str, str] = {}

    def collect(node: Json) -> None:
        if isinstance(node, dict):
            names.update({name.lower(): name for name in node.get("properties", {})})
            for member in node.values():
                collect(member)

    collect(_validator(schema).schema)
    return names


@lru_cache(maxsize=4096)  # the same few paths in every resource
def in_usual_letters(path: str) -> str:
    """A path, or several, with the names of attributes as RFC 7643 spells them, whatever letters were sent."""
    urn, between, name = path.rpartition(":")
    known = {**_spellings("group"), **_spellings("user")}
    return urn + between + re.sub(r"[A-Za-z]\w*", lambda word: known.get(word[0].lower(), word[0]), name)


def _spelt(schema: str, value: Json) -> Json:
    """The same with names spelt as in the schema and nulls left out (RFC 7643 2.5: null is absent)."""
    if isinstance(value, dict):
        names = _spellings(schema)
        return {
            names.get(key.lower(), key): _spelt(schema, each)
            for key, each in value.items()
            if each is not None
        }
    return [_spelt(schema, each) for each in value] if isinstance(value, list) else value
