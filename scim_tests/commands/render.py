"""The reports of a run that was killed before it could write them."""

from pathlib import Path

import click


@click.command("render")
@click.argument("folder", required=False, default="reports/latest", metavar="[FOLDER]")
def command(folder: str) -> int:
    """Write a run's reports anew from what it saw.

    FOLDER is the report folder (default: reports/latest). Nothing is sent to the target.
    """
    from scim_tests.interruption import undisturbed
    from scim_tests.render import render_html
    from scim_tests.report.console import conclusion, terminal
    from scim_tests.reporting import report

    with undisturbed():
        record = report(Path(folder))
        render_html(Path(folder) / "run.json", Path(folder) / "report.html")
    conclusion(record, Path(folder), terminal())
    return record.outcome.exit_code
