"""Whoever is not the run's own is masked on the way to disk, with a stand-in that tells no more than equality."""

import json
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests import profiles
from scim_tests.model.exchange import PASSWORD, Answer, Heard, Request
from scim_tests.model.record import ImportRow
from scim_tests.model.scim import (
    ENTERPRISE_USER,
    ERROR,
    GROUP,
    LIST_RESPONSE,
    PATCH_OP,
    SCHEMA,
    USER,
    Json,
    strings,
)
from scim_tests.personas.okta.people import Casting, cast
from scim_tests.personas.okta.requests import new_user
from scim_tests.personas.play import scenes
from scim_tests.record.masking.mask import Mask, of_recorded
from scim_tests.record.masking.ours import of_a_run
from scim_tests.record.masking.words import Words

RUN = "maskrun1"
PLAY = scenes(profiles.load("okta"), RUN, 1)
CAST = cast(Casting(profiles.load("okta"), RUN, 1))
NOTHING = Request("GET", "/Users")
STRANGER: Json = {
    "schemas": [USER],
    "id": "7",
    "userName": "ottoline.quillfeather@corp.example.org",
    "name": {"givenName": "Ottoline", "familyName": "Quillfeather"},
    "emails": [{"value": "ottoline.quillfeather@corp.example.org", "type": "work", "primary": True}],
    "phoneNumbers": [{"value": "+49 30 1234567"}],
    "title": "Manager",
    "active": True,
    "meta": {"resourceType": "User", "location": "https://scim.example.com/Users/7"},
}
# These, and "ruth", have letters that no stand-in is made of, or one might hold them by chance.
TELLING = ("ottoline", "quillfeather", "1234567")
OURS: Json = {**new_user(CAST["accents"]), "id": "8", "password": PASSWORD}
KEYS = st.text() | st.sampled_from(["userName", "members", "name", "emails", "Resources", "Operations", "id"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)
PATHS = ("/Users", "/Users/8", "/Groups", "/Schemas", "/Roles", "/Me", "/Users/.search", "/Bulk", "")


def mask(owns: Callable[[str], bool] = lambda id_: id_ == "8") -> Mask:
    return Mask(of_a_run(RUN, PLAY, (), owns))


def said(document: Json, it: Mask | None = None, path: str = "/Users", status: int = 200) -> Json:
    """What is kept of an answer to a GET."""
    body = json.dumps(document).encode()
    kept = (it or mask()).heard(Heard(Request("GET", path), Answer(status, (), body))).answer
    return json.loads(kept.body) if kept else None


def sent(it: Mask, method: str, path: str, document: Json = None) -> Request:
    """What is kept of a request."""
    body = b"" if document is None else json.dumps(document).encode()
    return it.heard(Heard(Request(method, path, (), body), None)).request


def names_nobody(document: Json) -> bool:
    return not any(each in json.dumps(document).lower() for each in TELLING)


def test_a_stranger_keeps_shape_and_id_alone() -> None:
    """Every text that tells who it is gives way to a stand-in; id, types, schemas, meta and flags stay."""
    shown = said(STRANGER)
    assert names_nobody(shown)
    assert {key: shown[key] for key in ("schemas", "id", "active", "meta")} == {
        key: STRANGER[key] for key in ("schemas", "id", "active", "meta")
    }
    assert shown["userName"] == shown["emails"][0]["value"], "equal values have equal stand-ins"
    assert shown["emails"][0]["type"] == "work"
    assert shown["title"].startswith("masked-")


def test_whom_the_run_made_is_shown_as_is() -> None:
    """The run's own people are made up, so they stay as the target shows them, to the byte."""
    body = json.dumps({"schemas": [LIST_RESPONSE], "Resources": [OURS]}, indent=3).encode()
    kept = mask().heard(Heard(NOTHING, Answer(200, (), body))).answer
    assert kept
    assert kept.body == body


@pytest.mark.parametrize(
    "shown",
    [
        "ZOË-ŁUCJA",
        "Zoë-ŁucjaNuñez",
        "Nuñe",
        "Nunez, Zoe-Łucja",
        "Zo?-?ucja",
        "Zoë".encode().decode("latin-1"),
        "O&#x27;Neill",
    ],
)
def test_a_name_of_ours_that_came_back_broken_is_still_seen(shown: str) -> None:
    """In capitals, cut short, run together, or garbled: a report has to show such a fault."""
    assert said({**OURS, "displayName": shown})["displayName"] == shown


@pytest.mark.parametrize("owned", [True, False])
def test_whatever_else_stands_under_our_name_is_hidden(owned: bool) -> None:
    """A target that mixes people up shows a stranger's names, addresses and numbers as those of ours."""
    mixed = {
        **STRANGER,
        "id": "8",
        "userName": OURS["userName"],
        "nickName": "Quillfeather-Zoë",
        "login": "ottoline",
    }
    shown = said(mixed, mask(lambda id_: owned and id_ == "8"))
    assert names_nobody(shown)
    assert shown["userName"] == OURS["userName"]
    assert shown["title"] == ("Manager" if owned else shown["title"])
    assert owned or shown["title"].startswith("masked-")


def test_an_id_of_ours_hides_nobody() -> None:
    """An id that was ours and shows another name shows a stranger; ownership is asked for each time."""
    owned = {"8"}
    it = mask(lambda id_: id_ in owned)
    assert said(OURS, it) == OURS
    assert names_nobody(said({**STRANGER, "id": "8"}, it))
    nameless = {key: value for key, value in STRANGER.items() if key != "userName"} | {"id": "8"}
    assert names_nobody(said(nameless, it))
    owned.clear()
    assert said({"id": "8", "title": "Quill"}, it)["title"].startswith("masked-")


def test_what_a_request_carries_back_is_hidden_as_it_was_shown() -> None:
    """A PUT of what the target showed has the same stand-ins as the answer; what the run wrote itself stays to the byte."""
    it = mask()
    shown = said({**STRANGER, "id": "8"}, it)
    assert json.loads(sent(it, "PUT", "/Users/8", {**STRANGER, "id": "8"}).body) == shown
    for method, path, document in (
        ("PUT", "/Users/8", OURS),
        ("POST", "/Users", {key: value for key, value in OURS.items() if key not in {"userName", "id"}}),
        ("PATCH", "/Users/8", {"schemas": [PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "Proofreader"}]}),
        ("POST", "/Groups", {"schemas": [GROUP], "displayName": "a", "members": [{"value": "8", "display": OURS["userName"]}]}),
    ):  # fmt: skip
        assert sent(it, method, path, document).body == json.dumps(document).encode()
    patch = {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "path": "displayName", "value": "Ottoline Quillfeather"}],
    }
    assert names_nobody(json.loads(sent(it, "PATCH", "/Users/8", patch).body))


