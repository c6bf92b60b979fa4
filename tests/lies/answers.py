"""Lies in the answer itself: status, headers, media type, errors, tokens (RFC 7644 2, 3.8, 3.12 and 7, RFC 6750)."""

from bending import drop, from_far_away, header, put, raw, silent, slow, status, user

from lies import Lie
from lies.words import each_shown, garbled, refusal

CONVERSATION = "honest"

UNKNOWN, WRONG_TOKEN, NO_TOKEN = (
    "read_user.unknown_id",
    "test_credentials.wrong_token",
    "test_credentials.no_token",
)
BROKEN_FILTER = "read_user.broken_filter"
NAMES_GARBLED = each_shown(lambda one: one["name"].update(givenName=garbled(one["name"]["givenName"])))

MILD = {
    "RFC7644-3.1-03": "every client that is known reads application/json, and the RFC has servers offer it (RFC 7644 3.8)",
    "RFC7644-3.8-06 (another type)": "the same",
}

LIES: dict[str, Lie] = {
    "every_answer.arrives": ("read_user.by_id", silent),
    "every_answer.is-no-server-error": ("read_user.unknown_id", status(500)),
    "every_answer.is-no-redirect": ("read_user.list", status(302)),
    "every_answer.is-json": ("read_user.unknown_id", raw(b"<html>Not found</html>")),
    "every_answer.says-it-is-scim-json": ("read_user.list", header("Content-Type", "text/html")),
    "every_answer.shows-the-resource-or-list": ("read_user.by_id", raw(b"[]")),
    "every_answer.names-each-key-once": ("read_user.by_id", raw(b'{"id": "1", "id": "2"}')),
    "every_answer.is-empty-when-it-says-so": ("clean_up.delete", raw(b"{}")),
    "every_answer.hides-no-error-behind-success": ("read_user.unknown_id", status(200)),
    "every_answer.shows-no-password": ("push_user.create", user(password="$2b$12$hash")),
    "every_answer.shows-no-token": (
        "test_credentials.wrong_token",
        header("X-Echo", "Bearer $SCIM_TESTS_TOKEN"),
    ),
    "every_answer.takes-the-scim-media-type": ("push_user.create", status(415)),
    "every_answer.is-quick-enough": ("import_users.page", slow),
    "every_error.tells-nothing-of-the-inside": (
        "read_user.unknown_id",
        put(detail="Traceback (most recent call last): …"),
    ),
    "every_error.has-an-error-body": ("read_user.unknown_id", raw(b"")),
    "every_error.has-the-error-schema": ("read_user.unknown_id", drop("schemas")),
    "every_error.has-status-as-a-string": ("read_user.unknown_id", put(status=404)),
    "every_error.says-its-own-status": ("read_user.unknown_id", put(status="400")),
    "every_error.has-a-detail": ("read_user.unknown_id", drop("detail")),
    "every_error.has-a-known-scim-type": ("read_user.unknown_id", put(scimType="notFound")),
    "every_error.has-a-scim-type-that-fits-its-status": ("read_user.unknown_id", put(scimType="uniqueness")),
    "every_throttle.says-when-to-come-again": (
        "read_user.by_id",
        status(429),
        header("Retry-After", "Wed, 21 Oct"),
    ),
    "every_throttle.lets-okta-through-in-the-end": ("read_user.by_id", status(429)),
    "test_credentials.scheme-ignores-letter-case": ("test_credentials.lower_case", status(401)),
    "test_credentials.probe-answers-200": ("test_credentials.probe", status(500)),
    "test_credentials.probe-answers-with-a-list": ("test_credentials.probe", raw(b'{"users": []}')),
    "test_credentials.probe-keeps-to-two-people": ("test_credentials.probe", put(Resources=[{}, {}, {}])),
    "test_credentials.strangers-are-refused": ("test_credentials.wrong_token", status(200)),
    "test_credentials.strangers-see-nobody": ("test_credentials.no_token", put(Resources=[{"id": "1"}])),
    "test_credentials.refusal-is-a-401": ("test_credentials.no_token", status(500)),
    "test_credentials.refusal-names-the-scheme": (
        "test_credentials.no_token",
        header("WWW-Authenticate", None),
    ),
    "test_credentials.wrong-token-is-called-invalid": (
        "test_credentials.wrong_token",
        header("WWW-Authenticate", "Bearer"),
    ),
    "test_credentials.base-url-is-https": ("test_credentials.probe", from_far_away),
}

