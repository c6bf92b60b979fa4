"""Puts real runs into the README, docs/qa.md and docs/pipelines.md: `make docs`.

Counts, times and names that every run makes anew are left out, so that an excerpt changes only where the play does.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
RUN = [sys.executable, "-m", "scim_tests", "run", "--reference", "--seed", "7", "--parallel", "1"]
VARIES = re.compile(
    r"\d{8}-\d{6}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=SCIM-TESTS\.)\w{8}"
    r"|\d[\d.,]*(?= (?:checks|failed|not asked|passed|judgements|requests,|m?s,))"
)
ZIFLOW = [
    "--profile",
    "ziflow",
    "--probe-unsupported",
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
    return VARIES.sub("…", "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines()))


def put(page: Path, excerpt: str) -> None:
    """The first excerpt of a page anew."""
    text = page.read_text(encoding="utf-8")
    block = f"```text\n{excerpt}\n```"
    page.write_text(
        re.sub(r"```text\n.*?```", lambda _: block, text, count=1, flags=re.DOTALL), encoding="utf-8"
    )


main()