@pytest.mark.parametrize(("method", "stays"), [("POST", True), ("GET", False)])
def test_what_a_create_is_answered_with_is_ours_without_a_name(method: str, stays: bool) -> None:
    """A report has to show such an answer; a read that shows no name may be about anybody."""
    shown = {"schemas": [USER], "id": "9", "title": "Proofreader"}
    body = json.dumps(shown).encode()
    kept = mask().heard(Heard(Request(method, "/Users"), Answer(201, (), body))).answer
    assert kept
    assert (kept.body == body) is stays


def test_members_of_a_group_are_masked() -> None:
    """A group shows its members' names, which are personal too; its own name stays."""
    members = [
        {"value": "7", "display": "Ottoline Quillfeather"},
        {"value": "8", "display": "Zoë-Łucja Nuñez"},
    ]
    shown = said(
        {"schemas": [GROUP], "id": "1", "displayName": "Finance", "members": members}, path="/Groups/1"
    )
    assert shown["displayName"] == "Finance"
    assert shown["members"][0]["value"] == "7"
    assert shown["members"][0]["display"].startswith("masked-")
    assert shown["members"][1]["display"] == "Zoë-Łucja Nuñez"
    borrowed = {"members": [{"value": "8", "display": "Ottoline Quillfeather"}]}
    assert names_nobody(said(borrowed, path="/Groups/1"))


def test_a_schema_is_no_person() -> None:
    """Under /Schemas nothing is about people, whatever label it carries; the words of the protocol stay everywhere."""
    attribute = {
        "name": "userName",
        "type": "string",
        "mutability": "readWrite",
        "description": "The user's name.",
    }
    schema = {"schemas": [USER, SCHEMA], "id": USER, "name": "User", "attributes": [attribute]}
    it = mask()
    for document in (schema, {"schemas": [LIST_RESPONSE], "Resources": [schema]}):
        assert said(document, it, "/Schemas") == document
    said(STRANGER | {"nickName": "readWrite", "displayName": "schemas"}, it)
    text = "expected userName in schemas to be readWrite, got a user"
    assert it.text(text) == text


