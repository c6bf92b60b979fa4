"""What a pipeline is told besides the exit code: GitHub's annotations, job summary and outputs, where a run happens there.

GitLab and Jenkins read junit.xml; nobody else is spoken to.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.report.record_index import RecordIndex, many
from scim_tests.report.text import one_line

SHOWN = 10  # errors GitHub shows of one step
SUMMARY_HOLDS = 1_000_000  # bytes; GitHub refuses more than 1 MiB a step


def _in_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def commands_stopped(*, err: bool = False) -> Iterator[None]:
    """While a target's words are printed, GitHub takes no line for a command of ours; it reads both streams."""
    if not _in_github():
        yield
        return
    word = secrets.token_hex(16)
    click.echo(f"::stop-commands::{word}", err=err)
    try:
        yield
    finally:
        click.echo(f"::{word}::", err=err)


def tell(record: RunRecord, folder: Path, *, err: bool = False) -> None:
    """Print annotations, put summary.md on the job's page, and give the step its outputs."""
    if not _in_github():
        return
    for line in annotations(record):
        click.echo(line, err=err)
    page = (folder / "summary.md").read_bytes()[:SUMMARY_HOLDS].decode(errors="ignore")
    for file, text in (("GITHUB_STEP_SUMMARY", page), ("GITHUB_OUTPUT", _outputs(record, folder))):
        try:
            if path := os.environ.get(file):
                with Path(path).open("a", encoding="utf-8") as there:
                    there.write(f"{text}\n")
        except OSError as error:  # how the run ended stands, whatever becomes of GitHub's files
            said = f"{path} could not be written: {error.strerror}."
            click.echo(_command("warning", "github", said), err=err)


def _outputs(record: RunRecord, folder: Path) -> str:
    """What later steps may ask for, as `name=value`, one a line."""
    counts = record.counts
    said = {
        "verdict": record.outcome.verdict,
        "judged": counts.judged,
        "passed": counts.passed,
        "advice": counts.advice,
        "failed": counts.failed,
        "report-dir": one_line(str(folder)),
    }
    return "\n".join(f"{name}={value}" for name, value in said.items())


def annotations(record: RunRecord) -> list[str]:
    """One line a root cause, an error where it fails the run; where there is none, how the run ended.

    What is outdated in the baseline is one warning, before the others: GitHub shows only the first.
    """
    causes = RecordIndex(record).causes
    baseline = "\n".join(map(one_line, record.baseline))
    told = [_command("warning", "baseline", baseline)] if baseline else []
    told += [_annotation(*each) for each in causes[:SHOWN]]
    if len(causes) > SHOWN:
        told.append(
            _command("warning", "more", f"{many(len(causes) - SHOWN, 'more root cause')} in the report.")
        )
    if record.outcome.exit_code and not any(line.startswith("::error") for line in told):
        told.append(_command("error", record.outcome.verdict, record.outcome.sentence))
    return told


def _annotation(cause: RootCause, check: CheckRecord) -> str:
    known = [f"Does not fail the run: {check.tolerated}"] if check.tolerated else []
    said = [cause.sentence, f"In Okta: {check.consequence.text}", f"Fix: {check.fix}", *known]
    kind = "warning" if check.tolerated else "error"
    return _command(kind, f"{check.id} ({cause.severity})", "\n".join(map(one_line, said)))


def _command(kind: str, title: str, text: str) -> str:
    """A workflow command, escaped as GitHub reads it."""
    title = _escaped(f"scim-tests: {title}").replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={title}::{_escaped(text)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
