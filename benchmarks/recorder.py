"""What a recorder costs the app it is put around: the same app with and without it, asked in turn.

    python benchmarks/recorder.py [starlette|flask …]

The app answers a lookup of a user, a hundred times a second, called as its server would call it. Prints the median and the
95th percentile of both in milliseconds, what the recorder adds to the latter, and how many of the exchanges are in its file.
The figures are medians of ROUNDS, so that what else the machine does counts for little. The recorder may add 0.3 ms; the
exit code is 1 where it adds more.
"""

import asyncio
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from scim_tests.recorder import ASGIRecorder, WSGIRecorder

ROUNDS, REQUESTS = 10, 150
PAUSE = 0.01  # seconds after each request
WANTED = 0.3  # milliseconds
PATH, QUERY = "/scim/v2/Users", "filter=userName%20eq%20%22ann%40example.com%22"
SECRET = "Bearer benchmark-token-of-no-value"  # noqa: S105 -- it opens nothing
ANN = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "ann@example.com",
    "active": True,
}
FOUND = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    "totalResults": 1,
    "Resources": [ANN],
}

Ask = Callable[[Any], None]


def starlette() -> tuple[Any, type, Ask]:
    """An app, its recorder, and how it is asked."""

    async def users(_: Request) -> JSONResponse:
        return JSONResponse(FOUND)

    loop = asyncio.new_event_loop()
    scope = {
        "type": "http", "method": "GET", "path": PATH, "raw_path": PATH.encode(), "query_string": QUERY.encode(),
        "scheme": "http", "headers": [(b"host", b"scim.example"), (b"authorization", SECRET.encode())],
    }  # fmt: skip

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Any) -> None: ...

    def ask(app: Any) -> None:
        loop.run_until_complete(app(dict(scope), receive, send))

    return Starlette(routes=[Route(PATH, users)]), ASGIRecorder, ask


def flask() -> tuple[Any, type, Ask]:
    """The same of Flask."""
    from flask import Flask  # noqa: PLC0415 -- for starlette alone it need not be there

    made = Flask("users")
    made.get(PATH)(lambda: FOUND)
    environ = {
        "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": PATH, "QUERY_STRING": QUERY, "HTTP_HOST": "scim.example",
        "HTTP_AUTHORIZATION": SECRET, "SERVER_NAME": "scim.example", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr,
    }  # fmt: skip

    def ask(app: Any) -> None:
        answer = app(dict(environ), lambda *_: lambda _: None)
        b"".join(answer)
        answer.close()

    return made.wsgi_app, WSGIRecorder, ask


def one_round(app: Any, ask: Ask) -> tuple[float, float]:
    """The median and the 95th percentile in milliseconds."""
    times = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        ask(app)
        times.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    found = quantiles(times, n=20)
    return found[9], found[18]


def measured(kind: str) -> float:
    """What it adds to the 95th percentile; prints the row."""
    app, recorder, ask = {"starlette": starlette, "flask": flask}[kind]()
    with tempfile.TemporaryDirectory() as folder:
        recorded = recorder(app, Path(folder, "scim.jsonl"))
        one_round(recorded, ask)  # which starts the writer
        rounds = []
        for _ in range(ROUNDS):
            recorded.flush(60)
            rounds.append((*one_round(app, ask), *one_round(recorded, ask)))
        recorded.flush(60)
        lines = [line for path in Path(folder).glob("scim.jsonl*") if path.is_file() for line in path.open()]
    added = median(each[3] - each[1] for each in rounds)
    figures = *map(median, zip(*rounds, strict=True)), added
    kept = f"{len(lines)} of {(ROUNDS + 1) * REQUESTS}"
    print(f"{kind:<10}" + "".join(f"{each:>10.3f}" for each in figures) + f"{kept:>15}")
    return added


def main(kinds: list[str]) -> int:
    print(
        "".join(
            [
                " " * 10,
                *(f"{each:>10}" for each in ("p50", "p95", "recorded", "p95", "added")),
                f"{'in the file':>15}",
            ]
        )
    )
    return int(max(measured(kind) for kind in kinds or ("starlette", "flask")) > WANTED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
