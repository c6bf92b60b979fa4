"""What a target shows is what its own /Schemas says (RFC 7643 section 7), whatever attributes it has."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from scim_tests.checks.reading.compare import leaves, weightiest
from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.checks.reading.published import Declared, declared, schemas
from scim_tests.knowledge.consequences import LEAKED_SECRET, OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, SECURITY, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import GROUP, USER, Json, Resource, get, has
from scim_tests.model.transcript import Transcript

COMMON = frozenset({"schemas", "id", "externalid", "meta"})  # of every resource (RFC 7643 3.1)
DEFAULT_PARTS = frozenset({"type", "primary", "display", "value", "$ref"})  # of entries (RFC 7643 2.4)
NOT_MADE_UP = ("userName", "externalId", "emails", "active")  # what a server has from the client alone
PYTHON: dict[str, type | tuple[type, ...]] = {
    "string": str, "dateTime": str, "reference": str, "binary": str,
    "boolean": bool, "integer": int, "decimal": (int, float), "complex": Mapping,
}  # fmt: skip


class Shown(NamedTuple):
    """A value in an answer, with its attribute's definition where there is one."""

    exchange: Exchange
    path: str
    value: Json
    attribute: Resource | None
    nearly: str = ""  # where it has none, one that is declared and differs from its name in marks alone

    def finding(self, expected: str, got: str, *, mild: bool = False) -> Finding:
        """A finding at its path, about this exchange alone."""
        return Finding(expected, got, self.path, at=(self.exchange,), mild=mild)


def _shown(transcript: Transcript) -> Iterator[Shown]:
    """Every value of every user and group beside what the target's own schema says of it; of equal ones the first."""
    known = schemas(transcript)
    seen: set[tuple[str, str]] = set()
    for exchange in transcript:
        endpoint = kind_of(exchange)
        core = known.get((USER if endpoint == "/Users" else GROUP).lower())
        if core is None:
            continue
        for resource in resources_of(exchange):
            told = endpoint, json.dumps(resource)
            if told in seen:
                continue
            seen.add(told)
            for key, value in resource.items():
                if key.lower().startswith("urn:"):
                    yield from _extension(exchange, key, value, known.get(key.lower()))
                elif key.lower() not in COMMON:
                    nearly = _nearly(key, resource, core)
                    yield from _values(exchange, f"$.{key}", value, core.get(key.lower()), nearly)


def _extension(exchange: Exchange, urn: str, value: Json, declared: Declared | None) -> Iterator[Shown]:
    """The values of an extension; of one that no schema declares, the extension itself, if it has any."""
    path = f"$['{urn}']"
    if declared is None and any(leaves({urn: value})):
        yield Shown(exchange, path, value, None)
    elif declared is not None and isinstance(value, Mapping):
        yield from _parts(exchange, path, value, declared)


def _values(
    exchange: Exchange, path: str, value: Json, attribute: Resource | None, nearly: str
) -> Iterator[Shown]:
    if value is None or value == []:
        return
    yield Shown(exchange, path, value, attribute, nearly)
    parts = declared(get(attribute, "subAttributes"))
    for each in value if isinstance(value, list) else [value]:
        if parts and isinstance(each, Mapping):
            undeclared = DEFAULT_PARTS if isinstance(value, list) else frozenset()
            yield from _parts(exchange, path, each, parts, undeclared)


def _parts(
    exchange: Exchange,
    path: str,
    value: Resource,
    declared: Declared,
    undeclared: frozenset[str] = frozenset(),
) -> Iterator[Shown]:
    """The values of a complex one; of those that nobody declares, these may be there."""
    for key, part in value.items():
        known, nearly = declared.get(key.lower()), _nearly(key, value, declared)
        if known is not None or nearly or key.lower() not in undeclared:
            yield from _values(exchange, f"{path}.{key}", part, known, nearly)


def _nearly(name: str, holder: Resource, declared: Declared) -> str:
    """The name that is declared in place of one that is not: of the same letters, and nowhere in what is shown."""
    if name.lower() in declared:
        return ""
    said = [each for each in declared if _letters(each) == _letters(name) and not has(holder, each)]
    return said[0] if said else ""


