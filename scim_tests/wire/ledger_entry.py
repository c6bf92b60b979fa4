"""What a ledger says of one user or group that may still be on the target."""

from enum import StrEnum
from typing import NamedTuple


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
