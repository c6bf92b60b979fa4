"""Whose ids a target has shown under other names than ours: eight bytes of each, for a directory may have a million.

Two ids of which these are the same are as good as never met; and where they are, one of ours counts as a stranger's,
and is not written to. No stranger is ever overlooked.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict

PARTS = 4096  # sorted lists; each is short, so that a new one finds its place quickly


class Strangers:
    """A set of ids that only grows."""

    def __init__(self) -> None:
        self._parts: defaultdict[int, array[int]] = defaultdict(lambda: array("q"))

    def add(self, id_: str) -> None:
        """Remember it; Python's hash has a key that no target knows."""
        digest = hash(id_)
        part = self._parts[digest % PARTS]
        place = bisect_left(part, digest)
        if place == len(part) or part[place] != digest:
            part.insert(place, digest)

    def __contains__(self, id_: str) -> bool:
        digest = hash(id_)
        part = self._parts.get(digest % PARTS, ())
        place = bisect_left(part, digest)
        return place < len(part) and part[place] == digest
