"""The way of an engineer with Okta's complaint in hand: explained, seen to fail, shown again, accepted, mended, compared."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from commanding import TOKEN, Command, record_in

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token

pytestmark = pytest.mark.usefixtures("no_page")

MESSAGE = "Multiple users found by userName. Expected 0 or 1 results but was [7]"
CHECK = "every_lookup.finds-no-stranger"
ACCEPTED = ("--reason", "the vendor mends it in spring", "--owner", "identity team")


def test_from_oktas_message_to_a_mended_server(command: Command, tmp_path: Path) -> None:
    """Each step gives what the next one needs, down to the command line that is pasted."""
    explained = command("explain", MESSAGE)
    assert explained.returncode == 0
    [only] = re.findall(r"--only (\S+)", explained.stdout)
    assert CHECK in only.split(",")
    with running(
        Settings(tokens=(Token(TOKEN),)), around=faults.bent(["filter-ignored-returns-all"])
    ) as server:
        target = ("run", "--target-url", server.base_url, "--only", only, "--parallel", "1")
        broken = command(*target, "--report-dir", "broken")
        assert broken.returncode == 1
        [script] = re.findall(rf"sh (\S+{CHECK}\.sh)", broken.stdout)
        shown = subprocess.run(
            ["/bin/sh", script],
            cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "SCIM_TESTS_TOKEN": TOKEN}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (shown.returncode, shown.stderr) == (1, "")
        assert "Still there: expected only the person asked for" in shown.stdout
        assert command("baseline", "update", "known.toml", "broken", *ACCEPTED).returncode == 0
        assert CHECK in [
            each["check"] for each in tomllib.loads((tmp_path / "known.toml").read_text())["known"]
        ]
        assert command(*target, "--report-dir", "again", "--baseline", "known.toml").returncode == 0
    with running(Settings(tokens=(Token(TOKEN),))) as server:
        target = ("run", "--target-url", server.base_url, "--only", only, "--parallel", "1")
        mended = command(*target, "--report-dir", "mended", "--baseline", "known.toml")
        assert mended.returncode == 0
        assert f"{CHECK} no longer fails" in " ".join(mended.stdout.split())
    compared = command("compare", "broken", "mended")
    assert compared.returncode == 0
    assert CHECK in compared.stdout.partition("## Fixed")[2]
    assert record_in(tmp_path / "mended").counts.failed == 0
