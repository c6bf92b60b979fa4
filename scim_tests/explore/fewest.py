"""The fewest moves with which a finding shows: those dropped that it does not need, and the rest said more plainly."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from scim_tests.explore.values import Attribute
from scim_tests.model.conversation import (
    CREATES,
    GROUP_CREATES,
    GROUP_NAMES,
    KINDS,
    LOOKS,
    NAMES,
    Conversation,
    Move,
)

# Moves whose value is a name.
PEOPLE_NAMED = frozenset({*CREATES - GROUP_CREATES, "rename", "put", "lookup"})
GROUPS_NAMED = frozenset({
    *GROUP_CREATES, "rename-group", "rename-group-if-current", "rename-group-if-stale", "put-group", "lookup-group"
})  # fmt: skip
# The moves that led to a request in a conversation with these, if it shows the finding; None if not.
Shows = Callable[[Conversation], Conversation | None]


def fewest(conversation: Conversation, shows: Shows, attributes: Sequence[Attribute] = ()) -> Conversation:
    """The conversation, which shows it, without what can go. `shows` is asked some tens of times, never twice of the same."""
    asked: set[Conversation] = set()

    def tried(shorter: Conversation) -> Conversation | None:
        if shorter in asked:
            return None
        asked.add(shorter)
        return shows(shorter)

    for lean in _lean(conversation):
        if kept := tried(lean):
            conversation = kept
            break
    conversation = _without_each(conversation, tried)
    while True:  # what is said more plainly may need fewer moves
        before = conversation
        conversation = _plainer(_dropped(conversation, tried), tried, attributes)
        if conversation == before:
            return conversation


def _lean(conversation: Conversation) -> Iterator[Conversation]:
    """With no look but the last move and those that prove whom a create made; then with no others than through its door."""
    *before, last = conversation
    for kept in (frozenset[str](), frozenset({last.kind})):
        lean = tuple(
            each
            for number, each in enumerate(before)
            if each.kind not in LOOKS or each.kind in kept or _proves(before, number)
        )
        yield (*lean, last)


def _proves(moves: Sequence[Move], number: int) -> bool:
    """Whether this is the read that follows a create."""
    look, made = moves[number], moves[number - 1] if number else None
    return (
        made is not None
        and made.kind in CREATES
        and look.kind == ("read-group" if KINDS[made.kind].of == "group" else "read")
        and made.who == look.who
    )


def _without_each(conversation: Conversation, shows: Shows) -> Conversation:
    """Without all that is about one place, or all looks of one kind."""
    places = dict.fromkeys((KINDS[each.kind].of, each.who) for each in reversed(conversation))
    for of, who in places:
        theirs = (each for each in conversation if (KINDS[each.kind].of, each.who) != (of, who))
        others = (_without_member(each, who) if of == "user" else each for each in theirs)
        if of and (kept := shows(tuple(others))):
            conversation = kept
    for kind in dict.fromkeys(each.kind for each in conversation if each.kind in LOOKS):
        *before, last = conversation
        if kept := shows((*(each for each in before if each.kind != kind), last)):
            conversation = kept
    return conversation


def _without_member(move: Move, who: int) -> Move:
    return replace(move, members=tuple(each for each in move.members if each != who))


def _dropped(conversation: Conversation, shows: Shows) -> Conversation:
    """Halves, then quarters, and in the end single moves, from the end on; until none can go."""
    size = max(1, len(conversation) // 2)
    while True:
        before = conversation
        conversation = _without_chunks(conversation, size, shows)
        if size == 1 and conversation == before:
            return conversation
        size = max(1, size // 2)


def _without_chunks(conversation: Conversation, size: int, shows: Shows) -> Conversation:
    end = len(conversation)
    while end > 0:
        start = max(0, end - size)
        shorter = conversation[:start] + conversation[end:]
        kept = shows(shorter) if shorter else None
        if kept:
            conversation = kept
        end = min(start, len(conversation))
    return conversation


def _plainer(conversation: Conversation, shows: Shows, attributes: Sequence[Attribute]) -> Conversation:
    """Places from 0 on, and each move with the plainest that it can say."""
    placed = _from_zero(conversation)
    if placed != conversation and (kept := shows(placed)):
        conversation = kept
    for number in range(len(conversation)):
        for move in _said_plainly(conversation[number], attributes):
            plainer = (*conversation[:number], move, *conversation[number + 1 :])
            kept = shows(plainer)
            if kept and len(kept) == len(conversation):
                conversation = kept
                break
    return conversation


def _said_plainly(move: Move, attributes: Sequence[Attribute]) -> Iterator[Move]:
    """The same with fewer members, with nothing said that need not be, or with a plainer value."""
    if move.members:
        yield replace(move, members=())
        yield from (replace(move, members=(each,)) for each in move.members if len(move.members) > 1)
    if move.value is not None and (not move.attribute or move.kind in CREATES):
        yield replace(move, value=None)
        if move.kind == "rename" and move.value >= NAMES:
            yield replace(move, value=move.value - NAMES)
    values = next((each.values for each in attributes if each.path == move.attribute), ())
    if move.value in values:
        yield from (replace(move, value=each) for each in values[: min(2, values.index(move.value))])


def _is_named(move: Move) -> bool:
    """Whether its value is the number of a name."""
    names = move.kind in GROUPS_NAMED | PEOPLE_NAMED and (move.kind != "put" or move.attribute == "userName")
    return names and move.value is not None


def _from_zero(conversation: Conversation) -> Conversation:
    """With the places renumbered in the order in which they come, and the names with them: first those that are their own."""
    named = [each for each in conversation if _is_named(each)]
    of_people = (each.value % NAMES for each in named if each.kind in PEOPLE_NAMED)
    of_groups = (each.value % GROUP_NAMES for each in named if each.kind in GROUPS_NAMED)
    people = _order((*_places(conversation, "user"), *of_people), NAMES)
    groups = _order((*_places(conversation, "group"), *of_groups), GROUP_NAMES)
    return tuple(_moved(each, people, groups) for each in conversation)


def _places(conversation: Conversation, of: str) -> Iterator[int]:
    return (each.who for each in conversation if KINDS[each.kind].of == of)


def _order(places: Iterable[int], names: int) -> dict[int, int]:
    return {each: number for number, each in enumerate(dict.fromkeys((*places, *range(names))))}


def _moved(move: Move, people: dict[int, int], groups: dict[int, int]) -> Move:
    """Its places, and the names and places that its value is."""
    named = groups if move.kind in GROUPS_NAMED else people
    who = {"user": people, "group": groups}.get(KINDS[move.kind].of, {}).get(move.who, move.who)
    value = move.value
    if move.kind == "change-members" and isinstance(value, list):
        value = [people[each] for each in value]
    elif _is_named(move):
        capitals, name = divmod(value, len(named))
        value = named[name] + capitals * len(named)
    return replace(move, who=who, members=tuple(people[each] for each in move.members), value=value)
