"""A conversation under way: which request each of its moves is, by what was answered before. It sends nothing itself."""

from collections.abc import Iterator
from dataclasses import replace

from scim_tests.model.act import Scene, Step
from scim_tests.model.conversation import CREATES, KINDS, LOOKS, Conversation, Move
from scim_tests.model.exchange import Exchange
from scim_tests.personas.explore.creates import PEOPLE_MADE
from scim_tests.personas.explore.group_moves import OF_GROUPS
from scim_tests.personas.explore.looks import LOOKS_AT
from scim_tests.personas.explore.memory import Making, Memory, kinds_of
from scim_tests.personas.explore.people import said
from scim_tests.personas.explore.people_moves import OF_PEOPLE
from scim_tests.personas.explore.spoilt_moves import SPOILT_MOVES

MAKING: dict[str, Making] = {**PEOPLE_MADE, **OF_PEOPLE, **OF_GROUPS, **SPOILT_MOVES, **LOOKS_AT}
DELETES = frozenset({"delete", "delete-group"})
READS = frozenset({"read", "read-group", "read-if-changed", "read-group-if-changed"})  # all that is there
BY_WHAT_WAS_READ = frozenset({"find", "find-former", "read-if-changed", "read-group-if-changed"})
OF_NOBODY = CREATES | {"find-group"}  # and those that are about no place


def turns(conversation: Conversation) -> Iterator[Conversation]:
    """The moves that need not wait for each other: looks in a row, as long as none goes by what another reads."""
    together: list[Move] = []
    for move in conversation:
        is_apart = move.kind not in LOOKS or not together or together[-1].kind not in LOOKS
        goes_by_it = move.kind in BY_WHAT_WAS_READ and any(each.kind in READS for each in together)
        if together and (is_apart or goes_by_it):
            yield tuple(together)
            together = []
        together.append(move)
    if together:
        yield tuple(together)


class Talk:
    """What is known in the conversation of one scene."""

    def __init__(self, scene: Scene) -> None:
        self._memory = Memory(scene)
        self._kinds = kinds_of(scene.profile)
        self.ids: list[str] = []  # of all people who were made

    def step(self, move: Move) -> Step | None:
        """The request of a move; None where it cannot be made, or the profile does not make it."""
        known = self._memory.subject(move)
        is_about_nobody = bool(KINDS[move.kind].of) and move.kind not in OF_NOBODY and not known.id
        if move.kind not in self._kinds or is_about_nobody:
            return None
        move = replace(move, value=said(self._memory.scene, move.value))
        return MAKING[move.kind](self._memory, move, step_name(move.kind), known)

    def hear(self, move: Move, exchange: Exchange) -> None:
        """What was answered to the request of a move."""
        known = self._memory.subject(move)
        if move.kind in CREATES:
            known.made(exchange)
            if KINDS[move.kind].of == "user" and known.id not in {"", *self.ids}:
                self.ids.append(known.id)
        elif move.kind in DELETES:
            known.removed(exchange)
        elif move.kind in READS:
            known.read(exchange)
        elif move.kind not in LOOKS:
            known.written(exchange)
        if KINDS[move.kind].of == "group" and move.kind not in LOOKS:
            for each in self._memory.people:  # who are shown with their groups
                each.is_outdated = True


def step_name(kind: str) -> str:
    """How the step of a move is called."""
    return kind.replace("-", "_")
