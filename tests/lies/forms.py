"""Lies about what was written in one form or another."""

from dataclasses import replace
from typing import Any

from bending import body, each_user, put, raw, status, user

from lies import Bend, Lie
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ERROR, GROUP


def w(step: str) -> str:
    return f"write_in_forms.{step}"


def entries(name: str, change: Any) -> Bend:
    """Change the list of entries of an attribute."""
    return each_user(lambda one: change(one[name]))


def moved_on(document: Any) -> None:
    document["meta"]["lastModified"] = "2031-01-01T00:00:00Z"


def with_the_id_that_was_sent(heard: Heard) -> Heard:
    sent = heard.request.written["id"]
    return body(lambda document: document.update(id=sent))(heard)


def first_alone(addresses: Any) -> None:
    """Only the first of those who fit was changed."""
    addresses[-1].pop("region", None)


def still_a_member(heard: Heard) -> Heard:
    """The group that is deleted is called as the member who is left."""
    if heard.request.method != "DELETE":
        return body(lambda group: group.update(members=[{"value": "gone"}]))(heard)
    return replace(heard, request=replace(heard.request, path="/Groups/gone"))


def all_but_one(shown: Any) -> None:
    shown["groups"] = shown["groups"][:1]


NO_TARGET = b'{"schemas":["%s"],"status":"400","scimType":"noTarget"}' % ERROR.encode()
A_GROUP = b'{"schemas":["%s"],"id":"7","displayName":"Crew"}' % GROUP.encode()
NO_PATH = b'{"schemas":["%s"],"status":"400","scimType":"invalidPath"}' % ERROR.encode()
LIES: dict[str, Lie] = {
    "every_write.reads-paths-alike": (w("by_address"), status(400), raw(NO_PATH)),
    "every_write.is-taken-as-it-was-before": (w("without_manager"), status(400), raw(NO_PATH)),
    "every_write.finds-what-a-path-chooses": (w("one_after_the_other"), status(400), raw(NO_TARGET)),
    "every_membership.is-shown-by-users-that-show-groups": (w("after_group_create_inner"), body(all_but_one)),
    "write_in_forms.group-is-no-user": (w("group_as_user"), status(200), raw(A_GROUP)),
    "write_in_forms.create-is-taken": (w("create_in_capitals"), status(400)),
    "write_in_forms.id-is-the-targets": (w("create_with_id"), with_the_id_that_was_sent),
    "write_in_forms.meta-has-its-dates": (
        w("group_read"),
        body(lambda group: group["meta"].pop("created") and None),
    ),
    "write_in_forms.is-taken": (w("complex"), status(400)),
    "write_in_forms.nothing-new-is-no-change": (w("after_nothing_new"), body(moved_on)),
    "write_in_forms.member-is-not-exchanged": (
        w("group_after_exchange_member"),
        body(lambda group: group.update(members=[{"value": "somebody-else"}])),
    ),
    "write_in_forms.gone-group-is-no-member": (
        w("*delete_inner"),
        still_a_member,
    ),
    "write_in_forms.inner-group-is-a-group": (
        w("group_after_with_inner"),
        body(lambda group: [each.update(type="User") for each in group["members"]] and None),
    ),
    "write_in_forms.reports-stay": (w("after_delete_manager"), status(404)),
    "filter_users.unicode-forms-are-alike": ("filter_users.decomposed", put(Resources=[], totalResults=0)),
    "arrange_users.forged-cursor-is-refused": ("arrange_users.cursor_forged", status(200), put(Resources=[])),
    "arrange_users.other-count-is-called-invalid": (
        "arrange_users.cursor_with_another_count",
        put(scimType="invalidValue"),
    ),
    "arrange_users.default-paging-is-as-said": (
        "arrange_users.page_from_2_by_default",
        put(nextCursor="abc"),
    ),
}


ROWS: dict[str, Lie] = {
    "RFC7644-3.12-22 (said of a path)": LIES["every_write.reads-paths-alike"],
    "RFC7644-3.5.2-21 (once more)": LIES["every_write.is-taken-as-it-was-before"],
    "RFC7643-2.1-03": (w("create_in_capitals"), status(400)),
    "RFC7643-2.3.8-01": (w("create_reversed"), status(400)),
    "RFC7643-3-04": (w("create_reversed"), status(400)),
    "RFC7643-3.1-02 (dates)": LIES["write_in_forms.meta-has-its-dates"],
    "RFC7643-4.1.2-10 (of two)": LIES["every_membership.is-shown-by-users-that-show-groups"],
    "RFC7644-3.4.1-02 (of another type)": LIES["write_in_forms.group-is-no-user"],
    "RFC7644-3.5.2-15 (found)": LIES["every_write.finds-what-a-path-chooses"],
    "RFC7644-3.12-23 (found)": LIES["every_write.finds-what-a-path-chooses"],
    "RFC7643-4.2-02": LIES["write_in_forms.member-is-not-exchanged"],
    "RFC7644-3.3-01": (w("create_with_id"), with_the_id_that_was_sent),
    "RFC7644-3.5.2.1-09": (w("after_nothing_new_without_path"), body(moved_on)),
    "RFC7644-3.5.2.3-06": (w("after_manager"), each_user(lambda one: one["name"].pop("givenName"))),
    "RFC7644-3.5.2.3-07": (w("after_extension_gone"), entries("addresses", first_alone)),
    "RFC7644-3.5.2.3-04 (by path)": (w("after_extension_again"), user(nickName=None)),
    "RFC7644-7.8-01": ("filter_users.decomposed", put(Resources=[], totalResults=0)),
    "RFC9865-2.1-04": LIES["arrange_users.other-count-is-called-invalid"],
    "RFC9865-2.4-01": LIES["arrange_users.default-paging-is-as-said"],
    "RFC9865-5.2-04": LIES["arrange_users.forged-cursor-is-refused"],
}

MILD = {
    "RFC7643-3.1-02 (dates)": "nothing but a client that asks for changes since a moment needs them",
    "RFC7644-7.8-01": "which strings are to be prepared, and how, section 5 says of userName and password alone",
    "RFC7643-4.1.2-10 (of two)": "groups may be worked out a while after a group is written",
}
