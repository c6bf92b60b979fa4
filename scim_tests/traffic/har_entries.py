"""Reads one entry of a HAR, whatever stands in it: it is an exchange, or `LeftOut` says why not."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.part import Part
from scim_tests.model.typed import is_finite
from scim_tests.record.masking.filters import COMPARED
from scim_tests.record.masking.pseudonyms import is_standin
from scim_tests.traffic.credential_names import means_a_credential
from scim_tests.traffic.formats import ngrok
from scim_tests.traffic.placeholders import members_blacked_out

NUMBER = re.compile(r"\[#\d+\]")  # Fiddler's comment on every exchange
METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")  # a token of RFC 9110 5.6.2
STEP = re.compile(r"([a-z_]{1,64})\.[a-z0-9_]{1,64}")
SCENE = re.compile(r"[a-z_]{1,64}(?::.{0,400})?", re.DOTALL)
LATEST = 253_000_000_000.0  # seconds since the epoch, in the year 9987: what comes after cannot be written
LONGEST = 1_000_000.0  # seconds that an answer takes
NO_EXCHANGE = "they are not what HAR calls an entry"
WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
WITHOUT_A_BODY = frozenset({204, 205, 304})
Json = Any


# What a mask treats alike in filters and answers.
SHOWN_ALIKE = frozenset({"username", "emails", "emails.value", "externalid", "id", "displayname"})


class LeftOut(Exception):  # noqa: N818 -- not an error: most recorders keep less than everything
    """Why an exchange cannot be judged: the recorder did not keep all of it."""


@dataclass(frozen=True)
class Told:
    """An entry that has a request: what it says of itself, and what is left to read."""

    url: str
    entry: Mapping[str, Json]
    step: str
    scene: str
    elided: int
    number: int
    dropped: int = 0  # exchanges before it for which a recorder had no room


def read_entry(entry: Json) -> Told:
    """An entry of a HAR, or a request that an ngrok agent captured. LeftOut where it has no URL."""
    if ngrok.is_captured(entry):
        try:
            entry = ngrok.entry(entry)
        except ngrok.NOT_CAPTURED:
            raise LeftOut(NO_EXCHANGE) from None
    url = _get(_get(entry, "request"), "url")
    if not isinstance(url, str):
        raise LeftOut(NO_EXCHANGE)
    step, scene = _get(entry, "_step"), _get(entry, "_scene")
    if not _is_ours(step, scene):
        return Told(_plain(url), entry, "", "", 0, 0, _count(_get(entry, "_dropped")))
    elided, number = _get(entry, "_elided"), _get(entry, "_number")
    return Told(_plain(url), entry, step, _plain(scene), _count(elided), _count(number))


def is_a_base(url: str) -> bool:
    """Whether requests can go there."""
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def heard(told: Told, path: str, base_url: str) -> Heard:
    """The exchange, with all its secrets; `path` follows the base URL. LeftOut where a part of it was not recorded."""
    entry = told.entry
    request, response = _get(entry, "request"), _get(entry, "response")
    method = _method(request)
    answer = _answer(response, method)
    failure = _failure(entry)
    if answer is None and not failure:
        raise LeftOut("no answer was recorded")
    asked = _asked(request, method, path)
    if not told.step and _asks_for_a_standin(asked.query.get("filter", "")):
        raise LeftOut("it asks for a value for which a recorder put something else")
    seconds = _get(entry, "time")
    return Heard(
        asked,
        answer,
        "" if answer else failure,
        started=moment(_get(entry, "startedDateTime")),
        seconds=_within(seconds / 1000, LONGEST) if _is_a_number(seconds) else 0.0,
        base_url=base_url,
    )


def _asks_for_a_standin(filter_: str) -> bool:
    """Whether a filter compares a name that was masked, which answers about people of a run of ours show as it is."""
    compared = ((found[1].lower(), found[3]) for found in COMPARED.finditer(filter_))
    return any(name not in SHOWN_ALIKE and is_standin(value) for name, value in compared)


def _is_ours(step: Json, scene: Json) -> bool:
    """Whether a run of ours may have written these: the step's act is that of the scene."""
    if not isinstance(step, str) or not isinstance(scene, str):
        return False
    named = STEP.fullmatch(step)
    return bool(named and SCENE.fullmatch(scene) and scene.partition(":")[0] == named[1])


