"""Where an attribute stands in a user: by its name, by that of its part, or by that of an extension and its attribute."""

from collections.abc import Mapping

from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get, primary
from scim_tests.personas.okta.requests import with_attributes, without


def keys(user: Resource, path: str) -> tuple[str, ...]:
    """The names that lead there, from the user on; none where a filter chooses among entries."""
    if "[" in path:
        return ()
    urn, colon, names = path.rpartition(":")
    whole = {key.lower() for key in user} | {ENTERPRISE_USER.lower()}
    if not colon or path.lower() in whole:
        return (path,) if colon else tuple(path.split("."))
    return (*(() if urn.lower() == USER.lower() else (urn,)), *names.split("."))


def nested(names: tuple[str, ...], value: Json) -> dict[str, Json]:
    """The value within as many objects as there are names: how a PATCH without a path sets it."""
    first, *others = names
    return {first: nested(tuple(others), value) if others else value}


def with_value(user: Resource, names: tuple[str, ...], value: Json) -> dict[str, Json]:
    """The user with that value there; an extension that is new joins `schemas`."""
    changed = _with(user, names, value)
    listed = get(user, "schemas")
    if names[0].lower().startswith("urn:") and isinstance(listed, list) and names[0] not in listed:
        return with_attributes(changed, {"schemas": [*listed, names[0]]})
    return changed


def _with(holder: Json, names: tuple[str, ...], value: Json) -> dict[str, Json]:
    first, *others = names
    held = holder if isinstance(holder, Mapping) else {}
    inner = _with(get(held, first), tuple(others), value) if others else value
    return with_attributes(held, {first: inner})


def without_value(user: Resource, names: tuple[str, ...]) -> dict[str, Json]:
    """The user without what stands there; what is empty then goes, too, an extension from `schemas` as well."""
    first, *others = names
    spelt = [key for key in user if key.lower() == first.lower()]
    inner = without_value(get(user, first), tuple(others)) if others else {}
    return with_attributes(user, {first: inner}) if inner else without(user, spelt)


def value_at(user: Resource, names: tuple[str, ...]) -> Json:
    """What stands there; of a list the primary entry, or the first."""
    value: Json = user
    for name in names:
        value = get(primary(value) if isinstance(value, list) else value, name)
    return value


def is_changeable(user: Resource, names: tuple[str, ...]) -> bool:
    """Whether a value can be put there: nothing on the way is a list, or a plain value."""
    within = [get(user, *names[:end]) for end in range(1, len(names))]
    return bool(names) and all(each is None or isinstance(each, Mapping) for each in within)
