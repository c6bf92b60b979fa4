"""Exchanges about one user, made by hand: what was asked, what came of it, and when."""

import json

from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import Json, Resource
from scim_tests.model.transcript import Transcript

ID = "7"
USER_PATH = f"/Users/{ID}"


def sent(
    method: str,
    body: Json = None,
    *,
    path: str = USER_PATH,
    status: int | None = 200,
    shown: Resource | None = None,
    at: tuple[float, float] = (0, 0.5),
    step: str = "",
) -> Exchange:
    """A request from one moment to another; without a status no answer came."""
    answer = None if status is None else Answer(status, body=_bytes(shown))
    request = Request(method, path, body=_bytes(body))
    heard = Heard(request, answer, started=at[0], seconds=at[1] - at[0])
    return Exchange(step or f"act.{method.lower()}", "act", heard)


def patch(*operations: Json, status: int | None = 200, at: tuple[float, float] = (0, 0.5)) -> Exchange:
    return sent("PATCH", {"Operations": list(operations)}, status=status, at=at)


def read(shown: Resource, at: float) -> Exchange:
    """By id, and quick."""
    return sent("GET", shown={"id": ID, **shown}, at=(at, at + 0.1))


def transcript(*exchanges: Exchange) -> Transcript:
    return Transcript(exchanges)


def _bytes(value: Json) -> bytes:
    return b"" if value is None else json.dumps(value).encode()
