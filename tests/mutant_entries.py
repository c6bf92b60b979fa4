"""Patchers that do something else to the entries of a list than the right one: see `mutant_patchers`."""

from collections.abc import Callable
from typing import Any

from patcher import ADD, REMOVE, REPLACE, Patcher, Place

from scim_tests.model.scim import get

# What is done to one attribute: by its kind, as many a target has code of its own for each.
LISTS = ("emails", "phonenumbers", "addresses", "roles", "members")
KINDS: dict[str, Callable[[Place], bool]] = {
    "any": lambda _: True,
    **{name: lambda at, name=name: at.name.lower() == name for name in LISTS},
    "name": lambda at: at.name.lower() == "name",
    "extension": lambda at: at.urn != "",
    "manager": lambda at: at.name.lower() == "manager",
    "texts": lambda at: not at.urn and at.name.lower() not in {*LISTS, "name", "active"},
    "active": lambda at: at.name.lower() == "active",
    "keys": lambda at: at.is_key,
}
OF_KINDS: dict[str, Patcher] = {}


def does(name: str, **methods: Any) -> None:
    """Who does something else to an attribute."""
    OF_KINDS[name] = type("Wrong", (Patcher,), methods)()


def pick(name: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Who chooses other entries: for all operations, and for one kind of them."""
    for kind in ("", ADD, REPLACE, REMOVE):

        def chosen(self: Patcher, entries: list[Any], place: Place, op: str, kind: str = kind) -> list[Any]:
            found = Patcher.chosen(self, entries, place, op)
            return (
                found
                if kind not in ("", op) or not found
                else change(found)
                if change is not all_of
                else entries
            )

        does(f"{name}{kind and f' of {kind}'}", chosen=chosen)


def all_of(found: list[Any]) -> list[Any]:
    return found


pick("all entries", all_of)
pick("the first entry", lambda found: found[:1])
pick("the last entry", lambda found: found[-1:])
pick("no entry", lambda _: [])
OF_KINDS["filter that fits nobody of"] = OF_KINDS.pop("no entry")
for kind in (ADD, REPLACE, REMOVE):
    OF_KINDS[f"passed over: {kind}"] = type(
        "Wrong",
        (Patcher,),
        {
            "change": lambda self, there, op, at, value, kind=kind: (
                None if op == kind else Patcher.change(self, there, op, at, value)
            )
        },
    )()
does(
    "add is replace",
    several=lambda self, holder, _, key, value: Patcher.several(self, holder, REPLACE, key, value),
)
does(
    "replace is add",
    several=lambda self, holder, _, key, value: Patcher.several(self, holder, ADD, key, value),
)
does(
    "one object is the list",
    several=lambda self, holder, op, key, value: Patcher.several(
        self, holder, op if isinstance(value, list) else REPLACE, key, value
    ),
)
does(
    "one object is nothing",
    several=lambda self, holder, op, key, value: (
        Patcher.several(self, holder, op, key, value) if isinstance(value, list) else None
    ),
)
does(
    "the first of several values",
    several=lambda self, holder, op, key, value: Patcher.several(
        self, holder, op, key, value[:1] if isinstance(value, list) else value
    ),
)
does(
    "the last of several values",
    several=lambda self, holder, op, key, value: Patcher.several(
        self, holder, op, key, value[-1:] if isinstance(value, list) else value
    ),
)
does("what is there comes twice", is_it=lambda *_: False)
does("one of a type", is_it=lambda _, one, new, __: get(one, "type") == get(new, "type"))
does(
    "one of a value",
    is_it=lambda _, one, new, __: get(one, "value") is not None and get(one, "value") == get(new, "value"),
)


def by(name: str, is_one: Callable[[Any, Any], bool]) -> None:
    """Who lets an entry that is added take the place of another one."""

    def joined(self: Patcher, kept: list[Any], given: list[Any], key: str) -> list[Any]:
        return Patcher.joined(
            self,
            [old for old in kept if not any(is_one(old, new) and old != new for new in given)],
            given,
            key,
        )

    does(name, joined=joined)


by("the new one of a type", lambda old, new: get(old, "type") == get(new, "type"))
by(
    "the new one of a type that is named",
    lambda old, new: get(new, "type") is not None and get(old, "type") == get(new, "type"),
)
by(
    "the new one of a value",
    lambda old, new: get(old, "value") is not None and get(old, "value") == get(new, "value"),
)
by("the new primary one", lambda old, new: get(old, "primary") is True and get(new, "primary") is True)


def primaries(name: str, change: Callable[[list[Any], list[Any]], None], *, anyway: bool = False) -> None:
    """Who sees otherwise to it that one entry is the primary one."""

    def one_primary(self: Patcher, entries: list[Any], given: list[Any]) -> list[Any]:
        entries = Patcher.one_primary(self, entries, given) if anyway else entries
        change(entries, [one for one in given if get(one, "primary") is True])
        return entries

    does(name, one_primary=one_primary)


def unset(entries: list[Any]) -> None:
    for one in entries:
        one.pop("primary", None)


def some_primary(entries: list[Any], _: list[Any]) -> None:
    if entries and not any(get(one, "primary") for one in entries):
        entries[0]["primary"] = True


primaries(
    "the old primary one stays",
    lambda entries, new: unset(new) if len([one for one in entries if get(one, "primary")]) > 1 else None,
)
primaries("no primary one", lambda entries, new: unset(entries) if new else None)
primaries("some primary one", some_primary, anyway=True)
does(
    "the last one is primary",
    several=lambda self, holder, op, key, value: (
        (
            Patcher.several(self, holder, op, key, value),
            unset(holder[key]),
            holder[key][-1].update(primary=True),
        )
        if key.lower() != "members"
        else Patcher.several(self, holder, op, key, value)
    ),
)
does(
    "primary cannot be written",
    part_of_entry=lambda self, holder, op, at, one, value: (
        None if at.part.lower() == "primary" else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does(
    "a part is the entry",
    part_of_entry=lambda _, __, op, at, one, value: (
        (one.clear(), one.update({at.part: value})) if op != REMOVE else one.pop(at.part, None)
    ),
)
does(
    "a part is the entry but for its type",
    part_of_entry=lambda _, __, op, at, one, value: (
        ([one.pop(key) for key in [*one] if key != "type"], one.update({at.part: value}))
        if op != REMOVE
        else one.pop(at.part, None)
    ),
)
does(
    "a changed one is primary no more",
    part_of_entry=lambda self, holder, op, at, one, value: (
        Patcher.part_of_entry(self, holder, op, at, one, value),
        at.part.lower() == "value" and one.pop("primary", None),
    ),
)
does(
    "a part of an entry is one more",
    part_of_entry=lambda self, holder, op, at, one, value: (
        holder[self.spelt(holder, at.name)].append(
            {key: old for key, old in one.items() if key == "type" and at.part != "type"} | {at.part: value}
        )
        if op != REMOVE
        else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does(
    "a part of an entry stays",
    part_of_entry=lambda self, holder, op, at, one, value: (
        None if op == REMOVE else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does(
    "a part removed is the entry",
    part_of_entry=lambda self, holder, op, at, one, value: (
        holder[self.spelt(holder, at.name)].remove(one)
        if op == REMOVE
        else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does(
    "a part of an entry that is there already",
    part_of_entry=lambda self, holder, op, at, one, value: (
        None
        if op != REMOVE and get(one, at.part) is None
        else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does(
    "add of a part that is there",
    part_of_entry=lambda self, holder, op, at, one, value: (
        None
        if op == ADD and get(one, at.part) is not None
        else Patcher.part_of_entry(self, holder, op, at, one, value)
    ),
)
does("a whole entry is one more", whole=lambda _, holder, __, key, ___, value: holder[key].append(value))
does("a whole entry is all", whole=lambda _, holder, __, key, ___, value: holder.update({key: [value]}))
does(
    "add to an entry replaces it",
    whole=lambda self, holder, _, key, chosen, value: Patcher.whole(
        self, holder, REPLACE, key, chosen, value
    ),
)
does(
    "a whole entry keeps its value",
    whole=lambda self, holder, _, key, chosen, value: Patcher.whole(
        self, holder, ADD, key, chosen, {name: one for name, one in value.items() if name != "value"}
    ),
)
does(
    "a whole entry is its value",
    whole=lambda self, holder, _, key, chosen, value: Patcher.whole(
        self, holder, ADD, key, chosen, {name: one for name, one in value.items() if name == "value"}
    ),
)
does(
    "remove is of all",
    entries=lambda self, holder, op, at, value: (
        holder.pop(self.spelt(holder, at.name), None)
        if op == REMOVE and not at.part
        else Patcher.entries(self, holder, op, at, value)
    ),
)
