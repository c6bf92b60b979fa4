"""Lies about groups that Okta pushes, links, changes and imports."""

from bending import body, header, put, raw, slow, status, user

from lies import Lie
from lies.words import each_shown, first_twice, members, stranger
from scim_tests.model.act import NOBODY

CONVERSATION = "honest"

LIES: dict[str, Lie] = {
    "push_group.lookup-is-answered": ("push_group.lookup_new", status(400)),
    "push_group.lookup-finds-no-other-group": ("push_group.lookup_again", user(displayName="Another")),
    "push_group.lookup-misses-a-new-group": (
        "push_group.lookup_new",
        put(Resources=[{"id": "1"}, {"id": "2"}]),
    ),
    "push_group.lookup-finds-the-group": ("push_group.lookup_again", put(Resources=[], totalResults=0)),
    "push_group.create-answers-201": ("push_group.create", status(200)),
    "push_group.create-returns-the-group": ("push_group.create", raw(b"")),
    "push_group.create-says-where-the-group-is": ("push_group.create", header("Location", None)),
    "push_group.keeps-the-display-name": ("push_group.after_add", put(displayName="Another")),
    "push_group.old-name-is-free": ("push_group.create", status(409)),
    "push_group.delete-answers-204": ("push_group.delete", status(200)),
    "push_group.deleted-group-is-gone": ("push_group.deleted", status(200)),
    "push_group.members-stay-as-they-are": ("push_group.member_within", user(active=False)),
    "push_group.members-show-their-groups": ("push_group.member_within", user(groups=[{"value": "another"}])),
    "push_group.answer-is-the-group": ("push_group.swap", user(members=[{"value": "another"}])),
    "push_group.members-come-and-go": ("push_group.remove", status(400)),
    "push_group.members-are-replaced": ("push_group.empty", status(501)),
    "push_group.change-without-path-is-taken": ("push_group.rename", status(400)),
    "push_group.present-member-is-taken": ("push_group.add_again", status(409)),
    "push_group.absent-member-is-taken": ("push_group.remove_again", status(400)),
    "push_group.batch-is-taken": ("push_group.batch", status(413)),
    "push_group.create-keeps-the-members": ("push_group.after_create", put(members=[])),
    "push_group.add-keeps-the-others": ("push_group.after_add", members(lambda all_: all_.pop(0))),
    "push_group.remove-takes-only-who-is-named": ("push_group.after_remove", put(members=[])),
    "push_group.change-of-nothing-changes-nothing": ("push_group.after_remove_again", put(members=[])),
    "push_group.several-changes-apply-in-order": ("push_group.after_batch", put(members=[])),
    "push_group.push-now-leaves-nobody-else": (
        "push_group.after_push_now",
        members(lambda all_: all_.append({"value": "who was there before"})),
    ),
    "push_group.empty-push-leaves-nobody": (
        "push_group.after_empty",
        put(members=[{"value": "still there"}]),
    ),
    "push_group.profile-push-keeps-the-memberships": ("push_group.after_push_member", put(members=[])),
    "push_group.rename-changes-the-name": ("push_group.after_rename", put(displayName="Another")),
    "push_group.rename-keeps-the-members": ("push_group.after_rename", put(members=[])),
    "push_group.refusal-changes-nothing": ("push_group.swap", status(400)),
    "push_group.members-are-users": (
        "push_group.after_*",
        each_shown(lambda one: [member.update(type="Group") for member in one.get("members") or []]),
    ),
    "link_group.list-has-the-group": ("link_group.page", user(id="another")),
    "link_group.makes-no-other-group": ("link_group.lookup_again", body(stranger)),
    "patch_group.list-of-members-is-removed": ("patch_group.after_remove_list", put(members=[])),
    "patch_group.nobody-is-no-member": ("patch_group.after_add_nobody", put(members=[{"value": NOBODY}])),
    "patch_group.deleted-group-cannot-be-deleted": ("patch_group.delete_again", status(200)),
    "resize_group.same-name-is-another-group": ("resize_group.create*", put(id="one for both")),
    "import_groups.small-page-shows-the-same-group": ("import_groups.second", user(id="another")),
    "import_groups.page-answers-200": ("import_groups.page", status(400)),
    "import_groups.lists-each-group-once": ("import_groups.page", body(first_twice)),
    "import_groups.lists-what-the-run-pushed": ("import_groups.page", user(id="another")),
    "import_groups.list-answers-200": ("import_groups.list", status(404)),
    "import_groups.list-is-quick": ("import_groups.*", slow),
}
