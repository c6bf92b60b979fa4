"""What bodies say of people, as it may be kept.

A resource of ours stays as far as it is made of our own words; of anybody else's nothing stays but what
says nothing of who it is. Whatever is in neither is a text, in which strangers are hidden.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache

from scim_tests.masked_filters import Filters
from scim_tests.model.scim import ERROR, USER, Json, get, has, strings
from scim_tests.ours import Ours
from scim_tests.strangers import Strangers
from scim_tests.telling import IMPERSONAL, TELLS, Tells, Told, root, tells_of
from scim_tests.words import attribute_names

OF_A_PERSON = ("userName", "emails", "phoneNumbers", "givenName", "familyName")  # of nobody and nothing else
NOT_TOLD = IMPERSONAL | {"location", "version", "created", "lastmodified", "resourcetype", "resources"}
SMALLEST = 10_000  # a smaller number may be anything

Leaf = Callable[[str | int, Told], Json]


class Place(Enum):
    """What an endpoint is about, by its name."""

    PEOPLE = frozenset({"users", "me"})
    GROUPS = frozenset({"groups"})
    DISCOVERY = frozenset({"schemas", "resourcetypes", "serviceproviderconfig"})
    ELSEWHERE = frozenset[str]()


class Resources:
    """Reads a body, and gives it back as it may be kept."""

    def __init__(self, ours: Ours, strangers: Strangers) -> None:
        self._ours = ours
        self._strangers = strangers
        self._filters = Filters(ours, strangers)
        self.ids: dict[str, str] = {}  # those that are names or addresses, with their stand-ins

    def told(self, document: Json, place: Place, *, written: bool = False) -> Json:
        """A body that is about such things; `written` says that it is ours, or answers what we created."""
        if place is Place.PEOPLE:
            return self._listed(document, lambda each: self._person(each, written=written))
        if place is Place.GROUPS:
            return self._listed(document, self._group)
        return self._anything(document, labelled=place is not Place.DISCOVERY)

    def patched(self, document: Json, place: Place, id_: str) -> Json:
        """A PATCH of the person or the group with this id."""
        leaf = self._leaf(ours=self._ours.by_words or self._ours.owns(id_))

        def part(operation: Json) -> Json:
            if not isinstance(operation, dict):
                return self._anything(operation)
            return (
                self._of_a_group(operation) if place is Place.GROUPS else self._of_a_person(operation, leaf)
            )

        return {
            key: [part(each) for each in value]
            if key.lower() == "operations" and isinstance(value, list)
            else self._anything(value)
            for key, value in document.items()
        }

    def searched(self, document: Json) -> Json:
        """A search of people by POST."""
        return {
            key: self._filters.compared(value)
            if key.lower() == "filter" and isinstance(value, str)
            else self._anything(value)
            for key, value in document.items()
        }

    def member(self, key: str, value: str) -> str:
        """A string of a body about people that cannot be read as a whole."""
        if key.lower() not in attribute_names() - NOT_TOLD or self._ours.wrote(value):
            return value
        return self._strangers.hide(value, TELLS.get(key.lower()) or Tells.NAME)

    def _listed(self, value: Json, read: Callable[[Json], Json]) -> Json:
        """A ListResponse or an array of what `read` reads, or one of it; an Error is about anything."""
        if isinstance(value, list):
            return [self._listed(each, read) if isinstance(each, list) else read(each) for each in value]
        if not isinstance(value, dict) or ERROR in _schemas(value):
            return self._anything(value)
        if not isinstance(get(value, "Resources"), list) or _has_looks(value):
            return read(value)
        return {
            self._key(key): self._listed(each, read) if key.lower() == "resources" else self._anything(each)
            for key, each in value.items()
        }

    def _anything(self, value: Json, *, labelled: bool = True) -> Json:
        """What may be about anybody: people are known by their looks; where `labelled`, by a schema's URN, too."""
        if isinstance(value, str):
            return self._strangers.text(value)
        if isinstance(value, list):
            return [self._anything(each, labelled=labelled) for each in value]
        if not isinstance(value, dict):
            return value
        if _has_looks(value) or (labelled and _is_called_a_person(value)):
            return self._person(value)
        return {
            self._key(key): self._members(each)
            if key.lower() == "members"
            else self._anything(each, labelled=labelled)
            for key, each in value.items()
        }

    def _person(self, person: Json, *, written: bool = False) -> Json:
        """It is ours by the name it shows, or by its id where it shows none."""
        if not isinstance(person, dict):
            return self._read(person, Tells.NAME, self._leaf(ours=False))
        name, id_ = get(person, "userName"), _id(get(person, "id"))
        named = isinstance(name, str) and name != ""
        if named and id_:
            self._ours.shown(id_, name)
        owned = self._ours.owns(id_)
        ours = self._ours.names(name) if named else owned or (written and self._ours.by_words)
        masked = self._attributes(person, None, self._leaf(ours=ours, owned=owned))
        return self._without_its_id(masked, person, id_)

    def _without_its_id(self, masked: dict[str, Json], person: Mapping[str, Json], id_: str) -> Json:
        """An id is personal, too, where it is a name or an address; then it is hidden wherever it stands."""
        said = strings([get(person, key) for key in ("userName", "name", "displayName", "nickName")])
        names = {each for name in said for each in (name.casefold(), name.casefold().partition("@")[0])}
        if "@" not in id_ and id_.casefold() not in names:
            return masked
        hidden = self._strangers.hide(id_, Tells.NAME)
        if hidden == id_:
            return masked
        self.ids[id_] = hidden
        return {
            key: hidden
            if key.lower() == "id"
            else self._anything(each)
            if key.lower() in IMPERSONAL
            else each
            for key, each in masked.items()
        }

    def _group(self, group: Json) -> Json:
        """A group's own name stays; its members' names do not."""
        if not isinstance(group, dict) or _has_looks(group) or _is_called_a_person(group):
            return self._anything(group)
        return {
            self._key(key): self._addresses(each)
            if key.lower() in {"id", "displayname"}
            else self._members(each)
            if key.lower() == "members"
            else self._anything(each)
            for key, each in group.items()
        }

    def _members(self, value: Json) -> Json:
        if isinstance(value, list):
            return [self._members(each) for each in value]
        if not isinstance(value, dict):
            return self._anything(value)
        name = get(value, "display")
        ours = self._ours.owns(_id(get(value, "value"))) or (isinstance(name, str) and self._ours.names(name))
        leaf = self._leaf(ours=ours)
        return {
            self._key(key): self._anything(each)
            if key.lower() == "value"
            else self._attributes({key: each}, Tells.NAME, leaf)[self._key(key)]
            for key, each in value.items()
        }

    def _of_a_group(self, operation: Mapping[str, Json]) -> Json:
        """An operation may name members, or the group."""
        return {
            key: self._members(each)
            if isinstance(each, list)
            else self._group(each)
            if isinstance(each, dict)
            else self._addresses(each)
            if key.lower() == "value" and root(str(get(operation, "path"))) == "displayname"
            else self._anything(each)
            for key, each in operation.items()
        }

    def _of_a_person(self, operation: Mapping[str, Json], leaf: Leaf) -> Json:
        """What an operation writes is personal, unless its path says otherwise."""
        path = str(get(operation, "path") or "")
        if root(path) in IMPERSONAL:
            return {key: self._addresses(each) for key, each in operation.items()}
        told = TELLS.get(root(path))
        return {
            key: self._read(each, told, leaf)
            if key.lower() == "value"
            else self._filters.compared(each)
            if key.lower() == "path" and isinstance(each, str)
            else self._anything(each)
            for key, each in operation.items()
        }

    def _attributes(self, value: Mapping[str, Json], told: Told, leaf: Leaf) -> dict[str, Json]:
        return {
            self._key(key): self._addresses(each)
            if root(key) in IMPERSONAL
            else self._read(each, tells_of(key, told), leaf)
            for key, each in value.items()
        }

    def _read(self, value: Json, told: Told, leaf: Leaf) -> Json:
        """Every string and number in it as `leaf` gives it back."""
        if isinstance(value, str) or type(value) is int:
            return leaf(value, told)
        if isinstance(value, list):
            return [self._read(each, told, leaf) for each in value]
        if not isinstance(value, dict):
            return value
        name = get(value, "userName")
        if isinstance(name, str) and self._ours.names(name):
            return self._person(value)
        return self._attributes(value, told, leaf)

    def _addresses(self, value: Json) -> Json:
        """What says nothing of who it is may still hold an address."""
        if isinstance(value, str):
            return self._strangers.addresses(value)
        if isinstance(value, list):
            return [self._addresses(each) for each in value]
        return (
            {key: self._addresses(each) for key, each in value.items()} if isinstance(value, dict) else value
        )

    def _leaf(self, *, ours: bool, owned: bool = False) -> Leaf:
        if ours:
            return lambda value, told: self._of_ours(value, told, owned=owned)
        return self._of_a_stranger

    def _of_ours(self, value: str | int, told: Told, *, owned: bool) -> Json:
        """Our words stay, and what the target says of what is surely ours without saying who it is."""
        if self._ours.wrote(str(value)) or (told is None and self._strangers.is_common(str(value))):
            return value
        if told is Tells.LITTLE and owned and isinstance(value, str):
            return self._strangers.text(value)
        return self._of_a_stranger(value, told)

    def _of_a_stranger(self, value: str | int, told: Told) -> Json:
        if isinstance(value, str):
            return self._strangers.hide(value, told or Tells.LITTLE)
        return self._strangers.hide_number(value) if abs(value) >= SMALLEST else value

    def _key(self, key: str) -> str:
        """A member's name, which may be anything in a body that follows no schema."""
        return key if _is_attribute(key) else self._strangers.text(key)


@lru_cache(maxsize=1000)
def _is_attribute(name: str) -> bool:
    return name.lower() in attribute_names()


def _id(value: Json) -> str:
    """As the ledger knows it; some servers number their people."""
    return str(value) if isinstance(value, str | int) else ""


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
