"""Play Okta against a target, or against several that a file names."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scim_tests.commands import say
from scim_tests.errors import ExitCode, ScimTestsError, WriteError, worst
from scim_tests.options import RUN_OPTIONS, Option

if TYPE_CHECKING:
    from scim_tests.report.digest import Ended
    from scim_tests.session.run import Prepared

Command = Callable[..., Any]


def run_options(options: Sequence[Option] = RUN_OPTIONS) -> Callable[[Command], Command]:
    """Give a command the options of a run, or some of them."""

    def give(command: Command) -> Command:
        for option in reversed(options):
            flag = option.kind is bool
            kind = (
                {} if flag else {"type": option.kind, "metavar": option.metavar, "multiple": option.several}
            )
            names = filter(None, (option.short, option.flag))
            command = click.option(*names, is_flag=flag, help=option.help, **kind)(command)  # type: ignore[arg-type]
        return command

    return give


@click.command("run")
@click.argument("names", metavar="[TARGET]...", nargs=-1)
@run_options()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; all else goes to stderr.")
@click.option("-q", "--quiet", is_flag=True, help="Print only what fails, and the verdict.")
def command(names: tuple[str, ...], *, as_json: bool, quiet: bool, **said: Any) -> int:
    """Play Okta against a target and judge it.

    TARGET is the name of one in scim-tests.toml, or under [tool.scim-tests] in pyproject.toml. Several are
    played one after the other.
    """
    from scim_tests.session.configuration import about, targets

    chosen = targets(names, said, Path.cwd())
    from scim_tests.report.digest import Ended, document, lines
    from scim_tests.session.run import prepare

    prepared = []
    for name, options in chosen:
        with about(name):
            prepared.append((name, prepare(options)))
    ended: list[Ended] = []
    for name, each in prepared:
        if ended and ended[-1].by_hand:
            ended.append(
                Ended(name, ExitCode.INTERRUPTED, "The run before it was interrupted.", by_hand=True)
            )
        else:
            ended.append(_play(name, each, err=as_json, quiet=quiet, alone=len(prepared) == 1))
    if as_json:
        click.echo(json.dumps(document(ended), indent=1))
    elif len(ended) > 1:
        say("\n".join(lines(ended)))
    return worst(each.exit_code for each in ended)


def _play(name: str, prepared: "Prepared", *, err: bool, quiet: bool, alone: bool) -> "Ended":
    """Play one and show it. What ends one of several early is said, and the next one is played all the same."""
    from scim_tests.report.console import Progress, conclusion, terminal
    from scim_tests.report.digest import Ended
    from scim_tests.report.github import commands_stopped, tell
    from scim_tests.session.report_folder import REPORTS, with_next_step
    from scim_tests.session.run import play

    console = terminal(err=err)
    if not (alone or quiet):
        say(f"{name}:", err=err)
    try:
        with commands_stopped(err=err):
            with Progress(console, quiet=quiet) as progress:
                record, folder = play(prepared, progress)
            code = ExitCode(record.outcome.exit_code)
            if quiet and code and not alone:
                say(f"{name}:", err=err)
            if alone or code or not quiet:
                conclusion(record, folder, console, quiet=quiet)
    except ScimTestsError as error:
        if alone:
            raise
        said = with_next_step(error) if isinstance(error, WriteError) else error
        say(f"scim-tests: {name}: {said}", err=True)
        return Ended(name, error.exit_code, error.message)
    tell(record, folder, err=err)
    there = [each for each in REPORTS if (folder / each).is_file()]
    by_hand = progress.interruptions > 0
    return Ended(name, code, record.outcome.sentence, record, folder, there, by_hand=by_hand)
