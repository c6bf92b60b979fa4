"""Targets by name, from `scim-tests.toml` or the table `[tool.scim-tests]` of a `pyproject.toml`.

The file is found from the working directory upwards, no further than the root of the repository. It may be
a stranger's, so it gives no consent, holds no secret, and names none but those that are there for scim-tests.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.options import RUN_OPTIONS, RunOptions
from scim_tests.profiles.toml_text import TomlText
from scim_tests.session.access import CLIENT_SECRET, IN_A_HEADER, TOKEN_VARIABLE
from scim_tests.session.report_folder import folder_name
from scim_tests.session.target import check_choice
from scim_tests.wire.address import base_url

OWN, SHARED = "scim-tests.toml", "pyproject.toml"
TABLE = ("tool", "scim-tests")
BAD = "bad-configuration"
REFERENCES = 'Write token-env = "SCIM_TESTS_STAGING_TOKEN", and set that variable; or token-file = "FILE".'
CONSENT = "Say --yes at the command or in the job: a file that lies in a folder agrees to nothing."
REFUSED = {
    "yes": ("nobody agrees to writing in a file", CONSENT),
    "token": ("no secret stands in this file", REFERENCES),
    "client-secret": (
        "no secret stands in this file",
        'Write client-secret-env = "SCIM_TESTS_STAGING_SECRET".',
    ),
}
DEFAULTS = ("defaults",)
OF_ONE_TARGET = ("target-url", "reference", "fault")
MEANS_A_SECRET = re.compile("auth|token|secret|passw|key|cookie|credential", re.IGNORECASE)
ONE_OF_TWO = {"token_env", "token_file"}  # who says one takes back the other

Said = dict[str, Any]  # options by the names that parsers give them


@dataclass(frozen=True)
class Configuration:
    """What such a file says."""

    path: Path
    defaults: Said
    targets: Mapping[str, Said]


def find(folder: Path) -> Configuration | None:
    """What is said in that folder, or in the nearest one above it in the same repository. UsageError where it is wrong."""
    above = [folder, *folder.parents]
    root = next((number for number, each in enumerate(above) if (each / ".git").exists()), 0)
    for each in above[: root + 1]:
        for path, under in ((each / OWN, ()), (each / SHARED, TABLE)):
            if path.is_file() and (found := _read(path, under)):
                return found
    return None


def targets(names: Sequence[str], said: Said, folder: Path) -> list[tuple[str, RunOptions]]:
    """The targets of those names with their options; what is `said` at the command wins. Without names, what is said alone.

    Several share no report folder, and different servers no secret. UsageError for a name that is none, and where
    no target is named: a silent default would keep a misconfigured pipeline green for ever.
    """
    if not names and (said.get("target_url") or said.get("reference")):
        return [("", RunOptions.from_mapping(said))]
    found = find(folder)
    if not names and found:
        raise UsageError("no-target", "No target: a run never chooses one by itself.", _which(found))
    if not names:
        check_choice(RunOptions())
    if found is None:
        hint = f"Write [targets.{names[0]}] into {OWN}, or name a server with --target-url URL."
        raise UsageError("no-configuration", f"There is no {OWN} here, nor above in this repository.", hint)
    for name in names:
        if name not in found.targets:
            hint = did_you_mean(name, found.targets, _which(found))
            raise UsageError("unknown-target", f"{found.path} has no target {name!r:.80}.", hint)
    if said.get("target_url") or said.get("reference"):
        message = f"{names[0]} is a target of {found.path}, and another one was given."
        raise UsageError("two-targets", message, "Leave out --target-url and --reference.")
    names = list(dict.fromkeys(names))
    told = [(name, _options(found, name, said, alone=len(names) == 1)) for name in names]
    _refuse_what_is_shared(told)
    return told


def _which(found: Configuration) -> str:
    return f"{found.path} has: {', '.join(found.targets)}."


@contextmanager
def about(name: str) -> Iterator[None]:
    """Errors say which target they are about; an empty name is the only one."""
    try:
        yield
    except UsageError as error:
        raise UsageError(
            error.code, f"{name}: {error.message}" if name else error.message, error.hint
        ) from None


def _read(path: Path, under: tuple[str, ...]) -> Configuration | None:
    """What the file says under that table; None where it has no such table."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(BAD, f"{path} cannot be read: {reason}.") from None
    toml = TomlText(text, str(path), BAD, shows_values=False, under=under)
    document: Any = toml.read()
    for name in under:
        document = document.get(name) if isinstance(document, dict) else None
    if document is None:
        return None
    _refuse_keys(document, toml)
    toml.check(document, "configuration")
    for each, told in _tables(document):
        _refuse_secrets(each, told, toml)
    return Configuration(
        path,
        _said(document.get("defaults", {}), path.parent),
        {name: _said(told, path.parent) for name, told in document["targets"].items()},
    )