ROWS: dict[str, Lie] = {
    "RFC7644-2-04": (NO_TOKEN, header("WWW-Authenticate", None)),
    "RFC7644-2-08": (WRONG_TOKEN, status(200), raw(b'{"totalResults": 1, "Resources": [{"id": "1"}]}')),
    "RFC7644-3.1-03": ("push_user.read", header("Content-Type", "application/json")),
    "RFC7644-3.2-01": ("test_credentials.probe", *refusal(404)),
    "RFC7644-3.2-05": (UNKNOWN, status(200)),
    "RFC7644-3.2-06": (UNKNOWN, drop("status")),
    "RFC7644-3.2-07": ("push_user.read", raw(b"<User><id>1</id></User>")),
    "RFC7644-3.8-01": ("push_user.read", NAMES_GARBLED),
    "RFC7644-3.8-02": ("push_user.read", NAMES_GARBLED),
    "RFC7644-3.8-04": ("push_user.read", *refusal(406)),
    "RFC7644-3.8-05": ("query_users.plain_json", *refusal(406)),
    "RFC7644-3.8-06": ("query_users.anything", *refusal(406)),
    "RFC7644-3.8-06 (another type)": ("query_users.anything", header("Content-Type", "application/xml")),
    "RFC7644-3.8-07": ("push_user.read", user(name="Dennis Boone")),
    "RFC7644-3.12-01": (UNKNOWN, raw(b"")),
    "RFC7644-3.12-02": (UNKNOWN, drop("schemas")),
    "RFC7644-3.12-03": (UNKNOWN, put(status=404)),
    "RFC7644-3.12-04": (UNKNOWN, put(status="400")),
    "RFC7644-3.12-08": (BROKEN_FILTER, *refusal(500)),
    "RFC7644-3.12-09": (NO_TOKEN, *refusal(403)),
    "RFC7644-3.12-11": (UNKNOWN, *refusal(400)),
    "RFC7644-3.12-12": ("duplicate_user.again", *refusal(400)),
    "RFC7644-3.12-17": (BROKEN_FILTER, put(scimType="invalidValue")),
    "RFC7644-3.12-19": ("duplicate_user.again", put(scimType="invalidValue")),
    "RFC7644-3.12-26": (BROKEN_FILTER, *refusal(403, "tooMany")),
    "RFC7644-3.14-03": ("push_user.read", header("ETag", 'W/"another"')),
    "RFC7644-3.14-06": ("update_user.*", each_shown(lambda one: one["meta"].update(version='"1"'))),
    "RFC7644-7.2-01": ("test_credentials.probe", from_far_away),
    "RFC7644-7.4-02": ("test_credentials.probe", from_far_away),
    "RFC7644-7.4-02 (shown)": (WRONG_TOKEN, header("X-Echo", "Bearer $SCIM_TESTS_TOKEN")),
    "RFC7644-8.1-01": ("push_user.read", header("Content-Type", "application/json")),
    "RFC6750-2.1-02": ("test_credentials.probe", *refusal(401)),
    "RFC6750-2.1-03": ("test_credentials.lower_case", *refusal(401)),
    "RFC6750-3-01": (WRONG_TOKEN, header("WWW-Authenticate", None)),
    "RFC6750-3.1-02": (WRONG_TOKEN, header("WWW-Authenticate", "Bearer")),
    "RFC6750-5.2-02": ("test_credentials.longer_token", status(200), raw(b'{"totalResults": 1}')),
    "RFC6750-5.2-05": ("test_credentials.probe", from_far_away),
    "INTEROP-6.2-01": ("push_user.read", raw(b"<User/>")),
    "INTEROP-6.9.1-01": ("duplicate_user.again", *refusal(400, "uniqueness")),
    "INTEROP-6.9.1-02": ("duplicate_user.again", drop("scimType")),
    "IPSIE-5.3-01": ("push_user.read", *refusal(405)),
    "IPSIE-8-01": (UNKNOWN, put(detail="Traceback (most recent call last): …")),
}
