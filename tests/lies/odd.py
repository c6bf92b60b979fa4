"""Lies about what is broken or odd, about /Me, and about challenges."""

import json

from bending import Bend, from_far_away, header, put, raw, status, user

from lies import Lie
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import USER, Json

SOMEBODY = json.dumps({"schemas": [USER], "id": "7", "userName": "somebody"}).encode()
NAMELESS = json.dumps({"schemas": [USER], "id": "7", "userName": ""}).encode()
ONE_HIT = (status(200), put(status=None, Resources=[{"id": "1"}], totalResults=1))
NOT_FOUND_HERE = header("Location", None)


def challenge(text: str) -> Lie:
    """A wrong token is answered with this."""
    return ("test_credentials.wrong_token", header("WWW-Authenticate", text))


def as_taken(step: str) -> tuple[str, Bend, Bend]:
    """A write that was refused is answered with success and a user."""
    return step, status(200), raw(SOMEBODY)


def after_title_as_object(**shown: Json) -> Bend:
    """A title that is an object is taken, and reads show the user so from then on."""
    taken: list[str] = []

    def bend(heard: Heard) -> Heard:
        if heard.request.method == "POST":  # it begins anew
            taken.clear()
        if b'"title":{' in heard.request.body:
            taken.append(heard.request.path)
            return raw(SOMEBODY)(status(200)(heard))
        is_read = heard.request.method == "GET" and heard.request.path in taken
        return user(**shown)(heard) if is_read else heard

    return bend


def shows_who_was_sought(heard: Heard) -> Heard:
    """A lookup finds somebody of that name."""
    name = heard.request.query["filter"].split('"')[1]
    return put(totalResults=1, Resources=[{"schemas": [USER], "id": "7", "userName": name}])(heard)


BARE = challenge("Bearer")
TWICE = 'Bearer realm="a", realm="b"'
OF_WRONG_KIND = put(scimType="uniqueness")

LIES: dict[str, Lie] = {
    "every_create.refused-one-makes-nobody": ("send_odd_requests.find_wrong", shows_who_was_sought),
    "send_odd_requests.what-is-no-user-is-refused": as_taken("send_odd_requests.empty"),
    "send_odd_requests.broken-patch-is-refused": ("send_odd_requests.empty_operations", status(204), raw(b"")),
    "send_odd_requests.no-json-is-no-patch": ("send_odd_requests.patch_no_json", status(204), raw(b"")),
    "send_odd_requests.what-is-no-json-is-refused": ("send_odd_requests.no_utf8", status(204), raw(b"")),
    "send_odd_requests.group-keeps-a-name": (
        "send_odd_requests.group_name_removed",
        status(200),
        raw(b'{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": "1"}'),
    ),
    "send_odd_requests.empty-user-name-is-refused": (
        "send_odd_requests.empty_user_name",
        status(200),
        raw(NAMELESS),
    ),
    "trap_values.any-text-is-taken": ("trap_values.marks", status(400)),
    "send_odd_requests.patch-is-refused-as-the-rfc-says": ("send_odd_requests.no_path", status(204), raw(b"")),
    "send_odd_requests.refusal-is-of-its-kind": ("send_odd_requests.no_json", OF_WRONG_KIND),
    "send_odd_requests.patch-of-nobody-answers-404": ("send_odd_requests.of_nobody", status(400)),
    "send_odd_requests.senseless-value-is-refused": as_taken("send_odd_requests.active_as_text"),
    "send_odd_requests.wrong-type-makes-no-text": (
        "send_odd_requests.*",
        after_title_as_object(title="[object Object]"),
    ),
    "send_odd_requests.single-entry-is-not-lost": (
        "send_odd_requests.emails_as_object",
        status(200),
        raw(b'{"id": "1", "emails": []}'),
    ),
    "send_odd_requests.wrong-type-leaves-the-rest": (
        "send_odd_requests.*",
        after_title_as_object(emails=[]),
    ),
    "send_odd_requests.json-by-its-other-name-is-taken": ("send_odd_requests.as_json", status(415)),
    "send_odd_requests.post-to-a-user-is-refused": ("send_odd_requests.post_to_user", header("Allow", None)),
    "ask_odd_questions.broken-filter-is-refused": ("ask_odd_questions.no_value", *ONE_HIT),
    "ask_odd_questions.booleans-have-no-order": ("ask_odd_questions.order_of_a_boolean", *ONE_HIT),
    "ask_odd_questions.broken-filter-is-called-invalid": ("ask_odd_questions.no_value", OF_WRONG_KIND),
    "ask_odd_questions.refusal-of-a-filter-says-why": ("ask_odd_questions.unended", put(detail="")),
    "ask_odd_questions.finds-nobody": ("ask_odd_questions.long_value", *ONE_HIT),
    "ask_odd_questions.unknown-parameter-is-ignored": ("ask_odd_questions.unknown_parameter", status(400)),
    "ask_odd_questions.unknown-endpoint-answers-404": ("ask_odd_questions.unknown_endpoint", status(500)),
    "ask_odd_questions.accept-may-name-several": ("ask_odd_questions.accepts_several", status(406)),
    "ask_odd_questions.broken-search-is-refused": ("ask_odd_questions.search_no_json", *ONE_HIT),
    "ask_odd_questions.bearer-without-a-token-is-malformed": ("ask_odd_questions.empty_bearer", status(401)),
    "ask_me.lack-of-it-is-501": ("ask_me.me", status(404), raw(b"<html>")),
    "ask_me.location-is-the-users": ("ask_me.me", status(200), raw(SOMEBODY), NOT_FOUND_HERE),
    "ask_me.shows-whom-the-id-shows": ("ask_me.me_after", user(title=None)),
    "test_credentials.refusal-tells-not-who-is-there": ("send_odd_requests.no_token_gone", status(404)),
    "test_credentials.refusal-names-bearer": challenge('Basic realm="scim"'),
    "test_credentials.challenge-has-parameters": BARE,
    "test_credentials.challenge-has-each-parameter-once": challenge(TWICE),
    "test_credentials.challenge-has-permitted-characters": challenge('Bearer error_uri="not here"'),
    "test_credentials.no-token-is-no-error": (
        "test_credentials.no_token",
        header("WWW-Authenticate", 'Bearer error="invalid_token"'),
    ),
}  # fmt: skip

