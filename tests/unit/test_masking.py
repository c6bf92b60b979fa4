"""Whoever is not the run's own is masked on the way to disk, with a stand-in that tells no more than equality."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.masking import Mask
from scim_tests.model.exchange import Answer, Request
from scim_tests.model.record import ImportRow
from scim_tests.model.scim import GROUP, LIST_RESPONSE, USER, Json
from scim_tests.standins import Standins

STRANGER: Json = {
    "schemas": [USER],
    "id": "7",
    "userName": "kim.jones@corp.example.org",
    "name": {"givenName": "Kim", "familyName": "Jones"},
    "emails": [{"value": "kim.jones@corp.example.org", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+49 30 1234567"}],
    "active": True,
    "meta": {"resourceType": "User", "location": "https://scim.example.com/Users/7"},
}
OURS: Json = {
    "schemas": [USER],
    "id": "8",
    "userName": "scim-tests.x.plain@example.com",
    "displayName": "Made Up",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["userName", "members"]), inner)
    ),
)


def mask() -> Mask:
    return Mask(lambda text: text.startswith("scim-tests") or text == "8")


def known(**standins: str) -> Standins:
    """Values that have a stand-in already."""
    said = Standins()
    for value, standin in standins.items():
        said[value] = standin
    return said


def masked(document: Json) -> Json:
    answer, _ = mask().answer(Answer(200, (), json.dumps(document).encode()))
    return json.loads(answer.body)


def test_a_stranger_keeps_shape_and_id_alone() -> None:
    """Every text that tells who it is gives way to a stand-in; id, types, schemas, meta and flags stay."""
    shown = masked(STRANGER)
    assert not any(word in json.dumps(shown) for word in ("kim", "Kim", "Jones", "1234567"))
    assert {key: shown[key] for key in ("schemas", "id", "active", "meta")} == {
        key: STRANGER[key] for key in ("schemas", "id", "active", "meta")
    }
    assert shown["userName"] == shown["emails"][0]["value"], "equal values have equal stand-ins"
    assert shown["emails"][0]["type"] == "work"


def test_whom_the_run_made_is_shown_as_is() -> None:
    """The run's own people are made up, so they stay as the target shows them, to the byte."""
    body = json.dumps({"schemas": [LIST_RESPONSE], "Resources": [OURS]}, indent=3).encode()
    answer, standins = mask().answer(Answer(200, (), body))
    assert answer.body == body
    assert standins.by_value == {}


def test_members_of_a_group_are_masked() -> None:
    """A group shows its members' names, which are personal too; its own name stays."""
    members = [{"value": "7", "display": "Kim Jones"}, {"value": "8", "display": "Made Up"}]
    shown = masked({"schemas": [GROUP], "displayName": "Finance", "members": members})
    assert shown["displayName"] == "Finance"
    assert shown["members"][0]["value"] == "7"
    assert shown["members"][0]["display"].startswith("masked-")
    assert shown["members"][1]["display"] == "Made Up"


def test_addresses_are_masked_wherever_they_stand() -> None:
    """An error's detail, a header and a web page may name somebody by address."""
    it = mask()
    page, _ = it.answer(
        Answer(500, (("X-By", "kim@corp.example.org"),), b"<p>Ask kim@corp.example.org \xff</p>")
    )
    assert b"kim" not in page.body
    assert b"\xff" in page.body
    assert "kim" not in page.headers[0][1]
    assert "kim" not in json.dumps(masked({"detail": "kim@corp.example.org exists"}))
    assert it.text("scim-tests.x.plain@example.com") == "scim-tests.x.plain@example.com"


def test_a_finding_names_nobody() -> None:
    """What a check quotes of a stranger is masked with the stand-ins of the answer."""
    it = mask()
    _, standins = it.answer(Answer(200, (), json.dumps(STRANGER).encode()))
    assert "Jones" not in it.text('the string "Jones"', standins)


def test_a_path_names_nobody() -> None:
    """A lookup of somebody real is masked in its encoding; any other path stays as it was sent."""

    def sent(path: str) -> str:
        return mask().request(Request("GET", path), known(kjones="masked-1", Users="masked-2"))[0].path

    looked_up = sent("/Users?filter=userName%20eq%20%22kim%40corp.example.org%22&count=1")
    assert "kim" not in looked_up
    assert looked_up.startswith("/Users?filter=userName%20eq%20%22")
    assert looked_up.endswith("%40masked.invalid%22&count=1")
    assert sent("/Users?filter=userName+eq+%22scim-tests.x%40example.com%22").count("+") == 2
    assert (
        sent("/Users?filter=userName%20eq%20%22KJONES%22") == "/Users?filter=userName%20eq%20%22masked-1%22"
    )
    assert "kim" not in sent("/Users/kim%40corp.example.org")
    assert sent("/Users/kjones") == "/Users/masked-1"


