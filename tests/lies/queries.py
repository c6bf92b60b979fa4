"""Lies about whom a query finds, in which order, in which parts and on which page."""

from dataclasses import replace
from typing import Any

from bending import body, drop, header, put, raw, status, user

from lies import Bend, Lie
from lies.words import upside_down
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ERROR, USER
from scim_tests.personas.okta.whole_profile import PAGER


def nobody(document: Any) -> Any:
    """Nobody is found."""
    return {**document, "totalResults": 0, "Resources": []}


def one_less(document: Any) -> None:
    document["Resources"].pop(0)
    document["totalResults"] -= 1


def first_last(document: Any) -> None:
    document["Resources"].append(document["Resources"].pop(0))


NOBODY = body(nobody)
REFUSED = status(400)
INVALID_FILTER = b'{"schemas":["%s"],"status":"400","scimType":"invalidFilter"}' % ERROR.encode()
LESS = body(one_less)
UPSIDE_DOWN = body(upside_down)


OTHER = {"schemas": [USER], "id": "somebody-else", "userName": "other@example.org", "active": True}


def more(**members: Any) -> Bend:
    """Somebody more is shown, who has these values."""

    def bend(document: Any) -> None:
        document["Resources"].append({**OTHER, **members})
        document["totalResults"] += 1

    return body(bend)


def asked_in_other_letters(heard: Heard) -> Heard:
    """Who is found was asked for with the last word in other letters."""
    path, _, value = heard.request.path.rpartition("%20")
    return replace(heard, request=replace(heard.request, path=f"{path}%20{value.swapcase()}"))


def asked_for_the_primary_one(heard: Heard) -> Heard:
    """Who is found was asked for by an address that does not say whether it is primary."""
    path = heard.request.path.replace("type%20eq%20%22work%22", "primary%20eq%20true")
    return replace(heard, request=replace(heard.request, path=path))


def f(step: str) -> str:
    return f"filter_users.{step}"


def a(step: str) -> str:
    return f"arrange_users.{step}"


def p(step: str) -> str:
    return f"project_users.{step}"


LIES: dict[str, Lie] = {
    "make_specimens.create-answers-201": ("make_specimens.create_3", status(400)),
    "filter_users.refusal-is-called-invalid-filter": (f("gt_true"), put(scimType="invalidValue")),
    "filter_users.value-decides-nothing-but-whom-it-finds": (f("quoted"), REFUSED),
    "filter_users.filter-of-one-type-is-taken-at-the-root": (
        f("search_everywhere"),
        status(400),
        raw(INVALID_FILTER),
    ),
    "filter_users.search-is-answered": (f("search_sw"), status(405)),
    "filter_users.order-of-true-and-false-is-refused": (f("gt_true"), status(200)),
    "arrange_users.pages-make-the-whole": (a("search_page_of_3"), LESS),
    "arrange_users.sorted-pages-are-the-sorted-whole": (a("descending_page_of_3"), UPSIDE_DOWN),
    "arrange_users.cursors-lead-past-everybody-once": (a("walk"), LESS),
    "arrange_users.given-cursor-is-taken": (a("walk_beside"), status(400)),
    "live_together.walk-does-not-begin-anew": ("live_together.walk*", put(Resources=[OTHER])),
    "arrange_users.cursor-is-plain-text": (a("walk"), put(nextCursor="a=b")),
    "arrange_users.first-page-has-no-previous-cursor": (a("walk"), put(previousCursor="abc")),
    "arrange_users.made-up-cursor-is-refused": (a("cursor_of_nothing"), status(200), put(Resources=[])),
    "arrange_users.empty-page-is-answered": (a("count_below"), status(400)),
    "arrange_users.total-is-that-of-the-filter": (a("page_from_2"), put(totalResults=4000)),
    "arrange_users.search-by-cursor-goes-on": (a("search_cursor"), drop("nextCursor")),
    "project_users.patch-with-attributes-answers-200": (p("patch_with_attributes"), status(204)),
    "project_users.password-is-never-shown": (p("password"), user(password="x")),
    "project_users.create-says-where-the-user-is": (p("create_with_attributes"), header("Location", None)),
    "every_query.totals-whom-it-finds": (f("search_page_everywhere"), put(totalResults=4)),
    "every_query.shows-only-who-matches": (f("eq"), more()),
    "every_query.misses-nobody-who-matches": (f("pr"), LESS),
    "every_query.is-in-the-order-asked-for": (a("by_title"), UPSIDE_DOWN),
    "every_query.sound-question-is-answered": (a("by_title_descending"), REFUSED),
    "every_query.same-meaning-has-the-same-answer": (f("eq_with_urn"), NOBODY),
    "every_projection.shows-what-was-named": (p("only_one"), user(displayName=None)),
    "every_projection.shows-nothing-else": (p("only_one"), user(title="Alpha")),
    "every_projection.leaves-out-what-is-excluded": (p("without_one"), user(displayName="X")),
    "every_projection.shows-what-is-not-excluded": (p("without_one"), user(title=None)),
}

