"""Bends an honest answer into what another server may answer as well."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from time import time_ns
from typing import Any
from unicodedata import normalize

from allowed_views import USERS
from bending import Bend, body, each_user, header, put, raw, status

from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ENTERPRISE_USER, ERROR, GROUP, USER

EXTRA = "urn:example:2.0:Extra"


def with_names(value: Any, spell: Callable[[str], str]) -> Any:
    """The same JSON with every attribute name spelt another way."""
    if isinstance(value, dict):
        return {spell(key): with_names(member, spell) for key, member in value.items()}
    return [with_names(each, spell) for each in value] if isinstance(value, list) else value


def less(*names: str) -> Callable[[Any], object]:
    return lambda one: [one.pop(name, None) for name in names]


def without(*names: str) -> Bend:
    return each_user(less(*names))


def in_meta(change: Callable[[Any], object]) -> Bend:
    return each_user(lambda one: change(one["meta"]) if "meta" in one else None)


def extended(change: Callable[[Any], object], urn: str) -> tuple[tuple[str, ...], tuple[Bend, ...]]:
    """A target whose users have an extension of its own, which it names as theirs."""

    def bend(one: Any) -> None:
        if one.get("schema") == USER:
            one["schemaExtensions"].append({"schema": urn, "required": False})
        elif "userName" in one:
            change(one)

    def publish(document: Any) -> None:
        schemas = [each for each in document.get("Resources", ()) if "attributes" in each]
        if schemas:
            shape = {**schemas[0]["attributes"][0], "type": "integer", "name": "number", "multiValued": False}
            document["Resources"].append({**schemas[0], "id": urn, "attributes": [shape]})
            document["totalResults"] = document["itemsPerPage"] = len(document["Resources"])

    return (*USERS, "discovery.resource_types", "discovery.schemas"), (each_user(bend), body(publish))


def at_their_name(one: Any) -> None:
    """The URI of a user ends in the userName; nobody says that it has to end in the id."""
    if "location" in one.get("meta", {}) and "userName" in one:
        one["meta"]["location"] = f"{one['meta']['location'].rpartition('/')[0]}/{one['userName']}"


def as_in_meta(heard: Heard) -> Heard:
    """The headers say the same place as the body."""
    assert heard.answer is not None
    place = json.loads(heard.answer.body or b"{}").get("meta", {}).get("location")
    for name in ("Location", "Content-Location"):
        if place and heard.answer.header(name):
            heard = header(name, place)(heard)
    return heard


def as_formatted(one: Any) -> None:
    if "name" in one:  # where a part is shown, it may not be
        one["name"] = {"formatted": f"{one['name'].get('givenName')} {one['name'].get('familyName')}"}


def formatted_by_the_server(one: Any) -> None:
    if {"familyName", "givenName"} <= one.get("name", {}).keys():
        one["name"].update(formatted="{familyName} {givenName}".format(**one["name"]))


def made_up(one: Any) -> None:
    """In a way that leaves whoever is sorted by it in order."""
    if "displayName" in one:
        one.update(displayName=f"Mx {one['displayName']}")


def as_empty_as_can_be(one: Any) -> None:
    for name, nothing in (
        ("nickName", None),
        ("phoneNumbers", []),
        ("title", None),
        ("x509Certificates", []),
    ):
        one.setdefault(name, nothing)


def undeclared(schema: Any, *paths: str) -> None:
    """Leaves attributes out of a schema, or sub-attributes, or a whole extension."""
    for path in paths:
        name, _, part = path.partition(".")
        for each in [each for each in schema["attributes"] if each["name"] == name or schema["id"] == path]:
            if part and schema["id"] == USER:
                each["subAttributes"] = [one for one in each["subAttributes"] if one["name"] != part]
            else:
                schema["attributes"].remove(each)


def lacks(change: Callable[[Any], object], *paths: str) -> tuple[tuple[str, ...], tuple[Bend, ...]]:
    """A target that neither shows nor declares some attributes."""

    def bend(one: Any) -> None:
        if "attributes" in one:
            undeclared(one, *paths)
        else:
            change(one)

    return (*USERS, "discovery.schema*"), (each_user(bend),)


def with_what_nobody_knows(one: Any) -> None:
    one["schemas"].append(EXTRA)
    one.update({EXTRA: {"number": 7}, "x-internal": [1, 2]})
    one.setdefault("profileUrl", "https://example.com/whoever")


def bare_emails(one: Any) -> None:
    if "emails" in one:
        one["emails"] = [{"value": each["value"]} for each in one["emails"]]


def bare_members(one: Any) -> None:
    one["members"] = [{"value": each["value"]} for each in one.get("members", [])]


def with_names_of_its_own(role: Any) -> None:
    """As the OIN Wizard lets an app name them (okta:SUBMIT)."""
    role.update(roleId=role.pop("id"), roleName=role.pop("displayName"))


def null_where_nobody_is(one: Any) -> None:
    if not one.get("members"):
        one["members"] = None


def no_resources_where_nobody_is(document: Any) -> None:
    if not document["Resources"]:
        del document["Resources"]


def no_counters_where_all_is_shown(document: Any) -> None:
    if document["totalResults"] == len(document["Resources"]):
        del document["startIndex"], document["itemsPerPage"]


def one_short(page: Any) -> None:
    page["Resources"].pop()
    page["itemsPerPage"] -= 1


def with_a_way_back(heard: Heard) -> Heard:
    """On every page but the first."""
    return put(previousCursor="back")(heard) if heard.request.query.get("cursor") else heard


def decomposed(value: Any) -> Any:
    """The same JSON with every text in Unicode's decomposed form."""
    if isinstance(value, dict):
        return {key: decomposed(member) for key, member in value.items()}
    if isinstance(value, list):
        return [decomposed(each) for each in value]
    return normalize("NFD", value) if isinstance(value, str) else value


