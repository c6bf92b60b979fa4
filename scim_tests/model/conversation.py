"""A conversation that nobody wrote, as plain data: moves, each at most one request, and the line that says them again.

People and groups are named by their places, from 0: whom a place stands for is known when the conversation is held.
`create:0 set:0:title="Dr%20Who" read:0` is such a line; no shell takes any of its letters for its own but quotes.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, unquote

from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.scim import Json

PEOPLE, GROUPS = 3, 2  # places in one conversation, at most
NAMES, GROUP_NAMES = 4, 3  # that these people and groups may be given in turn
LONGEST = 2000  # moves that a line may have
DEEPEST = 50  # names that a path may have, one within the other, and a value as many lists and objects
BRIEF = 8  # moves that are told of a conversation in brief
_TOKEN = re.compile(
    r"(?P<kind>[a-z-]+)(?::(?P<who>[0-9]))?(?:\+(?P<members>[0-9.]*))?(?::(?P<rest>.*))?", re.DOTALL
)
_SAFE = '"().,:;-_@[]{}'  # of a value, beside letters and digits


class Kind(NamedTuple):
    """What a kind of move is about. `okta`: Okta sends it, too."""

    of: str  # "user", "group", or "" for lists and lookups
    writes: bool = False
    okta: bool = True


# In the words of a line. `=` what stands for a value.
KINDS = {
    "create": Kind("user", writes=True),  # = which name, its own unless said; of one who is there: once more
    "create-bare": Kind("user", writes=True),  # = which name; without phone numbers, the extension and most other attributes
    "rename": Kind("user", writes=True),  # = which name; from NAMES on, the same in capitals
    "set": Kind("user", writes=True),  # one attribute, by a PATCH without a path
    "put": Kind("user", writes=True),  # what was read, with one attribute changed, userName to which name, or with none
    "deactivate": Kind("user", writes=True),
    "activate": Kind("user", writes=True),
    "delete": Kind("user", writes=True),
    "create-group": Kind("group", writes=True),  # = which name; with members
    "rename-group": Kind("group", writes=True),  # = which name; from GROUP_NAMES on, the same in capitals
    "add-members": Kind("group", writes=True),
    "remove-members": Kind("group", writes=True),
    "replace-members": Kind("group", writes=True),  # by none, too
    "delete-group": Kind("group", writes=True),
    "put-group": Kind("group", writes=True),  # = which name; with members
    "create-group-alike": Kind("group", writes=True, okta=False),  # = which name; with the externalId of the first of the members
    "create-group-spoilt": Kind("group", writes=True, okta=False),  # = which name; beside members, somebody whom nobody made
    "rename-group-if-current": Kind("group", writes=True, okta=False),  # = which name, with If-Match
    "rename-group-if-stale": Kind("group", writes=True, okta=False),
    "create-inactive": Kind("user", writes=True, okta=False),  # = which name
    "create-alike": Kind("user", writes=True, okta=False),  # = which name; with the externalId of the first of the members, who may be gone
    "create-spoilt": Kind("user", writes=True, okta=False),  # = which name; one attribute is no value of its type
    "spoil-op": Kind("user", writes=True, okta=False),  # one attribute, and an operation that there is not, in one PATCH
    "spoil-path": Kind("user", writes=True, okta=False),  # ... and an attribute that there is not
    "spoil-type": Kind("user", writes=True, okta=False),  # ... and what is no value of its type
    "spoil-target": Kind("user", writes=True, okta=False),  # ... and an entry that there is not
    "switch-by-text": Kind("user", writes=True, okta=False),  # = "True" or "False", as which some clients write booleans
    "put-back": Kind("user", writes=True, okta=False),  # what was read before it was last written to
    "replace": Kind("user", writes=True, okta=False),  # one attribute, by its path
    "add": Kind("user", writes=True, okta=False),  # an entry or a value, by its path
    "remove": Kind("user", writes=True, okta=False),  # by a path, which may choose entries
    "put-less": Kind("user", writes=True, okta=False),  # what was read, without one attribute
    "clash": Kind("user", writes=True, okta=False),  # one attribute, and the name of another, in one PATCH
    "set-if-current": Kind("user", writes=True, okta=False),  # with If-Match
    "set-if-stale": Kind("user", writes=True, okta=False),
    "clear-members": Kind("group", writes=True, okta=False),  # by removing the attribute
    "add-nobody": Kind("group", writes=True, okta=False),  # beside members, somebody whom nobody made
    "replace-by-nobody": Kind("group", writes=True, okta=False),  # all members by these and that one
    "change-members": Kind("group", writes=True, okta=False),  # members join, = the places of those who leave
    "bulk-set": Kind("user", writes=True, okta=False),  # a PATCH in a bulk request
    "read": Kind("user"),
    "read-group": Kind("group"),
    "lookup": Kind(""),  # = which name, as in a rename
    "lookup-group": Kind(""),  # = which name, as in a rename
    "list": Kind(""),
    "list-groups": Kind(""),
    "page": Kind(""),  # = startIndex; a few people
    "page-of-one": Kind("", okta=False),  # = startIndex
    "page-of-groups": Kind("", okta=False),  # = startIndex; one group
    "list-sorted": Kind("", okta=False),  # by an attribute; = true: the last one first
    "list-active": Kind("", okta=False),  # = whether they are, by a filter
    "find": Kind("user", okta=False),  # by a filter for what an attribute was last seen to be
    "find-former": Kind("user", okta=False),  # ... to be before it was last written to
    "find-group": Kind("group", okta=False),  # by a filter for one member, whichever group it is
    "read-part": Kind("user", okta=False),  # with `attributes`
    "read-group-part": Kind("group", okta=False),  # without its members
    "read-if-changed": Kind("user", okta=False),  # with If-None-Match of the version last seen
    "read-group-if-changed": Kind("group", okta=False),
    "count": Kind("", okta=False),  # how many there are, without seeing them
}  # fmt: skip
LOOKS = frozenset(name for name, kind in KINDS.items() if not kind.writes)
CREATES = frozenset(name for name in KINDS if name.startswith("create"))
GROUP_CREATES = frozenset(name for name in CREATES if KINDS[name].of == "group")
# Writes of one attribute with a value.
VALUED = frozenset({
    "set", "put", "replace", "clash", "set-if-current", "set-if-stale", "bulk-set",
    "spoil-op", "spoil-path", "spoil-type", "spoil-target",
})  # fmt: skip
WITH_ATTRIBUTE = VALUED | {
    "add",
    "remove",
    "put-less",
    "create-spoilt",
    "find",
    "find-former",
    "read-part",
    "list-sorted",
}
WITH_MEMBERS = frozenset({
    "create-group", "create-group-alike", "create-group-spoilt", "put-group", "add-members", "remove-members",
    "replace-members", "change-members", "add-nobody", "replace-by-nobody", "create-alike", "clash", "find-group",
})  # fmt: skip


def _numbers(values: range) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and value in values


_NAME, _GROUP_NAME = _numbers(range(2 * NAMES)), _numbers(range(2 * GROUP_NAMES))
_PLACE = _numbers(range(PEOPLE))
# Whether a kind can have that for a value; those that are not here have none.
_CAN_BE: Mapping[str, Callable[[Json], bool]] = {
    **dict.fromkeys((*VALUED, "add"), lambda _: True),
    **dict.fromkeys((*CREATES - GROUP_CREATES, "rename", "lookup"), _NAME),
    **dict.fromkeys(
        (*GROUP_CREATES, "rename-group", "rename-group-if-current", "rename-group-if-stale"), _GROUP_NAME
    ),
    **dict.fromkeys(("put-group", "lookup-group"), _GROUP_NAME),
    **dict.fromkeys(("page", "page-of-one", "page-of-groups"), _numbers(range(1, 2**31))),
    **dict.fromkeys(("list-sorted", "list-active"), lambda value: isinstance(value, bool)),
    "switch-by-text": lambda value: value in ("True", "False"),
    "change-members": lambda value: isinstance(value, list) and all(map(_PLACE, value)),
}


@dataclass(frozen=True)
class Move:
    """One thing that is done or looked at: what, of whom, and with what."""

    kind: str
    who: int = 0
    attribute: str = ""  # a path, of attribute moves
    value: Json = None
    members: tuple[int, ...] = ()

    def __hash__(self) -> int:
        """By its token, since a value may be a list."""
        return hash(str(self))

    def __str__(self) -> str:
        """Its token in a line."""
        who = f":{self.who}" if KINDS[self.kind].of else ""
        members = f"+{'.'.join(map(str, self.members))}" if self.members else ""
        said = f":{quote(self.attribute, safe=_SAFE)}" if self.attribute or self.value is not None else ""
        if self.value is not None:
            text = json.dumps(self.value, ensure_ascii=False, separators=(",", ":"))
            said += f"={quote(text, safe=_SAFE)}"
        return f"{self.kind}{who}{members}{said}"


Conversation = tuple[Move, ...]


def line(conversation: Iterable[Move]) -> str:
    """The conversation in one line, as `--replay` takes it."""
    return " ".join(map(str, conversation))


def changes(conversation: Iterable[Move]) -> tuple[tuple[str, str], ...]:
    """What kinds of writes are in it, and of which attributes, whatever their values; empty where it only makes people and groups."""
    writes = tuple(
        dict.fromkeys((each.kind, each.attribute) for each in conversation if KINDS[each.kind].writes)
    )
    return writes if any(kind not in CREATES for kind, _ in writes) else ()


def in_brief(conversation: Conversation) -> str:
    """What is done in it, without values: `create 0, set 0 title, read 0`, and of a long one how many moves more."""
    told = [
        " ".join(filter(None, (each.kind, f"{each.who}" * bool(KINDS[each.kind].of), _last(each.attribute))))
        for each in conversation[:BRIEF]
    ]
    more = len(conversation) - BRIEF
    return ", ".join([*told, f"and {more:,} more"] if more > 0 else told)


def _last(path: str) -> str:
    """An attribute without the extension that it is in."""
    return path.rpartition(":")[2]


def read_line(text: str) -> Conversation:
    """The conversation of such a line. UsageError `bad-replay` where it is none."""
    if not _is_text(text):
        raise _unreadable("some of its letters are no Unicode")
    tokens = text.split()
    if not tokens:
        raise _unreadable("it is empty")
    if len(tokens) > LONGEST:
        raise _unreadable(f"it has more than {LONGEST} moves")
    return tuple(map(_move, tokens))


def _move(token: str) -> Move:
    found = _TOKEN.fullmatch(token)
    kind = KINDS.get(found["kind"]) if found else None
    if found is None or kind is None:
        named = found["kind"] if found else token
        raise _unreadable(f"{named!r:.60} is no move", did_you_mean(named, KINDS))
    if found["who"] and not kind.of:
        raise _unreadable(f"{found['kind']} has no place, as it has in {token!r:.60}")
    who = int(found["who"] or 0)
    members = found["members"].split(".") if found["members"] else []
    is_beyond = who >= (GROUPS if kind.of == "group" else PEOPLE)
    if is_beyond or any(each not in map(str, range(PEOPLE)) for each in members):
        raise _unreadable(f"{token!r:.60} names a place beyond {PEOPLE} people and {GROUPS} groups")
    attribute, has_value, value = (found["rest"] or "").partition("=")
    try:
        said = _value(unquote(value)) if has_value else None
    except (ValueError, RecursionError):
        raise _unreadable(f"what stands behind = in {token!r:.60} is no JSON, or too deep") from None
    if has_value and said is None:
        raise _unreadable(f"{found['kind']} cannot have null for a value in {token!r:.60}")
    return _possible(Move(found["kind"], who, unquote(attribute), said, tuple(map(int, members))), token)


def _value(text: str) -> Json:
    """The JSON of it. ValueError also where it could not be sent: NaN, Infinity or 1e999, half a letter, and where it is too deep."""
    value = json.loads(text)
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    if _depth(value) > DEEPEST:
        raise ValueError
    return value


def _depth(value: Json) -> int:
    """How many lists and objects stand one within the other."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(_depth, inner), default=0)


def _possible(move: Move, token: str) -> Move:
    """The move. UsageError where its kind has nothing of that sort: it would be passed over, or be another one."""
    name = _NAME if move.kind == "put" and move.attribute == "userName" else None
    can_be = name or _CAN_BE.get(move.kind, lambda _: False)
    if move.attribute and move.kind not in WITH_ATTRIBUTE:
        raise _unreadable(f"{move.kind} has no attribute, as it has in {token!r:.60}")
    if move.attribute.count(".") >= DEEPEST:
        raise _unreadable(f"no path has more than {DEEPEST} names, as it has in {token!r:.60}")
    if move.members and move.kind not in WITH_MEMBERS:
        raise _unreadable(f"{move.kind} has no members, as it has in {token!r:.60}")
    if move.value is not None and not can_be(move.value):
        raise _unreadable(f"{move.kind} cannot have that value in {token!r:.60}")
    return move


def _is_text(text: str) -> bool:
    """Whether it can be written down at all: without a surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(why: str, hint: str = "") -> UsageError:
    return UsageError(
        "bad-replay", f"--replay cannot be read: {why}.", hint or "Copy the whole line that a report shows."
    )
