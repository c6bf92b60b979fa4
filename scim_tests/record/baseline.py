"""The baseline: known failures, each with its reason, its owner and the day it has to be gone."""

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from scim_tests.errors import SHOW_CHECKS, UsageError, did_you_mean
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict

HEAD = """\
# Failures of the target that are known: they do not fail a run until the day they expire.
# `scim-tests baseline update` adds what fails, removes what no longer does, and keeps the rest as it is.
"""

WORDS = ("check", "reason", "owner")


@dataclass(frozen=True)
class Entry:
    """One known failure. It is accepted up to and including the day `expires`."""

    check: str
    reason: str
    owner: str
    expires: date

    def accepts(self, today: date) -> bool:
        """Whether the failure is accepted on that day; the day it expires is the last."""
        return today <= self.expires

    def __str__(self) -> str:
        return f"known until {self.expires} ({self.owner}): {self.reason}"


def read_baseline(path: Path, catalogue: Iterable[str]) -> list[Entry]:
    """The entries of that file, in its order. UsageError `bad-baseline` where one is incomplete, or names no check."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = "`scim-tests baseline update FILE RUN` writes one from a run."
        raise UsageError(
            "bad-baseline", f"The baseline {path} cannot be read: {error.strerror}.", hint
        ) from None
    except (ValueError, RecursionError) as error:  # of TOML, of UTF-8, or of a number with too many digits
        raise UsageError("bad-baseline", f"The baseline {path} is not TOML: {error}.") from None
    known = set(catalogue)
    return [_entry(each, path, known) for each in _tables(document, path)]


def _tables(document: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = document.get("known", [])
    is_a_list = isinstance(tables, list) and all(isinstance(each, dict) for each in tables)
    if set(document) - {"known"} or not is_a_list:
        raise UsageError("bad-baseline", f"The baseline {path} may hold [[known]] tables and nothing else.")
    return tables


def _entry(table: dict[str, Any], path: Path, known: set[str]) -> Entry:
    words = [table.get(name) for name in WORDS]
    expires = table.get("expires")
    missing = [
        name for name, said in zip(WORDS, words, strict=True) if not (isinstance(said, str) and said.strip())
    ]
    if type(expires) is not date:
        missing.append("expires (a date, as 2027-03-31)")
    if missing or set(table) - {*WORDS, "expires"}:
        what = f"lacks {', '.join(missing)}" if missing else "has keys that mean nothing"
        hint = "An entry has check, reason, owner and expires, and nothing else."
        raise UsageError("bad-baseline", f"In the baseline {path}, {words[0] or 'an entry'} {what}.", hint)
    entry = Entry(table["check"], table["reason"], table["owner"], table["expires"])
    if entry.check not in known:
        hint = did_you_mean(entry.check, known, SHOW_CHECKS)
        raise UsageError("bad-baseline", f"The baseline {path} names {entry.check}, which is no check.", hint)
    return entry


def outdated(
    entries: Sequence[Entry], failing: Mapping[str, Verdict], fixed: Collection[str], today: date
) -> list[str]:
    """What somebody has to do about the baseline, one sentence an entry, which begins with the check's id.

    `failing` are the checks that would fail the run without it, `fixed` the listed ones that no longer do.
    """
    return [_mended(each, today) for each in entries if each.check in fixed] + [
        f"{each.check} {_still(failing[each.check])}, and its entry in the baseline expired on {each.expires} ({each.owner})."
        for each in entries
        if each.check in failing and not each.accepts(today)
    ]


def _mended(entry: Entry, today: date) -> str:
    if entry.accepts(today):
        return f"{entry.check} no longer fails: remove its entry from the baseline."
    return (
        f"{entry.check} no longer fails, and its entry in the baseline expired on {entry.expires}: remove it."
    )


def _still(verdict: Verdict) -> str:
    return "could not be judged" if verdict is Verdict.BLOCKED else "still fails"


@dataclass(frozen=True)
class Acceptance:
    """What somebody said who accepts failures: new entries expire on `expires`, or else on `until`.

    Entries that are there already are given a new day only by `expires`.
    """

    reason: str
    owner: str
    expires: date | None
    until: date


def fails(check: CheckRecord, *, strict: bool) -> bool:
    """Whether a check's verdict fails a run, were there no baseline."""
    failing = {Verdict.FAIL, Verdict.BLOCKED} | ({Verdict.ADVICE} if strict else set())
    return check.verdict in failing


def updated(entries: Sequence[Entry], record: RunRecord, told: Acceptance) -> list[Entry]:
    """The baseline after that run: reasons are kept, what was judged and does not fail is left out.

    What is blocked behind a failure needs no entry of its own: it is tolerated with that failure.
    UsageError where a new entry would have no reason or owner.
    """
    explained = {name for cause in record.root_causes for name in cause.explains}
    failing = [
        check.id
        for check in record.checks
        if fails(check, strict=record.run.strict)
        and not (check.verdict == Verdict.BLOCKED and check.id in explained)
    ]
    judged = {check.id for check in record.checks if Verdict(check.verdict).is_judged}
    kept = [each for each in entries if each.check in failing or each.check not in judged]
    added = [name for name in failing if name not in {each.check for each in kept}]
    if added and not (told.reason.strip() and told.owner.strip()):
        more = f" and {len(added) - 1} more" if len(added) > 1 else ""
        raise UsageError(
            "no-reason", f"{added[0]}{more} would be added, but nobody said why.", "Say --reason and --owner."
        )
    renewed = [replace(each, expires=told.expires or each.expires) for each in kept]
    return [*renewed, *(Entry(name, told.reason, told.owner, told.expires or told.until) for name in added)]


def written(text: str, entries: Iterable[Entry]) -> str:
    """The text of the file with these entries: those there are keep their place, form and comments, new ones follow.

    A comment right above an entry goes with it.
    """
    import tomlkit  # noqa: PLC0415 -- only who writes a baseline pays for it

    document = tomlkit.parse(text or HEAD)
    if "known" not in document:
        document.add(tomlkit.nl())
        document.add("known", tomlkit.aot())
    tables: Any = document["known"]
    wanted = {each.check: each for each in entries}
    for index, table in reversed(list(enumerate(tables))):
        if table["check"] not in wanted:
            _remove(document, tables, index)
        elif table["expires"] != wanted[table["check"]].expires:
            table["expires"] = wanted[table["check"]].expires
    there = {table["check"] for table in tables}
    new = sorted((each for each in wanted.values() if each.check not in there), key=lambda each: each.check)
    is_in_brackets = not isinstance(tables, tomlkit.items.AoT)
    if there and new and not is_in_brackets:
        tables[-1].add(tomlkit.nl())
    for each in new:
        tables.append(asdict(each))
    if not tables and not is_in_brackets:
        document.body.pop()  # or tomlkit writes it in brackets
    return tomlkit.dumps(document)


def _remove(document: Any, tables: Any, index: int) -> None:
    """Take an entry out; tomlkit counts what stands below an entry as its own, though it is about the next."""
    from tomlkit.items import AoT, Comment, Whitespace  # noqa: PLC0415 -- as above

    if isinstance(tables, AoT):
        own = tables.body[index].value.body
        below = own[max(at for at, (key, _) in enumerate(own) if key) + 1 :]
        body, end = (tables.body[index - 1].value.body, None) if index else (document.body, -1)
        above = body[:end]
        while above and isinstance(above[-1][1], Comment):
            above.pop()
        above = above or body[:end]  # a comment at the top is about the file
        while above and isinstance(above[-1][1], Whitespace):
            above.pop()
        body[:end] = above + below
    del tables[index]
