"""The README's pytest lines as they stand, without `--report-dir`: everything a run leaves is in one folder.

Each is run in a folder that holds what a checkout holds, so that reports go there and not into this checkout.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import TOKEN, inherited, record_in

from scim_tests.errors import ExitCode
from scim_tests.session.report_folder import OF_LOADS, REPORTS

ROOT = Path(__file__).parents[2]
OF_A_CHECKOUT = ("conftest.py", "fixtures", "pyproject.toml", "reference_server", "scim_tests")
SECTION = (
    (ROOT / "README.md").read_text(encoding="utf-8").partition("## With pytest")[2].partition("\n## ")[0]
)
LINES = re.findall(r"^\.venv/bin/(pytest .*)$|`(pytest .*)`", SECTION, re.MULTILINE)
TARGET = "https://api.example.com/scim/v2"
PART = (["-k", "test_credentials"], [])  # test_pytest_door.py plays all
OF_PYTHON = {".pytest_cache", "__pycache__"}
LEFT = {*REPORTS, "journal.jsonl"} - {"official.md", "replay.txt", *OF_LOADS}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which pytest finds what it finds in a checkout."""
    for name in OF_A_CHECKOUT:
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def test_the_readme_shows_pytest_lines() -> None:
    """The lines below are the README's: three, of which one names a target of the reader's own."""
    assert len(LINES) == 3
    assert sum(TARGET in "".join(line) for line in LINES) == 1


@pytest.mark.parametrize("line", ["".join(line) for line in LINES])
def test_a_pytest_line_leaves_one_folder(checkout: Path, reference_url: str, line: str) -> None:
    """Of a part of the run, if it names none; the page stands beside the record, the path that is printed exists, and `reports/latest` has the page."""
    done = subprocess.run(
        [sys.executable, "-m", *line.replace(TARGET, reference_url).split(), *PART[" -k " in line]],
        cwd=checkout, env={**inherited(), "PYTHONPATH": str(checkout), "SCIM_TESTS_TOKEN": TOKEN},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert {path.name for path in checkout.iterdir()} - OF_PYTHON == {*OF_A_CHECKOUT, "reports"}
    [folder] = [path for path in (checkout / "reports").iterdir() if not path.is_symlink()]
    assert LEFT - {path.name for path in folder.iterdir()} == set()
    assert record_in(folder).counts.judged
    printed = [checkout / place for place in re.findall(r"(?:file://)?(\S*reports/\S*)", done.stdout)]
    assert printed
    assert [path for path in printed if not path.exists()] == []
    assert (checkout / "reports" / "latest").resolve() == folder
    assert (checkout / "reports" / "latest" / "report.html").stat().st_size
