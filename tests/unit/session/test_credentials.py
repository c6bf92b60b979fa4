"""Test API Credentials alone, on a socket: Okta's words and ours for whatever is at the address, and never the key."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from serving import serving
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.model.profile import Profile
from scim_tests.options import RunOptions
from scim_tests.session import credentials
from scim_tests.session.credentials import Pressed, press

KEY = "zk-93hfQ7.Lw20x_Vb"
LIST = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 0, "startIndex": 1,
        "itemsPerPage": 0, "Resources": []}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder to work in, which is empty afterwards."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


@contextmanager
def answering(answer: Any) -> Iterator[tuple[str, list[str]]]:
    """A server that answers each request as it is told, and what it was asked: methods."""
    asked: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            asked.append(scope["method"])
            said = answer(Request(scope, receive))
            await (await said if asyncio.iscoroutine(said) else said)(scope, receive, send)

    with serving(lambda _: app) as (url, _):
        yield url, asked


@contextmanager
def hanging_up(said: bytes) -> Iterator[str]:
    """A server that says this to whoever asks, and hangs up."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(say, "127.0.0.1", 0))
    thread = Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/scim/v2"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    server.close()
    loop.run_until_complete(server.wait_closed())
    loop.close()


def pressed(url: str, profile: str | Profile = "okta", **options: Any) -> Pressed:
    chosen = profiles.load(profile) if isinstance(profile, str) else profile
    done = press(RunOptions(target_url=url, token=KEY, **options), chosen)
    assert KEY not in repr(done)
    assert {each.method for each in done.calls} <= {"GET"}
    return done


def message(done: Pressed) -> str:
    return next((each.text for each in done.okta if each.about == "message"), "")


