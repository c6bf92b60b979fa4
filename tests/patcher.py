"""A patcher with seams, to be wrong at one of them: `mutant_patchers` has those who are.

It comes to what `checks.reading.patching` comes to wherever that leaves no doubt, which a test holds, and to
something that many a target does where it does.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from typing import Any, NamedTuple

from mutant_readers import Reader, parsed

from scim_tests.checks.reading.patching import BOOLEANS, CORE, PATH, SERVERS, _OfEntries
from scim_tests.model.scim import Json, Resource, get

Object = dict[str, Any]
ADD, REPLACE, REMOVE = "add", "replace", "remove"


class Refused(Exception):  # noqa: N818 -- an answer of 400
    """An operation that is not done, so that none of them is."""


class Operation(NamedTuple):
    """One of a PATCH; `op` as it is written."""

    op: str
    path: str
    value: Json


class Place(NamedTuple):
    """What a path names; of an extension as a whole `name` is empty. `is_key`: it stood in an object without a path."""

    urn: str
    name: str
    condition: str = ""
    part: str = ""
    is_key: bool = False


class Patcher:
    """The right one."""

    reader = Reader()

    def patched(self, before: Resource, operations: Iterable[Resource]) -> Object:
        """The resource after them, one after the other."""
        after: Object = deepcopy(dict(before))
        said = [
            Operation(*(str(get(each, name) or "") for name in ("op", "path")), get(each, "value"))
            for each in operations
        ]
        for each in self.heard(said):
            try:
                self.operate(after, each)
            except Refused:
                return self.refused(before, after)
        return after

    def heard(self, operations: list[Operation]) -> list[Operation]:
        """Those that are done, in their order."""
        return operations

    def refused(self, before: Resource, _: Object) -> Object:
        """What stands where one of them fails."""
        return dict(before)

    def operate(self, resource: Object, operation: Operation) -> None:
        op, path, value = operation.op.lower(), operation.path, deepcopy(operation.value)
        if op not in {ADD, REPLACE, REMOVE}:
            raise Refused
        named = {path: value} if path else self.without_path(resource, op, value)
        for key, each in named.items():
            place = self.place(key, is_key=not path)
            if place:
                self.change(resource, op, place, each)

    def without_path(self, _: Object, __: str, value: Json) -> Mapping[str, Json]:
        """What an operation without a path writes, by paths."""
        return value if isinstance(value, Mapping) else {}

    def place(self, text: str, *, is_key: bool) -> Place | None:
        """What a path names; None where it is passed over."""
        found = PATH.fullmatch(text)
        if text.lower().startswith("urn:") and text.lower().endswith(":user") and text.lower() not in CORE:
            return Place(text, "", is_key=is_key)
        if not found:
            raise Refused
        urn = "" if (found["urn"] or "").lower() in CORE else found["urn"] or ""
        place = Place(urn, found["name"], found["condition"] or "", found["part"] or "", is_key)
        return None if not urn and place.name.lower() in SERVERS else place

    def change(self, resource: Object, op: str, place: Place, value: Json) -> None:
        if not place.name:
            self.extension(resource, op, place, value)
            return
        if op == REMOVE and place.urn and get(resource, place.urn) is None:
            return
        holder = self.inner(resource, place.urn) if place.urn else resource
        if place.condition:
            self.entries(holder, op, place, value)
        elif place.part:
            self.part(holder, op, place, value)
        else:
            self.attribute(holder, op, place.name, value)

    def extension(self, resource: Object, op: str, place: Place, value: Json) -> None:
        if op == REMOVE:
            resource.pop(self.spelt(resource, place.urn), None)
        elif isinstance(value, Mapping):
            for key, each in value.items():
                self.attribute(self.inner(resource, place.urn), op, key, each)

    def part(self, holder: Object, op: str, place: Place, value: Json) -> None:
        inner = self.inner(holder, place.name)
        self.attribute(inner, op, place.part, value)
        if not inner:
            holder.pop(self.spelt(holder, place.name))

    def inner(self, holder: Object, name: str) -> Object:
        found = holder.setdefault(self.spelt(holder, name), {})
        if not isinstance(found, dict):
            raise Refused
        return found

    def attribute(self, holder: Object, op: str, name: str, value: Json) -> None:
        key = self.spelt(holder, name)
        now = holder.get(key)
        if op == REMOVE or value is None or value == []:
            self.empty(holder, op, key, value)
        elif isinstance(now, list) or isinstance(value, list):
            self.several(holder, op, key, value)
        elif isinstance(value, Mapping):
            self.complex(holder, op, key, value)
        else:
            self.plain(holder, op, key, value)

    def empty(self, holder: Object, op: str, key: str, _: Json) -> None:
        if op != ADD:
            holder.pop(key, None)

    def several(self, holder: Object, op: str, key: str, value: Json) -> None:
        given = value if isinstance(value, list) else [value]
        now = holder.get(key)
        kept = now if op == ADD and isinstance(now, list) else []
        holder[key] = self.one_primary(self.joined(kept, given, key), given)

    def joined(self, kept: list[Json], given: list[Json], key: str) -> list[Json]:
        found = list(kept)
        for each in given:
            if not any(self.is_it(one, each, key) for one in found):
                found.append(each)
        return found

    def is_it(self, one: Json, entry: Json, key: str) -> bool:
        told = ("value",) if key.lower() == "members" else ("value", "type")
        has_value = get(one, "value") is not None
        return one == entry or (has_value and all(get(one, each) == get(entry, each) for each in told))

    def one_primary(self, entries: list[Json], given: Sequence[Json]) -> list[Json]:
        if any(get(each, "primary") is True for each in given):
            for each in entries:
                if isinstance(each, dict) and not any(each is one or each == one for one in given):
                    each.pop("primary", None)
        return entries

    def complex(self, holder: Object, op: str, key: str, value: Resource) -> None:
        inner = self.inner(holder, key)
        for name, each in value.items():
            self.attribute(inner, op, name, each)

    def plain(self, holder: Object, _: str, key: str, value: Json) -> None:
        holder[key] = self.typed(key, value)

    def typed(self, key: str, value: Json) -> Json:
        is_text = key.lower() in BOOLEANS and isinstance(value, str) and value.lower() in {"true", "false"}
        return str(value).lower() == "true" if is_text else value

    def entries(self, holder: Object, op: str, place: Place, value: Json) -> None:
        key = self.spelt(holder, place.name)
        entries = holder.get(key)
        chosen = self.chosen(entries, place, op) if isinstance(entries, list) else []
        if not chosen:
            self.nobody(holder, op, place, value)
        elif place.part:
            for each in chosen:
                self.part_of_entry(holder, op, place, each, value)
            holder[key] = self.one_primary(holder[key], chosen)
        elif op == REMOVE:
            holder[key] = [each for each in holder[key] if not any(each is one for one in chosen)]
        elif isinstance(value, Mapping):
            self.whole(holder, op, key, chosen, value)

    def nobody(self, _: Object, op: str, __: Place, ___: Json) -> None:
        """What comes of a filter that fits no entry."""
        if op != REMOVE:
            raise Refused

    def part_of_entry(self, _: Object, op: str, place: Place, entry: Object, value: Json) -> None:
        self.attribute(entry, op, place.part, value)

    def whole(self, holder: Object, op: str, key: str, chosen: list[Object], value: Resource) -> None:
        for each in chosen:
            if op == REPLACE:
                each.clear()
            for name, one in value.items():
                self.attribute(each, op, name, one)
        holder[key] = self.one_primary(holder[key], chosen)

    def chosen(self, entries: list[Object], place: Place, _: str) -> list[Object]:
        node, root = parsed(place.condition), f"{place.name.lower()}."
        node = self.reader.tree(node)
        return [each for each in entries if self.reader.holds(node, each, _OfEntries(), root)]

    def spelt(self, holder: Object, name: str) -> str:
        return next((key for key in holder if key.lower() == name.lower()), name)


RIGHT = Patcher()
WORDS = re.compile(r'"(?:[^"\\]|\\.)*"')
