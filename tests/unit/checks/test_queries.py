"""Where the RFCs leave open what a list or a part of somebody shows, nobody is held to it."""

from dataclasses import replace
from typing import Any

import pytest
from bending import bent, body, judged, user

from scim_tests.checks import catalogue
from scim_tests.checks.reading.orders import order
from scim_tests.checks.reading.queries import Queries
from scim_tests.model.exchange import Exchange, Heard
from scim_tests.model.verdict import Verdict

PRIMARY = {"phoneNumbers": [{"value": "1", "primary": True}]}
NAMED = "every_projection.shows-what-was-named"


@pytest.mark.parametrize(
    ("one", "other", "path", "expected"),
    [
        (PRIMARY, {}, "phonenumbers.primary", None),
        ({}, {"active": False}, "active", None),
        ({"externalId": "a"}, {"externalId": "B"}, "externalid", None),
        ({"externalId": "a"}, {"externalId": "b"}, "externalid", -1),
        ({"userName": "a"}, {"userName": "B"}, "username", -1),
        (
            {"meta": {"created": "2026-11-30T12:56:53.54Z"}},
            {"meta": {"created": "2026-11-30T12:56:53.6Z"}},
            "meta.created",
            -1,
        ),
        (
            {"meta": {"created": "2026-11-30T12:56:53Z"}},
            {"meta": {"created": "2026-11-30T12:56:53Z"}},
            "meta.created",
            None,
        ),
    ],
)
def test_what_may_come_either_way_has_no_order(
    one: dict[str, Any], other: dict[str, Any], path: str, expected: int | None
) -> None:
    """Who has no boolean may have false (RFC 7643 2.4), and capitals may come first where letter case counts."""
    assert order(Queries([]), one, other, path) == expected


def test_a_sorted_page_of_others_is_told(specified: list[Exchange]) -> None:
    """A page that is in order by itself has the wrong people on it, where it was cut first and sorted then."""
    whole = next(each for each in specified if each.step == "arrange_users.whole")
    first = [str(each["id"]) for each in whole.resources][:3]

    def cut_first(document: Any) -> None:
        for each, id_ in zip(document["Resources"], reversed(first), strict=True):
            each["id"] = id_

    (check,) = (each for each in catalogue() if each.id == "every_query.is-in-the-order-asked-for")
    (said,) = judged(check, bent(specified, "arrange_users.by_user_name", body(cut_first)))
    assert said.verdict is Verdict.FAIL
    assert said.finding is not None
    assert "too little room" in said.finding.got


def for_primary(heard: Heard) -> Heard:
    path = heard.request.path.replace("emails.value", "emails.primary")
    return replace(heard, request=replace(heard.request, path=path))


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([{"primary": True}], Verdict.PASS),
        ([{}, {"primary": True}], Verdict.PASS),
        ([], Verdict.FAIL),
    ],
)
def test_entries_without_what_is_asked_for_may_be_missing(
    specified: list[Exchange], shown: list[dict[str, Any]], expected: Verdict
) -> None:
    """One address of two says that it is primary: the other may be shown with nothing in it, or not at all."""
    (check,) = (each for each in catalogue() if each.id == NAMED)
    step = "project_users.only_part_of_a_list"
    (said,) = judged(check, bent(specified, step, for_primary, user(emails=shown)))
    assert said.verdict is expected
