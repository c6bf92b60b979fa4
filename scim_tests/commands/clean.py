"""What an interrupted run left on its target, removed."""

from pathlib import Path
from typing import Any

import click

from scim_tests.commands import say
from scim_tests.commands.run import run_options
from scim_tests.errors import ExitCode
from scim_tests.options import ACCESS, RunOptions, some


@click.command("clean")
@click.argument("ledger", required=False, default="reports/latest", metavar="[LEDGER]")
@run_options(some(*ACCESS))
def command(ledger: str, **said: Any) -> int:
    """Remove from the target whom runs created.

    LEDGER is the ledger.jsonl of a run or the folder it is in (default: reports/latest).
    Nobody else is touched, and doing it again does no harm.
    """
    from scim_tests.cleaning import clean, ledgers
    from scim_tests.report.text import one_line

    options = RunOptions.told(said)
    left = 0
    for each in ledgers(Path(ledger)):
        done = clean(each, options)
        say(f"{done.ledger}: {done.removed} removed, {len(done.left)} left behind")
        for person in done.left:
            say(one_line(f"  {person.user_name} {person.id}: {person.why}"))
        left += len(done.left)
    return ExitCode.CONFORMANCE_FAILURES if left else ExitCode.ALL_GOOD
