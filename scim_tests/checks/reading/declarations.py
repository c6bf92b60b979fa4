"""What one scene was told of the attributes of users, what it wrote of them, and what it was shown (RFC 7643 section 7)."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from scim_tests.checks.reading.published import declared
from scim_tests.checks.reading.types import in_usual_letters
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import USER, Json, Resource, get

Name = tuple[str, str]  # the URN of an extension, empty for the User schema, and an attribute; in lower case
Values = dict[Name, Json]


def definitions(exchange: Exchange) -> dict[Name, Resource]:
    """What the target declares of users, in the lists that the scene began with. NotObserved where it says nothing."""
    return _definitions(exchange.earlier("schemas"), exchange.earlier("resource_types"))


@lru_cache(maxsize=8)
def _definitions(schemas: Exchange, types: Exchange) -> dict[Name, Resource]:
    of_users: dict[str, str] = {USER.lower(): ""}
    for kind in types.resources if types.is_success else ():
        extensions = get(kind, "schemaExtensions")
        if get(kind, "schema") == USER and isinstance(extensions, list):
            of_users |= {urn: urn for each in extensions if (urn := str(get(each, "schema")).lower())}
    found: dict[Name, Resource] = {}
    for schema in schemas.resources:
        place = of_users.get(str(get(schema, "id")).lower())
        if place is not None:
            found |= {(place, name): each for name, each in declared(get(schema, "attributes")).items()}
    if not found:
        raise NotObserved("", "the target publishes no User schema")
    return found


def write_before(read: Exchange) -> Exchange:
    """The write that a read follows, of several the last that was taken.

    NotObserved where there is none, with nobody to blame: what is refused other checks judge.
    """
    write = read.previous
    for each in reversed(read.before):
        if each.request.method not in {"POST", "PUT", "PATCH"}:
            break
        if each.is_success:
            return each
    raise NotObserved("", f"{write.step} was answered {write.answer.phrase}")


def written(write: Exchange) -> Values:
    """What a POST or a PUT gives each attribute, or a PATCH by `add` or `replace` of whole attributes; null where it empties one."""
    if write.request.method != "PATCH":
        return _flat(write.request.resource)
    found: Values = {}
    for each in write.request.operations:
        path, value = get(each, "path"), get(each, "value")
        if path is None and isinstance(value, Mapping):
            found |= _flat(value)
        elif isinstance(path, str) and "[" not in path:
            urn, _, name = path.lower().rpartition(":")
            found[urn, name] = value
    return found


def shown(resource: Resource, name: Name) -> Json:
    """The value of an attribute, or None."""
    urn, attribute = name
    return get(resource, urn, attribute) if urn else get(resource, attribute)


def parts(attribute: Resource) -> dict[str, Resource]:
    """The sub-attributes of a definition, by name in lower case."""
    return declared(get(attribute, "subAttributes"))


def where(name: Name, part: str = "") -> str:
    """A path for a finding."""
    urn, attribute = name
    return in_usual_letters(".".join(filter(None, (f"$['{urn}']" if urn else "$", attribute, part))))


def entries(value: Json) -> list[Json]:
    """The values of an attribute, one or several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _flat(user: Resource) -> Values:
    return dict(_pairs(user))


def _pairs(user: Resource) -> Iterator[tuple[Name, Json]]:
    for key, value in user.items():
        if key.lower().startswith("urn:") and isinstance(value, Mapping):
            yield from (((key.lower(), name.lower()), each) for name, each in value.items())
        else:
            yield ("", key.lower()), value
