"""What a recording proxy keeps: never a secret, also none it learnt later, and a whole HAR at every moment."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_tests.commands.record import LATELY, Live
from scim_tests.masking import of_recorded
from scim_tests.recording_proxy import Tape
from scim_tests.wire.har_reading import read_har

BASE = "https://scim.example.com/v2"
SECRET = "Xq7Lw9Za"


def raw(
    method: str, sent: Any = None, shown: Any = None, status: int = 200, key: str = "right-key"
) -> dict[str, Any]:
    """An exchange as the proxy hands it to the tape."""
    body = {"text": json.dumps(sent)} if sent else {}
    return {
        "startedDateTime": "2026-09-22T10:00:00.000+00:00", "time": 5, "comment": "",
        "request": {"method": method, "headers": [{"name": "Authorization", "value": f"Bearer {key}"}], "postData": body},
        "response": {"status": status, "headers": [], "content": {"text": json.dumps(shown or {})}},
    }  # fmt: skip


def entries(path: Path) -> list[Any]:
    told: list[Any] = json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]
    return told


def test_the_file_is_a_har_after_every_exchange(tmp_path: Path) -> None:
    """Also before the first; whoever reads it meanwhile finds everything so far, and nobody else may read it."""
    tape = Tape(BASE, tmp_path / "a.har", of_recorded())
    assert entries(tmp_path / "a.har") == []
    for number in range(1, 4):
        tape.add(raw("GET", shown={"id": "ë"}), "/Users/1")
        assert len(entries(tmp_path / "a.har")) == number
    assert (tmp_path / "a.har").stat().st_mode & 0o077 == 0
    tape.close()
    assert len(read_har((tmp_path / "a.har").read_text(encoding="utf-8"), "a.har").entries) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["a.har"]


def test_a_secret_that_is_learnt_later_leaves_what_was_written_before(tmp_path: Path) -> None:
    """An answer repeats a password in a place of its own, before and after the request that shows it to be one."""
    tape = Tape(BASE, tmp_path / "a.har", of_recorded())
    tape.add(raw("GET", shown={"id": "1", "nickName": SECRET}), "/Users/1")
    tape.add(raw("PUT", {"password": SECRET}, {"id": "1"}), "/Users/1")
    assert SECRET not in (tmp_path / "a.har").read_text(encoding="utf-8")
    tape.add(raw("GET", shown={"id": "1", "nickName": SECRET}), "/Users/1")
    text = (tmp_path / "a.har").read_text(encoding="utf-8")
    assert SECRET not in text
    assert len(entries(tmp_path / "a.har")) == 3


def test_a_token_that_turns_out_to_be_wrong_is_told_from_the_right_one(tmp_path: Path) -> None:
    """The admin mistypes it first: what was written of that changes once another opens the door."""
    tape = Tape(BASE, tmp_path / "a.har", of_recorded())
    probe = "/Users?startIndex=1&count=2"
    tape.add(raw("GET", status=401, key="wrong-key"), probe)
    assert "Bearer $SCIM_TESTS_TOKEN" in (tmp_path / "a.har").read_text(encoding="utf-8")
    tape.add(raw("GET"), probe)
    text = (tmp_path / "a.har").read_text(encoding="utf-8")
    assert text.index("Bearer $REFUSED_TOKEN") < text.index("Bearer $SCIM_TESTS_TOKEN")


def test_each_exchange_is_judged_with_a_bounded_number_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However long the recording: those lately about the same person, and with them what they show is told once."""
    from scim_tests import judging

    sizes: list[int] = []
    judged = judging.judged
    monkeypatch.setattr(
        judging,
        "judged",
        lambda recording, *rest: sizes.append(len(recording.entries)) or judged(recording, *rest),
    )
    tape, live = Tape(BASE, tmp_path / "a.har", of_recorded()), Live(BASE, None)
    for number in range(LATELY + 8):
        person = f"/Users/{number % 2}"
        live.saw(tape.add(raw("GET", shown={"id": "x"}, status=500), person))
    assert max(sizes) <= LATELY
    assert capsys.readouterr().out.count("every_answer.is-no-server-error") == 1