@pytest.mark.parametrize("profile", ["okta", "ziflow", "scim"])
def test_a_key_that_is_taken_is_told_in_every_way(profile: str) -> None:
    """The bundled server takes it as a bearer's: Okta's button succeeds, strangers are refused, and nothing is on disk."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        done = pressed(url, profile)
    assert (done.succeeds, done.form, done.strangers_refused, done.further) == (True, "bearer", True, [])
    assert done.sentence.startswith(
        "The server took the key as “Authorization: Bearer <key>” and answered with a list"
    )
    assert message(done) == "Connector configured successfully"
    assert (done.next_step, done.causes) == ("", [])
    assert {each.status for each in done.calls if each.sent != "the key"} <= {200, 401}


def test_each_form_is_told_with_its_answer() -> None:
    """Where the profile tries several forms, those before the one that is taken were refused, and all are told."""

    def answer(request: Request) -> Response:
        return JSONResponse(
            LIST if request.headers.get("x-key") == KEY else {},
            200 if request.headers.get("x-key") == KEY else 401,
        )

    profile = replace(profiles.load("ziflow"), authorization=("bearer", "raw", "x-key", "other"))
    with answering(answer) as (url, _):
        done = pressed(url, profile)
    assert (done.succeeds, done.form) == (True, "x-key")
    assert [(each.header, each.answer) for each in done.forms] == [
        ("Authorization: Bearer <key>", "401 Unauthorized"),
        ("Authorization: <key>", "401 Unauthorized"),
        ("x-key: <key>", "200 OK"),
        ("other: <key>", ""),
    ]


@pytest.mark.parametrize("key_taken_as", ["x-key", ""])
def test_a_page_that_comes_with_200_takes_no_key(key_taken_as: str) -> None:
    """It may come whatever is sent: a form is taken where a list came, and of none the first that was let in is kept."""

    def answer(request: Request) -> Response:
        is_taken = key_taken_as and request.headers.get(key_taken_as) == KEY
        return JSONResponse(LIST) if is_taken else HTMLResponse("<!doctype html>")

    profile = replace(profiles.load("ziflow"), authorization=("bearer", "x-key"))
    with answering(answer) as (url, _):
        done = pressed(url, profile)
    assert [each.form for each in done.forms if each.taken] == [key_taken_as] * bool(key_taken_as)
    assert done.succeeds is bool(key_taken_as)


def echo(request: Request) -> str:
    """What a careless server says back."""
    return f"sorry, {request.headers.get('authorization', '').removeprefix('Bearer ')}"


CASES = [
    (lambda r: JSONResponse({"detail": echo(r)}, 401), "The server answered 401 Unauthorized: “sorry, ", "Error authenticating: Unauthorized. ", "Copy the key anew"),
    (lambda _: Response(b"", 401), "The server answered 401 Unauthorized.", "Error authenticating: null.", "Copy the key anew"),
    (lambda r: JSONResponse({"detail": echo(r)}, 403), "The server answered 403 Forbidden", "Error authenticating: Forbidden. ", "Give the owner of the key the right"),
    (lambda r: HTMLResponse(f"<html>{echo(r)}</html>", 404), "The server answered 404 Not Found.", "Error authenticating: ", "See whether the base URL"),
    (lambda r: HTMLResponse(f"<!doctype html>{echo(r)}"), "The server answered 200 OK, with what is no JSON", "Invalid JSON", "See whether the base URL"),
    (lambda r: RedirectResponse(f"https://login.example/?next={r.headers.get('authorization')}", 302), "The server answered 302 Found.", "Error authenticating: ", "It sends on to https://login.example/"),
    (lambda _: Response("slow down", 429, {"Retry-After": "1"}), "The server answered 429 Too Many Requests.", "Rate Limit Exceeded", "Wait a minute"),
    (lambda r: JSONResponse({"detail": echo(r)}, 500), "The server answered 500 Internal Server Error", "Error authenticating: Internal Server Error. ", "Show the call below"),
    (lambda _: HTMLResponse("<html>away</html>", 503), "The server answered 503 Service Unavailable.", "Error authenticating: ", "Press again in a minute"),
    (lambda _: JSONResponse({"users": []}), "The server answered 200 OK, and yet the button would fail: expected a ListResponse", "No results for users returned", "See whether the base URL"),
    (lambda _: JSONResponse([]), "The server answered 200 OK, and yet the button would fail", "", "See whether the base URL"),
]  # fmt: skip


@pytest.fixture(scope="module")
def all_cases() -> Iterator[str]:
    """One server for all of them, each below a path of its own."""
    with answering(lambda request: CASES[int(request.url.path.split("/")[3])][0](request)) as (url, _):
        yield url


@pytest.mark.parametrize("number", range(len(CASES)))
def test_whatever_answers_is_told_with_the_next_step(number: int, all_cases: str) -> None:
    """Each way to fail has what came in a sentence, Okta's own words, and what to do next; nothing waits for long."""
    done = pressed(f"{all_cases}/{number}")
    _, sentence, okta, next_step = CASES[number]
    assert done.succeeds is False
    assert done.sentence.startswith(sentence)
    assert okta in message(done)
    assert done.next_step.startswith(next_step)
    assert done.causes
    assert done.strangers_refused is None  # what everybody gets says nothing of strangers


@pytest.mark.parametrize(
    ("url", "sentence", "next_step"),
    [
        ("http://127.0.0.1:9/scim/v2", "Nothing listens on 127.0.0.1:9: the connection was refused.", "Check host and port"),
        ("https://nobody.invalid/scim/v2", "The name of nobody.invalid cannot be resolved; is the URL right?", "Check host and port"),
    ],
)  # fmt: skip
def test_nobody_there_is_told_at_once(url: str, sentence: str, next_step: str) -> None:
    """A port where nothing listens and a name that leads nowhere are told apart, with what Okta's button says."""
    done = pressed(url, "ziflow")
    assert (done.succeeds, done.sentence, done.strangers_refused) == (False, sentence, None)
    assert message(done).startswith("Error authenticating: Connect to ")
    assert done.next_step.startswith(next_step)


