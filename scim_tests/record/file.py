"""Run records on disk: whoever shows, compares or judges a run again reads it here, whoever wrote it."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.check import Known, Severity
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import Counts, Outcome, ProfileInfo, RunInfo, RunRecord, TargetInfo
from scim_tests.model.tally import MOST, Tally
from scim_tests.model.typed import typed
from scim_tests.model.verdict import Verdict

MEMBER = re.compile(r'\s*[{,]\s*"(\w+)"\s*:\s*')  # up to its value
IN_A_HEAD = 65_536  # bytes, and more than any that a run writes
RUN, LOAD = "run.json", "load.json"
TWO_ALIKE = "`scim-tests compare` takes two runs, or two loads."
NAME_A_FOLDER = f"Name a report folder, or the {RUN} in it."
NUMBER = re.compile(r"[0-9]{1,9}")
SLICES = 100_000  # of a load at most, and by far
PAGE_HAS = 4  # numbers, in a walk
LARGEST = 100_000_000  # bytes of a record that is read where nobody named it


def read_record(path: Path) -> RunRecord:
    """The run record in that file, or in that report folder. UsageError `bad-record` where there is none."""
    record = read_either(path)
    if isinstance(record, LoadRecord):
        raise UsageError("bad-record", f"{path} is of a load, and a run is asked for.", TWO_ALIKE)
    return record


def read_load(path: Path) -> LoadRecord:
    """The same of a load."""
    record = read_either(path)
    if isinstance(record, LoadRecord):
        return record
    raise UsageError("bad-record", f"{path} is of a run, and a load is asked for.", TWO_ALIKE)


def read_either(path: Path) -> RunRecord | LoadRecord:
    """The record of a run, or of a load, in that file or report folder. UsageError `bad-record` where there is none."""
    named = [path / name for name in (RUN, LOAD) if (path / name).exists()]
    file = next(iter(named), path / RUN) if path.is_dir() else path
    if path.is_dir() and not named:
        inside = sorted(str(each.parent) for name in (RUN, LOAD) for each in path.glob(f"*/{name}"))
        hint = f"Name one of: {', '.join(inside)}." if inside else NAME_A_FOLDER
        raise UsageError("bad-record", f"{path} has no {RUN}.", hint)
    is_load = file.name == LOAD
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        is_load = isinstance(document, dict) and "load" in document
        if is_load:
            return _load(document)
        record = RunRecord.from_json(document)
        refuse_what_does_not_fit(record)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        kind = "load" if is_load else "run"
        hint = NAME_A_FOLDER.replace(RUN, LOAD) if is_load else NAME_A_FOLDER
        raise UsageError(
            "bad-record", f"{file} is not a {kind} record: {_why(error, kind):.300}.", hint
        ) from error
    return record


def _load(document: Mapping[str, Any]) -> LoadRecord:
    """ValueError or TypeError where that is no record of a load, or has numbers that no load counts."""
    record: LoadRecord = typed(LoadRecord, document)
    _refuse_foreign_words(record)
    datetime.fromisoformat(record.load.started)
    for check in record.checks:
        list(map(Verdict, check.places))
    told = [record.load.seconds, record.history, record.steps, [check.places for check in record.checks]]
    _refuse_numbers(told)
    refuse_what_nobody_counts(record.load.plan, record.tally)
    return record


def _refuse_numbers(part: Any) -> None:
    """ValueError where one is below 0, or more than anybody counts."""
    if isinstance(part, int | float) and not 0 <= part <= MOST:
        raise ValueError(f"nobody counts {part:.6g}" if abs(part) < MOST**2 else "nobody counts so many")
    inside: Any = vars(part) if is_dataclass(part) else part
    parts: Iterable[Any] = (
        inside.values() if isinstance(inside, Mapping) else inside if isinstance(inside, list) else ()
    )
    for each in parts:
        _refuse_numbers(each)


def refuse_what_nobody_counts(plan: LoadPlan, tally: Tally) -> None:
    """ValueError where a number is out of bounds, a word is none of ours, or what is counted by numbers is counted by words."""
    plan.check()
    if tally.slice_seconds < 1:
        raise ValueError("a slice is a second or more")
    for page in (page for walk in tally.walks for page in walk.pages):
        if len(page) != PAGE_HAS or page[-1] < -1:
            raise ValueError("a page is told by four numbers, and -1 is no total")
    seen = replace(
        tally, walks=[replace(each, pages=[page[:-1] for page in each.pages]) for each in tally.walks]
    )
    _refuse_numbers(seen)
    _refuse_numbers([max(0, page[-1]) for walk in tally.walks for page in walk.pages])
    for check in tally.checks.values():
        if not check.verdicts:
            raise ValueError("a check has no verdict")
        list(map(Verdict, [*check.verdicts, *(found.verdict for found in check.found)]))
        list(map(Severity, (found.severity for found in check.found)))
        list(map(Known, (found.consequence.known for found in check.found)))
    by_slice = (tally.due, tally.sent, tally.answered, tally.failed, tally.throttled, tally.under_way)
    steps = [step.slices for step in tally.steps.values()]
    timings = [
        tally.late,
        tally.calm_before,
        tally.calm_after,
        tally.calm_reads,
        tally.first_batches,
        tally.calm_group_writes,
        tally.calm_first_pages,
        tally.calm_last_pages,
        *(timing for slices in steps for timing in slices.values()),
    ]
    sliced: list[Mapping[str, Any]] = [*by_slice, tally.memory, *steps]
    for counted in (*sliced, *timings):
        if strange := next((key for key in counted if not NUMBER.fullmatch(key)), None):
            raise ValueError(f"{strange!r:.80} is no number of a slice, or of milliseconds")
    if any(int(key) > SLICES for counted in sliced for key in counted):
        raise ValueError("a load has not so many slices")


@dataclass(frozen=True)
class Head:
    """What a run record begins with: all that a list of runs shows."""

    run: RunInfo
    target: TargetInfo
    profile: ProfileInfo
    outcome: Outcome
    counts: Counts


def head_of(beginning: bytes) -> Head:
    """The head of a `run.json`, from its first `IN_A_HEAD` bytes: whatever comes behind is not looked at.

    ValueError or TypeError where it is none, or has other members before.
    """
    text, at = beginning.decode("utf-8", errors="replace"), 0
    said: dict[str, Any] = {}
    while missing := {each.name for each in fields(Head)} - said.keys():
        if not (member := MEMBER.match(text, at)):
            raise ValueError(f"it does not begin with {min(missing)}")
        said[member[1]], at = json.JSONDecoder().raw_decode(text, member.end())
    head: Head = typed(Head, said)
    _refuse_foreign_words(head)
    datetime.fromisoformat(head.run.started)
    return head


def _why(error: Exception, kind: str) -> str:
    """In a person's words."""
    if isinstance(error, OSError):
        return f"it cannot be read: {error.strerror}"
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return "it is not JSON"
    if isinstance(error, TypeError | RecursionError):
        return f"its parts are not those of a {kind}"
    return str(error)


