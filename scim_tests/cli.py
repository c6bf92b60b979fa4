"""The command: `scim-tests run`, `serve`, `list`, `explain` and their kin, one file each in `commands`."""

import sys
from importlib import import_module
from pkgutil import iter_modules

import click

from scim_tests import __version__, commands
from scim_tests.errors import EXIT_MEANINGS, ExitCode, OwnError, ScimTestsError, WriteError, told

EXIT_CODES = "\b\nExit codes:\n" + "\n".join(
    f"  {code.value}  {said}" for code, said in EXIT_MEANINGS.items()
)
EXAMPLES = """\b
Examples:
  scim-tests run --reference
  SCIM_TESTS_TOKEN=… scim-tests run --target-url https://api.example.com/scim/v2
  SCIM_TESTS_TOKEN=… scim-tests run --target-url https://api.ziflow.io/v1/scim/v2 --profile ziflow
"""


def main(arguments: list[str] | None = None) -> None:
    """The console script: runs a command and exits with one of `ExitCode`."""
    try:
        code = cli.main(args=arguments, prog_name="scim-tests", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        code = ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nInterrupted.", err=True)
        code = ExitCode.INTERRUPTED
    except WriteError as error:
        from scim_tests.session.report_folder import with_next_step  # noqa: PLC0415 -- the engine is behind it

        code = _said(with_next_step(error))
    except ScimTestsError as error:
        code = _said(error)
    except OSError as error:
        place = error.filename or "What was to be written"
        code = _said(
            OwnError("not-written", f"{place}: {error.strerror or error}.", "See to it, and try again.")
        )
    except Exception as error:  # noqa: BLE001 -- whatever fails here is ours, and said in one sentence
        commands.say(f"scim-tests: {told(error)}", err=True)
        code = ExitCode.OUR_ERROR
    sys.exit(int(code or 0))


def _said(error: ScimTestsError) -> ExitCode:
    commands.say(f"scim-tests: {error}", err=True)
    return error.exit_code


class Commands(click.Group):
    """The files of `scim_tests.commands`; each is read when its command is named or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """The names of the modules in `commands/`, sorted."""
        return sorted(each.name for each in iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None; only its own module is imported, so that --help answers at once."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{commands.__name__}.{cmd_name}").command
        command.epilog = command.epilog or EXIT_CODES
        return command


@click.group(
    cls=Commands,
    epilog=f"{EXAMPLES}\n{EXIT_CODES}",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="scim-tests")
def cli() -> None:
    """Acts out Okta as a SCIM 2.0 client against a server, judges every answer, and says what Okta makes of it."""


if __name__ == "__main__":
    main()
