"""Writes a run as HAR 1.2, the format that browsers' developer tools and proxies open.

http://www.softwareishard.com/blog/har-12-spec/; names that begin with an underscore are ours, as it
allows. Bodies are those the run record keeps: decoded, as text, secrets replaced.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

from scim_tests.model.part import Part
from scim_tests.model.record import ExchangeRecord, MessageRecord, RunRecord

Har = dict[str, Any]

UNKNOWN = -1  # HAR's word for a size or a time that is not known
HTTP_VERSION = "HTTP/1.1"


def har(record: RunRecord) -> Har:
    """The run's exchanges in the order of the play. A request without an answer has status 0 and says why."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "scim-tests", "version": record.run.version},
            "pages": [],
            "entries": [entry_of(exchange) for exchange in record.exchanges],
            "comment": f"{record.outcome.sentence} (run {record.run.name}, profile {record.profile.name})",
        }
    }


def entry_of(exchange: ExchangeRecord) -> Har:
    """One exchange as an entry."""
    milliseconds = round(exchange.seconds * 1000, 3)
    return {
        "startedDateTime": exchange.started,
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": exchange.failure,
        "_step": exchange.step,
        "_scene": exchange.scene,
        "_number": exchange.number,
        "_elided": exchange.elided,
    }


def _request(exchange: ExchangeRecord) -> Har:
    message = exchange.request
    request = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(message.headers),
        "queryString": _pairs(parse_qsl(exchange.path.partition("?")[2], keep_blank_values=True)),
        "headersSize": UNKNOWN,
        "bodySize": _length(message),
    }
    if message.body:
        request["postData"] = {
            "mimeType": _header(message, "Content-Type"),
            "text": message.body,
            "params": [],
        }
    return request


def _response(exchange: ExchangeRecord) -> Har:
    message = exchange.response
    length = _header(message, "Content-Length")
    response = {
        "status": exchange.status,
        "statusText": exchange.phrase.partition(" ")[2],
        "httpVersion": HTTP_VERSION,
        "cookies": list(_cookies(message)),
        "headers": _pairs(message.headers),
        "content": _content(message),
        "redirectURL": _header(message, "Location"),
        "headersSize": UNKNOWN,
        "bodySize": int(length) if length.isdecimal() and len(length) < 16 else UNKNOWN,
    }
    if exchange.failure:
        response["_error"] = exchange.failure  # where Chrome's developer tools look for it
    return response


def _content(message: MessageRecord) -> Har:
    kind = _header(message, "Content-Type") or "x-unknown"
    text = {} if Part.BODY in message.unrecorded else {"text": message.body}
    return {"size": _length(message), "mimeType": kind, **text}


def _cookies(message: MessageRecord) -> Iterator[Har]:
    for name, value in message.headers:
        if name.lower() == "set-cookie":
            key, _, content = value.partition(";")[0].partition("=")
            yield {"name": key.strip(), "value": content.strip()}


def _pairs(pairs: Sequence[Sequence[str]]) -> list[Har]:
    return [{"name": name, "value": value} for name, value in pairs]


def _header(message: MessageRecord, name: str) -> str:
    """The first header of that name, or an empty string."""
    return next((value for key, value in message.headers if key.lower() == name.lower()), "")


def _length(message: MessageRecord) -> int:
    return UNKNOWN if Part.BODY in message.unrecorded else _size(message.body)


def _size(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))
