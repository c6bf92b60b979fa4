"""Lies about those to whom nothing was sent, or nothing that was taken."""

from dataclasses import replace
from typing import Any

from bending import body, each_user, meta, put, status, user

from lies import Lie
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import USER


def h(step: str) -> str:
    return f"live_together.{step}"


def searched_again(heard: Heard) -> Heard:
    """The user who is deleted is called as the one whom the search shows."""
    if heard.request.method == "DELETE":
        return replace(heard, request=replace(heard.request, path="/Users/gone"))
    shown = {"schemas": [USER], "id": "gone", "userName": "gone@example.com"}
    return put(totalResults=1, Resources=[shown])(heard) if heard.request.method == "POST" else heard


def member_less(group: Any) -> None:
    group["members"] = group["members"][1:]


def first_gone(shown: Any) -> None:
    shown["Resources"].pop(0)
    shown["totalResults"] -= 1


LATER = meta(lastModified="2031-01-01T00:00:00Z")
OLD_LETTERS = user(userName="scim-tests.unittest.Live-Together-1@example.com")

LIES: dict[str, Lie] = {
    "live_together.write-leaves-the-others": (h("people_after_leaving"), user(title=None)),
    "live_together.refused-write-leaves-everybody": (h("people_after_refusals"), LATER),
    "live_together.letters-of-a-name-change": (h("read_active"), OLD_LETTERS),
    "live_together.id-is-one-in-any-letters": (h("in_other_letters"), status(200)),
}

ROWS: dict[str, Lie] = {
    "RFC7644-3.5.2.3-01 (others)": LIES["live_together.write-leaves-the-others"],
    "RFC7644-3.5.1-03 (cascade)": (h("people_after_renaming"), body(first_gone)),
    "RFC7644-3.5.2-18 (others)": (h("groups_after_refusals"), each_user(member_less)),
    "RFC7644-3.5.2.3-02 (letters)": LIES["live_together.letters-of-a-name-change"],
    "RFC7643-3.1-20 (refused)": LIES["live_together.refused-write-leaves-everybody"],
    "RFC7644-3.6-03 (searched)": (h("[ds]e*"), searched_again),
}
