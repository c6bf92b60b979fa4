"""What is written in a conversation: of each attribute a few values, so that old ones come back, with the traps of the field.

By the target's own /Schemas (RFC 7643 7); where it publishes none, what Okta maps by default.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scim_tests.model.act import Person
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.personas.rfc import traps
from scim_tests.personas.rfc.every_value import (
    FIRST,
    KINDS,
    SECOND,
    SUGGESTED,
    Writer,
    canonical_values,
    is_unique,
)

FREE = frozenset(each.rpartition(":")[2].lower() for each in traps.FREE)
TRAPS = traps.COMMON
# What of a target's own words may stand in a line, which is shown as it is, with nothing masked: names as RFC 7643 2.1
# has them, and of the values that it suggests the words of the RFCs alone; any other may be what somebody is called.
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9$_-]{0,59}")
_CLEANED = frozenset({"subattributes", "canonicalvalues"})
_OF_THE_RFCS = frozenset({*KINDS, *SUGGESTED, "mobile", "fax", "pager"})  # however a target writes them
_PART = {"value": {}, "type": {}, "primary": {"type": "boolean"}}
_LIST: Resource = {
    "multiValued": True,
    "type": "complex",
    "subAttributes": [{"name": name, **more} for name, more in _PART.items()],
}
# What Okta maps by default, for who publishes no schemas.
USUAL: Mapping[str, Sequence[Resource]] = {
    USER: (
        {"name": "title"},
        {"name": "displayName"},
        {
            "name": "name",
            "type": "complex",
            "subAttributes": [{"name": "givenName"}, {"name": "familyName"}],
        },
        {"name": "emails", **_LIST},
        {"name": "phoneNumbers", **_LIST},
        {"name": "nickName"},
    ),
    ENTERPRISE_USER: ({"name": "department"}, {"name": "costCenter"}),
}


@dataclass(frozen=True)
class Attribute:
    """One attribute of users, by the path that a PATCH has for it; values and entries plainest first."""

    path: str
    values: tuple[Json, ...]
    entries: tuple[Json, ...] = ()  # of one with several, each as an `add` has it
    parts: tuple[tuple[str, Json], ...] = ()  # paths that choose entries, each with a value for it
    choices: tuple[str, ...] = ()  # paths of whole entries
    is_required: bool = False
    is_text: bool = False  # a filter can ask for it

    @property
    def root(self) -> str:
        """The attribute on top that it belongs to, as a PUT leaves it out: within an extension that one's own path."""
        return self.path if self.path.startswith("urn:") else self.path.partition(".")[0]


def attributes(
    published: Iterable[Resource], writer: Person, *, unmapped: Iterable[str] = (), every: bool = False
) -> tuple[Attribute, ...]:
    """Those that clients may write, as Okta names them; with `every` also what only this target declares.

    `published` are the resources of its /Schemas, and `writer` gives the e-mail addresses their names. Without those
    that are `unmapped`, that no two people may share, and that could grant something.
    """
    declared = {str(get(each, "id")).lower(): _plain(get(each, "attributes")) for each in published}
    known = {name.lower() for each in _all(USUAL) for name in _names(each)} | FREE
    left_out = {name.lower().partition(".")[0] for name in unmapped}
    both = [Writer(writer, version) for version in (FIRST, SECOND)]
    found = []
    for urn in USUAL:
        definitions = declared.get(urn.lower(), ()) if declared else USUAL[urn]
        prefix = "" if urn == USER else f"{urn}:"
        for definition in definitions if urn.lower() not in left_out else ():
            if str(get(definition, "name")).lower() in left_out:
                continue
            found += [
                each
                for each in _of(definition, prefix, both)
                if every
                or {each.path.removeprefix(prefix).lower(), each.root.removeprefix(prefix).lower()} & known
            ]
    return tuple(found)


def _of(definition: Resource, prefix: str, writers: Sequence[Writer]) -> Iterator[Attribute]:
    """An attribute, or of a complex one each of its parts."""
    name = f"{prefix}{get(definition, 'name')}"
    values = [each.value(definition) for each in writers]
    if None in values or is_unique(definition) or _is_binary(definition):
        return
    if get(definition, "multiValued") is True:
        yield _several(name, definition, values)
    elif get(definition, "type") == "complex":
        first, second = values
        for part in _listed(get(definition, "subAttributes")):
            own = str(get(part, "name"))
            if own in first and own in second and not is_unique(part):
                yield _single(f"{name}.{own}", part, first[own], second[own], is_required=False)
    else:
        yield _single(name, definition, *values, is_required=get(definition, "required") is True)


def _is_binary(definition: Resource) -> bool:
    """Whether it holds what no line can show, such as certificates."""
    return any(
        get(each, "type") == "binary" for each in (definition, *_listed(get(definition, "subAttributes")))
    )


def _single(path: str, definition: Resource, first: Json, second: Json, *, is_required: bool) -> Attribute:
    kind = get(definition, "type") or "string"
    values = [first, second]
    if kind == "string" and path.rpartition(":")[2].lower() in FREE and not canonical_values(definition):
        values += [first.swapcase(), *TRAPS]
    is_text = kind == "string" and isinstance(first, str)
    return Attribute(path, tuple(values), is_required=is_required, is_text=is_text)


def _several(path: str, definition: Resource, values: Sequence[list[Json]]) -> Attribute:
    """Whole lists, entries, and the paths of those that a filter by their type chooses (RFC 7644 3.5.2)."""
    first, second = (each[:2] for each in values)
    lists = (first[:1], first, second[:1], second)
    if not isinstance(first[0], Mapping):
        return Attribute(
            path, lists, entries=(*second, *first), is_required=get(definition, "required") is True
        )
    kinds = list(dict.fromkeys(kind for each in (*first, *second) if (kind := get(each, "type"))))
    texts = [get(each, "value") for each in (*second, *first)]
    paths = [f'{path}[type eq "{kind}"]' for kind in kinds]
    return Attribute(
        path,
        lists,
        entries=(*second, *first),
        parts=tuple((f"{each}.value", text) for each in paths for text in texts if isinstance(text, str)),
        choices=tuple(paths),
        is_required=get(definition, "required") is True,
    )


def _plain(definitions: Json) -> list[Resource]:
    """Those attributes and parts that are plainly called, with the canonical values that the RFCs have; without any of these they are left out."""
    found: list[Resource] = []
    for each in _listed(definitions):
        values = [value for value in canonical_values(each) if value.lower() in _OF_THE_RFCS]
        name = get(each, "name")
        is_called = isinstance(name, str) and _PLAIN_NAME.fullmatch(name)
        if not is_called or bool(values) != bool(canonical_values(each)):
            continue
        kept = {key: value for key, value in each.items() if key.lower() not in _CLEANED}
        parts = {"subAttributes": _plain(get(each, "subAttributes"))} if get(each, "subAttributes") else {}
        found.append({**kept, **parts, **({"canonicalValues": values} if values else {})})
    return found


def _listed(value: Json) -> list[Resource]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _all(schemas: Mapping[str, Sequence[Resource]]) -> Iterator[Resource]:
    for each in schemas.values():
        yield from each


def _names(definition: Resource) -> Iterator[str]:
    yield str(definition["name"])
