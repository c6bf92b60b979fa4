"""Lies about what discovery says of a target, and about what becomes of what it declares."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bending import Bend, body, drop, each_user, put, status, user

from scim_tests.model.exchange import Answer, Heard
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER

Lie = tuple[str, *tuple[Bend, ...]]
LOOK, WRITE = "look_up_discovery", "write_every_attribute"
NICK = "write_every_attribute.*"


def schema(urn: str, change: Callable[[dict[str, Any]], object]) -> Bend:
    """Change the attribute definitions of one schema, by name, wherever it is listed."""

    def bend(document: Any) -> None:
        for each in document.get("Resources", ()):
            if each.get("id") == urn and "attributes" in each:
                change({one["name"]: one for one in each["attributes"]})

    return body(bend)


def part(attribute: dict[str, Any], name: str) -> Any:
    return next(each for each in attribute["subAttributes"] if each["name"] == name)


def elsewhere(document: Any) -> None:
    """The list of resource types says that they are where nothing else is."""
    for each in document["Resources"]:
        each["meta"]["location"] = f"https://example.com/ResourceTypes/{each['id']}"


def first_type(change: Callable[[Any], object]) -> Bend:
    return body(lambda document: change(document["Resources"][0]) if "Resources" in document else None)


def of(end: str, *bends: Bend) -> Bend:
    """Only where the path of the request ends like this, or holds it."""

    def bend(heard: Heard) -> Heard:
        if end in heard.request.path:
            for each in bends:
                heard = each(heard)
        return heard

    return bend


def as_created(heard: Heard) -> Heard:
    """As if a create that was refused had made somebody."""
    shown = json.dumps({**json.loads(heard.request.body), "id": "another"}).encode()
    return replace(heard, answer=Answer(201, (("Content-Type", "application/scim+json"),), shown))


def without_part(name: str, part_name: str) -> Bend:
    def change(shown: Any) -> None:
        for each in shown.get(name, ()):
            each.pop(part_name, None)

    return each_user(change)


def entries(name: str, **members: Any) -> Bend:
    """Set members of every entry."""
    return each_user(lambda shown: [each.update(members) for each in shown.get(name, ())])


def employed(**members: Any) -> Bend:
    def change(shown: Any) -> None:
        if ENTERPRISE_USER in shown:
            shown[ENTERPRISE_USER].update(members)

    return each_user(change)


def managed(**members: Any) -> Bend:
    def change(shown: Any) -> None:
        manager = shown.get(ENTERPRISE_USER, {}).get("manager")
        if manager:
            manager.update(members)
            for name in [name for name, value in members.items() if value is None]:
                del manager[name.replace("__", "$")]

    return each_user(change)


def unmanaged(shown: Any) -> None:
    shown.get(ENTERPRISE_USER, {}).get("manager", {}).pop("$ref", None)


def nick(**characteristics: Any) -> Bend:
    """What /Schemas says of nickName."""
    return schema(USER, lambda known: known["nickName"].update(characteristics))


def silent_about(name: str) -> Bend:
    """What a definition of nickName leaves out."""
    return schema(USER, lambda known: known["nickName"].pop(name))


in_small_letters = each_user(
    lambda shown: shown.update(profileUrl=shown["profileUrl"].lower()) if "profileUrl" in shown else None
)
no_dates_of_its_own = each_user(lambda shown: shown["meta"].update(created="2001-02-03T04:05:06Z"))
plain_letters = each_user(
    lambda shown: shown.update(title=shown["title"].replace("\ufb01", "fi")) if "title" in shown else None
)
no_nick = each_user(lambda shown: shown.pop("nickName", None))
BUNDLE = entries("x509Certificates", value="MAYwBDACMAA=")  # a sequence of sequences
NO_DISPLAY_NAME = schema(GROUP, lambda known: known["displayName"].update(name="label"))
PART_OF_A_PART = schema(USER, lambda known: part(known["name"], "givenName").update(type="complex"))
PRIMARY = schema(USER, lambda known: part(known["emails"], "primary").update(type="string"))
NO_SUCH_REFERENCE = schema(USER, lambda known: known["profileUrl"].update(referenceTypes={"external": True}))
FOREIGN = schema(USER, lambda known: part(known["groups"], "$ref").update(referenceTypes=["external"]))
AGAIN = schema(ENTERPRISE_USER, lambda known: known["costCenter"].update(name="nickName"))
MESSENGER = schema(USER, lambda known: part(known["ims"], "type").update(canonicalValues=["pigeon"]))
NOT_AN_ARRAY = schema(USER, lambda known: part(known["ims"], "type").update(canonicalValues="aim"))
NO_TEXT = schema(USER, lambda known: known["title"].update(description=7))
NOT_A_BOOLEAN = schema(USER, lambda known: known["title"].update(caseExact="false"))
STRANGE_TYPE = schema(ENTERPRISE_USER, lambda known: known["costCenter"].update(type="money"))
OBJECTS = schema(USER, lambda known: known["emails"].update(type="string"))
SCHEMAS, TYPES, CONFIG = f"{LOOK}.schemas", f"{LOOK}.resource_types", f"{LOOK}.config"


def pagination(**members: Any) -> Bend:
    return body(lambda document: document["pagination"].update(members))


NO_CURSOR = of("/ServiceProviderConfig", drop("pagination"))
WITH_A_CURSOR = of("/Users?", put(nextCursor="abc"))


def crowded(document: Any) -> None:
    document["Resources"] *= 3


ONE_AT_MOST = of("/ServiceProviderConfig", pagination(maxPageSize=1))
REQUIRED = body(
    lambda document: document["Resources"][0]["schemaExtensions"].append(
        {"schema": "urn:example:2.0:Needed", "required": True}
    )
)

LIES: dict[str, Lie] = {
    f"{LOOK}.each-is-found": (f"{LOOK}.schema", status(404)),
    f"{LOOK}.each-is-as-listed": (f"{LOOK}.schema", put(description="Another one.")),
    f"{LOOK}.unknown-is-not-found": (f"{LOOK}.no_schema", status(200)),
    f"{LOOK}.parameters-are-ignored": (f"{LOOK}.*_in_part", body(lambda page: page["Resources"].pop())),
    f"{LOOK}.locations-share-a-base": (f"{LOOK}.resource_types", body(elsewhere)),
    f"{LOOK}.locations-lead-to-them": (
        f"{LOOK}.resource_type",
        body(lambda shown: shown["meta"].update(location="https://example.com/elsewhere")),
    ),
    f"{LOOK}.endpoints-are-served": (f"{LOOK}.users_listed", status(404)),
    f"{LOOK}.items-are-of-their-type": (
        f"{LOOK}.users_listed",
        each_user(lambda shown: shown["meta"].update(resourceType="user")),
    ),
    f"{LOOK}.config-is-public": (f"{LOOK}.config_for_all", status(401)),
    f"{LOOK}.pagination-is-well-formed": (CONFIG, pagination(cursor="true")),
    f"{LOOK}.pagination-is-published": (f"{LOOK}.*", NO_CURSOR, WITH_A_CURSOR),
    f"{LOOK}.max-page-size-is-kept": (f"{LOOK}.*", ONE_AT_MOST, of("/Users?", body(crowded))),
    f"{LOOK}.names-and-descriptions-are-given": (SCHEMAS, NO_TEXT),
    f"{LOOK}.characteristics-are-stated": (SCHEMAS, NOT_A_BOOLEAN),
    f"{LOOK}.canonical-values-are-an-array": (SCHEMAS, NOT_AN_ARRAY),
    f"{LOOK}.messengers-are-those-of-the-rfc": (SCHEMAS, MESSENGER),
    f"{LOOK}.parts-have-no-parts": (SCHEMAS, PART_OF_A_PART),
    f"{LOOK}.default-parts-keep-their-meaning": (SCHEMAS, PRIMARY),
    f"{LOOK}.references-say-to-what": (SCHEMAS, NO_SUCH_REFERENCE),
    f"{LOOK}.schemas-of-the-rfc-keep-its-rules": (SCHEMAS, FOREIGN),
    f"{LOOK}.extensions-define-what-is-new": (SCHEMAS, AGAIN),
    f"{LOOK}.endpoints-are-plural": (TYPES, first_type(lambda kind: kind.update(name="Person"))),
    f"{WRITE}.what-is-declared-is-taken": (f"{WRITE}.put_all", status(400)),
    f"{WRITE}.what-is-declared-is-kept": (f"{WRITE}.after_change", user(photos=None)),
    f"{WRITE}.exact-values-come-back": (f"{WRITE}.after_*", in_small_letters),
    f"{WRITE}.known-forms-come-back": (f"{WRITE}.after_change", user(timezone="UTC")),
    f"{WRITE}.a-certificate-is-one-certificate": (f"{WRITE}.read", BUNDLE),
    f"{WRITE}.texts-keep-their-letters": (f"{WRITE}.read", plain_letters),
    f"{WRITE}.read-only-stays-the-targets": (f"{WRITE}.after_change", no_dates_of_its_own),
    f"{WRITE}.what-is-emptied-is-empty": (
        f"{WRITE}.after_empty",
        each_user(lambda shown: shown.update({ENTERPRISE_USER: {"costCenter": "0815"}})),
    ),
    f"{WRITE}.what-is-not-required-may-be-empty": (f"{WRITE}.empty", status(400)),
    f"{WRITE}.null-is-as-good-as-nothing": (f"{WRITE}.empty", status(400)),
    f"{WRITE}.immutable-values-stay": (NICK, nick(mutability="immutable")),
    f"{WRITE}.immutable-values-are-defended": (NICK, nick(mutability="immutable")),
    f"{WRITE}.first-immutable-value-is-applied": (NICK, nick(mutability="immutable"), no_nick),
    f"{WRITE}.unique-values-are-refused": (f"{WRITE}.same_name", as_created),
    f"{WRITE}.manager-is-shown": (f"{WRITE}.after_put_all", managed(value="somebody-else")),
    f"{WRITE}.references-lead-to-what-they-name": (f"{WRITE}.group_ref", put(id="another")),
    f"{WRITE}.references-are-addresses-of-the-web": (
        f"{WRITE}.read_group",
        entries("members", **{"$ref": "urn:uuid:2819c223"}),
    ),
    f"{WRITE}.direct-membership-can-be-ended": (f"{WRITE}.leave", status(403)),
    f"{WRITE}.patch-by-urn-is-taken": (f"{WRITE}.add_to_extension", status(400)),
    f"{WRITE}.patch-brings-in-the-extension": (f"{WRITE}.after_schemas_first", user(schemas=[USER])),
    f"{WRITE}.patch-ignores-the-letter-case-of-names": (
        f"{WRITE}.after_letters",
        each_user(lambda shown: shown["name"].update(familyName="Other")),
    ),
}

ROWS: dict[str, Lie] = {
    "RFC7643-2.2-01": (NICK, silent_about("mutability"), no_nick),
    "RFC7643-2.3-01": ("discovery.schemas", STRANGE_TYPE),
    "RFC7643-2.3.1-01": (f"{WRITE}.read", user(title="Head of ?ne print?")),
    "RFC7643-2.3.6-01": (f"{WRITE}.after_change", entries("x509Certificates", value="not base64")),
    "RFC7643-2.3.7-01": LIES[f"{LOOK}.locations-lead-to-them"],
    "RFC7643-2.3.7-02": (f"{WRITE}.member_ref", status(404)),
    "RFC7643-2.3.7-03": (f"{WRITE}.after_change", in_small_letters),
    "RFC7643-2.3.7-04": LIES[f"{WRITE}.references-are-addresses-of-the-web"],
    "RFC7643-2.3.7-05": (f"{WRITE}.manager_ref", put(id="another")),
    "RFC7643-2.3.8-02": (SCHEMAS, PART_OF_A_PART),
    "RFC7643-2.4-02": ("discovery.schemas", OBJECTS),
    "RFC7643-2.4-03": (SCHEMAS, PRIMARY),
    "RFC7643-2.5-02": (f"{WRITE}.after_empty", user(nickName="Uly")),
    "RFC7643-3-02": (f"{LOOK}.users_listed", user(schemas=[GROUP])),
    "RFC7643-3.1-03": (f"{WRITE}.after_change", no_dates_of_its_own),
    "RFC7643-3.1-16": (f"{WRITE}.after_change", no_dates_of_its_own),
    "RFC7643-3.2-01": (f"{LOOK}.schema", of("enterprise", status(404))),
    "RFC7643-3.3-04": (SCHEMAS, AGAIN),
    "RFC7643-4.1.1-09": (f"{WRITE}.read", user(preferredLanguage="en")),
    "RFC7643-4.1.1-11": (f"{WRITE}.read", user(timezone="PST8PDT")),
    "RFC7643-4.1.2-06": (SCHEMAS, MESSENGER),
    "RFC7643-4.1.2-09": (f"{WRITE}.read", entries("addresses", country="USA")),
    "RFC7643-4.1.2-11": (f"{WRITE}.group_ref", status(404)),
    "RFC7643-4.1.2-13": (f"{WRITE}.leave", status(403)),
    "RFC7643-4.1.2-14": (f"{WRITE}.read", entries("x509Certificates", value="c2NpbQ==")),
    "RFC7643-4.1.2-15": (f"{WRITE}.read", BUNDLE),
    "RFC7643-4.2-04": (f"{WRITE}.member_ref", put(id="another")),
    "RFC7643-4.3-02": LIES[f"{WRITE}.manager-is-shown"],
    "RFC7643-4.3-03": (f"{WRITE}.after_put_all", each_user(unmanaged)),
    "RFC7643-4.3-04": (f"{WRITE}.after_put_all", managed(displayName="Somebody's boss")),
    "RFC7643-5-18": (f"{LOOK}.config_for_all", status(401)),
    "RFC7643-6-05": LIES[f"{LOOK}.items-are-of-their-type"],
    "RFC7643-6-07": (TYPES, first_type(lambda kind: kind.update(description=7))),
    "RFC7643-6-10": LIES[f"{LOOK}.each-is-as-listed"],
    "RFC7643-6-11": LIES[f"{LOOK}.each-is-as-listed"],
    "RFC7643-6-13": ("discovery.resource_types", REQUIRED),
    "RFC7643-7-05": (SCHEMAS, first_type(lambda one: one.update(name=7))),
    "RFC7643-7-06": (SCHEMAS, first_type(lambda one: one.update(description=7))),
    "RFC7643-7-08": (SCHEMAS, NOT_A_BOOLEAN),
    "RFC7643-7-09": (SCHEMAS, NO_TEXT),
    "RFC7643-7-15": (SCHEMAS, NOT_AN_ARRAY),
    "RFC7643-7-19": (f"{WRITE}.after_put_all", managed(displayName="Somebody's boss")),
    "RFC7643-7-20": LIES[f"{WRITE}.immutable-values-stay"],
    "RFC7643-7-27": LIES[f"{WRITE}.unique-values-are-refused"],
    "RFC7643-7-28": (f"{WRITE}.*", schema(USER, lambda known: known["userName"].update(uniqueness="global")), of("/Users", lambda heard: as_created(heard) if heard.answer and heard.answer.status == 409 else heard)),
    "RFC7643-7-29": (SCHEMAS, NO_SUCH_REFERENCE),
    "RFC7643-8.7.1-02": (SCHEMAS, NO_DISPLAY_NAME),
    "RFC7643-8.7.1-03": (SCHEMAS, FOREIGN),
    "RFC7644-3.2-02": LIES[f"{LOOK}.endpoints-are-plural"],
    "RFC7644-3.4.1-02": LIES[f"{LOOK}.unknown-is-not-found"],
    "RFC7644-3.5.1-03": (f"{WRITE}.after_change", user(ims=None)),
    "RFC7644-3.5.1-05": (f"{WRITE}.empty", status(400)),
    "RFC7644-3.5.1-06": LIES[f"{WRITE}.immutable-values-stay"],
    "RFC7644-3.5.1-07": LIES[f"{WRITE}.immutable-values-are-defended"],
    "RFC7644-3.5.1-08": LIES[f"{WRITE}.first-immutable-value-is-applied"],
    "RFC7644-3.5.1-09": (f"{WRITE}.after_change", no_dates_of_its_own),
    "RFC7644-3.5.2-13": (f"{WRITE}.after_schemas_first", employed(employeeNumber="other")),
    "RFC7644-3.5.2-14": (f"{WRITE}.after_add_to_extension", user(schemas=[USER])),
    "RFC7644-3.5.2.1-02": (f"{WRITE}.after_add_all", user(nickName=None)),
    "RFC7644-3.10-01": (f"{WRITE}.add_to_extension", status(400)),
    "RFC7644-3.10-04": LIES[f"{WRITE}.patch-ignores-the-letter-case-of-names"],
    "RFC7644-4-03": (f"{LOOK}.schema", status(404)),
    "RFC7644-4-04": (f"{LOOK}.users_listed", status(404)),
    "RFC7644-4-05": (f"{LOOK}.resource_type", status(404)),
    "RFC7644-4-07": LIES[f"{LOOK}.parameters-are-ignored"],
    "RFC7644-4-08": (f"{LOOK}.filtered_types", status(200)),
    "RFC9865-4-01": LIES[f"{LOOK}.pagination-is-published"],
    "RFC9865-4-02": (CONFIG, pagination(cursor="true")),
    "RFC9865-4-03": (CONFIG, pagination(index=None)),
    "RFC9865-4-04": (CONFIG, pagination(defaultPaginationMethod="pages")),
    "RFC9865-4-05": LIES[f"{LOOK}.max-page-size-is-kept"],
}  # fmt: skip
