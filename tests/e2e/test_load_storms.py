"""A target that cannot stand a load ends it early and in order: the reports say why, and whom it made is removed or told."""

import json
from html import unescape
from pathlib import Path
from threading import Event

import pytest
from commanding import TOKEN, Command
from standing import everybody, standing
from under_load import ALL, ended, some, started
from weather import NOTHING, Forecast, fair, under

from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode

LOAD = ("--assign", "300", "--rate", "60", "--profile", "soon.toml")
SOON = """\
name = "soon"
title = "Waits one second, and two where it is throttled"
dialect = "oin"
capabilities = ["push_users", "push_profile_updates", "push_deactivation", "reactivate", "import_users"]
clean_up = "delete"

[limits]
timeout = 1.0
longest_wait = 2.0
"""
BAD, REFUSED, UNREACHABLE = (
    (ExitCode.CONFORMANCE_FAILURES, "failed"),
    (ExitCode.TARGET_UNREACHABLE, "refused"),
    (ExitCode.TARGET_UNREACHABLE, "unreachable"),
)
# What becomes of the requests, how the load ends, and what its reports say.
STORMS: dict[str, tuple[Forecast, tuple[ExitCode, str], str]] = {
    "throttled from then on": (lambda n: 429 if n > 60 else None, BAD, "were throttled (429)"),
    "5 % of 5xx": (lambda n: 503 if n > 40 and n % 16 == 0 else None, BAD, "answered with 5xx or not at all"),
    "silent from then on": (lambda n: NOTHING if n > 60 else None, BAD, "answered"),
    "refused at once": (lambda _: 401, REFUSED, "The target refused the credentials: 401 Unauthorized."),
    "refused later": (lambda n: 401 if n > 60 else None, BAD, "takes the credentials no longer"),
    "silent at once": (lambda _: NOTHING, UNREACHABLE, "The target gave no answer: "),
    "5xx at once": (lambda _: 500, BAD, "10 of the last 10 requests"),
    "throttled at once": (lambda _: 429, BAD, "5 of the last 5 requests were throttled (429)"),
}


def told(folder: Path) -> tuple[str, str]:
    """The verdict in the record, and its sentence."""
    outcome = json.loads((folder / "out" / "load.json").read_text(encoding="utf-8"))["outcome"]
    return outcome["verdict"], outcome["sentence"]


@pytest.mark.parametrize("storm", some([*STORMS], 0, 2, 3))
def test_a_storm_ends_it(command: Command, tmp_path: Path, storm: str) -> None:
    """Long before its end; nobody is lost: once the weather is fair again, `clean` leaves the target as it was."""
    forecast, (code, verdict), why = STORMS[storm]
    (tmp_path / "soon.toml").write_text(SOON)
    with under(seed_users=20) as weather:
        before = everybody(weather.base_url)
        weather.begins(forecast)
        done = command("load", "--target-url", weather.base_url, "--report-dir", "out", *LOAD)
        creates, said = weather.creates, done.stdout + done.stderr
        weather.begins(fair)
        assert command("clean", "out", "--yes").returncode == ExitCode.ALL_GOOD
        assert everybody(weather.base_url) == before
    assert (done.returncode, told(tmp_path)[0]) == (code, verdict), said
    assert creates < 200
    page = unescape((tmp_path / "out" / "load.html").read_text(encoding="utf-8"))
    for report in (said, told(tmp_path)[1], page):
        assert why in report


@pytest.mark.skipif(not ALL, reason="one more storm: make loads")
@pytest.mark.parametrize("comes_back", [True, False])
def test_a_target_that_dies_in_the_middle(command: Command, tmp_path: Path, comes_back: bool) -> None:
    """Whether it is there again for the clean-up or not: who is left is told, and `clean` finishes it."""
    made = Event()
    with standing(tmp_path, seed_users=20) as server:
        before = everybody(server.base_url)
        load = started(tmp_path, server.base_url, *LOAD[:4])
        while len(everybody(server.base_url)) < 40:
            made.wait(0.1)
        server.dies()
        if comes_back:
            made.wait(1)
            server.stands_up()
        code, said = ended(load)
        if not comes_back:
            server.stands_up()
        assert command("clean", "out", "--yes").returncode == ExitCode.ALL_GOOD
        assert everybody(server.base_url) == before
    assert (code, told(tmp_path)[0]) == BAD, said
    assert "not answered" in told(tmp_path)[1] or "not at all" in told(tmp_path)[1]
    if not comes_back:
        assert "Left behind on the target" in said


@pytest.mark.skipif(not ALL, reason="takes half a minute: make loads")
def test_a_limit_is_obeyed(tmp_path: Path) -> None:
    """A little more than the limit is no storm: every 429 is waited for, and the time that is told has these waits in it."""
    settings = Settings(tokens=(Token(TOKEN),), rate_limit=30)
    with under(settings=settings) as weather:
        code, said = ended(started(tmp_path, weather.base_url, "--assign", "150", "--rate", "35"))
    tally = json.loads((tmp_path / "out" / "load.json").read_text(encoding="utf-8"))["tally"]
    assert code == ExitCode.ALL_GOOD, said
    assert "with the waits that the target asked for" in said
    assert (tally["given_up"], tally["stopped"], tally["created"]) == (0, "", 150)
    assert sum(tally["throttled"].values()) > 0
    assert tally["waited"] >= sum(tally["throttled"].values())
