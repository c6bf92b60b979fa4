"""Lies in lists and lookups: who is found, and what a page says of itself (RFC 7644 3.4.2)."""

from bending import body, drop, put, raw, status, user

from lies import Lie
from lies.words import first_twice, in_body, nothing, refusal, stranger
from scim_tests.model.scim import USER

CONVERSATION = "honest"

LIST, PAGE = "read_user.list", "import_users.page"
FIND = "push_user.find"

MILD = {"RFC7644-3.4.2.2-25": "detail is optional (RFC 7644 3.12)"}

ROWS: dict[str, Lie] = {
    "RFC7644-3.1-01": (LIST, put(schemas=["urn:example:ListResponse"])),
    "RFC7644-3.4-01": ("patch_entries.after_part_of_one", user(nickName=None)),
    "RFC7644-3.4.1-01": ("push_user.read", *refusal(404)),
    "RFC7644-3.4.1-02": ("read_user.unknown_id", *refusal(400)),
    "RFC7644-3.4.2-02": (LIST, put(schemas=[USER])),
    "RFC7644-3.4.2-03": (FIND, drop("totalResults")),
    "RFC7644-3.4.2-04": (LIST, drop("Resources")),
    "RFC7644-3.4.2-06": (LIST, drop("startIndex")),
    "RFC7644-3.4.2-07": (LIST, drop("itemsPerPage")),
    "RFC7644-3.4.2-08": ("push_user.lookup", put(totalResults=3)),
    "RFC7644-3.4.2-08 (refused)": ("push_user.lookup", *refusal(400, "invalidValue")),
    "RFC7644-3.4.2.2-02": (FIND, body(stranger)),
    "RFC7644-3.4.2.2-03": ("query_users.words_in_capitals", *refusal(400, "invalidFilter")),
    "RFC7644-3.4.2.2-04": (
        "read_user.broken_filter",
        status(200),
        raw(b'{"totalResults": 0, "Resources": []}'),
    ),
    "RFC7644-3.4.2.2-06": (FIND, nothing()),
    "RFC7644-3.4.2.2-07": ("query_users.not_equal", put(totalResults=1, Resources=[{"id": "1"}])),
    "RFC7644-3.4.2.2-14": ("query_users.nobody_too", put(totalResults=1, Resources=[{"id": "1"}])),
    "RFC7644-3.4.2.2-14 (and)": ("query_users.two_clauses", nothing()),
    "RFC7644-3.4.2.2-15": ("query_users.brackets", nothing()),
    "RFC7644-3.4.2.2-24": ("read_user.broken_filter", drop("scimType")),
    "RFC7644-3.4.2.2-25": ("read_user.broken_filter", drop("detail")),
    "RFC7644-3.4.2.2-26": ("push_user.find_in_capitals", nothing()),
    "RFC7644-3.4.2.4-02": ("import_users.start_negative", *refusal(400, "invalidValue")),
    "RFC7644-3.4.2.4-03": ("import_users.pages_of_1", user(id="the same on every page")),
    "RFC7644-3.4.2.4-04": ("import_users.count_negative", *refusal(400, "invalidValue")),
    "RFC7644-3.4.2.4-05": ("import_users.count_zero", put(Resources=[{"id": "1"}])),
    "RFC7644-3.4.2.4-05 (the total)": ("import_users.count_zero", put(totalResults=0)),
    "RFC7644-3.4.2.4-06": ("import_users.pages_of_1", body(stranger)),
    "RFC7644-3.4.2.4-08": (PAGE, put(itemsPerPage=100)),
    "RFC7644-3.4.2.4-09": ("import_users.pages_of_1", put(totalResults=1)),
    "RFC7644-3.4.2.4-10": ("import_users.pages_of_2", put(startIndex=1)),
    "RFC7644-3.4.2.4-11": ("import_users.pages_of_2", user(id="somebody else")),
    "RFC7644-3.4.2.4-11 (twice)": (PAGE, in_body(first_twice)),
    "RFC7644-3.4.2.4-12": ("import_users.past_the_end", *refusal(404)),
    "RFC7644-3.4.2.4-12 (people)": ("import_users.past_the_end", put(Resources=[{"id": "1"}])),
    "INTEROP-6.1-04": ("push_user.read", *refusal(404)),
    "INTEROP-6.3-01": (FIND, *refusal(501)),
    "INTEROP-6.3-02": (FIND, *refusal(400, "invalidFilter")),
    "INTEROP-6.3-03": ("query_users.two_clauses", *refusal(400, "invalidFilter")),
    "INTEROP-6.4-01": (PAGE, *refusal(400, "invalidValue")),
    "INTEROP-6.4-01 (groups)": ("import_groups.page", *refusal(400, "invalidValue")),
    "INTEROP-6.4-03": (PAGE, in_body(lambda document: document["Resources"].pop())),
    "INTEROP-6.6-04": ("push_group.lookup_deleted", put(totalResults=1, Resources=[{"id": "1"}])),
}