def with_the_moment_it_is(one: Any) -> None:
    """What a server works out anew for every answer, in an extension of its own."""
    one["schemas"].append(EXTRA)
    one[EXTRA] = {"number": time_ns()}


def with_one_name_in_two_messengers(one: Any) -> None:
    """RFC 7643 2.4 forbids to repeat type and value, not the value; the order is of no account."""
    names = [{"type": each, "value": "somebody"} for each in ("aim", "gtalk")]
    one["ims"] = names if time_ns() // 1000 % 2 else names[::-1]


def from_another_clock(meta: Any) -> None:
    """The same moments as a database that keeps milliseconds gives them, in another zone or none."""
    for name in ("created", "lastModified"):
        date = datetime.fromisoformat(meta[name])
        ways = (
            date.isoformat(timespec="milliseconds"),
            date.astimezone(timezone(timedelta(hours=2))).isoformat(timespec="seconds"),
            date.replace(tzinfo=None).isoformat(),
        )
        meta[name] = ways[time_ns() // 1000 % 3]


def weakened(heard: Heard) -> Heard:
    tag = heard.answer.header("ETag") if heard.answer else None
    return header("ETag", "W/" + tag.removeprefix("W/").rstrip('"') + '-gzip"')(heard) if tag else heard


with_an_empty_extension = each_user(lambda one: one.update({"urn:example:2.0:Empty": {"badge": None}}))


def one_more_in_all(document: Any) -> None:
    document["totalResults"] += 1


def set_out(heard: Heard) -> Heard:
    if heard.answer is None or not heard.answer.body:
        return heard
    return raw(json.dumps(json.loads(heard.answer.body), indent=2).encode() + b"\n")(heard)


def refused_with_an_extension(heard: Heard) -> Heard:
    """What a server may answer to a schema it does not have."""
    refusal = {"schemas": [ERROR], "status": "400", "scimType": "invalidValue", "detail": "Unknown schema."}
    if ENTERPRISE_USER.encode() not in heard.request.body:
        return heard
    return raw(json.dumps(refusal).encode())(status(400)(heard))


def in_japanese(document: Any) -> None:
    if "detail" in document:
        document["detail"] = "既に存在します"


def without_versions(document: Any) -> None:
    if "etag" in document:
        document["etag"]["supported"] = False


def members_need_a_value(schema: Any) -> None:
    for attribute in schema["attributes"]:
        if schema["id"] == GROUP and attribute["name"] == "members":
            next(each for each in attribute["subAttributes"] if each["name"] == "value").update(required=True)


def with_relative_references(group: Any) -> None:
    for member in group.get("members") or []:
        kind = member.get("type") or "User"
        member.update({"type": kind, "$ref": f"{kind}s/{member['value']}"})


def only_the_least(document: Any) -> None:
    """RFC 7643 2.2: whatever a definition leaves out has its default."""
    for schema in document.get("Resources", [document]):
        for attribute in schema["attributes"]:
            for name in ("caseExact", "uniqueness", "canonicalValues", "description"):
                attribute.pop(name, None)
