"""Writes fixtures/recordings: conversations of Okta with a server, built from captured facts (okta-protocol).

Healthy ones in both dialects, and for each known breakage the healthy one with that breakage in it.
Nobody in them exists. `python scripts/recordings.py` writes them; a test compares.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

FOLDER = Path(__file__).parent.parent / "fixtures" / "recordings"
BASE = "https://scim.example.com/scim/v2"
USER, GROUP = "urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST, PATCH = (
    "urn:ietf:params:scim:api:messages:2.0:ListResponse",
    "urn:ietf:params:scim:api:messages:2.0:PatchOp",
)
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SECRET = "recorded-token-that-nobody-may-see"  # noqa: S105 -- made up, to see it redacted
Json = dict[str, Any]


class Talk:
    """A conversation being written down, one entry every two seconds."""

    def __init__(self) -> None:
        self.entries: list[Json] = []

    def say(
        self, method: str, path: str, status: int, answer: Json | str | None, body: Json | None = None
    ) -> None:
        """One exchange, with Okta's headers (okta:OLD, okta:ROSTR)."""
        headers = [
            ("Accept", "application/scim+json"), ("Accept-Charset", "utf-8"), ("User-Agent", "Okta SCIM Client 1.0.0"),
            ("Authorization", f"Bearer {SECRET}"), ("Accept-Encoding", "gzip,deflate"), ("Cookie", "session=abc"),
        ]  # fmt: skip
        request: Json = {"method": method, "url": BASE + path}
        if body is not None:
            headers.append(("Content-Type", "application/scim+json; charset=utf-8"))
            request["postData"] = {"mimeType": "application/scim+json", "text": json.dumps(body)}
        request["headers"] = _pairs(headers)
        is_text = isinstance(answer, str)
        text = answer if is_text else "" if answer is None else json.dumps(answer)
        kind = "text/html" if is_text else "application/scim+json"
        back = [("Content-Type", kind)] if text else []
        if status == 201 and isinstance(answer, dict):
            back.append(("Location", answer["meta"]["location"]))
        if status == 401:
            back.append(("WWW-Authenticate", 'Bearer realm="scim"'))
        seconds = 2 * len(self.entries)
        self.entries.append({
            "startedDateTime": f"2026-09-22T10:{seconds // 60:02}:{seconds % 60:02}.000Z", "time": 80, "request": request,
            "response": {"status": status, "headers": _pairs(back), "content": {"mimeType": kind, "text": text}},
        })  # fmt: skip

    def look_up(self, name: str, *found: Json, start_index: Any = 1) -> None:
        path = f"/Users?filter=userName%20eq%20%22{quote(name, safe='')}%22&startIndex=1&count=100"
        self.say("GET", path, 200, listed(*found, start_index=start_index))

    def har(self) -> Json:
        return {
            "log": {
                "version": "1.2",
                "creator": {"name": "recorder", "version": "1"},
                "entries": self.entries,
            }
        }


