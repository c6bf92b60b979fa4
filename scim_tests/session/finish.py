"""The end of a run, whoever started it: from what was found out to every report, the page and the last lines.

A run that was killed is told from its journal as one that ended is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from scim_tests.checks import whole_catalogue
from scim_tests.engine.gate import Gate
from scim_tests.engine.results import Ending, Result, Tolerated, ending, results
from scim_tests.engine.run_state import RunState
from scim_tests.errors import ExitCode
from scim_tests.model.check import Severity
from scim_tests.model.json_text import in_lines
from scim_tests.model.record import LeftBehind, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import EVERY_ACT
from scim_tests.pytest_door.render import render_html
from scim_tests.record.baseline import Entry, fails, outdated
from scim_tests.record.build import record
from scim_tests.report.badge import badge
from scim_tests.report.console import conclusion, terminal
from scim_tests.report.har import har
from scim_tests.report.importing import import_csv
from scim_tests.report.junit import junit
from scim_tests.report.record_index import RecordIndex, replay_option
from scim_tests.report.sarif import sarif
from scim_tests.report.summary import markdown
from scim_tests.session.earlier import since
from scim_tests.session.interruption import undisturbed
from scim_tests.session.journal import Beginning, Told, read
from scim_tests.session.left_behind import left_behind
from scim_tests.session.report_folder import (
    LEDGER,
    OWNER_ALONE,
    PAGE,
    RECORD,
    REPLAYS,
    REPORTS,
    SEARCHED,
    make_scripts_folder,
    remove_reports,
)
from scim_tests.wire import private_file
from scim_tests.wire.ledger import Ledger

FOUND = "Found before the run was killed, and not held once more: {} by {}"
GROUP_OF = {act.name: act.group for act in EVERY_ACT}


def finish_run(folder: Path, *, with_page: bool = True) -> RunRecord:
    """The end of a run that stands in the folder's journal, also of one that was killed.

    UsageError where there is no journal, WriteError where a report cannot be written.
    """
    with undisturbed():
        done = recorded(read(folder), Ledger(folder / LEDGER))
        done = replace(done, left_behind=[*done.left_behind, *_left_by_a_search(folder)])
        return finish(replace(done, since=since(done, folder)), folder, with_page=with_page)


def finish(
    done: RunRecord, folder: Path, *, with_page: bool = True, further: Mapping[str, str] | None = None
) -> RunRecord:
    """Write every report; gives the record as it was written, each failure with its script.

    `further` are reports of one command alone, by file name. Without `with_page` somebody else, such as
    pytest, writes report.html. Signals wait until all of it is written. The scripts come last but for the
    page, which shows them: whatever happens there, what was found out is on disk. Reports of an earlier run
    in that folder go away, its ledger stays.
    """
    with undisturbed():
        files = {**_told(done), **_others(done), **(further or {})}
        _put(folder, files)
        remove_reports(folder, {*REPORTS} - {PAGE, *files}, (check.id for check in whole_catalogue()))
        if any(check.verdict == Verdict.FAIL for check in done.checks):
            done = _with_scripts(done, folder)
        if with_page:
            render_html(folder / RECORD, folder / PAGE)
    return done


def _with_scripts(done: RunRecord, folder: Path) -> RunRecord:
    from scim_tests.report.reproduction.scripts import reproductions  # noqa: PLC0415 -- only who has failures pays

    scripts, notes = reproductions(done)
    checks = [replace(check, reproduction=scripts.get(f"{check.id}.sh", "")) for check in done.checks]
    done = replace(done, checks=checks, not_looked_at=[*done.not_looked_at, *notes])
    _keep_scripts(scripts, folder)
    _put(folder, _told(done))
    return done


def conclude(done: RunRecord, folder: Path) -> int:
    """Say the last lines of a run on the terminal; gives its exit code."""
    conclusion(done, folder, terminal())
    return done.outcome.exit_code


def still_there(done: RunRecord) -> list[str]:
    """A line for each person or group that was left on the target."""
    return [f"Still on the target: {each.user_name}: {each.why}" for each in done.left_behind]


def _told(done: RunRecord) -> dict[str, str]:
    """The reports that name scripts, by their file names."""
    record = in_lines(vars(done), levels=2)
    return {RECORD: record, "summary.md": markdown(done), "junit.xml": junit(done)}


def _others(done: RunRecord) -> dict[str, str]:
    """The reports that know of no script."""
    replays = RecordIndex(done).replays
    return {
        **({REPLAYS: "".join(f"{each}\n" for each in replays)} if replays else {}),
        "results.sarif": in_lines(sarif(done), levels=5),
        "badge.svg": badge(done),
        "import.csv": import_csv(done),
        "exchanges.har": in_lines(har(done), levels=3),
    }


def _put(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        private_file.replace(folder / name, text)


def _keep_scripts(scripts: Mapping[str, str], folder: Path) -> None:
    if scripts:
        place = make_scripts_folder(folder)
        for name, text in scripts.items():
            private_file.replace(place / name, text, mode=OWNER_ALONE)


def recorded(told: Told, ledger: Ledger) -> RunRecord:
    """The record of a run as far as it was told."""
    run_state, beginning = told.run_state, told.beginning
    run_state.number()
    found = results(told.judge, run_state.scene_runs)
    gate, known, today = gate_of(beginning)
    tolerated, fixed = gate.tolerated(found), gate.fixed(found, {each.check for each in known})
    done = record(
        run=replace(beginning.run, seconds=told.seconds),
        target=beginning.target,
        profile=told.profile,
        run_state=run_state,
        results=found,
        ending=_ending(run_state, found, tolerated, fixed, beginning),
        stories=GROUP_OF,
        left_behind=left_behind(ledger, run_state.scene_runs),
        notices=[
            *beginning.notices,
            *(
                FOUND.format(check, replay_option(held, told.profile.name))
                for check, held in told.found.values()
            ),
        ],
    )
    failing = {each.id: Verdict(each.verdict) for each in done.checks if fails(each, strict=gate.strict)}
    return replace(
        done,
        checks=[replace(each, tolerated=tolerated.reasons.get(each.id, "")) for each in done.checks],
        baseline=outdated(known, failing, fixed, today),
        not_looked_at=[*done.not_looked_at, *_left_out(beginning)],
    )


def _left_by_a_search(folder: Path) -> list[LeftBehind]:
    """Whom an exploration made while it searched and did not remove; a bundled server is gone with them."""
    ledger = Ledger(folder / SEARCHED)
    return left_behind(ledger, []) if ledger.target else []


def gate_of(beginning: Beginning) -> tuple[Gate, list[Entry], date]:
    """Which failures fail the run, the baseline it had, and the day it was played."""
    today = datetime.fromisoformat(beginning.run.started).date()
    known = [
        Entry(each["check"], each["reason"], each["owner"], date.fromisoformat(each["expires"]))
        for each in beginning.known
    ]
    gate = Gate(
        strict=beginning.run.strict,
        fail_on=Severity(beginning.fail_on),
        known={each.check: str(each) for each in known if each.accepts(today)},
    )
    return gate, known, today


def _ending(
    run_state: RunState,
    found: Sequence[Result],
    tolerated: Tolerated,
    fixed: Sequence[str],
    beginning: Beginning,
) -> Ending:
    """How the run ends; with --strict a baseline that is out of date fails what would be green."""
    strict = beginning.run.strict
    end = ending(run_state, found, strict=strict, tolerated=tolerated, named=beginning.named)
    if end.exit_code is ExitCode.ALL_GOOD and strict and fixed:
        said = f"The baseline is out of date: {', '.join(fixed)} no longer fail{'s' * (len(fixed) == 1)}."
        return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", said)
    return end


def _left_out(beginning: Beginning) -> list[str]:
    left_out = beginning.run.left_out
    return [f"{left_out} checks that --only, --skip or pytest left out."] if left_out else []
