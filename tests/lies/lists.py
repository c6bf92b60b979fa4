"""Lies in lists and lookups: who is found, and what a page says of itself (RFC 7644 3.4.2)."""

from bending import body, drop, header, put, raw, status, user

from lies import Lie
from lies.words import EMAIL, each_shown, first_twice, in_body, nothing, refusal, stranger, upside_down
from scim_tests.model.scim import USER, Json

CONVERSATION = "honest"

LIST, PAGE = "read_user.list", "import_users.page"
FIND = "push_user.find"

MILD = {"RFC7644-3.4.2.2-25": "detail is optional (RFC 7644 3.12)"}


def one_short(document: Json) -> None:
    del document["Resources"][-1]


LIES: dict[str, Lie] = {
    "every_list.has-the-list-response-schema": ("read_user.list", put(schemas=[USER])),
    "every_list.has-total-results-as-an-integer": ("test_credentials.probe", put(totalResults="2")),
    "every_list.has-start-index-as-an-integer": ("push_user.find", put(startIndex="1")),
    "every_list.has-items-per-page-as-an-integer": ("read_user.list", drop("itemsPerPage")),
    "every_list.has-resources-as-an-array": ("read_user.list", put(Resources={"0": {}})),
    "every_list.shows-somebody-where-somebody-is": ("read_user.list", put(Resources=[])),
    "every_list.counts-the-items-on-the-page": ("import_users.page", put(itemsPerPage=100)),
    "every_list.starts-where-it-was-asked-to": ("import_users.start_zero", put(startIndex=0)),
    "every_list.keeps-to-the-count": ("import_users.pages_of_1", body(stranger)),
    "every_list.totals-at-least-what-it-shows": ("import_users.page", put(totalResults=2)),
    "every_list.shows-nobody-twice": ("import_users.page", body(first_twice)),
    "every_lookup.is-answered": ("push_user.lookup", status(400)),
    "every_lookup.finds-no-stranger": ("push_user.find", body(stranger)),
    "every_lookup.misses-a-new-person": ("push_user.lookup", put(totalResults=3)),
    "every_lookup.totals-one-for-one-hit": ("push_user.find", put(totalResults=9)),
    "every_query.shows-as-much-by-any-spelling": ("push_user.find_in_capitals", user(locale=None)),
    "query_users.words-ignore-letter-case": ("query_users.words_in_capitals", status(400)),
    "query_users.finds-the-person": ("query_users.brackets", put(Resources=[], totalResults=0)),
    "query_users.finds-nobody-else": ("query_users.nobody_too", put(Resources=[{"id": "1"}])),
    "query_users.answers-who-accepts-json": ("query_users.plain_json", status(406)),
    "query_users.answers-who-accepts-anything": ("query_users.anything", status(406)),
    "query_users.part-has-the-version-of-the-whole": ("query_users.part", header("ETag", 'W/"part"')),
    "find_user.answers-a-lookup-by-other-attributes": ("find_user.by_email", status(400)),
    "find_user.finds-who-has-the-value": ("find_user.by_email", put(Resources=[], totalResults=0)),
    "find_user.finds-nobody-without-the-value": (
        "find_user.by_email_cut",
        put(totalResults=1, Resources=[{"id": "1", "emails": [EMAIL]}]),
    ),
    "read_user.unknown-id-answers-404": ("read_user.unknown_id", status(400)),
    "read_user.list-answers-200": ("read_user.list", status(206)),
    "read_user.listed-person-is-found-by-user-name": (
        "read_user.by_user_name",
        put(Resources=[], totalResults=0),
    ),
    "read_user.broken-filter-is-refused": ("read_user.broken_filter", status(200)),
    "read_user.broken-filter-is-called-invalid": ("read_user.broken_filter", drop("scimType")),
    "import_users.page-answers-200": ("import_users.pages_of_2", status(400)),
    "import_users.serves-a-hundred-at-a-time": ("import_users.page", body(one_short)),
    "import_users.total-is-steady": ("import_users.pages_of_7", put(totalResults=1)),
    "import_users.total-counts-everybody": ("import_users.pages_of_1", put(totalResults=1)),
    "import_users.lists-as-many-as-it-totals": ("import_users.page", body(first_twice)),
    "import_users.shows-nobody-on-two-pages": (
        "import_users.pages_of_2",
        each_shown(lambda one: one.update(id="the same on every page")),
    ),
    "import_users.small-pages-show-the-same-people": ("import_users.pages_of_2", user(id="somebody else")),
    "import_users.second-walk-keeps-the-order": ("import_users.second_walk", body(upside_down)),
    "import_users.goes-on-to-the-next-page": ("import_users.pages_of_1", user(id="the same on every page")),
    "import_users.past-the-end-is-nobody": ("import_users.past_the_end", status(400)),
    "import_users.count-zero-shows-nobody": ("import_users.count_zero", put(Resources=[{"id": "1"}])),
    "import_users.negative-count-is-zero": ("import_users.count_negative", put(Resources=[{"id": "1"}])),
    "import_users.start-below-one-is-one": ("import_users.start_zero", status(400)),
    "import_users.lists-whom-the-run-created": ("push_user.create", user(id="never listed")),
    "import_users.lists-inactive-people": ("deactivate_user.read_back", user(id="never listed")),
    "entitlements.list-answers-200": ("entitlements.page", status(404)),
    "entitlements.users-have-listed-ones": ("push_user.read", user(roles=[{"value": "unlisted"}])),
    "entitlements.poll-shows-one": ("entitlements.poll", put(itemsPerPage=100)),
    "entitlements.each-has-id-and-name": ("entitlements.page", user(displayName=None)),
    "entitlements.each-names-its-schema": ("entitlements.page", user(schemas=["urn:example:Role"])),
    "entitlements.each-has-its-type": ("entitlements.page", user(type="Role")),
    "entitlements.descriptions-are-short": ("entitlements.page", user(description="x" * 1001)),
    "entitlements.lists-each-once": ("entitlements.page", body(one_short)),
}

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