def test_no_tls_is_told() -> None:
    """A server that speaks no TLS under an https:// address is told as that."""
    with answering(lambda _: JSONResponse(LIST)) as (url, _):
        done = pressed(url.replace("http://", "https://"))
    assert (done.succeeds, done.sentence.startswith("No TLS connection to ")) == (False, True)
    assert "try http://" in done.next_step


def test_tls_under_http_is_told() -> None:
    """A server that hangs up on an http:// address may want https://."""
    with hanging_up(b"") as url:
        done = pressed(url)
    assert (done.succeeds, "https://" in done.next_step) == (False, True)


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone",
        b'HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{"a":',
    ],
)
def test_an_answer_that_cannot_be_read_is_an_answer(sent: bytes) -> None:
    """It is not said to be none: a status came."""
    with hanging_up(sent) as url:
        done = pressed(url)
    assert done.sentence.startswith("It answered 200 OK, but ")
    assert "an answer came" in done.next_step


def test_a_slow_server_is_held_against_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing came in the time that is waited for here, what Okta's button would say is not known."""
    monkeypatch.setattr(credentials, "SECONDS", 0.2)

    async def never(request: Request) -> Response:
        while not await request.is_disconnected():
            await request.receive()
        return Response()

    with answering(never) as (url, asked):
        done = pressed(url, "ziflow")
    assert (done.succeeds, done.okta, done.causes, len(asked)) == (None, [], [], 1)
    assert "is not known" in done.sentence
    assert done.next_step.startswith("Press again.")


def test_a_door_that_is_open_is_told() -> None:
    """A server that takes any key lets Okta's button succeed, and whoever else asks."""
    with answering(lambda _: JSONResponse(LIST, media_type="application/scim+json")) as (url, _):
        done = pressed(url)
    assert (done.succeeds, done.strangers_refused) == (True, False)
    assert "test_credentials.strangers-are-refused" in [each.id for each in done.further]


@pytest.mark.parametrize("body", [b"<html>Log in</html>", b"{}", b"null", b"[]", b"[[[["])
def test_a_page_for_strangers_is_no_open_door(body: bytes) -> None:
    """Where the key gets the list and whoever else a 200 that shows nobody, they are neither let in nor refused as they should be."""
    with answering(
        lambda r: JSONResponse(LIST) if r.headers.get("authorization") == f"Bearer {KEY}" else Response(body)
    ) as (url, _):
        done = pressed(url)
    assert (done.succeeds, done.strangers_refused) == (True, None)
    assert "test_credentials.strangers-are-refused" not in [each.id for each in done.further]


def test_a_fault_of_the_bundled_server_is_told() -> None:
    """A fault that shows at the credentials is among what fails beside the button."""
    options = RunOptions(reference=True, fault=("auth-user-jwt-accepted-as-scim-token",))
    done = press(options, profiles.load("okta"))
    assert (done.succeeds, done.strangers_refused) == (True, False)


def test_people_on_the_target_are_masked() -> None:
    """Whom the list shows is nobody's business: the beginning of a body has made-up names alone."""
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "1",
        "userName": "kim.roe@corp.example",
    }
    shown = {**LIST, "Resources": [person], "totalResults": 1, "itemsPerPage": 1}
    with answering(
        lambda r: JSONResponse(shown if KEY in r.headers.get("authorization", "") else {}, 200)
    ) as (url, _):
        done = pressed(url)
    assert done.succeeds
    assert "kim.roe" not in repr(done)
    assert re.search(r"userName", done.calls[0].body)


@pytest.mark.parametrize(
    ("url", "hint"),
    [
        ("https://api.example.com/scim/v2/Users", "Leave out /Users."),
        (f"https://api.example.com/{KEY}", "without it"),
    ],
)
def test_an_address_that_is_no_base_url_is_refused(url: str, hint: str) -> None:
    """An endpoint that was pasted, and a URL with the key in it, are refused before anything is sent."""
    with pytest.raises(UsageError, match=re.escape(hint)) as refused:
        pressed(url)
    assert KEY not in str(refused.value)
    assert json.dumps(refused.value.code) == '"bad-url"'
