"""The file of a recorder: masked lines that `judge` reads, put away when it is full."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from searching import found_in

from scim_tests.errors import PlaceError
from scim_tests.model.exchange import REFUSED_TOKEN, TOKEN
from scim_tests.model.scim import USER
from scim_tests.recorder.seen import LONGEST, LOST, Body, Seen
from scim_tests.recorder.tape import LineTape, Passed, passed
from scim_tests.recorder.writer import File
from scim_tests.traffic.har_reader import Recording
from scim_tests.traffic.judge import judged, recording_in
from scim_tests.wire import private_file

KEY, OTHER_KEY = b"a" * 64, b"b" * 64
SECRET = "tk-7hXq2mVb9LrPz4Nc"
ANN = {"schemas": [USER], "id": "1", "userName": "ann.thurzo@corp.example", "name": {"familyName": "Thurzo"}}


def told(method: str, path: str, sent: Any = None, shown: Any = None, **more: Any) -> dict[str, Any]:
    """What a frame tells."""
    given = {
        "method": method,
        "url": f"https://scim.example/v2{path}",
        "headers": [["Authorization", f"Bearer {more.pop('token', SECRET)}"]],
        "started": 1_790_000_000.0,
        "seconds": 0.01,
        "status": 200,
        "answer_headers": [["Content-Type", "application/scim+json"]],
        "failure": "",
        "missing": [0, 0],
        "dropped": 0,
        "asked": json.dumps(sent).encode() if sent else b"",
        "answered": json.dumps(shown).encode() if shown else b"",
    }
    return given | more


def exchange(method: str, path: str, sent: Any = None, shown: Any = None, **more: Any) -> Passed:
    heard = passed(told(method, path, sent, shown, **more))
    assert heard
    return heard


def tape(path: Path, key: bytes = KEY, max_bytes: int = 1_000_000, backup_count: int = 2) -> LineTape:
    return LineTape(path, key, max_bytes, backup_count, keep_personal_data=False)


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def user_names(path: Path) -> set[str]:
    return {json.loads(each["response"]["content"]["text"])["userName"] for each in lines(path)}


def test_each_line_is_an_entry_and_names_nobody(tmp_path: Path) -> None:
    """It is HAR, for its owner alone, without the token and without the person, in any code."""
    path = tmp_path / "scim.jsonl"
    tape(path).add(exchange("PUT", "/Users/1", ANN, ANN))
    [entry] = lines(path)
    assert entry["request"]["url"] == "https://scim.example/v2/Users/1"
    assert entry["response"]["status"] == 200
    assert found_in(path.read_bytes(), [SECRET, "Thurzo", "ann.thurzo"]) == []
    assert path.stat().st_mode & 0o777 == 0o600


def test_people_are_kept_where_they_may_be_and_secrets_never(tmp_path: Path) -> None:
    """With `keep_personal_data` the names stay."""
    path = tmp_path / "scim.jsonl"
    LineTape(path, KEY, 1_000_000, 1, keep_personal_data=True).add(exchange("PUT", "/Users/1", ANN, ANN))
    assert user_names(path) == {ANN["userName"]}
    assert found_in(path.read_bytes(), [SECRET]) == []


def test_a_person_has_one_name_after_a_restart_and_in_the_next_file(tmp_path: Path) -> None:
    """The key says which, and another key says another."""
    path = tmp_path / "scim.jsonl"
    for _ in range(2):  # as two processes, one after the other
        tape(path).add(exchange("GET", "/Users/1", shown=ANN))
    tape(path, max_bytes=1).add(exchange("GET", "/Users/1", shown=ANN))
    assert len(lines(tmp_path / "scim.jsonl.1")) == 2
    assert len(user_names(path) | user_names(tmp_path / "scim.jsonl.1")) == 1
    tape(path, OTHER_KEY).add(exchange("GET", "/Users/1", shown=ANN))
    assert len(user_names(path)) == 2


def test_a_full_file_is_put_away_and_the_oldest_goes(tmp_path: Path) -> None:
    """What is in memory begins anew with each file, so that it stays flat."""
    path = tmp_path / "scim.jsonl"
    it = tape(path, max_bytes=20_000)
    kept = []
    for number in range(100):
        it.add(exchange("GET", f"/Users/{number}", shown=ANN | {"id": str(number)}))
        kept.append(len(it._seen))
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "scim.jsonl",
        "scim.jsonl.1",
        "scim.jsonl.2",
    ]
    assert max(kept) < 30
    newest, older = (lines(tmp_path / f"scim.jsonl.{each}") for each in (1, 2))
    assert int(older[-1]["request"]["url"].rpartition("/")[2]) + 1 == int(
        newest[0]["request"]["url"].rpartition("/")[2]
    )


def test_who_was_named_before_they_were_known_is_masked_when_the_file_is_put_away(tmp_path: Path) -> None:
    """An error names somebody, whom only a later answer shows."""
    path = tmp_path / "scim.jsonl"
    it = tape(path)
    it.add(exchange("GET", "/Users/2", shown={"detail": "Owner is Thurzo Wystrach"}, status=404))
    shown = ANN | {"displayName": "Thurzo Wystrach", "id": "7"}
    it.add(exchange("GET", "/Users/7", shown=shown))
    it.close()
    assert found_in(path.read_bytes(), ["Thurzo", "Wystrach"]) == []


def test_a_secret_that_stands_there_already_goes_at_once(tmp_path: Path) -> None:
    """Also what was written before this process began stays."""
    path = tmp_path / "scim.jsonl"
    tape(path).add(exchange("GET", "/Users/1", shown=ANN))
    it = tape(path)
    it.add(exchange("GET", "/Users/1", shown=ANN | {"title": "k9XvQ2mTb7LrPz4N"}))
    it.add(exchange("PUT", "/Users/1", ANN | {"password": "k9XvQ2mTb7LrPz4N"}, ANN))
    assert found_in(path.read_bytes(), ["k9XvQ2mTb7LrPz4N"]) == []
    assert len(lines(path)) == 3


@pytest.mark.parametrize("other", ["symlink", "link"])
def test_a_link_in_its_place_is_left_alone(tmp_path: Path, other: str) -> None:
    """Nothing is written through it."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    getattr(os, other)(victim, tmp_path / "scim.jsonl")
    with pytest.raises(PlaceError):
        tape(tmp_path / "scim.jsonl")
    assert victim.read_text() == "mine"


