"""The list of known failures."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from scim_tests.commands import say
from scim_tests.errors import ExitCode

DAYS = 90


@click.group("baseline")
def command() -> None:
    """Keep the list of known failures."""


@command.command("update")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.argument("run", metavar="[RUN]", type=click.Path(path_type=Path), default=Path("reports/latest"))
@click.option("--reason", default="", help="Why the failures that are added are accepted.")
@click.option("--owner", default="", help="Who will see to them.")
@click.option(
    "--expires",
    metavar="YYYY-MM-DD",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"The last day they are accepted (default: in {DAYS} days); also renews those that are there.",
)
def update(file: Path, run: Path, reason: str, owner: str, expires: datetime | None) -> int:
    """Write FILE from a run or a load: a report folder, or the run.json or load.json in it (default: reports/latest)."""
    from scim_tests.checks import whole_catalogue
    from scim_tests.model.load_record import LoadRecord
    from scim_tests.record.baseline import Acceptance, read_baseline, updated, written
    from scim_tests.record.file import read_either
    from scim_tests.report.load.as_run import as_run
    from scim_tests.wire import private_file

    ids = [check.id for check in whole_catalogue()]
    before = read_baseline(file, ids) if file.exists() else []
    record = read_either(run)
    until = datetime.now(UTC).date() + timedelta(days=DAYS)
    told = Acceptance(reason, owner, expires.date() if expires else None, until)
    after = updated(before, as_run(record) if isinstance(record, LoadRecord) else record, told)
    file = file.resolve()  # whoever keeps it behind a link goes on doing so
    text, mode = (file.read_text(encoding="utf-8"), file.stat().st_mode) if file.exists() else ("", 0o644)
    private_file.replace(file, written(text, after), mode=mode & 0o777)
    was, is_now = ({each.check for each in entries} for entries in (before, after))
    for word, names in (("added", is_now - was), ("removed", was - is_now)):
        for name in sorted(names):
            say(f"{word:<8} {name}")
    say(f"{file}: {len(after)} known, {len(is_now - was)} added, {len(was - is_now)} removed.")
    if expired := sum(not each.accepts(datetime.now(UTC).date()) for each in after):
        say(f"Expired, and no longer accepted: {expired}. --expires gives every entry a new last day.")
    return ExitCode.ALL_GOOD
