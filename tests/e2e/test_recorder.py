"""Always on: an app under a recorder on a real socket; what it wrote is judged as the run itself was, and names nobody."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from threading import Lock, Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import httpx
import pytest
from commanding import TOKEN, Command, record_in
from searching import found_in
from serving import serving

from reference_server.app import application
from reference_server.faults import bent
from reference_server.settings import Settings, Token
from scim_tests.model.record import RunRecord
from scim_tests.model.scim import LIST_RESPONSE, USER
from scim_tests.recorder import ASGIRecorder, WSGIRecorder, sender
from scim_tests.traffic.judge import judged, recording_in

pytestmark = pytest.mark.usefixtures("no_page")

LONG = 60.0  # seconds
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Host": "scim.example"}  # whatever the port


def reference(url: str, faults: list[str]) -> Any:
    app = application(Settings(tokens=(Token(TOKEN),), public_url=url))
    return bent(faults)(app) if faults else app


@contextmanager
def over_asgi(file: Path, faults: list[str]) -> Iterator[tuple[str, ASGIRecorder]]:
    """The reference server on uvicorn."""
    with serving(lambda url: ASGIRecorder(reference(url, faults), file)) as served:
        yield served


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@contextmanager
def over_wsgi(file: Path, faults: list[str]) -> Iterator[tuple[str, WSGIRecorder]]:
    """The same on wsgiref."""
    with make_server("127.0.0.1", 0, lambda *_: [], server_class=Threaded, handler_class=Quiet) as server:
        url = f"http://127.0.0.1:{server.server_port}/scim/v2"
        loop = asyncio.new_event_loop()
        recorder = WSGIRecorder(as_wsgi(reference(url, faults), loop), file, base_path="/scim/v2")
        server.set_app(recorder)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield url, recorder
        finally:
            recorder.close(LONG)
            server.shutdown()
            thread.join()
            loop.close()


def as_wsgi(app: Any, loop: asyncio.AbstractEventLoop) -> Callable[..., list[bytes]]:
    """An ASGI app, as WSGI servers call one."""
    transport, turn = httpx.ASGITransport(app), Lock()

    def wsgi(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        target = f"{httpx.URL(path=environ['PATH_INFO']).raw_path.decode()}?{environ['QUERY_STRING']}".rstrip(
            "?"
        )
        headers = [
            (key[5:].replace("_", "-"), value) for key, value in environ.items() if key.startswith("HTTP_")
        ]
        headers += [("content-type", environ["CONTENT_TYPE"])] if body else []
        request = httpx.Request(
            environ["REQUEST_METHOD"], f"http://localhost{target}", headers=headers, content=body
        )
        with turn:
            response = loop.run_until_complete(transport.handle_async_request(request))
            content = loop.run_until_complete(response.aread())
        start(f"{response.status_code} {response.reason_phrase}", list(response.headers.items()))
        return [content]

    return wsgi


def failing(record: RunRecord) -> list[str]:
    return sorted(each.id for each in record.checks if each.verdict == "fail")


@pytest.mark.parametrize(
    ("served", "fault", "told"),
    [
        (over_asgi, [], []),
        (over_asgi, ["create-returns-200"], ["push_user.create-answers-201"]),
        (over_wsgi, ["create-returns-200"], ["push_user.create-answers-201"]),
    ],
)
def test_what_was_recorded_is_judged_as_the_run_was(
    tmp_path: Path, command: Command, served: Callable[..., Any], fault: list[str], told: list[str]
) -> None:
    """An honest play has no failing check, one with a fault those of the run; no byte holds the token."""
    file = tmp_path / "scim.jsonl"
    with served(file, fault) as (url, recorder):
        command("run", "--target-url", url, "--only", "push_user", "--report-dir", "run")
        assert recorder.flush(LONG)
    run, recorded = record_in(tmp_path / "run"), judged(recording_in(file))
    assert failing(recorded) == failing(run) == told
    assert len(recorded.exchanges) == len(run.exchanges)
    assert recorded.not_looked_at == []
    assert found_in(file.read_bytes(), [TOKEN]) == []


def werkzeug_server(app: Any) -> WSGIServer:
    """What `flask run` starts."""
    serving = pytest.importorskip("werkzeug.serving")

    class Silent(serving.WSGIRequestHandler):  # type: ignore[misc, name-defined] -- it may be missing
        def log(self, *_: object) -> None: ...

    made: WSGIServer = serving.make_server("127.0.0.1", 0, app, request_handler=Silent)
    return made


def wsgiref_server(app: Any) -> WSGIServer:
    return make_server("127.0.0.1", 0, app, handler_class=Quiet)


@pytest.mark.parametrize("server", [wsgiref_server, werkzeug_server])
@pytest.mark.parametrize("reads", ["json", "data"])
def test_what_flask_reads_is_recorded(
    tmp_path: Path, server: Callable[[Any], WSGIServer], reads: str
) -> None:
    """However a Flask app reads the body of a request, it is in the file."""
    flask = pytest.importorskip("flask")
    app, file = flask.Flask("users"), tmp_path / "scim.jsonl"
    recorder = app.wsgi_app = WSGIRecorder(app.wsgi_app, file, base_path="/scim/v2")

    @app.post("/scim/v2/Users")
    def create() -> Any:
        asked = flask.request
        return asked.get_json(force=True) if reads == "json" else json.loads(asked.get_data())

    sent = {"schemas": [USER], "nickName": "n" * 70_000}
    with server(app) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{listening.server_port}/scim/v2/Users"
            assert httpx.post(url, json=sent, headers=HEADERS).json() == sent
        finally:
            listening.shutdown()
            thread.join()  # the answer is over on its side too
            recorder.close(LONG)
    [line] = file.read_text(encoding="utf-8").splitlines()
    asked = json.loads(line)["request"]
    kept = json.loads(asked["postData"]["text"])  # the name is masked
    assert kept.keys() == sent.keys()
    assert kept["schemas"] == [USER]


THURZO = {
    "schemas": [USER],
    "id": "7",
    "userName": "thurzo@corp.example",
    "name": {"givenName": "Istvan", "familyName": "Thurzo"},
    "emails": [{"value": "thurzo@corp.example", "primary": True}],
}


def listing(people: list[Any]) -> Any:
    return {"schemas": [LIST_RESPONSE], "totalResults": len(people), "Resources": people}


class People:
    """Somebody is created, found and read, as an identity provider does it; then the app raises."""

    def __init__(self, _: str) -> None:
        """It needs no address."""
        self.people: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for moment in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{moment}.complete"})
            return
        while (await receive()).get("more_body"):
            pass
        if scope["method"] == "DELETE":
            raise KeyError("Thurzo")
        said: Any = THURZO
        if scope["method"] == "POST":
            self.people = [THURZO]
        elif scope["query_string"]:
            said = listing(self.people)
        headers = [(b"content-type", b"application/scim+json")]
        status = 201 if scope["method"] == "POST" else 200
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(said).encode()})


def test_a_person_is_one_person_and_named_nowhere(
    tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Created, looked up and read by id, before a restart and after it: `judge` recognises one job, and no byte tells who it is."""
    monkeypatch.setattr(sender, "PAUSE", 0.05)  # until the first writer has ended
    file = tmp_path / "scim.jsonl"
    lookup = "/Users?filter=userName%20eq%20%22thurzo%40corp.example%22&startIndex=1&count=100"
    wanted = {name: value for name, value in THURZO.items() if name != "id"}
    for asked in (
        [("GET", lookup), ("POST", "/Users")],
        [("GET", lookup), ("GET", "/Users/7"), ("DELETE", "/Users/7")],
    ):
        with serving(lambda url: ASGIRecorder(People(url), file)) as (url, recorder):
            for method, path in asked:
                httpx.request(method, url + path, json=wanted if method == "POST" else None, headers=HEADERS)
            assert recorder.flush(LONG)
    command("judge", str(file), "--report-dir", "judged")
    record = record_in(tmp_path / "judged")
    people = {each.scene.partition(":")[2].partition(" (")[0] for each in record.exchanges}
    assert not any("credential" in each for each in record.notices)
    assert len(people) == 1
    assert {each.step for each in record.exchanges} >= {
        "push_user.lookup",
        "push_user.create",
        "delete_user.delete",
    }
    got = [finding.got for check in record.checks if check.verdict == "fail" for finding in check.findings]
    assert any("The app raised KeyError." in each for each in got)
    assert found_in(file.read_bytes(), [TOKEN, "Thurzo", "Istvan"]) == []
    assert {each.name for each in tmp_path.iterdir()} >= {"scim.jsonl", "scim.jsonl.private"}
    assert file.stat().st_uid == os.getuid()
