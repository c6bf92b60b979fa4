"""A conversation as the tools write it that people record with: what each adds, leaves out and spells in its own way.

Chrome: the network panel's export (front_end/models/har_format of its developer tools). Firefox: HarBuilder
of its network monitor. Charles and Fiddler: what their exports in public issues look like, and Fiddler's
exporter. ngrok: the agent's API (https://ngrok.com/docs/agent/api/). A recording that mitmproxy really
wrote is in fixtures/recordings.
"""

import base64
import gzip
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]


def chrome(entries: list[Json]) -> str:
    """Lower-case names and pseudo headers of HTTP/2, fields of its own, and a request that got no answer."""
    told = []
    for entry in entries:
        place = urlsplit(entry["request"]["url"])
        pseudo = {":authority": place.netloc, ":method": entry["request"]["method"], ":scheme": place.scheme}
        request = _request(entry, "http/2.0") | {
            "headers": _pairs(pseudo) + _lower(entry["request"]["headers"])
        }
        response = _response(entry, "http/2.0") | {"headers": _lower(entry["response"]["headers"])}
        told.append({
            "_connectionId": "4711", "_initiator": {"type": "script"}, "_priority": "High", "_resourceType": "fetch",
            "cache": {}, "connection": "443", "pageref": "page_1", "request": request,
            "response": response | {"_transferSize": 512, "_error": None, "_fetchedViaServiceWorker": False},
            "serverIPAddress": "203.0.113.7", "startedDateTime": entry["startedDateTime"], "time": 80.25,
            "timings": {"blocked": 2.1, "dns": -1, "ssl": -1, "connect": -1, "send": 0.1, "wait": 77, "receive": 1, "_blocked_queueing": 1},
        })  # fmt: skip
    lost = json.loads(json.dumps(told[0]))
    lost["request"]["url"] = "https://fonts.example.com/icon.woff2"
    lost["response"] |= {
        "status": 0,
        "content": {"size": 0, "mimeType": "x-unknown"},
        "_error": "net::ERR_FAILED",
    }
    page = {
        "startedDateTime": entries[0]["startedDateTime"],
        "id": "page_1",
        "title": "x",
        "pageTimings": {"onLoad": 1},
    }
    return _log("WebInspector", "537.36", [lost, *told], pages=[page])


def firefox(entries: list[Json]) -> str:
    """Local times, empty parameters beside the text, and a body in base64, whose type it takes for no text."""
    told = []
    for entry in entries:
        response = _response(entry, "HTTP/2")
        text = response["content"].get("text", "")
        response["content"] |= (
            {"text": base64.b64encode(text.encode()).decode(), "encoding": "base64"} if text else {}
        )
        request = _request(entry, "HTTP/2")
        if "postData" in request:
            request["postData"]["params"] = []
        told.append({
            "startedDateTime": _moment(entry).astimezone().isoformat(timespec="milliseconds"), "request": request,
            "response": response, "cache": {}, "timings": {"blocked": 0, "dns": 0, "connect": 0, "ssl": 0, "send": 0, "wait": 80, "receive": 0},
            "time": 80, "_securityState": "secure", "serverIPAddress": "203.0.113.7", "connection": "443", "pageref": "page_1",
        })  # fmt: skip
    return _log(
        "Firefox", "128.0", told, pages=[{"id": "page_1", "pageTimings": {"onContentLoad": -1, "onLoad": -1}}]
    )


def charles(entries: list[Json]) -> str:
    """No words beside the status, and an exchange that broke off, with the status its own error page had."""
    told = []
    for entry in entries:
        response = _response(entry, "HTTP/2.0") | {"_charlesStatus": "COMPLETE", "statusText": None}
        response["headers"] = [
            {"name": ":status", "value": str(response["status"])},
            *_lower(response["headers"]),
        ]
        told.append(
            {
                "startedDateTime": entry["startedDateTime"],
                "time": 80,
                "request": _request(entry, "HTTP/2.0"),
                "response": response,
            }
        )
    broken = json.loads(json.dumps(told[0]))
    broken["response"] |= {
        "_charlesStatus": "EXCEPTION",
        "status": 503,
        "content": {"size": 4, "mimeType": "text/html", "text": "oops"},
    }
    return _log("Charles Proxy", "4.6.2", [*told, broken])


