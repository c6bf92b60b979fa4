"""The values of one multi-valued attribute: what makes two of them one, and which is primary (RFC 7643 section 2.4).

Each is found by what it is, so that many operations do not look through many values each; values that are rows
of a table are fetched when they are asked for.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from reference_server.conditions import operand
from reference_server.documents import canonical
from reference_server.effort import Effort
from reference_server.errors import invalid_value
from reference_server.grammar import And, Comparison, Condition
from reference_server.matching import Shown, predicate
from reference_server.paragraphs import Paragraph
from reference_server.schema import Attribute

# The stored values that have this comparable `value`, or without one all of them.
Fetch = Callable[[Any], Iterable[Any]]
Key = tuple[Any, Any]


class Values:
    """The values of an attribute, in the order in which they came."""

    def __init__(self, attribute: Attribute, stored: Iterable[Any] = (), fetch: Fetch | None = None) -> None:
        self.attribute = attribute
        self.fetched: list[Any] = []  # as they are stored
        self._fetch = fetch
        self._asked: set[Any] = set()
        self._numbers = count()
        self._kept: dict[int, Any] = {}  # by place, which no other value ever gets
        self._places: dict[Key, int] = {}
        self._of_value: dict[Any, set[int]] = defaultdict(set)
        self._primaries: set[int] = set()
        for element in stored:
            self._join(element)

    def __len__(self) -> int:
        return len(self._kept)

    def all(self) -> list[Any]:
        """The values, of those that are fetched only such as were asked for."""
        return list(self._kept.values())

    def ask_for(self, value: Any) -> None:
        """Fetch what is stored with this comparable `value`, or without one everything, once."""
        if self._fetch is None or {value, None} & self._asked:
            return
        for element in self._fetch(value):
            if self._key(element)[0] not in self._asked:
                self.fetched.append(element)
                self._join(element)
        self._asked.add(value)

    def add(self, elements: list[Any]) -> None:
        """Add values; one that is there already is brought up to date, not repeated.

        A value newly marked primary takes that mark from the others; two of them are invalidValue
        (RFC 7644 section 3.5.2).
        """
        if sum(map(is_primary, elements)) > 1:
            raise invalid_value(
                f"more than one value of {self.attribute.name} is primary", Paragraph.MULTI_VALUED
            )
        for element in elements:
            self.ask_for(self._key(element)[0])
            place = self._join(element)
            if is_primary(element):
                self._demote_others(place)

    def replace(self, elements: list[Any]) -> None:
        """Have these values and no others."""
        self.ask_for(None)
        self.change(list(self._kept), lambda _: None)
        self.add(elements)

    def chosen(self, condition: Condition | None, shown: Shown, effort: Effort) -> list[int]:
        """The places of the values that meet a condition; invalidFilter where it does not fit the attribute."""
        if condition is None:
            self.ask_for(None)
            return list(self._kept)
        test = predicate(self.attribute, condition, shown)
        value = _value_demanded(self.attribute, condition)
        self.ask_for(value)
        places = self._kept if value is None else self._of_value.get(value, ())
        effort.spend(len(places))
        return sorted(place for place in places if test(self._kept[place]))

    def named(self, items: list[Any]) -> list[int]:
        """The places of the values that a list names: by value, and type where it is given, or else by all they have."""
        wanted: dict[tuple[str, ...], set[Any]] = defaultdict(set)
        values = set()
        for item in items:
            names = self._names(item)
            wanted[names].add(self._parts(item, names))
            values.add(self._key(item)[0])
            self.ask_for(self._key(item)[0])
        places = set(self._kept) if None in values else {p for each in values for p in self._of_value[each]}
        return [
            place
            for place in places
            if any(self._parts(self._kept[place], names) in found for names, found in wanted.items())
        ]

    def change(self, places: list[int], change: Callable[[Any], Any]) -> None:
        """Put in the place of each of these values what is made of it, or nothing; a new primary takes the mark."""
        before = [self._forget(place) for place in places]
        after = [change(element) for element in before]
        primaries = [place for place, element in zip(places, after, strict=True) if is_primary(element)]
        if any(is_primary(new) and not is_primary(old) for old, new in zip(before, after, strict=True)):
            if len(primaries) > 1:
                raise invalid_value(
                    f"more than one value of {self.attribute.name} would be primary", Paragraph.MULTI_VALUED
                )
            self._demote_others(primaries[0])
        for place, element in zip(places, after, strict=True):
            if element:
                self._join(element, place)
            else:
                del self._kept[place]

    def _join(self, element: Any, place: int | None = None) -> int:
        """Keep a value at a place; if its like is there, the two become one, at the place of the earlier."""
        key = self._key(element)
        other = self._places.get(key)
        if other is None:
            place = next(self._numbers) if place is None else place
            self._kept[place] = element
        else:
            old = self._forget(other)
            if place is None or place > other:
                new, gone, place = _updated(self.attribute, old, element), place, other
            else:
                new, gone = _updated(self.attribute, element, old), other
            if gone is not None:
                self._kept.pop(gone)
            self._kept[place] = new
        self._places[key] = place
        self._of_value[key[0]].add(place)
        if is_primary(self._kept[place]):
            self._primaries.add(place)
        return place

    def _forget(self, place: int) -> Any:
        """The value at a place, which is no longer found there; the place stays."""
        element = self._kept[place]
        key = self._key(element)
        del self._places[key]
        self._of_value[key[0]].discard(place)
        self._primaries.discard(place)
        return element

    def _demote_others(self, place: int) -> None:
        for other in self._primaries - {place}:
            self._kept[other] = {**self._kept[other], "primary": False}
        self._primaries &= {place}

    def _key(self, element: Any) -> Key:
        """What makes two values one: value and type, the value alone where it is a reference, or without it everything."""
        if not isinstance(element, dict):
            return self.attribute.comparable(element), None
        value = self.attribute.sub("value")
        if value is None or value.name not in element:
            return None, canonical(element)
        kind = self.attribute.sub("type") if value.mutability != "immutable" else None
        type_ = kind.comparable(element[kind.name]) if kind and kind.name in element else None
        return value.comparable(element[value.name]), type_

    def _names(self, item: Any) -> tuple[str, ...]:
        """The sub-attributes by which an item of a list names values."""
        if not isinstance(item, dict):
            return ()
        return tuple(sorted({"value", "type"} & item.keys() if "value" in item else item))

    def _parts(self, element: Any, names: tuple[str, ...]) -> Any:
        if not names:
            return self.attribute.comparable(element)
        subs = self.attribute.sub_attributes
        return tuple(
            subs[name.casefold()].comparable(element[name]) if name in element else None for name in names
        )


def _value_demanded(attribute: Attribute, condition: Condition) -> Any:
    """The comparable `value` of every value that meets the condition, or None if they may differ in it."""
    for part in condition.conditions if isinstance(condition, And) else (condition,):
        if isinstance(part, Comparison) and part.operator == "eq" and part.path.casefold() == "value":
            return operand(attribute.sub_attributes["value"], part)
    return None


def _updated(attribute: Attribute, old: Any, new: Any) -> Any:
    """A value with the sub-attributes another sets; immutable ones stay."""
    if not isinstance(new, dict):
        return old
    changes = {
        name: value
        for name, value in new.items()
        if (sub := attribute.sub(name)) and (sub.mutability != "immutable" or name not in old)
    }
    return {**old, **changes}


def is_primary(element: Any) -> bool:
    """Whether it is an object with `primary: true` (RFC 7643 section 2.4)."""
    return isinstance(element, dict) and element.get("primary") is True
