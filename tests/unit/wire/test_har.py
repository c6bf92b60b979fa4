"""The HAR has every field that HAR 1.2 makes mandatory, and shows what the run record holds."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from scim_tests.model.profile import Dialect
from scim_tests.model.record import (
    Counts,
    ExchangeRecord,
    MessageRecord,
    Outcome,
    ProfileInfo,
    RunInfo,
    RunRecord,
    TargetInfo,
)
from scim_tests.report.har import har

CREATE = ExchangeRecord(
    number=1,
    step="push_user.create",
    scene="push_user:plain",
    started="2026-11-23T10:00:00.123+00:00",
    seconds=0.0421,
    method="POST",
    path="/Users?a=%40b&a=c+d&e=",
    url="https://scim.example.com/v2/Users?a=%40b&a=c+d&e=",
    request=MessageRecord([["Content-Type", "application/scim+json"]], '{"userName":"zoë"}'),
    status=201,
    phrase="201 Created",
    response=MessageRecord(
        [
            ["content-type", "application/scim+json;charset=utf-8"],
            ["Location", "/v2/Users/1"],
            ["Content-Length", "11"],
            ["Set-Cookie", "a=b=c; Path=/; HttpOnly"],
            ["set-cookie", "odd"],
        ],
        '{"id": "ë"}',
    ),
    failure="",
    elided=0,
    curl="curl",
)
UNANSWERED = ExchangeRecord(
    number=2,
    step="read_user.read",
    scene="read_user:plain",
    started="2026-11-23T10:00:01+00:00",
    seconds=0.0,
    method="GET",
    path="/Users/1",
    url="https://scim.example.com/v2/Users/1",
    request=MessageRecord([], ""),
    status=0,
    phrase="",
    response=MessageRecord([], ""),
    failure="Nothing listens on scim.example.com: the connection was refused.",
    elided=0,
    curl="curl",
)


def record(*exchanges: ExchangeRecord) -> RunRecord:
    return RunRecord(
        run=RunInfo("k3v9", 1, "2026-11-23T10:00:00+00:00", 1.0, 4, strict=False, version="1.2.3"),
        target=TargetInfo("https://scim.example.com/v2", bundled=False),
        profile=ProfileInfo("okta", "Okta", Dialect.OIN, []),
        outcome=Outcome(0, "passed", "All 9 checks passed."),
        counts=Counts(9, 9, 9, 0, 0, 0, 0, 0, 9, 2),
        root_causes=[],
        scenes=[],
        checks=[],
        exchanges=list(exchanges),
    )


def entries(*exchanges: ExchangeRecord) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = har(record(*exchanges))["log"]["entries"]
    return found


def an_object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def a_list(of: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": of}


# The mandatory fields of HAR 1.2, object by object as its specification lists them.
TEXT, NUMBER, COUNT = {"type": "string"}, {"type": "number", "minimum": 0}, {"type": "integer", "minimum": -1}
PAIRS = a_list(an_object(name=TEXT, value=TEXT))
POST_DATA = an_object(mimeType=TEXT, params=PAIRS, text=TEXT)
REQUEST = an_object(
    method=TEXT,
    url=TEXT,
    httpVersion=TEXT,
    cookies=PAIRS,
    headers=PAIRS,
    queryString=PAIRS,
    headersSize=COUNT,
    bodySize=COUNT,
)
REQUEST["properties"]["postData"] = POST_DATA
RESPONSE = an_object(
    status={"type": "integer"},
    statusText=TEXT,
    httpVersion=TEXT,
    cookies=PAIRS,
    headers=PAIRS,
    content=an_object(size=COUNT, mimeType=TEXT),
    redirectURL=TEXT,
    headersSize=COUNT,
    bodySize=COUNT,
)
ENTRY = an_object(
    startedDateTime={"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"},
    time=NUMBER,
    request=REQUEST,
    response=RESPONSE,
    cache={"type": "object"},
    timings=an_object(send=NUMBER, wait=NUMBER, receive=NUMBER),
)
HAR = an_object(
    log=an_object(version={"const": "1.2"}, creator=an_object(name=TEXT, version=TEXT), entries=a_list(ENTRY))
)


@given(body=st.text(), header=st.text(), path=st.text(), status=st.integers(0, 999))
def test_every_mandatory_field_is_there(body: str, header: str, path: str, status: int) -> None:
    """Whatever a target sends, the HAR is valid and can be written as JSON."""
    message = MessageRecord([[name, header] for name in ("Content-Length", "Set-Cookie", "Location")], body)
    odd = ExchangeRecord(
        **{**CREATE.__dict__, "path": path, "response": message, "request": message, "status": status}
    )
    document = har(record(CREATE, odd, UNANSWERED))
    Draft202012Validator(HAR).validate(json.loads(json.dumps(document)))


def test_time_is_the_sum_of_its_timings() -> None:
    """An entry's time is what its timings add up to, in milliseconds, as HAR demands."""
    (entry,) = entries(CREATE)
    assert entry["time"] == sum(entry["timings"].values()) == 42.1


def test_shows_the_request() -> None:
    """Method, URL, query, headers and body stand where developer tools look for them."""
    (entry,) = entries(CREATE)
    request = entry["request"]
    assert (request["method"], request["url"]) == ("POST", CREATE.url)
    assert request["queryString"] == [
        {"name": "a", "value": "@b"},
        {"name": "a", "value": "c d"},
        {"name": "e", "value": ""},
    ]
    assert request["postData"] == {
        "mimeType": "application/scim+json",
        "text": '{"userName":"zoë"}',
        "params": [],
    }
    assert request["bodySize"] == 19
    assert request["headers"] == [{"name": "Content-Type", "value": "application/scim+json"}]


def test_shows_the_answer() -> None:
    """Status, headers, cookies, Location and body stand where developer tools look for them."""
    (entry,) = entries(CREATE)
    response = entry["response"]
    assert (response["status"], response["statusText"]) == (201, "Created")
    assert response["content"] == {
        "size": 12,
        "mimeType": "application/scim+json;charset=utf-8",
        "text": '{"id": "ë"}',
    }
    assert response["bodySize"] == 11
    assert response["redirectURL"] == "/v2/Users/1"
    assert response["cookies"] == [{"name": "a", "value": "b=c"}, {"name": "odd", "value": ""}]


def test_an_unanswered_request_says_why() -> None:
    """Without an answer the status is 0, and the entry tells the reason."""
    (entry,) = entries(UNANSWERED)
    assert entry["response"]["status"] == 0
    assert entry["comment"] == entry["response"]["_error"] == UNANSWERED.failure
    assert "postData" not in entry["request"]


def test_names_the_step() -> None:
    """Each entry leads back to its step, scene and number in the run."""
    (entry,) = entries(CREATE)
    assert (entry["_step"], entry["_scene"], entry["_number"]) == ("push_user.create", "push_user:plain", 1)


def test_what_an_answer_leaves_open_is_unknown() -> None:
    """A length that no file has, and a type that was not told, stand as HAR writes what is not known."""
    odd = MessageRecord([["Content-Length", "1" * 5_000]], "{}")
    [entry] = entries(replace(CREATE, response=odd))
    response = entry["response"]
    assert (response["bodySize"], response["content"]["mimeType"]) == (-1, "x-unknown")
