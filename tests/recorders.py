"""A conversation as the tools write it that people record with: what each adds, leaves out and spells in its own way.

Chrome: the network panel's export (front_end/models/har_format of its developer tools). Firefox: HarBuilder
of its network monitor. Insomnia: its HAR export (packages/insomnia/src/common/har.ts), since what else it exports
holds no answers. Postman: saved responses by the schema of its collections, v2.0 and v2.1. Middlewares: what
pino-http, express-winston, logbook and home-made ones write, a line a request. Charles and Fiddler: what their exports in public issues look like, and Fiddler's
exporter. ngrok: the agent's API (https://ngrok.com/docs/agent/api/). A recording that mitmproxy really
wrote is in fixtures/recordings.
"""

import base64
import gzip
import json
from collections.abc import Callable, Iterable
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
        answered.pop("content-length", None)  # told below, as it is then
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


def insomnia(entries: list[Json]) -> str:
    """One time for all, that of the export, and the request's name as comment."""
    told = [
        {"startedDateTime": "2026-11-26T10:00:00.000Z", "time": 80 + number, "cache": {}, "comment": f"Request {number}",
         "request": _request(entry, "HTTP/1.1") | {"bodySize": -1},
         "response": _response(entry, "HTTP/1.1") | {"bodySize": -1}}
        for number, entry in enumerate(entries)
    ]  # fmt: skip
    return _log("Insomnia REST Client", "insomnia.desktop.app:v10.0.0", told)


def postman(entries: list[Json]) -> str:
    """A collection v2.1: folders, a variable for the base URL, what is saved with each request."""
    items = [_item(entry, f"{number}", "{{baseUrl}}") for number, entry in enumerate(entries)]
    base = entries[0]["request"]["url"].partition("/Users")[0]
    return _collection("v2.1.0", [{"name": "Folder", "item": items}], [{"key": "baseUrl", "value": base}])


def postman_2_0(entries: list[Json]) -> str:
    """A collection v2.0: addresses and headers as text, a request saved with several responses."""
    base = entries[0]["request"]["url"].partition("/Users")[0]
    saved = [_item(entry, f"{number}", base)["response"][0] for number, entry in enumerate(entries)]
    for each in saved:
        asked = each["originalRequest"]
        asked["url"] = asked["url"]["raw"]
        asked["header"] = "\n".join(f"{one['key']}: {one['value']}" for one in asked["header"])
        each["header"] = "\r\n".join(f"{one['key']}: {one['value']}" for one in each["header"])
    return _collection(
        "v2.0.0", [{"name": "x", "request": {"method": "GET", "url": base}, "response": saved}], []
    )


def har_lines(entries: list[Json]) -> str:
    """An entry of a HAR a line, as our own recorder writes."""
    return "".join(f"{json.dumps(each)}\n" for each in entries)


def pino(entries: list[Json]) -> str:
    """A req and a res inside of a line, headers as an object, bodies as documents, milliseconds since the epoch."""
    return _lines(
        {
            "level": 30, "time": int(_moment(each).timestamp() * 1000), "pid": 1, "hostname": "web-1", "msg": "request completed",
            "req": {"id": number, "method": each["request"]["method"], "url": _uri(each), "headers": _by_name(each["request"]["headers"]) | {"host": _host(each)}, "body": _document(_sent(each))},
            "res": {"statusCode": each["response"]["status"], "headers": _by_name(each["response"]["headers"]), "body": _shown(each)},
            "responseTime": 80,
        }
        for number, each in enumerate(entries)
    )  # fmt: skip


