"""What the terminal is told beside the page: what a signal ends, what came of it, and whom an earlier run left."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from scim_tests.errors import UsageError
from scim_tests.options import RunOptions
from scim_tests.report.html import HEADLINES
from scim_tests.report.record_index import many, moment
from scim_tests.report.text import one_line
from scim_tests.session.cleaning import in_ledgers, removal
from scim_tests.session.report_folder import PAGE
from scim_tests.session.runs import FoundRun, Kind, State, run_in, runs
from scim_tests.ui.pages.result import CLEANING, FINISHING, JUDGING
from scim_tests.ui.pages.run import RUN
from scim_tests.ui.work import Work

STOPPING = {
    RUN: "Stopping the run in order; whom it made is removed, where the app allows it. Once more leaves them where they are.",
    CLEANING: "Stopping the clean-up in order; who is not removed by now stays. Once more ends it sooner.",
    JUDGING: "Ending the judging; it sent nothing to any server.",
    FINISHING: "The reports are written to their end first; nothing is sent to any server.",
}
LEAVING = "Leaving them. Once more ends everything at once."
AT_ONCE = "Once more ends everything at once."
NEWEST = 10  # runs that a start looks at


def stopping(work: Work, times: int) -> str:
    """What a signal does to that work, and what the next one does."""
    if times == 1:
        return STOPPING[work.kind]
    return LEAVING if work.kind in {RUN, CLEANING} else AT_ONCE


def came_of(work: Work, gone: str | None) -> Iterator[str]:
    """What a work that is over came to, line by line; nobody is left on a server that is `gone` with us."""
    if work.trouble:
        yield from filter(None, (one_line(work.trouble.message), one_line(work.trouble.hint)))
    try:
        run = run_in(work.folder.parent, work.folder.name)
    except UsageError:  # it left nothing
        return
    if run.outcome and work.kind != CLEANING:
        yield one_line(f"{HEADLINES[run.outcome.verdict]}: {run.outcome.sentence}")
        yield one_line(f"Report: {run.folder / PAGE}")
    if run.target and run.target.base_url != gone and run.left != 0:
        yield f"{may_be_left(run)} Start `scim-tests ui` again: Earlier runs says what to do."
        if is_to_be_removed(run):
            yield f"Or: scim-tests clean {one_line(shlex.quote(str(run.folder)))}"


def left_over(reports: Path, gone: Callable[[str], str] = lambda _: "") -> FoundRun | None:
    """The newest of the last runs that left people who can be removed, else one that was cut off; not where the server is `gone`."""
    found = [
        run
        for run in runs(reports, NEWEST)[0]
        if run.kind is Kind.RUN
        and run.state in {State.OVER, State.CUT_OFF}
        and not (run.target and gone(run.target.base_url))
    ]
    cut_off = (run for run in found if run.state is State.CUT_OFF)
    return next((run for run in found if is_to_be_removed(run)), next(cut_off, None))


def is_to_be_removed(run: FoundRun) -> bool:
    """Whether somebody may be there whom a clean-up removes; where nobody can be, only a hand does."""
    with suppress(UsageError):
        plan = removal(in_ledgers(run.folder, RunOptions())) if run.left else None
        return run.left is None or (plan is not None and not plan.is_by_hand)
    return True  # its result says what is wrong with the ledger


def may_be_left(run: FoundRun) -> str:
    """How many and where, in a sentence."""
    where = one_line(run.target.base_url)[:200] if run.target else "its target"
    if run.left is None:
        return f"How many users or groups may still be on {where} was not counted."
    return f"{many(run.left, 'user or group', 'users or groups')} may still be on {where}."


def notice(run: FoundRun) -> str:
    """An earlier run that left something to do, in a sentence or two."""
    cut_off = f"A run of {moment(run.when.isoformat())} was cut off."
    if not is_to_be_removed(run):
        return cut_off
    return f"{cut_off if run.state is State.CUT_OFF else f'After the run of {moment(run.when.isoformat())}:'} {may_be_left(run)}"
