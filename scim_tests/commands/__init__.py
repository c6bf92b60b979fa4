"""What `scim-tests` can be told: one file a command, found because it stands here.

A file declares `command` and imports what is heavy inside its functions, so that `--help` answers at once.
"""

import click

from scim_tests.report.text import printable


def say(text: str, *, err: bool = False) -> None:
    """Print what may hold words of a target's, so that it moves no cursor and hides no text."""
    click.echo(printable(text), err=err)
