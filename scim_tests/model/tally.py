"""What a load has counted: plain numbers that processes send each other and add up, and that checks of loads judge.

Times of answers are milliseconds, rounded to two digits; a slice is a part of the load, each equally long.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scim_tests.model.check import Severity
from scim_tests.model.fact import Fact
from scim_tests.model.record import ConsequenceRecord
from scim_tests.model.typed import typed
from scim_tests.model.verdict import Verdict

Timing = dict[str, int]  # how many answers took so many milliseconds
NO_ANSWER = "none"  # in place of a status
STOPPED = "stopped"  # the same: the load ended while it was under way, which says nothing of the target
EXAMPLES = 3  # of findings and tasks that are kept of each kind
NOT_SUMS = {"slice_seconds", "phase", "steps", "checks", "tasks", "final", "stopped"}  # of a tally
NOTICED = 1000  # milliseconds that one job in twenty began too late, from which it is told
MOST = 10**12  # of anything; a target may say more
NAMES = 20  # of people that are kept, at most, of each process


def rounded(milliseconds: float) -> str:
    """To two digits, as text: what counts in a long answer does not count in a short one."""
    whole = max(1, round(milliseconds))
    digits = max(0, len(str(whole)) - 2)
    return str(round(whole, -digits))


def quantile(timing: Mapping[str, int], share: float) -> float | None:
    """The time within which that share (0 to 1) of the answers came; None where there are none."""
    total, seen = sum(timing.values()), 0
    for milliseconds in sorted(map(int, timing)):
        seen += timing[str(milliseconds)]
        if seen >= share * total:
            return float(milliseconds)
    return None


def longer(
    short: Mapping[str, int], long: Mapping[str, int], *, times: float, by: float
) -> tuple[float, float] | None:
    """The two medians, where nearly all of one kind take far longer than nearly all of the other; else None.

    A quarter of the answers at either end may be anything: a machine that swaps, or cleans its memory, slows some
    of them down. `by` is in milliseconds.
    """
    low, high = quantile(short, 0.75), quantile(long, 0.25)
    if low is None or high is None or high < times * low or high - low < by:
        return None
    return quantile(short, 0.5) or low, quantile(long, 0.5) or high


def together(timings: Iterable[Mapping[str, int]]) -> Timing:
    """All of them as one."""
    added: Timing = {}
    for each in timings:
        _add(added, each)
    return added


@dataclass
class StepTally:
    """All requests of one step (`push_user.create`); `slices` are of those that were answered with success."""

    method: str = ""
    statuses: dict[str, int] = field(default_factory=dict)
    slices: dict[str, Timing] = field(default_factory=dict)

    @property
    def sent(self) -> int:
        """How many left."""
        return sum(self.statuses.values())

    @property
    def timing(self) -> Timing:
        """Over the whole load."""
        return together(self.slices.values())


@dataclass
class Sample:
    """A request with its answer, masked, as an example of what a check found. `status` is 0 where none came."""

    step: str
    method: str
    path: str
    status: int
    request: str
    answer: str
    milliseconds: float
    second: float  # since the load began


@dataclass
class Found:
    """A finding of a check, as an example, with what follows from it and becomes of it in Okta."""

    verdict: str
    expected: str
    got: str
    where: str
    severity: str
    consequence: ConsequenceRecord
    aftermath: list[Fact] = field(default_factory=list)
    sample: Sample | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """For sorting: the gravest first."""
        return -list(Verdict).index(Verdict(self.verdict)), list(Severity).index(Severity(self.severity))


@dataclass
class CheckTally:
    """How often a check came to which verdict, with the gravest findings, and of these the first."""

    verdicts: dict[str, int] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    why: str = ""  # nothing could be judged, the first time

    def keep(self, found: Iterable[Found]) -> None:
        """Take these among the examples, or some of them."""
        self.found = sorted([*self.found, *found], key=lambda each: each.rank)[:EXAMPLES]


@dataclass
class Task:
    """A request that Okta counts as failed: what an admin finds under Dashboard > Tasks, or an account that stays open."""

    step: str
    status: str  # the answer's, or `none`
    why: str = ""  # of an answer of success: what it lacks for Okta to go on
    people: int = 0
    examples: list[str] = field(default_factory=list)  # names of ours


@dataclass
class Walk:
    """An import, page by page: (startIndex, milliseconds, people on it, totalResults or -1)."""

    pages: list[list[float]] = field(default_factory=list)
    people: int = 0  # different ids
    again: int = 0  # times that an id was shown that a page before had shown
    again_examples: list[str] = field(default_factory=list)  # "startIndex 101 and 301"
    out_of_order: int = 0  # ours, who stand elsewhere among each other than in an import before
    expected: int = (
        0  # ours, made before it began and not removed; 0 where nobody looked whether they are there
    )
    untouched: int = 0  # of these, those to whom nothing was written while it went on
    not_shown: int = 0  # of these, those who were not shown, and are there
    missed: list[str] = field(default_factory=list)  # names of the first of them
    missed_touched: list[str] = field(default_factory=list)  # not shown, to whom something was written: names
    writes_meanwhile: int = 0  # ours, under way at some time while it went on
    whole: bool = False  # it came to its end
    ended: str = ""  # why not


@dataclass
class GroupTally:
    """A large group, looked at in the end."""

    name: str
    wanted: int  # members whose adding was answered with success
    shown: int
    missing: int
    strange: int  # members that were never added
    why: str = ""  # it could not be looked at


@dataclass
class FinalLook:
    """The state at the end: whom a create was answered 201 for is there, once."""

    expected: int = 0
    found: int = 0
    missing: list[str] = field(default_factory=list)  # names
    unfound: list[str] = field(default_factory=list)  # there by id, and found by no look-up: names
    several: list[str] = field(default_factory=list)  # there more than once
    of_twice: list[str] = field(default_factory=list)  # those of `several` whom two jobs had assigned
    still_active: list[str] = field(default_factory=list)  # whose deactivation was answered with success
    whole: bool = False
    why: str = ""  # it was not whole


@dataclass
class Tally:
    """What one process has counted, or several together (`add`)."""

    slice_seconds: float = 1.0
    phase: str = "beginning"  # what is done now
    due: dict[str, int] = field(default_factory=dict)  # requests by slice, as the plan has them
    sent: dict[str, int] = field(default_factory=dict)  # that left, by slice
    answered: dict[str, int] = field(default_factory=dict)  # by slice
    failed: dict[str, int] = field(default_factory=dict)  # not answered, or with 5xx, by slice
    throttled: dict[str, int] = field(default_factory=dict)  # answered 429, by slice
    calm_before: Timing = field(default_factory=dict)  # of look-ups one after the other, before the first job
    calm_after: Timing = field(default_factory=dict)  # the same, when the last one is over
    calm_reads: Timing = field(default_factory=dict)  # of reads by id, in turn with these
    first_batches: Timing = field(default_factory=dict)  # of members, put into a group with nobody in it
    calm_group_writes: Timing = field(
        default_factory=dict
    )  # of adding one to a large group, in turn with reads
    calm_first_pages: Timing = field(default_factory=dict)  # of the first page of the list, when all is over
    calm_last_pages: Timing = field(default_factory=dict)  # of the last one, in turn with these
    calm_totals: list[list[int]] = field(default_factory=list)  # the totals on each two of them
    late: Timing = field(
        default_factory=dict
    )  # by how much jobs began later than their time: ours, not the target's
    under_way: dict[str, int] = field(default_factory=dict)  # requests at most at the same time, by slice
    steps: dict[str, StepTally] = field(default_factory=dict)
    checks: dict[str, CheckTally] = field(default_factory=dict)
    exchanges: int = 0
    judged: int = 0  # of them
    created: int = 0  # answered with success and an id
    again: int = 0  # creates of whom two jobs assigned that were refused, as they have to be
    tasks: dict[str, Task] = field(default_factory=dict)  # by step and status
    stays_open: int = 0  # deactivations that failed: Okta does not try again
    waited: float = 0.0  # seconds, for targets that asked for it
    waited_in_okta: float = 0.0  # what Okta waits for the same answers, whose time nobody scales
    untold: int = 0  # answers 429 that do not say how long to wait, as Okta can read it
    given_up: int = 0  # requests that were still throttled after all attempts
    walks: list[Walk] = field(default_factory=list)
    groups: list[GroupTally] = field(default_factory=list)
    final: FinalLook = field(default_factory=FinalLook)
    memory: dict[str, float] = field(default_factory=dict)  # MiB, by slice
    cut_off: int = 0  # jobs that were not finished: the load ended, or our guard did not let them go on
    not_begun: int = 0
    stopped: str = ""  # why the load ended before its time
    broken: list[str] = field(default_factory=list)  # what failed in code of ours

    @property
    def lateness(self) -> float:
        """Seconds by which one job in twenty began too late, or more; 0 where that is not worth telling."""
        late = quantile(self.late, 0.95) or 0.0
        return late / 1000 if late >= NOTICED else 0.0

    @property
    def page_growth(self) -> tuple[float, float] | None:
        """What the first page takes and what the last one, in milliseconds, where pages take longer the further back they are."""
        return longer(self.calm_first_pages, self.calm_last_pages, times=1.75, by=25)

    def slice_of(self, seconds: float) -> str:
        """The name of the slice in which that moment lies, in seconds since the load began."""
        return str(int(seconds / self.slice_seconds))

    def add(self, other: "Tally") -> None:
        """Count what another process has counted as well."""
        self.slice_seconds = max(self.slice_seconds, other.slice_seconds)
        for name in vars(self).keys() - NOT_SUMS:
            mine, theirs = getattr(self, name), getattr(other, name)
            if isinstance(mine, dict):
                _add(mine, theirs)
            else:
                setattr(self, name, mine + theirs)
        self._add_steps(other)
        self._add_checks(other)
        for key, task in other.tasks.items():
            own = self.tasks.setdefault(key, Task(task.step, task.status, task.why))
            own.people += task.people
            own.examples = [*own.examples, *task.examples][:EXAMPLES]
        self._add_final(other.final)
        self.stopped = self.stopped or other.stopped
        self.phase = other.phase

    def _add_steps(self, other: "Tally") -> None:
        for name, step in other.steps.items():
            own = self.steps.setdefault(name, StepTally(step.method))
            _add(own.statuses, step.statuses)
            for key, timing in step.slices.items():
                _add(own.slices.setdefault(key, {}), timing)

    def _add_checks(self, other: "Tally") -> None:
        for name, check in other.checks.items():
            own = self.checks.setdefault(name, CheckTally())
            _add(own.verdicts, check.verdicts)
            own.keep(check.found)
            own.why = own.why or check.why

    def _add_final(self, other: FinalLook) -> None:
        final = self.final
        final.whole = (final.whole or not final.expected) and (other.whole or not other.expected)
        final.expected += other.expected
        final.found += other.found
        for name in ("missing", "unfound", "several", "of_twice", "still_active"):
            setattr(final, name, getattr(final, name) + getattr(other, name))
        final.why = final.why or other.why

    def to_json(self) -> str:
        """As text, for another process."""
        return json.dumps(self, default=vars)

    @classmethod
    def from_json(cls, text: str) -> "Tally":
        """Read back. TypeError or ValueError where it is none."""
        tally: Tally = typed(cls, json.loads(text))
        return tally


def _add(numbers: dict[str, Any], more: Mapping[str, Any]) -> None:
    for key, value in more.items():
        numbers[key] = numbers.get(key, 0) + value
