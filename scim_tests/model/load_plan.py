"""What a load is to do, as plain data: agreed to by a person, and told to every process that takes part."""

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property

from scim_tests.model.typed import typed

PAGE = 100  # people on a page of an import (okta:S20)
BATCH = 100  # changes in one PATCH of a group (okta:GH2540)


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
        """Whether all answers about the person are judged."""
        return chosen(self.judged, number, phase=1)

    def leaves(self, number: int) -> bool:
        """Whether the person is deactivated."""
        return chosen(self.deactivated, number, phase=2)

    def changes_name(self, number: int) -> bool:
        """Whether the person gets another userName; nobody who leaves does."""
        return chosen(self.renamed, number, phase=3) and not self.leaves(number)

    def is_read_back(self, number: int) -> bool:
        """Whether the person is read by id: a share, and whoever is written to again, which has to be proven ours."""
        changed = self.leaves(number) or self.changes_name(number) or self.is_member(number)
        return changed or chosen(self.read_back, number, phase=4)

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
        """How many requests the person takes, if all goes well: look-up and create, and what comes after."""
        read, twice = self.is_read_back(number), self.is_twice(number)
        assigned = 5 + read if twice else 2 + 2 * read
        leaves = (3 if self.is_judged(number) else 1) if self.leaves(number) else 0
        return assigned + leaves + (3 if self.changes_name(number) else 0)

    @property
    def requests_of_groups(self) -> int:
        """How many requests the groups take: look-up, create, a look, batches of members, a look at the end."""
        return self.groups * (4 + math.ceil(self.members / BATCH))

    @cached_property
    def requests(self) -> int:
        """How many requests the whole assignment takes, without the import."""
        about = sum(self.requests_about(number) for number in range(self.people))
        return about + self.requests_of_groups

    @property
    def seconds(self) -> float:
        """How long the assignment takes at its rates."""
        each = self.requests / self.people if self.people else 0.0
        return sum(stage.people * each / stage.rate for stage in self.stages)

    def arrivals(self) -> Iterator[tuple[float, int, int]]:
        """(seconds from the start, stage, number of the person) of every job, in order."""
        each = self.requests / self.people if self.people else 0.0
        at, number = 0.0, 0
        for index, stage in enumerate(self.stages):
            for _ in range(stage.people):
                yield at, index, number
                at += each / stage.rate
                number += 1

    def to_json(self) -> str:
        """As text, for another process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "LoadPlan":
        """Read back. TypeError or ValueError where it is none."""
        plan: LoadPlan = typed(cls, json.loads(text))
        return plan


def chosen(share: float, number: int, *, phase: int) -> bool:
    """Whether number (from 0) is one of an evenly spread share of all; shares of other phases begin with others."""
    ten_thousandths = round(share * 10_000)
    return (number + phase + 1) * ten_thousandths // 10_000 > (number + phase) * ten_thousandths // 10_000