@pytest.mark.parametrize(
    "defined",
    [
        {"name": "User", "attributes": [{"name": "userName", "type": "string", "mutability": "readWrite"}]},
        {"name": "User", "endpoint": "/Users", "schemaExtensions": [{"schema": ENTERPRISE_USER}]},
        {"patch": {"supported": True}, "authenticationSchemes": [{"name": "OAuth Bearer Token"}]},
    ],
)
@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig", "/Roles", "/Bulk"])
def test_what_is_only_labelled_as_a_person_is_nobody(defined: Json, path: str, status: int) -> None:
    """A schema, a type or an account of what a target can do has what no person has; a person among them is hidden."""
    labelled = {"schemas": [USER], "id": "User", "description": "User Account", **defined}
    it = mask()
    assert said(labelled, it, path, status) == labelled
    text = f"got {' '.join(f'{chr(34)}{each}{chr(34)}' for each in strings(labelled))}"
    assert it.text(text) == text
    named = {**labelled, "displayName": "Ottoline Quillfeather"}
    assert names_nobody(said(named, path=path, status=status))
    assert names_nobody(said({**STRANGER, **labelled}, path=path, status=status))


def test_a_nameless_person_among_the_schemas_is_hidden() -> None:
    """Whoever is labelled as a person and defines nothing is one."""
    for name in ("Ottoline Quillfeather", {"formatted": "Ottoline Quillfeather"}):
        assert names_nobody(said({"schemas": [USER], "id": "7", "name": name}, path="/Schemas"))


def test_a_person_is_hidden_wherever_a_target_shows_one() -> None:
    """Among the schemas, in a refusal, within something else: what has a person's attributes is a person."""
    for path, status in (("/Schemas", 200), ("/Users", 409), ("/Roles", 200), ("/Groups", 200)):
        assert names_nobody(
            said({"detail": "x", "user": STRANGER, "Resources": [STRANGER]}, path=path, status=status)
        )


def test_a_word_is_no_person() -> None:
    """Single words that may be said of anything are replaced where they are quoted; names wherever they stand."""
    it = mask()
    said(
        STRANGER | {"nickName": "May", "displayName": "Test User", ENTERPRISE_USER: {"department": "Sales"}},
        it,
    )
    kept = "A user may be made by Sales, and a Manager; a test user, too"
    assert it.text(kept) == kept
    for said_of_them in (
        "QUILLFEATHER exists",
        'got the string "May"',
        "Ottoline Quillfeather",
        "+49-30-1234567",
        'got "Sales"',
        json.dumps({"detail": 'got "Sales"'}),
    ):
        assert "masked-" in it.text(said_of_them)
    assert it.text("call +49-30-1234567").startswith("call masked-"), "with the sign before it"
    assert it.text('expected "Zoë-Łucja"') == 'expected "Zoë-Łucja"'


@pytest.mark.parametrize("as_a_name", [0, 1], ids=["a name first", "a title first"])
@pytest.mark.parametrize("title", ["Quillfeather", "quillfeather"])
def test_a_word_that_was_once_a_name_stays_one(as_a_name: int, title: str) -> None:
    """Whoever else has it for a title, before or after: it is hidden without quotes, too."""
    it = mask()
    people: list[Json] = [{"schemas": [USER], "id": "9", "title": title}]
    people.insert(as_a_name, {"schemas": [USER], "id": "7", "name": {"familyName": "Quillfeather"}})
    said({"schemas": [LIST_RESPONSE], "Resources": people}, it)
    assert it.text("Quillfeather exists").startswith("masked-")


@pytest.mark.parametrize(
    "spelt",
    [quote("Ottoline Quillfeather"), "Ottoline&nbsp;Quillfeather", "ottoline.quillfeather", "Quillfeäther"],
)
def test_a_text_that_spells_somebody_otherwise_names_nobody(spelt: str) -> None:
    """Percent-encoded, as HTML, with dots or accents."""
    it = mask()
    said(STRANGER, it)
    page = it.heard(
        Heard(
            NOTHING,
            Answer(500, (("Location", f"/who/{spelt}"),), f"<p>{spelt} \xff</p>".encode("latin-1", "ignore")),
        )
    ).answer
    assert page
    assert names_nobody(page.text.lower().replace("ä", "a"))
    assert names_nobody(page.headers[0][1].lower().replace("ä", "a"))


