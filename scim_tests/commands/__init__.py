"""What `scim-tests` can be told: one file a command, found because it stands here.

A file declares `command` and imports what is heavy inside its functions, so that `--help` answers at once.
"""

import click

from scim_tests.model.loopback import is_loopback
from scim_tests.report.text import printable


def say(text: str, *, err: bool = False) -> None:
    """Print what may hold words of a target's, so that it moves no cursor and hides no text."""
    click.echo(printable(text), err=err)


def say_who_reaches(host: str) -> None:
    """Say so where what listens on that address is open to more than this machine."""
    if not is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}"):
        say(f"It listens on {host}, so that it can be reached from beyond this machine.")
