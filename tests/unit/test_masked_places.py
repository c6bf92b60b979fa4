"""Wherever a target tells of somebody, in a rare place or in a body that is no JSON, what is kept names nobody and still says what it was."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.test_masking import OURS, mask, said, sent

from scim_tests.model.exchange import PASSWORD, Answer, Heard, Request
from scim_tests.model.scim import GROUP, LIST_RESPONSE, PATCH_OP, SERVICE_PROVIDER_CONFIG, USER, Json
from scim_tests.record.masking.mask import Mask, of_recorded

# Nobody is called so who was shown in another place; "thurzo" has letters that no stand-in is made of.
NAME, NUMBER = "Thurzo Wystrach", "+49 170 5551111"
TELLING = ("thurzo", "wystrach", "5551111")
SOMEBODY: Json = {"schemas": [USER], "id": "7", "userName": "q7"}
TEAM: Json = {"schemas": [GROUP], "id": "t1", "displayName": "Finance"}


def telling(kept: object) -> list[str]:
    text = (kept.decode("utf-8", "replace") if isinstance(kept, bytes) else json.dumps(kept)).lower()
    return [each for each in TELLING if each in text]


def body_kept(body: bytes, path: str = "/Users", it: Mask | None = None, status: int = 200) -> bytes:
    answer = (it or mask()).heard(Heard(Request("GET", path), Answer(status, (), body))).answer
    return answer.body if answer else b""


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/Users", {**SOMEBODY, "meta": {"createdBy": NAME, "phone": NUMBER, "created": NUMBER}}),
        ("/Users", {**SOMEBODY, "roles": [{"value": "1", "display": f"Deputy of {NAME}"}]}),
        ("/Users", {**SOMEBODY, "groups": [{"value": "1", "display": "Finance", "owner": NAME}]}),
        ("/Users", {**SOMEBODY, "locale": NAME, "timezone": "Thurzostreet 17", "preferredLanguage": NAME}),
        ("/Users", {**SOMEBODY, "userType": NAME, "emails": [{"type": f"of {NAME}"}], "active": NAME}),
        ("/Users", {**SOMEBODY, "urn:x:y": {"mobile": 491705551111.0, "reach": 49170.5551111}}),
        ("/Users", {"Resources": [SOMEBODY], "requestedBy": NAME, "urn:x": {"phone": NUMBER}}),
        ("/Users", {"Resources": [[[NAME, NUMBER]]]}),
        ("/Groups", {**TEAM, "owner": NAME, "description": f"Ask {NAME}", "meta": {"lastModifiedBy": NAME}}),
        ("/Groups", {**TEAM, "urn:x:g": {"owners": [{"display": NAME, "value": "9", "phone": NUMBER}]}}),
        ("/Groups", {**TEAM, "members": [NAME]}),
        ("/Roles", {"Resources": [{"id": "1", "displayName": "Auditor", "assignedTo": [NAME, NUMBER]}]}),
        ("/ServiceProviderConfig", {"schemas": [SERVICE_PROVIDER_CONFIG], "contact": {"name": NAME, "mobile": NUMBER}}),
        ("/Schemas", {"Resources": [{"id": USER, "name": "User", "meta": {"createdBy": NAME}}]}),
        ("/Users", {**OURS, "meta": {"createdBy": NAME}, "manager": {"displayName": NAME}, "title": NAME}),
    ],
)  # fmt: skip
def test_a_rare_place_names_nobody(path: str, shown: Json) -> None:
    """Whatever is neither ours, nor of a schema's vocabulary, nor in a form that names nobody has a stand-in."""
    assert telling(said(shown, path=path)) == []


