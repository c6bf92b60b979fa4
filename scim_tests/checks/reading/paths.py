"""Attributes by their paths, as `attributes` and filters name them (RFC 7644 3.10)."""

from collections.abc import Iterator, Mapping

from scim_tests.model.scim import Json, Resource, get

DOT = "'.'"  # one that is in a name, which leads into nothing
Paths = dict[str, Json]  # in lower case; of entries of a list by their parts: `emails.value`


def paths_of(resource: Resource) -> Paths:
    """Every value by its path; of a list of entries those of each part together."""
    found: Paths = {}
    for key, member in resource.items():
        name, is_extension = key.lower(), key.lower().startswith("urn:")
        path = name if is_extension else name.replace(".", DOT)
        found.update(_paths(member, path, is_extension=is_extension))
    return found


def _paths(value: Json, path: str, *, is_extension: bool = False) -> Iterator[tuple[str, Json]]:
    if isinstance(value, Mapping):
        between = ":" if is_extension else "."  # RFC 7644 3.10
        for key, member in value.items():
            yield from _paths(member, f"{path}{between}{key.lower()}")
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for part in dict.fromkeys(key.lower() for each in value for key in each):
            yield f"{path}.{part}", [get(each, part) for each in value]
    elif value is not None and value != []:
        yield path, value


def is_below(path: str, named: frozenset[str]) -> bool:
    """Whether an attribute, what it is a part of, or its schema is named."""
    return any(path == each or path.startswith((f"{each}.", f"{each}:")) for each in named)
