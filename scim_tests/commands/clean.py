"""What an interrupted run left on its target, removed."""

from pathlib import Path
from typing import Any

import click

from scim_tests.commands import say
from scim_tests.commands.run import run_options
from scim_tests.errors import ExitCode
from scim_tests.options import ACCESS, Option, RunOptions, some

OF_CLEAN = (
    Option("--yes", bool, "Remove them without asking."),
    Option(
        "--profile",
        str,
        "Remove the user whom runs of this profile share, too, if it removes users.",
        "NAME|FILE",
    ),
)
STRANGER = "not touched: {} is no name that scim-tests makes; remove it by hand if it is yours"


@click.command("clean")
@click.argument("ledger", required=False, default="reports/latest", metavar="[LEDGER]")
@run_options((*OF_CLEAN, *some(*ACCESS)))
def command(ledger: str, **said: Any) -> int:
    """Remove from the target whom runs created.

    LEDGER is the ledger.jsonl of a run or the folder it is in (default: reports/latest). Where and whom is
    shown first. Nobody else is touched, and doing it again does no harm.
    """
    from scim_tests.report.console import terminal
    from scim_tests.report.removing import Countdown
    from scim_tests.report.text import one_line
    from scim_tests.session.cleaning import ask_consent, clean, remains

    options = RunOptions.from_mapping(said)
    found = remains(Path(ledger), options)
    ask_consent(found, options)
    left = 0
    for each in found:
        with Countdown(terminal(err=True)) as countdown:
            done = clean(each, options, told=countdown)
        missing = f"{done.missing} not found, " if done.missing else ""
        say(f"{done.ledger}: {done.removed} removed, {missing}{len(done.left)} left behind")
        for person in done.left:
            who = " ".join(filter(None, (person.user_name, person.id)))
            say(one_line(f"  {who}: {person.why}"))
        for name in each.strangers:
            say(one_line(f"  {STRANGER.format(name)}"))
        left += len(done.left) + len(each.strangers)
    return ExitCode.CONFORMANCE_FAILURES if left else ExitCode.ALL_GOOD