def test_a_letter_that_unicode_does_not_take_apart_is_known_as_it_is_written_in_an_address() -> None:
    """An error tells the local part of somebody who was shown by a display name alone."""
    it = mask()
    said({"schemas": [USER], "id": "1", "displayName": "Þórbjørg Vœuxstraße"}, it)
    assert it.text("thorbjorg.voeuxstrasse exists").startswith("masked-")


def test_addresses_are_masked_wherever_they_stand() -> None:
    """An error's detail, a header and a web page may name somebody by address."""
    it = mask()
    answer = Answer(500, (("X-By", "ruth@corp.example.org"),), b"<p>Ask ruth@corp.example.org \xff</p>")
    page = it.heard(Heard(NOTHING, answer)).answer
    assert page
    assert b"ruth" not in page.body
    assert b"\xff" in page.body
    assert "ruth" not in page.headers[0][1]
    assert "ruth" not in json.dumps(said({"schemas": [ERROR], "detail": "ruth@corp.example.org exists"}))
    assert it.text(OURS["userName"]) == OURS["userName"]
    assert "masked" in it.text("zoë.nuñez@example.com"), "made of our words by chance"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
@pytest.mark.parametrize(
    "bend", [lambda text: text[:-20], lambda text: text.replace('"id"', '"n": NaN, "id"')]
)
def test_a_body_that_cannot_be_read_as_a_whole_names_nobody(
    encoding: str, bend: Callable[[str], str]
) -> None:
    """Torn, in another encoding, or with what is no JSON in it."""
    text = bend(json.dumps(STRANGER | {"nickName": "Jérôme"}, ensure_ascii=False))
    kept = mask().heard(Heard(NOTHING, Answer(200, (), text.encode(encoding)))).answer
    assert kept
    assert names_nobody(kept.body.decode("latin-1"))
    assert names_nobody(kept.body.decode(encoding, "ignore"))


def test_a_key_that_stands_twice_hides_nobody() -> None:
    """A reader sees one of them, a file holds both."""
    body = (
        json.dumps(OURS)
        .replace('"displayName"', '"displayName": "Ottoline Quillfeather", "displayName"')
        .encode()
    )
    kept = mask().heard(Heard(NOTHING, Answer(200, (), body))).answer
    assert kept
    assert names_nobody(kept.text.lower())
    assert kept.text.count("displayName") == 2


def test_a_key_names_nobody() -> None:
    """A map of people by their addresses is no SCIM, and tells who they are."""
    it = mask()
    said(STRANGER, it)
    by_name = {"Quillfeather": {"active": True}, "ruth@corp.example.org": {"active": True}}
    shown = json.dumps(said(by_name, it, "/Roles"))
    assert names_nobody(shown)
    assert "ruth" not in shown


def test_a_path_names_nobody() -> None:
    """A lookup of somebody real is masked in its encoding; any other path stays as it was sent."""
    it = mask()
    looked_up = sent(it, "GET", "/Users?filter=userName%20eq%20%22kjones%22&count=1").path
    assert "kjones" not in looked_up
    assert looked_up.startswith("/Users?filter=userName%20eq%20%22masked-")
    assert looked_up.endswith("%22&count=1")
    assert "kjones" not in sent(it, "GET", "/Users?filter=userName+eq+%22kjones%22").path, "a plus is a blank"
    ours = f"/Users?filter=userName+eq+%22{quote(OURS['userName'])}%22&count=1"
    assert sent(it, "GET", ours).path == ours
    assert "ruth" not in sent(it, "GET", "/Users/ruth%40corp.example.org").path
    said({"schemas": [USER], "id": "kjones", "userName": "kjones"}, it)
    assert sent(it, "GET", "/Users/kjones").path.startswith("/Users/masked-")
    group = "/Groups?filter=displayName%20eq%20%22kjones%22"
    assert sent(it, "GET", group).path == group, "a group's own name stays"
    assert "kjones" not in sent(it, "GET", "/Groups?filter=members.display%20eq%20%22kjones%22").path


