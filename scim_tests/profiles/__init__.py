"""The profiles that come along, and how any profile is read: TOML, held to a JSON Schema."""

import re
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import ValidationError

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.plan import plan_of
from scim_tests.model.profile import BEARER, CleanUp, Dialect, Limits, Profile
from scim_tests.profiles import rules


def names() -> list[str]:
    """Names of the profiles that come along, sorted."""
    return sorted(
        each.name.removesuffix(".toml") for each in files(__name__).iterdir() if each.name.endswith(".toml")
    )


def load(name_or_file: str) -> Profile:
    """The profile of that name, or from that file. UsageError says what is wrong, where, and what is nearest."""
    return parse(text(name_or_file), name_or_file)


def text(name_or_file: str) -> str:
    """The TOML of the profile of that name, or in that file (`*.toml`). UsageError where there is none."""
    if name_or_file in names():
        return files(__name__).joinpath(f"{name_or_file}.toml").read_text(encoding="utf-8")
    path = Path(name_or_file)
    if path.suffix != ".toml":
        raise UsageError(
            "unknown-profile", f"There is no profile {name_or_file!r}.", did_you_mean(name_or_file, names())
        )
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        reason = error.strerror or "it cannot be read"
        raise UsageError("unknown-profile", f"The profile {name_or_file} cannot be read: {reason}.") from None
    except UnicodeDecodeError:
        raise UsageError("bad-profile", f"The profile {name_or_file} is not UTF-8 text.") from None


def parse(text: str, source: str) -> Profile:
    """A profile from TOML text; `source` names it in errors. UsageError `bad-profile` with key, line and nearest name."""
    return _profile(_checked(_read(text, source), text, source))


def parse_without_people(text: str, source: str) -> Profile:
    """The same, whoever it names: a ledger or a journal holds it, and nobody is made or looked for by it.

    UsageError as `parse` raises it.
    """
    document = {key: value for key, value in _read(text, source).items() if key != "people"}
    return _profile(_checked(document, text, source))


def _read(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError as error:  # of TOML, or of a number with too many digits
        raise UsageError("bad-profile", f"{source} is not TOML: {error}.") from None
    except RecursionError:
        raise _too_deep(source) from None


def _checked(document: Mapping[str, Any], text: str, source: str) -> Mapping[str, Any]:
    try:
        wrong = rules.first_wrong(document)
    except RecursionError:
        raise _too_deep(source) from None
    if wrong is not None:
        raise _explained(wrong, text, source)
    rules.check(document, source)
    return document


def _too_deep(source: str) -> UsageError:
    return UsageError("bad-profile", f"{source} is nested too deep.")


def _profile(document: Mapping[str, Any]) -> Profile:
    people = document.get("people", {})
    limits = {"new_users": 1} if people.get("reuse_user") else {}
    kept = {
        name: document[name]
        for name in ("name", "title", "writes", "marks_requests", "reasons")
        if name in document
    }
    return Profile(
        **kept,
        **people,
        dialect=Dialect(document["dialect"]),
        capabilities=frozenset(document["capabilities"]),
        clean_up=CleanUp(document["clean_up"]),
        leave_out=frozenset(document.get("leave_out", ())),
        authorization=tuple(document.get("authorization", (BEARER,))),
        limits=Limits(**{**limits, **document.get("limits", {})}),
        guide=plan_of(document["guide"]) if "guide" in document else None,
    )


def _explained(error: ValidationError, text: str, source: str) -> UsageError:
    """One sentence that names the key, its line, and the nearest right name."""
    path = ".".join(str(part) for part in error.absolute_path if isinstance(part, str))
    schema: Any = error.schema
    rule: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "additionalProperties":
        allowed = schema["properties"]
        key = next(each for each in instance if each not in allowed)
        message = f"{_place(source, text, key)}: there is no key {_dotted(path, key)!r}."
        return UsageError("bad-profile", message, did_you_mean(key, allowed))
    if error.validator == "required":
        key = next(each for each in rule if each not in instance)
        return UsageError("bad-profile", f"{source}: the key {_dotted(path, key)!r} is missing.")
    place = _place(source, text, path.rpartition(".")[2])
    if error.validator == "enum":
        message = f"{place}: {path} cannot be {error.instance!r:.200}."
        return UsageError("bad-profile", message, did_you_mean(str(error.instance), map(str, rule)))
    if error.validator == "pattern":
        message = f"{place}: {path} cannot be {error.instance!r:.200}."
        return UsageError("bad-profile", message, schema.get("description", ""))
    message = f"{place}: {path or 'the profile'}: {error.message[:200]}."
    return UsageError("bad-profile", message, schema.get("description", ""))


def _dotted(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _place(source: str, text: str, key: str) -> str:
    """`file, line 7`: the first line that begins with the key."""
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*(\[\s*)?\"?{re.escape(key)}\"?\s*(=|\]|\.)", line):
            return f"{source}, line {number}"
    return source
