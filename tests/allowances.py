"""What the RFCs allow a server, and Okta accepts of one, as bends of an honest conversation."""

import json

from allowed_views import GROUP_CHANGES, GROUP_LISTS, GROUPS, LISTED, LISTS, USERS
from allowing import (
    EXTRA,
    as_empty_as_can_be,
    as_formatted,
    as_in_meta,
    at_their_name,
    bare_emails,
    bare_members,
    decomposed,
    extended,
    formatted_by_the_server,
    from_another_clock,
    in_japanese,
    in_meta,
    lacks,
    less,
    made_up,
    members_need_a_value,
    no_counters_where_all_is_shown,
    no_resources_where_nobody_is,
    null_where_nobody_is,
    one_more_in_all,
    one_short,
    only_the_least,
    refused_with_an_extension,
    set_out,
    weakened,
    with_a_way_back,
    with_an_empty_extension,
    with_names,
    with_names_of_its_own,
    with_one_name_in_two_messengers,
    with_relative_references,
    with_the_moment_it_is,
    with_what_nobody_knows,
    without,
    without_versions,
)
from bending import Bend, body, each_user, header, put, raw, status

from scim_tests.model.scim import ENTERPRISE_USER, ERROR

NAMES = tuple(
    f"name.{each}" for each in ("givenName", "familyName", "middleName", "honorificPrefix", "honorificSuffix")
)
NOBODY = json.dumps({"schemas": [ERROR], "status": "404", "detail": "No such user."}).encode()
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
