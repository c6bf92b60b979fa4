"""Many ids, of each of which eight bytes are kept, for a directory may have a million: whose a target has shown under other names than ours.

Ids are compared as the ledger does, without regard to case. Two of which these bytes are the same are as good as
never met; and where they are, one of ours counts as a stranger's, and is not written to. No stranger is ever overlooked.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from hashlib import blake2b

from scim_tests.wire.ledger_keys import id_key

PARTS = 4096  # sorted lists; each is short, so that a new one finds its place quickly
LEAST, MOST = -(2**63), 2**63 - 1


def digest(id_: str) -> int:
    """What is kept of an id: the same in every process, so that one can tell another whom it has met."""
    told = id_key(id_).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(told, digest_size=8).digest(), signed=True)


class Ids:
    """A set of ids, by their digests, that only grows."""

    def __init__(self) -> None:
        self._parts: defaultdict[int, array[int]] = defaultdict(lambda: array("q"))

    def add(self, digest: int) -> bool:
        """Remember it; whether it is new."""
        part = self._parts[digest % PARTS]
        place = bisect_left(part, digest)
        is_new = place == len(part) or part[place] != digest
        if is_new:
            part.insert(place, digest)
        return is_new

    def __contains__(self, digest: int) -> bool:
        part = self._parts.get(digest % PARTS, ())
        place = bisect_left(part, digest)
        return place < len(part) and part[place] == digest