def test_what_names_nobody_stays() -> None:
    """Dates, URLs, types, languages, time zones, flags, short numbers, and the names of groups and roles."""
    user = {
        "schemas": [USER], "id": "00u1a", "active": "True", "locale": "en_US", "preferredLanguage": "de", "userType": "Employee",
        "timezone": "America/Argentina/Ushuaia", "emails": [{"type": "Work", "primary": False}], "level": 7.5,
        "groups": [{"value": "t1", "display": "Finance", "type": "direct"}],
        "meta": {
            "resourceType": "User", "created": "2024-01-05T10:11:12.123+01:00", "lastModified": 1704449472,
            "version": 'W/"3694e05e"', "location": "https://t.example/Users/00u1a",
        },
    }  # fmt: skip
    assert said(user) == user
    assert said(TEAM, path="/Groups") == TEAM
    role = {"id": "r-1", "displayName": "Auditor of invoices", "type": "Seat", "description": "Looks at it."}
    assert said(role, path="/Roles") == role
    page = {"schemas": [LIST_RESPONSE], "totalResults": 123456, "startIndex": 100001, "Resources": []}
    assert said(page) == page
    assert said({"totalResults": 123456}) == {"totalResults": 123456}


@pytest.mark.parametrize(
    "key", [NAME, NUMBER, "thurzo.wystrach@corp.example.org", "thurzo.wystrach", "Thürzo"]
)
def test_a_key_that_is_no_attribute_names_nobody(key: str) -> None:
    """A name of a member that RFC 7643 2.1 does not allow is somebody's, of our own resource as of another's."""
    for shown in ({**SOMEBODY, key: True}, {**OURS, "urn:x:y": {key: "x"}}, {**TEAM, key: {key: 1}}):
        assert telling(said(shown)) == []
    for attribute in ("legalName", "x-1", "urn:x:y", "name.givenName", f"{USER}:name.familyName"):
        assert attribute in said({**SOMEBODY, attribute: True})


def test_a_number_has_a_stand_in_of_its_form_and_in_sentences() -> None:
    """As many digits, a point where it was; and a finding that quotes it does not tell it."""
    it = mask()
    shown = said({**SOMEBODY, "phone": 491705551111, "at": 52.5187654, "floor": 3.5}, it)
    assert (len(str(shown["phone"])), str(shown["at"])[2], shown["floor"]) == (12, ".", 3.5)
    assert {shown["phone"], shown["at"]}.isdisjoint({491705551111, 52.5187654})
    assert "491705551111" not in it.text("got the integer 491705551111")
    assert "5187654" not in it.text("got the number 52.5187654")
    assert said(shown, it) == shown, "a stand-in stays"


def test_a_number_of_five_digits_may_tell_who_somebody_is() -> None:
    """A shorter one may be anything, and stays."""
    shown = said({**SOMEBODY, "badge": 48213, "floor": 4821})
    assert (len(str(shown["badge"])), shown["badge"] == 48213, shown["floor"]) == (5, False, 4821)


@pytest.mark.parametrize("user_name", ["k7", "K7", "k7@corp.example.org"])
def test_an_id_that_is_a_user_name_is_hidden_however_short_it_is(user_name: str) -> None:
    """Also where it is the part of an address before the at sign; another one stays, for a target may have numbered it."""
    ids = [said({**SOMEBODY, "id": id_, "userName": user_name})["id"] for id_ in ("k7", "k8")]
    assert (ids[0].startswith("masked-"), ids[1]) == (True, "k8")


@pytest.mark.parametrize("id_", ["thurzo-wystrach", "thurzowystrach7", "THURZO.W.1", "tw"])
def test_an_id_that_is_made_of_a_name_is_hidden_wherever_it_stands(id_: str) -> None:
    """In the resource and its location, as a member, in headers and paths; an id of ours and one of digits stay."""
    it = mask()
    location = f"https://t.example/Users/{id_}"
    shown = said({**SOMEBODY, "id": id_, "full": NAME, "meta": {"location": location}}, it)
    assert telling(shown) == []
    assert shown["meta"]["location"] == f"https://t.example/Users/{shown['id']}"
    members = {"members": [{"value": id_, "$ref": location}]}
    (member,) = said({**TEAM, **members}, it, "/Groups")["members"]
    assert member == {"value": shown["id"], "$ref": shown["meta"]["location"]}
    answer = it.heard(Heard(Request("GET", f"/Users/{id_}"), Answer(200, (("Location", location),), b"")))
    assert answer.request.path == f"/Users/{shown['id']}"
    assert answer.answer
    assert answer.answer.headers == (("Location", shown["meta"]["location"]),)
    assert said({**SOMEBODY, "id": "2819c223-7f76-453a"}, it)["id"] == "2819c223-7f76-453a"
    assert said({**OURS, "id": "abc"}, it)["id"] == "abc"


