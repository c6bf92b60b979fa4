"""What is no recording is named for what it looks like; whatever stands in one that is, it is read or refused in words."""

import json
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_tests.errors import UsageError
from scim_tests.traffic.formats import read
from scim_tests.traffic.har_reader import read_har, read_recording
from scim_tests.traffic.judge import judged

FOLDER = Path(__file__).parents[3] / "fixtures" / "recordings"
SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
EVENT = {"eventType": "application.provision.user.push", "published": "2026-11-26T10:00:00.000Z", "uuid": "1"}
UNKNOWN = {
    "is empty": b" \n",
    "an HTML page": b"<!DOCTYPE html><html><body>Log in</body></html>",
    "a Postman collection, and holds no saved responses": json.dumps(
        {"info": {"schema": SCHEMA}, "item": [{"name": "x", "request": {"method": "GET"}, "response": []}]}
    ).encode(),
    "an Insomnia collection, which holds no answers: export it as HAR": json.dumps(
        {"_type": "export", "__export_format": 4, "resources": []}
    ).encode(),
    "Insomnia collection": b"type: collection.insomnia.rest/5.0\nname: SCIM\n",
    "a capture of packets (pcap)": b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00",
    "a zip archive (Fiddler's .saz is one)": b"PK\x03\x04\x14\x00",
    "compressed with gzip": b"\x1f\x8b\x08\x00",
    "give it to `scim-tests explain -`": json.dumps([EVENT]).encode(),
    "Okta's System Log": f"{json.dumps(EVENT)}\n{json.dumps(EVENT)}\n".encode(),
    "an export of Okta's System Log": b"timestamp,event_type,display_message\n",
    "an OpenAPI description": b'{"openapi": "3.1.0"}',
    "exchanges.har, which stands beside it": b'{"root_causes": [], "checks": []}',
    "one SCIM message by itself": b'{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]}',
    "a curl command and no answer": b"curl -X POST https://scim.example.com/Users -d '{}'\n",
    "an access log": b'203.0.113.9 - - [26/Nov/2026:10:00:00 +0000] "GET /Users HTTP/1.1" 200 130\n',
    "is JSON, but no recording": b'{"a": 1}',
    "is no recording": b"hello\n",
    "is no text": b"\x7fELF\x00\x00",
}


@pytest.mark.parametrize("said", UNKNOWN)
def test_what_is_no_recording_is_called_what_it_looks_like(said: str) -> None:
    """One sentence with the file's name, and what can be read."""
    with pytest.raises(UsageError) as refused:
        read_recording(UNKNOWN[said], "some.file")
    assert said in refused.value.message
    assert refused.value.message.startswith("some.file ")
    assert "Postman" in refused.value.hint
    assert "KeyError" not in str(refused.value)


def test_the_hint_names_a_page_that_says_how_to_make_each() -> None:
    """The page is there, and names the tools."""
    page = (FOLDER.parents[1] / "docs" / "okta-failure.md").read_text(encoding="utf-8")
    for each in ("Postman", "Insomnia", "curl -v", "mitmdump -nr", "ngrok", "JSON lines", "newman"):
        assert each in page


def test_flows_of_mitmproxy_are_read_by_it_or_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without mitmproxy the one line that makes a HAR of them is the hint."""
    for name in ("mitmproxy", "mitmproxy.addons.savehar"):
        monkeypatch.setitem(sys.modules, name, None)
    data = (FOLDER / "tools" / "mitmproxy.flows").read_bytes()
    with pytest.raises(UsageError, match=r"a\.flows is a flow file of mitmproxy's") as refused:
        read(data, "a.flows")
    assert "mitmdump -nr a.flows --set hardump=out.har" in refused.value.hint


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of what mitmproxy imports
@pytest.mark.skipif(not find_spec("mitmproxy"), reason="NOT TESTED: mitmproxy is not installed")
def test_flows_of_mitmproxy_are_judged_as_the_har_of_them() -> None:
    """Both hold the same exchanges."""
    told = [
        judged(read_recording((FOLDER / "tools" / name).read_bytes(), name))
        for name in ("mitmproxy.flows", "mitmproxy.har")
    ]
    assert len({tuple((check.id, check.verdict) for check in each.checks) for each in told}) == 1


def test_curls_own_words_are_no_part_of_a_body() -> None:
    """Its meter, what it says behind a body without a new line, and headers that -i wrote."""
    text = (
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0*   Trying 192.0.2.1:443...\n"
        "* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"
        "> GET /scim/v2/Users?startIndex=1&count=2 HTTP/2\r\n> Host: scim.example.com\r\n> \r\n{ [2 bytes data]\n"
        "< HTTP/2 200 \r\n< content-type: application/scim+json\r\n< \r\n"
        'HTTP/2 200\r\ncontent-type: application/scim+json\r\n\r\n{ "totalResults": 0,\n  "Resources": []\n}'
        "* Connection #0 to host scim.example.com left intact\n"
    )
    recording = read_har(text, "curl.txt")
    heard = recording.entries[0].heard
    assert recording.base_url == "https://scim.example.com/scim/v2"
    assert heard.answer is not None
    assert heard.answer.parsed == {"totalResults": 0, "Resources": []}


def test_what_curl_sent_stands_in_its_command_alone() -> None:
    """Without the command, or with a file in it, the request's body is missing and not empty."""
    said = "> POST /scim/v2/Users HTTP/1.1\n> Host: a.example\n> \n< HTTP/1.1 409 Conflict\n< \n{}\n"
    command = '$ curl -v https://a.example/scim/v2/Users \\\n  -d \'{"userName": "x"}\'\n'
    bodies = [
        read_har(text, "curl.txt").entries[0].heard.request
        for text in (command + said, said, command.replace('\'{"userName": "x"}\'', "@new.json") + said)
    ]
    assert [each.body for each in bodies] == [b'{"userName": "x"}', b"", b""]
    assert [bool(each.unrecorded) for each in bodies] == [False, True, True]


