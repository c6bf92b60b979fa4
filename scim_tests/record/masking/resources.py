"""What bodies say of people, as it may be kept.

A resource of ours stays as far as it is made of our own words; of anybody else's, and of what they are
in, nothing stays but what says nothing of who somebody is. A refusal is a text, in which strangers are hidden.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache

from scim_tests.model.scim import ERROR, USER, Json, as_id, get, has, strings
from scim_tests.model.scim import GROUP as GROUP_SCHEMA
from scim_tests.record.masking.filters import Filters
from scim_tests.record.masking.ids import Ids
from scim_tests.record.masking.ours import Ours
from scim_tests.record.masking.strangers import Strangers
from scim_tests.record.masking.telling import (
    DISCOVERED,
    GROUP,
    THING,
    Tells,
    dotted,
    names_nobody,
    root,
    tells,
)
from scim_tests.record.masking.words import attribute_names

OF_A_PERSON = ("userName", "emails", "phoneNumbers", "givenName", "familyName")  # of nobody and nothing else
OF_A_DEFINITION = ("attributes", "endpoint", "authenticationSchemes")  # RFC 7643 5 to 7; of nobody
OF_AN_ERROR = frozenset({"schemas", "status", "scimtype", "detail"})
# What stands in a person and is not said of them.
NOT_SAID = frozenset({"id", "meta", "schemas", "$ref", "groups", "roles", "entitlements"})
# How an attribute is called (RFC 7643 2.1), or an extension.
ATTRIBUTE = re.compile(r"[A-Za-z$][\w$-]*|urn:[\w.:+-]+", re.ASCII)

Leaf = Callable[[Json, str], Json]  # of a value, and the attribute it is the value of


class Place(Enum):
    """What an endpoint is about, by its name."""

    PEOPLE = frozenset({"users", "me"})
    GROUPS = frozenset({"groups"})
    DISCOVERY = frozenset({"schemas", "resourcetypes", "serviceproviderconfig"})
    MESSAGES = frozenset({"bulk", ".search"})
    ELSEWHERE = frozenset[str]()


class Resources:
    """Reads a body, and gives it back as it may be kept."""

    def __init__(self, ours: Ours, strangers: Strangers) -> None:
        self._ours = ours
        self._strangers = strangers
        self._filters = Filters(ours, strangers)
        self.ids = Ids(ours, strangers)

    def masked(self, document: Json, place: Place, *, written: bool = False) -> Json:
        """A body that is about such things; `written` says that it is ours, or answers what we created."""
        if place is Place.PEOPLE:
            return self._listed(document, lambda each: self._person(each, written=written))
        if place is Place.GROUPS:
            return self._listed(document, lambda each: self._group(each, written=written))
        if place is Place.DISCOVERY:
            return self._listed(document, self._definition)
        if place is Place.MESSAGES:
            is_a_list = isinstance(get(document, "Resources"), list)
            return self._listed(document, self._of_any_type) if is_a_list else self.anything(document)
        return self._listed(document, self._thing)

    def patched(self, document: Json, place: Place, id_: str) -> Json:
        """A PATCH of the person or the group with this id."""
        leaf = self._leaf(ours=self._ours.by_words or self._ours.owns(id_))
        read = self._of_a_group if place is Place.GROUPS else self._of_a_person

        def part(operation: Json) -> Json:
            return read(operation, leaf) if isinstance(operation, dict) else self.anything(operation)

        return {
            key: [part(each) for each in value]
            if key.lower() == "operations" and isinstance(value, list)
            else self.anything(value)
            for key, value in document.items()
        }

    def searched(self, document: Json) -> Json:
        """A search of people by POST."""
        return {
            key: self._filters.compared(value)
            if key.lower() == "filter" and isinstance(value, str)
            else self.anything(value)
            for key, value in document.items()
        }

    def member(self, key: str, value: str) -> str:
        """A string of a refusal about people that cannot be read as a whole."""
        attribute = key.lower()
        known = attribute in attribute_names() and not names_nobody(attribute, value)
        if not known or self._ours.wrote(value):
            return value
        return self._strangers.hide(value, tells(attribute) or Tells.NAME)

    def anything(self, value: Json) -> Json:
        """What may be about anybody: people are known by their looks, or by a schema's URN."""
        if isinstance(value, str):
            return self._strangers.text(value)
        if isinstance(value, list):
            return [self.anything(each) for each in value]
        if not isinstance(value, dict):
            return value
        if _has_looks(value) or _is_called_a_person(value):
            return self._somebody(value)
        return {
            self._key(key): self._members(each) if key.lower() == "members" else self.anything(each)
            for key, each in value.items()
        }

    def _listed(self, value: Json, read: Callable[[Json], Json]) -> Json:
        """A ListResponse or an array of what `read` reads, or one of it; an Error is about anything."""
        if isinstance(value, list):
            return [self._listed(each, read) if isinstance(each, list) else read(each) for each in value]
        if not isinstance(value, dict):
            return read(value)
        if ERROR in _schemas(value) and {key.lower() for key in value} <= OF_AN_ERROR:
            return self.anything(value)
        if not isinstance(get(value, "Resources"), list) or _has_looks(value):
            return read(value)
        return {
            self._key(key): self._listed(each, read)
            if key.lower() == "resources"
            else self._read(each, dotted(key), self._of_a_stranger)
            for key, each in value.items()
        }

    def _of_any_type(self, resource: Json) -> Json:
        """What a search at the root of the server finds: it is of the type that its schemas name."""
        urns = _schemas(resource)
        read = self._group if GROUP_SCHEMA in urns else self._person if USER in urns else self.anything
        return read(resource)

    def _person(self, person: Json, *, written: bool = False) -> Json:
        """It is ours by the name it shows, or by its id where it shows none."""
        if not isinstance(person, dict):
            return self._read(person, "username", self._of_a_stranger)
        name, id_ = get(person, "userName"), as_id(get(person, "id"))
        named = isinstance(name, str) and name != ""
        if named and id_:
            self._ours.shown(id_, name)
        owned = self._ours.owns(id_)
        ours = self._ours.names(name) if named else owned or (written and self._ours.by_words)
        if id_:
            names = strings([get(person, key) for key in ("userName", "name", "displayName", "nickName")])
            said = [each for key, each in person.items() if root(key) not in NOT_SAID]
            self.ids.masked(id_, ours=ours, names=names, said=said)
        return self._attributes(person, "", self._leaf(ours=ours, owned=owned))

    def _group(self, group: Json, *, written: bool = False) -> Json:
        """A group's own name stays; its members' names do not."""
        if not isinstance(group, dict) or _has_looks(group) or _is_called_a_person(group):
            return self._thing(group)
        name = get(group, "displayName")
        ours = (written and self._ours.by_words) or (isinstance(name, str) and self._ours.names(name))
        return self._attributes(group, GROUP, self._leaf(ours=True) if ours else self._of_a_thing)

    def _thing(self, thing: Json) -> Json:
        if isinstance(thing, dict) and (_has_looks(thing) or _is_called_a_person(thing)):
            return self._somebody(thing)
        return self._read(thing, THING, self._of_a_thing)

    def _definition(self, definition: Json) -> Json:
        if isinstance(definition, dict) and (_has_looks(definition) or _is_called_a_person(definition)):
            return self._somebody(definition)
        return self._read(definition, "", self._of_a_definition)

    def _somebody(self, shown: dict[str, Json]) -> Json:
        """A person, or what is only labelled as one: a schema defines something, and has no name in parts."""
        looks = _has_looks(shown) or isinstance(get(shown, "name"), Mapping)
        if looks or not any(has(shown, each) for each in OF_A_DEFINITION):
            return self._person(shown)
        return self._attributes(shown, "", self._of_a_definition)

    def _members(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._members(each) for each in value]
        if not isinstance(value, dict):
            return self._read(value, "members.value", self._of_a_stranger)
        name, id_ = get(value, "display"), as_id(get(value, "value"))
        ours = self._ours.owns(id_) or (isinstance(name, str) and self._ours.names(name))
        self.ids.masked(id_, ours=ours, said=name)
        return self._attributes(value, "members", self._leaf(ours=ours))

    def _of_a_group(self, operation: Mapping[str, Json], leaf: Leaf) -> Json:
        """An operation may name members, or the group."""
        path = dotted(str(get(operation, "path") or ""))

        def read(value: Json) -> Json:
            if root(path) == "members" or (not path and isinstance(value, list)):
                return self._members(value)
            return self._read(value, f"{GROUP}.{path}".rstrip("."), leaf)

        return {
            key: read(each) if key.lower() == "value" else self.anything(each)
            for key, each in operation.items()
        }

    def _of_a_person(self, operation: Mapping[str, Json], leaf: Leaf) -> Json:
        """What an operation writes is personal, unless its path says otherwise."""
        path = dotted(str(get(operation, "path") or ""))
        return {
            key: self._read(each, path, leaf)
            if key.lower() == "value"
            else self._filters.compared(each)
            if key.lower() == "path" and isinstance(each, str)
            else self.anything(each)
            for key, each in operation.items()
        }

    def _attributes(self, value: Mapping[str, Json], within: str, leaf: Leaf) -> dict[str, Json]:
        return {
            self._key(key): self._members(each)
            if key.lower() == "members"
            else self._read(each, f"{within}.{dotted(key)}" if within else dotted(key), leaf)
            for key, each in value.items()
        }

    def _read(self, value: Json, attribute: str, leaf: Leaf) -> Json:
        """Every string and number in it as `leaf` gives it back."""
        if isinstance(value, list):
            return [self._read(each, attribute, leaf) for each in value]
        if isinstance(value, dict):
            named = isinstance(get(value, "userName"), str)
            return self._person(value) if named else self._attributes(value, attribute, leaf)
        return value if value is None or isinstance(value, bool) else leaf(value, attribute)

    def _leaf(self, *, ours: bool, owned: bool = False) -> Leaf:
        if ours:
            return lambda value, attribute: self._of_ours(value, attribute, owned=owned)
        return self._of_a_stranger

    def _of_ours(self, value: Json, attribute: str, *, owned: bool) -> Json:
        """Our words stay, and what the target says of what is surely ours in words that may be said of anything."""
        if self._ours.wrote(str(value)):
            return value
        if names_nobody(attribute, value):
            return self._formed(value, attribute)
        told = tells(attribute)
        if told is None or (told is Tells.LITTLE and owned):
            return self._of_a_thing(value, attribute)
        return self._of_a_stranger(value, attribute)

    def _of_a_stranger(self, value: Json, attribute: str) -> Json:
        if names_nobody(attribute, value):
            return self._formed(value, attribute, known=False)
        if isinstance(value, str):
            return self._strangers.hide(value, tells(attribute) or Tells.LITTLE)
        return self._strangers.hide_number(value)

    def _of_a_thing(self, value: Json, attribute: str) -> Json:
        common = isinstance(value, str) and self._strangers.is_common(value)
        return value if common else self._of_a_stranger(value, attribute)

    def _of_a_definition(self, value: Json, attribute: str) -> Json:
        if DISCOVERED.issuperset(attribute.split(".")):
            return self._strangers.text(value) if isinstance(value, str) else value
        return self._of_a_thing(value, attribute)

    def _formed(self, value: Json, attribute: str, *, known: bool = True) -> Json:
        """A value in a form that names nobody. An id or a URL may do so all the same."""
        if not isinstance(value, str):
            return value
        within, _, name = attribute.rpartition(".")
        if name in {"id", "value"} and within not in {GROUP, THING}:
            return self.ids.known(value) if known or within == "groups" else self.ids.masked(value)
        if within == THING or name in {"$ref", "location", "version"}:
            return self.ids.located(value)
        return self._strangers.addresses(value)

    def _key(self, key: str) -> str:
        """A member's name, which may be anything in a body that follows no schema."""
        if _is_attribute(key) or self._ours.wrote(key):
            return key
        if "[" in key and _is_attribute(root(key)):
            return type(key)(self._filters.compared(key))
        hidden = (
            self._strangers.text(key) if ATTRIBUTE.fullmatch(key) else self._strangers.hide(key, Tells.NAME)
        )
        return type(key)(hidden)


@lru_cache(maxsize=1000)
def _is_attribute(name: str) -> bool:
    """Also `urn:…:User:name.givenName`."""
    parts = name.lower().rpartition(":")[2].split(".")
    return name.lower() in attribute_names() or attribute_names().issuperset(parts)


def _schemas(value: Json) -> list[Json]:
    named = get(value, "schemas")
    return named if isinstance(named, list) else []


def _is_called_a_person(value: Mapping[str, Json]) -> bool:
    """By its label, or by a name in parts."""
    return (USER in _schemas(value) and not has(value, "Resources")) or isinstance(
        get(value, "name"), Mapping
    )


def _has_looks(value: Mapping[str, Json]) -> bool:
    """Whether it has what a person alone has: a value, and not the definition of an attribute."""
    return any(isinstance(get(value, each), str | list) for each in OF_A_PERSON)
