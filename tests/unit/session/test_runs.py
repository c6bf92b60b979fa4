"""The runs of a folder, whatever lies in it: by how their files begin, and through no link."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from keeping import _beginning

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.model.json_text import in_lines
from scim_tests.model.record import RunRecord
from scim_tests.session import runs as runs_module
from scim_tests.session.journal import Journal
from scim_tests.session.report_folder import (
    JOURNAL,
    LEDGER,
    OFFICIAL,
    RECORD,
    RECORDING,
    hold,
    is_held,
    let_go,
)
from scim_tests.session.runs import IN_A_LEDGER, Kind, State, record_of, run_in, runs
from tests.unit.report.sample import sample

TARGET = "https://scim.example.com/v2"
JUDGED = replace(sample(), run=replace(sample().run, name="recorded"))


def left(folder: Path, record: RunRecord | None = None, *others: str) -> Path:
    """A report folder with this record, written as runs write it, and empty files of these names."""
    folder.mkdir(parents=True)
    for name in others:
        (folder / name).touch()
    if record:
        recorded(folder, record)
    return folder


def recorded(folder: Path, record: RunRecord) -> None:
    text = in_lines(vars(record), levels=2)
    (folder / RECORD).write_text(text, encoding="utf-8", errors="backslashreplace")


def killed(folder: Path) -> Path:
    """The folder of a run that ended before it could write its reports."""
    folder.mkdir(parents=True)
    Journal(folder, _beginning(profiles.load("okta"), 1), None)
    return folder


def ledger(folder: Path, *names: str, target: str = TARGET) -> None:
    events = [{"event": "run", "target": target, "profile": profiles.text("okta")}]
    events += [{"event": "intended", "user_name": name} for name in names]
    (folder / LEDGER).write_text("".join(json.dumps(each) + "\n" for each in events))


def test_a_run_is_told_by_the_head_of_its_record(tmp_path: Path) -> None:
    """All that a list shows of it, without what comes behind."""
    folder = left(tmp_path / "run", sample(), JOURNAL)
    whole = (folder / RECORD).read_text(encoding="utf-8")
    (folder / RECORD).write_text(whole[: whole.index('"root_causes"')] + "[[[[")
    [found], older = runs(tmp_path)
    told = (found.name, found.kind, found.state, found.target, found.profile, found.outcome, found.counts)
    known = sample()
    assert told == (
        "run",
        Kind.RUN,
        State.OVER,
        known.target,
        known.profile.name,
        known.outcome,
        known.counts,
    )
    assert (found.when, found.left, older) == (datetime.fromisoformat(known.run.started), 0, 0)


def test_the_newest_come_first_and_links_not_at_all(tmp_path: Path) -> None:
    """`latest` is no run of its own; a folder of something else and a file are none either."""
    for day in (3, 1, 2):
        run = replace(sample().run, started=f"2026-11-0{day}T00:00:00+00:00", name=f"run{day}")
        left(tmp_path / f"day-{day}", replace(sample(), run=run))
    (tmp_path / "latest").symlink_to("day-1")
    (tmp_path / "elsewhere").symlink_to("/")
    left(tmp_path / "photos", None, "a.jpg")
    (tmp_path / "run.json").touch()
    assert [each.name for each in runs(tmp_path)[0]] == ["day-3", "day-2", "day-1"]
    assert runs(tmp_path / "nowhere") == ([], 0)


@pytest.mark.parametrize(
    ("record", "others", "kind"),
    [
        (sample(), (JOURNAL,), Kind.RUN),
        (JUDGED, (), Kind.RECORDING),
        (JUDGED, (RECORDING,), Kind.RECORDING),
        (JUDGED, (LEDGER,), Kind.REPLAY),
        (JUDGED, (LEDGER, OFFICIAL), Kind.OFFICIAL),
    ],
)
def test_what_left_the_folder_is_seen(
    tmp_path: Path, record: RunRecord, others: tuple[str, ...], kind: Kind
) -> None:
    """A run, a judged recording, a replay, Okta's suite."""
    left(tmp_path / "one", record, *others)
    assert runs(tmp_path)[0][0].kind is kind


def test_a_run_without_its_record_is_under_way_or_was_cut_off(tmp_path: Path) -> None:
    """By whether anybody holds its folder; a record of an earlier run in it is another's."""
    folder = killed(tmp_path / "run")
    found = run_in(tmp_path, "run")
    assert (found.state, found.run, found.profile) == (State.CUT_OFF, "keptplay", "okta")
    holding = os.open(folder, os.O_RDONLY)
    fcntl.flock(holding, fcntl.LOCK_EX)
    assert run_in(tmp_path, "run").state is State.UNDER_WAY
    os.close(holding)
    recorded(folder, JUDGED)
    os.utime(folder / RECORD, (1000, 1000))
    assert run_in(tmp_path, "run").state is State.CUT_OFF
    os.utime(folder / JOURNAL, (900, 900))
    assert run_in(tmp_path, "run").state is State.OVER


def test_who_may_still_be_there_is_counted(tmp_path: Path) -> None:
    """As the ledgers say; nobody where the target ended with its run, and nobody knows of a ledger that is none or too long."""
    ledger(left(tmp_path / "some", sample()), "scim-tests.a.one@example.com", "scim-tests.a.two@example.com")
    ledger(left(tmp_path / "bundled", sample()), "scim-tests.a.one@example.com", target="")
    (left(tmp_path / "none", sample()) / LEDGER).write_text("words\n")
    (left(tmp_path / "long", sample()) / LEDGER).write_bytes(bytes(IN_A_LEDGER + 1))
    assert {each.name: each.left for each in runs(tmp_path)[0]} == {
        "some": 2, "bundled": 0, "none": None, "long": None,
    }  # fmt: skip


