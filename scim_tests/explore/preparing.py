"""From moves that were drawn to a conversation that can be held: who is needed is made first, and looks follow writes.

A conversation that was prepared says all of it: nothing is added when it is held, or once it is shrunk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from scim_tests.explore.features import Features
from scim_tests.model.conversation import (
    CREATES,
    GROUP_CREATES,
    KINDS,
    LOOKS,
    NAMES,
    PEOPLE,
    VALUED,
    WITH_MEMBERS,
    Conversation,
    Move,
)

# Where what stands can be seen, in the order of what they cost; a count is judged beside a list that comes later.
DOORS = (
    "read", "lookup", "read-group", "lookup-group", "list", "list-groups", "page", "page-of-one", "page-of-groups", "count", "list-sorted",
    "list-active", "find", "find-former", "find-group", "read-if-changed", "read-group-if-changed", "read-part", "read-group-part",
)  # fmt: skip
PUTS = frozenset({"put", "put-less"})
# How users and groups go, and are seen to be gone.
REMOVALS = {"user": ("delete", "read"), "group": ("delete-group", "read-group")}
MAKES_SOMEBODY = CREATES - GROUP_CREATES - {"create-spoilt"}
# What stands for the value of these looks.
OF_LISTS = {"page": 1, "page-of-one": 2, "page-of-groups": 2, "list-active": False}
GROUPS_RENAMED = frozenset({"rename-group", "rename-group-if-current", "rename-group-if-stale", "put-group"})
# Others of which more has to be said than whom they are about; none takes the name of another.
PLAINLY = {
    "rename": Move("rename", value=1),
    "rename-group": Move("rename-group", value=1),
    "rename-group-if-current": Move("rename-group-if-current", value=1),
    "rename-group-if-stale": Move("rename-group-if-stale", value=0),
    "create-group-alike": Move("create-group-alike", 1, members=(0,)),
    "create-group-spoilt": Move("create-group-spoilt", 1, value=2, members=(0,)),
    "create-bare": Move("create-bare", 2),
    "create-alike": Move("create-alike", 1, value=3, members=(0,)),
    "create-spoilt": Move("create-spoilt", attribute="active"),
    "switch-by-text": Move("switch-by-text", value="True"),
    "change-members": Move("change-members", value=[0], members=(1,)),
}


class Looking(NamedTuple):
    """Through which doors is looked after each write: at whom it is about, or with `wide` at everybody; and through which at the end.

    `fresh`: whoever is PUT is read right before, as Okta does.
    """

    doors: tuple[str, ...] = ()
    wide: bool = False
    last: tuple[str, ...] = ()
    fresh: bool = False


def prepared(moves: Iterable[Move], features: Features, looking: Looking) -> Conversation:
    """The moves with all they need, and with looks."""
    moves = tuple(moves)
    preparing = _Preparing(features, moves, fresh=features.reads_first or looking.fresh)
    for move in moves:
        preparing.take(move)
        if KINDS[move.kind].writes:
            preparing.look(looking.doors, None if looking.wide else move)
    preparing.look(looking.last, None)
    return tuple(preparing.said)


def people_made(conversation: Conversation) -> int:
    """How many people it makes at most, groups aside."""
    return sum(each.kind in CREATES - GROUP_CREATES for each in conversation)


def removals(conversation: Conversation, features: Features) -> Conversation:
    """The moves that remove whoever is there at its end, and then see that they are gone; the next is to begin without them."""
    there: dict[tuple[str, int], None] = {}
    for each in conversation:
        place = KINDS[each.kind].of, each.who
        if each.kind in MAKES_SOMEBODY | {"create-group"}:
            there[place] = None
        elif each.kind in {"delete", "delete-group"}:
            there.pop(place, None)
    them = [(REMOVALS[of], who) for of, who in there if REMOVALS[of][0] in features.kinds]
    return (*(Move(delete, who) for (delete, _), who in them), *(Move(read, who) for (_, read), who in them))


class _Preparing:
    """Who is there by then, if the target did as it was asked: by place, with the name."""

    def __init__(self, features: Features, moves: Sequence[Move], *, fresh: bool) -> None:
        self._features = features
        self._fresh = fresh
        self.said: list[Move] = []
        self._people: dict[int, int] = {}
        self._groups: dict[int, int] = {}
        self._looked: set[Move] = set()  # since the last write
        self._known: dict[int, None] = {}  # places of people who are there, or were
        self._known_groups: dict[int, None] = {}
        # That each of them has, had or will have.
        self._names: dict[int, dict[int, None]] = {}
        self._group_names: dict[int, dict[int, None]] = {}
        for each in moves:
            if (name := _name_given(each)) is not None:
                self._names.setdefault(each.who, {})[name] = None
        self._changed = "userName"  # which attribute was written last

    def take(self, move: Move) -> None:
        """Say it, after what it needs."""
        if move.kind in MAKES_SOMEBODY - {"create"} and move.who in self._people:
            move = replace(move, who=self._place(move.who))
        if move.kind in MAKES_SOMEBODY and move.who not in self._people:
            self._create(move)
        elif move.kind == "create-spoilt":
            self._create_spoilt(move)
        elif move.kind in GROUP_CREATES:
            self._create_group(move)
        elif move.kind in LOOKS:
            self._say(move)
        else:
            self._write(move)

    def look(self, doors: Sequence[str], written: Move | None) -> None:
        """Look through each of these doors at whom a write is about, or at everybody who was ever there."""
        people, groups = list(self._known), list(self._known_groups)
        if written and KINDS[written.kind].of == "user":
            people = [written.who]
        elif written:
            groups, people = [written.who], [each for each in people if each in written.members]
        for door in doors:
            looks = self._looks(door, people, groups)
            self._say(*(each for each in looks if each not in self._looked))

    def _say(self, *moves: Move) -> None:
        for each in moves:
            self.said.append(each)
            if each.kind in LOOKS:
                self._looked.add(each)
            else:
                self._looked.clear()

    def _write(self, move: Move) -> None:
        of_a_group = KINDS[move.kind].of == "group"
        for each in move.members:
            self._need(each)
        if move.kind == "change-members":
            for each in move.value:
                self._need(each)
        if of_a_group and move.who not in self._groups:
            self._create_group(Move("create-group", move.who, members=tuple(self._people) or move.members))
        if not of_a_group:
            self._need(move.who)
        if move.kind in MAKES_SOMEBODY:  # of one who is there: the same name once more
            move = replace(move, value=self._people[move.who])
        if self._fresh and move.kind in PUTS:
            self._say(Move("read", move.who))
        self._say(move)
        self._remember(move)

    def _need(self, who: int) -> None:
        if who not in self._people:
            self._create(Move("create", who))

    def _create(self, move: Move) -> None:
        """Under a name that nobody has, unless another was said; an id may be written to once a GET has shown it."""
        for each in move.members:
            if each not in self._known:  # who is gone will do
                self._need(each)
        name = self._free(move.who) if move.value is None else move.value
        move = move if name == move.who else replace(move, value=name)
        self._say(move, Move("read", move.who))
        if name not in self._people.values():
            self._people[move.who] = name
        self._known[move.who] = None
        self._names.setdefault(move.who, {})[name] = None

    def _create_spoilt(self, move: Move) -> None:
        """Under a name that stays free; an odd target may take it, and then it is the one who is read."""
        name = self._free(move.who)
        self._say(replace(move, value=name), Move("read", move.who))
        self._names.setdefault(move.who, {})[name] = None

    def _free(self, who: int) -> int:
        """A name that nobody has, their own if it is."""
        names: list[int] = [who, *range(NAMES)]
        return next(each for each in names if each not in self._people.values())

    def _place(self, who: int) -> int:
        """A place where nobody is; their own where there is none."""
        return next((each for each in range(PEOPLE) if each not in self._people), who)

    def _create_group(self, move: Move) -> None:
        for each in move.members:
            self._need(each)
        name = move.who if move.value is None else move.value
        self._say(move, Move("read-group", move.who))
        if move.kind != "create-group-spoilt":
            self._groups[move.who] = name
        self._known_groups[move.who] = None
        self._group_names.setdefault(move.who, {})[name] = None

    def _remember(self, move: Move) -> None:
        """What the write comes to."""
        self._changed = move.attribute or self._changed
        name = _name_given(move)
        if name is not None:
            if name not in self._people.values():
                self._people[move.who] = name
        elif move.kind == "delete":
            self._people.pop(move.who, None)
        elif move.kind in GROUPS_RENAMED and move.value is not None:
            self._groups[move.who] = move.value
            self._group_names.setdefault(move.who, {})[move.value] = None
        elif move.kind == "delete-group":
            self._groups.pop(move.who, None)

    def _looks(self, door: str, people: Sequence[int], groups: Sequence[int]) -> list[Move]:
        if door in {"lookup", "lookup-group"}:
            names, places = (self._names, people) if door == "lookup" else (self._group_names, groups)
            theirs = (name for each in places for name in names.get(each, ()))
            return [Move(door, value=each) for each in dict.fromkeys(theirs)]
        if door in {"find", "find-former", "read-part"}:
            return [Move(door, each, self._changed.partition("[")[0]) for each in people]
        if door == "find-group":
            return [Move(door, members=(each,)) for each in people if groups]
        if not KINDS[door].of:
            return [self._list(door)]
        return [Move(door, each) for each in (people if KINDS[door].of == "user" else groups)]

    def _list(self, door: str) -> Move:
        """Sorted by what was written last, if it is a text."""
        texts = {each.path for each in self._features.attributes if each.is_text}
        path = self._changed if self._changed in texts else "userName"
        return Move(door, attribute=path if door == "list-sorted" else "", value=OF_LISTS.get(door))


def _name_given(move: Move) -> int | None:
    """Which name a move is to give somebody who is there, in capitals or not."""
    gives = move.kind == "rename" or (move.kind == "put" and move.attribute == "userName")
    return move.value % NAMES if gives else None


def plain(features: Features) -> Conversation:
    """Each kind of write once, of those who stay first, and in the end a look through every door."""
    doors = [each for each in DOORS if each in features.kinds]
    writes = [each for each, kind in KINDS.items() if kind.writes and each in features.kinds]
    moves = [move for kind in sorted(writes, key=_when) if (move := _plainly(kind, features))]
    return prepared(moves, features, Looking(last=tuple(doors)))


def looks_at_nobody(features: Features) -> Conversation:
    """A look through every door that is not about one of ours."""
    return tuple(each for each in plain(features) if each.kind in LOOKS and not KINDS[each.kind].of)


def lists(features: Features) -> Conversation:
    """A look at everybody who is there, which shows whether a conversation has left anything behind."""
    return tuple(Move(each) for each in ("list", "list-groups") if each in features.kinds)


def _when(kind: str) -> int:
    """Those who stay first, and what is done to them; then who leaves, and then who comes in their place."""
    if kind in MAKES_SOMEBODY:
        return 2 if kind == "create-inactive" else -1
    return int("delete" in kind)


def _plainly(kind: str, features: Features) -> Move | None:
    """The plainest move of a kind; None where no attribute is there for it."""
    single = next((each for each in features.attributes if not each.entries and not each.is_required), None)
    several = next((each for each in features.attributes if each.entries), single)
    if kind in {"add", "remove", "put-less"}:
        value = [several.entries[0]] if several and several.entries and kind == "add" else None
        return Move(kind, 0, several.path, value) if several else None
    if kind in VALUED:
        another = (1,) if kind == "clash" else ()
        return Move(kind, 0, single.path, single.values[1], another) if single else None
    members = (0, 1) if kind in WITH_MEMBERS else ()
    return PLAINLY.get(kind, Move(kind, 0, members=members))
