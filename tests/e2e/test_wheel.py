"""Everything the installed command needs travels in the wheel."""

import os
import re
import subprocess
import sys
from pathlib import Path

from commanding import record_in

from scim_tests.errors import ExitCode

ROOT = Path(__file__).parent.parent.parent


def test_the_wheel_runs_by_itself(tmp_path: Path) -> None:
    """Built, installed elsewhere by the lines of docs/qa.md and started, the command passes the reference server."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run(
        [*pip, "wheel", str(ROOT), "--no-deps", "--wheel-dir", str(tmp_path)], check=True, capture_output=True
    )
    [wheel] = tmp_path.glob("*.whl")
    install = re.findall(
        r"```sh\n(.*?)```", (ROOT / "docs" / "qa.md").read_text(encoding="utf-8"), re.DOTALL
    )[0]
    assert "\npip install . " in install
    lines = install.replace("pip install .", f"pip install --quiet {wheel.name}")
    done = subprocess.run(
        ["/bin/bash", "-ec", f"{lines}\nscim-tests run --reference --profile ziflow --report-dir out"],
        cwd=tmp_path, env={"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PIP_NO_COMPILE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert record_in(tmp_path / "out").counts.failed == 0
    assert (tmp_path / "out" / "report.html").stat().st_size
