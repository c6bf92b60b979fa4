"""Lies in how users and groups are shown: names, types, ids, dates, references (RFC 7643 2 to 4)."""

from collections.abc import Callable

from bending import Bend, answer_of, body, drawn_out, header, meta, put, status, user

from lies import Lie
from lies.words import (
    EMAIL,
    deletes_the_gone,
    each_shown,
    first_twice,
    flat,
    garbled,
    in_body,
    members,
    nothing,
    refusal,
    user_attribute,
    where,
)
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json

CONVERSATION = "honest"

READ, LISTED = "push_user.read", "import_users.page"
GROUP = "push_group.after_create"
WITHIN = "push_group.member_within"


def has_external_id(heard: Heard) -> bool:
    return b'"externalId"' in answer_of(heard).body


def attributes(change: Callable[[list[Json]], list[Json]]) -> Bend:
    """Change the list of attributes of every schema."""

    def bend(document: Json) -> None:
        for schema in document["Resources"]:
            schema["attributes"] = change(schema["attributes"])

    return body(bend)


def modified_in_2031(one: Json) -> None:
    one["meta"]["lastModified"] = f"2031{one['meta']['created'][4:]}"


LIES: dict[str, Lie] = {
    "every_user.has-an-id": ("import_users.page", user(id=7)),
    "every_user.has-an-id-without-bulk-id": ("push_user.create", user(id="bulkId:1")),
    "every_user.has-a-user-name": ("push_user.read", user(userName=None)),
    "every_user.names-the-user-schema": ("push_user.read", user(schemas=[ENTERPRISE_USER])),
    "every_user.names-each-schema-once": ("push_user.read", user(schemas=[USER, USER])),
    "every_user.names-the-extensions-it-uses": (
        "push_user.read",
        user(**{"urn:example:extension": {"a": 1}}),
    ),
    "every_user.has-active-as-a-boolean": ("import_users.page", user(active="true")),
    "every_user.says-whether-it-is-active": ("import_users.page", user(active=None)),
    "every_user.has-the-declared-types": ("read_user.by_id", user(emails={"value": "one@example.com"})),
    "every_user.has-one-primary-at-most": (
        "push_user.read",
        user(
            emails=[{"value": "a@example.com", "primary": True}, {"value": "b@example.com", "primary": True}]
        ),
    ),
    "every_user.repeats-no-value": ("link_user.read_back", user(emails=[EMAIL, EMAIL])),
    "every_user.has-a-meta-that-says-user": ("push_user.read", user(meta=None)),
    "every_user.has-a-location-that-leads-to-it": (
        "push_user.read",
        each_shown(lambda one: one["meta"].update(location="https://example.com/v2/Users/")),
    ),
    "every_user.has-dates-as-date-times": (
        "push_user.read",
        each_shown(lambda one: one["meta"].update(created="04-12-2018 00:00:00")),
    ),
    "every_user.has-a-version-that-is-its-etag": ("push_user.read", header("ETag", 'W/"another"')),
    "every_user.has-what-okta-imports": ("import_users.page", user(name=None)),
    "every_group.is-read-by-its-id": ("push_group.after_create", status(404)),
    "every_group.has-an-id": ("push_group.after_create", put(id="")),
    "every_group.has-a-display-name": ("import_groups.page", user(displayName=None)),
    "every_group.names-the-group-schema": ("push_group.create", put(schemas=[USER])),
    "every_group.has-the-declared-types": ("push_group.after_add", put(members={"value": "1"})),
    "every_group.has-members-with-ids": (
        "push_group.after_add",
        members(lambda all_: all_[0].update(value=7)),
    ),
    "every_group.repeats-no-member": ("push_group.after_add", members(lambda all_: all_.append(all_[0]))),
    "every_group.has-references-that-lead-to-the-members": (
        "push_group.after_add",
        members(lambda all_: all_[0].update({"$ref": "https://example.com/v2/Users/"})),
    ),
    "every_group.has-a-meta-that-says-group": ("push_group.create", put(meta={"resourceType": "group"})),
    "every_group.has-a-location-that-leads-to-it": (
        "push_group.create",
        each_shown(lambda one: one["meta"].update(location="https://example.com/v2/Groups/")),
    ),
    "every_group.has-dates-as-date-times": (
        "push_group.create",
        each_shown(lambda one: one["meta"].update(created="04-12-2018 00:00:00")),
    ),
    "every_group.is-the-same-through-every-door": ("push_group.lookup_again", user(displayName="Another")),
    "every_group.shares-no-id-with-a-user": ("*.page", user(id="7")),
    "every_group.names-the-extensions-it-uses": (
        "push_group.create",
        user(**{"urn:example:2.0:Team": {"colour": "red"}}),
    ),
    "every_group.has-a-version-that-is-its-etag": ("push_group.after_create", header("ETag", 'W/"other"')),
    "every_group.keeps-the-day-of-creation": ("push_group.after_*", meta(created="2031-01-31T09:00:00Z")),
    "every_resource.has-a-new-version-after-a-change": ("update_user.*", meta(version='"1"')),
    "every_resource.has-a-new-last-modified-after-a-change": (
        "*.*",
        meta(lastModified="2026-01-31T09:00:00.5Z"),
        drawn_out,
    ),
    "every_resource.keeps-its-version-while-nothing-changes": (
        "import_users.second_walk",
        meta(version='W/"another"'),
    ),
    "every_resource.is-not-modified-by-its-create": ("push_user.create", each_shown(modified_in_2031)),
    "every_resource.is-created-when-it-is": (
        "push_user.create",
        meta(created="2026-01-31T09:00:00Z"),
        header("Date", "Sat, 31 Jan 2026 18:00:00 GMT"),
    ),
    "every_resource.is-created-before-it-changes": ("push_user.read", meta(created="2031-01-31T09:00:00Z")),
    "every_resource.has-the-types-its-schema-declares": (
        "discovery.schemas",
        user_attribute("emails", multiValued=False),
    ),
    "every_resource.is-called-as-its-schema-says": (
        "discovery.schemas",
        attributes(lambda several: [{**each, "name": f"{each['name']}-"} for each in several]),
    ),
    "every_resource.shows-only-what-its-schema-declares": (
        "discovery.schemas",
        attributes(lambda several: several[:1]),
    ),
    "every_resource.shows-nothing-its-schema-never-returns": (
        "discovery.schemas",
        user_attribute("displayName", returned="never"),
    ),
    "every_resource.keeps-what-its-schema-calls-read-only": (
        "discovery.schemas",
        user_attribute("userName", mutability="readOnly"),
    ),
    "every_view.agrees-with-the-others": ("push_user.find", user(displayName="Somebody Else")),
    "every_view.shows-the-same-attributes": ("import_users.page", user(displayName=None)),
    "every_view.has-one-id-for-one-user-name": ("push_user.find", user(id="another")),
    "every_view.keeps-the-day-of-creation": (
        "link_user.put",
        each_shown(lambda one: one["meta"].update(created="2031-01-01T00:00:00Z")),
    ),
    "every_view.shows-what-was-put": ("link_user.put", user(displayName="Somebody Else")),
    "every_view.still-shows-what-was-put": ("link_user.read_back", user(displayName="Somebody Else")),
    "every_view.shows-nothing-of-somebody-else": (
        "push_user.create",
        user(**{ENTERPRISE_USER: {"department": "Proofing"}}),
    ),
    # Of duplicate_user.read_first and push_group.member_before either may come first after the creates.
    "every_view.write-changes-nobody-else": ("[dp]u*.[rm]e*_[fb]*", user(title="Somebody's")),
    "every_read.answers-200": ("push_user.read", status(404)),
    "every_read.shows-that-user": ("push_user.read", user(id="another")),
    "every_read.write-answers-with-that-user": ("update_user.put", user(id="another")),
    "every_membership.is-shown-by-groups-that-have-it": (
        "resize_group.*",
        deletes_the_gone("Groups"),
        user(groups=[{"value": "gone"}]),
    ),
    "every_membership.has-references-that-lead-to-their-values": (
        "push_user.read",
        user(groups=[{"value": "7", "$ref": "https://example.com/v2/Group/7"}]),
    ),
}