def test_a_file_that_powershell_wrote_is_read() -> None:
    """UTF-16 with a mark at its beginning."""
    text = "> GET /scim/v2/Users HTTP/1.1\r\n> Host: a.example\r\n> \r\n< HTTP/1.1 200 OK\r\n< \r\n{}\r\n"
    assert len(read_recording(text.encode("utf-16"), "curl.txt").entries) == 1


def test_a_log_without_bodies_is_judged_by_status_and_never_passes() -> None:
    """What a web framework logs by itself: method, path and status."""
    lines = [
        {"method": "GET", "path": "/scim/v2/Users", "query_string": "startIndex=1&count=2", "status": 200},
        {"method": "POST", "path": "/scim/v2/Users", "status": 500},
    ]
    text = "".join(f"{json.dumps(each)}\n" for each in lines)
    record = judged(read_har(text, "app.log"))
    assert "every_answer.is-no-server-error" in {c.id for c in record.checks if c.verdict == "fail"}
    record = judged(read_har(text.replace("500", "201"), "app.log"))
    assert (record.outcome.exit_code, record.outcome.verdict) == (5, "empty")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["POST", "/scim/v2/Users", "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["method", "url", "header", "headers", "body", "raw", "code", "status", "item", "response", "request", "req",
                         "res", "data", "originalRequest", "key", "value", "variable", "stream", "correlation", "type", "path"]), inner
    ),
    max_leaves=10,
)  # fmt: skip


@settings(max_examples=40)
@given(ANYTHING, st.sampled_from(["item", "newman", "line", "lines", "pair"]))
def test_whatever_stands_in_a_form_it_is_read_or_refused_in_words(inside: Any, form: str) -> None:
    """No form of any tool, however strange its contents, is more than a usage error."""
    url = "https://a.example/scim/Users"
    document: Any = {
        "item": {"info": {"schema": SCHEMA}, "item": [{"response": [inside, {"originalRequest": {"url": url, "body": inside}, "code": 200, "header": inside}]}]},
        "newman": {"run": {"executions": [inside, {"request": {"url": inside, "header": inside}, "response": {"code": 200, "stream": inside}}]}},
        "line": {"method": "GET", "url": url, "status": inside, "time": inside, "headers": inside, "response_body": inside},
        "lines": [inside, {"req": inside, "res": inside, "method": "GET", "path": "/scim/Users", "status": 200}],
        "pair": [{"correlation": "1", "type": "request", "uri": url, "body": inside}, {"correlation": "1", "type": "response", "status": inside}],
    }[form]  # fmt: skip
    with suppress(UsageError):
        judged(read_har(json.dumps(document), "some.json"))


@pytest.mark.parametrize("depth", [900, 100_000])
def test_what_is_nested_too_deep_is_refused_or_read(depth: int) -> None:
    """In an envelope of a log, in folders of a collection, in a body."""
    for text in (
        '{"data":' * depth + "1" + "}" * depth,
        '{"info": {}, "item": [' + '{"item": [' * depth + "]}" * depth + "]}",
        '{"method": "GET", "url": "https://a.example/scim/Users", "status": 200, "response_body": '
        + "[" * depth
        + "]" * depth
        + "}",
    ):
        with suppress(UsageError):
            judged(read_har(text, "deep.json"))
