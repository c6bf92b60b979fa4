"""A journal that breaks off is read as far as it goes, and says that the run did not end."""

import errno
import json
from pathlib import Path

import pytest

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.run_state import RunState, SceneRun, State
from scim_tests.errors import UsageError, WriteError
from scim_tests.knowledge.consequences import GROUP_NOT_FOUND
from scim_tests.model.check import Finding
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import USER
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import scenes
from scim_tests.record.masking.mask import of_recorded
from scim_tests.session.journal import Beginning, Journal, read
from scim_tests.session.report_folder import JOURNAL
from scim_tests.wire import private_file
from tests.unit.report.sample import sample


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    told = sample()
    return Journal(
        tmp_path, Beginning(told.run, told.target, profiles.text("okta"), [], "cosmetic", []), None
    )


def test_a_run_that_did_not_end_was_interrupted(journal: Journal, tmp_path: Path) -> None:
    """Until the journal says how it ended."""
    assert read(tmp_path).run_state.interrupted
    journal.ended(Judge([]), RunState(), 1.5)
    told = read(tmp_path)
    assert (told.run_state.interrupted, told.seconds) == (False, 1.5)


def test_a_scene_that_was_not_told_to_be_over_was_cut_short(journal: Journal, tmp_path: Path) -> None:
    """At its last step; one that sent nothing never began."""
    first, second = (SceneRun(each) for each in scenes(profiles.load("okta"), "abcd1234", 1)[:2])
    journal.began([first, second])
    heard = Heard(Request("GET", "/Users"), Answer(200, (), b"{}"))
    journal.kept(Exchange("test_credentials.probe", first.scene.name, heard))
    said = [(each.state, each.why) for each in read(tmp_path).run_state.scene_runs]
    assert said == [
        (State.CUT_SHORT, "test_credentials.probe: interrupted"),
        (State.BLOCKED, "the run ended before it"),
    ]


@pytest.mark.parametrize(
    ("held", "why"),
    [
        ("", "it ends within its first line"),
        ('{"event": "be', "it ends within its first line"),
        ("words\n", "line 1 of journal.jsonl is damaged"),
        (None, "line 3 of journal.jsonl is damaged"),
    ],
)
def test_a_journal_that_is_damaged_says_where(
    journal: Journal, tmp_path: Path, held: str | None, why: str
) -> None:
    """In a sentence, as a person would."""
    journal.began([])
    file = tmp_path / JOURNAL
    file.write_text(file.read_text() + '{"event": "ov\0er"}\n' if held is None else held)
    with pytest.raises(UsageError, match=rf"is not the whole journal of a run: {why}\.$") as said:
        read(tmp_path)
    assert said.value.message.startswith(str(file))


@pytest.mark.parametrize("torn", ['{"event": "end', '{"event": "scenes", "scenes": [7]}'])
def test_a_line_that_a_kill_tore_off_is_passed_over(journal: Journal, tmp_path: Path, torn: str) -> None:
    """Whatever it holds: a line is whole with its line end alone."""
    journal.began([])
    with (tmp_path / JOURNAL).open("a") as file:
        file.write(torn)
    assert read(tmp_path).run_state.scene_runs == []


def test_what_cannot_be_written_is_said_once(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clean-up can be played all the same, of which nothing is written."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(private_file, "put", full)
    with pytest.raises(WriteError, match="No space left"):
        journal.began([])
    journal.began([])
    journal.ended(Judge([]), RunState(), 1.5)


def test_a_finding_is_read_again_though_somebody_is_called_as_its_scene(tmp_path: Path) -> None:
    """A stranger whose family name is Team takes no exchange away from what was found in `push_group:team`; findings and what quotes the target hide the name, and what follows is kept."""
    told = sample()
    stranger = {"schemas": [USER], "id": "1", "userName": "leaver", "name": {"familyName": "Team"}}
    heard = Heard(Request("GET", "/Users/1"), Answer(200, (), json.dumps(stranger).encode()))
    check = next(each for each in catalogue() if each.id == "every_answer.is-json")
    beginning = Beginning(told.run, told.target, profiles.text("okta"), [check.id], "cosmetic", [])
    journal = Journal(tmp_path, beginning, of_recorded())
    scene = next(each for each in scenes(profiles.load("okta"), "abcd1234", 1) if each.name.endswith(":team"))
    exchange = Exchange("push_group.lookup", scene.name, heard)
    finding = Finding("nobody", "Team", at=(exchange,), consequence=GROUP_NOT_FOUND)
    journal.began([SceneRun(scene)])
    journal.judged(exchange, {check.id: Judgement(Verdict.FAIL, (exchange,), finding)})
    journal.kept(exchange)
    [judgement] = read(tmp_path).judge.judgements[check.id]
    assert [each.scene for each in judgement.at] == [scene.name]
    assert judgement.finding
    assert "Team" not in judgement.finding.got
    assert judgement.finding.consequence == GROUP_NOT_FOUND
    assert "Team" not in journal.masked("Found by somebody called Team.")
