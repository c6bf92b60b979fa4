"""Recordings that lack something: the real finding stays, nothing is made up of what is missing, and it is said first.

One play of ours against a server with one fault, as tools recorded it (scripts/tool_recordings.py), whole, without
credentials, with placeholders in their place, without bodies, without headers.
"""

import json
import random
import re
import runpy
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from recorders import RECORDERS

from scim_tests.model.record import RunRecord
from scim_tests.report.junit import junit
from scim_tests.report.summary import markdown
from scim_tests.session.finish import finish
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.judge import as_kept, judge_file, judged, recording_in
from scim_tests.traffic.replay import mapping

FOLDER = Path(__file__).parent.parent / "fixtures" / "recordings"
SCRIPT = runpy.run_path(str(Path(__file__).parent.parent / "scripts" / "tool_recordings.py"))
TOKEN, PASSWORD = SCRIPT["TOKEN"], SCRIPT["PASSWORD"]
THE_FAULT = {"push_user.create-answers-201"}
MADE = ("curl.txt", "mitmproxy.har", "chromium.har", "newman.json")
FORMS = (*MADE, *RECORDERS)
Json = dict[str, Any]


@cache
def text_of(form: str) -> str:
    """The play as that tool wrote it, or as it is known to write."""
    if form in MADE:
        return (FOLDER / "tools" / form).read_text(encoding="utf-8")
    return RECORDERS[form](SCRIPT["conversation"]())


def failing(record: RunRecord) -> set[str]:
    return {check.id for check in record.checks if check.verdict in {"fail", "broken"}}


def judge(text: str) -> RunRecord:
    return judged(read_har(text, "some.file"))


def without_headers_named(text: str, *names: str) -> str:
    """The same file, in which no header has one of these names, whatever the file's form."""
    named = "|".join(names)
    if text.startswith("$ curl"):
        text = re.sub(rf"(?im)^> ?(?:{named}):.*\n", "", text)
        return re.sub(rf"(?i) -H '(?:{named}): [^']*'", "", text)
    return _walked(text, lambda value: _unnamed(value, {each.lower() for each in names}))


def _walked(text: str, change: Callable[[Any], Any]) -> str:
    try:
        return json.dumps(change(json.loads(text)))
    except ValueError:
        pass
    lines = []
    for line in text.splitlines():
        start = line.find("{")
        try:
            lines.append(line[:start] + json.dumps(change(json.loads(line[start:]))) if start >= 0 else line)
        except ValueError:
            lines.append(line)
    return "\n".join(lines)


def _unnamed(value: Any, names: set[str]) -> Any:
    if isinstance(value, list):
        pairs = [each for each in value if not (isinstance(each, dict) and _name(each) in names)]
        return [_unnamed(each, names) for each in pairs]
    if isinstance(value, dict):
        return {key: _unnamed(each, names) for key, each in value.items() if key.lower() not in names}
    if isinstance(value, str) and re.match(r"[A-Za-z-]+: ", value):  # a collection v2.0 has headers as text
        return "\n".join(line for line in value.splitlines() if line.partition(":")[0].lower() not in names)
    return value


def _name(pair: Json) -> str:
    return str(pair.get("name", pair.get("key"))).lower()


@pytest.mark.parametrize("form", FORMS)
def test_whoever_recorded_the_play_its_fault_is_found_and_nothing_else(form: str) -> None:
    """The same checks fail as in the run itself; the made-up token and password are nowhere in what is kept."""
    own = judged(recording_in(FOLDER / "tools" / "play.har"))
    record = judge(text_of(form))
    assert failing(record) == failing(own) == THE_FAULT
    assert [notice for notice in record.notices if "were left out" not in notice] == []
    assert len(record.exchanges) == len(own.exchanges)
    kept = json.dumps(record.to_json())
    assert [secret for secret in (TOKEN, PASSWORD) if secret in kept] == []


