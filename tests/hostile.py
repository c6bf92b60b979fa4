"""Recordings as an enemy would write them, for Hypothesis to draw.

Honest ones are bent at random places, and secrets are planted under names that mean one, in every place
and spelling.
"""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hypothesis import strategies as st
from recorders import RECORDERS

FOLDER = Path(__file__).parent.parent / "fixtures" / "recordings"
RECORDINGS = [
    json.loads((FOLDER / f"{name}.har").read_text(encoding="utf-8"))["log"]["entries"]
    for name in ("oin-healthy", "custom-healthy", "custom-start-index-is-text")
]
Json = Any

SECRET = st.from_regex(r"\AqZ[0-9][A-Za-z0-9]{11,20}x7\Z")
STEMS = st.sampled_from([
    "password", "temporaryPassword", "new_password", "passwd", "access_token", "refreshToken", "id-token", "client_secret",
    "apiKey", "api_key", "privateKey", "sessionToken", "otp", "Credential", "SECRET", "jwt", "accessKey", "signature",
])  # fmt: skip
HEADERS = st.sampled_from([
    "Authorization", "X-Api-Key", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Access-Key", "Cf-Access-Jwt-Assertion",
    "JWT", "X-Session-Id", "Proxy-Authorization", "X-Amz-Security-Token", "X-Csrf-Token", "X-Hub-Signature", "Cookie",
    "X-Goog-Iap-Jwt-Assertion", "Idempotency-Key", "X-Auth", "ApiKey", "X-Shared-Secret",
])  # fmt: skip
PARAMETERS = st.sampled_from([
    "code", "sig", "key", "api-key", "client_secret", "id_token", "access-token", "subscription-key", "token", "password",
    "secret", "sas", "signature", "assertion", "sessionid", "Api_Key", "%74oken", "toke%6E",
])  # fmt: skip


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


@st.composite
def in_bodies(draw: st.DrawFn, secret: str) -> str:
    """A body that tells the secret, whole JSON or not."""
    name = draw(STEMS)
    told = json.dumps({name: secret, "userName": "kim@example.com"})
    return draw(st.sampled_from([
        told,
        told[: told.index(secret) + len(secret)],  # broken off
        f'{{"a": 1}}\n{told}\n{{"b": 2}}',
        f'{{"{escaped(name)}": "{escaped(secret)}"}}',
        json.dumps({"payload": told}),
        json.dumps({"Operations": [{"op": "replace", "value": secret, "path": "password"}]}),
        json.dumps({"Operations": [{"op": "add", "value": {name: [secret]}}]}),
        json.dumps({"urn:ietf:params:scim:schemas:core:2.0:User:password": secret}),
        f"grant_type=x&{name}={secret}&b=1",
        "[" * 3000 + told,
        told + "}" * 9,
        json.dumps({"detail": f"see https://kim:{secret}@example.com/x"}),
    ]))  # fmt: skip


@st.composite
def planted(draw: st.DrawFn, entries: list[Json], secret: str) -> None:
    """The secret in new entries: in one under a name that means one, and perhaps in another where nothing tells it."""
    entry, other = (json.loads(json.dumps(entries[0])) for _ in range(2))
    request, response = entry["request"], entry["response"]
    match draw(st.sampled_from(["header", "query", "sent", "answered", "basic"])):
        case "header":
            scheme = draw(st.sampled_from(["", "Bearer ", "bearer ", "SSWS ", "Token "]))
            name = draw(HEADERS)
            value = f"sid={secret}" if name == "Cookie" else scheme + secret
            draw(st.sampled_from([request, response]))["headers"].append({"name": name, "value": value})
        case "query":
            mark = "&" if "?" in request["url"] else "?"
            request["url"] += f"{mark}{draw(PARAMETERS)}={draw(st.sampled_from([secret, percent(secret)]))}"
        case "sent":
            request["postData"] = {"mimeType": "text/plain", "text": draw(in_bodies(secret))}
        case "answered":
            response["content"] = {"mimeType": "text/plain", "text": draw(in_bodies(secret))}
        case "basic":
            basic = base64.b64encode(f"user:{secret}".encode()).decode()
            request["headers"].append({"name": "Authorization", "value": f"Basic {basic}"})
    entries.append(entry)
    if draw(st.booleans()):
        spelt = draw(st.sampled_from([secret, percent(secret), base64.b64encode(secret.encode()).decode()]))
        other["response"]["content"] = {"text": json.dumps({"id": "1", "nickName": spelt})}
        other["request"]["headers"].append({"name": "Referer", "value": f"https://example.com/?x={secret}"})
        entries.append(other)


