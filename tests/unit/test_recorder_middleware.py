"""The recorders around an app: every byte passes as it is, whatever it is, and nothing of theirs reaches the app."""

import asyncio
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from scim_tests.recorder import ASGIRecorder, WSGIRecorder
from scim_tests.recorder.seen import LONGEST, Seen

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/scim+json")],
}
END = {"type": "http.response.body", "body": b"{}"}
ASGI = Callable[..., Any]


def put_into(recorder: ASGIRecorder | WSGIRecorder) -> list[Seen]:
    """What it saw, in place of a file."""
    seen: list[Seen] = []
    recorder._sender.put = seen.append  # type: ignore[method-assign] -- no writer is started
    return seen


def asgi(app: ASGI, **options: Any) -> tuple[ASGIRecorder, list[Seen]]:
    recorder = ASGIRecorder(app, "nowhere/scim.jsonl", **options)
    return recorder, put_into(recorder)


def asked(recorder: ASGIRecorder, path: str = "/scim/v2/Users/1", *body: Any, **scope: Any) -> list[Any]:
    """The messages that its server gets; `body` are those that the client sends."""
    heard: list[Any] = []
    waiting = list(body or [{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        heard.append(message)

    given = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"a=%20b",
        "headers": [(b"host", b"scim.example"), (b"x-odd", b"\xff\x00")], "scheme": "https",
    }  # fmt: skip
    asyncio.run(recorder(given | scope, receive, send))
    return heard


def says(*messages: Any) -> ASGI:
    async def app(_: Any, receive: Any, send: Any) -> None:
        await receive()
        for each in messages:
            await send(each)

    return app


def test_what_passes_is_seen_and_stays_as_it_is() -> None:
    """URL, headers and bodies, in pieces or whole."""
    more = {"type": "http.response.body", "body": b"{", "more_body": True}
    recorder, seen = asgi(says(START, more, {"type": "http.response.body", "body": b"}"}))
    said = asked(recorder, "/scim/v2/Users/1", {"type": "http.request", "body": b"\x00"})
    assert said == [START, more, {"type": "http.response.body", "body": b"}"}]
    [one] = seen
    assert one.url == "https://scim.example/scim/v2/Users/1?a=%20b"
    assert ("x-odd", "\xff\x00") in one.headers
    assert (one.status, one.asked.kept, one.answered.kept) == (200, b"\x00", b"{}")


@pytest.mark.parametrize(
    ("path", "base_path", "is_seen"),
    [
        ("/scim/v2/Users", "", True),
        ("/Users", "", True),
        ("/t/%C3%A4/scim/Groups/1", "", True),
        ("/scim/v2/ServiceProviderConfig", "/scim/v2/", True),
        ("/api/Users", "/scim/v2", False),
        ("/scim/v2/users", "", False),
        ("/login", "", False),
        ("/scim/v2/Users", "/scim", False),
    ],
)
def test_only_scim_is_recorded(path: str, base_path: str, *, is_seen: bool) -> None:
    """Whatever has a name of its endpoints in its path, or, with a base path, what stands right behind that."""
    recorder, seen = asgi(says(START, END), base_path=base_path)
    assert asked(recorder, path) == [START, END]
    assert len(seen) == is_seen


@pytest.mark.parametrize("kind", ["websocket", "lifespan", "unheard-of"])
def test_what_is_no_http_passes(kind: str) -> None:
    """Its messages are those of the app, and nothing is recorded; at the end of the app what waits is written."""
    closing = {"type": f"{kind}.shutdown.complete"}
    recorder, seen = asgi(says(closing))
    assert asked(recorder, type=kind) == [closing]
    assert seen == []


def test_a_stream_passes_piece_by_piece() -> None:
    """Each piece has left before the app gives the next one, and of a long one nothing is kept in memory."""
    order: list[str] = []
    piece = {"type": "http.response.body", "body": bytes(LONGEST // 2), "more_body": True}

    async def app(_: Any, __: Any, send: Any) -> None:
        await send(START)
        for number in range(4):
            order.append(f"given {number}")
            await send(piece)
        await send(END)

    recorder, [*seen] = asgi(app)
    seen = put_into(recorder)

    async def send(message: Any) -> None:
        order.append(message["type"])

    async def receive() -> Any:
        raise AssertionError

    scope = {"type": "http", "method": "GET", "path": "/Users", "headers": []}
    asyncio.run(recorder(scope, receive, send))
    assert order[1:5] == ["given 0", "http.response.body", "given 1", "http.response.body"]
    assert (seen[0].answered.pieces, seen[0].answered.missing) == ([], 2 * LONGEST + 2)


def test_headers_that_can_be_read_once_reach_the_server() -> None:
    """Also where they are wrong, and cannot be recorded."""
    for pairs in ([(b"a", b"b")], [("a", "b")]):
        recorder, _ = asgi(says(START | {"headers": iter(pairs)}, END))
        assert asked(recorder)[0]["headers"] == pairs


@pytest.mark.parametrize("after", [[], [START], [START, END]])
def test_what_an_app_raises_goes_on_to_its_server(after: list[Any]) -> None:
    """It is recorded as the reason for which there is no answer, unless there was one."""

    async def app(_: Any, __: Any, send: Any) -> None:
        for each in after:
            await send(each)
        raise KeyError("Thurzo")

    recorder, seen = asgi(app)
    with pytest.raises(KeyError):
        asked(recorder)
    assert (seen[0].failure, seen[0].status) == ("The app raised KeyError.", 200 if after else 0)
    assert seen[0].answered.is_whole == (END in after)


def test_a_client_that_goes_away_is_no_fault_of_the_app() -> None:
    """Nothing was answered, and nothing is said to have failed."""
    recorder, seen = asgi(says())
    assert asked(recorder, "/Users", {"type": "http.disconnect"}) == []
    assert (seen[0].status, seen[0].failure) == (0, "")


@pytest.mark.parametrize("kind", ["asgi", "wsgi"])
def test_a_recorder_that_breaks_costs_the_exchange_alone(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app answers as ever, and the loss is counted."""
    recorder: Any = asgi(says(START, END))[0] if kind == "asgi" else wsgi(lambda *_: [b"{}"])[0]
    monkeypatch.setattr(recorder, "_asked", lambda _: 1 / 0)
    assert asked(recorder) == [START, END] if kind == "asgi" else answered(recorder)[1] == b"{}"
    recorder._sender.put = lambda _: 1 / 0
    monkeypatch.undo()
    assert asked(recorder) == [START, END] if kind == "asgi" else answered(recorder)[1] == b"{}"
    assert recorder._sender._dropped == 2


def wsgi(app: Callable[..., Any], **options: Any) -> tuple[WSGIRecorder, list[Seen]]:
    recorder = WSGIRecorder(app, "nowhere/scim.jsonl", **options)
    return recorder, put_into(recorder)


def answered(recorder: WSGIRecorder, body: bytes = b"", **more: Any) -> tuple[list[Any], bytes]:
    """What its server gets: each call of start_response, and the body."""
    environ: dict[str, Any] = {"PATH_INFO": "/scim/v2/Users/1", "REQUEST_METHOD": "PUT", "HTTP_X_ODD": "\xff"}
    environ |= {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)} | more
    setup_testing_defaults(environ)
    started: list[Any] = []
    written: list[bytes] = []

    def start(*said: Any) -> Any:
        started.append(said)
        return written.append

    answer = recorder(environ, start)
    try:
        pieces = list(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
    return started, b"".join(written + pieces)


@pytest.mark.parametrize(
    "how", ["read", "to the end", "lines", "line", "all lines", "at once", "into a buffer"]
)
def test_a_wsgi_app_is_seen_however_it_reads(how: str) -> None:
    """And what it answers stays as it is."""
    sent = b'{\n"\xff"}\n'

    def app(environ: Any, start: Any) -> list[bytes]:
        body, buffer = environ["wsgi.input"], bytearray(99)
        found = {
            "read": lambda: body.read(int(environ["CONTENT_LENGTH"])),
            "to the end": body.read,
            "lines": lambda: b"".join(body),
            "line": lambda: body.readline() + body.readline(),
            "all lines": lambda: b"".join(body.readlines()),
            "at once": lambda: body.read1(-1),
            "into a buffer": lambda: bytes(buffer[: body.readinto(buffer)]),
        }[how]()
        start("201 Created", [("X", "y")])
        return [found]

    recorder, seen = wsgi(app)
    assert answered(recorder, sent) == ([("201 Created", [("X", "y")])], sent)
    [one] = seen
    assert (one.status, one.asked.kept, one.answered.kept) == (201, sent, sent)
    assert one.url == "http://127.0.0.1/scim/v2/Users/1"
    assert ("X-Odd", "\xff") in one.headers


@pytest.mark.parametrize("name", ["REQUEST_URI", "RAW_URI"])
def test_a_path_stays_as_it_was_written_where_the_server_says_it(name: str) -> None:
    """And where it does not, it is written anew."""
    recorder, seen = wsgi(lambda *_: [])
    raw = "/scim/v2/Users/a%2Fb?filter=%22"
    decoded = {"PATH_INFO": "/scim/v2/Users/a/b", "QUERY_STRING": "filter=%22"}
    answered(recorder, **decoded, **{name: raw})
    answered(recorder, **decoded)
    assert [each.url.removeprefix("http://127.0.0.1") for each in seen] == [raw, raw.replace("%2F", "/")]


class Streamed:
    """An answer that is closed once, and has no length."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def __iter__(self) -> Iterator[bytes]:
        for number in range(2):
            self.order.append(f"given {number}")
            yield b"{"
            self.order.append(f"taken {number}")

    def close(self) -> None:
        self.order.append("closed")


def test_a_wsgi_stream_passes_piece_by_piece_and_is_closed() -> None:
    """It has a length only where the app's own has one, from which a server tells Content-Length."""
    stream = Streamed()
    recorder, seen = wsgi(lambda *_: stream)
    assert answered(recorder)[1] == b"{{"
    assert stream.order == ["given 0", "taken 0", "given 1", "taken 1", "closed"]
    assert seen[0].answered.kept == b"{{"
    environ: dict[str, Any] = {"PATH_INFO": "/Users"}
    setup_testing_defaults(environ)
    assert not hasattr(recorder(environ, lambda *_: None), "__len__")
    answer: Any = wsgi(lambda *_: [b"{", b"}"])[0](environ, lambda *_: None)
    assert len(answer) == 2


def test_a_server_that_stops_early_leaves_no_half_body() -> None:
    """What was not taken to its end is not kept."""
    recorder, seen = wsgi(lambda *_: [b"{", b"}"])
    environ: dict[str, Any] = {"PATH_INFO": "/Users"}
    setup_testing_defaults(environ)
    answer: Any = recorder(environ, lambda *_: None)
    next(iter(answer))
    answer.close()
    assert (seen[0].answered.kept, seen[0].answered.missing) == (b"", 1)


def test_what_a_wsgi_app_writes_or_says_twice_passes() -> None:
    """The old way to answer, and the one to replace an answer by an error."""

    def app(_: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        start("500 Oh", [("A", "b")], (None, None, None))(b"written ")
        return [b"and given"]

    recorder, seen = wsgi(app)
    assert answered(recorder) == (
        [("200 OK", []), ("500 Oh", [("A", "b")], (None, None, None))],
        b"written and given",
    )
    assert (seen[0].status, seen[0].answered.kept) == (500, b"written and given")


def lazily(*_: Any) -> Iterator[bytes]:
    raise KeyError("Thurzo")
    yield b""


def at_once(*_: Any) -> list[bytes]:
    raise KeyError("Thurzo")


@pytest.mark.parametrize("app", [lazily, at_once])
def test_what_a_wsgi_app_raises_goes_on_to_its_server(app: Callable[..., Any]) -> None:
    """Whenever it raises it, and without its words in the record."""
    recorder, seen = wsgi(app)
    with pytest.raises(KeyError):
        answered(recorder)
    assert [each.failure for each in seen] == ["The app raised KeyError."]


@pytest.mark.parametrize("piece", ["text", None, 7])
def test_what_is_no_bytes_is_for_the_server_to_refuse(piece: Any) -> None:
    """The recorder passes it on."""
    environ: dict[str, Any] = {"PATH_INFO": "/Users"}
    setup_testing_defaults(environ)
    assert list(wsgi(lambda *_: [piece])[0](environ, lambda *_: None)) == [piece]


def flask_app(file: Path) -> tuple[Any, Any]:
    flask = pytest.importorskip("flask")
    app = flask.Flask("users")
    app.get("/scim/v2/Users/<id_>")(lambda id_: {"id": id_})
    app.wsgi_app = WSGIRecorder(app.wsgi_app, file)
    return app.wsgi_app, lambda: app.test_client().get("/scim/v2/Users/1").data


def fastapi_app(file: Path, *, added: bool) -> tuple[Any, Any]:
    fastapi = pytest.importorskip("fastapi")
    app: Any = fastapi.FastAPI()
    app.get("/scim/v2/Users/{id_}")(lambda id_: {"id": id_})
    if not added:
        app = ASGIRecorder(app, file)
        return app, lambda: got(app)
    app.add_middleware(ASGIRecorder, path=file)
    layer = app.middleware_stack = app.build_middleware_stack()
    while not isinstance(layer, ASGIRecorder):
        layer = layer.app
    return layer, lambda: got(app)


def django_app(kind: str, file: Path) -> tuple[Any, Any]:
    django = pytest.importorskip("django")
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import JsonResponse
    from django.urls import path

    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="made up", ROOT_URLCONF=())
        django.setup()
    urls = (path("scim/v2/Users/<id_>", lambda _, id_: JsonResponse({"id": id_})),)
    if kind == "asgi":
        asgi_app = ASGIRecorder(ASGIHandler(), file)
        return asgi_app, lambda: with_urls(urls, lambda: got(asgi_app))
    wsgi_app = WSGIRecorder(WSGIHandler(), file)
    return wsgi_app, lambda: with_urls(urls, lambda: answered(wsgi_app, REQUEST_METHOD="GET")[1])


def with_urls(urls: Any, ask: Callable[[], bytes]) -> bytes:
    from django.test import override_settings

    with override_settings(ROOT_URLCONF=urls):
        return ask()


def got(app: Any) -> bytes:
    import httpx

    async def ask() -> bytes:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://scim.example"
        ) as client:
            return (await client.get("/scim/v2/Users/1")).content

    return asyncio.run(ask())


@pytest.mark.parametrize("kind", ["flask", "fastapi", "fastapi added", "django asgi", "django wsgi"])
def test_a_line_is_enough_for_each_framework(tmp_path: Path, kind: str) -> None:
    """The request and its answer are seen, and the client gets what the app says."""
    framework, _, how = kind.partition(" ")
    file = tmp_path / "scim.jsonl"
    recorder, ask = (
        flask_app(file)
        if framework == "flask"
        else fastapi_app(file, added=how == "added")
        if framework == "fastapi"
        else django_app(how, file)
    )
    seen = put_into(recorder)
    assert ask().replace(b" ", b"").strip() == b'{"id":"1"}'
    assert [(each.status, each.answered.kept.replace(b" ", b"").strip()) for each in seen] == [
        (200, b'{"id":"1"}')
    ]
