"""The profiles that come along, and how any profile is read: TOML, held to a JSON Schema."""

import errno
import os
import stat
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
MOST = 1_000_000  # bytes of a profile


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
        return _content(path).decode("utf-8-sig")
    except FileNotFoundError:
        why, hint = (
            "there is no such file",
            "Name it by its whole path, as it is now: it may have been moved.",
        )
    except UnicodeDecodeError:
        raise UsageError(BAD, f"The profile {name_or_file} is not UTF-8 text.") from None
    except OSError as error:
        why, hint = (
            error.strerror or "it is no file that can be opened",
            "Name another file, or see who may read it.",
        )
    except ValueError:  # so says Python of NUL
        why, hint = "its name has a character that no file's name has", "Type the name anew."
    raise UsageError("unknown-profile", f"The profile {name_or_file} cannot be read: {why}.", hint)


def _content(path: Path) -> bytes:
    """All of an ordinary file. OSError where it is another, which may never end, or is too long for a profile."""
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123 -- nobody waits for who writes into a pipe
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no ordinary file")
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise OSError(errno.EFBIG, "it is longer than 1 MB, as no profile is")
    return content


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