def _refuse_keys(document: Any, toml: TomlText) -> None:
    """Keys that would be options elsewhere, with the reason why they are none here."""
    for path, told in _tables(document):
        for key in told:
            if key in REFUSED:
                why, hint = REFUSED[key]
                raise toml.wrong(f"{toml.place([*path, key])}: {key} cannot stand here: {why}.", hint)
            if path == DEFAULTS and key in OF_ONE_TARGET:
                message = f"{toml.place([*path, key])}: {key} is said of one target, not of all."
                raise toml.wrong(message, "Put it under [targets.NAME].")


def _refuse_secrets(path: Sequence[str], told: Said, toml: TomlText) -> None:
    """Secrets that stand in the file, and those that may be another program's. No error repeats one."""
    folder = Path(toml.source).parent
    token_file = (folder / told.get("token-file", "")).resolve()  # also where a link leads
    if not token_file.is_relative_to(folder.resolve()):
        message = f"{toml.place([*path, 'token-file'])}: token-file has to lie in the folder of this file, or below."
        hint = "Name another one with --token-file, or put the token into a variable (token-env)."
        raise toml.wrong(message, hint)
    for header in told.get("header", ()):
        name, _, value = header.partition(":")
        if MEANS_A_SECRET.search(name) and not IN_A_HEADER.search(value):
            message = (
                f"{toml.place([*path, 'header'])}: the value of {name.strip()!r:.80} looks like a secret."
            )
            hint = "Write $SCIM_TESTS_HEADER_… in its place, and set that variable."
            raise toml.wrong(message, hint)


def _tables(document: Any) -> Iterator[tuple[tuple[str, ...], Said]]:
    """The tables of options by their paths, where they are tables."""
    if isinstance(document, dict):
        named = document.get("targets")
        tables = named.items() if isinstance(named, dict) else ()
        for path, told in (
            (DEFAULTS, document.get("defaults")),
            *((("targets", name), told) for name, told in tables),
        ):
            if isinstance(told, dict):
                yield path, told


def _said(table: Mapping[str, Any], folder: Path) -> Said:
    """The options of a table by the names that parsers give them; paths lead from the file's folder."""
    known = {each.flag.removeprefix("--"): each for each in RUN_OPTIONS}
    return {
        known[key].name: str(folder / value) if known[key].is_path(value) else value
        for key, value in table.items()
    }


def _options(found: Configuration, name: str, said: Said, *, alone: bool) -> RunOptions:
    """What is said of the target: at the command, else under its name, else for all."""
    command = {
        key: each for key, each in said.items() if each is not None and each is not False and each != ()
    }
    merged: dict[str, Any] = {}
    for layer in (found.defaults, found.targets[name], command):
        taken_back = ONE_OF_TWO if ONE_OF_TWO & layer.keys() else set()
        merged = {key: each for key, each in merged.items() if key not in taken_back} | layer
    merged["report_dir"] = _report_dir(found, name, said.get("report_dir"), alone=alone)
    with about(f"{found.path}, target {name}"):
        if not (merged.get("target_url") or merged.get("reference")):
            hint = "Write target-url = …, or reference = true for the bundled server."
            raise UsageError(BAD, "it names no server.", hint)
        return RunOptions.from_mapping(merged)


def _report_dir(found: Configuration, name: str, said: str | None, *, alone: bool) -> str:
    """The target's own; what is said for several holds a folder for each."""
    if said and alone:
        return said
    own = found.targets[name].get("report_dir")
    if for_all := said or (not own and found.defaults.get("report_dir")):
        return str(Path(for_all) / name)
    return own or str(folder_name(name))


def _refuse_what_is_shared(told: Iterable[tuple[str, RunOptions]]) -> None:
    """A secret that goes to two servers could be used by one at the other; reports in one folder would be lost."""
    servers: dict[str, tuple[str, str]] = {}
    folders: dict[str, str] = {}
    for name, options in told:
        folder = options.report_dir or ""
        if (first := folders.setdefault(folder, name)) != name:
            message = f"{first} and {name} have one report-dir, {folder}."
            raise UsageError("one-folder", message, "Give each of them one of its own.")
        if options.reference:
            continue
        secret, url = _secret(options)
        with about(name):
            server = urlsplit(base_url(url)).netloc
        first, known = servers.setdefault(secret, (name, server))
        if server != known:
            message = (
                f"{first} and {name} are different servers, and both would be given the secret in {secret}."
            )
            raise UsageError("one-token", message, "Give each of them a token-env of its own.")


def _secret(options: RunOptions) -> tuple[str, str]:
    """Where the secret comes from that is sent first, and where it goes."""
    if options.token_url:
        return options.client_secret_env or CLIENT_SECRET, options.token_url
    return options.token_file or options.token_env or TOKEN_VARIABLE, options.target_url or ""
