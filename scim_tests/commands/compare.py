"""Two runs side by side."""

from pathlib import Path

import click

from scim_tests.commands import say


@click.command("compare")
@click.argument("old", metavar="OLD-RUN", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW-RUN", type=click.Path(path_type=Path), default=Path("reports/latest"))
@click.option("--json", "as_json", is_flag=True, help="As JSON; Markdown otherwise.")
def command(old: Path, new: Path, as_json: bool) -> int:  # noqa: FBT001 -- a flag of the command line
    """Say what failed anew between two runs (folders or run.json), what was fixed, what still fails."""
    import json

    from scim_tests.record.file import read_record
    from scim_tests.report.comparing import compare, markdown

    comparison = compare(read_record(old), read_record(new))
    said = json.dumps(comparison.to_json(), ensure_ascii=False, indent=1) if as_json else markdown(comparison)
    say(said.rstrip())
    return comparison.exit_code