def planted_in_the_base(entries: list[Json], secret: str, how: str) -> None:
    """The secret in the URL of every entry."""
    for each in entries:
        url = each["request"]["url"]
        each["request"]["url"] = (
            url.replace("://", f"://user:{secret}@")
            if how == "user"
            else BASE.sub(rf"\1\2{how}{secret}\3", url, count=1)
        )


def percent(text: str) -> str:
    return "".join(f"%{ord(each):02X}" for each in text)


BASE = re.compile(r"(https?://[^/]+)(.*?)(/(?:Users|Groups|Service|Schemas|Resource))")


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from([
        "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59.999999-12:00", "x" * 300, "\x00", "\ud800", "GET", "get", "MERGE", "G T",
        "DELETE", "é", -1, 10**30, 99, 1000, 200.0, "200", "-5", "base64", "[" * 3000, "[" * 100_000, '{"a":' * 3000, "{", "NaN",
        "/Users", "/Users?startIndex=abc&count=2", "/Users?count=1e9", "/Users?count=", "/Groups?startIndex=" + "9" * 5000,
        "https://a.example/scim/Users", "https://[a/Users", "//[", '{"Operations": {}}', '{"Operations": [{"op": 1}]}',
        '{"Operations": [{"op": "replace", "value": {}}]}', '{"schemas": 1, "userName": {}, "name": [], "emails": {}, "id": []}',
        '{"Resources": [1, {"id": []}], "totalResults": "x"}', '{"totalResults": 1e400, "Resources": [{"id": 1e400}]}',
        '{"Operations": [{"op": "add", "path": "members", "value": [{"value": {}}, [], 1]}], "members": {"value": 3}}',
        "push_user.create", "patch_group.remove_member", "import_users.page", "push_user:x", "patch_group", "link_group:\x00",
    ]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3), max_leaves=5
)  # fmt: skip
EXTRA = ("_step", "_scene", "_number", "_elided", "comment", "startedDateTime", "time")
STEPS = st.sampled_from([
    ("push_user.create", "push_user:x"), ("patch_group.remove_member", "patch_group"), ("patch_user.add", "patch_user:x"),
    ("import_users.page", "import_users"), ("push_group.create", "push_group:g"), ("discovery.schemas", "discovery"),
    ("bulk_assignment.create", "bulk_assignment"), ("query_users.by_id", "query_users"), ("link_user.put", "link_user:x"),
    ("probe_unsupported.doubt", "probe_unsupported"), ("duplicate_user.again", "duplicate_user:x"), ("sync_password.put", "sync_password:x"),
])  # fmt: skip


def places(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*path, key)
        yield from places(value[key], (*path, key))


def put(document: Json, path: tuple[Any, ...], new: Json) -> None:
    for key in path[:-1]:
        document = document[key]
    document[path[-1]] = new


@st.composite
def bent(draw: st.DrawFn, document: Json) -> None:
    """One place of a document is something else."""
    whole = [each for each in document if isinstance(each, dict)]
    match draw(st.integers(0, 5)):
        case 0:
            put(document, draw(st.sampled_from(list(places(document)))), draw(ANYTHING))
        case 1:
            draw(st.sampled_from(whole))[draw(st.sampled_from(EXTRA))] = draw(ANYTHING)
        case 2:
            entry = draw(st.sampled_from(whole))
            entry["request"] = {
                **as_dict(entry.get("request")),
                "method": draw(st.sampled_from(["MERGE", "PURGE", "PUT", "post", "HEAD"])),
            }
        case 3:
            entry = draw(st.sampled_from(whole))
            entry["_step"], entry["_scene"] = draw(STEPS)
        case 4:
            document.append(json.loads(json.dumps(draw(st.sampled_from(document)))))
        case 5:
            entry = draw(st.sampled_from(whole))
            request = as_dict(entry.get("request"))
            body = as_dict(request.get("postData"))
            with suppress(ValueError, TypeError):
                sent = json.loads(body["text"]) if body.get("text") else {"userName": "kim@example.com"}
                bendable = [*places(sent)]
                if bendable:
                    put(sent, draw(st.sampled_from(bendable)), draw(SCALARS))
                entry["request"] = {**request, "postData": {"text": json.dumps(sent)}}


