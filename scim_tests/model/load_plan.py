"""What a load is to do, as plain data: agreed to by a person, and told to every process that takes part."""

import json
import math
import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import accumulate, chain, repeat
from operator import truediv

from scim_tests.model.typed import typed

PAGE = 100  # people on a page of an import (okta:S20)
BATCH = 100  # changes in one PATCH of a group (okta:GH2540)
CONNECTIONS = 200  # of a process, at most
WHOLE = 10_000  # parts of which a share is so many
MOST_RATE, MOST_PEOPLE, MOST_READ, MOST_WORKERS = 10_000, 1_000_000, 10_000_000, 1_000
LONGEST, A_DAY = 30, 86_400  # days, and seconds of one
RUN = re.compile("[a-z0-9]{8}")


@dataclass(frozen=True)
class Stage:
    """So many people are assigned at so many requests a second."""

    rate: float
    people: int


@dataclass(frozen=True)
class LoadPlan:
    """Shares are of the people who are assigned, from 0 to 1; times are seconds. It holds no secret.

    Person `number` counts from 0 and is the same in every process. `profile` is TOML.
    """

    run: str
    seed: int
    target: str
    profile: str
    email_domain: str = ""  # in place of the profile's
    without: tuple[str, ...] = ()  # of its capabilities, those that it is played without
    patches: bool = True  # changes leave as PATCH, as to an app of Okta's catalogue; else as PUT
    stages: tuple[Stage, ...] = ()
    twice: float = 0.02  # assigned by two jobs at once
    read_back: float = 0.1
    judged: float = 0.1  # whose answers are judged, whatever they are
    deactivated: float = 0.0
    renamed: float = 0.0
    groups: int = 0
    members: int = 0  # of each
    imported: int = 0  # people who are read at most; 0: none
    deadline: float = 3600.0
    workers: int = 1

    @cached_property
    def people(self) -> int:
        """How many are assigned."""
        return sum(stage.people for stage in self.stages)

    def is_twice(self, number: int) -> bool:
        """Whether two jobs assign the person at the same time."""
        return chosen(self.twice, number, phase=0)

    def is_judged(self, number: int) -> bool:
        """Whether all answers about the person are judged: of all people a share, and as large a share of each kind of them."""
        return number % self._period in self._judged

    def leaves(self, number: int) -> bool:
        """Whether the person is deactivated."""
        return chosen(self.deactivated, number, phase=2)

    def changes_name(self, number: int) -> bool:
        """Whether the person gets another userName; nobody who leaves does."""
        return chosen(self.renamed, number, phase=3) and not self.leaves(number)

    def is_changed(self, number: int) -> bool:
        """Whether something comes later for the person."""
        return self.leaves(number) or self.changes_name(number)

    def is_read_back(self, number: int) -> bool:
        """Whether the person is read by id: a share, and whoever is written to again, which has to be proven ours.

        The first of each process is, too, who shows what the target takes of people.
        """
        return number < self.workers or self.is_member(number) or self._is_in_what_is_read(number)

    def _is_in_what_is_read(self, number: int) -> bool:
        return self.is_changed(number) or chosen(self.read_back, number, phase=4)

    def is_member(self, number: int) -> bool:
        """Whether the person is put into a group."""
        return self.group_of(number) is not None

    def group_of(self, number: int) -> int | None:
        """The group that the person is put into; None where that is none."""
        if not self.groups:
            return None
        group = number // self.workers // self.members * self.workers + number % self.workers
        return group if group < self.groups else None

    def members_of(self, group: int) -> range:
        """The numbers of its members: people whom one worker makes, since it alone has seen that they are ours."""
        worker, place = group % self.workers, group // self.workers
        first = place * self.members
        return range(
            worker + first * self.workers, worker + (first + self.members) * self.workers, self.workers
        )

    def requests_about(self, number: int) -> int:
        """How many requests the person takes, if all goes well, and with the last member of a group the group."""
        is_member = self.is_member(number)
        is_last = is_member and (number // self.workers + 1) % self.members == 0
        shares = self._shares[is_member or number < self.workers]
        return shares[number % len(shares)] + is_last * self._requests_of_a_group

    @cached_property
    def _period(self) -> int:
        """After so many people all shares come again in the same order."""
        parts = (self.twice, self.read_back, self.judged, self.deactivated, self.renamed)
        return WHOLE // math.gcd(WHOLE, *map(_parts, parts))

    @cached_property
    def _judged(self) -> frozenset[int]:
        """The numbers below the period of those who are judged, among them the first of each kind."""
        everybody = range(self._period)
        kinds = (self.is_twice, self.leaves, self.changes_name, self._is_in_what_is_read)
        found = {each for each in everybody if chosen(self.judged, each, phase=1)}
        for kind in kinds:
            own = filter(kind, everybody)
            found.update(each for place, each in enumerate(own) if chosen(self.judged, place, phase=-1))
        return frozenset(found)

    @cached_property
    def _shares(self) -> tuple[list[int], list[int]]:
        """What people take, and those who are read in any case: after so many all shares come again in the same order."""
        numbers = range(self._period)
        usual = [self._takes(number, is_read=self._is_in_what_is_read(number)) for number in numbers]
        return usual, [self._takes(number, is_read=True) for number in numbers]

    def _takes(self, number: int, *, is_read: bool) -> int:
        """Look-up and create, each twice where two jobs do it, and what comes after."""
        assigned = 5 + is_read if self.is_twice(number) else 2 + 2 * is_read
        if self.changes_name(number):
            return assigned + 3
        if not self.leaves(number):
            return assigned
        return assigned + (1 if self.patches else 2) + 2 * self.is_judged(number)

    @property
    def _requests_of_a_group(self) -> int:
        """Look-up, create, a look, batches of members, a look at the end."""
        return 4 + (math.ceil(self.members / BATCH) if self.patches else 1)

    @cached_property
    def requests(self) -> int:
        """How many requests the whole assignment takes, without the import."""
        return sum(map(self.requests_about, range(self.people)))

    @cached_property
    def ends(self) -> list[float]:
        """The seconds from the start at which each stage ends: its rate is kept by all that its people take."""
        return [self._timetable[last] for last in accumulate(stage.people for stage in self.stages)]

    @property
    def seconds(self) -> float:
        """How long the assignment takes at its rates."""
        return self.ends[-1] if self.stages else 0.0

    def due(self, seconds: float) -> int:
        """How many people's time has come so many seconds after the start."""
        return min(self.people, bisect_right(self._timetable, seconds))

    def arrivals(self) -> Iterator[tuple[float, int]]:
        """(seconds from the start, number of the person) of every job, in order."""
        return zip(self._timetable, range(self.people), strict=False)

    @cached_property
    def _timetable(self) -> "array[float]":
        """When each person's job begins, and when the last one's requests have had their time."""
        rates = chain.from_iterable(repeat(stage.rate, stage.people) for stage in self.stages)
        takes = map(self.requests_about, range(self.people))
        return array("d", accumulate(map(truediv, takes, rates), initial=0.0))

    def pages(self, size: int) -> int:
        """How many pages of so many people an import reads at most: room for whoever is made meanwhile, and for the last."""
        return math.ceil((self.imported + self.people) / size) + 1

    def to_json(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "LoadPlan":
        """Read back. TypeError or ValueError where it is none, or one that no command makes."""
        plan: LoadPlan = typed(cls, json.loads(text))
        plan.check()
        return plan

    def check(self) -> None:
        """ValueError where it is larger than any that a command makes, or does not agree with itself: it may come from anybody."""
        shares = self.twice, self.read_back, self.judged, self.deactivated, self.renamed
        stages, workers = self.stages, max(1, self.workers)
        are_stages = all(0 < each.rate <= MOST_RATE and each.people >= 0 for each in stages)
        is_any_group = self.groups > 0 and self.members > 0
        bounds = {
            "run": RUN.fullmatch(self.run),
            "workers": 1 <= self.workers <= MOST_WORKERS,
            "stages": are_stages and self.people <= MOST_PEOPLE,
            "shares": all(0 <= each <= 1 for each in shares),
            "groups": not self.groups
            or (is_any_group and math.ceil(self.groups / workers) * self.members <= self.people // workers),
            "imported": 0 <= self.imported <= MOST_READ,
        }
        if odd := next((name for name, is_within in bounds.items() if not is_within), ""):
            raise ValueError(f"{odd}: out of bounds")
        if self.seconds > LONGEST * A_DAY:
            raise ValueError("stages: they take too long")


def chosen(share: float, number: int, *, phase: int) -> bool:
    """Whether number (from 0) is one of an evenly spread share of all; shares of other phases begin with others."""
    parts = _parts(share)
    return (number + phase + 1) * parts // WHOLE > (number + phase) * parts // WHOLE


def _parts(share: float) -> int:
    return round(share * WHOLE)
