"""Locust is a library here: it puts gevent in place of nothing of ours."""

import subprocess
import sys

ASKED = "import scim_tests.load.session; from gevent.monkey import is_module_patched as patched; raise SystemExit(patched('threading') or patched('socket'))"


def test_threads_and_sockets_stay_what_they_are() -> None:
    """Our event loop has a thread of the machine beside Locust's, also where another module than `hive` imports Locust first."""
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
