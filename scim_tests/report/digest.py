"""What runs came to, in short: the document of `run --json` (`fixtures/schemas/digest.schema.json`), and a line each."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scim_tests.errors import ExitCode, worst
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.report.in_okta import message_of
from scim_tests.report.record_index import RecordIndex
from scim_tests.report.text import one_line

NOT_PLAYED = "not played"


@dataclass(frozen=True)
class Ended:
    """How the run of one target ended. `name` is empty where it has none; one that was not played has no record."""

    name: str
    exit_code: ExitCode
    sentence: str
    record: RunRecord | None = None
    folder: Path | None = None
    reports: Sequence[str] = ()  # names of files in the folder
    by_hand: bool = False  # somebody ended it, and so what was to come after it

    @property
    def verdict(self) -> str:
        """The run's own, or that there was none."""
        return self.record.outcome.verdict if self.record else NOT_PLAYED


def document(ended: Sequence[Ended]) -> dict[str, Any]:
    """All of them as one JSON document, with the exit code of the command."""
    return {"exit_code": int(worst(each.exit_code for each in ended)), "runs": list(map(_run, ended))}


def lines(ended: Sequence[Ended]) -> list[str]:
    """A line a target: its name, how it ended, and why."""
    width = max(len(each.name) for each in ended)
    return [
        f"{each.name:<{width}}  {each.verdict:<{len(NOT_PLAYED)}}  {one_line(each.sentence)}"
        for each in ended
    ]


def _run(ended: Ended) -> dict[str, Any]:
    said = {
        "name": ended.name,
        "exit_code": int(ended.exit_code),
        "verdict": ended.verdict,
        "sentence": ended.sentence,
    }
    if ended.record is None or ended.folder is None:
        return said
    record, folder = ended.record, ended.folder
    return said | {
        "target": record.target.base_url,
        "profile": record.profile.name,
        "seed": record.run.seed,
        "seconds": record.run.seconds,
        "counts": asdict(record.counts),
        "causes": [_cause(*each, folder) for each in RecordIndex(record).causes],
        "notices": record.notices,
        "baseline": record.baseline,
        "left_behind": [asdict(each) for each in record.left_behind],
        "folder": str(folder),
        "reports": {name: str(folder / name) for name in ended.reports},
    }


def _cause(cause: RootCause, check: CheckRecord, folder: Path) -> dict[str, Any]:
    script = folder / "reproduce" / f"{check.id}.sh"
    return {
        "check": check.id,
        "title": check.title,
        "severity": cause.severity,
        "sentence": cause.sentence,
        "in_okta": check.consequence.text,
        "admin_sees": message_of(check),
        "fix": check.fix,
        "explains": cause.explains,
        "tolerated": check.tolerated,
        "script": str(script) if check.reproduction else "",
    }
