"""Lies that refuse what was taken elsewhere, or leave out what was shown elsewhere."""

from bending import each_user

from lies import Lie
from lies.words import refusal
from scim_tests.model.scim import Resource


def without_groups(shown: Resource) -> None:
    shown.pop("groups", None)


BY_DEFAULT: Lie = ("live_together.put_with_anothers_id", each_user(without_groups))
LIES: dict[str, Lie] = {
    "every_write.is-taken-in-any-form": (
        "write_in_forms.chosen_name",
        *refusal(400, "invalidSyntax"),
    ),
    "every_query.filter-of-known-parts-is-taken": (
        "filter_users.and_before_or",
        *refusal(400, "invalidFilter"),
    ),
    "every_view.shows-what-is-returned-by-default": BY_DEFAULT,
}
ROWS: dict[str, Lie] = {
    "RFC7644-3.5.2-05 (in any form)": LIES["every_write.is-taken-in-any-form"],
    "RFC7644-3.5.2-21 (in any form)": LIES["every_write.is-taken-in-any-form"],
    "RFC7644-3.4.2.2-02 (of known parts)": LIES["every_query.filter-of-known-parts-is-taken"],
    "RFC7644-3.4.2.2-14 (of known parts)": LIES["every_query.filter-of-known-parts-is-taken"],
    "RFC7643-7-24 (of a write)": BY_DEFAULT,
    "RFC7644-3.5.1-11 (by default)": BY_DEFAULT,
}