def fiddler(entries: list[Json]) -> str:
    """A mark at the beginning of the file, seven digits of a second, and a number as comment of each exchange."""
    told = [
        {
            "startedDateTime": _moment(entry).strftime("%Y-%m-%dT%H:%M:%S.1234567-05:00"), "time": 80, "comment": f"[#{number}]",
            "connection": "ClientPort:54611;EgressPort:54612", "serverIPAddress": "203.0.113.7",
            "timings": {"dns": 0, "connect": 0, "ssl": 0, "send": 0, "wait": 80, "receive": 0},
            "cache": {}, "request": _request(entry, "HTTP/1.1"), "response": _response(entry, "HTTP/1.1"),
        }
        for number, entry in enumerate(entries, 3)
    ]  # fmt: skip
    return "\ufeff" + _log("Fiddler", "5.0.20253.3311", told, comment="exported @ 11/26/2026")


def ngrok(entries: list[Json]) -> str:
    """What the agent captured, the latest first: bytes in base64, some answers compressed or in chunks."""
    told = []
    for number, entry in enumerate(entries):
        request, response = entry["request"], entry["response"]
        place = urlsplit(request["url"])
        uri = place.path + (f"?{place.query}" if place.query else "")
        sent = request.get("postData", {}).get("text", "").encode()
        asked = {
            "Host": place.netloc,
            **_by_name(request["headers"]),
            **({"Content-Length": str(len(sent))} if sent else {}),
        }
        shown = response["content"].get("text", "").encode()
        answered = _by_name(response["headers"])
        if number % 3 == 0:
            shown = gzip.compress(shown)
            answered["Content-Encoding"] = "gzip"
        if number % 2:
            shown = b"%x\r\n%s\r\n0\r\n\r\n" % (len(shown), shown) if shown else b"0\r\n\r\n"
            answered["Transfer-Encoding"] = "chunked"
        else:
            answered["Content-Length"] = str(len(shown))
        told.append({
            "uri": f"/api/requests/http/{number}", "id": str(number), "tunnel_name": "command_line", "remote_addr": "203.0.113.9",
            "start": _moment(entry).strftime("%Y-%m-%dT%H:%M:%S.123456789-08:00"), "duration": 80_000_000,
            "request": {
                "method": request["method"], "proto": "HTTP/1.1", "headers": {name: [value] for name, value in asked.items()},
                "uri": uri, "raw": _raw(f"{request['method']} {uri} HTTP/1.1", asked, sent),
            },
            "response": {
                "status": f"{response['status']} X", "status_code": response["status"], "proto": "HTTP/1.1",
                "headers": {name: [value] for name, value in answered.items()},
                "raw": _raw(f"HTTP/1.1 {response['status']} X", answered, shown),
            },
        })  # fmt: skip
    return json.dumps({"uri": "/api/requests/http", "requests": told[::-1]})


RECORDERS: dict[str, Callable[[list[Json]], str]] = {
    "chrome": chrome, "firefox": firefox, "charles": charles, "fiddler": fiddler, "ngrok": ngrok,
}  # fmt: skip


def _request(entry: Json, version: str) -> Json:
    request: Json = json.loads(json.dumps(entry["request"]))
    text = request.get("postData", {}).get("text", "")
    query = [{"name": name, "value": value} for name, value in parse_qsl(urlsplit(request["url"]).query)]
    return request | {
        "httpVersion": version, "cookies": [{"name": "session", "value": "abc"}], "queryString": query,
        "headersSize": -1, "bodySize": len(text.encode()),
    }  # fmt: skip


def _response(entry: Json, version: str) -> Json:
    response: Json = json.loads(json.dumps(entry["response"]))
    size = len(response["content"].get("text", "").encode())
    response["content"]["size"] = size
    return response | {
        "httpVersion": version, "statusText": "", "cookies": [], "redirectURL": "", "headersSize": -1, "bodySize": size,
    }  # fmt: skip


def _log(creator: str, version: str, entries: list[Json], **more: Any) -> str:
    log = {"version": "1.2", "creator": {"name": creator, "version": version}, "entries": entries, **more}
    return json.dumps({"log": log}, ensure_ascii=False)


def _moment(entry: Json) -> datetime:
    return datetime.fromisoformat(entry["startedDateTime"])


def _pairs(headers: dict[str, str]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _lower(headers: list[Json]) -> list[Json]:
    return [{"name": each["name"].lower(), "value": each["value"]} for each in headers]


def _by_name(headers: list[Json]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in headers}


def _raw(first: str, headers: dict[str, str], content: bytes) -> str:
    head = "\r\n".join([first, *(f"{name}: {value}" for name, value in headers.items()), "", ""])
    return base64.b64encode(head.encode() + content).decode()