def refuse_what_does_not_fit(record: RunRecord) -> None:
    """ValueError where one part of a record speaks of another that is not there, or in no word of ours."""
    _refuse_foreign_words(record)
    datetime.fromisoformat(record.run.started)
    for check in record.checks:
        list(map(Verdict, check.places))
    _refuse_unknown_numbers(record)
    if unknown := {each.check for each in record.root_causes} - {each.id for each in record.checks}:
        raise ValueError(f"there is no check {min(unknown)}")


def _refuse_foreign_words(part: Any) -> None:
    if isinstance(part, list):
        for each in part if part and is_dataclass(part[0]) else ():
            _refuse_foreign_words(each)
    elif is_dataclass(part):
        words = _words().get(type(part).__name__, {})
        for name in (each.name for each in fields(part)):
            said = getattr(part, name)
            if name in words and said not in words[name]:
                raise ValueError(f"{name} cannot be {said!r:.80}")
            _refuse_foreign_words(said)


@cache
def _words() -> dict[str, dict[str, frozenset[str | int]]]:
    """By noun and field, all that can stand there, as the published schema has it."""
    schema = json.loads((fixtures() / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
    return {
        noun: {
            name: frozenset(each["enum"]) for name, each in described["properties"].items() if "enum" in each
        }
        for noun, described in schema["$defs"].items()
    }


def _refuse_unknown_numbers(record: RunRecord) -> None:
    named = [number for scene in record.scenes for number in scene.exchanges]
    named += [number for cause in record.root_causes for number in cause.at]
    for check in record.checks:
        named += [*check.at, *(number for finding in check.findings for number in finding.at)]
    named += [row.exchange for suite in record.suites for row in suite.rows if row.exchange]
    named += [number for plan in record.plans for case in plan.cases for number in case.at]
    if unknown := set(named) - {each.number for each in record.exchanges}:
        raise ValueError(f"there is no exchange {min(unknown)}")
    messages = (message for each in record.exchanges for message in (each.request, each.response))
    if any(len(pair) != 2 for message in messages for pair in message.headers):
        raise ValueError("a header is a name and a value")
