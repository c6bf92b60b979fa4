"""Whole conversations, as Hypothesis draws them.

What finds faults of state: few places, so that the same people and groups are changed again and again; a few kinds
of writes in each conversation, so that these meet; few values, so that old ones come back; and looks before and
between the writes, so that caches are filled, or no look at all, so that nothing is refreshed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from scim_tests.explore.features import Features
from scim_tests.explore.preparing import DOORS, Looking, prepared
from scim_tests.explore.values import Attribute
from scim_tests.model.conversation import GROUP_NAMES, KINDS, LOOKS, NAMES, VALUED, Conversation, Move
from scim_tests.model.scim import Json
from scim_tests.personas.explore.creates import SPOILT

PARTS = 4  # lists that a conversation is glued of: one alone would be short most of the time
TOGETHER = Move("create-group", members=(0, 1))  # with which every other conversation begins
PEOPLE = st.sampled_from((0, 1, 0, 0, 1, 2))
GROUPS = st.sampled_from((0, 0, 0, 1))
MEMBERS = st.sampled_from(((0,), (1,), (0, 1), (0, 2), (1, 2), (0, 1, 2)))
OR_NOBODY = st.sampled_from(((), (0,), (1,), (0, 1), (1, 2), (0, 1, 2)))
NAMED = st.sampled_from((None, 0, 1, None, 2, 3))
RENAMED = st.sampled_from((1, 0, 2, 3, 0, 1, NAMES, NAMES + 1))  # the last in capitals
GROUP_NAMED = st.sampled_from((1, 0, 2, 0))
OFTEN = (
    4  # times as often as others the two plainest values of an attribute are drawn, and the usual attributes
)
# What is drawn together for a conversation, and how often beside others; where the first is not said, none of it. Beside
# what a target has to refuse stands what it has to take.
FAMILIES: Mapping[tuple[str, ...], int] = {
    ("set",): 1, ("put",): 2, ("rename",): 2, ("deactivate", "activate"): 2, ("delete",): 2, ("create",): 2,
    ("create-bare",): 1, ("replace",): 1, ("add", "remove"): 1, ("put-less",): 1, ("set-if-current", "set-if-stale"): 1,
    ("bulk-set",): 1, ("add-members", "remove-members"): 3, ("replace-members", "clear-members"): 2,
    ("change-members",): 1, ("rename-group",): 2, ("put-group",): 1, ("delete-group", "create-group"): 2,
    ("put-back", "set"): 1, ("put-back", "rename"): 1, ("switch-by-text", "deactivate"): 1,
    ("create-inactive", "activate"): 1, ("create-alike", "delete"): 1,
    ("clash", "set"): 1, ("spoil-op", "set"): 2, ("spoil-path", "set"): 1, ("spoil-type", "deactivate"): 2,
    ("spoil-target", "replace"): 1, ("create-spoilt", "create"): 2,
    ("create-group-spoilt", "delete-group"): 1, ("create-group-alike", "delete-group"): 1,
    ("rename-group-if-current", "rename-group-if-stale"): 1,
    ("add-nobody", "add-members"): 1, ("replace-by-nobody", "remove-members"): 1,
}  # fmt: skip
# The same of doors.
OPENED = {"read": 4, "lookup": 3, "read-group": 3, "list": 3, "list-groups": 2, "find": 2}
USUAL = frozenset(
    {"title", "displayName", "name.givenName", "name.familyName", "emails", "phoneNumbers", "department"}
)
OF_EVERYBODY = ("userName", "externalId", "active", "emails")
Said = SearchStrategy[Move]


def conversations(features: Features, steps: int) -> SearchStrategy[Conversation]:
    """Conversations of some `steps` moves at most, without those that prepare others and look after them."""
    several = sorted(features.attributes, key=lambda each: not _is_usual(each))
    usual = [each for each in several if _is_usual(each)]
    said = {each.path: _said(replace(features, attributes=(each,))) for each in several}
    weighted = [said[each.path] for each in usual * (OFTEN - 1) + several]
    return _conversations(features, weighted or [_said(features)], max(1, steps // PARTS))


def _is_usual(attribute: Attribute) -> bool:
    """Whether nearly every client writes it."""
    return attribute.path.rpartition(":")[2] in USUAL


def _said(features: Features) -> Mapping[str, Said]:
    """What can be said, by kind."""
    drawn = {kind: made(features) for kind, made in MADE.items() if kind in features.kinds}
    return {kind: each for kind, each in drawn.items() if each is not None}


@st.composite
def _conversations(
    draw: DrawFn, features: Features, said: Sequence[Mapping[str, Said]], most: int
) -> Conversation:
    """Of one or two attributes, in a few kinds of writes and looks."""
    about = draw(st.lists(st.sampled_from(said), min_size=1, max_size=2))
    families = [each for each, often in FAMILIES.items() for _ in range(often) if each[0] in features.kinds]
    drawn = draw(st.lists(st.sampled_from(families), min_size=2, max_size=8, unique=True))
    looks = draw(st.lists(st.sampled_from(sorted(features.kinds & LOOKS)), max_size=2))
    kinds = [*sorted({kind for family in drawn for kind in family}) * 2, *looks]
    turns = [each[kind] for each in about for kind in kinds if kind in each] or list(about[0].values())
    turn = st.sampled_from(turns).flatmap(lambda each: each)
    moves = [each for _ in range(PARTS) for each in draw(st.lists(turn, max_size=most))]
    together = "create-group" in features.kinds and draw(st.booleans())
    return prepared([*([TOGETHER] if together else []), *moves], features, draw(_looking(features.kinds)))


def _looking(kinds: Collection[str]) -> SearchStrategy[Looking]:
    """Mostly through no door or one, since each look costs a request; at the end, every other time, through all that Okta has."""
    doors = [each for each in DOORS if each in kinds]
    door = st.sampled_from([each for each in doors for _ in range(OPENED.get(each, 1))])
    through = st.one_of(st.just(()), st.tuples(door), st.tuples(door), st.tuples(door, door))
    last = tuple(each for each in doors if KINDS[each].okta)
    return st.builds(
        Looking, through, st.sampled_from((False, False, True)), st.sampled_from(((), last)), st.booleans()
    )


def _value(attribute: Attribute) -> SearchStrategy[Json]:
    return st.sampled_from(attribute.values[:2] * OFTEN + attribute.values[2:])


def _plain(kind: str, _: Features, who: SearchStrategy[int] = PEOPLE) -> Said:
    """Of somebody, with nothing more to say."""
    return st.builds(Move, st.just(kind), who)


def _named(kind: str, _: Features, who: SearchStrategy[int], names: SearchStrategy[int | str | None]) -> Said:
    return st.builds(Move, st.just(kind), who, st.just(""), names)


def _valued(kind: str, features: Features) -> Said | None:
    """An attribute and a value of it."""
    return _one_of(
        features, lambda each: st.builds(Move, st.just(kind), PEOPLE, st.just(each.path), _value(each))
    )


def _put(kind: str, features: Features) -> Said:
    """As it was read, with another value, or with another name."""
    name = st.builds(Move, st.just(kind), PEOPLE, st.just("userName"), RENAMED)
    valued = _valued(kind, features)
    said = [_plain(kind, features), *([] if valued is None else [valued]), name]
    if not features.reads_first:  # Okta has `deactivate` for it
        said.append(st.builds(Move, st.just(kind), PEOPLE, st.just("active"), st.booleans()))
    return st.one_of(said)


def _created_alike(kind: str, _: Features) -> Said:
    return st.builds(Move, st.just(kind), PEOPLE, st.just(""), st.none(), st.sampled_from(((0,), (1,))))


def _created_spoilt(kind: str, _: Features) -> Said:
    """Under whichever name is free by then."""
    return st.builds(Move, st.just(kind), PEOPLE, st.sampled_from(SPOILT))


def _clashing(kind: str, features: Features) -> Said | None:
    """The name of the first or second, and a value."""
    other = st.sampled_from(((0,), (1,)))
    return _one_of(
        features,
        lambda each: st.builds(Move, st.just(kind), PEOPLE, st.just(each.path), _value(each), other),
    )


def _replaced(kind: str, features: Features) -> Said | None:
    """By its path, or of chosen entries a part."""

    def said(each: Attribute) -> Said:
        whole = st.builds(Move, st.just(kind), PEOPLE, st.just(each.path), _value(each))
        if not each.parts:
            return whole
        return whole | st.sampled_from(each.parts).flatmap(
            lambda part: st.builds(Move, st.just(kind), PEOPLE, st.just(part[0]), st.just(part[1]))
        )

    return _one_of(features, said)


def _added(kind: str, features: Features) -> Said | None:
    """An entry in a list, as every client has it, or a value."""

    def said(each: Attribute) -> Said:
        values = [[one] for one in each.entries] or each.values
        return st.builds(Move, st.just(kind), PEOPLE, st.just(each.path), st.sampled_from(values))

    return _one_of(features, said)


def _removed(kind: str, features: Features) -> Said | None:
    """What is not required, or of a list the entries that are chosen."""
    paths = [
        path for each in features.attributes if not each.is_required for path in (each.path, *each.choices)
    ]
    return st.builds(Move, st.just(kind), PEOPLE, st.sampled_from(paths)) if paths else None


def _left_out(kind: str, features: Features) -> Said | None:
    paths = list(
        dict.fromkeys(
            each.root for each in features.attributes if not each.is_required and each.root != "name"
        )
    )
    return st.builds(Move, st.just(kind), PEOPLE, st.sampled_from(paths)) if paths else None


def _found(kind: str, features: Features) -> Said:
    """By what a filter can ask for, and what everybody has."""
    paths = [*OF_EVERYBODY, *(each.path for each in features.attributes if each.is_text)]
    return st.builds(Move, st.just(kind), PEOPLE, st.sampled_from(paths))


def _sorted(kind: str, features: Features) -> Said:
    """By a text, from the one end or from the other."""
    paths = ["userName", *(each.path for each in features.attributes if each.is_text)]
    return st.builds(Move, st.just(kind), st.just(0), st.sampled_from(paths), st.sampled_from((None, True)))


def _shown(kind: str, features: Features) -> Said:
    paths = ["userName", "active", "groups", *(each.path for each in features.attributes)]
    return st.builds(Move, st.just(kind), PEOPLE, st.sampled_from(paths))


def _one_of(features: Features, said: Callable[[Attribute], Said]) -> Said | None:
    each_said = [said(each) for each in features.attributes]
    return st.one_of(each_said) if each_said else None


def _members(kind: str, _: Features, members: SearchStrategy[tuple[int, ...]] = MEMBERS) -> Said:
    return st.builds(Move, st.just(kind), GROUPS, st.just(""), st.none(), members)


def _changed(kind: str, _: Features) -> Said:
    """Some join and others leave in one PATCH."""
    leaving = st.sampled_from(([0], [1], [0, 1], [2]))
    return st.builds(Move, st.just(kind), GROUPS, st.just(""), leaving, MEMBERS)


def _named_members(kind: str, _: Features) -> Said:
    return st.builds(Move, st.just(kind), GROUPS, st.just(""), st.sampled_from((None, 0, 1, 2)), OR_NOBODY)


def _everybody(kind: str, _: Features, values: Sequence[int | None] = (None,)) -> Said:
    return st.builds(Move, st.just(kind), st.just(0), st.just(""), st.sampled_from(values))


MADE: Mapping[str, Callable[[Features], Said | None]] = {
    **{
        kind: partial(_plain, kind)
        for kind in (
            "create-bare",
            "create-inactive",
            "deactivate",
            "activate",
            "delete",
            "put-back",
            "read",
            "read-if-changed",
        )
    },
    **{
        kind: partial(_plain, kind, who=GROUPS)
        for kind in (
            "delete-group",
            "clear-members",
            "read-group",
            "read-group-part",
            "read-group-if-changed",
        )
    },
    **{kind: partial(_valued, kind) for kind in sorted(VALUED - {"put", "replace", "clash"})},
    **{
        kind: partial(_members, kind)
        for kind in ("add-members", "remove-members", "add-nobody", "replace-by-nobody")
    },
    **{kind: partial(_named_members, kind) for kind in ("create-group", "create-group-spoilt", "put-group")},
    **{kind: partial(_everybody, kind) for kind in ("list", "list-groups", "count")},
    "create": partial(_named, "create", who=PEOPLE, names=NAMED),
    "create-alike": partial(_created_alike, "create-alike"),
    "create-spoilt": partial(_created_spoilt, "create-spoilt"),
    "switch-by-text": partial(_named, "switch-by-text", who=PEOPLE, names=st.sampled_from(("False", "True"))),
    "rename": partial(_named, "rename", who=PEOPLE, names=RENAMED),
    **{
        kind: partial(_named, kind, who=GROUPS, names=GROUP_NAMED)
        for kind in ("rename-group", "rename-group-if-current", "rename-group-if-stale")
    },
    "create-group-alike": partial(_members, "create-group-alike", members=MEMBERS),
    "put": partial(_put, "put"),
    "replace": partial(_replaced, "replace"),
    "add": partial(_added, "add"),
    "remove": partial(_removed, "remove"),
    "clash": partial(_clashing, "clash"),
    "put-less": partial(_left_out, "put-less"),
    "replace-members": partial(_members, "replace-members", members=OR_NOBODY),
    "change-members": partial(_changed, "change-members"),
    "lookup": partial(_everybody, "lookup", values=range(NAMES)),
    "lookup-group": partial(_everybody, "lookup-group", values=range(GROUP_NAMES)),
    "page": partial(_everybody, "page", values=(1, 2, 3)),
    "page-of-groups": partial(_everybody, "page-of-groups", values=(1, 2, 3)),
    "page-of-one": partial(_everybody, "page-of-one", values=(1, 2, 3, 4)),
    "list-sorted": partial(_sorted, "list-sorted"),
    "list-active": partial(_everybody, "list-active", values=(False, True)),
    **{kind: partial(_found, kind) for kind in ("find", "find-former")},
    "find-group": partial(_members, "find-group", members=st.sampled_from(((0,), (1,)))),
    "read-part": partial(_shown, "read-part"),
}
