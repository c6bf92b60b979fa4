"""What recordings were found to give away, or to break, each by itself; `tests/adversary` looks for more of the kind."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from hostile import told_in
from recorders import RECORDERS

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.judge import judge_file, judged
from scim_tests.wire.curl import curl
from scim_tests.wire.parts import TOKEN_VARIABLE, Variable, headers_in_parts

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "recordings"
BASE = "https://scim.example.com/scim/v2"
SECRET = "qZ3kP8vW1mX7tR5n"
TOOLS = runpy.run_path(str(FOLDER.parents[1] / "scripts" / "tool_recordings.py"))
Json = dict[str, Any]


def entries(name: str = "oin-healthy") -> list[Json]:
    told: list[Json] = json.loads((FOLDER / f"{name}.har").read_text(encoding="utf-8"))["log"]["entries"]
    return told


def record_of(told: Any) -> RunRecord:
    return judged(read_har(json.dumps({"log": {"entries": told}}), "some.har"))


def kept(told: list[Json]) -> str:
    return json.dumps(record_of(told).to_json())


def first(told: list[Json], method: str) -> Json:
    return next(each for each in told if each["request"]["method"] == method)


@pytest.mark.parametrize(
    "name",
    [
        "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Access-Key", "Cf-Access-Jwt-Assertion", "JWT", "X-Session-Id",
        "Proxy-Authorization", "X-Amz-Security-Token", "X-Csrf-Token", "X-Hub-Signature", "X-Goog-Iap-Jwt-Assertion", "idempotency-KEY",
    ],
)  # fmt: skip
def test_a_header_named_like_a_credential_is_hidden(name: str) -> None:
    """In requests and answers, and wherever else its value stands."""
    told = entries()
    told[0]["request"]["headers"].append({"name": name, "value": SECRET})
    told[1]["response"]["headers"].append({"name": name, "value": f"Token {SECRET}2"})
    told[2]["response"]["content"]["text"] = json.dumps({"detail": f"not {SECRET}, {SECRET}2"})
    assert SECRET not in kept(told)


@pytest.mark.parametrize(
    "name",
    ["code", "sig", "key", "api-key", "client_secret", "id_token", "access-token", "subscription-key", "t%6Fken", "state"],
)  # fmt: skip
def test_a_parameter_named_like_a_credential_is_hidden(name: str) -> None:
    """In the query, in the URL that an answer shows, and in a URL inside a parameter."""
    told = entries()
    told[0]["request"]["url"] += f"&{name}={SECRET}"
    told[1]["request"]["url"] += f"&next=https%3A%2F%2Fexample.com%2F%3F{name}%3D{SECRET}1"
    told[2]["response"]["headers"].append(
        {"name": "Link", "value": f"<https://example.com/?a=b&{name}={SECRET}2>"}
    )
    assert SECRET not in kept(told)


MEMBERS = (
    "temporaryPassword", "newPassword", "passwd", "pwd", "access_token", "refresh_token", "id_token", "client_secret",
    "apiKey", "private_key", "sessionToken", "otp", "PASSWORD", "pass\\u0077ord",
)  # fmt: skip


@pytest.mark.parametrize(
    "write", ['{"id": "1", "%s": "%s"}', '{"a": {"%s": ["%s"]', '1\n{"%s": "%s"}\n{', '[{"%s": "%s']
)
def test_a_member_named_like_a_credential_is_hidden(write: str) -> None:
    """In a body sent and one answered, whole or broken off, in whatever letters the name is written."""
    told = []
    for number, name in enumerate(MEMBERS, 10):  # each with a secret of its own, which nothing else tells
        sent, shown = first(entries(), "POST"), first(entries(), "GET")
        sent["request"]["postData"]["text"] = write % (name, f"{SECRET}{number}1")
        shown["response"]["content"]["text"] = write % (name, f"{SECRET}{number}2")
        told += [sent, shown]
    text = kept(told)
    assert [name for number, name in enumerate(MEMBERS, 10) if f"{SECRET}{number}" in text] == []


@pytest.mark.parametrize(
    "body",
    [
        f"grant_type=client_credentials&client_secret={SECRET}",
        json.dumps({"Operations": [{"op": "replace", "value": SECRET, "path": "password"}]}),
        json.dumps(
            {"Operations": [{"path": "urn:ietf:params:scim:schemas:core:2.0:User:password", "value": SECRET}]}
        ),
        json.dumps({"payload": json.dumps({"token": SECRET})}),
        json.dumps({"filter": f'password eq "{SECRET}"'}),
        f'Content-Disposition: form-data; name="password"\r\n\r\n{SECRET}\r\n',
        f"<login><password>{SECRET}</password></login>",
        "[" * 3000 + json.dumps({"password": SECRET}),
        json.dumps({"detail": f"see https://kim:{SECRET}@example.com"}),
        json.dumps({"detail": f"no user for Authorization: Bearer {SECRET}"}),
        json.dumps({"nickName": f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{SECRET}"}),
    ],
)
def test_a_body_of_any_kind_gives_no_secret_away(body: str) -> None:
    """A form, a PATCH by its path, JSON in JSON, a filter, a URL, a JWT: what is secret is found in each."""
    told = entries()
    first(told, "POST")["request"]["postData"]["text"] = body
    assert SECRET not in kept(told)


@pytest.mark.parametrize(
    "url",
    [
        f"https://kim:{SECRET}@scim.example.com/scim/v2",
        f"https://scim.example.com/scim/{SECRET}/v2",
        f"https://scim.example.com/token/{SECRET[:8]}/v2",
        f"https://scim.example.com/scim;jsessionid={SECRET}/v2",
    ],
)
def test_a_base_url_is_shown_without_the_secrets_in_it(url: str, tmp_path: Path) -> None:
    """In no file of the reports, nor where an answer shows its own address."""
    text = (FOLDER / "oin-healthy.har").read_text(encoding="utf-8").replace(BASE, url)
    (tmp_path / "some.har").write_text(text, encoding="utf-8")
    judge_file(tmp_path / "some.har", None, str(tmp_path / "out"), strict=False, keep_personal_data=False)
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert [path.name for path in files if SECRET[:8] in path.read_text(encoding="utf-8")] == []


def test_a_tenants_uuid_in_the_base_url_stays() -> None:
    """It is no secret, and the reader has to know which tenant this is."""
    url = "https://scim.example.com/2819c223-7f76-453a-919d-413861904646/scim"
    text = (FOLDER / "oin-healthy.har").read_text(encoding="utf-8").replace(BASE, url)
    assert read_har(text, "some.har").base_url == url


def test_what_scim_itself_says_stays() -> None:
    """Names that only sound like a credential, what a schema says of the password, ids, versions and filters."""
    said = {
        "authenticationSchemes": [{"type": "oauthbearertoken", "name": "OAuth Bearer Token", "primary": True}],
        "changePassword": {"supported": True}, "attributes": [{"name": "password", "type": "string", "mutability": "writeOnly"}],
        "externalId": "00u1x", "meta": {"version": 'W/"3694e05e9dff591"'}, "addresses": [{"region": "CA", "postalCode": "94105"}],
        "urn:example:token:2.0:User": {"state": "CA", "code": "7", "key": "left"},
    }  # fmt: skip
    told = entries()
    told[0]["response"]["content"]["text"] = json.dumps(said)
    shown = read_har(json.dumps({"log": {"entries": told}}), "some.har").entries[0].heard.answer
    assert shown is not None
    assert shown.parsed == said


def test_a_placeholder_that_a_stranger_wrote_is_not_filled_in() -> None:
    """Neither a header nor a body of theirs makes the command of a report expand what stands in our environment."""
    told = entries()
    told[0]["request"]["headers"].append({"name": "X-Odd", "value": "$SCIM_TESTS_HEADER_X_API_KEY"})
    first(told, "POST")["request"]["postData"]["text"] = (
        '{"userName": "\\u0024SCIM_TESTS_CLIENT_SECRET ${SCIM_TESTS_RUN}"}'
    )
    text = kept(told)
    assert "SCIM_TESTS_HEADER" not in text
    assert "CLIENT_SECRET" not in text
    assert "SCIM_TESTS_RUN" not in text


@pytest.mark.parametrize(
    "marks", [{}, {"_step": "push_user.create", "_scene": "push_user:plain"}], ids=["theirs", "as ours"]
)
@pytest.mark.parametrize(
    "name", ["Accept", "User-Agent", "If-Match", "X-Odd", "X-Api-Key", "Authorization", "Content-Type"]
)
@pytest.mark.parametrize(
    "said",
    ["$SCIM_TESTS_TOKEN", "a$SCIM_TESTS_TOKEN;", "${SCIM_TESTS_TOKEN}", "$SCIM_TESTS_HEADER_KEY", "x ${SCIM_TESTS_HEADER_KEY}", "$SCIM_TESTS_PASSWORD"],
)  # fmt: skip
def test_no_command_made_of_a_recording_fills_in_what_it_says(
    name: str, said: str, marks: dict[str, str]
) -> None:
    """Only where a credential was is the token put; no other variable, in no other header, whatever the recording calls itself."""
    told = entries()
    for entry in told:
        entry["request"]["headers"].append({"name": name, "value": said})
        entry["request"]["url"] += ("&" if "?" in entry["request"]["url"] else "?") + said
        entry.pop("_step", None)
        entry.update(marks)
    may_open = {"Authorization", "X-Api-Key"} | ({"X-Odd"} if marks else set())
    for each in read_har(json.dumps({"log": {"entries": told}}), "some.har").entries:
        for kind, value in headers_in_parts(each.heard.request.headers):
            filled = {part for part in value if isinstance(part, Variable)}
            assert filled <= ({TOKEN_VARIABLE} if kind in may_open else set())
        # Nothing else of a request is filled in: shells take what stands between apostrophes as it is.
        assert "SCIM_TESTS_HEADER" not in re.sub("'[^']*'", "", curl(each.heard.request, BASE))


BROKEN_BODIES = [
    "{",
    "[" * 3000,
    "[" * 100_000,
    '{"a": NaN}',
    "\x00\xff",
    '"x"',
    '{"Operations": 7}',
    "9" * 5000,
]


@pytest.mark.parametrize("body", BROKEN_BODIES)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT"])
def test_a_request_that_is_no_json_does_not_end_the_judging(method: str, body: str) -> None:
    """Everything else is judged, and no check of ours breaks over it."""
    told = entries()
    first(told, "POST")["request"] |= {"method": method, "postData": {"text": body}}
    record = record_of(told)
    assert len(record.exchanges) == len(told)
    assert [each.id for each in record.checks if each.verdict == "broken"] == []
    assert record.not_looked_at == []


@pytest.mark.parametrize(
    "query", ["startIndex=abc", "count=1e9", "count=", "startIndex=" + "9" * 5000, "count=%C2%B2"]
)
def test_a_query_that_is_no_number_breaks_no_check(query: str) -> None:
    """What nobody has to understand is not judged."""
    told = entries()
    for each in told:
        each["request"]["url"] = each["request"]["url"].partition("?")[0] + f"?{query}"
    record = record_of(told)
    assert [each.id for each in record.checks if each.verdict == "broken"] == []
    assert record.not_looked_at == []


@pytest.mark.parametrize("method", ["MERGE", "PURGE", "HEAD", "put"])
def test_a_method_that_nobody_expects_breaks_no_check(method: str) -> None:
    """Wherever it is sent, with a body or without."""
    told = entries("custom-healthy")
    for each in told[2:]:
        each["request"]["method"] = method
    record = record_of(told)
    assert [each.id for each in record.checks if each.verdict == "broken"] == []
    assert record.not_looked_at == []


def test_a_create_without_a_name_breaks_no_check() -> None:
    """An answer that shows no parts of a name either has nothing to be compared with."""
    told = entries()
    create = first(told, "POST")
    for message in (create["request"]["postData"], create["response"]["content"]):
        body = json.loads(message["text"])
        del body["name"]
        message["text"] = json.dumps(body)
    record = record_of(told)
    assert [each.id for each in record.checks if each.verdict == "broken"] == []
    assert record.not_looked_at == []


@pytest.mark.usefixtures("no_page")
@pytest.mark.parametrize(
    "date", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-12:00", "0001-01-01", 7, None, [], 1e300]
)
def test_a_date_of_any_year_can_be_judged_and_written(date: Any, tmp_path: Path) -> None:
    """With a time of any kind; the reports are there."""
    told = entries()
    for each, time in zip(told, (1e308, None, -1, 80, "x"), strict=False):
        each |= {"startedDateTime": date, "time": time}
    (tmp_path / "some.har").write_text(json.dumps({"log": {"entries": told}}), encoding="utf-8")
    judge_file(tmp_path / "some.har", None, str(tmp_path / "out"), strict=False, keep_personal_data=False)
    assert (tmp_path / "out" / "exchanges.har").exists()


@pytest.mark.parametrize(
    "odd",
    [
        None, 7, [], {}, {"request": 1}, {"request": {"url": 1}}, {"request": {"url": f"{BASE}/Users"}},
        {"request": {"url": f"{BASE}/Users", "method": "G T"}, "response": {"status": 200}},
        {"request": {"url": f"{BASE}/Users", "method": "GET"}, "response": {"status": -5}},
        {"request": {"url": f"{BASE}/Users", "method": "GET"}, "response": {"status": "x" * 9}},
        {"request": {"raw": "no", "method": "GET"}},
    ],
)  # fmt: skip
def test_what_is_no_exchange_costs_one_line(odd: Any) -> None:
    """It is left out with a note; all that is one is judged."""
    record = record_of([*entries(), odd])
    assert len(record.exchanges) == len(entries())
    assert len(record.not_looked_at) == 1
    assert record.not_looked_at[0].startswith("1 recorded exchanges were left out: ")


def test_a_body_that_is_no_text_is_missing() -> None:
    """It is said first, and the exchange is judged by what is there."""
    odd = {"url": f"{BASE}/Users/1", "method": "PUT", "postData": {"text": {"a": 1}}}
    record = record_of([*entries(), {"request": odd, "response": {"status": 200}}])
    assert record.not_looked_at == []
    assert [notice.partition(":")[0] for notice in record.notices] == [
        "The recording lacks the bodies of 1 of 9 requests", "The recording lacks the bodies of 1 of 13 answers",
    ]  # fmt: skip


def test_headers_as_an_object_and_a_status_as_text_are_read() -> None:
    """Some tools write them so."""
    told = entries()
    told[0]["request"]["headers"] = {"Authorization": f"Bearer {SECRET}", "Accept": None}
    told[0]["response"]["status"] = "200"
    heard = read_har(json.dumps({"log": {"entries": told}}), "some.har").entries[0].heard
    assert heard.request.header("Authorization") == "Bearer $SCIM_TESTS_TOKEN"
    assert heard.answer is not None
    assert heard.answer.status == 200


@pytest.mark.parametrize("depth", [3_000, 100_000])
def test_an_entry_nested_too_deep_costs_itself_alone(depth: int) -> None:
    """The rest of the file is read."""
    text = json.dumps({"log": {"entries": [*entries(), {"_deep": "HERE"}]}}).replace(
        '"HERE"', "[" * depth + "]" * depth
    )
    assert len(read_har(text, "some.har").entries) == len(entries())


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    """It says so, before all else in every report; where nothing is left, it is refused."""
    text = json.dumps({"log": {"entries": entries()}})
    recording = read_har(text[: len(text) // 2], "some.har")
    assert 0 < len(recording.entries) < len(entries())
    assert "breaks off" in recording.notes[0]
    assert "breaks off" in recording.lacks.notices[0]
    with pytest.raises(UsageError):
        read_har(text[:40], "some.har")


@pytest.mark.parametrize(
    "step",
    ["push_user.create", "patch_group.after_remove_list", "push_user", 7, "\x00.\x00", "link_user.put"],
)
@pytest.mark.parametrize("scene", ["push_user:x", "patch_group", "", None, "link_user:\x00"])
def test_a_forged_step_breaks_nothing(step: Any, scene: Any) -> None:
    """A file may say that a run of ours wrote it: it is read as far as its requests bear that out."""
    told = entries()
    for number, each in enumerate(told, 1):
        each |= {"_step": step, "_scene": scene, "_number": number, "_elided": "x"}
    record = record_of(told)
    assert [each.id for each in record.checks if each.verdict == "broken"] == []


@pytest.mark.parametrize(
    "form", ["curl.txt", "newman.json", "postman", "postman_2_0", "pino", "winston", "logbook"]
)
def test_a_token_in_any_form_reaches_no_file(form: str, tmp_path: Path) -> None:
    """Neither the token nor a password, wherever the tool puts it, stands in a report in any reading."""
    made = FOLDER / "tools" / form
    entries = TOOLS["conversation"]()
    text = made.read_text(encoding="utf-8") if made.exists() else RECORDERS[form](entries)
    (tmp_path / "some.file").write_text(text.replace(TOOLS["TOKEN"], SECRET), encoding="utf-8")
    judge_file(tmp_path / "some.file", None, str(tmp_path / "out"), strict=False, keep_personal_data=False)
    assert told_in(tmp_path / "out", [SECRET, TOOLS["PASSWORD"]]) == []
