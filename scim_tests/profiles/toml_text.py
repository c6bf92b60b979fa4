"""TOML that a person wrote, held to a JSON Schema of `fixtures/schemas`: what is wrong, in which line, what is nearest."""

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator, ValidationError, validators

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.knowledge.reference import fixtures

TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "object": "a table",
    "string": "text in quotes",
}
KEY = re.compile(r"\s*([^=#\[\s][^=#\[]*?)\s*=")


@dataclass(frozen=True)
class TomlText:
    """A text, what it is called in errors, and the code of these. `under` is the table of the file that is meant."""

    text: str
    source: str
    code: str
    shows_values: bool = True  # False: none is repeated in an error, as it may be a secret
    under: tuple[str, ...] = ()

    def read(self) -> dict[str, Any]:
        """The whole document. UsageError where it is none."""
        try:
            return tomllib.loads(self.text)
        except ValueError as error:  # of TOML, or of a number with too many digits
            raise self.wrong(f"{self.source} is not TOML: {error}.") from None
        except RecursionError:
            raise self._too_deep() from None

    def check(self, document: Mapping[str, Any], schema: str) -> None:
        """UsageError where that schema does not allow what was read: one sentence with the key and its line."""
        try:
            error = next(validator(schema).iter_errors(document), None)
        except RecursionError:
            raise self._too_deep() from None
        if error is not None:
            raise self._explained(error)

    def wrong(self, message: str, hint: str = "") -> UsageError:
        """An error about this text."""
        return UsageError(self.code, message, hint)

    def place(self, path: Sequence[str]) -> str:
        """`file, line 7`: where that key stands, or else the table that it is in."""
        whole = (*self.under, *path)
        lines = list(_keys(self.text))
        for size in range(len(whole), len(self.under), -1):
            for number, keys in lines:
                if keys[:size] == whole[:size]:
                    return f"{self.source}, line {number}"
        return self.source

    def _too_deep(self) -> UsageError:
        return self.wrong(f"{self.source} is nested too deep.")

    def _explained(self, error: ValidationError) -> UsageError:
        path = [part for part in error.absolute_path if isinstance(part, str)]
        name = ".".join(path)
        schema: Any = error.schema
        rule: Any = error.validator_value
        instance: Any = error.instance
        if error.validator == "additionalProperties":
            allowed = schema["properties"]
            key = next(each for each in instance if each not in allowed)
            message = f"{self.place([*path, key])}: there is no key {'.'.join([*path, key])!r}."
            return self.wrong(message, did_you_mean(key, allowed))
        if error.validator == "required":
            key = next(each for each in rule if each not in instance)
            return self.wrong(f"{self.source}: the key {'.'.join([*path, key])!r} is missing.")
        place = self.place(path)
        if error.validator == "type":
            types = " or ".join(TYPES[each] for each in ([rule] if isinstance(rule, str) else rule))
            return self.wrong(f"{place}: {name} has to be {types}.", schema.get("description", ""))
        cannot = f"{place}: {name} cannot be {f'{instance!r:.200}' if self.shows_values else 'this'}."
        if error.validator == "enum":
            return self.wrong(cannot, did_you_mean(str(instance), map(str, rule)))
        if error.validator == "pattern" or not self.shows_values:
            return self.wrong(cannot, schema.get("description", ""))
        message = f"{place}: {name or 'the document'}: {error.message[:200]}."
        return self.wrong(message, schema.get("description", ""))


def _keys(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each line that names a table or a key, by its number, with the whole path of that."""
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            table = _path(line) or table
            yield number, table
        elif found := KEY.match(line):
            yield number, (*table, *_path(f"{found[1]}=0"))


def _path(line: str) -> tuple[str, ...]:
    """The names in the head of a table or in a key, as TOML reads them; empty where it is none."""
    try:
        inside: Any = tomllib.loads(line)
    except ValueError:
        return ()
    path = []
    while inside and isinstance(inside, dict):
        name, inside = next(iter(inside.items()))
        path.append(name)
    return tuple(path)


def _is_whole(_: Any, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_a_number(checker: Any, value: object) -> bool:
    """TOML has `nan` and `inf`, which are none."""
    return _is_whole(checker, value) or (isinstance(value, float) and math.isfinite(value))


def _matches(_: Any, pattern: str, value: object, __: Any) -> Iterator[ValidationError]:
    """The whole text: Python's `$` would let a line break follow."""
    if isinstance(value, str) and not re.fullmatch(pattern, value):
        yield ValidationError(f"{value!r} cannot be")


@cache
def validator(schema: str) -> Any:
    """What holds a document to a schema of `fixtures/schemas`, as TOML's types are."""
    extend: Any = validators.extend  # which has no types
    strict = extend(
        Draft202012Validator,
        {"pattern": _matches},
        type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
            {"integer": _is_whole, "number": _is_a_number}
        ),
    )
    return strict(json.loads((fixtures() / "schemas" / f"{schema}.schema.json").read_text(encoding="utf-8")))
