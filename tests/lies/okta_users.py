"""Lies about users whom Okta pushes, changes, deactivates and deletes."""

from bending import body, drop, header, put, raw, status, user

from lies import Lie
from lies.words import EMAIL, each_shown, renamed, stranger
from scim_tests.model.scim import ENTERPRISE_USER, Json

CONVERSATION = "honest"


def in_small_letters(one: Json) -> None:
    one["userName"] = one["userName"].lower()


LIES: dict[str, Lie] = {
    "push_user.create-answers-201": ("push_user.create", status(200)),
    "push_user.create-returns-the-user": ("push_user.create", raw(b"")),
    "push_user.create-says-where-the-user-is": ("push_user.create", header("Location", None)),
    "push_user.create-says-the-same-place-twice": (
        "push_user.create",
        header("Location", "https://example.com/"),
    ),
    "push_user.keeps-the-user-name": ("push_user.read", user(userName="another@example.com")),
    "push_user.keeps-the-letter-case": ("push_user.read", each_shown(in_small_letters)),
    "push_user.keeps-the-names": ("push_user.read", each_shown(renamed)),
    "push_user.keeps-the-email": ("push_user.create", user(emails=[])),
    "push_user.keeps-the-user-active": ("push_user.create", user(active=False)),
    "push_user.keeps-the-external-id": ("push_user.find", user(externalId="another")),
    "push_user.keeps-what-else-was-sent": ("push_user.read", user(locale="de-DE")),
    "push_user.keeps-the-enterprise-attributes": (
        "push_user.read",
        each_shown(lambda one: one.pop(ENTERPRISE_USER, None)),
    ),
    "push_user.create-invents-nothing": (
        "push_user.create",
        each_shown(lambda one: one["emails"].append(EMAIL)),
    ),
    "push_user.find-hits-exactly-once": ("push_user.find", put(Resources=[], totalResults=0)),
    "push_user.find-ignores-letter-case": ("push_user.find_in_capitals", put(Resources=[], totalResults=0)),
    "push_user.find-reads-plus-as-blank": ("push_user.find_with_plus", status(400)),
    "link_user.lookup-finds-the-person": ("link_user.lookup", put(Resources=[], totalResults=0)),
    "link_user.put-answers-200": ("link_user.put", status(400)),
    "link_user.put-returns-the-same-user": ("link_user.put", user(id="another")),
    "link_user.creates-nobody": ("link_user.find", body(stranger)),
    "link_user.put-leaves-the-time-line-in-order": (
        "link_user.put",
        each_shown(lambda one: one["meta"].update(lastModified="1999-01-01T00:00:00Z")),
    ),
    "duplicate_user.same-user-name-is-refused": ("duplicate_user.again", status(201)),
    "duplicate_user.other-letter-case-is-refused": ("duplicate_user.again_in_capitals", status(201)),
    "duplicate_user.refusal-is-called-uniqueness": ("duplicate_user.again", drop("scimType")),
    "duplicate_user.first-user-stays": ("duplicate_user.find", body(stranger)),
    "duplicate_user.first-user-is-untouched": (
        "duplicate_user.read_first",
        each_shown(lambda one: one.update(userName=one["userName"].upper())),
    ),
    "create_variants.shared-address-is-another-person": (
        "create_variants.*",
        each_shown(lambda one: one.update(id="one for both")),
    ),
    "create_variants.external-id-need-not-be-unique": ("create_variants.plain_name", status(409)),
    "create_variants.taken-name-is-refused": ("create_variants.take_name", status(200)),
    "create_variants.user-without-user-name-is-refused": ("create_variants.no_user_name", status(201)),
    "create_variants.plain-name-is-taken": ("create_variants.plain_name", status(400)),
    "update_user.unchanged-push-changes-nothing": (
        "update_user.read_unchanged",
        each_shown(lambda one: one["emails"].append(EMAIL)),
    ),
    "update_user.emptied-value-is-gone": ("update_user.read_*", user(displayName="Still Here")),
    "update_user.renamed-user-has-the-new-name": (
        "update_user.find_renamed",
        put(Resources=[], totalResults=0),
    ),
    "update_user.old-name-finds-nobody": (
        "update_user.find_old_name",
        put(Resources=[{"id": "1"}], totalResults=1),
    ),
    "update_user.own-name-in-other-letters-is-free": ("update_user.put_own_name", status(409)),
    "update_user.keeps-its-id": ("update_user.read_renamed", status(404)),
    "update_profile.push-is-taken": ("update_profile.put_fewer", status(400)),
    "update_profile.manager-needs-no-id": ("update_profile.put_manager_by_name", status(400)),
    "patch_user.is-taken": ("patch_user.same_value", status(400)),
    "patch_user.nonsense-is-refused": ("patch_user.unknown_attribute", status(204)),
    "patch_user.version-is-the-servers": (
        "patch_user.after_version",
        each_shown(lambda one: one["meta"].update(version='W/"mine"')),
    ),
    "patch_user.active-as-a-string-is-taken": ("patch_user.active_as_a_string", status(400)),
    "patch_user.put-without-active-keeps-the-user-active": (
        "patch_user.after_put_without_active",
        user(active=False),
    ),
    "patch_entries.is-taken": ("patch_entries.one_more", status(400)),
    "patch_entries.required-attribute-stays": ("patch_entries.no_user_name", status(204)),
    "sync_password.is-taken": ("sync_password.patch", status(400)),
    "deactivate_user.patch-is-taken": ("deactivate_user.patch", status(400)),
    "deactivate_user.makes-the-user-inactive": ("deactivate_user.read_back", user(active=True)),
    "deactivate_user.keeps-the-user-readable": ("deactivate_user.read_back", status(404)),
    "deactivate_user.keeps-the-user-findable": ("deactivate_user.find", put(Resources=[], totalResults=0)),
    "reactivate_user.finds-the-inactive-user": ("reactivate_user.find", user(active=True)),
    "reactivate_user.patch-is-taken": ("reactivate_user.patch", status(501)),
    "reactivate_user.makes-the-user-active": ("reactivate_user.read_back", user(active=False)),
    "reactivate_user.obeys-the-push-that-follows": ("reactivate_user.read_stale", user(active=True)),
    "delete_user.write-to-nobody-is-refused": ("delete_user.put_to_nobody", status(200)),
    "delete_user.person-can-come-back": ("delete_user.create_again", status(409)),
    "delete_user.comes-back-as-somebody-new": ("delete_user.read_again", user(title="Proofreader")),
    "delete_user.is-found-again-alone": ("delete_user.find_again", body(stranger)),
    "delete_user.is-a-member-no-more": ("delete_user.[rg]*", put(id="gone", members=[{"value": "gone"}])),
    "delete_user.can-join-a-group-again": ("delete_user.join_again", status(404)),
    "delete_user.comes-back-into-no-group": (
        "delete_user.[cg]*",
        put(id="back", members=[{"value": "back"}]),
    ),
    "overlap_users.two-creates-make-one-user": ("overlap_users.find_created", body(stranger)),
    "overlap_users.read-beside-a-put-shows-what-was-there": (
        "overlap_users.read_beside_put",
        user(title=None),
    ),
    "overlap_users.create-beside-delete-is-kept": ("overlap_users.find_created_again", body(stranger)),
    "bulk_assignment.everybody-is-created": ("bulk_assignment.create", status(503)),
    "bulk_assignment.nobody-is-created-twice": ("bulk_assignment.create", status(201)),
    "bulk_assignment.everybody-is-found-once": ("bulk_assignment.find", put(Resources=[], totalResults=0)),
}
