"""A file that may be a recording, read once for all readers, and what they give."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Any, NamedTuple

Json = Any
HOW = (
    "It reads HAR (a browser, mitmproxy, Charles, Fiddler, Insomnia), Postman collections with saved responses, newman's JSON, "
    "what ngrok captured, mitmproxy's flows, `curl -v` and JSON lines."
)
_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_MOST_DIGITS = 18


class Found(NamedTuple):
    """Whether the file is whole, and its entries as a HAR has them; one that cannot be read is None."""

    whole: bool
    entries: list[Json]


@dataclass(frozen=True)
class Source:
    """The bytes of a file, and its name for sentences."""

    data: bytes
    name: str

    @cached_property
    def text(self) -> str:
        """The file as text: UTF-8 unless its first bytes say otherwise, as what PowerShell writes does."""
        encoding = _MARKS.get(self.data[:2]) or _MARKS.get(self.data[:3]) or "utf-8"
        errors = "replace" if encoding == "utf-16" else "surrogateescape"
        return self.data.decode(encoding, errors=errors)

    @cached_property
    def document(self) -> Json:
        """The file as one JSON document; None where it is none."""
        try:
            return read_json(self.text)
        except (ValueError, RecursionError):
            return None


def read_json(text: str) -> Json:
    """JSON in which no number is too long. ValueError or RecursionError where it cannot be read."""
    return json.loads(text, parse_int=_integer)


def _integer(digits: str) -> int | None:
    """A number that means one; nothing in a recording is so large that Python refuses to read it."""
    return int(digits) if len(digits) <= _MOST_DIGITS else None


def member(value: Json, *names: str) -> Json:
    """What stands under these names, one inside the other; None where it does not."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def listed(value: Json) -> list[Json]:
    """A list as it is; no members where it is none."""
    return value if isinstance(value, list) else []


def pairs(headers: Json) -> list[Json]:
    """Headers as a HAR has them, of whatever form: an object, a list of pairs or of names and values, lines of text."""
    if isinstance(headers, str):
        return [{"name": name.strip(), "value": value.strip()} for name, value in _split(headers)]
    if isinstance(headers, dict):
        return [
            {"name": name, "value": each} for name, said in headers.items() for each in listed(said) or [said]
        ]
    found = []
    for each in listed(headers):
        if isinstance(each, list) and len(each) == 2:
            found.append({"name": each[0], "value": each[1]})
        elif isinstance(each, dict) and not each.get("disabled"):
            found.append({"name": each.get("name", each.get("key")), "value": each.get("value")})
    return found


def _split(lines: str) -> Iterator[tuple[str, str]]:
    for line in lines.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            yield name, value


def content(body: Json) -> dict[str, Json]:
    """A body as a HAR has it: text, or a document that was logged as such; without a text where there is none."""
    if body is None:
        return {}
    try:
        return {"text": body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)}
    except RecursionError:
        return {}


def dated(headers: list[Json]) -> str:
    """When an answer came, by its Date header; empty where it has none."""
    for each in headers:
        if str(each["name"]).lower() == "date":
            try:
                return parsedate_to_datetime(str(each["value"])).isoformat()
            except (ValueError, TypeError, OverflowError):
                return ""
    return ""