def winston(entries: list[Json]) -> str:
    """All of it in an envelope, between lines that tell of something else, and a date before the object."""
    lines = _lines(
        {"level": "info", "message": f"HTTP {each['request']['method']} {_uri(each)}", "meta": {
            "req": {"method": each["request"]["method"], "originalUrl": _uri(each), "headers": _by_name(each["request"]["headers"]) | {"Host": _host(each)}, "body": _sent(each)},
            "res": {"statusCode": each["response"]["status"], "headers": _by_name(each["response"]["headers"]), "body": _shown(each)},
            "responseTime": 80}}
        for each in entries
    )  # fmt: skip
    return '{"level": "info", "message": "listening"}\n' + "".join(
        f"2026-11-26T10:00:00Z web: {line}\n" for line in lines.splitlines()
    )


def logbook(entries: list[Json]) -> str:
    """A line for the request and one for the answer, headers with lists of values, bodies as documents."""
    told: list[Json] = []
    for number, each in enumerate(entries):
        asked, answered = each["request"], each["response"]
        told += [
            {"origin": "remote", "type": "request", "correlation": f"c{number}", "protocol": "HTTP/1.1", "method": asked["method"], "uri": asked["url"],
             "headers": {name: [value] for name, value in _by_name(asked["headers"]).items()}, "body": _document(_sent(each))},
            {"origin": "local", "type": "response", "correlation": f"c{number}", "duration": 80, "status": answered["status"],
             "headers": {name: [value] for name, value in _by_name(answered["headers"]).items()}, "body": _document(_shown(each))},
        ]  # fmt: skip
    return _lines(told)


def flat(entries: list[Json]) -> str:
    """What somebody writes in an afternoon."""
    return _lines(
        {
            "timestamp": each["startedDateTime"], "method": each["request"]["method"], "path": _uri(each).partition("?")[0], "query_string": _uri(each).partition("?")[2],
            "host": _host(each), "status_code": each["response"]["status"], "duration_ms": 80.0,
            "request_headers": _by_name(each["request"]["headers"]), "response_headers": _by_name(each["response"]["headers"]),
            "request_body": _sent(each), "response_body": _shown(each),
        }
        for each in entries
    )  # fmt: skip


RECORDERS: dict[str, Callable[[list[Json]], str]] = {
    "chrome": chrome, "firefox": firefox, "charles": charles, "fiddler": fiddler, "ngrok": ngrok, "insomnia": insomnia,
    "postman": postman, "postman_2_0": postman_2_0, "har_lines": har_lines, "pino": pino, "winston": winston, "logbook": logbook,
    "flat": flat,
}  # fmt: skip


def _item(entry: Json, name: str, base: str) -> Json:
    asked, answered = entry["request"], entry["response"]
    here = entry["request"]["url"].partition("/scim/v2")[2]
    header = [{"key": each["name"], "value": each["value"]} for each in asked["headers"]]
    request = {"method": asked["method"], "header": header, "url": {"raw": base + here, "host": [base]}}
    if "postData" in asked:
        request["body"] = {"mode": "raw", "raw": asked["postData"]["text"]}
    saved = {
        "name": name, "originalRequest": request, "status": "X", "code": answered["status"], "_postman_previewlanguage": "json",
        "header": [{"key": each["name"], "value": each["value"]} for each in answered["headers"]],
        "cookie": [], "responseTime": None, "body": _shown(entry),
    }  # fmt: skip
    return {"name": name, "request": request, "response": [saved]}


def _collection(version: str, items: list[Json], variables: list[Json]) -> str:
    schema = f"https://schema.getpostman.com/json/collection/{version}/collection.json"
    return json.dumps({"info": {"name": "SCIM", "schema": schema}, "item": items, "variable": variables})


def _lines(told: Iterable[Json]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in told)


def _uri(entry: Json) -> str:
    place = urlsplit(entry["request"]["url"])
    return place.path + (f"?{place.query}" if place.query else "")


def _host(entry: Json) -> str:
    return urlsplit(entry["request"]["url"]).netloc


def _sent(entry: Json) -> str:
    return str(entry["request"].get("postData", {}).get("text", ""))


def _shown(entry: Json) -> str:
    return str(entry["response"]["content"].get("text", ""))


def _document(text: str) -> Any:
    return json.loads(text) if text else None


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
