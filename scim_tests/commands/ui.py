"""The page for who validates a deployment."""

from functools import partial
from pathlib import Path

import click

from scim_tests.errors import ExitCode


@click.command("ui")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port (default: a free one).", metavar="N"
)
@click.option("--no-browser", is_flag=True, help="Only print the link.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("reports"),
    show_default=True,
    metavar="DIR",
    help="The folder in which the runs are.",
)
def command(port: int, reports: Path, *, no_browser: bool) -> int:
    """Open a page that leads through a run: where, API key, To App, run, result.

    It listens on this machine alone, and wants the link that it prints. The key that is entered stays in memory.
    Ctrl-C ends it, with exit code 0; what is under way ends in order first.
    """
    from scim_tests.report.console import terminal
    from scim_tests.session.report_folder import refuse_unwritable
    from scim_tests.ui.desk import Desk
    from scim_tests.ui.server import serve

    refuse_unwritable(reports)
    screen = terminal()  # which may be closed meanwhile
    say = partial(screen.print, markup=False, soft_wrap=True)
    serve(Desk(reports), port, say, browser=not no_browser)
    return ExitCode.ALL_GOOD