def _method(request: Json) -> str:
    method = _get(request, "method")
    if not isinstance(method, str):
        raise LeftOut("the request's method was not recorded")
    if not METHOD.fullmatch(method):
        raise LeftOut("the request's method is none that HTTP knows")
    return method.upper()


def _asked(request: Json, method: str, path: str) -> Request:
    data, headers = _get(request, "postData"), _headers(request)
    may_have = method in WITH_A_BODY or bool(_count(_get(request, "bodySize")))
    body = _body(data, _get(data, "encoding") or _get(request, "_encoding"), _get(request, "bodySize"))
    return Request(method, path, headers, *_held(body, headers, may_have=may_have))


def _answer(response: Json, method: str) -> Answer | None:
    if _get(response, "_charlesStatus") not in {None, "COMPLETE"}:
        raise LeftOut("the recorder got no whole answer")
    status = _status(_get(response, "status"))
    if not status:
        return None
    content, headers = _get(response, "content"), _headers(response)
    body = _body(content, _get(content, "encoding"), _get(content, "size"))
    may_have = method != "HEAD" and status not in WITHOUT_A_BODY and not 100 <= status < 200
    return Answer(status, headers, *_held(body, headers, may_have=may_have))


def _body(holder: Json, encoding: Json, size: Json) -> bytes | None:
    """None where it is not in the file; a size of 0 says that there was none."""
    text = _get(holder, "text")
    if isinstance(text, str) and (text or not _count(size)):
        return _bytes(text, encoding)
    return b"" if size == 0 and text is None else None


def _held(body: bytes | None, headers: Headers, *, may_have: bool) -> tuple[bytes, frozenset[Part]]:
    """The body, and that it is not there: nor is one in which somebody blacked out a value that is no secret."""
    empty = any(name.lower() == "content-length" and value.strip() == "0" for name, value in headers)
    if body is None:
        return b"", frozenset({Part.BODY} if may_have and not empty else ())
    names = members_blacked_out(body.decode(errors="replace"))
    return (body, frozenset()) if all(map(means_a_credential, names)) else (b"", frozenset({Part.BODY}))


def _status(status: Json) -> int:
    """0 where there was no answer."""
    if isinstance(status, str) and status.isascii() and status.isdecimal() and len(status) < 5:
        status = int(status)
    if not _is_a_number(status) or status in {0, -1}:
        return 0
    if not 100 <= status <= 999 or status != int(status):
        raise LeftOut("the answer's status is none that HTTP knows")
    return int(status)


def _headers(message: Json) -> Headers:
    """Headers as pairs; HTTP/2's pseudo headers (`:path`) are no headers of the message."""
    listed = _get(message, "headers")
    if isinstance(listed, Mapping):
        pairs = list(listed.items())
    else:
        listed = listed if isinstance(listed, list) else []
        pairs = [(_get(each, "name"), _get(each, "value")) for each in listed]
    return tuple(
        (_plain(name), _plain(str(value)) if isinstance(value, str | int | float) else "")
        for name, value in pairs
        if isinstance(name, str) and name and not name.startswith(":")
    )


def _bytes(text: Json, encoding: Json) -> bytes:
    if not isinstance(text, str):
        return b""
    if isinstance(encoding, str) and encoding.lower() == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            pass  # some name the encoding and do not use it
    return text.encode(errors="surrogatepass")


def _failure(entry: Json) -> str:
    response = _get(entry, "response")
    said = _get(response, "_error") or _get(entry, "comment") or _get(response, "comment")
    return _plain(said) if isinstance(said, str) and not NUMBER.fullmatch(said) else ""


def moment(date: Json) -> float:
    """A date as seconds since the epoch; 0 where there is none, and never one that cannot be written."""
    try:
        return _within(datetime.fromisoformat(str(date)).timestamp(), LATEST)
    except (ValueError, OverflowError, OSError):
        return 0.0


def _within(number: float, most: float) -> float:
    return min(max(0.0, number), most) if is_finite(number) else 0.0


def _is_a_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and is_finite(value)


def _count(value: Json) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _get(value: Json, name: str) -> Json:
    return value.get(name) if isinstance(value, Mapping) else None


def _plain(text: str) -> str:
    """A text without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()
