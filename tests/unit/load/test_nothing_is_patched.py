"""Locust is a library here: it puts gevent in place of nothing of ours."""

import subprocess
import sys

import pytest

pytest.importorskip("locust")
ASKED = "import scim_tests.load.{}; from gevent.monkey import is_module_patched as is_patched; raise SystemExit(is_patched('threading') or is_patched('socket'))"


@pytest.mark.parametrize("module", ["hive", "leading", "session"])
def test_threads_and_sockets_stay_what_they_are(module: str) -> None:
    """Whichever module of a load is imported first: our event loop has a thread of the machine beside Locust's."""
    done = subprocess.run([sys.executable, "-c", ASKED.format(module)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
