"""Lies about writes: what a create, PUT, PATCH or DELETE leaves behind (RFC 7644 3.3, 3.5, 3.6)."""

from bending import header, meta, put, raw, status, user

from lies import Lie
from lies.words import EMAIL, deletes_the_gone, each_shown, members, refusal
from scim_tests.model.scim import ENTERPRISE_USER, USER

CONVERSATION = "honest"

CREATE, REPLACE, PATCH = "push_user.create", "link_user.put", "deactivate_user.patch"

LIES: dict[str, Lie] = {
    "every_write.shows-in-the-next-read": ("update_profile.after_changed", user(title="Another")),
    "every_write.changes-nothing-else": ("patch_entries.after_part_of_one", user(nickName=None)),
    "every_write.changes-nothing-when-refused": ("patch_user.after_half", user(title="Half done")),
    "every_write.ends-in-some-order-at-once": ("overlap_groups.after_adds", put(members=[])),
    "every_create.is-taken-as-another-was": ("bulk_assignment.create", status(400)),
    "every_end.none-comes-without-a-delete": ("update_user.read_back", status(404)),
    "every_end.is-read-no-more": ("clean_up.read_deleted", status(200)),
    "every_end.is-listed-no-more": (
        "delete_user.*",
        deletes_the_gone("Users"),
        put(totalResults=1, Resources=[{"id": "gone"}]),
    ),
    "clean_up.delete-answers-204": ("clean_up.delete", status(200)),
    "clean_up.deleted-user-is-gone": ("clean_up.read_deleted", status(200)),
    "clean_up.deleted-user-is-found-no-more": (
        "clean_up.*delete*",
        deletes_the_gone("Users"),
        put(totalResults=1, Resources=[{"id": "gone"}]),
    ),
}