def test_a_file_that_somebody_removed_begins_anew(tmp_path: Path) -> None:
    """What was in it does not come back."""
    path = tmp_path / "scim.jsonl"
    it = tape(path)
    it.add(exchange("GET", "/Users/1", shown=ANN))
    path.unlink()
    it.close()
    assert not path.exists()
    it.add(exchange("GET", "/Groups"))
    it.close()
    assert [each["request"]["url"] for each in lines(path)] == ["https://scim.example/v2/Groups"]


def test_a_line_that_broke_off_costs_itself(tmp_path: Path) -> None:
    """After a power failure the next one begins on a line of its own, and `judge` says what it could not read."""
    path = tmp_path / "scim.jsonl"
    tape(path).add(exchange("GET", "/Users/1", shown=ANN))
    path.write_bytes(path.read_bytes() + b'{"request": {"url"')
    tape(path).add(exchange("GET", "/Users/1", shown=ANN))
    recording = recording_in(path)
    assert len(recording.entries) == 2
    assert any("breaks off" in note for note in recording.notes)


def test_which_token_is_right_the_reader_tells(tmp_path: Path) -> None:
    """It was mistyped first: nobody could know it when it was written, in whatever process."""
    path = tmp_path / "scim.jsonl"
    tape(path).add(exchange("GET", "/Users?startIndex=1&count=2", token="tk-mistyped-1234", status=401))
    tape(path).add(exchange("GET", "/Users?startIndex=1&count=2", shown={"totalResults": 0}))
    sent = [each.heard.request.header("Authorization") for each in recording_in(path).entries]
    assert sent == [f"Bearer {REFUSED_TOKEN}", f"Bearer {TOKEN}"]


def test_a_body_that_is_not_kept_is_judged_neither_way(tmp_path: Path) -> None:
    """It is no empty body; and how many exchanges were lost before one is said."""
    path = tmp_path / "scim.jsonl"
    it = tape(path)
    it.add(exchange("GET", "/Users/1", shown=ANN, dropped=12))
    it.add(exchange("GET", "/Users", missing=[0, 2_000_000]))
    it.add(exchange("PUT", "/Users/1", shown=ANN, missing=[2_000_000, 0]))
    recording = recording_in(path)
    assert len(recording.entries) == 3
    assert any(note.startswith("12 recorded exchanges were left out") for note in recording.notes)
    for what in ("requests", "answers"):
        assert any(
            "The recording lacks the bodies of 1 of" in each and what in each
            for each in recording.lacks.notices
        )


