"""A false failure is the worst bug there is: what the RFCs allow and Okta accepts never fails."""

import json
import os
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase
from functools import cache
from time import time_ns
from typing import Any
from unicodedata import normalize

import pytest
from bending import Bend, as_kept, bent, body, each_user, header, hurried, judged_by_all, put, raw, status
from playing import ENTITLEMENTS, honest_play, specified_play

from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.model.exchange import Exchange, Heard
from scim_tests.model.scim import ENTERPRISE_USER, ERROR, GROUP, USER
from scim_tests.model.verdict import Verdict

ALL = os.environ.get("HONEST") == "all"
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


def without_fractions(meta: Any) -> None:
    meta.update(
        {name: meta[name].partition(".")[0].rstrip("Z") + "Z" for name in ("created", "lastModified")}
    )


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


NAMES = tuple(
    f"name.{each}" for each in ("givenName", "familyName", "middleName", "honorificPrefix", "honorificSuffix")
)
NOBODY = json.dumps({"schemas": [ERROR], "status": "404", "detail": "No such user."}).encode()
USERS = (
    *(
        f"write_every_attribute.{step}"
        for step in (
            "create",
            "create_[pst]*",
            "read",
            "read_[pst]*",
            "after_[acempsr]*",
            "after_leave_out",
            "after_letters",
            "change*",
            "empty",
            "restore",
            "put_*",
            "add_*",
            "replace_all",
            "letters",
            "schemas_first",
            "leave_out",
            "with_group",
            "ma*_ref",
            "me*_ref",
        )
    ),
    "clean_up.look",
    "clean_up.find",
    "patch_user.*",
    "send_odd_requests.[!gp]*",
    "send_odd_requests.pa[!s]*",
    "send_odd_requests.p[!a]*",
    "ask_odd_questions.accepts_several",
    "ask_odd_questions.attributes_empty",
    "create_variants.*",
    "query_users.w[ho]*",
    "query_users.search",
    "query_users.pl*",
    "query_users.a*",
    "query_users.[tb]*",
    "push_user.[crf]*",
    "link_user.*",
    "duplicate_user.[rf]*",
    "deactivate_user.*",
    "reactivate_user.*",
    "update_user.*",
    "update_profile.*",
    "patch_entries.*",
    "find_user.*",
    "overlap_users.*",
    "delete_user.[rfp]*",
    "delete_user.create",
    "delete_user.create_again",
    "sync_password.*",
    "bulk_assignment.[cf]*",
    "*_group.member_*",
    "*_group.push_member",
    "resize_group.proof",
    "overlap_groups.proof",
    "overlap_groups.removed_member",
    "read_user.[lb][iy]*",
    "import_users.*",
    "look_up_discovery.users_listed",
    "write_in_forms.[!g]*",
    "ask_odd_questions.[!a]*",
    "make_specimens.*",
    "filter_users.[!s]*",
    "filter_users.s[!e]*",
    "filter_users.search_[!g]*",
    "arrange_users.[bdfprsw]*",
    "arrange_users.cou*",
    "arrange_users.cur*",
    "project_users.create",
    "project_users.read*",
    "project_users.after_*",
    "project_users.list",
    "send_bulk.after_*",
    "send_bulk.single_make",
    "send_bulk.single_change",
    "keep_versions.create",
    "keep_versions.read",
    "keep_versions.never_so",
    "keep_versions.changed",
    "keep_versions.p[au]*",
    "keep_versions.after_*",
    "trap_values.[!c]*",
    "trap_values.create",
    "live_together.[!g]*",
    "ask_me.[bp]*",
    "ask_me.me",
    "ask_me.me_after",
)
LISTS = (
    "*.lookup",
    "*.find*",
    "read_user.list",
    "read_user.by_user_name",
    "import_users.*",
    "test_credentials.probe",
)
LISTED = (
    "*.lookup", "*.find*", "read_user.list", "read_user.by_user_name", "import_users.*", "ask_odd_questions.[!a]*",
    "ask_odd_questions.accepts_several", "ask_odd_questions.attributes_empty", "look_up_discovery.users_listed",
)  # fmt: skip

