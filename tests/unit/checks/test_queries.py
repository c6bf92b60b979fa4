"""Where the RFCs leave open what a list or a part of somebody shows, nobody is held to it."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from bending import Bend, bent, body, judged, put, status, user

from scim_tests.checks import catalogue
from scim_tests.checks.reading.orders import order
from scim_tests.checks.reading.queries import Queries, query_of
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


def test_a_group_that_is_deleted_leaves_its_groups(specified: list[Exchange]) -> None:
    """A read after the DELETE of a group in it does not say who was in a group before, where none of the time is there."""
    gone = "write_in_forms.group_after_with_inner_again"
    (check,) = (each for each in catalogue() if each.id == NAMED)
    (said,) = judged(check, [each for each in specified if each.step != gone])
    assert said.verdict is Verdict.PASS


UNKNOWN_FILTER = (status(400), put(status="400", scimType="invalidFilter"))


@pytest.mark.parametrize(
    ("check_id", "steps", "refused"),
    [
        (
            "arrange_users.made-up-cursor-is-refused",
            ("arrange_users.whole", "arrange_users.cursor_of_nothing"),
            UNKNOWN_FILTER,
        ),
        ("arrange_users.empty-page-is-answered", ("arrange_users.count_below",), (status(501),)),
        ("every_query.sound-question-is-answered", ("arrange_users.by_created",), UNKNOWN_FILTER),
    ],
)
def test_what_need_not_be_done_may_be_refused(
    specified: list[Exchange], check_id: str, steps: tuple[str, ...], refused: tuple[Bend, ...]
) -> None:
    """A filter that is not known, a search by POST and an attribute to sort by are the target's own choice."""
    for step in steps:
        specified = bent(specified, step, *refused)
    (check,) = (each for each in catalogue() if each.id == check_id)
    assert Verdict.FAIL not in {each.verdict for each in judged(check, specified)}


def test_who_pages_by_cursor_alone_needs_no_start_index(specified: list[Exchange]) -> None:
    """A page with a cursor that leads on says no startIndex, though nobody asked for a cursor (RFC 9865 2.3)."""
    (check,) = (each for each in catalogue() if each.id == "every_list.has-start-index-as-an-integer")
    by_cursor = body(lambda page: {**{k: v for k, v in page.items() if k != "startIndex"}, "nextCursor": "a"})
    assert Verdict.FAIL not in {
        each.verdict for each in judged(check, bent(specified, "arrange_users.page_from_2", by_cursor))
    }


def test_pages_that_are_short_all_along_lose_nobody(honest: list[Exchange]) -> None:
    """Where the walk is given up before its end, each page of it short, that is advice and no failure (RFC 7644 3.4.2.4)."""
    short = body(lambda page: {**page, "Resources": page["Resources"][:3], "itemsPerPage": 3})
    conversation = bent(bent(honest, "import_users.page", short), "import_users.second_walk", short)
    (check,) = (each for each in catalogue() if each.id == "import_users.lists-as-many-as-it-totals")
    assert Verdict.FAIL not in {each.verdict for each in judged(check, conversation)}


@pytest.mark.parametrize("check_id", ["every_write.is-taken-in-any-form", "every_write.reads-paths-alike"])
def test_a_comparison_in_a_path_may_be_none_that_the_target_knows(
    honest: list[Exchange], check_id: str
) -> None:
    """It says so with invalidFilter (RFC 7644 table 9), though it knows the operator with another attribute."""
    conversation = honest
    for step in {each.step for each in honest if b"[primary " in each.request.body}:
        conversation = bent(conversation, step, *UNKNOWN_FILTER)
    (check,) = (each for each in catalogue() if each.id == check_id)
    assert Verdict.FAIL not in {each.verdict for each in judged(check, conversation)}


def test_who_is_created_anew_under_the_old_id_has_the_old_date(honest: list[Exchange]) -> None:
    """A target that keeps whom it deletes gives them back as they were: modified since they were created."""
    (check,) = (each for each in catalogue() if each.id == "every_resource.is-not-modified-by-its-create")
    first = next(each for each in honest if each.step == "delete_user.create").resource

    def back(user: Any) -> None:
        user.update(id=first["id"])
        user["meta"].update(created=first["meta"]["created"])

    def created_before(user: Any) -> None:
        user["meta"].update(created=first["meta"]["created"])

    step = "delete_user.create_again"
    verdicts = [
        {each.verdict for each in judged(check, bent(honest, step, body(bend)))}
        for bend in (back, created_before)
    ]
    assert [Verdict.FAIL in each for each in verdicts] == [False, True]


def test_whoever_else_a_list_shows_is_none_of_the_household(honest: list[Exchange]) -> None:
    """Where a target passes over the filter, others of the run are listed, to whom other acts write meanwhile."""
    (check,) = (each for each in catalogue() if each.id == "live_together.refused-write-leaves-everybody")
    other = next(each for each in honest if each.step == "update_user.read").resource

    def with_another(moment: str) -> Bend:
        meta = {**other["meta"], "lastModified": moment}
        return body(lambda page: page["Resources"].append({**other, "meta": meta}))

    conversation = honest
    for step, moment in (("renaming", "2026-01-01T00:00:00Z"), ("refusals", "2026-01-01T00:00:09Z")):
        conversation = bent(conversation, f"live_together.people_after_{step}", with_another(moment))
    assert Verdict.FAIL not in {each.verdict for each in judged(check, conversation)}


def for_the_active(heard: Heard) -> Heard:
    path = heard.request.path.replace("active%20eq%20false", "active%20eq%20true")
    return replace(heard, request=replace(heard.request, path=path))


NOBODY = body(lambda page: page.update(Resources=[], totalResults=0))
MISSES, SHOWS = "every_query.misses-nobody-who-matches", "every_query.shows-only-who-matches"


@pytest.mark.parametrize(
    ("check_id", "step", "bend", "told"),
    [
        (MISSES, "pr", NOBODY, ("title pr”", "although title is")),
        (MISSES, "sw", NOBODY, ("userName sw", "although userName is")),
        (SHOWS, "false", for_the_active, ("active eq true”", "the boolean false as active")),
    ],
)
def test_a_finding_names_the_filter_and_what_it_asks_for(
    specified: list[Exchange], check_id: str, step: str, bend: Bend, told: tuple[str, str]
) -> None:
    """Where it asks for more than for people of the run, a finding is told by that, which says what is wrong."""
    (check,) = (each for each in catalogue() if each.id == check_id)
    (said,) = judged(check, bent(specified, f"filter_users.{step}", bend))
    assert said.finding is not None
    assert f"” of filter_users.{step} fits" in said.finding.expected
    assert told[0] in said.finding.expected
    assert told[1] in said.finding.got


def test_of_a_long_filter_a_finding_shows_how_it_begins(specified: list[Exchange]) -> None:
    """In whole words, so that no name in it is cut."""
    asked = next(each for each in specified if each.step == "filter_users.sw")
    long = f'userName sw "{"a" * 150}" and title eq "{"b" * 150}"'
    request = replace(asked.heard.request, path=f"/Users?filter={quote(long)}")
    said = query_of(replace(asked, heard=replace(asked.heard, request=request))).filter_asked
    assert said == f'the filter “userName sw "{"a" * 150}" and title eq …” of filter_users.sw'
