"""Play Okta against a target."""

from collections.abc import Callable, Sequence
from typing import Any

import click

from scim_tests.options import RUN_OPTIONS, Option, RunOptions

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
@run_options()
def command(**said: Any) -> int:
    """Play Okta against a target and judge it."""
    options = RunOptions.from_mapping(said)
    from scim_tests.session.target import check_choice

    check_choice(options)
    from scim_tests.report.console import Progress, terminal
    from scim_tests.report.github import commands_stopped, tell
    from scim_tests.session.finish import conclude
    from scim_tests.session.run import perform

    with commands_stopped():
        with Progress(terminal()) as progress:
            record, folder = perform(options, progress)
        code = conclude(record, folder)
    tell(record, folder)
    return code