def _letters(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


@lru_cache(maxsize=1)  # three rules ask for it, of one play
def _judged(transcript: Transcript) -> list[Shown]:
    shown = list(_shown(transcript))
    if not shown:
        raise NotObserved("", "no answer showed a user or group whose schema is published")
    return shown


@check(
    "every_resource.has-the-types-its-schema-declares",
    on=PLAY,
    title="Every attribute has the type that the target's own /Schemas declares, single or multi-valued",
    references=("RFC7643-2.3-02", "RFC7643-2.4-01", "RFC7643-2.4-02", "RFC7643-7-10"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build /Schemas and the answers from the same definition.",
    follows=(
        "every_group.has-members-with-ids",
        "every_user.has-the-declared-types",
        "every_group.has-the-declared-types",
    ),
)
def has_the_types_its_schema_declares(transcript: Transcript) -> Finding | None:
    return next((found for shown in _judged(transcript) if (found := _mistyped(shown))), None)


def _mistyped(shown: Shown) -> Finding | None:
    is_list = isinstance(shown.value, list)
    several = get(shown.attribute, "multiValued")
    if isinstance(several, bool) and several != is_list:
        return shown.finding("an array" if several else "a single value", describe(shown.value))
    if is_list and shown.attribute is not None and several is None:
        return shown.finding("multiValued in its definition", describe(shown.value))
    declared = get(shown.attribute, "type")
    wanted = PYTHON.get(str(declared), object)
    for each in shown.value if is_list else [shown.value]:
        if not isinstance(each, wanted) or (isinstance(each, bool) and wanted not in {bool, object}):
            return shown.finding(f"a value of the type {declared}, as declared", describe(each))
    return None


@check(
    "every_resource.shows-only-what-its-schema-declares",
    on=PLAY,
    title="Every attribute in an answer is declared in the target's own /Schemas",
    references=("RFC7643-7-01", "RFC7643-7-07"),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Publish the attribute in /Schemas, or leave it out of the answers.",
)
def shows_only_what_its_schema_declares(transcript: Transcript) -> Finding | None:
    unknown = (shown for shown in _judged(transcript) if shown.attribute is None)
    return next(
        (
            each.finding("an attribute that /Schemas declares", "one that it does not declare")
            for each in unknown
        ),
        None,
    )


@check(
    "every_resource.is-called-as-its-schema-says",
    on=PLAY,
    title="Every attribute is called in answers as it is in the target's own /Schemas",
    references=("RFC7643-7-07", "RFC7643-8.7.1-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give names in /Schemas as they stand in the JSON of a resource, with `$` and without marks of another language's.",
)
def is_called_as_its_schema_says(transcript: Transcript) -> Finding | None:
    """Letter case is of no account (RFC 7643 2.1), other marks are."""
    for shown in _judged(transcript):
        if shown.nearly:
            name = shown.path.rpartition(".")[2]
            return shown.finding(f"{name}, the name in answers", f"{shown.nearly} in /Schemas")
    return None


@check(
    "every_resource.shows-nothing-its-schema-never-returns",
    on=PLAY,
    title="No answer shows an attribute that the target's own /Schemas calls never returned",
    references=("RFC7643-7-23", "RFC7643-7-21"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=RFC,
    consequence=LEAKED_SECRET,
    fix="Leave it out of every answer, or declare it as returned by default.",
)
def shows_nothing_its_schema_never_returns(transcript: Transcript) -> Finding | None:
    def wrong() -> Iterator[Finding]:
        for shown in _judged(transcript):
            returned, mutability = (get(shown.attribute, name) for name in ("returned", "mutability"))
            if returned == "never" or mutability == "writeOnly":
                yield shown.finding(f"no value, as declared ({returned or mutability})", "a value")
            elif returned == "request":
                yield shown.finding("a value on request alone", "a value without request", mild=True)

    return weightiest(wrong())


@check(
    "every_resource.keeps-what-its-schema-calls-read-only",
    on=PLAY,
    title="A client cannot set an attribute that the target's own /Schemas calls read-only",
    references=("RFC7643-7-19", "RFC7643-7-12"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare as readWrite what Okta's create and push may set.",
)
def keeps_what_its_schema_calls_read_only(transcript: Transcript) -> Finding | None:
    core = schemas(transcript).get(USER.lower(), {})
    fixed = [name for name in NOT_MADE_UP if get(core.get(name.lower()), "mutability") == "readOnly"]
    creates = [each for each in transcript.of("push_user.create") if each.status == 201 and each.answer.body]
    if not creates:
        raise NotObserved("", "no user was created")
    for each in creates:
        for name in fixed:
            sent, shown = get(each.request.written, name), get(each.resource, name)
            if sent is not None and sent == shown:
                return Finding("the server's own value", "the one that was sent", f"$.{name}", at=(each,))
    return None