def test_a_path_with_a_name_names_nobody_although_nobody_was_shown() -> None:
    """Recorded traffic may ask for somebody who is not there."""
    assert telling(sent(of_recorded(), "GET", f"/Users/{quote(NAME)}").path) == []
    assert telling(sent(of_recorded(), "GET", "/Users/thurzo.wystrach").path) == []
    assert sent(mask(), "POST", "/Users/.search").path == "/Users/.search"


CLEAR = json.dumps({"Resources": [{"id": "1", "fullName": NAME, "mobile": NUMBER}]})
UNREADABLE = {
    "xml": f'<?xml version="1.0"?><list><user id="1"><name>{NAME}</name><mobile>{NUMBER}</mobile></user></list>',
    "csv": f"userName;name;mobile\ntw;{NAME};{NUMBER}\n",
    "single quotes": CLEAR.replace('"', "'"),
    "cut short": CLEAR[:-3],
    "a number cut short": CLEAR[:-3] + ', "phone": 491705551111',
    "no number": CLEAR.replace('"1"', "NaN"),
    "a leading zero": CLEAR.replace('"1"', "0491705551111"),
    "escapes": json.dumps({"fullName": "Th\\u0075rzo"}).replace("\\\\", "\\")[:-1],
    "too deep": "[" * 3000 + f'"{NAME}"',
    "a page": f"<!DOCTYPE html><html><body><p>Sign in, {NAME}</p></body></html>",
    "long": f"{NAME}, " * 5000,
}  # fmt: skip


