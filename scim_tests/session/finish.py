"""From a run's journal to its record and reports: after a run that ended as after one that was killed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from scim_tests.checks import catalogue
from scim_tests.engine.gate import Gate
from scim_tests.engine.results import Ending, Result, ending, results
from scim_tests.engine.run_state import RunState
from scim_tests.errors import ExitCode
from scim_tests.model.check import Severity
from scim_tests.model.record import RunRecord
from scim_tests.personas.play import ACTS
from scim_tests.record.baseline import Entry, fails, outdated
from scim_tests.record.build import record
from scim_tests.session.cleaning import left_behind
from scim_tests.session.journal import Beginning, Told, read
from scim_tests.session.report_folder import LEDGER, keep
from scim_tests.wire.ledger import Ledger

GROUP_OF = {act.name: act.group for act in ACTS}


def report(folder: Path) -> RunRecord:
    """Make every report but the HTML page of what the folder's journal holds; gives the record.

    UsageError where there is no journal, WriteError where a report cannot be written.
    """
    done = recorded(read(folder), Ledger(folder / LEDGER))
    return keep(done, folder)


def recorded(told: Told, ledger: Ledger) -> RunRecord:
    """The record of a run as far as it was told."""
    run_state, beginning = told.run_state, told.beginning
    found = results(told.judge, run_state.scene_runs)
    gate, known, today = _gate(beginning)
    tolerated, fixed = gate.tolerated(found), gate.fixed(found)
    done = record(
        run=replace(beginning.run, seconds=told.seconds),
        target=beginning.target,
        profile=told.profile,
        run_state=run_state,
        results=found,
        ending=_ending(run_state, found, tolerated, fixed, strict=gate.strict),
        stories=GROUP_OF,
        left_behind=left_behind(ledger, run_state.scene_runs),
        notices=beginning.notices,
    )
    failing = [each.id for each in done.checks if fails(each, strict=gate.strict)]
    return replace(
        done,
        checks=[replace(each, tolerated=tolerated.get(each.id, "")) for each in done.checks],
        baseline=outdated(known, failing, fixed, today),
        not_looked_at=[*done.not_looked_at, *_left_out(beginning)],
    )


def _gate(beginning: Beginning) -> tuple[Gate, list[Entry], date]:
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
    tolerated: Mapping[str, str],
    fixed: Sequence[str],
    *,
    strict: bool,
) -> Ending:
    """How the run ends; with --strict a baseline that is out of date fails what would be green."""
    end = ending(run_state, found, strict=strict, tolerated=tolerated)
    if end.exit_code is ExitCode.ALL_GOOD and strict and fixed:
        said = f"The baseline is out of date: {', '.join(fixed)} no longer fails."
        return Ending(ExitCode.CONFORMANCE_FAILURES, "failed", said)
    return end


def _left_out(beginning: Beginning) -> list[str]:
    left_out = len(catalogue()) - len(beginning.checks)
    return [f"{left_out} checks that --only, --skip or pytest left out."] if left_out else []
