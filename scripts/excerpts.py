"""Puts real runs into the README, docs/qa.md and docs/pipelines.md: `make docs`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-m", "scim_tests", "run", "--reference", "--seed", "7"]
ZIFLOW = [
    "--profile",
    "ziflow",
    "--fault",
    "filter-username-case-sensitive",
    "--report-dir",
    "reports/ziflow",
]


def main() -> None:
    put(ROOT / "README.md", said(RUN))
    last = said([*RUN, "--report-dir", "scim-report"]).splitlines()[-3:]
    put(ROOT / "docs" / "pipelines.md", "\n".join(last))
    whole = said([*RUN, *ZIFLOW])
    put(ROOT / "docs" / "qa.md", whole[whole.index("1. ") :])  # the scenes before it stand in the README


def said(command: list[str]) -> str:
    """What a run prints; it ends as it may."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            command, cwd=folder, env={"COLUMNS": "100"}, capture_output=True, text=True, check=False
        )
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def put(page: Path, excerpt: str) -> None:
    """The first excerpt of a page anew."""
    text = page.read_text(encoding="utf-8")
    block = f"```text\n{excerpt}\n```"
    page.write_text(
        re.sub(r"```text\n.*?```", lambda _: block, text, count=1, flags=re.DOTALL), encoding="utf-8"
    )


main()