@pytest.mark.parametrize("path", ["/Users", "/Groups/7", "/Roles"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
@pytest.mark.parametrize("what", UNREADABLE)
def test_a_body_that_is_no_json_names_nobody_and_stays_no_json(what: str, encoding: str, path: str) -> None:
    """Its shape stays, a long one ends with how much more there was, and to mask it twice changes nothing."""
    it = mask()
    body = UNREADABLE[what].encode(encoding)
    kept = body_kept(body, path, it)
    assert telling(kept) == []
    assert telling(kept.decode(encoding)) == []
    with pytest.raises(ValueError, match=r".+"):
        Answer(200, (), kept).parsed  # noqa: B018 -- to be read
    assert body_kept(kept, path, it) == kept
    shown = it.text(f"expected JSON, got x; it begins with {Answer(200, (), body).beginning}")
    assert telling(shown) == []


def test_a_body_that_is_no_json_still_says_what_it_was() -> None:
    """Markup, words of the protocol and our own stay, and so do the placeholders that checks look for."""
    page = b"<!DOCTYPE html><html><head><title>User</title></head><body>502</body></html>"
    assert (
        body_kept(page)
        .replace(b"<!DOCTYPE", b"<!doctype")
        .startswith(b"<!doctype html><html><head><title>User")
    )
    ours = json.dumps({**OURS, "locale": ""})[:-1].encode()
    assert body_kept(ours) == ours
    long = ("word " * 5000 + PASSWORD).encode()
    assert len(body_kept(long)) < len(long)
    assert PASSWORD.encode() in body_kept(long)
    refusal = b"<p>Internal Server Error: nginx cannot reach upstream</p>"
    assert body_kept(refusal, status=502) == refusal, "a refusal is a text"


def test_a_number_that_a_body_that_is_no_json_tells_is_known_in_a_refusal() -> None:
    """A word of it is not, for it may be any word."""
    it = mask()
    body_kept(UNREADABLE["single quotes"].encode(), it=it)
    assert telling(body_kept(f"{NUMBER} is in the way".encode(), it=it, status=409)) == []
    assert it.text("It has a fullName.") == "It has a fullName."


@pytest.mark.parametrize("path", ["/Users", "/Groups", "/Roles"])
def test_a_key_that_stands_twice_stands_twice_afterwards(path: str) -> None:
    """What a reader does not see is masked, too, and a check still finds that it stands there twice."""
    body = f'{{"id":"1","userName":"q","note":"{NAME}","note":"x","{NAME}":1,"{NAME}":4917055511,"up":"{NUMBER}"}}'
    kept = Answer(200, (), body_kept(body.encode(), path))
    assert telling(kept.body) == []
    assert len(kept.repeated_keys) == 2
    assert "note" in kept.repeated_keys
    assert kept.parsed["id"] == "1"


TORN = st.text("{}[]\",:\\ua0019.-+eE truefalsnNIy'\n\t\u00e9", max_size=60)


@settings(max_examples=300, derandomize=True)
@given(TORN, st.sampled_from(["utf-8", "utf-16", "latin-1"]))
def test_no_body_becomes_json_by_being_masked(text: str, encoding: str) -> None:
    """A check that could not read it cannot read it afterwards, and one that could, can."""
    body = text.encode(encoding)
    assert Answer(200, (), body_kept(body)).is_json == Answer(200, (), body).is_json


MADE: Json = {
    "schemas": [USER],
    "userName": "scim-tests.ab12cd34.plain@example.com",
    "displayName": "Zoë Made Up",
}


def test_in_recorded_traffic_only_what_was_written_is_ours() -> None:
    """What the target adds to our own user is somebody's, also where a PUT carries it back; what we wrote first stays."""
    it = of_recorded()
    sent(it, "POST", "/Users", MADE)
    added = {
        **MADE,
        "id": "1",
        "nickName": "Wystrach",
        "phoneNumbers": [{"value": NUMBER}],
        "manager": {"displayName": NAME},
    }
    shown = said(added, it)
    assert telling(shown) == []
    assert {key: shown[key] for key in MADE} == MADE
    carried = json.loads(sent(it, "PUT", "/Users/1", {**added, "title": "Beekeeper"}).body)
    assert telling(carried) == []
    assert said({**added, "title": "Beekeeper"}, it)["title"] == "Beekeeper"
    change = {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "nickName", "value": "Wystrach"}]}
    assert telling(json.loads(sent(it, "PATCH", "/Users/1", change).body)) == []


@pytest.mark.parametrize(
    "quoted", [lambda text: f'the string "{text[:45]}…', lambda text: f'"{text[:45]}… → "x"']
)
def test_a_value_that_a_sentence_cuts_off_names_nobody(quoted: Callable[[str], str]) -> None:
    """The last word may be a part of a name, and the whole is no value that was ever shown."""
    it = mask()
    street = "17 Long-winded-lane at the corner of Thurzogate and Wystrachsquare"
    said({**SOMEBODY, "addresses": [{"streetAddress": street}]}, it)
    assert "thurzo" not in it.text(quoted(street)).lower()
    assert it.text('the string "User may be created…') == 'the string "User may be created…'


SPELT = (
    "+420 603 555 719", "+1 (555) 0192-883", "+33 6 55 44 33 22", "+49/30/7654321", "+44-7700-900461", "(+44) 7700 900461",
    "+44 (0)7700.900461", "+420603555719", "tel:+1-555-019-2883;ext=12", "+44 7700 900461x12", "%2B44%207700%20900461",
    "&#43;44&nbsp;7700&nbsp;900461", "+44\u202f7700\u2011900461",
)  # fmt: skip