def test_a_body_that_asks_names_nobody() -> None:
    """A search looks for somebody real in its body; the bodies of our own writes stay as they were sent."""
    seen = known(kjones="masked-1", Smith="masked-2", jo="masked-3")
    for filter_, shown in (
        ('userName eq "kjones"', 'userName eq "masked-1"'),
        ('userName eq "KJONES\'s"', 'userName eq "masked-1\'s"'),
        ('userName eq "jo"', 'userName eq "masked-3"'),
        ('userName sw "scim-tests.kjonesy"', 'userName sw "scim-tests.kjonesy"'),
    ):
        body = json.dumps({"filter": filter_}).encode()
        search, _ = mask().request(Request("POST", "/Users/.search", (), body), seen)
        assert json.loads(search.body) == {"filter": shown}
    for body in (b'{ "name": {"familyName": "Smith"}, "userName": "scim-tests.x@example.com" }', b"not JSON"):
        assert mask().request(Request("PUT", "/Users/8", (), body), seen)[0].body == body


def test_an_error_names_nobody_who_was_seen() -> None:
    """An error that tells of somebody by name tells of a stand-in."""
    body = json.dumps({"detail": "Kim Jones is there already."}).encode()
    answer, _ = mask().answer(Answer(409, (), body), known(**{"Kim Jones": "masked-1"}))
    assert json.loads(answer.body) == {"detail": "masked-1 is there already."}


@pytest.mark.parametrize(
    "shown",
    [
        {"schemas": [USER], "id": "7", "displayName": "Kim Jones"},
        {"id": "7", "name": {"familyName": "Jones"}, "title": "Kim"},
        {"users": [{"emails": ["kim"], "login": "Kim"}]},
        {
            "schemas": [USER],
            "id": "kim@corp.example.org",
            "meta": {"location": "/Users/kim%40corp.example.org"},
        },
        {
            "schemas": [USER],
            "id": "Kim",
            "userName": "Kim",
            "meta": {"location": "https://t.example/Users/Kim"},
        },
    ],
)
def test_a_person_is_known_by_more_than_a_user_name(shown: Json) -> None:
    """Part of a resource, a shape of the target's own, and an id that is a name or an address tell nobody's name."""
    assert "kim" not in json.dumps(masked(shown)).lower()


def test_whom_an_import_matches_in_okta_is_masked() -> None:
    """A person of Okta's whom one of ours is matched with is somebody real where a file named them."""
    row = ImportRow(
        "scim-tests.x@example.com",
        "Made Up",
        "scim-tests.x@example.com",
        "none",
        "",
        "kim@corp.example.org",
        "",
    )
    (shown,) = mask().rows([row])
    assert shown.user_name == row.user_name
    assert "kim" not in shown.okta_user


def test_a_stand_in_tells_letter_case_and_form() -> None:
    """Values that differ in case alone have stand-ins that do; an address stays one, and so does a URL."""
    it = mask()
    standins = Standins()
    for value in ("kim", "Kim", "KIM", "kim@corp.example.org", "https://kim.example.org/me"):
        _, said = it.answer(Answer(200, (), json.dumps({"userName": value}).encode()))
        standins.update(said)
    small, title, capitals, address, url = standins.by_value.values()
    assert len({small, title, capitals}) == 3
    assert small == small.casefold() == title.casefold() == capitals.casefold()
    assert "@" in address
    assert url.startswith("https://")
    assert standins.put_into("Kim is not KIM") == f"{title} is not {capitals}"
    assert it.text(f"{address} is there") == f"{address} is there", "what stands for somebody stays"


def test_a_text_costs_what_is_in_it() -> None:
    """However many people are known, only those whose first word it holds are looked for in a text."""
    standins = Standins()
    for number in range(5000):
        standins[f"person{number} Example"] = f"masked-{number}"
    sizes = [len(standins.by_word[word]) for word in standins.by_word]
    assert max(sizes) == 1
    assert standins.put_into("Person7 Example is there") == "masked-7 is there"


def test_a_stand_in_cannot_be_known_beforehand() -> None:
    """Two runs mask the same value differently, so that nobody can look values up."""
    assert masked(STRANGER)["userName"] != masked(STRANGER)["userName"]


@given(JSON)
def test_any_document_can_be_masked(document: Json) -> None:
    """Whatever a target says is masked without an error, and still has the same shape."""
    answer, _ = mask().answer(Answer(200, (), json.dumps(document).encode()))
    assert _shape(json.loads(answer.body)) == _shape(document)


def _shape(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return type(value).__name__
