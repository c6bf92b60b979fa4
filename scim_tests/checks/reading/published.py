"""What a target's own /Schemas says of its attributes (RFC 7643 section 7)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from scim_tests.model.exchange import NotObserved
from scim_tests.model.scim import GROUP, USER, Json, Resource, get
from scim_tests.model.transcript import Transcript

Declared = dict[str, Resource]  # attributes by their names in lower case
Places = frozenset[tuple[str, str]]  # `/Users` or `/Groups`, and a path in lower case
HIDDEN = frozenset({"request", "never"})  # shown where it is asked for, or nowhere
BY_DEFAULT = frozenset({"default", "always"})
KINDS = {USER.lower(): "/Users", GROUP.lower(): "/Groups"}


def schemas(transcript: Transcript) -> dict[str, Declared]:
    """By URN in lower case, the attributes each published schema defines. NotObserved where none is published."""
    for exchange in transcript.of("discovery.schemas"):
        if exchange.is_success:
            found = {
                str(get(each, "id")).lower(): declared(get(each, "attributes")) for each in exchange.resources
            }
            return {urn: attributes for urn, attributes in found.items() if attributes}
    raise NotObserved("", "the target publishes no schemas")


def declared(attributes: Json) -> Declared:
    """Attributes of a schema, or sub-attributes, by name."""
    listed = attributes if isinstance(attributes, list) else []
    return {str(get(each, "name")).lower(): each for each in listed if isinstance(each, Mapping)}


@lru_cache(maxsize=1)
def published(transcript: Transcript) -> tuple[Places, Places, Places]:
    """The places of attributes that clients may write, that they may not, and that a read need not show.

    Extensions are taken to be of users.
    """
    try:
        known = schemas(transcript)
    except NotObserved:
        return frozenset(), frozenset(), frozenset()
    writable: set[tuple[str, str]] = set()
    read_only: set[tuple[str, str]] = set()
    hidden: set[tuple[str, str]] = set()
    for urn, attributes in known.items():
        kind = KINDS.get(urn, "/Users")
        root = "$" if urn in KINDS else f"$.{urn}"
        for path, attribute in _paths(root, attributes):
            (read_only if get(attribute, "mutability") == "readOnly" else writable).add((kind, path))
            if get(attribute, "returned") in HIDDEN:
                hidden.add((kind, path))
    return frozenset(writable), frozenset(read_only), frozenset(hidden)


@lru_cache(maxsize=1)
def shown_by_default(transcript: Transcript) -> Places:
    """The places of the attributes of which the target says that they come with every answer; of parts, where their whole does, too."""
    try:
        known = schemas(transcript)
    except NotObserved:
        return frozenset()
    return frozenset(
        (KINDS.get(urn, "/Users"), path)
        for urn, attributes in known.items()
        for name, attribute in attributes.items()
        if get(attribute, "returned") in BY_DEFAULT
        for path, part in _paths("$" if urn in KINDS else f"$.{urn}", {name: attribute})
        if get(part, "returned") in BY_DEFAULT
    )


@lru_cache(maxsize=1)
def canonical_values(transcript: Transcript) -> dict[tuple[str, str], frozenset[str]]:
    """The values that the target suggests, in lower case, by the places of those attributes that have some."""
    try:
        known = schemas(transcript)
    except NotObserved:
        return {}
    found: dict[tuple[str, str], frozenset[str]] = {}
    for urn, attributes in known.items():
        for path, attribute in _paths("$" if urn in KINDS else f"$.{urn}", attributes):
            told = get(attribute, "canonicalValues")
            if isinstance(told, list) and told:
                found[KINDS.get(urn, "/Users"), path] = frozenset(str(each).lower() for each in told)
    return found


def _paths(root: str, attributes: Declared) -> Iterator[tuple[str, Resource]]:
    for name, attribute in attributes.items():
        yield f"{root}.{name}", attribute
        yield from _paths(f"{root}.{name}", declared(get(attribute, "subAttributes")))
