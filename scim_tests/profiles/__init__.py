"""The profiles that come along, and how any profile is read: TOML, held to a JSON Schema."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.plan import plan_of
from scim_tests.model.profile import BEARER, CleanUp, Cost, Dialect, Limits, Profile
from scim_tests.profiles import rules
from scim_tests.profiles.toml_text import TomlText

BAD = "bad-profile"


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
    return _parsed(TomlText(text, source, BAD))


def parse_without_people(text: str, source: str) -> Profile:
    """The same, whoever it names: a ledger or a journal holds it, and nobody is made or looked for by it.

    UsageError as `parse` raises it.
    """
    return _parsed(TomlText(text, source, BAD), without=("people",))


def _parsed(said: TomlText, without: Sequence[str] = ()) -> Profile:
    document = {key: value for key, value in said.read().items() if key not in without}
    said.check(document, "profile")
    rules.check(document, said.source)
    return _profile(document)


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
        costs=tuple(Cost(**each) for each in document.get("cost", ())),
        guide=plan_of(document["guide"]) if "guide" in document else None,
    )
