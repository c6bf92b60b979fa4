"""Keeps the excerpt in docs/okta-failure.md what `scim-tests explain` says today."""

import re
from pathlib import Path

from click.testing import CliRunner

from scim_tests.cli import cli

PAGE = Path(__file__).parent.parent / "docs" / "okta-failure.md"


def current(page: str) -> str:
    """The page with the excerpt as the command in front of it prints it."""
    [asked] = re.findall(r'scim-tests explain "(.+)"', page)
    said = CliRunner().invoke(cli, ["explain", asked]).output.rstrip()
    return re.sub(r"```text\n.*?\n```", lambda _: f"```text\n{said}\n```", page, count=1, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