ROWS: dict[str, Lie] = {
    "RFC7643-4.2-01 (taken away)": LIES["send_odd_requests.group-keeps-a-name"],
    "RFC6750-3-02": challenge("Negotiate"),
    "RFC6750-3-03": BARE,
    "RFC6750-3-04": challenge(TWICE),
    "RFC6750-3-05": challenge('Bearer scope="a", scope="b"'),
    "RFC6750-3-06": challenge('Bearer realm="scim"'),
    "RFC6750-3-07": challenge('Bearer error="invalid_token", error="invalid_request"'),
    "RFC6750-3-08": challenge('Bearer scope="a\\\\b"'),
    "RFC6750-3-09": challenge('Bearer error="invalid_token", error_description="gültig ist es nicht"'),
    "RFC6750-3-10": challenge('Bearer error_uri="not here"'),
    "RFC6750-3.1-01": LIES["ask_odd_questions.bearer-without-a-token-is-malformed"],
    "RFC6750-3.1-04": LIES["test_credentials.no-token-is-no-error"],
    "RFC6750-5.2-05": ("test_credentials.probe", from_far_away),
    "RFC7644-3.4.2-01": LIES["ask_odd_questions.unknown-parameter-is-ignored"],
    "RFC7644-3.4.2.2-02": LIES["ask_odd_questions.finds-nobody"],
    "RFC7644-3.4.2.2-04": LIES["ask_odd_questions.broken-filter-is-refused"],
    "RFC7644-3.4.2.2-05": ("ask_odd_questions.turned_round", *ONE_HIT),
    "RFC7644-3.4.2.2-13": LIES["ask_odd_questions.booleans-have-no-order"],
    "RFC7644-3.4.2.2-17": ("ask_odd_questions.of_another_parent", *ONE_HIT),
    "RFC7644-3.4.2.2-18": ("ask_odd_questions.other_language", *ONE_HIT),
    "RFC7644-3.4.2.2-25": LIES["ask_odd_questions.refusal-of-a-filter-says-why"],
    "RFC7643-2.3-02": LIES["send_odd_requests.wrong-type-makes-no-text"],
    "RFC7643-2.3.1-01 (stored as a number)": (
        "trap_values.after_numbers",
        user(nickName="7"),
    ),
    "RFC7643-4.1.1-01 (emptied)": LIES["send_odd_requests.empty-user-name-is-refused"],
    "RFC7644-3.12-08 (of two)": ("send_odd_requests.two_documents", status(204), raw(b"")),
    "RFC7644-3.2-05": LIES["send_odd_requests.post-to-a-user-is-refused"],
    "RFC7644-3.5.1-03": LIES["send_odd_requests.wrong-type-leaves-the-rest"],
    "RFC7644-8.1-01": LIES["send_odd_requests.json-by-its-other-name-is-taken"],
    "RFC7644-3.5.2-06": LIES["send_odd_requests.patch-is-refused-as-the-rfc-says"],
    "RFC7644-3.5.2-23": LIES["send_odd_requests.patch-of-nobody-answers-404"],
    "RFC7644-3.5.2.2-01": ("send_odd_requests.no_path", put(scimType="invalidSyntax")),
    "RFC7644-3.5.2.2-07": ("send_odd_requests.remove_id", status(204), raw(b"")),
    "RFC7644-3.5.2.3-09": ("send_odd_requests.no_match", status(204), raw(b"")),
    "RFC7644-3.8-04": LIES["ask_odd_questions.accept-may-name-several"],
    "RFC6750-5.2-02 (in other letters)": (
        "test_credentials.other_letters",
        status(200),
        raw(b'{"totalResults": 1}'),
    ),
    "RFC7644-3.11-03 (with all that it has)": ("ask_me.me", user(meta=None)),
    "RFC7644-3.12-09 (of who is gone)": LIES["test_credentials.refusal-tells-not-who-is-there"],
    "RFC7644-3.11-01": LIES["ask_me.lack-of-it-is-501"],
    "RFC7644-3.11-03": ("ask_me.me", status(200), raw(SOMEBODY), header("Location", "/scim/v2/Me")),
    "RFC7644-3.12-08": ("send_odd_requests.cut", status(200), raw(SOMEBODY)),
    "RFC7644-3.12-11": LIES["ask_odd_questions.unknown-endpoint-answers-404"],
    "RFC7644-3.12-17": LIES["ask_odd_questions.broken-filter-is-called-invalid"],
    "RFC7644-3.12-20": ("send_odd_requests.remove_id", put(scimType="invalidValue")),
    "RFC7644-3.12-21": LIES["send_odd_requests.refusal-is-of-its-kind"],
    "RFC7644-3.12-22": ("send_odd_requests.broken_path", OF_WRONG_KIND),
    "RFC7644-3.12-23": ("send_odd_requests.no_match", put(scimType="invalidPath")),
    "RFC7644-3.12-24": ("send_odd_requests.name_as_text", OF_WRONG_KIND),
}