def test_an_app_that_raises_fails_with_that_reason(tmp_path: Path) -> None:
    """What its server answers then nobody saw."""
    path = tmp_path / "scim.jsonl"
    tape(path).add(exchange("GET", "/Users/1", status=0, failure="The app raised KeyError."))
    recording: Recording = recording_in(path)
    failed = [each for each in judged(recording).checks if each.verdict == "fail"]
    assert "The app raised KeyError." in failed[0].findings[0].got


def test_a_full_disk_costs_what_finds_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence says so, the file stays whole, and the next exchange is kept again."""
    (tmp_path / "scim.jsonl.private").mkdir(mode=0o700)
    file = File(tmp_path / "scim.jsonl", "1000000", "1", "mask")
    assert file.keep(told("GET", "/Users/1", shown=ANN)) == ""

    def full(_: int, __: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(private_file, "put", full)
        assert file.keep(told("GET", "/Users/1", shown=ANN)).endswith("No space left on device.")
    assert file.keep(told("GET", "/Users/1", shown=ANN)) == ""
    assert len(lines(tmp_path / "scim.jsonl")) == 2
    assert (tmp_path / "scim.jsonl.private" / "key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "more",
    [
        {"asked": b"[" * 100_000, "answered": b"\x00\xff" * 1000},
        {"answer_headers": [["content-encoding", "gzip"], ["x", "\xff\x00"]], "answered": b"no gzip"},
        {"method": "\x00", "status": 999},
        {"url": "https://scim.example/v2/Users/%zz%?a=\xff&b=\ud800"},
        {"started": -1.0e300},
        {"headers": [["", ""], ["Cookie", "a=b" * 5000]]},
    ],
)
def test_whatever_comes_the_next_one_is_kept(tmp_path: Path, more: dict[str, Any]) -> None:
    """It is kept, or said to be lost; and what is in the file can be read."""
    (tmp_path / "scim.jsonl.private").mkdir(mode=0o700)
    file = File(tmp_path / "scim.jsonl", "1000000", "1", "mask")
    assert file.keep(told("PUT", "/Users/1", ANN, ANN) | more) in {"", LOST}
    assert file.keep(told("GET", "/Users/1", shown=ANN)) == ""
    assert recording_in(tmp_path / "scim.jsonl").entries


@pytest.mark.parametrize(
    ("headers", "taken", "whole", "kept", "missing"),
    [
        ([], [], False, b"", 0),
        ([("Content-Length", "4")], [b"ab", b"cd"], False, b"abcd", 0),
        ([("content-length", "4")], [b"ab"], True, b"", 2),
        ([("Content-Length", "4")], [], False, b"", 1),
        ([("Content-Length", "4")], [], True, b"", 0),  # an answer to HEAD
        ([("Transfer-Encoding", "chunked")], [b"ab"], False, b"", 2),
        ([("Transfer-Encoding", "chunked")], [b"ab"], True, b"ab", 0),
        ([], [b"a" * LONGEST, b"b"], True, b"", LONGEST + 1),
    ],
)
def test_a_body_is_kept_whole_or_not_at_all(
    headers: list[tuple[str, str]], taken: list[bytes], whole: bool, kept: bytes, missing: int
) -> None:
    """By its headers and by whether its end was seen; one that is too long takes no memory."""
    body = Body()
    for piece in taken:
        body.take(piece)
    body.is_whole = whole
    body.end(headers)
    assert (body.kept, body.missing) == (kept, missing)
    assert sum(map(len, body.pieces)) <= LONGEST


def test_a_frame_is_what_the_writer_reads() -> None:
    """Bytes that are no text stay as they are."""
    seen = Seen("PUT", "https://scim.example/v2/Users/1", [("X", "\xff")], 1.0)
    seen.asked.take(b"\x00\xff")
    seen.asked.is_whole = True
    assert seen.frame().endswith(b"\x00\xff")