def test_who_is_looked_for_has_the_stand_in_that_was_shown() -> None:
    """Also where a filter has to escape the name (RFC 7644 3.4.2.2)."""
    it = mask()
    shown = said({**STRANGER, "userName": 'a "quill" \\ feather'}, it)["userName"]
    asked = sent(it, "GET", "/Users?filter=" + quote('userName eq "a \\"quill\\" \\\\ feather"')).path
    assert asked == "/Users?filter=" + quote(f'userName eq "{shown}"', safe="=+")


def test_an_address_in_the_path_of_a_sentence_is_masked_by_itself() -> None:
    """Where ids are addresses, a sentence still says whose place it is about, and ours stays as it was sent."""
    it, ours = mask(), OURS["userName"]
    for spelt in (quote(ours), ours):
        for refused in (f"DELETE /Users/{spelt} would write", f"DELETE /Groups/{spelt} would write"):
            assert it.text(refused) == refused
    strange = it.text("DELETE /Users/ruth%40corp.example.org would write")
    assert "ruth" not in strange
    assert strange.startswith("DELETE /Users/")


@pytest.mark.parametrize(
    "before",
    [
        "http://127.0.0.1:44123/scim/v2/Users/",
        "https://scim.example.com/a/path/that/is/longer/than/the/local/part/of/any/address/may/be/people/",
        "https://scim.example.com/people?of=7&named=",
        "/scim/v2/Groups/",
    ],
)
def test_an_address_in_a_url_is_masked_by_itself(before: str) -> None:
    """Host, port and path stay, with a name of ours; a stranger's address behind them does not."""
    ours = before + OURS["userName"]
    at = said({**OURS, "meta": {"location": ours}})["meta"]["location"]
    assert at == ours == mask().text(ours)
    for kept in (
        said({**OURS, "meta": {"location": before + STRANGER["userName"]}})["meta"]["location"],
        mask().text(f"expected it, got {before}{STRANGER['userName']}").removeprefix("expected it, got "),
    ):
        assert kept.startswith(before)
        assert kept.endswith("@masked.invalid")
        assert names_nobody(kept)


def test_an_address_with_a_slash_that_is_in_no_url_is_masked_whole() -> None:
    """A slash alone makes no path."""
    assert names_nobody(mask().text("ask ottoline/quillfeather@corp.example.org, see https://example.org"))


def test_a_body_that_asks_names_nobody() -> None:
    """A search looks for somebody real in its body."""
    it = mask()
    search = {"filter": 'userName eq "kjones" and id eq "7"', "count": 1}
    shown = json.loads(sent(it, "POST", "/Users/.search", search).body)
    assert "kjones" not in shown["filter"]
    assert shown["filter"].endswith('and id eq "7"')


def test_an_error_names_nobody_who_was_seen() -> None:
    """An error that tells of somebody by name tells of a stand-in, the same one that stands in the resource."""
    it = mask()
    name = said(STRANGER | {"displayName": "Ottoline Quillfeather"}, it)["displayName"]
    error = said({"schemas": [ERROR], "detail": "Ottoline Quillfeather is there already."}, it, status=409)
    assert error["detail"] == f"{name} is there already."


@pytest.mark.parametrize(
    "shown",
    [
        {"schemas": [USER], "id": "7", "displayName": "Ruth Jones"},
        {"id": "7", "name": {"familyName": "Jones"}, "title": "Ruth"},
        {"users": [{"emails": ["ruth"], "login": "Ruth"}]},
        {"fullName": "Ruth Jones"},
        ["ruth jones"],
        {
            "schemas": [USER],
            "id": "9",
            "phoneNumbers": [{"value": 4930555123}],
            "userName": {"value": "ruth"},
        },
        {
            "schemas": [USER],
            "id": "ruth@corp.example.org",
            "meta": {"location": "/Users/ruth%40corp.example.org"},
        },
        {
            "schemas": [USER],
            "id": "Ruth",
            "userName": "Ruth",
            "meta": {"location": "https://t.example/Users/Ruth"},
        },
    ],
)
def test_a_person_is_known_by_more_than_a_user_name(shown: Json) -> None:
    """Part of a resource, a shape of the target's own, and an id that is a name or an address tell nobody's name."""
    kept = json.dumps(said(shown)).lower()
    assert "ruth" not in kept
    assert "4930555123" not in kept