MILD = {"RFC7644-3.4.2.5-02 (emptied)": "an empty list is no value (RFC 7643 2.5)"}

ROWS: dict[str, Lie] = {
    "RFC7643-2.4-05": (f("one_entry"), asked_for_the_primary_one),
    "RFC7643-3.1-09": (f("id"), asked_in_other_letters),
    "RFC7643-3.1-10": (p("only_one"), user(id=None)),
    "RFC7643-7-16": (f("text_in_other_letters"), NOBODY),
    "RFC7643-4.1.1-21": (p("password"), user(password="x")),
    "RFC7643-7-23": (p("password"), user(password="x")),
    "RFC7643-7-24": (p("list_only_one"), user(locale="en-US")),
    "RFC7643-7-22": (p("without_what_always_comes"), user(id=None)),
    "RFC7644-3.4.2.1-02": (f("search_everywhere"), NOBODY),
    "RFC7644-3.4.2.1-04": (f("search_everywhere"), LESS),
    "RFC7644-3.4.2.1-05": (f("search_everywhere"), more()),
    "RFC7644-3.4.2.1-05 (refused)": (f("search_everywhere"), status(400), raw(INVALID_FILTER)),
    "RFC7644-3.4.2.4-02 (by POST)": (a("from_below"), status(400)),
    "RFC7644-3.4.2.2-02": (f("eq"), more()),
    "RFC7644-3.4.2.2-03": (f("pr_in_capitals"), NOBODY),
    "RFC7644-3.4.2.2-06": (f("eq"), NOBODY),
    "RFC7644-3.4.2.2-08": (f("co"), NOBODY),
    "RFC7644-3.4.2.2-09": (f("sw_is_no_co"), more()),
    "RFC7644-3.4.2.2-10": (f("ew"), NOBODY),
    "RFC7644-3.4.2.2-11": (f("pr_of_a_list"), LESS),
    "RFC7644-3.4.2.2-12": (f("created_gt_before"), NOBODY),
    "RFC7644-3.4.2.2-13": (f("gt_true"), status(200)),
    "RFC7644-3.4.2.2-14": (f("three_clauses"), NOBODY),
    "RFC7644-3.4.2.2-15": (f("or"), LESS),
    "RFC7644-3.4.2.2-16": (f("two_entries"), more(emails=[{"type": "home", "value": "x"}])),
    "RFC7644-3.4.2.2-18": (f("quoted"), REFUSED),
    "RFC7644-3.4.2.2-19": (f("quoted"), NOBODY),
    "RFC7644-3.4.2.2-20": (f("and_before_or"), LESS),
    "RFC7644-3.4.2.2-21": (f("bare_list"), NOBODY),
    "RFC7644-3.4.2.2-23": (f("true"), LESS),
    "RFC7644-3.4.2.2-24": (f("gt_true"), put(scimType="invalidPath")),
    "RFC7643-3.1-14": (f("external_id"), asked_in_other_letters),
    "RFC7644-3.4.2.2-26": (f("text_in_other_letters"), NOBODY),
    "RFC7644-3.4.2.2-07": (f("ne"), LESS),
    "RFC7644-3.4.2.2-22": (f("part_of_a_name"), NOBODY),
    "RFC7644-3.4.2.2-28": (f("part_with_urn"), NOBODY),
    "RFC7644-3.4.2.3-02": (a("by_user_name"), UPSIDE_DOWN),
    "RFC7644-3.4.2.3-03": (a("unseen_by_emails"), UPSIDE_DOWN),
    "RFC7644-3.4.2.3-04": (a("unseen_by_family_name"), UPSIDE_DOWN),
    "RFC7644-3.4.2.3-05": (a("unseen_by_department_in_capitals"), UPSIDE_DOWN),
    "RFC7644-3.4.2.3-06": (a("by_title"), UPSIDE_DOWN),
    "RFC7644-3.4.2.3-07": (a("by_title"), body(first_last)),
    "RFC7644-3.4.2.4-03": (a("search_page_of_3"), LESS),
    "RFC7644-3.4.2.4-04": (a("count_below"), status(400)),
    "RFC7644-3.4.2.4-05": (a("count_zero"), put(totalResults=0)),
    "RFC7644-3.4.2.4-09": (a("search_page_of_3"), put(totalResults=2)),
    "RFC7644-3.4.2.4-11": (a("page_from_2"), LESS),
    "RFC7644-3.4.2.5-01": (p("list_only_one"), user(title="Alpha")),
    "RFC7644-3.4.2.5-02": (p("list_without_id"), user(userName="X")),
    "RFC7644-3.4.2.5-02 (emptied)": (p("list_without_parts"), user(emails=[])),
    "RFC7643-7-24 (meta)": (p("search_without"), user(meta={"resourceType": "User"})),
    "RFC7644-3.4.2.5-04": (p("without_what_always_comes"), user(id=None)),
    "RFC7644-3.4.3-01": (f("search_eq"), status(404)),
    "RFC7644-3.4.3-04": (p("search_without"), user(id=None)),
    "RFC7644-3.4.3-06": (a("unseen_by_emails_searched"), UPSIDE_DOWN),
    "RFC7644-3.4.3-08": (f("search_pr"), LESS),
    "RFC7644-3.5.2-22": (p("patch_with_attributes"), status(204)),
    "RFC7644-3.9-01": (p("list_only_several"), user(locale="en-GB")),
    "RFC7644-3.9-02": (p("list_only_several"), user(emails=None)),
    "RFC7644-3.9-03": (p("list_without_id"), user(id=None)),
    "RFC7644-3.9-03 (parts of another)": (
        p("search_without"),
        user(phoneNumbers=[{"type": PAGER["type"]}]),
    ),
    "RFC7644-3.9-04": (p("list_without_parts"), user(userName=None)),
    "RFC7644-3.9-06": (p("put_with_attributes"), user(locale="en-GB")),
    "RFC7644-3.10-01": (p("list_only_parts_with_urn"), user(name=None)),
    "RFC7644-3.10-03": (p("only_parts"), user(name=None)),
    "RFC7644-3.10-04": (p("only_in_capitals"), user(meta=None)),
    "RFC9865-2-02": (a("walk"), put(nextCursor="a b")),
    "RFC9865-2-03": (a("cursor_count_below"), status(400)),
    "RFC9865-2-04": (a("cursor_count_zero"), put(Resources=[OTHER])),
    "RFC9865-2-05": (a("walk"), more()),
    "RFC9865-2-07": (a("walk"), LESS),
    "RFC9865-2-08": (a("walk"), put(nextCursor="again")),
    "RFC9865-2-10": (a("walk"), put(previousCursor="abc")),
    "RFC9865-2.1-01": (a("cursor_of_nothing"), status(200), put(Resources=[])),
    "RFC9865-2.1-02": (a("cursor_of_nothing"), put(scimType="invalidValue")),
    "RFC9865-2.2-01": (a("descending_walk"), UPSIDE_DOWN),
    "RFC9865-3-01": (a("search_cursor"), drop("nextCursor")),
}