def test_a_run_whose_record_is_damaged_is_told_by_its_journal(tmp_path: Path) -> None:
    """It was cut off, so that its reports can be written anew, and who is left is counted."""
    folder = killed(tmp_path / "run")
    (folder / RECORD).touch()
    ledger(folder, "scim-tests.a.one@example.com")
    os.utime(folder / JOURNAL, (900, 900))
    found = run_in(tmp_path, "run")
    assert (found.kind, found.state, found.run, found.left) == (Kind.RUN, State.CUT_OFF, "keptplay", 1)


@pytest.mark.parametrize(
    ("journal", "state"),
    [
        (b"", State.CUT_OFF),
        (b'{"event": "began", "run": {"na', State.CUT_OFF),
        (b'{"ev', State.CUT_OFF),
        (b"words\n", State.NOT_READABLE),
        (b"words", State.NOT_READABLE),
        (b"{}", State.NOT_READABLE),
    ],
)
def test_a_journal_that_ends_within_its_first_line_was_cut_off(
    tmp_path: Path, journal: bytes, state: State
) -> None:
    """A disk that was full at once; what is no journal of ours is not readable, and who is left is counted all the same."""
    (left(tmp_path / "run") / JOURNAL).write_bytes(journal)
    ledger(tmp_path / "run", "scim-tests.a.one@example.com")
    found = run_in(tmp_path, "run")
    assert (found.kind, found.state, found.left) == (Kind.RUN, state, 1)


def bent(**members: object) -> str:
    return json.dumps({**sample().to_json(), **members}, default=str)


WRONG: dict[str, str] = {
    "no JSON": "{",
    "nested": "[" * 100_000,
    "deep in a member": '{"run": ' + "[" * 100_000,
    "no record": '{"run": 1}',
    "another verdict": bent(outcome={"exit_code": 0, "verdict": "<b>", "sentence": ""}),
    "no time": bent(run={**sample().to_json()["run"], "started": "soon"}),
    "no time of this world": bent(run={**sample().to_json()["run"], "started": "0001-01-01T00:00:00+23:59"}),
    "something long first": json.dumps({"first": "x" * 100_000}).removesuffix("}")
    + ","
    + bent().removeprefix("{"),
    "not UTF-8": '{"run": "\udcff"',
}


@pytest.mark.parametrize("what", WRONG)
def test_a_record_that_is_none_is_one_line_of_the_list(tmp_path: Path, what: str) -> None:
    """It is said to be not readable, and the others stand beside it."""
    (left(tmp_path / "bad") / RECORD).write_text(WRONG[what], encoding="utf-8", errors="surrogateescape")
    left(tmp_path / "good", sample())
    assert {each.name: each.state for each in runs(tmp_path)[0]} == {
        "bad": State.NOT_READABLE, "good": State.OVER,
    }  # fmt: skip
    with pytest.raises(UsageError, match="has no report yet"):
        record_of(run_in(tmp_path, "bad"))


ODD: dict[str, Callable[[Path], object]] = {
    "a link": lambda file: file.symlink_to("/dev/zero"),
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "nobody's": lambda file: (file.write_text("{}"), file.chmod(0)),
}


@pytest.mark.parametrize("what", ODD)
@pytest.mark.parametrize("name", [RECORD, JOURNAL, LEDGER])
def test_what_is_no_file_is_not_followed_and_not_waited_for(tmp_path: Path, name: str, what: str) -> None:
    """A link, a pipe, a folder or a file of another user in the place of a run's."""
    ODD[what](left(tmp_path / "bad") / name)
    [found] = runs(tmp_path)[0]
    assert found.outcome is None


NAMES = ("", ".", "..", "/", "/etc", "a/b", "run/", "./run", "../run", "latest", "nothing", "\0", "x" * 5000, "\udcff")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_only_a_folder_of_a_run_has_a_name(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One part of a path, of a run in that very folder, and no link: also where the working directory is one."""
    left(tmp_path / "run", sample())
    (tmp_path / RECORD).touch()
    (tmp_path / "latest").symlink_to("run")
    monkeypatch.chdir(tmp_path)
    for reports in (tmp_path, Path()):
        assert run_in(reports, "run").name == "run"
        with pytest.raises(UsageError, match="There is no run"):
            run_in(reports, name)


def test_a_folder_of_many_is_looked_at_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are shown, the others counted, and of ledgers no more is read than that."""
    monkeypatch.setattr(runs_module, "IN_LEDGERS", 700)
    for number in range(4):
        ledger(left(tmp_path / str(number), sample()), "scim-tests.a.one@example.com")
        os.utime(tmp_path / str(number), (number, number))
    found, older = runs(tmp_path, 2)
    assert (sorted((each.name, each.left) for each in found), older) == ([("2", None), ("3", 1)], 2)


def test_who_only_looks_keeps_nobody_from_a_folder(tmp_path: Path) -> None:
    """A run may take it meanwhile; and once it is let go of, anybody may."""
    looking = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    assert not is_held(tmp_path)
    with pytest.raises(UsageError, match="in use"):
        hold(tmp_path)
    os.close(looking)
    hold(tmp_path)
    assert is_held(tmp_path)
    let_go()
    assert not is_held(tmp_path)