GROUP_CHANGES = (
    *(
        f"*_group.{change}"
        for change in (
            "add", "add_again", "remove", "remove_again", "swap", "push_now", "rename", "same_name", "empty",
            "fill", "empty_without_path", "batch", "one_less", "take_name", "add_twice", "remove_list",
        )
    ),
    *(
        f"overlap_groups.{change}"
        for change in (
            "adds", "add_beside_removal", "rename_beside_add", "same_twice", "removals", "push_now_beside_add",
        )
    ),
    "delete_user.join_again",
)  # fmt: skip
GROUP_LISTS = ("*_group.lookup_*", "link_group.page", "import_groups.*", "live_together.groups_*")
GROUPS = (
    "*_group.create*",
    "*_group.after_*",
    "*_group.other_*",
    "*_group.proof_*",
    "link_group.proof",
    "patch_group.proof",
    "write_every_attribute.*_group",
    "write_in_forms.group_put",
    "write_in_forms.groups_sorted",
    "write_every_attribute.group_ref",
    "write_every_attribute.leave",
    "write_every_attribute.after_leave",
    "clean_up.look_group",
    "overlap_groups.create",
    "overlap_groups.after_*",
    "delete_user.create_group",
    "delete_user.group_*",
    "look_up_discovery.groups_listed",
    "write_in_forms.group_[!p]*",
    "send_bulk.groups_after_*",
    "send_bulk.single_*_group",
    "live_together.group*",
    "keep_versions.group*",
    "send_odd_requests.group*",
    *GROUP_CHANGES,
    *GROUP_LISTS,
)
CONFLICT = json.dumps({"schemas": [ERROR], "status": "409", "detail": "Is a member."}).encode()
REFUSED = json.dumps({"schemas": [ERROR], "status": "400", "scimType": "noTarget", "detail": "No."}).encode()

