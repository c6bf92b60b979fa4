"""Recorded traffic, judged offline: healthy conversations are green, each broken one is red in the right place."""

import base64
import json
import runpy
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorders import RECORDERS

from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.judge import judged

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fixtures" / "recordings"
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "recordings.py"))
BROKEN = {
    "oin-filter-ignored": "every_lookup.finds-no-stranger",
    "oin-create-empty": "push_user.create-returns-the-user",
    "oin-inactive-hidden": "reactivate_user.finds-the-inactive-user",
    "oin-patch-not-implemented": "push_group.members-are-replaced",
    "oin-unauthorized": "test_credentials.probe-answers-200",
    "custom-deactivation-bad-gateway": "every_answer.is-no-server-error",
    "custom-start-index-is-text": "every_list.has-start-index-as-an-integer",
}


def verdicts(record: RunRecord) -> dict[str, str]:
    return {check.id: check.verdict for check in record.checks}


def judge(name: str) -> RunRecord:
    path = FOLDER / f"{name}.har"
    return judged(read_har(path.read_text(encoding="utf-8"), path.name))


@pytest.mark.parametrize("name", sorted(SCRIPT["RECORDINGS"]))
def test_the_recordings_are_what_the_script_writes(name: str) -> None:
    """Nobody has edited a recording by hand."""
    assert (FOLDER / f"{name}.har").read_text(encoding="utf-8") == SCRIPT["written"](name)


@pytest.mark.parametrize(("name", "dialect"), [("oin-healthy", "oin"), ("custom-healthy", "custom")])
def test_a_healthy_conversation_is_green(name: str, dialect: str) -> None:
    """Nothing is red or blocked, much is judged, and the dialect is recognised."""
    record = judge(name)
    assert record.outcome.exit_code == 0, record.outcome.sentence
    assert set(verdicts(record).values()) <= {"pass", "not asked"}
    assert record.counts.judged > 80
    assert record.profile.dialect == dialect


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_conversation_is_red_in_the_right_place(name: str) -> None:
    """The check that stands for what is broken fails."""
    record = judge(name)
    assert verdicts(record)[BROKEN[name]] == "fail"
    assert record.outcome.exit_code == 1


def test_the_jobs_of_two_people_are_told_apart() -> None:
    """Assignments that were recorded one inside the other are two scenes, each with its lookup and create."""
    scenes = {scene.name: scene for scene in judge("oin-healthy").scenes}
    assert len(scenes["push_user:alice@example.com"].exchanges) == 2
    assert len(scenes["push_user:bob@example.com"].exchanges) == 2


def test_what_was_not_recorded_is_not_seen() -> None:
    """A check whose step is not in the recording says so, and nothing is blocked for it."""
    checks = {check.id: check for check in judge("oin-healthy").checks}
    assert checks["sync_password.is-taken"].verdict == "not asked"
    assert checks["sync_password.is-taken"].why.startswith("not seen")


def test_no_secret_of_a_recording_is_kept() -> None:
    """Token, cookie and password are nowhere in what is kept, and the body that held them is."""
    kept = json.dumps(judge("custom-healthy").to_json())
    assert [secret for secret in (SCRIPT["SECRET"], "session=abc", "x7Kp2LqZ") if secret in kept] == []
    assert "$SCIM_TESTS_PASSWORD" in kept


def with_knocks(*authorizations: str | None, status: int = 401) -> str:
    """The healthy conversation, after probes that brought these credentials and were refused."""
    har = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))
    refusal = {
        "headers": [{"name": "WWW-Authenticate", "value": 'Bearer error="invalid_token"'}],
        "status": status,
    }
    refusal["content"] = {"text": json.dumps(SCRIPT["error"](status, "No."))}
    for value in authorizations:
        knock = json.loads(json.dumps(har["log"]["entries"][0])) | {"response": refusal}
        knock["request"]["headers"] = [{"name": "Authorization", "value": value}] if value else []
        har["log"]["entries"].insert(0, knock)
    return json.dumps(har)


@pytest.mark.parametrize("value", ["Bearer mistyped", SCRIPT["SECRET"], "apikey x", None])
def test_a_server_that_refuses_a_wrong_token_or_none_is_not_at_fault(value: str | None) -> None:
    """Where another credential opens the door, its refusal is judged as a refusal: also the right token in the wrong form."""
    record = judged(read_har(with_knocks(value), "knock.har"))
    assert record.outcome.exit_code == 0, record.outcome.sentence
    assert verdicts(record)["test_credentials.strangers-are-refused"] == "pass"
    assert verdicts(record)["test_credentials.probe-answers-200"] == "pass"


def test_a_refused_token_is_as_secret_as_any_other() -> None:
    """It stands as one that was refused; the right one keeps its own stand-in."""
    kept = json.dumps(judged(read_har(with_knocks("Bearer mistyped-0815"), "knock.har")).to_json())
    assert "mistyped" not in kept
    assert "Bearer $REFUSED_TOKEN" in kept
    assert "Bearer $SCIM_TESTS_TOKEN" in kept


