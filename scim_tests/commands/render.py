"""The reports of a run that was killed before it could write them."""

from pathlib import Path

import click


@click.command("render")
@click.argument("folder", required=False, default="reports/latest", metavar="[FOLDER]")
def command(folder: str) -> int:
    """Write a run's or a load's reports anew from what it saw.

    FOLDER is the report folder (default: reports/latest). Nothing is sent to the target.
    """
    from scim_tests.session.finish import conclude, finish_run
    from scim_tests.session.report_folder import is_of_a_load, of_a_run

    place = of_a_run(Path(folder))
    if is_of_a_load(place):
        from scim_tests.load.finish import conclude_load, render_load

        return conclude_load(render_load(place), place)
    return conclude(finish_run(place), place)