# name -> (steps, bends): what a server may do
ALLOWED: dict[str, tuple[tuple[str, ...], tuple[Bend, ...]]] = {
    "names in lower case (RFC 7643 2.1)": (
        ("*.*",),
        (body(lambda document: with_names(document, str.lower)),),
    ),
    "names in capitals (RFC 7643 2.1)": (USERS, (body(lambda document: with_names(document, str.upper)),)),
    "nulls and empty arrays for what has no value (RFC 7643 2.5)": (USERS, (each_user(as_empty_as_can_be),)),
    "attributes and extensions nobody asked for": extended(with_what_nobody_knows, EXTRA),
    "userName in capitals (RFC 7643 7)": (
        USERS,
        (each_user(lambda one: one.update(userName=one["userName"].upper())),),
    ),
    "no externalId, displayName, locale and enterprise extension": lacks(
        less("externalId", "displayName", "locale", ENTERPRISE_USER), "displayName", "locale", ENTERPRISE_USER
    ),
    "name.formatted alone (RFC 7643 4.1.1)": lacks(as_formatted, *NAMES),
    "e-mail addresses without type and primary": lacks(bare_emails, "emails.type", "emails.primary"),
    "no versions (RFC 7644 3.14)": (
        (*USERS, "keep_versions.config"),
        (in_meta(lambda meta: meta.pop("version", None)), header("ETag", None), body(without_versions)),
    ),
    "dates with an offset (xsd:dateTime)": (
        USERS,
        (
            in_meta(
                lambda meta: meta.update(
                    created="2026-01-31T09:00:00.123+01:00", lastModified="2026-01-31T09:00:01"
                )
            ),
        ),
    ),
    "application/json (RFC 7644 3.8)": (("*.*",), (header("Content-Type", "application/json"),)),
    "no Resources where nobody is (RFC 7644 3.4.2)": (LISTS, (body(no_resources_where_nobody_is),)),
    "no counters where all is shown (RFC 7644 3.4.2)": (LISTS, (body(no_counters_where_all_is_shown),)),
    "texts in decomposed Unicode": (USERS, (body(decomposed),)),
    "an attribute of the server's own that always moves": extended(with_the_moment_it_is, EXTRA),
    "one value under two types": (USERS, (each_user(with_one_name_in_two_messengers),)),
    "one moment in several zones and to several digits": (USERS, (in_meta(from_another_clock),)),
    "names, formatted by the server": (
        USERS,
        (each_user(formatted_by_the_server),),
    ),
    "a displayName the server makes up (RFC 7643 8.7.1)": (
        USERS,
        (each_user(made_up),),
    ),
    "a role that comes by itself": (
        (*LISTED, "reactivate_user.*"),
        (each_user(lambda one: one.setdefault("roles", [{"value": "member"}])),),
    ),
    "lists that show less than a read": (LISTED, (without("displayName", "locale", "externalId", "title"),)),
    "somebody is added to the list during the run": (
        (
            "import_users.count_*",
            "import_users.start_*",
            "import_users.past_the_end",
            "import_users.pages_of_[27]",
            "import_users.second_walk",
        ),
        (body(one_more_in_all),),
    ),
    "tags that a compressing proxy made weak": (
        ("*.read", "*.read_back"),
        (weakened,),
    ),
    "a relative meta.location (RFC 7643 2.3.7)": (
        USERS,
        (in_meta(lambda meta: meta.update(location="/Users/" + meta["location"].rpartition("/")[2])),),
    ),
    "endpoints that are not there answer with a page of their own": (
        ("discovery.*", "import_groups.*"),
        (status(404), header("Content-Type", "text/html"), raw(b"<html>Not Found</html>")),
    ),
    "an authentication scheme of its own": (
        ("discovery.config",),
        (put(authenticationSchemes=[{"type": "apikey", "name": "Key", "description": "A key."}]),),
    ),
    "names of the app's own for what a role has (Okta)": (
        ("entitlements.po*", "entitlements.page"),
        (each_user(with_names_of_its_own),),
    ),
    "an extension without values": (USERS, (with_an_empty_extension,)),
    "400 past the end of the list": (
        ("import_users.past_the_end",),
        (status(400), raw(NOBODY.replace(b"404", b"400"))),
    ),
    "204 to a PATCH (RFC 7644 3.5.2)": (("deactivate_user.patch",), (status(204), raw(b""))),
    "404 to a lookup that finds nobody (Okta)": (("push_user.lookup",), (status(404), raw(NOBODY))),
    "403 for strangers": (("test_credentials.*_token",), (status(403), put(status="403"))),
    "no scimType where none is demanded": (
        ("read_user.unknown_id",),
        (body(lambda document: document.pop("scimType", None) and None),),
    ),
    "no discovery (RFC 7644 4)": (("discovery.*",), (status(404), raw(NOBODY))),
    "no groups": (("import_groups.*",), (status(404), raw(NOBODY))),
    "204 to a PATCH of a group (Okta)": (GROUP_CHANGES, (status(204), raw(b""))),
    "405 to a PATCH (RFC 7644 3.5.2)": (("delete_user.join_again",), (status(405), raw(b""))),
    "no members in the answer to a change (Okta)": (GROUP_CHANGES, (without("members"),)),
    "members null in the answer to a change (Okta)": (
        GROUP_CHANGES,
        (each_user(lambda one: one.update(members=None)),),
    ),
    "no members in lists of groups": (GROUP_LISTS, (without("members"),)),
    "members with a value and nothing else": (GROUPS, (each_user(bare_members),)),
    "members in another order": (
        GROUPS,
        (each_user(lambda one: one.get("members") and one["members"].reverse()),),
    ),
    "displayName of groups in capitals (RFC 7643 7)": (
        GROUPS,
        (each_user(lambda one: "displayName" in one and one.update(displayName=one["displayName"].upper())),),
    ),
    "null and empty members where nobody is": (GROUPS, (each_user(null_where_nobody_is),)),
    "users do not show their groups": (("*.*",), (each_user(lambda one: one.pop("groups", None)),)),
    "404 to a lookup that finds no group": (
        ("push_group.lookup_new", "push_group.lookup_deleted"),
        (status(404), raw(NOBODY)),
    ),
    "adding who is there is refused (a SHOULD)": (("push_group.add_again",), (status(409), raw(CONFLICT))),
    "removing who is not there is refused (a SHOULD)": (
        ("push_group.remove_again",),
        (status(400), raw(REFUSED)),
    ),
    "groups cannot be deleted": (
        ("push_group.delete", "clean_up.delete_group"),
        (status(501), raw(NOBODY.replace(b"404", b"501"))),
    ),
    "weak versions that stand for several states (RFC 9110 8.8.1)": (
        ("*.*",),
        (
            in_meta(lambda meta: meta.update(version='W/"1"') if "version" in meta else None),
            header("ETag", None),
            body(without_versions),
        ),
    ),
    "a date of change that knows no fractions": (
        USERS,
        (
            in_meta(
                lambda meta: meta.update(created="2026-01-31T09:00:00Z", lastModified="2026-01-31T09:00:00Z")
            ),
        ),
    ),
    "meta with members of the server's own": (
        USERS,
        (in_meta(lambda meta: meta.update(tenant="a", revision=7)),),
    ),
    "JSON set out over many lines": (("*.*",), (set_out,)),
    "application/scim+json with a charset": (
        ("*.*",),
        (header("Content-Type", "application/scim+json; charset=utf-8"),),
    ),
    "several challenges (RFC 9110 11.6.1)": (
        ("test_credentials.*_token",),
        (header("WWW-Authenticate", 'Basic realm="scim", Bearer error="invalid_token"'),),
    ),
    "an explanation in another language": (
        ("duplicate_user.again*", "read_user.unknown_*"),
        (body(in_japanese),),
    ),
    "uniqueness with 400 (RFC 7643 7)": (
        ("push_group.add_again",),
        (status(400), raw(CONFLICT.replace(b"409", b"400"))),
    ),
    "members with type and a relative $ref (RFC 7643 2.3.7)": (
        GROUPS,
        (each_user(with_relative_references),),
    ),
    "members as groups know them: no display": (
        GROUPS,
        (each_user(lambda one: [member.pop("display", None) for member in one.get("members") or []]),),
    ),
    "a schema that says less than it could": (
        ("discovery.schemas", "discovery.schema"),
        (body(only_the_least),),
    ),
    "a new version with every read is no failure": (
        ("import_users.second_walk",),
        (in_meta(lambda meta: meta.update(version='W/"another"')),),
    ),
    "refused extensions (RFC 7643 3.3)": (
        ("push_user.create",),
        (refused_with_an_extension,),
    ),
    "uniqueness with 400 in updates (RFC 7643 7)": (
        ("create_variants.take_name*",),
        (status(400), put(status="400", scimType="uniqueness")),
    ),
    "users found by their names, too (RFC 7644 3.3)": (
        USERS,
        (each_user(at_their_name), as_in_meta),
    ),
    "a configuration with an id (RFC 7643 5)": (("discovery.config",), (put(id="config"),)),
    "no sorting (RFC 7644 3.4.2.3)": (("discovery.config",), (put(sort={"supported": False}),)),
    "members that need a value (RFC 7643 4.2)": (("discovery.schemas",), (each_user(members_need_a_value),)),
    "no search at the root (RFC 7644 3.4.2.1)": (
        ("filter_users.search_*everywhere",),
        (status(501), raw(NOBODY.replace(b"404", b"501"))),
    ),
    "/Me leads to the user (RFC 7644 3.11)": (
        ("ask_me.me*",),
        (status(308), header("Location", "http://localhost/scim/v2/Users/1"), raw(b"")),
    ),
    "a short page by cursor (RFC 9865 2)": (("arrange_users.first_page",), (body(one_short),)),
    "cursors that lead back (RFC 9865 2)": (("arrange_users.*walk*",), (with_a_way_back,)),
    "pages by cursor without a total (RFC 9865 2)": (
        ("arrange_users.*walk*", "arrange_users.*cursor*", "arrange_users.first_page"),
        (body(lambda page: page.pop("totalResults", None) and None),),
    ),
    "a cursor that nobody asked for (RFC 9865 2.3)": (
        ("arrange_users.page_from_2",),
        (put(nextCursor="abc"),),
    ),
    "DELETE is not supported (RFC 7644 3.12)": (
        ("clean_up.delete",),
        (status(501), raw(NOBODY.replace(b"404", b"501"))),
    ),
}


