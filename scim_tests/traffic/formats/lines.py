"""Reads JSON lines: what a middleware logs, a line a request.

Our own recorder writes entries of a HAR. Of others the names differ: pino-http, express-winston, lograge, logbook,
structlog and home-made ones are read by one table of the names they use, in whatever spelling.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from scim_tests.traffic.formats.source import Found, Json, Source, content, listed, member, pairs, read_json

ENVELOPES = ("meta", "http", "data", "fields", "event", "log", "context", "message", "payload", "attributes")
REQUEST = ("request", "req", "httprequest")
RESPONSE = ("response", "res", "resp", "httpresponse")
# What is told, and the names it goes by: letters alone, in lower case; the first are the more exact ones.
NAMES = {
    "method": ("method", "httpmethod", "requestmethod", "verb"),
    "url": ("url", "fullurl", "requesturl", "originalurl", "uri", "requesturi", "fullpath", "path", "requestpath", "rawpath", "target"),
    "query": ("querystring", "query", "rawquerystring", "queryparams", "querystringparameters"),
    "host": ("host", "hostname", "authority", "servername"),
    "scheme": ("scheme", "protocol", "proto"),
    "status": ("status", "statuscode", "responsestatus", "responsestatuscode", "responsecode", "httpstatus", "code"),
    "sent": ("requestbody", "reqbody", "body", "data", "payload", "rawbody"),
    "shown": ("responsebody", "resbody", "respbody", "body", "data", "payload", "content"),
    "asked with": ("requestheaders", "reqheaders", "headers", "header"),
    "answered with": ("responseheaders", "resheaders", "respheaders", "headers", "header"),
    "started": ("starteddatetime", "timestamp", "time", "ts", "datetime", "date", "starttime", "at"),
    "milliseconds": ("durationms", "elapsedms", "responsetime", "elapsed", "duration", "latencyms", "latency"),
}  # fmt: skip
DEEPEST = 4  # envelopes in envelopes
_MOST = 1e11  # seconds since the epoch; more are milliseconds


def read(source: Source) -> Found | None:
    """None where no line, or member of a list, tells a request with its answer."""
    if source.document is None:
        told, whole = _lines(source.text)
    else:
        told, whole = listed(source.document) or [source.document], True
    entries = list(filter(None, map(_entry, _paired(told))))
    return Found(whole, entries) if entries else None


def _lines(text: str) -> tuple[list[Json], bool]:
    """What each line holds, and whether all could be read; what stands before the object, such as a date, is passed over."""
    told: list[Json] = []
    whole = True
    for line in text.splitlines():
        start = line.find("{")
        if start < 0:
            continue
        try:
            told.append(read_json(line[start:]))
        except (ValueError, RecursionError):
            whole = False
    return told, whole


def _paired(told: list[Json]) -> Iterator[Json]:
    """Request and answer as one, where they are two lines of one correlation (logbook)."""
    waiting: dict[str, Json] = {}
    for each in told:
        name, kind = member(each, "correlation"), member(each, "type")
        if isinstance(name, str) and kind == "request":
            waiting[name] = each
        elif isinstance(name, str) and kind == "response":
            yield {"request": waiting.pop(name, {}), "response": each, "duration": member(each, "duration")}
        else:
            yield each


def _entry(line: Json) -> Json:
    """An entry of a HAR; None where the line tells of something else."""
    if isinstance(member(line, "request", "url"), str) and isinstance(
        member(line, "response", "content"), dict
    ):
        return line  # it is one
    flat = _flat(line)
    asked, answered = _part(flat, REQUEST), _part(flat, RESPONSE)
    method, url = (_first((asked, flat), NAMES[name]) for name in ("method", "url"))
    status = _first((answered, flat), NAMES["status"])
    if not (isinstance(method, str) and isinstance(url, str) and isinstance(status, int | str)):
        return None
    sent, shown = (
        pairs(_first((asked,), NAMES["asked with"])),
        pairs(_first((answered,), NAMES["answered with"])),
    )
    sent = sent or pairs(_first((flat,), NAMES["asked with"]))
    shown = shown or pairs(_first((flat,), NAMES["answered with"][:3]))
    time = _first((flat, answered), NAMES["milliseconds"])
    return {
        "startedDateTime": _moment(_first((flat, asked), NAMES["started"])),
        "time": time if isinstance(time, int | float) else 0,
        "request": {
            "method": method,
            "url": _url(url, (asked, flat), sent),
            "headers": sent,
            "postData": content(_first((asked,), NAMES["sent"]) or _first((flat,), NAMES["sent"][:2])),
        },
        "response": {
            "status": status,
            "headers": shown,
            "content": content(_first((answered,), NAMES["shown"]) or _first((flat,), NAMES["shown"][:3])),
        },
    }


def _flat(line: Json, depth: int = 0) -> dict[str, Json]:
    """The members of a line and of its envelopes, by their names' letters."""
    found: dict[str, Json] = {}
    if isinstance(line, Mapping):
        for name, value in line.items():
            key = re.sub("[^a-z]", "", name.lower())
            found.setdefault(key, value)
            if key in ENVELOPES and depth < DEEPEST:
                for inner, said in _flat(_read(value), depth + 1).items():
                    found.setdefault(inner, said)
    return found


def _read(value: Json) -> Json:
    """An envelope, also one that is JSON in a string."""
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    try:
        return read_json(value)
    except (ValueError, RecursionError):
        return None


def _part(flat: Mapping[str, Json], names: tuple[str, ...]) -> dict[str, Json]:
    held: Json = next((flat[name] for name in names if isinstance(flat.get(name), Mapping)), {})
    return _flat(held)


def _first(holders: tuple[Mapping[str, Json], ...], names: tuple[str, ...]) -> Json:
    return next(
        (holder[name] for holder in holders for name in names if holder.get(name) not in (None, "")), None
    )


def _url(url: str, holders: tuple[Mapping[str, Json], ...], headers: list[Json]) -> str:
    """All of it; where the log does not say, the scheme is that of most servers, and the host is nobody's."""
    named = {str(each["name"]).lower(): str(each["value"]) for each in headers}
    query = _first(holders, NAMES["query"])
    if query and "?" not in url:
        url += "?" + (urlencode(query, doseq=True) if isinstance(query, Mapping) else str(query).lstrip("?"))
    if "://" in url:
        return url
    host = named.get("host") or _first(holders, NAMES["host"])
    scheme = named.get("x-forwarded-proto") or _first(holders, NAMES["scheme"])
    return f"{'http' if scheme == 'http' else 'https'}://{host if isinstance(host, str) else 'recorded.invalid'}/{url.lstrip('/')}"


def _moment(time: Json) -> Json:
    """As a HAR writes it, also of seconds or milliseconds since the epoch."""
    if not isinstance(time, int | float) or isinstance(time, bool):
        return time
    try:
        return datetime.fromtimestamp(time / 1000 if time > _MOST else time, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None
