"""The end of a load: the files in its folder, also where its process died, and what other commands make of them."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim_tests import profiles
from scim_tests.commands.baseline import update
from scim_tests.commands.compare import command as compare
from scim_tests.commands.render import command as render
from scim_tests.errors import UsageError
from scim_tests.load import finish
from scim_tests.load.finish import finish_load, keep, render_load
from scim_tests.load.record import recorded
from scim_tests.model.load_record import LoadRecord, LoadSoFar
from scim_tests.model.record import Outcome
from scim_tests.record.baseline import read_baseline
from scim_tests.record.file import read_load
from scim_tests.session.report_folder import JOURNAL, LEDGER, is_of_a_load
from scim_tests.session.runs import runs
from tests.unit.report.load_sample import plan, record, tally, troubled
from tests.unit.report.sample import sample

LEFT = "scim-tests.st7f3a9c.u-000012@example.com"
GOOD = record(tally(60))


@pytest.fixture
def died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a load whose process died with somebody left."""
    folder = tmp_path / "load"
    folder.mkdir()
    planned = replace(plan(), profile=profiles.text("okta"))
    keep(LoadSoFar(replace(GOOD.load, plan=planned), GOOD.target, troubled()), folder)
    events = [{"event": "run", "target": planned.target, "profile": planned.profile}, {"event": "intended", "user_name": LEFT}]  # fmt: skip
    (folder / LEDGER).write_text("".join(json.dumps(each) + "\n" for each in events))
    outcome = Outcome(2, "interrupted", "The load was interrupted.")
    monkeypatch.setattr(finish, "verdicts", lambda *_, **__: (record(tally(2)).checks, outcome))
    return folder


def test_a_load_leaves_its_reports_and_none_of_another(tmp_path: Path) -> None:
    """Four files for their owner alone; what a run or what was counted left there before goes away."""
    for name in ("run.json", "report.html", "tally.json", LEDGER):
        (tmp_path / name).write_text("{}")
    finish_load(GOOD, tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {
        "load.json",
        "load.html",
        "summary.md",
        "junit.xml",
        LEDGER,
    }
    assert all((tmp_path / name).stat().st_mode & 0o077 == 0 for name in ("load.json", "load.html"))
    assert read_load(tmp_path) == GOOD


def test_what_fails_in_a_load_can_be_accepted(tmp_path: Path) -> None:
    """`baseline update` reads a load as it reads a run."""
    bad = record(troubled(), fails=True)
    finish_load(bad, tmp_path)
    file = tmp_path / "known.toml"
    said = CliRunner().invoke(update, [str(file), str(tmp_path), "--reason", "SCIM-9", "--owner", "us"])
    assert said.exit_code == 0, said.output
    failed = {each.id for each in bad.checks if each.verdict == "fail"}
    assert failed <= {each.check for each in read_baseline(file, [each.id for each in bad.checks])}


def test_a_load_that_was_killed_is_told_as_far_as_it_was_counted(died: Path) -> None:
    """`render` says that it was stopped, what was seen, and who may be left; then nothing is left to be rendered."""
    said = CliRunner().invoke(render, [str(died)])
    assert said.exit_code == 0, said.output  # the command line exits with what it gives
    done = read_load(died)
    assert done.told[0] == "The load was stopped: its process ended before it could say how it went."
    assert [each.user_name for each in done.left_behind] == [LEFT]
    assert (done.outcome.verdict, done.profile.name, len(done.steps)) == ("interrupted", "okta", 5)
    assert done.history
    assert not (died / "tally.json").exists()
    assert render_load(died) == done


def test_what_was_counted_may_be_damaged(died: Path) -> None:
    """One clear sentence, which names the clean-up."""
    (died / "tally.json").write_text('{"load": 1}')
    with pytest.raises(UsageError, match="is not what a load has counted") as told:
        render_load(died)
    assert f"scim-tests clean {died}" in told.value.hint


def test_a_folder_is_of_what_was_written_there_last(died: Path) -> None:
    """A run whose journal is newer than the load's files is a run; a list of runs leaves a load out."""
    assert is_of_a_load(died)
    assert runs(died.parent) == ([], 0)
    (died / JOURNAL).touch()
    assert not is_of_a_load(died)
    assert [each.name for each in runs(died.parent)[0]] == [died.name]


def _folder(place: Path, name: str, done: LoadRecord) -> str:
    (place / name).mkdir()
    finish_load(done, place / name)
    return str(place / name)


def _said(*arguments: str) -> Any:
    return CliRunner().invoke(compare, arguments, standalone_mode=False)


def test_two_loads_are_compared_as_two_runs_are(tmp_path: Path) -> None:
    """Folders or files, as Markdown or JSON; 1 where something failed anew."""
    old, new = _folder(tmp_path, "old", GOOD), _folder(tmp_path, "new", record(troubled(), fails=True))
    assert (_said(old, new).return_value, _said(new, f"{old}/load.json").return_value) == (1, 0)
    assert "# scim-tests: two loads compared" in _said(old, new).output
    assert json.loads(_said(old, new, "--json").output)["figures"]["Tasks"] == ["0", "3"]


def test_a_run_and_a_load_are_not_compared(tmp_path: Path) -> None:
    """That is a wrong use, said in a sentence."""
    (tmp_path / "run.json").write_text(json.dumps(sample().to_json()), encoding="utf-8")
    told = _said(str(tmp_path / "run.json"), _folder(tmp_path, "load", GOOD)).exception
    assert isinstance(told, UsageError)
    assert told.message == "The older is of a run, the newer is of a load."


def test_what_is_ours_is_said_first() -> None:
    """Where jobs began late on this machine, every report says so before anything else."""
    done = recorded(
        plan(), tally(20, late=2_000), started="2026-11-24T03:28:11Z", seconds=20.0, target=GOOD.target, profile=profiles.load("okta"),
        steps=[], history=[], checks=GOOD.checks, outcome=GOOD.outcome, notices=["Certificates are not verified."],
    )  # fmt: skip
    assert [line.startswith("One job in twenty began more than 2.0 s") for line in done.notices] == [
        True,
        False,
    ]
    assert GOOD.notices == []


ODD = st.sampled_from(
    [None, -5, 0, 10**12 + 1, 10**300, 1e308, 1e-9, "", "yesterday", [], [[1]], {}, {"x": 1}, True]
)


def damaged(document: Any, data: st.DataObject) -> None:
    """Put something odd in the place of some part, however deep."""
    while True:
        keys = sorted(document) if isinstance(document, dict) else range(len(document))
        key = data.draw(st.sampled_from(keys))
        if (
            not isinstance(document[key], dict | list)
            or not document[key]
            or data.draw(st.integers(0, 5)) == 0
        ):
            document[key] = data.draw(ODD)
            return
        document = document[key]


@settings(
    max_examples=60,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), name=st.sampled_from(["tally.json", "load.json"]))
def test_a_damaged_file_is_a_record_or_one_sentence(died: Path, data: st.DataObject, name: str) -> None:
    """Whatever stands in the place of whatever: it can be rendered, or the error says why not."""
    planned = replace(plan(), profile=profiles.text("okta"))
    keep(LoadSoFar(replace(GOOD.load, plan=planned), GOOD.target, troubled()), died)
    text = (died / name).read_text() if name == "tally.json" else json.dumps(asdict(GOOD))
    document = json.loads(text)
    damaged(document, data)
    (died / "tally.json").unlink()
    (died / name).write_text(json.dumps(document))
    with suppress(UsageError):
        render_load(died)