def _pairs(pairs: list[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]


def listed(*resources: Json, start_index: Any = 1, total: int | None = None) -> Json:
    number = len(resources)
    return {
        "schemas": [LIST], "totalResults": number if total is None else total, "startIndex": start_index,
        "itemsPerPage": number, "Resources": list(resources),
    }  # fmt: skip


def error(status: int, detail: str, scim_type: str = "") -> Json:
    more = {"scimType": scim_type} if scim_type else {}
    return {"schemas": [ERROR], "status": str(status), "detail": detail, **more}


def new(name: str, given: str, family: str, okta_id: str) -> Json:
    """The body of a create (okta:LAB-KR, okta:ROSTR)."""
    return {
        "schemas": [USER], "userName": name, "name": {"givenName": given, "familyName": family},
        "emails": [{"primary": True, "value": name, "type": "work"}], "displayName": f"{given} {family}",
        "locale": "en-US", "externalId": okta_id, "groups": [], "password": "x7Kp2LqZ", "active": True,
    }  # fmt: skip


def stored(sent: Json, identity: str, modified: str = "2026-09-22T10:00:00Z") -> Json:
    """As a server shows it: without the password, with id and meta."""
    kept = {key: value for key, value in sent.items() if key not in {"password", "groups", "meta", "id"}}
    meta = {
        "resourceType": "User", "created": "2026-09-22T10:00:00Z", "lastModified": modified,
        "location": f"{BASE}/Users/{identity}",
    }  # fmt: skip
    return {"id": identity, **kept, "meta": meta}


def group(identity: str, name: str, *members: str) -> Json:
    return {
        "schemas": [GROUP], "id": identity, "displayName": name, "members": [{"value": each} for each in members],
        "meta": {"resourceType": "Group", "location": f"{BASE}/Groups/{identity}"},
    }  # fmt: skip


ALICE, BOB = (
    new("alice@example.com", "Alice", "Ames", "00u1alice"),
    new("bob@example.com", "Bob", "Bates", "00u2bob"),
)
A, B, G = "6f1c0f5e-a11c", "0b0b4c1d-b0b0", "77777777-9r0u"
TEAM = "Team A"


def credentials(talk: Talk) -> None:
    talk.say("GET", "/Users?startIndex=1&count=2", 200, listed())


def two_assignments(talk: Talk) -> None:
    """Two people's jobs, one inside the other."""
    talk.look_up("alice@example.com")
    talk.look_up("bob@example.com")
    talk.say("POST", "/Users", 201, stored(ALICE, A), ALICE)
    talk.say("POST", "/Users", 201, stored(BOB, B), BOB)


def group_created(talk: Talk) -> None:
    path = "/Groups?filter=displayName%20eq%20%22Team%20A%22&startIndex=1&count=100"
    talk.say("GET", path, 200, listed())
    body = {
        "schemas": [GROUP],
        "displayName": TEAM,
        "members": [{"value": A, "display": "alice@example.com"}],
    }
    talk.say("POST", "/Groups", 201, group(G, TEAM, A), body)


def patched(talk: Talk, path: str, answer: Json | None, *operations: Json, status: int = 200) -> None:
    talk.say("PATCH", path, status, answer, {"schemas": [PATCH], "Operations": list(operations)})


def active(value: bool) -> Json:  # noqa: FBT001 -- the value itself
    return {"op": "replace", "value": {"active": value}}


def put(talk: Talk, identity: str, before: Json, after: Json) -> None:
    """GET, and what it showed with Okta's attributes in it (okta:FIREZONE)."""
    talk.say("GET", f"/Users/{identity}", 200, before)
    talk.say(
        "PUT",
        f"/Users/{identity}",
        200,
        after,
        {**before, **{key: after[key] for key in after if key != "meta"}},
    )


def oin() -> Talk:
    """An app of Okta's catalogue: PATCH for active and for groups."""
    talk, alice, bob = Talk(), stored(ALICE, A), stored(BOB, B)
    credentials(talk)
    two_assignments(talk)
    renamed = {**stored({**BOB, "displayName": "Bob Bates-Newly"}, B, "2026-09-22T10:00:20Z")}
    put(talk, B, bob, renamed)
    group_created(talk)
    patched(
        talk,
        f"/Groups/{G}",
        None,
        {"op": "add", "path": "members", "value": [{"value": B, "display": "bob@example.com"}]},
        status=204,
    )
    patched(
        talk,
        f"/Groups/{G}",
        None,
        {"op": "replace", "path": "members", "value": [{"value": B, "display": "bob@example.com"}]},
        status=204,
    )
    gone = {**alice, "active": False}
    patched(talk, f"/Users/{A}", gone, active(False))  # noqa: FBT003 -- the value itself
    talk.look_up("alice@example.com", gone)
    patched(talk, f"/Users/{A}", alice, active(True))  # noqa: FBT003 -- the value itself
    return talk


def custom() -> Talk:
    """An app made with the wizard: GET and PUT for everything (okta:LAB-KR, okta:FIREZONE)."""
    talk, alice = Talk(), stored(ALICE, A)
    credentials(talk)
    two_assignments(talk)
    group_created(talk)
    both = [{"value": A, "display": "alice@example.com"}, {"value": B, "display": "bob@example.com"}]
    talk.say("GET", f"/Groups/{G}", 200, group(G, TEAM, A))
    talk.say(
        "PUT",
        f"/Groups/{G}",
        200,
        group(G, TEAM, A, B),
        {"schemas": [GROUP], "id": G, "displayName": TEAM, "members": both},
    )
    gone = {**stored(ALICE, A, "2026-09-22T10:00:30Z"), "active": False}
    put(talk, A, alice, gone)
    talk.look_up("alice@example.com", gone)
    put(talk, A, gone, {**stored(ALICE, A, "2026-09-22T10:00:40Z"), "active": True})
    talk.say(
        "GET",
        "/Users?startIndex=1&count=100",
        200,
        listed(stored(ALICE, A, "2026-09-22T10:00:40Z"), stored(BOB, B)),
    )
    return talk


def answered(  # noqa: PLR0913 -- what is broken, and where
    talk: Talk, method: str, part: str, status: int, answer: Json | str | None, *, nth: int = 0
) -> Talk:
    """The same talk with another answer to the n-th such request, and nothing after it of that person."""
    places = [
        n
        for n, each in enumerate(talk.entries)
        if each["request"]["method"] == method and part in each["request"]["url"]
    ]
    entry = talk.entries[places[nth]]
    other = Talk()
    other.say(method, "", status, answer)
    entry["response"] = other.entries[0]["response"]
    del talk.entries[places[nth] + 1 :]
    return talk


def hidden_when_inactive() -> Talk:
    """The lookup does not see an inactive person; the create meets him all the same (okta:F27262)."""
    talk = answered(oin(), "GET", "alice%40example.com", 200, listed(), nth=1)
    talk.say("POST", "/Users", 409, error(409, "userName is taken", "uniqueness"), ALICE)
    return talk


def as_a_proxy_writes(talk: Talk) -> Json:
    """Bodies in base64, HTTP/2's pseudo headers, and fields left out."""
    har = talk.har()
    for entry in har["log"]["entries"]:
        content = entry["response"]["content"]
        content.update(text=base64.b64encode(content["text"].encode()).decode(), encoding="base64")
        entry["request"]["headers"][:0] = _pairs(
            [(":method", entry["request"]["method"]), (":authority", "scim.example.com")]
        )
        del entry["time"]
    return har


STRANGERS = (
    stored(new("carol@example.com", "Carol", "Cox", "x"), "c"),
    stored(new("dave@example.com", "Dave", "Day", "y"), "d"),
)
PAGE = "<html><body>error: upstream is away</body></html>"
# file's name -> its recording; a broken one's name says what is broken
RECORDINGS: dict[str, Callable[[], Json]] = {
    "oin-healthy": lambda: oin().har(),
    "custom-healthy": lambda: as_a_proxy_writes(custom()),
    "oin-filter-ignored": lambda: answered(oin(), "GET", "alice", 200, listed(*STRANGERS)).har(),
    "oin-create-empty": lambda: answered(oin(), "POST", "/Users", 201, None).har(),
    "oin-inactive-hidden": lambda: hidden_when_inactive().har(),
    "oin-patch-not-implemented": lambda: answered(oin(), "PATCH", "/Groups", 501, error(501, "patch-REPLACE-operation not supported for group.members"), nth=1).har(),
    "oin-unauthorized": lambda: answered(oin(), "GET", "count=2", 401, error(401, "The token is not known")).har(),
    "custom-deactivation-bad-gateway": lambda: answered(custom(), "PUT", "/Users", 502, PAGE).har(),
    "custom-start-index-is-text": lambda: answered(custom(), "GET", "alice", 200, listed(start_index="1")).har(),
}  # fmt: skip


def written(name: str) -> str:
    return json.dumps(RECORDINGS[name](), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in RECORDINGS:
        (FOLDER / f"{each}.har").write_text(written(each), encoding="utf-8")
