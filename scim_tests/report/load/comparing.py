"""Two loads side by side: what got slower or faster, the rate, the tasks, and the checks as of two runs."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import RunRecord
from scim_tests.model.tally import Tally, Timing, quantile
from scim_tests.report.comparing import Comparison, compare
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.pages import ENOUGH, Pages
from scim_tests.report.load.rates import kept
from scim_tests.report.load.told import not_there
from scim_tests.report.load.words import about, milliseconds
from scim_tests.report.summary import plain, section

FACTOR, BY = 1.5, 10.0  # what is less, in times and in milliseconds, two loads of one target can differ by
ANSWERS = {0.5: 100, 0.95: 400}  # from which on the median, and the time of 95 of 100, mean something
SHARES = {0.5: "median", 0.95: "95 of 100"}
ALIKE = 1.1  # times as large as the other a directory is at most, for the ends of two imports to be compared
NOT_ALIKE = "The loads were not alike, so times may differ for that reason: {}."


@dataclass(frozen=True)
class Speed:
    """How long something took, in milliseconds, before and now."""

    what: str
    before: float
    after: float

    @property
    def factor(self) -> float:
        """How many times as long it takes now."""
        return self.after / self.before if self.before else 1.0

    @property
    def is_real(self) -> bool:
        """Whether it is more than two loads of the same target differ by."""
        slower, faster = max(self.before, self.after), min(self.before, self.after)
        return slower >= FACTOR * faster and slower - faster >= BY


@dataclass(frozen=True)
class LoadComparison(Comparison):
    """What is different between an older and a newer load; `figures` are of both, each a name with its two values."""

    speeds: list[Speed]
    figures: dict[str, tuple[str, str]]
    unlike: list[str]

    @property
    def title(self) -> str:
        """What is compared."""
        return "Two loads compared"

    @property
    def note(self) -> str:
        """What differed between the plans; empty where nothing did."""
        return NOT_ALIKE.format("; ".join(self.unlike)) if self.unlike else ""

    @property
    def slower(self) -> list[Speed]:
        """What takes longer now, the worst first."""
        return sorted(
            (each for each in self.speeds if each.is_real and each.factor > 1), key=lambda each: -each.factor
        )

    @property
    def faster(self) -> list[Speed]:
        """What takes less time now."""
        return sorted(
            (each for each in self.speeds if each.is_real and each.factor < 1), key=lambda each: each.factor
        )

    @property
    def further(self) -> list[str]:
        """Figures and times, as Markdown."""
        figures = [f"| {name} | {before} | {after} |" for name, (before, after) in self.figures.items()]
        head = ["| | Before | Now |", "| --- | --- | --- |"]
        said = [
            section("What it comes to", [*head, *figures]),
            section("Slower", _lines(self.slower)),
            section("Faster", _lines(self.faster)),
        ]
        if not self.slower and not self.faster:
            said.append("No answer time changed by more than loads of one target differ by.")
        return [each for each in said if each]

    def to_json(self) -> dict[str, Any]:
        """As of two runs, with figures and times."""
        return {
            **super().to_json(),
            "figures": {name: list(values) for name, values in self.figures.items()},
            "slower": [asdict(each) for each in self.slower],
            "faster": [asdict(each) for each in self.faster],
            "unlike": self.unlike,
        }


def compare_alike(old: RunRecord | LoadRecord, new: RunRecord | LoadRecord) -> Comparison:
    """Two runs, or two loads. UsageError where one is a run and the other a load."""
    if isinstance(old, RunRecord) and isinstance(new, RunRecord):
        return compare(old, new)
    if isinstance(old, LoadRecord) and isinstance(new, LoadRecord):
        return compare_loads(old, new)
    kinds = [
        f"{word} is of a {'load' if isinstance(each, LoadRecord) else 'run'}"
        for word, each in (("The older", old), ("the newer", new))
    ]
    raise UsageError("not-alike", f"{', '.join(kinds)}.", "Name two runs, or two loads.")


def compare_loads(old: LoadRecord, new: LoadRecord) -> LoadComparison:
    """What became of every check, answer time and figure from one load to the other."""
    checks = compare(as_run(old), as_run(new))
    figures = {
        name: (before, after)
        for (name, before), after in zip(_figures(old).items(), _figures(new).values(), strict=True)
    }
    unlike = list(_unlike(old.load.plan, new.load.plan))
    speeds = [*_of_steps(old.tally, new.tally), *_of_pages(old.tally, new.tally)]
    return LoadComparison(checks.old, checks.new, checks.changes, speeds, figures, unlike)


def _of_steps(old: Tally, new: Tally) -> Iterator[Speed]:
    for name in old.steps:
        if name in new.steps:
            timings = old.steps[name].timing, new.steps[name].timing
            for share, words in SHARES.items():
                yield from _speed(f"{name}, {words}", share, *timings)


def _speed(what: str, share: float, *timings: Timing) -> Iterator[Speed]:
    if all(sum(timing.values()) >= ANSWERS[share] for timing in timings):
        before, after = (quantile(timing, share) or 0.0 for timing in timings)
        yield Speed(what, before, after)


def _of_pages(old: Tally, new: Tally) -> Iterator[Speed]:
    """The first import of each."""
    both = [Pages(walk) for tally in (old, new) for walk in tally.walks[:1] if len(walk.pages) >= ENOUGH]
    for before, after in pairwise(both):
        yield Speed("a page of the import, at its beginning", before.first, after.first)
        if max(before.total, after.total) <= ALIKE * min(before.total, after.total):
            yield Speed("a page of the import, at its end", before.last, after.last)


def _figures(load: LoadRecord) -> dict[str, str]:
    """What a load comes to, each figure by its name."""
    tally = load.tally
    stages = kept(load.load.plan, tally)
    rates = ", ".join(f"{about(each.left)} of {about(each.wanted)}" for each in stages)
    tasks = sum(task.people for task in tally.tasks.values())
    return {
        "Requests a second kept": rates or "none",
        "Failed": f"{sum(tally.failed.values()):,}",
        "Answered 429": f"{sum(tally.throttled.values()):,}",
        "Tasks": f"{tasks:,}",
        "Accounts that stay open": f"{tally.stays_open:,}",
        "Not there at the end": f"{not_there(tally.final):,}",
    }


def _unlike(old: LoadPlan, new: LoadPlan) -> Iterator[str]:
    for name, words in (
        ("people", "people assigned"),
        ("groups", "groups"),
        ("members", "members of a group"),
        ("imported", "people imported at most"),
        ("workers", "processes"),
    ):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield f"{before:,} {words} then, {after:,} now"
    rates = [", ".join(about(stage.rate) for stage in plan.stages) or "none" for plan in (old, new)]
    if rates[0] != rates[1]:
        yield f"a rate of {rates[0]} then, {rates[1]} now"


def _lines(speeds: list[Speed]) -> list[str]:
    return [
        f"- {plain(each.what)}: {milliseconds(each.before)} → {milliseconds(each.after)} ({about(max(each.factor, 1 / each.factor))} times)"
        for each in speeds
    ]
