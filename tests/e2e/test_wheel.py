"""Everything the installed command needs travels in the wheel."""

import os
import subprocess
import sys
import venv
from pathlib import Path

from commanding import record_in

from scim_tests.errors import ExitCode

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_runs_by_itself(tmp_path: Path) -> None:
    """Built, installed into an empty environment and started elsewhere, the command passes the reference server."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", str(ROOT), "--no-deps", "--wheel-dir", str(tmp_path)], check=True, capture_output=True
    )
    [wheel] = tmp_path.glob("*.whl")
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", str(wheel)], check=True, capture_output=True)
    done = subprocess.run(
        [str(python), "-P", "-m", "scim_tests", "run", "--reference", "--report-dir", "out"],
        cwd=tmp_path, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert record_in(tmp_path / "out").counts.failed == 0
    assert (tmp_path / "out" / "report.html").stat().st_size
