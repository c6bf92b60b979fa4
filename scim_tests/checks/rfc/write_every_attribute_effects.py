"""Attributes that refer to somebody, that are unique, or that keep their first value; and extensions that a PATCH names."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import fold, weightiest
from scim_tests.checks.reading.declarations import Name, definitions, shown, where, write_before, written
from scim_tests.checks.rfc.patch_user import UNSUPPORTED
from scim_tests.checks.rfc.write_every_attribute import ACT
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource, get
from scim_tests.model.transcript import Transcript

NONE_FIXED = "the target calls no attribute of users immutable"
EMPTY: tuple[Json, ...] = (None, [], {})


def _fixed(put: Exchange) -> Iterator[tuple[Name, Json, Json]]:
    """Of each immutable attribute that a PUT gives a value: what it is, and what was shown before. NotObserved where there is none."""
    known = definitions(put)
    fixed = [
        (name, value)
        for name, value in written(put).items()
        if get(known.get(name), "mutability") == "immutable" and value not in EMPTY
    ]
    if not fixed:
        raise NotObserved("", NONE_FIXED)
    before = _read_before(put)
    yield from ((name, value, shown(before, name)) for name, value in fixed)


def _read_before(write: Exchange) -> Resource:
    for each in reversed(write.before):
        if each.request.method == "GET" and each.request.endpoint == write.request.endpoint:
            return each.resource
    raise NotObserved(write.step, "came before the user was read")


@check(
    f"{ACT}.immutable-values-stay",
    on=(f"{ACT}.after_change", f"{ACT}.after_change_fixed"),
    title="An attribute that /Schemas calls immutable keeps the value it has, whatever a PUT says",
    references=("RFC7643-7-20", "RFC7644-3.5.1-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse another value with 400 mutability, or declare the attribute as readWrite.",
)
def immutable_values_stay(exchange: Exchange) -> Finding | None:
    for name, value, before in _fixed(exchange.previous):
        now = shown(exchange.resource, name)
        if before not in EMPTY and fold(value) != fold(before) and fold(now) != fold(before):
            return Finding(f"{describe(before)}, as before", describe(now), where(name))
    return None


@check(
    f"{ACT}.immutable-values-are-defended",
    on=(f"{ACT}.change", f"{ACT}.change_fixed"),
    title="A PUT that gives an immutable attribute another value is refused with 400 mutability",
    references=("RFC7644-3.5.1-07",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 with scimType mutability.",
)
def immutable_values_are_defended(exchange: Exchange) -> Finding | None:
    others = (fold(value) != fold(before) for _, value, before in _fixed(exchange) if before not in EMPTY)
    if not any(others):
        raise NotObserved("", NONE_FIXED)
    refused = exchange.status == 400 and get(exchange.json, "scimType") == "mutability"
    return None if refused else Finding("400 Bad Request with mutability", exchange.answer.phrase)


@check(
    f"{ACT}.first-immutable-value-is-applied",
    on=f"{ACT}.after_put_all",
    title="A PUT sets an immutable attribute that has no value yet",
    references=("RFC7644-3.5.1-08",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Apply the value of an immutable attribute as long as there is none.",
)
def first_immutable_value_is_applied(exchange: Exchange) -> Finding | None:
    for name, value, before in _fixed(write_before(exchange)):
        now = shown(exchange.resource, name)
        if before in EMPTY and now in EMPTY:
            return Finding(f"{describe(value)}, as it was written", describe(now), where(name))
    return None


@check(
    f"{ACT}.unique-values-are-refused",
    on=f"{ACT}.same_name",
    when=lambda exchange: (
        get(definitions(exchange).get(("", "username")), "uniqueness") in ("server", "global")
    ),
    otherwise="the target does not call the userName unique",
    title="A create with a value that somebody else has is refused, if /Schemas calls the attribute unique",
    references=("RFC7643-7-27", "RFC7643-7-28"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Check uniqueness as it is declared, and answer 409 uniqueness.",
    follows=("duplicate_user.same-user-name-is-refused",),
)
def unique_values_are_refused(exchange: Exchange) -> Finding | None:
    return Finding("409 Conflict", exchange.answer.phrase) if exchange.is_success else None


@check(
    f"{ACT}.manager-is-shown",
    on=f"{ACT}.after_put_all",
    title="A user whose manager was set shows the manager's id, and the address of that user",
    references=("RFC7643-4.3-02", "RFC7643-4.3-03"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Store manager.value, and show it with $ref.",
)
def manager_is_shown(exchange: Exchange) -> Finding | None:
    for name, value in written(write_before(exchange)).items():
        if name[1] == "manager" and (wanted := get(value, "value")):
            now = shown(exchange.resource, name)
            if get(now, "value") != wanted:
                return Finding(describe(wanted), describe(get(now, "value")), where(name, "value"))
            if not get(now, "$ref"):
                return Finding("the address of the manager", "no value", where(name, "$ref"))
            return None
    raise NotObserved("", "the target declares no manager")


@check(
    f"{ACT}.references-lead-to-what-they-name",
    on=(f"{ACT}.manager_ref", f"{ACT}.group_ref", f"{ACT}.member_ref"),
    title="The $ref of a manager, a group or a member leads to that resource",
    references=("RFC7643-2.3.7-02", "RFC7643-2.3.7-05", "RFC7643-4.1.2-11", "RFC7643-4.2-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Build $ref from the public base URL, the endpoint and the id, or relative to the base URL.",
)
def references_lead_to_what_they_name(exchange: Exchange) -> Finding | None:
    """All of them are of our own, and were read before."""
    if not exchange.is_success:
        return Finding("200 OK", exchange.answer.phrase, mild=exchange.status in {401, 403})
    wanted, got = _named(exchange), get(exchange.resource, "id")
    return None if got == wanted else Finding(describe(wanted), describe(got), "$.id")


def _named(followed: Exchange) -> Json:
    """The id of whatever the reference stands beside."""
    if followed.step.endswith("group_ref"):
        return get(followed.earlier("read_group").resource, "id")
    if followed.step.endswith("manager_ref"):
        values = written(followed.earlier("put_all")).items()
        return next((get(value, "value") for name, value in values if name[1] == "manager"), None)
    members = get(followed.earlier("create_group").request.resource, "members")
    return get(members, -1, "value")


@check(
    f"{ACT}.references-are-addresses-of-the-web",
    on=(f"{ACT}.after_put_all", f"{ACT}.with_group", f"{ACT}.read_group"),
    title="Each $ref is relative, or begins with http",
    references=("RFC7643-2.3.7-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Write the address at which the resource is served.",
)
def references_are_addresses_of_the_web(exchange: Exchange) -> Finding | None:
    found = list(_references(exchange.resource))
    if not found:
        raise NotObserved("", "the target showed no $ref")
    for each in found:
        scheme, colon, _ = str(each).partition(":")
        if colon and scheme.lower() not in {"http", "https"} and "/" not in scheme:
            return Finding("an address that begins with http", describe(each), "$..$ref")
    return None


def _references(value: Json) -> Iterator[Json]:
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key.lower() == "$ref" and each is not None:
                yield each
            else:
                yield from _references(each)


@check(
    f"{ACT}.direct-membership-can-be-ended",
    on=f"{ACT}.leave",
    title="Whoever is shown as a direct member of a group can be taken out of it",
    references=("RFC7643-4.1.2-13",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Call a membership direct only if the group's members can be changed.",
)
def direct_membership_can_be_ended(exchange: Exchange) -> Finding | None:
    groups, group_id = get(exchange.earlier("with_group").resource, "groups"), exchange.request.endpoint
    ours = [
        each
        for each in (groups if isinstance(groups, list) else [])
        if group_id.endswith(f"/{get(each, 'value')}") and get(each, "type") == "direct"
    ]
    if not ours:
        raise NotObserved("", "the user shows no direct membership in the group")
    return None if exchange.is_success else Finding("200 or 204", exchange.answer.phrase)


@check(
    f"{ACT}.patch-by-urn-is-taken",
    on=(f"{ACT}.add_to_extension", f"{ACT}.schemas_first"),
    title="A PATCH that names an attribute of an extension by its URN is answered with 200 or 204",
    references=("RFC7644-3.5.2-14", "RFC7644-3.10-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take everything before the last colon of a path for the schema.",
)
def patch_by_urn_is_taken(exchange: Exchange) -> Finding | None:
    """Mild where a PUT of the same attribute was not seen to be kept either, where the target says that it has no such PATCH, or schemas, which no RFC lets clients write, go first."""
    if exchange.status in {200, 204}:
        return None
    user = exchange.earlier("after_change").resource
    kept = all(shown(user, name) not in EMPTY for name in written(exchange) if name[0])
    mild = not kept or exchange.status in UNSUPPORTED or exchange.step.endswith(".schemas_first")
    return Finding("200 or 204", exchange.answer.phrase, mild=mild)


@check(
    f"{ACT}.patch-brings-in-the-extension",
    on=(f"{ACT}.after_add_to_extension", f"{ACT}.after_schemas_first"),
    title="A PATCH that adds an attribute of an extension by its URN sets it, and names the extension in schemas",
    references=("RFC7644-3.5.2-13", "RFC7644-3.5.2-14", "RFC7644-3.10-01"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take everything before the last colon of a path for the schema, and add that to schemas.",
    follows=("every_write.shows-in-the-next-read", "every_user.names-the-extensions-it-uses"),
)
def patch_brings_in_the_extension(exchange: Exchange) -> Finding | None:
    known = definitions(exchange)
    for name, value in written(write_before(exchange)).items():
        if not name[0] or name not in known:
            continue
        now = shown(exchange.resource, name)
        if fold(now) != fold(value):
            return Finding(f"{describe(value)}, as it was written", describe(now), where(name))
        schemas = get(exchange.resource, "schemas")
        if name[0] not in {str(each).lower() for each in (schemas if isinstance(schemas, list) else ())}:
            return Finding(f"{name[0]} among them", describe(schemas), "$.schemas")
    return None


@check(
    f"{ACT}.patch-ignores-the-letter-case-of-names",
    on=f"{ACT}.after_letters",
    title="A PATCH finds schema, attribute and sub-attribute in capital letters, too",
    references=("RFC7644-3.10-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare the names in paths without regard to letter case.",
    follows=("every_write.shows-in-the-next-read",),
)
def patch_ignores_the_letter_case_of_names(exchange: Exchange) -> Finding | None:
    return weightiest(_not_found(exchange))


def _not_found(exchange: Exchange) -> Iterator[Finding]:
    known = definitions(exchange)
    for each in write_before(exchange).request.operations:
        urn, _, path = str(get(each, "path")).lower().rpartition(":")
        now = get(exchange.resource, *([urn] if urn else []), *path.split("."))
        if (urn, path.partition(".")[0]) in known and fold(now) != fold(get(each, "value")):
            wanted = f"{describe(get(each, 'value'))}, as it was written"
            yield Finding(wanted, describe(now), f"$.{path}")


@check(
    f"{ACT}.null-is-as-good-as-nothing",
    on=ACT,
    title="A PUT that gives null or an empty array is taken where one that leaves the attributes out is",
    references=("RFC7643-2.5-01",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take null, and an empty array, for no value, before the type of a value is looked at.",
)
def null_is_as_good_as_nothing(scene: Transcript) -> Finding | None:
    empty, left_out = (scene.one(f"{ACT}.{step}") for step in ("empty", "leave_out"))
    if not left_out.is_success:
        raise NotObserved("", "not all that is not required may be left out")
    if empty.status not in {400, 422}:
        return None
    return Finding("200 OK, as for leave_out", empty.answer.phrase, at=(empty, left_out))
