"""Two runs side by side, or two loads."""

from pathlib import Path

import click

from scim_tests.commands import say


@click.command("compare")
@click.argument("old", metavar="OLD", type=click.Path(path_type=Path))
@click.argument("new", metavar="NEW", type=click.Path(path_type=Path), default=Path("reports/latest"))
@click.option("--json", "as_json", is_flag=True, help="As JSON; Markdown otherwise.")
def command(old: Path, new: Path, as_json: bool) -> int:  # noqa: FBT001 -- a flag of the command line
    """Say what failed anew between two runs, or two loads, what was fixed, what still fails.

    OLD and NEW are report folders, or the run.json or load.json in them. Of loads it also says what got slower.
    """
    import json

    from scim_tests.record.file import read_either
    from scim_tests.report.comparing import markdown
    from scim_tests.report.load.comparing import compare_alike

    comparison = compare_alike(read_either(old), read_either(new))
    said = json.dumps(comparison.to_json(), ensure_ascii=False, indent=1) if as_json else markdown(comparison)
    say(said.rstrip())
    return comparison.exit_code