@pytest.mark.parametrize("form", [form for form in FORMS if form != "ngrok"])
def test_without_credentials_the_fault_is_found_and_nobody_is_a_stranger(form: str) -> None:
    """It is said first; whether somebody is let in is judged neither way."""
    record = judge(without_headers_named(text_of(form), "authorization"))
    assert failing(record) == THE_FAULT
    assert [notice for notice in record.notices if "No request in the recording has a credential" in notice]
    judged_of_credentials = {
        check.id
        for check in record.checks
        if check.verdict != "not asked" and check.id.startswith("test_credentials.")
    }
    assert judged_of_credentials <= {
        "test_credentials.probe-answers-with-a-list", "test_credentials.probe-keeps-to-two-people",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("form", "placeholder"),
    [
        ("curl.txt", "***"), ("chromium.har", "[REDACTED]"), ("mitmproxy.har", "<token>"), ("newman.json", "eyJ…"),
        ("postman", "{{token}}"), ("pino", "xxxxxxxx"), ("logbook", "XXX"),
    ],
)  # fmt: skip
def test_with_placeholders_for_credentials_the_fault_is_found_and_no_probe_is_judged(
    form: str, placeholder: str
) -> None:
    """One placeholder stands for the right token and for wrong ones: a refusal is nobody's fault."""
    record = judge(re.sub(rf"{TOKEN}\.?", placeholder, text_of(form)))
    assert failing(record) == THE_FAULT
    assert [notice for notice in record.notices if "in the place of every credential" in notice]


def test_a_placeholder_is_no_secret_that_is_looked_for() -> None:
    """Where an answer shows the same placeholder, nobody says that a token or a password was returned."""
    text = text_of("chromium.har").replace(TOKEN, "[REDACTED]").replace(PASSWORD, "[REDACTED]")
    text = text.replace("the token is not valid", "the token [REDACTED] is not valid")
    assert failing(judge(text)) == THE_FAULT


def without_bodies(entries: list[Json], *, answers: float = 0, requests: float = 0, seed: int = 1) -> str:
    """A HAR of them in which so many bodies were not kept."""
    chosen = random.Random(seed)  # noqa: S311 -- no secret
    told = json.loads(json.dumps(entries))
    for entry in told:
        if chosen.random() < answers:
            entry["response"]["content"].pop("text")
            entry["response"] |= {"bodySize": -1}
            entry["response"]["content"]["size"] = -1
        if chosen.random() < requests:
            entry["request"].pop("postData", None)
            entry["request"]["bodySize"] = -1
    return json.dumps({"log": {"entries": told}})


@pytest.mark.parametrize(("answers", "requests"), [(1, 0), (0, 1), (1, 1)])
def test_without_bodies_the_status_is_judged_all_the_same(answers: float, requests: float) -> None:
    """A create that answers 200 is found as long as it is seen to be one; what stood in a body is judged neither way."""
    record = judge(without_bodies(SCRIPT["conversation"](), answers=answers, requests=requests))
    assert failing(record) == (set() if requests else THE_FAULT)
    assert [notice for notice in record.notices if notice.startswith("The recording lacks the bodies of")]


def test_a_recording_that_is_mostly_unjudged_never_passes() -> None:
    """It ends as nothing judged, and the sentence says how many exchanges are missing."""
    honest = json.loads((FOLDER / "by-mitmproxy.har").read_text(encoding="utf-8"))["log"]["entries"]
    record = judge(without_bodies(honest, answers=1))
    assert (record.outcome.exit_code, record.outcome.verdict) == (5, "empty")
    assert re.search(
        r"Too little was recorded to call it passed: \d+ of \d+ exchanges", record.outcome.sentence
    )
    assert judge(without_bodies(honest, answers=0.2)).outcome.exit_code == 0


