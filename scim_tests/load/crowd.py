"""Whom one process of a load has made, and what it did to each: what the target has to show of them in the end."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(slots=True)
class Made:
    """Somebody whose create was answered with success. Times are seconds since the load began; -1: never."""

    number: int
    id: str
    name: str  # userName, as it is now
    at: float  # when that was answered
    touched: float = -1.0  # when the last write to it left
    left: bool = False  # a deactivation was answered with success
    twice: bool = False  # by two jobs
    unsure: bool = False  # a change of names was not answered, or with 5xx: it may have another one


class Crowd:
    """By number and by id."""

    def __init__(self) -> None:
        self._by_number: dict[int, Made] = {}
        self.by_id: dict[str, Made] = {}

    def __iter__(self) -> Iterator[Made]:
        return iter(self._by_number.values())

    def __len__(self) -> int:
        return len(self._by_number)

    def __contains__(self, number: int) -> bool:
        return number in self._by_number

    def __getitem__(self, number: int) -> Made:
        return self._by_number[number]

    def add(self, made: Made) -> Made:
        """Somebody new."""
        self._by_number[made.number] = made
        self.by_id[made.id] = made
        return made
