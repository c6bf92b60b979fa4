"""What was wanted of a load and what was kept, from what was counted by slice."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import Tally

ASSIGNING = ("push_user.lookup", "push_user.create")  # what Okta sends to assign somebody
IMPORTING = "import_users."  # goes on beside the assignment, at its own pace
KEPT = 0.95  # of the rate wanted, from which on it counts as kept


@dataclass(frozen=True)
class Kept:
    """A stage of the plan: requests a second as they were wanted, and as they left."""

    wanted: float
    left: float
    people: int
    rate: float  # that the plan asks for
    is_long: bool = True  # it lasts a whole slice

    @property
    def is_reachable(self) -> bool:
        """Whether its people are enough for its rate."""
        return self.is_long or self.wanted >= KEPT * self.rate

    @property
    def is_kept(self) -> bool:
        """Whether nearly all left in time."""
        return self.left >= KEPT * self.wanted


def kept(plan: LoadPlan, tally: Tally) -> list[Kept]:
    """Each stage of the plan; without those of which not one whole slice was played.

    Pages of an import are not of the rate. What leaves beyond it, such as what was throttled and is sent once more,
    makes up for nothing.
    """
    told, begin = [], 0.0
    played = max(map(int, tally.due), default=0) * tally.slice_seconds  # it may have ended before its time
    pages = _answers(tally, lambda name: name.startswith(IMPORTING))
    for stage, end in zip(plan.stages, plan.ends, strict=True):
        slices = whole_slices(begin, min(end, played), tally.slice_seconds)
        if wanted := _sum(tally.due, slices):
            seconds = len(slices) * tally.slice_seconds
            left = min(wanted, _sum(tally.sent, slices) - _sum(pages, slices))
            first, last = _inside(begin, end, tally.slice_seconds)
            told.append(
                Kept(wanted / seconds, left / seconds, stage.people, stage.rate, is_long=first < last)
            )
        begin = end
    return told


def whole_slices(begin: float, end: float, seconds: float) -> range:
    """The numbers of the slices that lie whole between two moments; the first where none does."""
    first, last = _inside(begin, end, seconds)
    return range(first, max(last, first + 1))


def _inside(begin: float, end: float, seconds: float) -> tuple[int, int]:
    """The first slice that begins there or later, and the first that is not over in time."""
    return -int(-begin // seconds), int(end // seconds)


def successes(tally: Tally) -> float:
    """Answers a second that were a success, from the beginning to the last person assigned, waits and all."""
    assigned = _answers(tally, lambda name: name in ASSIGNING)
    end = max(map(int, assigned), default=-1)
    every = _answers(tally, lambda name: not name.startswith(IMPORTING))
    return _sum(every, range(end + 1)) / ((end + 1) * tally.slice_seconds) if assigned else 0.0


def requests_each(tally: Tally) -> float:
    """How many requests an assignment takes: a look-up, whatever tells that nobody is there, and a create that succeeds."""
    taken = {name: sum(tally.steps[name].timing.values()) for name in ASSIGNING if name in tally.steps}
    created = taken.get(ASSIGNING[-1], 0)
    return max(float(len(ASSIGNING)), sum(taken.values()) / created) if created else 0.0


def _answers(tally: Tally, is_one: Callable[[str], bool]) -> dict[str, int]:
    """Answers with success by slice, of the steps that are meant."""
    counted: Counter[str] = Counter()
    for name, step in tally.steps.items():
        if is_one(name):
            counted.update({key: sum(timing.values()) for key, timing in step.slices.items()})
    return counted


def _sum(counted: Mapping[str, int], slices: Iterable[int]) -> int:
    return sum(counted.get(str(number), 0) for number in slices)
