"""Traffic that somebody recorded names people; what is kept of it names nobody, and is judged all the same."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from playing import BASE_URL, TOKEN, Play, play, short

from reference_server.app import application
from reference_server.faults import bent
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.model.profile import Profile
from scim_tests.model.scim import Json, get, strings
from scim_tests.record.masking.mask import Mask
from scim_tests.record.masking.ours import PLACEHOLDERS, OfRecorded, nobody
from scim_tests.traffic.har_reader import Entry, Recording
from scim_tests.traffic.judge import judged, recording_in

FOLDER = Path(__file__).parents[2] / "fixtures" / "recordings"
# What a stand-in might get wrong: letter case, addresses that tell people apart, values inside a PATCH, sentences.
# Each with a profile whose play shows it.
TELLING = {
    "": profiles.load("okta"),
    "filter-username-case-sensitive": short(),
    "create-email-collision-upserts-and-changes-id": profiles.load("okta"),
    "patch-changes-other-attributes": short(),
}


class OfNobody(OfRecorded):
    """As if no name were of our making."""

    def names(self, text: str) -> bool:
        return text in PLACEHOLDERS


def kept(recording: Recording) -> Recording:
    """As `record` keeps it, were nobody in it of our making."""
    mask = Mask(OfNobody(nobody))
    for each in recording.entries:
        mask.heard(each.heard)
    entries = [replace(each, heard=mask.heard(each.heard)) for each in recording.entries]
    return replace(recording, entries=entries)


def verdicts(recording: Recording) -> dict[str, str]:
    return {each.id: each.verdict for each in judged(recording).checks}


def told(recording: Recording) -> str:
    """Everything that was said in it, decoded."""
    heard = [each.heard for each in recording.entries]
    answers = [each.answer.text for each in heard if each.answer]
    return "\n".join(
        [part for each in heard for part in (*each.request.query.values(), each.request.text)] + answers
    )


def names(recording: Recording) -> Iterator[str]:
    """By which whoever was created or replaced is known."""
    for each in recording.entries:
        if each.heard.request.endpoint.startswith("/Users") and each.heard.request.method in {"POST", "PUT"}:
            person: Json = each.heard.request.json
            yield from (str(get(person, "userName")), *strings(get(person, "name")))
            yield from (str(get(email, "value")) for email in get(person, "emails") or [])


def named_in(text: str, people: Iterable[str]) -> list[str]:
    """Who stands in it as a whole word: a stand-in is random letters, and may hold any short name."""
    return [name for name in people if name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)]


def played(profile: Profile, fault_id: str = "") -> Recording:
    """A play against the server, with that fault."""
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
    around = bent([fault_id] if fault_id else [])
    with TemporaryDirectory() as folder:
        return recorded(play(httpx.ASGITransport(around(app)), Path(folder, "ledger.jsonl"), profile=profile))


def recorded(done: Play) -> Recording:
    entries = [
        Entry(each.heard, each.step, each.scene, each.elided, each.number)
        for each in done.conductor.transcript
    ]
    return Recording(BASE_URL, entries)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.har")), ids=lambda path: path.stem)
def test_a_recording_is_judged_as_it_was_and_names_nobody(path: Path) -> None:
    """Every verdict stays, and no name or address of anybody is left."""
    recording = recording_in(path)
    masked = kept(recording)
    assert verdicts(masked) == verdicts(recording)
    assert named_in(told(masked), names(recording)) == []


@pytest.mark.parametrize("fault_id", TELLING)
def test_a_play_is_judged_as_it_was_and_names_nobody(fault_id: str) -> None:
    """Also where a check turns on letter case, on who is who, or on a value inside a PATCH."""
    recording = played(TELLING[fault_id], fault_id)
    masked, said = kept(recording), verdicts(recording)
    assert verdicts(masked) == said
    assert ("fail" in said.values()) is bool(fault_id)
    found = {name for name in names(recording) if len(name) > len("O")}
    assert len(found) > 15
    assert named_in(told(masked), found) == []


@cache
def shortly_played() -> Recording:
    return played(short())


BENDS = {
    "no number": lambda body: body.replace(b'"active":true', b'"active":NaN'),
    "torn": lambda body: body[:-7],
    "markup": lambda body: b"<list>" + body + b"</list>",
    "a name twice": lambda body: body.replace(b'"userName":', b'"userName":"x","userName":'),
    "another encoding": lambda body: body.decode().encode("utf-16"),
    "who made it": lambda body: body.replace(b'"meta":{', b'"meta":{"createdBy":"Thurzo","at":4917055511.5,'),
    "by an address": lambda body: body.replace(b'"id":"', b'"id":"thurzo@'),
    "a list that says more": lambda body: body.replace(b'"Resources":', b'"requestedBy":"Thurzo","Resources":'),
    "another language": lambda body: body.replace(b'"locale":"en-US"', b'"locale":"Thurzo Wystrach"'),
}  # fmt: skip


@pytest.mark.parametrize("bend", BENDS)
def test_what_is_in_a_rare_place_or_no_json_is_judged_as_it_was(bend: str) -> None:
    """Nothing that a check reads is lost, and what it could not read it still cannot."""
    recording = shortly_played()
    entries = []
    for each in recording.entries:
        answer = each.heard.answer
        if answer and answer.is_success and each.heard.request.endpoint.startswith("/Users"):
            other = replace(answer, body=BENDS[bend](answer.body) if answer.body else b"")
            each = replace(each, heard=replace(each.heard, answer=other))  # noqa: PLW2901 -- as it is bent
        entries.append(each)
    bent = replace(recording, entries=entries)
    assert [each.heard.answer for each in entries] != [each.heard.answer for each in recording.entries]
    masked = kept(bent)
    assert verdicts(masked) == verdicts(bent)
    assert named_in(told(masked).lower(), ["thurzo", "wystrach"]) == []