ROWS: dict[str, Lie] = {
    "RFC7644-3.1-05": ("push_user.find", user(displayName="Somebody Else")),
    "RFC7644-3.2-04": ("delete_user.put_to_nobody", status(201), raw(b'{"id": "new"}')),
    "RFC7644-3.3-04": (CREATE, status(200)),
    "RFC7644-3.3-05": (CREATE, raw(b"")),
    "RFC7644-3.3-06": (CREATE, header("Location", None)),
    "RFC7644-3.3-07": (CREATE, header("Location", "https://example.com/scim/v2/Users/another")),
    "RFC7644-3.3-08": ("duplicate_user.again", *refusal(400, "uniqueness")),
    "RFC7644-3.3-09": ("duplicate_user.again", *refusal(409)),
    "RFC7644-3.3.1-01": ("push_group.after_create", meta(resourceType="User")),
    "RFC7644-3.5-01": (REPLACE, *refusal(501)),
    "RFC7644-3.5-02": (PATCH, *refusal(405)),
    "RFC7644-3.5.1-01": ("delete_user.put_to_nobody", status(201), raw(b'{"id": "new"}')),
    "RFC7644-3.5.1-03": ("update_user.read_back", user(displayName="As It Was")),
    "RFC7644-3.5.1-09": (REPLACE, *refusal(400, "mutability")),
    "RFC7644-3.5.1-11": (REPLACE, status(204), raw(b"")),
    "RFC7644-3.5.1-12": ("create_variants.take_name", status(200)),
    "RFC7644-3.5.2-05": (PATCH, *refusal(400, "invalidPath")),
    "RFC7644-3.5.2-07": ("patch_user.email", *refusal(400, "invalidPath")),
    "RFC7644-3.5.2-08": ("patch_user.after_version", meta(version='W/"mine"')),
    "RFC7644-3.5.2-11": ("patch_entries.no_user_name", status(204), raw(b"")),
    "RFC7644-3.5.2-12": ("patch_user.same_value", *refusal(400, "invalidPath")),
    "RFC7644-3.5.2-14": ("patch_user.after_version", user(schemas=[USER])),
    "RFC7644-3.5.2-14 (lost)": ("patch_user.after_version", user(**{ENTERPRISE_USER: None})),
    "RFC7644-3.5.2-15": ("push_group.after_batch", put(members=[])),
    "RFC7644-3.5.2-16": (
        "patch_entries.after_part_less",
        each_shown(lambda one: one["emails"].append({**EMAIL, "primary": True})),
    ),
    "RFC7644-3.5.2-17": ("patch_user.after_half", user(title="Half done")),
    "RFC7644-3.5.2-18": ("patch_user.after_half", user(title="Half done")),
    "RFC7644-3.5.2-19": ("patch_entries.no_user_name", status(204), raw(b"")),
    "RFC7644-3.5.2-20": ("patch_user.half", raw(b"")),
    "RFC7644-3.5.2-21": ("patch_user.add", status(202), raw(b"")),
    "RFC7644-3.5.2-21 (nothing)": ("patch_user.add", raw(b"")),
    "RFC7644-3.5.2-23": ("delete_user.patch_to_nobody", status(204), raw(b"")),
    "RFC7644-3.5.2.1-03": ("patch_user.after_add", user(title=None)),
    "RFC7644-3.5.2.1-05": ("push_group.after_add", members(lambda all_: all_.pop(0))),
    "RFC7644-3.5.2.1-06": (
        "patch_user.after_version",
        each_shown(lambda one: one[ENTERPRISE_USER].update(department="Old")),
    ),
    "RFC7644-3.5.2.1-07": ("push_group.after_add_again", members(lambda all_: all_.append(all_[0]))),
    "RFC7644-3.5.2.1-08": ("push_group.add_again", *refusal(409)),
    "RFC7644-3.5.2.2-02": ("patch_user.after_remove", user(title="Proofreader")),
    "RFC7644-3.5.2.2-03": (
        "patch_entries.after_all_less",
        user(addresses=[{"type": "home", "locality": "Draftham"}]),
    ),
    "RFC7644-3.5.2.2-04": ("push_group.after_remove", put(members=[])),
    "RFC7644-3.5.2.2-05": (
        "patch_entries.after_part_of_name",
        each_shown(lambda one: one["emails"].append({"type": "work", "value": one["userName"]})),
    ),
    "RFC7644-3.5.2.2-05 (others too)": (
        "patch_entries.after_part_of_name",
        each_shown(lambda one: one["emails"].pop(0)),
    ),
    "RFC7644-3.5.2.2-06": (
        "patch_entries.after_part_of_name_less",
        each_shown(lambda one: one["name"].update(middleName="Ulysses")),
    ),
    "RFC7644-3.5.2.2-06 (others too)": (
        "patch_entries.after_part_of_name_less",
        each_shown(lambda one: one["name"].pop("givenName")),
    ),
    "RFC7644-3.5.2.2-07": ("patch_entries.no_user_name", status(204), raw(b"")),
    "RFC7644-3.5.2.2-08": ("push_group.remove_again", *refusal(400, "noTarget")),
    "RFC7644-3.5.2.3-01": ("deactivate_user.read_back", user(active=True)),
    "RFC7644-3.5.2.3-02": ("deactivate_user.read_back", user(active=True)),
    "RFC7644-3.5.2.3-03": (
        "push_group.after_push_now",
        members(lambda all_: all_.append({"value": "was there before"})),
    ),
    "RFC7644-3.5.2.3-04": ("patch_user.after_null", user(title="Proofreader")),
    "RFC7644-3.5.2.3-05": (
        "update_profile.after_patch",
        each_shown(lambda one: one["name"].update(middleName="Quincy")),
    ),
    "RFC7644-3.5.2.3-08": (
        "patch_entries.after_part_of_one",
        each_shown(lambda one: one["phoneNumbers"][1].update(value="+1-201-555-0145")),
    ),
    "RFC7644-3.6-02": ("delete_user.patch_to_nobody", status(204), raw(b"")),
    "RFC7644-3.6-02 (PUT)": ("delete_user.put_to_nobody", status(200)),
    "RFC7644-3.6-02 (GET)": (
        "delete_user.read_deleted",
        status(200),
        raw(b'{"id": "gone", "active": false}'),
    ),
    "RFC7644-3.6-02 (DELETE)": ("patch_group.delete_again", status(200)),
    "RFC7644-3.6-03": ("push_group.lookup_deleted", put(totalResults=1, Resources=[{"id": "1"}])),
    "RFC7644-3.6-04": ("delete_user.create_again", *refusal(409, "uniqueness")),
    "RFC7644-3.6-05": ("delete_user.create_again", *refusal(409, "uniqueness")),
    "RFC7644-3.6-06": ("clean_up.delete", status(200), raw(b"{}")),
    "RFC7644-3.6-06 (group)": ("push_group.delete", status(202)),
    "RFC7644-3.10-04": ("patch_entries.after_all_less", user(title="As it was")),
    "RFC7644-3.10-01": ("patch_entries.after_all_less", user(title="As it was")),
    "INTEROP-5.2-01": ("duplicate_user.again_in_capitals", status(201)),
    "INTEROP-5.2-05": ("push_user.find_in_capitals", put(Resources=[], totalResults=0)),
    "INTEROP-6.5-01": (PATCH, *refusal(501)),
    "INTEROP-6.5.2.1-01": ("patch_user.after_add_again", user(title=None)),
    "INTEROP-6.5.2.2-02": (
        "push_group.after_push_now",
        members(lambda all_: all_.append({"value": "still there"})),
    ),
    "INTEROP-6.5.2.2-04": ("push_group.after_add", members(lambda all_: all_.pop(0))),
    "INTEROP-6.6-01": ("deactivate_user.read_back", *refusal(404)),
    "INTEROP-6.6-02": ("deactivate_user.read_back", *refusal(404)),
    "INTEROP-6.6-03": ("clean_up.read_deleted", status(200)),
    "INTEROP-6.6-08": ("clean_up.read_deleted", status(200)),
    "IPSIE-4.3-04": (
        "patch_entries.after_part_of_name",
        each_shown(lambda one: one["name"].update(givenName="Jeremy")),
    ),
    "IPSIE-5.1-03": ("reactivate_user.read_back", user(active=False)),
    "IPSIE-6.1-03": (CREATE, *refusal(501)),
    "IPSIE-6.2-01": ("push_group.create", *refusal(501)),
    "IPSIE-6.2-03": ("push_group.create", *refusal(400, "invalidValue")),
    "IPSIE-6.2-05": ("push_group.batch", *refusal(413)),
}
