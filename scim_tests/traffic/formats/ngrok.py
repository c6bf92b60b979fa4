"""Reads what an ngrok agent captured, as its API gives it: `curl http://127.0.0.1:4040/api/requests/http`.

ngrok exports no HAR. Each request and response is there as the bytes on the wire, in base64
(https://ngrok.com/docs/agent/api/); of long bodies the agent keeps the beginning only.
"""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from scim_tests.model.exchange import Headers
from scim_tests.wire import body

Entry = dict[str, Any]  # of a HAR


# Whatever reading something that is no such capture may raise.
NOT_CAPTURED = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, StopIteration)


def is_captured(entry: Any) -> bool:
    """Whether a request was captured by an agent: it has the bytes, and no URL."""
    request = entry.get("request") if isinstance(entry, Mapping) else None
    return isinstance(request, Mapping) and "raw" in request and "url" not in request


def entry(captured: Mapping[str, Any]) -> Entry:
    """It as an entry of a HAR. One of `NOT_CAPTURED` where it is none."""
    asked, answered = captured["request"], captured.get("response") or {}
    headers, content, size = _message(asked)
    host = next(value for name, value in headers if name.lower() == "host")
    told: Entry = {
        "startedDateTime": captured["start"],
        "time": captured["duration"] / 1e6,  # nanoseconds
        "request": {
            "method": asked["method"],
            "url": f"https://{host}{asked['uri']}",
            "headers": _pairs(headers),
            "bodySize": size,
            "postData": _text(content),
        },
        "response": {},
    }
    if answered:
        headers, content, size = _message(answered)
        kept = {"size": size, **_text(content)}
        told["response"] = {
            "status": answered["status_code"],
            "headers": _pairs(headers),
            "content": kept,
        }
    return told


def _message(said: Mapping[str, Any]) -> tuple[Headers, bytes, int]:
    """Headers, decoded body, and its size; no body where not all of it was captured."""
    head, _, content = base64.b64decode(said["raw"]).partition(b"\r\n\r\n")
    lines = (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    headers = tuple((name.strip(), value.strip()) for name, _, value in lines)
    named = {name.lower(): value for name, value in headers}
    size = max(len(content), int(named.get("content-length") or 0))
    if size > len(content):
        return headers, b"", size
    try:
        decoded = _decoded(headers, b"".join(_chunks(content)) if "transfer-encoding" in named else content)
    except (ValueError, body.BadBody):
        return headers, b"", size
    return headers, decoded, len(decoded)


def _decoded(headers: Headers, content: bytes) -> bytes:
    decoder = body.decoder(headers)
    decoded = decoder.decode(content, body.MAXIMUM)
    decoder.finish()
    return decoded


def _chunks(content: bytes) -> Iterator[bytes]:
    """What chunked transfer coding (RFC 9112 7.1) holds. ValueError where it breaks off."""
    while True:
        size, _, content = content.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        if not 0 <= length <= len(content):
            raise ValueError("a chunk breaks off")
        if not length:
            return
        yield content[:length]
        content = content[length + 2 :]


def _pairs(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _text(content: bytes) -> dict[str, str]:
    return {"text": base64.b64encode(content).decode(), "encoding": "base64"} if content else {}
