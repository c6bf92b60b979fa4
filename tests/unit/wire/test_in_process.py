"""An app of this process is asked as a server would ask it, and what it raises is told without what it says."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scim_tests.errors import TargetError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Answer, Heard
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.play import FORMS
from scim_tests.wire import body
from scim_tests.wire.client import Client
from scim_tests.wire.in_process import ASGI, WSGI, InProcess
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.raised import Raised
from scim_tests.wire.vault import Vault

BASE = "http://localhost/scim/v2"
READ = Step("read", "GET", "/Users/1", ())
SECRET = "an-app's-own-secret"


def hear(
    app: Any, ledger: Ledger, *steps: Step, interface: str = ASGI, timeout: float = 10
) -> tuple[list[Heard], dict[str, BaseException]]:
    """What came of the steps, sent all at once, and what the app raised."""
    found: dict[str, BaseException] = {}

    async def send() -> list[Heard]:
        transport = InProcess(app, interface, Raised(found))
        vault = Vault("", "x7Kp2LqZ")
        async with Client(BASE, vault, ledger=ledger, transport=transport, timeout=timeout) as client:
            return list(await asyncio.gather(*(client.send(step, FORMS) for step in steps)))

    return asyncio.run(send()), found


def answered(heard: Heard) -> Answer:
    assert heard.answer, heard.failure
    return heard.answer


async def asgi_echo(scope: Any, receive: Any, send: Any) -> None:
    asked = (await receive())["body"]
    said = JSONResponse({
        "path": scope["path"], "query": scope["query_string"].decode(), "host": dict(scope["headers"])[b"host"].decode(),
        "body": asked.decode(),
    })  # fmt: skip
    await said(scope, receive, send)


def wsgi_echo(environ: Any, start_response: Any) -> list[bytes]:
    asked = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    said = JSONResponse({
        "path": environ["PATH_INFO"].encode("latin-1").decode(), "query": environ["QUERY_STRING"],
        "host": environ["HTTP_HOST"], "body": asked.decode(),
    })  # fmt: skip
    start_response("200 OK", [("Content-Type", "application/json")])
    return [bytes(said.body)]


@pytest.mark.parametrize(("app", "interface"), [(asgi_echo, ASGI), (wsgi_echo, WSGI)])
def test_an_app_gets_what_the_step_says(ledger: Ledger, app: Any, interface: str) -> None:
    """Path, query, host and body reach it as over a socket, and a body has the secret that it needs."""
    lookup = Step("lookup", "GET", "/Users?filter=userName%20eq%20%22a%40b%22", ())
    read = Step("read", "GET", "/Users/%C3%A4%252Fb", ())
    create = Step(
        "create", "POST", "/Users", (("Content-Type", "application/scim+json"),),
        f'{{"password":"{PASSWORD_SLOT}"}}'.encode(), creates="scim-tests.unittest.ann@example.com",
    )  # fmt: skip
    heard, raised = hear(app, ledger, lookup, read, create, interface=interface)
    assert [answered(each).parsed for each in heard] == [
        {"path": "/scim/v2/Users", "query": lookup.path.partition("?")[2], "host": "localhost", "body": ""},
        {"path": "/scim/v2/Users/ä%2Fb", "query": "", "host": "localhost", "body": ""},
        {
            "path": "/scim/v2/Users",
            "query": "",
            "host": "localhost",
            "body": '{"password":"$SCIM_TESTS_PASSWORD"}',
        },
    ]
    assert raised == {}


async def asgi_crash(*_: Any) -> None:
    raise KeyError(SECRET)


def wsgi_crash(*_: Any) -> None:
    raise KeyError(SECRET)


async def says_nothing(*_: Any) -> None:
    """Return at once."""


@pytest.mark.parametrize(
    ("app", "interface", "raises"), [(asgi_crash, ASGI, 1), (wsgi_crash, WSGI, 1), (says_nothing, ASGI, 0)]
)
def test_an_app_that_fails_answers_500(ledger: Ledger, app: Any, interface: str, raises: int) -> None:
    """What it raises is told by kind and place, and its message, which may quote anybody, is not."""
    heard, raised = hear(app, ledger, READ, READ, interface=interface)
    assert [answered(each).status for each in heard] == [500, 500]
    assert len(raised) == raises
    for told, error in raised.items():
        assert told == f"KeyError in test_in_process.py, line {app.__code__.co_firstlineno + 1}"
        assert error.args == (SECRET,)


def test_what_a_framework_catches_and_logs_is_told(ledger: Ledger) -> None:
    """An exception that an app answers with 500 by itself is known from its log, until the play is over."""

    def app(_: Any, start_response: Callable[..., Any]) -> list[bytes]:
        try:
            {}[SECRET]
        except LookupError:
            logging.getLogger("shop").exception("It went wrong.")
        start_response("500 Internal Server Error", [])
        return []

    (heard,), raised = hear(app, ledger, READ, interface=WSGI)
    assert answered(heard).status == 500
    assert [each.partition(",")[0] for each in raised] == ["KeyError in test_in_process.py"]
    logging.getLogger("shop").error("Too late.", exc_info=ValueError())
    assert len(raised) == 1


def test_calls_of_a_wsgi_app_overlap(ledger: Ledger) -> None:
    """Two requests at once are in the app at once: each waits there for the other."""
    both = threading.Barrier(2, timeout=10)

    def app(_: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        both.wait()
        start_response("200 OK", [])
        yield b"{}"

    heard, raised = hear(app, ledger, READ, READ, interface=WSGI)
    assert ([answered(each).status for each in heard], raised) == ([200, 200], {})


def test_an_app_that_never_answers_is_given_up(ledger: Ledger) -> None:
    """It is told as a target that is silent, whatever it waits for."""
    released = threading.Event()

    async def asgi(scope: Any, *_: Any) -> None:
        assert scope["type"] == "http"
        await asyncio.Event().wait()

    def wsgi(*_: Any) -> None:
        released.wait()

    for app, interface in ((asgi, ASGI), (wsgi, WSGI)):
        (heard,), _ = hear(app, ledger, READ, interface=interface, timeout=0.01)
        assert (heard.answer, heard.failure.partition(";")[0]) == (None, "No answer came within 0.01 s")
    released.set()


Part = dict[str, Any]
START: Part = {"type": "http.response.start", "status": 200}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([START, {"type": "http.response.body", "body": b"{", "more_body": True}], "the app ended before its answer did"),
        ([{**START, "headers": [(b"content-length", b"3")]}, {"type": "http.response.body", "body": b"{}"}], "the app ended before its answer did"),
        ([START, *([{"type": "http.response.body", "body": b"{" * body.MIB, "more_body": True}] * 17)], "is larger than 16 MiB"),
    ],
    ids=["begun", "too short", "too long"],
)  # fmt: skip
def test_an_answer_that_is_not_whole_is_none(ledger: Ledger, parts: list[Part], told: str) -> None:
    """An answer that breaks off, or does not end, is no answer, as over a socket."""

    async def app(_scope: Any, _receive: Any, send: Callable[[Part], Awaitable[None]]) -> None:
        for part in parts:
            await send(part)

    (heard,), raised = hear(app, ledger, READ)
    assert heard.answer is None
    assert told in heard.failure
    assert raised == {}


def test_a_client_reads_as_far_as_the_length_says(ledger: Ledger) -> None:
    """What an app sends beyond its Content-Length reaches nobody."""

    def app(_: Any, start_response: Callable[..., Any]) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"{}", b"more"]

    (heard,), _ = hear(app, ledger, READ, interface=WSGI)
    assert answered(heard).body == b"{}"


def test_the_lifespan_is_around_the_play(ledger: Ledger) -> None:
    """The app is started before the first request, in whose state is what it made, and ended after the last."""
    said: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        said.append("started")
        yield {"lock": asyncio.Lock()}
        said.append("ended")

    async def read(request: Request) -> Response:
        async with request.state.lock:
            said.append("asked")
        return Response("{}")

    app = Starlette(routes=[Route("/scim/v2/Users/1", read)], lifespan=lifespan)
    heard, raised = hear(app, ledger, READ, READ)
    assert ([answered(each).status for each in heard], raised) == ([200, 200], {})
    assert said == ["started", "asked", "asked", "ended"]


def test_an_app_that_does_not_start_is_not_played(ledger: Ledger) -> None:
    """It is an error in one sentence, with the kind and place of what was raised and that itself as its cause."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        raise KeyError(SECRET)
        yield

    with pytest.raises(
        TargetError, match=r"The app did not start: KeyError in test_in_process.py, line \d+\."
    ) as told:
        hear(Starlette(lifespan=lifespan), ledger, READ)
    assert isinstance(told.value.__cause__, KeyError)
    assert SECRET not in str(told.value)


def test_an_app_that_does_not_end_well_is_told(ledger: Ledger) -> None:
    """What it raises when it ends comes too late for any answer, and is among what it raised."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> Any:
        yield
        raise KeyError(SECRET)

    (heard,), raised = hear(Starlette(lifespan=lifespan), ledger, READ)
    assert answered(heard).status == 404
    assert [each.partition(",")[0] for each in raised] == ["KeyError in test_in_process.py"]


def test_a_connection_of_another_thread_is_told(ledger: Ledger) -> None:
    """A database that a WSGI app opened in the thread of the tests refuses the threads of its calls, and that is seen."""
    import sqlite3

    with closing(sqlite3.connect(":memory:")) as database:

        def app(_: Any, start_response: Callable[..., Any]) -> list[bytes]:
            database.execute("SELECT 1")
            start_response("200 OK", [])
            return []

        (heard,), raised = hear(app, ledger, READ, interface=WSGI)
    assert answered(heard).status == 500
    assert [each.partition(",")[0] for each in raised] == ["sqlite3.ProgrammingError in test_in_process.py"]