def test_credentials_in_headers_of_ones_own_and_passwords_in_patches_are_hidden() -> None:
    """A header is known by the end of its name, and a PATCH by its path."""
    har = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))
    first = har["log"]["entries"][0]
    first["request"]["headers"].append({"name": "X-Ziflow-ApiKey", "value": "key-of-the-house"})
    patch = next(each for each in har["log"]["entries"] if each["request"]["method"] == "PATCH")
    operation = {"op": "replace", "path": "password", "value": "hunter2hunter2"}
    patch["request"]["postData"]["text"] = json.dumps({"Operations": [operation]})
    kept = json.dumps(judged(read_har(json.dumps(har), "own.har")).to_json())
    assert [secret for secret in ("key-of-the-house", "hunter2") if secret in kept] == []


def test_bodies_that_were_not_kept_are_missing_and_not_empty() -> None:
    """An answer whose body a browser did not keep is judged by its status alone, and the first lines say so."""
    har = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))
    for entry in har["log"]["entries"][1:]:
        entry["response"]["content"] = {"size": 400, "mimeType": "application/scim+json"}
    recording = read_har(json.dumps(har), "lossy.har")
    assert len(recording.entries) == 14
    assert recording.lacks.notices == (
        "The recording lacks the bodies of 11 of 12 answers: what stood there is judged neither way.",
    )
    record = judged(recording)
    assert [check.id for check in record.checks if check.verdict in {"fail", "broken"}] == []
    assert (record.outcome.exit_code, record.outcome.verdict) == (5, "empty")


@pytest.mark.parametrize("name", ["oin-healthy", "custom-start-index-is-text"])
@pytest.mark.parametrize("recorder", RECORDERS)
def test_whoever_recorded_it_the_verdicts_are_the_same(recorder: str, name: str) -> None:
    """Each tool's way of writing tells the same conversation, and hides the same secrets."""
    entries = json.loads((FOLDER / f"{name}.har").read_text(encoding="utf-8"))["log"]["entries"]
    told = RECORDERS[recorder](entries)
    record = judged(read_har(told, f"{recorder}.har"))
    assert len(record.exchanges) == len(entries)
    assert verdicts(record) == verdicts(judge(name))
    kept = json.dumps(record.to_json())
    assert [secret for secret in (SCRIPT["SECRET"], "session=abc", "x7Kp2LqZ") if secret in kept] == []


def test_what_charles_got_no_whole_answer_to_is_left_out() -> None:
    """Its own error page is no answer of the server's."""
    entries = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))["log"]["entries"]
    notes = read_har(RECORDERS["charles"](entries), "charles.har").notes
    assert notes == ["1 recorded exchanges were left out: the recorder got no whole answer"]


def test_what_ngrok_kept_the_beginning_of_is_not_read_as_a_body() -> None:
    """A body that breaks off is no shorter body."""
    entries = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))["log"]["entries"]
    captured = json.loads(RECORDERS["ngrok"](entries))
    for each in captured["requests"]:
        raw = base64.b64decode(each["response"]["raw"])
        each["response"]["raw"] = base64.b64encode(raw[: raw.index(b"\r\n\r\n") + 24]).decode()
    recording = read_har(json.dumps(captured), "requests.json")
    assert [each.heard.request.method for each in recording.entries if each.heard.answer.body] == []
    assert "lacks the bodies" in recording.lacks.notices[0]


def test_a_recording_of_mitmproxy_is_green() -> None:
    """Its mitmdump wrote it between a client that says what Okta says and the reference server."""
    record = judge("by-mitmproxy")
    assert record.outcome.exit_code == 0, record.outcome.sentence
    assert record.counts.judged > 80


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"log": {"entries": []}}', '{"log": {"entries": [{}]}}'])
def test_what_is_no_har_is_refused_in_a_sentence(text: str) -> None:
    """The error names the file and what to export."""
    with pytest.raises(UsageError, match=r"some\.har"):
        read_har(text, "some.har")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["method", "headers", "postData", "text", "status", "content", "name", "value", "size"]), inner
    ),
    max_leaves=8,
)  # fmt: skip


@given(request=ANYTHING, response=ANYTHING, time=ANYTHING)
def test_no_entry_however_strange_is_more_than_a_usage_error(
    request: object, response: object, time: object
) -> None:
    """Whatever stands in an entry, the recording is read or refused in words."""
    entry = {"request": request, "response": response, "time": time, "startedDateTime": time}
    if isinstance(request, dict):
        request["url"] = "https://a.example/scim/Users?count=2"
    with suppress(UsageError):
        judged(read_har(json.dumps({"log": {"entries": [entry]}}), "some.har"))