def test_whom_an_import_matches_in_okta_is_masked() -> None:
    """A person of Okta's whom one of ours is matched with is somebody real where a file named them."""
    address = OURS["userName"]
    row = ImportRow(address, "Ruth Jones", address, "none", "", "ruth@corp.example.org", "")
    (shown,) = mask().rows([row])
    assert (shown.user_name, shown.email) == (address, address)
    assert "ruth" not in shown.okta_user
    assert "Ruth" not in shown.name


def test_a_stand_in_tells_letter_case_and_form() -> None:
    """Values that differ in case alone have stand-ins that do; an address stays one, and so does a URL."""
    it = mask()
    values = ("ruth", "Ruth", "RUTH", "ruth@corp.example.org", "https://ruth.example.org/me")
    small, title, capitals, address, url = (said({"userName": value}, it)["userName"] for value in values)
    assert len({small, title, capitals}) == 3
    assert small == small.casefold() == title.casefold() == capitals.casefold()
    assert "@" in address
    assert url.startswith("https://")
    assert it.text("Ruth is not RUTH") == f"{title} is not {capitals}"
    for standin in (small, address, url):
        assert said({"userName": standin}, it)["userName"] == standin, "what stands for somebody stays"
    assert said({"userName": "masked-Quillfeather"}, it)["userName"] != "masked-Quillfeather"


def test_what_is_masked_twice_is_as_it_was_masked_once() -> None:
    """A journal is masked as it is written and again at its end: what stands for an address, a URL or a number stays."""
    it = mask()
    shown = said({**STRANGER, "profileUrl": "https://ruth.example.org/me", "employeeNumber": 4930555123}, it)
    assert said(shown, it) == shown
    sentence = it.text("ruth@corp.example.org, +49 30 1234567 and https://ruth.example.org/me")
    assert it.text(sentence) == sentence


def test_a_stand_in_cannot_be_known_beforehand() -> None:
    """Two runs mask the same value differently, so that nobody can look values up."""
    assert said(STRANGER)["userName"] != said(STRANGER)["userName"]


def test_in_recorded_traffic_the_pattern_of_our_names_tells() -> None:
    """A run's own people stay as they are; who merely has our prefix in a name, or an id that was ours, does not."""
    it = of_recorded()
    made = {
        "schemas": [USER],
        "id": "1",
        "userName": "scim-tests.ab12cd34.plain@example.com",
        "displayName": "Made Up",
    }
    sent(it, "POST", "/Users", {key: value for key, value in made.items() if key != "id"})
    assert said(made, it) == made
    assert said({"id": "1", "displayName": "Made Up"}, it)["displayName"] == "Made Up"
    for name in ("ruth+scim-tests@corp.example.org", "scim-tests.ab12", "scim-tests.ab12cd34e@example.com"):
        assert said({**STRANGER, "userName": name}, it)["userName"] != name
    assert names_nobody(said({**STRANGER, "id": "1"}, it))
    assert said({"id": "1", "displayName": "Made Up"}, it)["displayName"] != "Made Up"


def test_words_are_known_in_many_spellings_and_no_others() -> None:
    """A beginning of three letters counts, a shorter one does not; digits count as a whole."""
    words = Words(["Featherstonehaugh Cholmondeley", "00123"])
    for text in ("feather", "Cholmondeley-FEATHERSTONEHAUGH", "featherstonehaughcholmondeley", "123", "-- !"):
        assert words.cover(text)
    for text in ("Fe", "Quillfeather", "Featherstonehaugh Quill", "012", "featherx"):
        assert not words.cover(text)


@given(
    JSON,
    st.sampled_from(PATHS),
    st.sampled_from(["GET", "POST", "PUT", "PATCH"]),
    st.sampled_from([200, 400]),
)
def test_any_document_can_be_masked(document: Json, path: str, method: str, status: int) -> None:
    """Whatever a target says or a request holds is masked without an error, and still has the same shape."""
    body = json.dumps(document).encode()
    kept = mask().heard(Heard(Request(method, path, (), body), Answer(status, (), body)))
    assert kept.answer
    assert _shape(json.loads(kept.answer.body)) == _shape(document)
    assert _shape(json.loads(kept.request.body)) == _shape(document)


def _shape(value: Json) -> Json:
    """Without the names of members, which may be people's."""
    if isinstance(value, dict):
        return dict(enumerate(map(_shape, value.values())))
    if isinstance(value, list):
        return [_shape(each) for each in value]
    return type(value).__name__
