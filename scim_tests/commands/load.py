"""Okta's assignment and import at size: a load that is judged, by Locust."""

from importlib.util import find_spec
from typing import Any

import click

from scim_tests.commands.run import run_options
from scim_tests.errors import UsageError
from scim_tests.options import GUARDED, RunOptions, some

SHARED = some(
    *GUARDED, "--deadline", "--seed", "--strict", "--fail-on", "--baseline", "--email-domain", "--without"
)


@click.command("load")
@click.option(
    "--assign",
    type=int,
    default=0,
    metavar="N",
    help="Assign so many people, who are created. This or --import has to be said.",
)
@click.option(
    "--rate", default="", metavar="R[,R…]", help="Requests a second (default: 25); several are stages."
)
@click.option(
    "--import",
    type=int,
    default=0,
    metavar="N",
    help="Read the list of at most so many people: beside --assign, or by itself.",
)
@click.option("--groups", default="", metavar="N×M", help="Push N groups of M of the people.")
@click.option(
    "--deactivate", default="", metavar="SHARE", help="Deactivate so many of the people, such as 10%."
)
@click.option(
    "--processes", type=click.IntRange(1, 64), metavar="N", help="So many worker processes of this machine."
)
@click.option("--master", is_flag=True, help="Coordinate workers that come from other machines.")
@click.option(
    "--expect-workers",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="With --master: wait for so many (default: 1).",
)
@click.option(
    "--listen",
    default="",
    metavar="HOST[:PORT]",
    help="With --master: where to wait (default: 127.0.0.1:5557).",
)
@click.option("--worker", default="", metavar="HOST[:PORT]", help="Work for the coordinator there.")
@click.option(
    "--max-users",
    type=click.IntRange(0),
    metavar="N",
    help="How many users may be created; has to be said of a target that is not on this machine.",
)
@run_options(SHARED)
@click.option("-q", "--quiet", is_flag=True, help="Print only what fails, and the verdict.")
def command(*, quiet: bool, **said: Any) -> int:
    """Put a load on a target: assign very many people as Okta does, import them, and judge the answers.

    It runs on Locust, which the extra `load` of scim-tests installs. docs/load.md
    tells more.
    """
    if find_spec("locust") is None:
        raise UsageError(
            "no-locust", "A load needs Locust, which is not installed.", "pip install 'locust>=2.47'"
        )
    from scim_tests.load.finish import conclude_load
    from scim_tests.load.leading import work
    from scim_tests.load.options import LoadOptions, check_part
    from scim_tests.load.session import play, prepare
    from scim_tests.report.console import terminal
    from scim_tests.report.load.console import LoadProgress
    from scim_tests.report.removing import Countdown

    check_part(said)
    own = {
        name: said[name]
        for name in ("assign", "rate", "groups", "deactivate", "listen", "worker", "max_users")
    }
    options = LoadOptions(
        RunOptions.from_mapping(said),
        **own,
        imported=said["import"],
        processes=said["processes"] or 0,
        workers=(said["expect_workers"] or 1) if said["master"] else 0,
    )
    if options.worker:
        work(options)
        return 0
    prepared, console = prepare(options), terminal()
    with LoadProgress(console, quiet=quiet) as progress:
        done, folder = play(prepared, progress, Countdown(console))
    return conclude_load(done, folder, quiet=quiet)
