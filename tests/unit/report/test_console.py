"""The terminal shows how a run goes and how it ended, and obeys nobody but us."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from scim_tests.model.act import Act, Scene
from scim_tests.model.exchange import Exchange, Heard, Request
from scim_tests.model.profile import CleanUp, Dialect, Profile
from scim_tests.report.console import CAUSES_SHOWN, Progress, conclusion, terminal
from tests.unit.report.sample import all_good, sample

PROFILE = Profile("okta", "Okta", Dialect.OIN, frozenset(), CleanUp.DELETE)
FOLDER = Path("reports/now")


def _play(_: Scene) -> None: ...


def _scene(name: str) -> Scene:
    return Scene(Act(name, name, "push users", "", sends=frozenset({"POST /Users"}), play=_play), PROFILE)  # type: ignore[arg-type]


def _exchange(scene: str, step: str) -> Exchange:
    return Exchange(f"{scene}.{step}", scene, Heard(Request("GET", "/Users"), None))


def _console(*, live: bool = False) -> Console:
    return Console(
        file=StringIO(), force_terminal=live, width=80, color_system=None if not live else "truecolor"
    )


def _text(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def _run(console: Console) -> Progress:
    with Progress(console) as progress:
        progress.play_began(2)
        progress.scene_began(_scene("push_user"))
        progress.heard(_exchange("push_user", "lookup"), 0)
        progress.heard(_exchange("push_user", "create"), 2)
        progress.scene_began(_scene("discovery"))
        progress.live.refresh()
        progress.scene_ended(_scene("push_user"), "played")
        progress.scene_ended(_scene("discovery"), "cut short")
    return progress


def test_a_log_gets_one_line_a_scene() -> None:
    """Where nothing can be redrawn, each scene's end is one plain line."""
    console = _console()
    _run(console)
    lines = _text(console).splitlines()
    assert [line.split(maxsplit=1) for line in lines] == [
        ["push_user", "played, 2 requests, 2 judgements failed"],
        ["discovery", "ended early"],
    ]


@pytest.mark.parametrize("live", [False, True])
def test_scenes_that_were_not_asked_are_one_line(live: bool) -> None:
    """What a profile leaves out does not bury what was played; `quiet` says nothing of it."""
    console = _console(live=live)
    with Progress(console) as progress:
        for name in ("push_group", "import_groups"):
            progress.scene_ended(_scene(name), "not asked")
        progress.scene_ended(_scene("push_user"), "played")
    text = _text(console)
    assert text.rstrip().endswith("not asked: 2 scenes")
    assert "push_group" not in text
    silent = _console()
    with Progress(silent, quiet=True) as progress:
        progress.scene_ended(_scene("push_group"), "not asked")
    assert _text(silent) == ""


def test_a_terminal_shows_what_is_under_way() -> None:
    """Scenes over and under way, requests, failures, and the steps being played."""
    console = _console(live=True)
    _run(console)
    text = _text(console)
    assert "0 of 2 scenes over, 2 requests, " in text
    assert "push_user create" in text


def test_nothing_is_drawn_before_the_first_scene() -> None:
    """So a question asked before it stays readable."""
    console = _console(live=True)
    with Progress(console):
        assert _text(console) == ""


def test_the_last_lines_lead_with_the_root_causes() -> None:
    """Root causes, what is left behind, counts, verdict, report: in this order."""
    console = _console()
    conclusion(sample(), FOLDER, console)
    text = _text(console)
    said = [
        "1. push_user.lookup-miss-is-an-empty-list",
        "in Okta",
        "admin sees",
        "fix",
        "explains   2 other checks",
        "2. import_users.total-is-an-integer",
        "Left behind on the target: zoë.müller",
        "8 checks: 2 failed, 1 broken, 1 advice, 1 blocked, 1 not asked, 2 passed.",
        "Failed. 2 of 5 judged checks failed",
        "Report: reports/now/report.html",
    ]
    places = [text.index(each) for each in said]
    assert places == sorted(places)


@pytest.mark.parametrize("live", [False, True])
def test_a_target_cannot_speak_to_the_terminal(live: bool) -> None:
    """Its control characters are spelt out and its brackets are no markup."""
    console = _console(live=live)
    conclusion(sample(), FOLDER, console)
    text = _text(console)
    assert "\x1b[31mred" not in text
    assert r"\x1b[31mred\x07" in text
    assert "[bold]|pipe" in text


@pytest.mark.parametrize("columns", [40, 80])
def test_it_fits_the_terminal(columns: int) -> None:
    """No line is wider, except where it has one word that must stay whole to be of use, or a command."""
    console = Console(file=StringIO(), force_terminal=True, width=columns, color_system=None)
    conclusion(sample(), Path("a folder/of a/rather/long/name/such/as/pipelines/have/them/" * 2), console)
    wide = [line.strip() for line in _text(console).splitlines() if len(line.rstrip()) > columns]
    words = [line for line in wide if not line.startswith(("again", "Report: "))]
    assert [
        line for line in words if " " in line.removeprefix("admin sees ").removeprefix("System Log ")
    ] == []
    assert [line for line in wide if line.startswith("again      sh 'a folder/of a/rather/long")]


def test_elsewhere_nothing_is_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads a log there has a width of their own; who wants one says COLUMNS."""
    monkeypatch.delenv("COLUMNS", raising=False)
    assert terminal().width > 10_000
    monkeypatch.setenv("COLUMNS", "72")
    assert terminal().width == 72


def test_a_log_has_no_blanks_at_the_ends_of_its_lines() -> None:
    """Where nothing is drawn, each line ends with its last word."""
    console = _console()
    _run(console)
    conclusion(sample(), FOLDER, console)
    assert [line for line in _text(console).splitlines() if line != line.rstrip()] == []


def test_many_root_causes_are_cut_short() -> None:
    """The report holds the rest, and the last lines say so."""
    console = _console()
    conclusion(replace(sample(), root_causes=sample().root_causes * 5), FOLDER, console)
    assert f"{10 - CAUSES_SHOWN} more root causes in the report." in _text(console)


def test_a_good_run_ends_in_three_lines() -> None:
    """Counts, verdict and report are all there is to say."""
    console = _console()
    conclusion(all_good(), FOLDER, console)
    text = _text(console)
    assert text.startswith("2 checks: 2 passed.")
    assert "Passed. 2 checks passed." in text


def test_the_terminal_takes_text_as_it_is() -> None:
    """The console of this process neither highlights nor turns `:name:` into a picture."""
    console = terminal()
    with console.capture() as shown:
        console.print(":smile: 42")
    assert ":smile: 42" in shown.get()
