"""What a ledger says of one user or group that may still be on the target."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from scim_tests.wire.ledger_keys import name_key


class State(StrEnum):
    """How sure it is that the user of an entry is on the target."""

    CREATED = "created"  # our create was answered with it, or it was found where a create was not; not removed since
    UNACKNOWLEDGED = "unacknowledged"  # a create left and nothing certain came back: look the userName up
    REFUSED = "refused"  # every create was refused, which a lookup has not confirmed
    DISPUTED = "disputed"  # our create was answered with an id shown under another userName: hands off
    STRAY = "stray"  # shown under a userName of ours, but our create was answered with another id: hands off


class Entry(NamedTuple):
    """A user who may still be there. `id` is empty where only a lookup by userName can tell."""

    user_name: str
    id: str
    state: State


def names(entries: Iterable[Entry]) -> list[str]:
    """How those are called who may still be there, each name once; nobody should have one whose every create was refused."""
    there = {name_key(each.user_name): each.user_name for each in entries if each.state is not State.REFUSED}
    return list(there.values())
