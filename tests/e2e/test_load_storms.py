import time
import pytest
from commanding import Command
from serving import serving, listed
from weather import Target
from scim_tests.errors import ExitCode
from pathlib import Path

PROFILE = """\
name = "quick"
title = "Gives up soon"
dialect = "oin"
capabilities = ["push_users", "push_profile_updates", "push_deactivation", "reactivate", "import_users"]
clean_up = "delete"

[limits]
timeout = 1.0
"""
W = {
    "all429": lambda n, s: 429 if n > 30 else None,
    "only429": lambda n, s: 429,
    "5xx": lambda n, s: 503 if n % 12 == 0 and n > 30 else None,
    "silent": lambda n, s: 0 if n > 60 else None,
    "silent-first": lambda n, s: 0,
    "refuses": lambda n, s: 401,
    "refuses-later": lambda n, s: 401 if n > 60 else None,
    "500": lambda n, s: 500,
}


@pytest.mark.parametrize("name", W)
def test_x(command: Command, tmp_path, name) -> None:
    """A load."""
    (tmp_path / "quick.toml").write_text(PROFILE)
    with serving(lambda url: Target(url, W[name])) as (url, app):
        t = time.time()
        done = command(
            "load",
            "--target-url",
            url,
            "--assign",
            "300",
            "--rate",
            "60",
            "--profile",
            "quick.toml",
            "--report-dir",
            "out",
        )
        print(done.stdout, done.stderr, done.returncode, time.time() - t)
        app.weather = lambda n, s: None
        print(app.asked, app.creates, len(listed(url, "Users")))
        c = command("clean", "out", "--yes")
        print(c.stdout, c.stderr, c.returncode)
        print("after clean", listed(url, "Users"))
    assert 0