def as_dict(value: Json) -> dict[str, Json]:
    return dict(value) if isinstance(value, dict) else {}


@st.composite
def recordings(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A file, and the secrets in it."""
    entries = json.loads(json.dumps(draw(st.sampled_from(RECORDINGS))))
    secrets = draw(st.lists(SECRET, max_size=3, unique=True))
    if secrets:
        planted_in_the_base(
            entries, secrets[0], draw(st.sampled_from(["user", "/token/", "/", ";jsessionid="]))
        )
    honest = json.loads(json.dumps(entries))
    for _ in range(draw(st.integers(0, 4))):
        draw(bent(entries))
    for secret in secrets[1:]:
        draw(planted(honest, secret))
    entries += honest
    with suppress(Exception):  # a recorder writes honest traffic alone
        if draw(st.integers(0, 3)) == 0:
            form = draw(
                st.sampled_from(["ngrok", "postman", "pino", "winston", "logbook", "flat", "har_lines"])
            )
            return RECORDERS[form](entries), secrets
    text = json.dumps({"log": {"version": "1.2", "creator": {}, "entries": entries}})
    return text[: draw(st.integers(len(text) * 3 // 4, len(text)))] if draw(
        st.integers(0, 4)
    ) == 0 else text, secrets


@st.composite
def conversations(draw: st.DrawFn) -> tuple[list[Json], list[str]]:
    """What goes through a tunnel: honest traffic with secrets, and anything in the bodies, methods and queries."""
    entries = json.loads(json.dumps(draw(st.sampled_from(RECORDINGS))))[: draw(st.integers(1, 8))]
    secrets = draw(st.lists(SECRET, max_size=2, unique=True))
    for _ in range(draw(st.integers(0, 4))):
        request = draw(st.sampled_from(entries))["request"]
        match draw(st.integers(0, 2)):
            case 0:
                request["postData"] = {"text": draw(st.sampled_from(BODIES))}
            case 1:
                request["method"] = draw(st.sampled_from(["MERGE", "\x00", "PROPFIND", "get", "PUT", "É"]))
            case 2:
                request["url"] += draw(
                    st.sampled_from(["//[", "/%zz%", "?startIndex=abc&count=1e9", "/%ff%fe", "#x"])
                )
    for secret in secrets:
        draw(planted(entries, secret))
    return entries, secrets


BODIES = [
    "{",
    "[" * 3000,
    "[" * 100_000,
    "\x00\xff",
    '{"Operations": [1]}',
    '{"a": NaN}',
    "a=b",
    '{"userName": {}, "members": 3}',
]


def views(data: bytes) -> Iterator[str]:
    """What a file says, in every way of reading it."""
    text = data.decode(errors="replace")
    unjson = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    yield from (text, unjson, unquote(text), unquote(unquote(unjson)))
    for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", text):
        standard = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            stretch = standard[start:]
            yield base64.b64decode(stretch[: len(stretch) // 4 * 4]).decode(errors="replace")
    for run in re.findall(r"(?:[0-9a-fA-F]{2}){8,}", text):
        yield bytes.fromhex(run).decode(errors="replace")


def told_in(folder: Path, secrets: list[str]) -> list[tuple[str, str]]:
    """Which secrets stand in which files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(
        {
            (path.name, secret)
            for path in files
            for view in views(path.name.encode() + b"\n" + path.read_bytes())
            for secret in secrets
            if secret in view
        }
    )
