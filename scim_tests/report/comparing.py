"""Two runs side by side: what failed anew, what was fixed, what still fails, what is no longer judged."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scim_tests.model.check import Severity
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import SEVERITIES, SEVERITY_WORDS, moment, sentence
from scim_tests.report.since import KINDS
from scim_tests.report.summary import code, plain

ABSENT = "not in the run"
ONE_NEW = "New failure"
TITLE = "Two runs compared"
PART = "The newer run is only a part: {} checks were left out of it on purpose, and it says nothing of them."
COLUMNS = ("Check", "Severity", "Verdict", "What was seen")


@dataclass(frozen=True)
class Change:
    """A check in both runs. `said` is what was seen in the newer one, `tolerated` why that does not fail it."""

    check: str
    severity: str
    before: str
    after: str
    said: str
    tolerated: str


@dataclass(frozen=True)
class Comparison:
    """What is different between an older and a newer run."""

    old: RunRecord
    new: RunRecord
    changes: dict[str, list[Change]]  # by kind, worst first

    @property
    def counts(self) -> list[tuple[int, str]]:
        """How many checks there are of each kind."""
        words = KINDS | ({"new": ONE_NEW} if len(self.changes["new"]) == 1 else {})
        return [(len(changes), words[kind].lower()) for kind, changes in self.changes.items()]

    @property
    def runs(self) -> list[tuple[str, RunRecord]]:
        """Both runs, each with the word for it."""
        return [("Before", self.old), ("Now", self.new)]

    @property
    def title(self) -> str:
        """What is compared."""
        return TITLE

    @property
    def note(self) -> str:
        """What to know first; empty where that is nothing."""
        return PART.format(self.new.run.left_out) if self.new.run.left_out else ""

    @property
    def sections(self) -> list[tuple[str, list[Change]]]:
        """What changed, each kind with its heading."""
        return [(KINDS[kind], changes) for kind, changes in self.changes.items() if changes]

    @property
    def further(self) -> list[str]:
        """Sections of Markdown that stand behind the counts; a run has none."""
        return []

    @property
    def exit_code(self) -> int:
        """1 where something failed anew; where the newer run came to nothing, its own exit code."""
        if self.new.outcome.verdict not in {"passed", "failed"}:
            return self.new.outcome.exit_code
        return int(any(not change.tolerated for change in self.changes["new"]))

    def to_json(self) -> dict[str, Any]:
        """The comparison as a JSON document: both runs by name and outcome, and the changes by their kind."""
        return {
            "old": _run(self.old),
            "new": _run(self.new),
            **{kind: [asdict(change) for change in changes] for kind, changes in self.changes.items()},
        }


def compare(old: RunRecord, new: RunRecord) -> Comparison:
    """What became of every check from one run to the other.

    What failed before is fixed only if a step at which it failed was played again.
    """
    failed_at, played = _failed_at(old), {each.step for each in new.exchanges}
    before, after = ({check.id: check for check in record.checks} for record in (old, new))
    changes: dict[str, list[Change]] = {kind: [] for kind in KINDS}
    for name in dict.fromkeys([*after, *before]):
        was, is_now = before.get(name), after.get(name)
        is_seen = _judged(is_now) and (name not in failed_at or bool(failed_at[name] & played))
        if kind := _kind(was, is_now, is_seen=is_seen):
            changes[kind].append(_change(was, is_now))
    for each in changes.values():
        each.sort(key=lambda change: SEVERITIES.index(Severity(change.severity)))
    return Comparison(old, new, changes)


def _failed_at(record: RunRecord) -> dict[str, set[str]]:
    """The steps at which each check failed; without those that failed at none, but over a scene or the play."""
    steps = {each.number: each.step for each in record.exchanges}
    found = {
        check.id: {steps[at] for each in check.findings if each.verdict == Verdict.FAIL for at in each.at}
        for check in record.checks
        if check.verdict == Verdict.FAIL
    }
    return {name: at for name, at in found.items() if at}


def _kind(was: CheckRecord | None, is_now: CheckRecord | None, *, is_seen: bool) -> str:
    failed, fails = (bool(each and each.verdict == Verdict.FAIL) for each in (was, is_now))
    if fails:
        return "still_failing" if failed else "new"
    if _judged(was) and not is_seen:
        return "no_longer_judged"
    return "fixed" if failed else ""


def _judged(check: CheckRecord | None) -> bool:
    return check is not None and Verdict(check.verdict).is_judged


def _change(was: CheckRecord | None, is_now: CheckRecord | None) -> Change:
    """As grave as the failure was: where a check passes, it is as grave as it can be."""
    told = next((each for each in (is_now, was) if each and each.verdict == Verdict.FAIL), is_now or was)
    assert told is not None  # noqa: S101 -- the check is in one of the runs
    return Change(
        check=told.id,
        severity=told.severity,
        before=was.verdict if was else ABSENT,
        after=is_now.verdict if is_now else ABSENT,
        said=sentence(is_now) if is_now else "",
        tolerated=is_now.tolerated if is_now else "",
    )


def _run(record: RunRecord) -> dict[str, Any]:
    return {
        "run": record.run.name,
        "started": record.run.started,
        "target": record.target.base_url,
        "profile": record.profile.name,
        "version": record.run.version,
        "verdict": record.outcome.verdict,
        "exit_code": record.outcome.exit_code,
    }


def markdown(comparison: Comparison) -> str:
    """The comparison for a job page, a merge request or a terminal."""
    parts = [
        f"# scim-tests: {comparison.title.lower()}",
        *([comparison.note] if comparison.note else []),
        " · ".join(f"**{number}** {word}" for number, word in comparison.counts) + ".",
        "\n".join(_line(word, record) for word, record in comparison.runs),
        *comparison.further,
        *(_section(heading, changes) for heading, changes in comparison.sections),
    ]
    return "\n\n".join(parts) + "\n"


def _line(word: str, record: RunRecord) -> str:
    where = f"{code(record.target.base_url)}, profile {code(record.profile.name)}"
    return f"- {word}: {plain(record.outcome.sentence)} ({where}, run {code(record.run.name)}, {moment(record.run.started)})"


def _section(heading: str, changes: Sequence[Change]) -> str:
    rows = [
        f"| {code(each.check)} | {SEVERITY_WORDS[Severity(each.severity)]} | {each.before} → {each.after} | {plain(each.said)}{_known(each)} |"
        for each in changes
    ]
    return "\n".join(
        [f"## {heading}", "", f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}", *rows]
    )


def _known(change: Change) -> str:
    return f" ({plain(change.tolerated)})" if change.tolerated else ""