@cache
def honest() -> list[Exchange]:
    return hurried(as_kept(list(honest_play(schema_file=ENTITLEMENTS).conductor.transcript)))


@pytest.mark.parametrize(("kind", "steps"), [("/Users", USERS), ("/Groups", GROUPS)])
def test_all_views_are_bent_alike(kind: str, steps: tuple[str, ...]) -> None:
    """Each step that shows a user, or a group, is named above: no view of it is left as it was."""
    told = [*honest(), *specified()]
    showing = {each.step for each in told if kind_of(each) == kind and resources_of(each)}
    assert [each for each in sorted(showing) if not any(fnmatchcase(each, step) for step in steps)] == []


@cache
def specified() -> list[Exchange]:
    return hurried(as_kept(list(specified_play().conductor.transcript)))


EACH = [(name,) for name in ALLOWED]
KINDS = [
    [each for each in ALLOWED if ("*.*" in ALLOWED[each][0]) is everywhere] for everywhere in (True, False)
]
# Far from each other, that no two bend the same.
THREES = [
    tuple(names[place :: -(-len(names) // 3)]) for names in KINDS for place in range(-(-len(names) // 3))
]
# Three at once, every fourth also over what the specification says; `make honest` has each alone, over both.
CASES = [
    (allowed, told)
    for place, allowed in enumerate(EACH if ALL else THREES)
    for told in (honest, specified)
    if told is honest or place % 4 == 0 or ALL
]


@pytest.mark.parametrize(
    ("allowed", "told"), CASES, ids=lambda given: ", and ".join(given) if isinstance(given, tuple) else None
)
def test_nothing_allowed_fails(allowed: tuple[str, ...], told: Callable[[], list[Exchange]]) -> None:
    """A conversation with these peculiarities gives no failure and breaks no check.

    What asks for parts, or by a date that is bent, was answered without it, and would contradict the rest.
    """
    is_everywhere = all("*.*" in ALLOWED[name][0] for name in allowed)
    dates = any("date" in name or "moment" in name for name in allowed)
    displayed = any("displayName" in name for name in allowed)
    conversation = [
        each
        for each in told()
        if is_everywhere or each.scene != "write_every_attribute"  # which writes what is bent, and otherwise
        if not (dates and _asks(each, "meta."))
        if not (displayed and _asks(each, "displayName"))
    ]
    for steps, bends in map(ALLOWED.__getitem__, allowed):
        for step in steps:
            conversation = bent(conversation, step, *bends)
    failed = {
        check_id: each.finding
        for check_id, judgements in judged_by_all(conversation).items()
        for each in judgements
        if each.verdict in {Verdict.FAIL, Verdict.BROKEN}
        if is_everywhere or not check_id.startswith("every_projection.")
        if check_id != "every_create.refused-one-makes-nobody"  # who was made is shown on, whatever is bent
    }
    assert failed == {}


def _asks(each: Exchange, name: str) -> bool:
    return each.request.method == "GET" and name in each.request.path


def test_what_no_resource_type_names_is_not_judged() -> None:
    """A list of roles that /ResourceTypes does not name, as a recording may hold it, breaks no check."""
    conversation = bent(honest(), "entitlements.resource_types", put(Resources=[], totalResults=0))
    said = [each.verdict for judgements in judged_by_all(conversation).values() for each in judgements]
    assert Verdict.BROKEN not in said
