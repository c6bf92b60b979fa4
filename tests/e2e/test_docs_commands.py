"""What the docs tell a reader to type works: every shell line of a page is run, in the order of the page."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from commanding import TOKEN, inherited

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token

pytestmark = pytest.mark.usefixtures("no_page")

ROOT = Path(__file__).parents[2]
# Each with the fault of the server that its commands are pointed at.
PAGES = {
    "README.md": "",
    "docs/explore.md": "",
    "docs/load.md": "",
    "docs/okta-failure.md": "deactivated-user-hidden-from-filter",
    "docs/pipelines.md": "",
    "docs/qa.md": "",
    "docs/reference-server.md": "",
}
TARGETS = re.compile(
    r"https://(?:api\.example\.com|staging\.example\.com|api\.ziflow\.io/v1)/scim/v2|http://127\.0\.0\.1:8484/scim/v2"
)
# Not run: what makes this very environment, and pytest's door, which needs the checkout.
# The lines by which qa.md installs are run by test_wheel.py.
NOT_RUN = ("make ", "python3 -m venv", ". .venv/", "pip install", ".venv/bin/pip", ".venv/bin/pytest")
FORMS = ("bearer", "x-api-key")  # in which the pages send the token
# A run plays the least there is under every profile: other tests run each profile whole.
RUN = re.compile(r"^(.*\bscim-tests run (?![^#\n]*--only )(?:[^#&\n]*[^#&\s])?)", re.MULTILINE)
# Only its options are tried: it ends when it is told to, or is played by tests of its own.
NOT_PLAYED = re.compile(r"^(scim-tests (?:serve|record|ui|load|explore)[^#&\n]*)", re.MULTILINE)
# A conformance failure is what some commands are there to show; everything else worse than that is not.
STOP_AT_TROUBLE = (
    "trap 'code=$?; if [ $code -gt 1 ]; then echo \"ended with $code\" >&2; exit $code; fi' ERR\n"
)
EXAMPLE = re.compile(r"```toml\n(\[defaults\].*?)```", re.DOTALL)
# What a page takes for granted: traffic that was recorded, also by an app itself, an export of the System Log, a suite of
# Okta's (ours is of the same form), named targets.
MADE_BEFORE = f"""\
echo '[{{{{"eventType": "application.provision.user.sync", "outcome": {{{{"result": "FAILURE"}}}}}}}}]' > system-log.json
cp {ROOT}/fixtures/recordings/oin-healthy.har traffic.har
python -c 'import json; print(*map(json.dumps, json.load(open("traffic.har"))["log"]["entries"]), sep="\\n")' > scim.jsonl
cp {ROOT}/fixtures/official/small-suite.json Okta-SCIM-20-SPEC-Test.json
touch known-failures.toml
cat > scim-tests.toml <<'END'
{{targets}}END
"""
TOKENS = {"SCIM_TESTS_STAGING_TOKEN": TOKEN, "SCIM_TESTS_PRODUCTION_TOKEN": TOKEN}


def script_of(page: str, target: str) -> str:
    """All shell blocks of a page, pointed at `target`, after what they take for granted."""
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL)).splitlines()
    script = "\n".join(line for line in lines if not line.strip().startswith(NOT_RUN))
    script = NOT_PLAYED.sub(r"\1 --help ", TARGETS.sub(target, script))
    script = RUN.sub(r"\1 --only test_credentials,push_user.create-answers-* ", script)
    script = re.sub(r"(SCIM_TESTS_([A-Z]+_)?TOKEN)=…", rf"\1={TOKEN}", script)
    named = EXAMPLE.search((ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8"))
    assert named
    before = MADE_BEFORE.format(targets=TARGETS.sub(target, named[1]))
    return before + STOP_AT_TROUBLE + script.replace(".venv/bin/", "")


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_works(tmp_path: Path, program: Path, page: str) -> None:
    """Pointed at a server on this machine, no line ends in a usage error, an error of ours or an unknown command."""
    path = f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    fault = [PAGES[page]] if PAGES[page] else []
    with running(Settings(tokens=(Token(TOKEN),), token_forms=FORMS), around=faults.bent(fault)) as server:
        done = subprocess.run(
            ["/bin/bash", "-c", script_of(page, server.base_url)],
            cwd=tmp_path, env={**inherited(), **TOKENS, "PATH": path}, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode <= 1, done.stdout + done.stderr
    assert "ended with" not in done.stderr, done.stderr
