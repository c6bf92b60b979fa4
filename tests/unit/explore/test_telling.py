"""What an exploration tells: its conversations as lines, in the journal and in every report."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from scim_tests import profiles
from scim_tests.checks import explore_catalogue
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.run_state import RunState, SceneRun
from scim_tests.errors import UsageError
from scim_tests.explore.kinds import Kind
from scim_tests.explore.searching import Discovery, Explored
from scim_tests.explore.telling import PLAIN, STAYS, conversations, not_again, not_shortened, what_was_done
from scim_tests.model.check import Finding
from scim_tests.model.conversation import read_line
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.verdict import Verdict
from scim_tests.personas.explore.explore import scene_of
from scim_tests.personas.okta.people import Casting
from scim_tests.report.record_index import RecordIndex, replay
from scim_tests.session.finish import recorded
from scim_tests.session.journal import Beginning, Journal, read
from scim_tests.session.report_folder import JOURNAL
from scim_tests.wire.ledger import Ledger
from tests.unit.report.sample import sample

LINE = 'create:0 read:0 set:0:title="Dr%20Who" read:0'
CHECK = explore_catalogue()[0].id


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Of an exploration that has just begun."""
    told, checks = sample(), [each.id for each in explore_catalogue()]
    return Journal(
        tmp_path, Beginning(told.run, told.target, profiles.text("okta"), checks, "cosmetic", []), None
    )


def test_what_was_found_before_a_kill_is_told_and_later_is_not(journal: Journal, tmp_path: Path) -> None:
    """Its line, the shorter one if it was shortened, stands in the record as long as the run has no end; then the scene tells it."""
    journal.found(0, CHECK, read_line(f"{LINE} list"))
    journal.found(0, CHECK, read_line(LINE))
    killed = recorded(read(tmp_path), Ledger(tmp_path / "ledger.jsonl"))
    (told,) = killed.notices
    assert CHECK in told
    assert f"--replay '{LINE}'" in told
    journal.ended(Judge([]), RunState(), 1.5)
    assert recorded(read(tmp_path), Ledger(tmp_path / "ledger.jsonl")).notices == []


def test_a_conversation_is_read_back_from_the_journal(journal: Journal, tmp_path: Path) -> None:
    """The scene holds the same moves, and the record its line; a line that is none makes a journal damaged."""
    scene = scene_of(Casting(profiles.load("okta"), "abcd1234", 1), "found-1", read_line(LINE))
    journal.began([SceneRun(scene)])
    told = read(tmp_path)
    assert [each.scene.conversation for each in told.run_state.scene_runs] == [read_line(LINE)]
    record = recorded(told, Ledger(tmp_path / "ledger.jsonl"))
    assert [(each.name, each.conversation) for each in record.scenes] == [("explore:found-1", LINE)]
    file = tmp_path / JOURNAL
    file.write_text(file.read_text().replace("read:0", "raed:0"))
    with pytest.raises(UsageError, match=r"line 2 of journal\.jsonl is damaged"):
        read(tmp_path)


def test_a_root_cause_has_its_shortest_conversation() -> None:
    """Of several in which it, or what it explains, was seen; none where nobody explored."""
    record = sample()
    index = RecordIndex(record)
    cause = record.root_causes[0]
    assert index.conversation(cause) is None
    assert index.replays == []
    check = index.checks[cause.check]
    findings = [replace(check.findings[0], scene=name) for name in ("explore:plain", "explore:found-1")]
    scenes = [
        replace(record.scenes[0], name=each.scene, conversation=LINE[:size], exchanges=[1] * size)
        for each, size in zip(findings, (15, 8), strict=True)
    ]
    checks = [replace(each, findings=findings) if each is check else each for each in record.checks]
    index = RecordIndex(replace(record, scenes=scenes, checks=checks))
    held = index.conversation(cause)
    assert held
    told = "8 requests: scim-tests explore --target-url {} --profile {} --replay create:0"
    assert replay(held, record) == told.format(record.target.base_url, record.profile.name)
    bundled = replace(record, target=replace(record.target, bundled=True))
    assert "explore --reference --fault … " in replay(held, bundled)
    assert index.replays == ["create:0"]


def failed_in(scene: str) -> Judgement:
    heard = Exchange("explore.read", scene, Heard(Request("GET", "/Users/1"), Answer(200, (), b"{}")))
    return Judgement(Verdict.FAIL, (heard,), Finding("one", "another"))


def test_what_the_last_conversation_alone_shows_is_told_as_not_shortened() -> None:
    """A search that found nothing says so, and counts no faults; what another scene shows too is not told."""
    said = " ".join(what_was_done(Explored(), 40, 7))
    assert said.endswith("0 requests, nothing found by the search.")
    judge = Judge(explore_catalogue())
    judge.judgements[CHECK].append(failed_in(f"explore:{PLAIN}"))
    assert list(not_shortened(judge)) == [
        f"Shown by the last conversation through every door alone; not shortened: {CHECK}."
    ]
    judge.judgements[CHECK].append(failed_in("explore:found-1"))
    assert list(not_shortened(judge)) == []


def test_what_does_not_show_again_is_told() -> None:
    """That is what failed in no scene at all; each conversation is held once, and is one fault."""
    found = Discovery(Kind(CHECK, "/Users", "title"), Judgement(Verdict.FAIL, ()), read_line(LINE), 4)
    beside = replace(found, kind=Kind(CHECK, "/Users", "name"))
    explored = Explored([found, beside], Counter(), Counter({found.kind: 1}), 12, 1200, 61.0)
    assert conversations(explored) == {read_line(LINE): [found, beside]}
    first, *others = what_was_done(explored, 40, 7)
    assert first == (
        "Explored 1 min 1 s with seed 7: 12 conversations of up to 40 moves, 1,200 requests, 1 fault found."
    )
    assert others == [f"Seen once, and not again when the same was held a second time: {CHECK}."]
    judge = Judge(explore_catalogue())
    assert not_again(judge, [found, beside]) == [found, beside]
    judge.judgements[CHECK].append(failed_in("explore:plain"))
    assert not_again(judge, [found]) == []


def test_what_stays_on_the_target_is_told() -> None:
    """A finding that shows by looks alone in the end, although it came of a write."""
    found = Discovery(Kind(CHECK, "/Users", ""), Judgement(Verdict.FAIL, ()), read_line(LINE), 1, stays=True)
    told = [*what_was_done(Explored([found]), 40, 7)]
    assert [each for each in told if "stays" in each] == [f"{STAYS.format(CHECK)}."]
    passing = [*what_was_done(Explored([replace(found, stays=False)]), 40, 7)]
    assert not any("stays" in each for each in passing)
