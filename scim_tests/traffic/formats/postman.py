"""Reads Postman: collections (v2.0, v2.1) with saved responses, and the JSON report of its runner newman.

https://schema.postman.com/json/collection/v2.1.0/docs/index.html. A collection keeps its token apart, as `auth`
or in a variable, so a saved request has mostly no credential.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scim_tests.traffic.formats.source import Found, Json, Source, content, dated, listed, member, pairs

DEEPEST = 50  # folders in folders
_VARIABLE = re.compile(r"\{\{([^{}]{1,100})\}\}")
_AS_IT_IS = "%/:?&=+$,@;{}[]!*'()~#"  # of a URL that is written without escapes


def read(source: Source) -> Found | None:
    """None where it is none, or holds no answer."""
    document = source.document
    held = member(document, "collection")
    collection = held if member(held, "item") is not None else document
    variables = _variables(collection)
    executions = listed(member(document, "run", "executions"))
    entries = [
        _entry(each["request"], each["response"], variables) for each in executions if _is_played(each)
    ]
    if not entries:
        entries = list(_saved(listed(member(collection, "item")), variables))
    return Found(whole=True, entries=entries) if entries else None


def _is_played(execution: Json) -> bool:
    return isinstance(member(execution, "request"), dict) and isinstance(member(execution, "response"), dict)


def _saved(items: list[Json], variables: Mapping[str, str], depth: int = 0) -> Iterator[Json]:
    for each in items if depth < DEEPEST else ():
        yield from _saved(listed(member(each, "item")), variables, depth + 1)
        for saved in listed(member(each, "response")):
            asked = member(saved, "originalRequest") or member(each, "request")
            if isinstance(asked, dict) and isinstance(saved, dict):
                yield _entry(asked, saved, variables)


def _entry(asked: Json, answered: Json, variables: Mapping[str, str]) -> Json:
    headers = pairs(answered.get("header"))
    time = answered.get("responseTime")
    return {
        "startedDateTime": dated(headers),
        "time": time if isinstance(time, int | float) else 0,
        "request": {
            "method": asked.get("method", "GET"),
            "url": _url(asked.get("url"), variables),
            "headers": pairs(asked.get("header")),
            "postData": content(_raw(asked.get("body"))),
        },
        "response": {
            "status": answered.get("code"),
            "headers": headers,
            "content": content(_body(answered)),
        },
    }


def _body(answered: Mapping[str, Any]) -> Json:
    """A saved answer's text, or the bytes that newman kept; a saved answer without either is empty."""
    data = member(answered.get("stream"), "data")
    if isinstance(data, list):
        try:
            return bytes(data).decode(errors="replace")
        except (TypeError, ValueError):
            return None
    return answered.get("body") or ("" if "body" in answered or not answered.get("responseSize") else None)


def _raw(body: Json) -> Json:
    if body is None:
        return ""
    return member(body, "raw") if member(body, "mode") in {"raw", None} else None


def _url(url: Json, variables: Mapping[str, str]) -> str:
    said = member(url, "raw") if isinstance(url, dict) else url
    said = said if isinstance(said, str) else _joined(url)
    for each in listed(member(url, "variable")):
        key, value = member(each, "key"), member(each, "value")
        if isinstance(key, str) and isinstance(value, str) and value:
            said = said.replace(f"/:{key}", f"/{quote(value, safe='', errors='replace')}")
    said = _VARIABLE.sub(lambda found: variables.get(found[1].strip(), found[0]), said)
    if first := _VARIABLE.match(said):  # nobody knows where it was
        said = f"https://{re.sub('[^a-z0-9-]', '-', first[1].lower())}.invalid{said[first.end() :]}"
    return quote(said, safe=_AS_IT_IS, errors="replace")


def _joined(url: Json) -> str:
    """A URL that newman's report tells in parts."""
    host, path = (
        sign.join(map(str, listed(member(url, name)))) for name, sign in (("host", "."), ("path", "/"))
    )
    query = "&".join(
        f"{member(each, 'key')}={member(each, 'value')}"
        for each in listed(member(url, "query"))
        if not member(each, "disabled")
    )
    port = f":{url['port']}" if member(url, "port") else ""
    protocol = member(url, "protocol")
    scheme = f"{protocol}://" if isinstance(protocol, str) else "" if host.startswith("{{") else "https://"
    return f"{scheme}{host}{port}/{path}" + (f"?{query}" if query else "")


def _variables(collection: Json) -> dict[str, str]:
    return {
        str(member(each, "key")): value
        for each in listed(member(collection, "variable"))
        if isinstance(value := member(each, "value"), str)
    }