ROWS: dict[str, Lie] = {
    "RFC7643-2.1-01": (READ, user(schemas=None)),
    "RFC7643-2.1-01 (group)": (GROUP, user(schemas=None)),
    "RFC7643-2.3-02": (READ, user(displayName=7)),
    "RFC7643-2.3.1-01": (
        READ,
        each_shown(lambda one: one["name"].update(familyName=garbled(one["name"]["familyName"]))),
    ),
    "RFC7643-2.3.2-01": (READ, user(active=1)),
    "RFC7643-2.3.4-01": ("read_user.list", put(totalResults=25.0)),
    "RFC7643-2.3.4-01 (startIndex)": ("read_user.list", put(startIndex="1")),
    "RFC7643-2.3.4-01 (itemsPerPage)": ("read_user.list", put(itemsPerPage=1.0)),
    "RFC7643-2.3.5-01": (READ, meta(created="yesterday")),
    "RFC7643-2.3.5-02": (READ, meta(lastModified="2026-01-31")),
    "RFC7643-2.3.5-03": (READ, meta(created=1769850000)),
    "RFC7643-2.3.7-01": (READ, meta(location="the user's own page")),
    "RFC7643-2.3.7-05": (
        WITHIN,
        each_shown(lambda one: one["groups"][0].update({"$ref": "http://localhost/scim/v2/Groups/8"})),
    ),
    "RFC7643-2.4-01": (READ, user(emails={"value": "one@example.com"})),
    "RFC7643-2.4-04": (READ, user(emails=[{**EMAIL, "primary": True}, {"value": "b@c.de", "primary": True}])),
    "RFC7643-2.4-08": (READ, user(emails=[EMAIL, EMAIL])),
    "RFC7643-2.4-08 (members)": ("push_group.after_add", members(lambda all_: all_.append(all_[0]))),
    "RFC7643-2.5-01": ("push_group.create", *refusal(400, "invalidValue")),
    "RFC7643-2.5-02": ("push_group.after_empty", put(members=[{"value": "still there"}])),
    "RFC7643-3-01": (READ, user(schemas=USER)),
    "RFC7643-3-03": (READ, user(schemas=[USER, USER])),
    "RFC7643-3-05": (READ, user(meta=None)),
    "RFC7643-3-05 (id)": (LISTED, user(id=None)),
    "RFC7643-3-06": ("update_profile.after_changed", each_shown(flat)),
    "RFC7643-3.1-01": (GROUP, user(meta=None)),
    "RFC7643-3.1-02": ("push_user.create", user(id=None)),
    "RFC7643-3.1-04": (LISTED, user(id="")),
    "RFC7643-3.1-05": ("*.page", user(id="7")),
    "RFC7643-3.1-05 (on one page)": (LISTED, in_body(first_twice)),
    "RFC7643-3.1-06": ("update_user.read_renamed", user(id="another")),
    "RFC7643-3.1-06 (renamed)": ("update_user.find_renamed", user(id="another")),
    "RFC7643-3.1-08": (READ, user(id="bulkId:1")),
    "RFC7643-3.1-11": (
        "push_user.[crf]*",
        where(lambda heard: not has_external_id(heard), user(externalId="made up")),
    ),
    "RFC7643-3.1-13": ("create_variants.plain_name", *refusal(409, "uniqueness")),
    "RFC7643-3.1-14": ("create_variants.plain_name", *refusal(409, "uniqueness")),
    "RFC7643-3.1-15": ("update_profile.after_changed", user(externalId="another")),
    "RFC7643-3.1-16": ("patch_user.after_version", meta(version='W/"mine"')),
    "RFC7643-3.1-17": (READ, meta(resourceType="user")),
    "RFC7643-3.1-18": (READ, meta(created=1769850000)),
    "RFC7643-3.1-19": (
        "push_user.create",
        meta(lastModified="2031-01-31T09:00:00Z"),
        header("Date", "Sat, 31 Jan 2026 09:00:00 GMT"),
    ),
    "RFC7643-3.1-20": ("*.*", meta(lastModified="2026-01-31T09:00:00.5Z"), drawn_out),
    "RFC7643-3.1-22": (READ, header("ETag", 'W/"another"')),
    "RFC7643-3.3-01": (READ, user(schemas=[ENTERPRISE_USER])),
    "RFC7643-3.3-03": (
        "update_profile.after_changed",
        each_shown(lambda one: one.update({"urn:enterprise": one.pop(ENTERPRISE_USER)})),
    ),
    "RFC7643-4.1.1-01": (READ, user(userName="")),
    "RFC7643-4.1.1-02": ("duplicate_user.again", *refusal(201)),
    "RFC7643-4.1.1-03": ("push_user.find_in_capitals", nothing()),
    "RFC7643-4.1.1-03 (taken)": ("duplicate_user.again_in_capitals", *refusal(201)),
    "RFC7643-4.1.1-09": ("update_profile.after_changed", user(preferredLanguage="French")),
    "RFC7643-4.1.1-09 (locale)": ("update_profile.after_changed", user(locale="Germany")),
    "RFC7643-4.1.1-11": ("update_profile.after_changed", user(timezone="Central European Time")),
    "RFC7643-4.1.1-12": ("deactivate_user.read_back", user(active=True)),
    "RFC7643-4.1.1-13": ("sync_password.patch", user(password="$2b$12$hash")),
    "RFC7643-4.1.1-21": ("query_users.part", user(password="$2b$12$hash")),
    "RFC7643-4.1.2-09": (
        "update_profile.after_changed",
        each_shown(lambda one: one["addresses"][0].update(country="Germany")),
    ),
    "RFC7643-4.1.2-10": ("resize_group.*", deletes_the_gone("Groups"), user(groups=[{"value": "gone"}])),
    "RFC7643-4.1.2-11": (
        WITHIN,
        each_shown(lambda one: one["groups"][0].update({"$ref": "http://localhost/scim/v2/Groups/8"})),
    ),
    "RFC7643-4.1.2-12": ("push_group.after_push_member", put(members=[])),
    "RFC7643-4.1.2-13": ("push_group.remove", *refusal(403)),
    "RFC7643-4.2-01": (GROUP, user(displayName=None)),
    "RFC7643-4.2-03": ("push_group.after_add", members(lambda all_: all_[0].update(value=7))),
    "RFC7643-4.2-04": (
        "push_group.after_add",
        members(lambda all_: all_[0].update({"$ref": "http://localhost/scim/v2/Users/another"})),
    ),
    "RFC7643-4.3-01": ("update_profile.after_changed", each_shown(lambda one: one.pop(ENTERPRISE_USER))),
    "RFC7643-4.3-02": (
        "update_profile.after_manager",
        each_shown(lambda one: one[ENTERPRISE_USER]["manager"].pop("value")),
    ),
    "RFC7643-7-16": (
        "find_user.by_external_id_in_other_letters",
        put(totalResults=1, Resources=[{"id": "1", "externalId": "00uCtDbxAlg3FmLYbbjS"}]),
    ),
    "RFC7643-7-17": (
        READ,
        where(has_external_id, each_shown(lambda one: one.update(externalId=one["externalId"].lower()))),
    ),
    "RFC7643-7-19": ("link_user.put", meta(created="2031-01-01T00:00:00Z")),
    "RFC7643-7-21": (READ, user(password="Ab3dEf7h")),
    "RFC7643-7-23": (READ, user(password="Ab3dEf7h")),
    "RFC7643-7-27": ("duplicate_user.again", *refusal(201)),
    "RFC7643-7-24": ("patch_entries.after_part_of_one", user(nickName=None)),
}
