"""The end of a load: its reports, also those of one whose process died, from what it had counted by then."""

import json
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from scim_tests import profiles
from scim_tests.checks import whole_catalogue
from scim_tests.engine.gate import Gate
from scim_tests.errors import UsageError
from scim_tests.load.record import counted_history, counted_steps, recorded
from scim_tests.load.verdicts import verdicts
from scim_tests.model.json_text import in_lines
from scim_tests.model.load_record import LoadRecord, LoadSoFar
from scim_tests.model.typed import typed
from scim_tests.record.file import read_load, refuse_what_nobody_counts
from scim_tests.report.console import terminal
from scim_tests.report.junit import junit
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.console import conclusion
from scim_tests.report.load.html import page
from scim_tests.report.load.summary import markdown
from scim_tests.session.interruption import undisturbed
from scim_tests.session.left_behind import left_behind
from scim_tests.session.report_folder import LEDGER, LOAD, LOAD_PAGE, REPORTS, TALLY, remove_reports
from scim_tests.wire import private_file
from scim_tests.wire.ledger import Ledger

DIED = "The load was stopped: its process ended before it could say how it went"


def keep(so_far: LoadSoFar, folder: Path) -> None:
    """Write down what was counted so far, so that it can be told should this process die. WriteError where it cannot be."""
    private_file.replace(folder / TALLY, in_lines(asdict(so_far), levels=2))


def finish_load(done: LoadRecord, folder: Path) -> None:
    """Write every report of a load; those of what was in the folder before go away, its ledger stays.

    WriteError where one cannot be written; then what was counted is still there. Signals wait until all is written.
    """
    files = {
        LOAD: in_lines(asdict(done), levels=2),
        "summary.md": markdown(done),
        "junit.xml": junit(as_run(done)),
        LOAD_PAGE: page(done),
    }
    with undisturbed():
        for name, text in files.items():
            private_file.replace(folder / name, text)
        remove_reports(folder, {*REPORTS} - {*files}, (check.id for check in whole_catalogue()))


def render_load(folder: Path) -> LoadRecord:
    """Write the reports of a load anew, also of one that was killed. UsageError where its files are none of ours."""
    done = _died(folder) if (folder / TALLY).exists() else read_load(folder)
    finish_load(done, folder)
    return done


def conclude_load(done: LoadRecord, folder: Path, *, quiet: bool = False) -> int:
    """Say the last lines of a load on the terminal; gives its exit code."""
    conclusion(done, folder, terminal(), quiet=quiet)
    return done.outcome.exit_code


def _died(folder: Path) -> LoadRecord:
    """The record of a load as far as it was counted."""
    try:
        so_far: LoadSoFar = typed(LoadSoFar, json.loads((folder / TALLY).read_text(encoding="utf-8")))
        datetime.fromisoformat(so_far.load.started)
        refuse_what_nobody_counts(so_far.load.plan, so_far.tally)
        return _told(so_far, folder)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        message = f"{folder / TALLY} is not what a load has counted: it is damaged."
        hint = f"Whom the load made is in the ledger: scim-tests clean {folder}"
        raise UsageError("bad-record", message, hint) from error


def _told(so_far: LoadSoFar, folder: Path) -> LoadRecord:
    load, tally = so_far.load, so_far.tally
    tally = replace(tally, stopped=tally.stopped or DIED)
    profile = profiles.parse_without_people(load.plan.profile, TALLY)
    checks, outcome = verdicts(load.plan, tally, profile, Gate(), interrupted=True)
    return recorded(
        load.plan,
        tally,
        started=load.started,
        seconds=load.seconds,
        target=so_far.target,
        profile=profile,
        steps=counted_steps(tally),
        history=counted_history(tally),
        checks=checks,
        outcome=outcome,
        left_behind=left_behind(Ledger(folder / LEDGER), []),
        notices=so_far.notices,
    )
