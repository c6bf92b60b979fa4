"""What was wanted of a load and what was kept, from what was counted by slice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import Tally, quantile

ASSIGNING = ("push_user.lookup", "push_user.create")  # what Okta sends to assign somebody
NOT_ASSIGNING = ("import_users.", "import_groups.")  # goes on beside the assignment, at its own pace
KEPT = 0.95  # of the rate wanted, from which on it counts as kept
LATE = 500.0  # milliseconds: where 5 of 100 jobs begin so much after their time, the numbers are ours


@dataclass(frozen=True)
class Kept:
    """A stage of the plan: requests a second as they were wanted, and as they left."""

    wanted: float
    left: float
    people: int

    @property
    def is_kept(self) -> bool:
        """Whether nearly all left in time."""
        return self.left >= KEPT * self.wanted


def kept(plan: LoadPlan, tally: Tally) -> list[Kept]:
    """Each stage of the plan; without those of which not one whole slice was played."""
    told, begin = [], 0.0
    due = sum(tally.due.values())
    each = due / plan.people if plan.people else 0.0
    for stage in plan.stages:
        end = begin + stage.people * each / stage.rate
        slices = whole_slices(begin, end, tally.slice_seconds)
        if wanted := _sum(tally.due, slices):
            seconds = len(slices) * tally.slice_seconds
            told.append(Kept(wanted / seconds, _sum(tally.sent, slices) / seconds, stage.people))
        begin = end
    return told


def whole_slices(begin: float, end: float, seconds: float) -> range:
    """The numbers of the slices that lie whole between two moments; the first where none does."""
    first, last = -int(-begin // seconds), int(end // seconds)
    return range(first, max(last, first + 1))


def lateness(tally: Tally) -> float:
    """By how many milliseconds 5 of 100 jobs, or more, began too late: that is ours, and not the target's."""
    return quantile(tally.late, 0.95) or 0.0


def is_late(tally: Tally) -> bool:
    """Whether the load side was too slow for the rate."""
    return lateness(tally) >= LATE


def successes(tally: Tally) -> float:
    """Answers a second that were a success, from the beginning to the last person assigned, waits and all."""
    end = max(
        (int(key) for name in ASSIGNING if name in tally.steps for key in tally.steps[name].slices),
        default=-1,
    )
    counted = sum(
        sum(timing.values())
        for name, step in tally.steps.items()
        if not name.startswith(NOT_ASSIGNING)
        for key, timing in step.slices.items()
        if int(key) <= end
    )
    return counted / ((end + 1) * tally.slice_seconds) if counted else 0.0


def requests_each(tally: Tally) -> float:
    """How many requests with success an assignment takes: a look-up and a create, where nothing has to be said twice."""
    taken = {name: sum(tally.steps[name].timing.values()) for name in ASSIGNING if name in tally.steps}
    created = taken.get(ASSIGNING[-1], 0)
    return sum(taken.values()) / created if created else 0.0


def _sum(counted: Mapping[str, int], slices: Iterable[int]) -> int:
    return sum(counted.get(str(number), 0) for number in slices)