@pytest.mark.parametrize("spelt", SPELT)
def test_an_international_number_is_masked_wherever_it_stands(spelt: str) -> None:
    """Like an e-mail address: in an error, a header, a refusal that is no JSON and a path, although nobody was shown; and once."""
    it = mask()
    warning = f'199 target "Ask {spelt}"'
    detail = json.dumps({"detail": f"Owner, phone {spelt}, is on leave."}).encode()
    for body in (detail, f"Owner: phone {spelt}".encode()):
        heard = Heard(Request("GET", f"/Users/{quote(spelt)}"), Answer(409, (("Warning", warning),), body))
        kept = it.heard(heard)
        assert kept.answer
        told = (
            kept.answer.text,
            kept.answer.headers[0][1],
            kept.request.path if spelt[0] == "+" and "/" not in spelt else "",
        )
        assert not any(re.search(r"\d{3}", each.replace("199", "")) for each in told), told
        assert it.heard(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05T10:11:12.123+01:00", "10:11:12 +1030 2024", "+0100 20240105", 'W/"3694e05e+12345678"', "1.2.3+20240105",
        "12345678+87654321 is (1)+23456789", "+1234567890123456", "+12 345", "x+4930765432", "application/scim+json", "1e+12345678",
        "+7 or more", "10 +1", "e.g., 'tel:+1-201-555-0123'.", "2024-01-05 10:11:12", "id 10000123456789", "2819c223-7f76-453a-919d-413861904646",
    ],
)  # fmt: skip
def test_what_has_not_the_form_of_an_international_number_stays(text: str) -> None:
    """Dates, time zones, versions, sums, and what is longer or shorter; also where a number is known."""
    it = mask()
    said({**SOMEBODY, "phoneNumbers": [{"value": NUMBER}], "externalId": "00000101"}, it)
    assert it.text(text) == text
    assert it.text("id 0000000101") == "id 0000000101"


@pytest.mark.parametrize(
    "shown", ["0044 7700 900461", "+44 7700 900461", "tel:+44-7700-900461", 447700900461]
)
@pytest.mark.parametrize(
    "spelt",
    ["tel:+44-7700-900461", "0044 7700900461", "(0044) 7700 - 900461", "447700900461", "44.77.00.90.04.61", "07700 900461",
     "+44 (0) 7700 900461", "+44+7700+900461"],
)  # fmt: skip
def test_a_number_that_was_shown_is_known_in_any_grouping(shown: Json, spelt: str) -> None:
    """By its digits, with the country in front or without, with zeros for the plus."""
    it = mask()
    said({**SOMEBODY, "mobile": shown}, it)
    masked = it.text(f"Error 409: call {spelt}, or else")
    assert not re.search(r"\d{3}", masked.replace("409", "")), masked
    assert masked.startswith("Error 409: call ")
    assert masked.endswith(", or else")
    assert it.text(masked) == masked


def test_a_number_of_ours_stays_in_any_grouping() -> None:
    """Also where the target gives it back in a form of its own, and an error tells it."""
    it = of_recorded()
    sent(it, "POST", "/Users", {**MADE, "phoneNumbers": [{"value": "+1 555 019 2883"}]})
    for spelt in ("+1 555 019 2883", "+15550192883", "tel:+1-555-019-2883"):
        shown = {**MADE, "id": "1", "phoneNumbers": [{"value": spelt}]}
        assert said(shown, it) == shown
        assert it.text(f"{spelt} is taken") == f"{spelt} is taken"


def test_a_number_that_stands_within_something_that_is_known_is_hidden_with_it() -> None:
    """Both are replaced as one."""
    it = mask()
    said({**SOMEBODY, "phoneNumbers": [{"value": NUMBER}], "note": f"At Thurzo street 4, {NUMBER[:8]}"}, it)
    assert telling(it.text(f"seen: At Thurzo street 4, {NUMBER}")) == []