def test_a_recording_of_which_no_write_is_known_never_passes() -> None:
    """As `curl -v` without its command lines: the reads were judged, and of the writes nothing but the status."""
    whole = json.loads((FOLDER / "by-mitmproxy.har").read_text(encoding="utf-8"))["log"]["entries"]
    writes = [each for each in whole if each["request"]["method"] in {"POST", "PUT", "PATCH"}]
    few = [each for each in whole if each not in writes[3:]]
    unknown = {
        id(each): each | {"request": each["request"] | {"postData": None, "bodySize": -1}}
        for each in writes[:3]
    }
    record = judge(_har([unknown.get(id(each), each) for each in few]))
    assert (record.outcome.exit_code, record.outcome.verdict) == (5, "empty")
    assert "call it passed: of no write (3) is the body there" in record.outcome.sentence
    unknown.pop(id(writes[0]))
    assert judge(_har([unknown.get(id(each), each) for each in few])).outcome.exit_code == 0


def _har(entries: list[Json]) -> str:
    return json.dumps({"log": {"entries": entries}})


HONEST = ("by-mitmproxy.har", "oin-healthy.har", "custom-healthy.har")


@pytest.mark.parametrize("name", HONEST)
@pytest.mark.parametrize("seed", range(2))
def test_an_honest_conversation_fails_nothing_whatever_was_taken_out(name: str, seed: int) -> None:
    """Bodies here and there, credentials, headers: none of it is held against the server."""
    entries = json.loads((FOLDER / name).read_text(encoding="utf-8"))["log"]["entries"]
    text = without_bodies(entries, answers=0.4, requests=0.3, seed=seed)
    for each in (text, without_headers_named(text, "authorization", "cookie"), without_all_headers(text)):
        assert failing(judge(each)) == set()


def without_all_headers(text: str) -> str:
    har = json.loads(text)
    for entry in har["log"]["entries"]:
        entry["request"]["headers"] = entry["response"]["headers"] = []
    return json.dumps(har)


def test_without_headers_the_fault_is_found_and_no_header_is_missed() -> None:
    """A recorder that keeps none says nothing of Content-Type, Location or ETag."""
    record = judge(without_all_headers(text_of("chromium.har")))
    assert failing(record) == THE_FAULT
    assert len([notice for notice in record.notices if "lacks the headers" in notice]) == 2


def test_a_body_with_a_value_that_was_blacked_out_is_not_judged_as_if_it_said_so() -> None:
    """Two people whose names were both replaced by one word are not one person."""
    text = re.sub(r"scim-tests\.[\w.-]+@example\.com", "[REDACTED]", text_of("har_lines"))
    record = judge(text)
    assert failing(record) <= THE_FAULT
    assert record.notices


def test_what_is_missing_stands_in_the_first_lines_of_every_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """summary.md, junit.xml, report.html, run.json; and the recording that is written is judged the same again."""
    path = tmp_path / "some.har"
    path.write_text(
        without_headers_named(without_bodies(SCRIPT["conversation"](), answers=0.3), "authorization")
    )
    record, folder = judge_file(path, None, str(tmp_path / "out"), strict=False, keep_personal_data=False)
    assert len(record.notices) == 2
    head = "\n".join(markdown(record).splitlines()[:14])
    html = (folder / "report.html").read_text(encoding="utf-8")
    for notice in record.notices:
        assert notice.replace("_", "\\_") in head
        assert notice in junit(record).partition("<testcase")[0]
        assert html.index(notice) < html.index(record.outcome.sentence) + 3000
    again = judged(recording_in(folder / "exchanges.har"))
    assert failing(again) == failing(record)
    assert capsys.readouterr().out == ""


def test_where_all_have_one_time_nothing_was_written_at_once() -> None:
    """Insomnia gives every entry the time of the export."""
    record = judge(text_of("insomnia"))
    assert not {scene.act for scene in record.scenes} & {"overlap_users", "overlap_groups"}


def test_a_replay_of_a_recording_without_bodies_invents_none() -> None:
    """Names are taken from what was recorded alone."""
    recording = read_har(without_bodies(SCRIPT["conversation"](), requests=1), "some.har")
    assert mapping(recording, "run").names == {}


def test_a_record_of_what_lacks_parts_is_kept_and_written(tmp_path: Path) -> None:
    """Also with people's own names kept."""
    record = as_kept(judge(without_bodies(SCRIPT["conversation"](), answers=1, requests=1)), None)
    assert finish(record, tmp_path).exchanges[0].response.unrecorded == ["body"]
