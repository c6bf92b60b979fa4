"""A server with only what a profile has: the profile's play is clean, and what it lacks is refused as by a server without it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playing import BASE_URL, TOKEN, Play, play

from reference_server.app import application
from reference_server.seed import seed
from reference_server.settings import METHODS, Offer, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.model.verdict import Verdict
from scim_tests.session import practice

from .conftest import ENTERPRISE, GROUP, USER, Client, refused


def played(profile: Profile, folder: Path) -> Play:
    app = application(replace(practice.settings(profile), tokens=(Token(TOKEN),), public_url=BASE_URL))
    seed(app.state.server, 5)
    try:
        return play(
            httpx.ASGITransport(app), folder / "ledger.jsonl", profile=profile, judge=Judge(catalogue())
        )
    finally:
        app.state.server.database.close()


@pytest.mark.parametrize("name", [each for each in profiles.names() if each != "scim"])
def test_the_play_of_a_profile_is_clean_against_its_likeness(name: str, tmp_path: Path) -> None:
    """No failure and no advice, although it is asked for what the profile lacks."""
    profile = profiles.load(name).with_overrides(probes=True)
    told = {
        result.check.id: str(result.gravest)
        for result in played(profile, tmp_path).results
        if result.verdict in {Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN}
    }
    assert told == {}


def test_a_profile_that_lacks_nothing_gets_the_whole_server() -> None:
    """All that there is, the play of which other tests hold clean."""
    whole = Offer(methods={"User": METHODS, "Group": METHODS})
    assert practice.offer(profiles.load("scim")) == whole


def test_ziflow_has_users_pushed_and_imported_and_nothing_else(serve: Callable[..., Client]) -> None:
    """They are made, listed and found; all else is 404 or 405, and discovery says so."""
    scim = serve(offer=practice.offer(profiles.load("ziflow")))
    user = scim.user()
    path = f"/Users/{user['id']}"
    assert scim.names('userName eq "alice@example.com"') == ["alice@example.com"]
    assert [found["id"] for found in scim.found("/")] == [user["id"]]
    for answer in (
        scim.put(path, user),
        scim.patch(path, {"op": "replace", "value": {"active": False}}),
        scim.delete(path),
    ):
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    for method, gone in (
        ("GET", "/Groups"),
        ("POST", "/Groups"),
        ("POST", "/Groups/.search"),
        ("POST", "/Bulk"),
    ):
        assert refused(scim.request(method, gone), 404), gone
    config = scim.get("/ServiceProviderConfig").json()
    assert not any(config[name]["supported"] for name in ("patch", "bulk", "changePassword"))
    assert [kind["name"] for kind in scim.found("/ResourceTypes")] == ["User"]
    schemas = {schema["id"]: schema for schema in scim.found("/Schemas")}
    assert GROUP not in schemas
    for urn in (USER, ENTERPRISE):
        changeable = {each["mutability"] for each in schemas[urn]["attributes"]} - {"readOnly", "writeOnly"}
        assert changeable == {"immutable"}


OKTA = profiles.load("okta")
CUSTOM = profiles.load("okta-custom-app")
# The capabilities of a profile beside push_users; how its users are written to; what of them can be changed.
CHANGING: list[tuple[Profile, set[str], set[str], set[str]]] = [
    (OKTA, set(), {"POST", "DELETE"}, set()),
    (OKTA, {"push_profile_updates"}, {"POST", "PUT", "DELETE"}, {"title"}),
    (OKTA, {"push_deactivation"}, {"POST", "PATCH", "DELETE"}, {"active"}),
    (OKTA, {"sync_password"}, {"POST", "PATCH", "DELETE"}, {"password"}),
    (CUSTOM, {"reactivate", "sync_password"}, {"POST", "PUT", "DELETE"}, {"active", "password"}),
    (replace(OKTA, clean_up=CleanUp.DEACTIVATE), set(), {"POST", "PATCH"}, {"active"}),
    (replace(OKTA, writes=False), {"push_profile_updates"}, set(), set()),
]


@pytest.mark.parametrize(("profile", "capabilities", "methods", "changeable"), CHANGING)
def test_what_can_be_changed_is_what_the_profile_changes(
    serve: Callable[..., Client],
    profile: Profile,
    capabilities: set[str],
    methods: set[str],
    changeable: set[str],
) -> None:
    """A change of anything else is 501, all of it or nothing, and the methods are those the profile's dialect needs."""
    offer = practice.offer(replace(profile, capabilities=frozenset({"push_users", *capabilities})))
    assert {each for each in METHODS if offer.has(each, "User")} == {"GET", *methods}
    scim = serve(offer=replace(offer, methods={}))
    user = scim.user()
    path, whole = f"/Users/{user['id']}", {"active": False, "title": "T", "password": "s3cret"}
    for name, value in whole.items():
        answers = [
            scim.patch(path, {"op": "replace", "path": name, "value": value}),
            scim.put(path, {**user, name: value}),
        ]
        expected = 200 if name in changeable else 501
        assert [answer.status_code for answer in answers] == [expected, expected], name
        scim.put(path, user)
    if len(changeable) < len(whole):
        assert scim.put(path, {**user, **whole}).status_code == 501
        assert "title" not in scim.get(path).json()


@pytest.mark.parametrize(
    ("forms", "taken", "challenge"),
    [
        (("bearer",), "bearer", 'Bearer realm="scim"'),
        (("raw",), "raw", 'Bearer realm="scim"'),
        (("apikey",), "apikey", 'apikey realm="scim"'),
        (("bearer", "raw", "apikey"), "bearer raw apikey", 'Bearer realm="scim", apikey realm="scim"'),
    ],
)
def test_a_token_is_taken_in_the_forms_of_the_profile_alone(
    serve: Callable[..., Client], forms: tuple[str, ...], taken: str, challenge: str
) -> None:
    """Each of them opens the door and no other does; a refusal names them, and so does the configuration."""
    scim = serve(token_forms=practice.settings(replace(OKTA, authorization=forms)).token_forms)
    scim.headers = {}
    sent = {
        "bearer": ("Authorization", "Bearer {}"),
        "raw": ("Authorization", "{}"),
        "apikey": ("apikey", "{}"),
    }
    for form, (header, value) in sent.items():
        expected = 200 if form in taken.split() else 401
        assert scim.request("GET", "/Users", headers={header: value.format("secret")}).status_code == expected
        assert scim.request("GET", "/Users", headers={header: value.format("wrong")}).status_code == 401
    assert scim.get("/Users").headers["www-authenticate"] == challenge
