"""The words in which a `reproduce/*.py` says what it sends; they stand above its requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Variable(str):
    """The name of what is put in when a request is sent. Any other text is sent as it stands."""

    __slots__ = ()


class Step(NamedTuple):
    """A request. Its answer's id goes to `learns`; before it, those in `proven` are read by their ids.

    Its own answer has to show those in `shown`, to whom later steps write without another read; the version in it goes
    to `tag`.
    """

    name: str
    method: str
    path: Sequence[str]
    headers: Sequence[tuple[str, Sequence[str]]]
    body: Sequence[str]
    learns: str
    proven: Sequence[tuple[str, str]]
    shown: Sequence[tuple[str, str]] = ()
    tag: str = ""


class Made(NamedTuple):
    """Whom a step makes: the name of the id, where it lives, what finds it by name, and whether a step removes it."""

    identity: str
    kind: str
    lookup: Sequence[str]
    step: int
    is_removed: bool


class Conversation(NamedTuple):
    """All of it; `patches` says how people are deactivated whom the target refuses to delete.

    `leaves_users` that it makes some whom the target cannot remove.
    """

    steps: Sequence[Step]
    made: Sequence[Made]
    credentials: Sequence[tuple[str, Sequence[str]]]
    question: Mapping[str, Any]
    patches: bool
    leaves_users: bool
