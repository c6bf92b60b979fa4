"""Conversations that nobody wrote, held with a target to find what a fixed order never shows."""

from typing import Any

import click

from scim_tests.commands.run import run_options
from scim_tests.options import GUARDED, MINUTES, STEPS, some

SHARED = some(
    *GUARDED, "--parallel", "--deadline", "--seed", "--exitfirst", "--strict", "--fail-on", "--baseline", "--email-domain", "--without"
)  # fmt: skip


@click.command("explore")
@click.option(
    "--minutes", type=float, default=MINUTES, metavar="N", help=f"How long it looks (default: {MINUTES:g})."
)
@click.option(
    "--steps",
    type=int,
    default=STEPS,
    metavar="N",
    help=f"The moves of the longest conversation (default: {STEPS}).",
)
@click.option(
    "--replay",
    metavar="LINE",
    help="Hold this conversation alone, as a report shows it; --minutes means nothing then.",
)
@click.option(
    "--max-users",
    type=click.IntRange(1),
    metavar="N",
    help="How many users may be created while it looks (default: 300 on a target that is not on this machine).",
)
@run_options(SHARED)
@click.option("-q", "--quiet", is_flag=True, help="Print only what fails, and the verdict.")
def command(*, quiet: bool, **said: Any) -> int:
    """Explore a target: hold conversations that nobody wrote, and find faults of order and of state.

    What is found is made as short as it can be, and told with a line that holds it again. It looks by
    Hypothesis, which the extra `explore` of scim-tests installs. docs/explore.md tells more.
    """
    from scim_tests.explore.options import explore_options

    options = explore_options(said)
    from scim_tests.explore.session import play, prepare
    from scim_tests.report.console import conclusion, terminal
    from scim_tests.report.exploring import ExploreProgress

    prepared, console = prepare(options), terminal()
    with ExploreProgress(console, quiet=quiet) as progress:
        done, folder = play(prepared, progress)
    is_in_part = bool(options.replay and done.notices)  # which nobody may take for all of it
    conclusion(done, folder, console, quiet=quiet and not is_in_part)
    return done.outcome.exit_code
