"""What a terminal shows: progress while requests are under way, and the last lines of a run.

Everything a target said goes through `one_line` into a rich `Text`, never into markup.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from scim_tests.model.act import Scene
from scim_tests.model.check import Severity
from scim_tests.model.exchange import Exchange
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.in_okta import message_of
from scim_tests.report.record_index import SEVERITY_WORDS, STATES, RecordIndex, counted, duration, many
from scim_tests.report.text import one_line, shortened

STYLES: dict[Verdict, str] = {
    Verdict.FAIL: "bold red",
    Verdict.BROKEN: "bold magenta",
    Verdict.ADVICE: "yellow",
    Verdict.BLOCKED: "blue",
    Verdict.NOT_ASKED: "dim",
    Verdict.PASS: "green",
}
CAUSES_SHOWN = 5
STEPS_SHOWN = 6
SENTENCE_SHOWN = 400
INDENT = 3


def terminal() -> Console:
    """Standard output, as a terminal where it is one; elsewhere lines are not cut to a width."""
    narrow = sys.stdout.isatty() or "COLUMNS" in os.environ
    return _Patient(highlight=False, emoji=False, width=None if narrow else 160)


class _Patient(Console):
    """A console whose reader may go away, or whose disk may be full, without ending the run."""

    def print(self, *objects: Any, **options: Any) -> None:
        try:
            super().print(*objects, **options)
            self.file.flush()
        except OSError:
            self.on_broken_pipe()

    def on_broken_pipe(self) -> None:
        self.quiet = True
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class Progress:
    """Hears how a run goes (an `engine.listener.Listener`) and shows it.

    On a terminal a few lines that keep changing; elsewhere one plain line for each scene's end.
    Starts with the first scene, so that questions asked before it are not drawn over.
    """

    def __init__(self, console: Console) -> None:
        self.console = console
        self.spinner = Spinner("dots", style="cyan")
        self.steps: dict[str, str] = {}  # the latest step of each scene under way
        self.tally: dict[str, list[int]] = {}  # requests and failed judgements of each scene
        self.scenes = self.over = self.requests = self.failures = 0
        self.live = Live(console=console, get_renderable=self._picture, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def play_began(self, scenes: int) -> None:
        """More scenes to count, those of the clean-up too."""
        self.scenes += scenes

    def scene_began(self, scene: Scene) -> None:
        """One line more of what is under way, on a terminal alone."""
        if self.console.is_terminal and not self.live.is_started:
            self.live.start()
        self.steps[scene.name] = ""

    def heard(self, exchange: Exchange, failed: int) -> None:
        """Show the step, and count requests and failures."""
        self.steps[exchange.scene] = exchange.step.partition(".")[2]
        requests, failures = self.tally.get(exchange.scene, [0, 0])
        self.tally[exchange.scene] = [requests + 1, failures + failed]
        self.requests += 1
        self.failures += failed

    def scene_ended(self, scene: Scene, state: str) -> None:
        """Without a terminal each scene is one printed line, as it ends."""
        self.steps.pop(scene.name, None)
        self.over += 1
        if not self.console.is_terminal:
            self.console.print(self._line(scene, state), soft_wrap=True)

    def interrupted(self, times: int) -> None:
        """Say what becomes of whom the run made."""
        said = {
            1: "Interrupted; removing what this run made. Once more leaves it where it is.",
            2: "Leaving it.",
        }
        self.console.print(Text(said.get(times, "Giving up.")))

    def _line(self, scene: Scene, state: str) -> Text:
        requests, failures = self.tally.get(scene.name, [0, 0])
        said = [STATES.get(state, state), *([many(requests, "request")] if requests else [])]
        red = [f"{many(failures, 'judgement')} failed"] if failures else []
        return Text(f"{one_line(scene.name):<28} {', '.join([*said, *red])}")

    def _picture(self) -> RenderableType:
        said = Text.assemble(
            f"Okta is at work: {self.over} of {many(self.scenes, 'scene')} over, ",
            f"{many(self.requests, 'request')}, ",
            (f"{self.failures} failed", STYLES[Verdict.FAIL] if self.failures else "dim"),
        )
        self.spinner.update(text=said)
        under_way = list(self.steps.items())[:STEPS_SHOWN]  # a copy: this runs in rich's thread
        return Group(self.spinner, *(Text(f"  {one_line(scene)} {step}", "dim") for scene, step in under_way))


def conclusion(record: RunRecord, folder: Path, console: Console) -> None:
    """The last lines: notices first, then root causes, what is left behind, counts, verdict and report."""
    index = RecordIndex(record)
    for notice in record.notices:
        _print(console, Text(one_line(notice), "bold red"))
    for number, (cause, check) in enumerate(index.causes[:CAUSES_SHOWN], start=1):
        _print(console, _cause(number, cause, check, folder, bundled=record.target.bundled))
    if (more := len(index.causes) - CAUSES_SHOWN) > 0:
        _print(console, Text(f"{many(more, 'more root cause')} in the report.\n"))
    if record.left_behind:
        _print(console, _left_behind(record))
    for line in record.baseline:
        _print(console, Text(one_line(line), "yellow"), soft_wrap=True)
    _print(console, _counts(record))
    _print(console, _verdict(record))
    _print(console, Text(f"Report: {folder / 'report.html'}"), soft_wrap=True)


def _print(console: Console, shown: RenderableType, *, soft_wrap: bool = False) -> None:
    """Show it; where that is no terminal, lines end with their last word instead of blanks to the width."""
    if console.is_terminal:
        console.print(shown, soft_wrap=soft_wrap)
        return
    with console.capture() as said:
        console.print(shown, soft_wrap=soft_wrap)
    lines = said.get().removesuffix("\n").split("\n")
    console.print(Text("\n".join(line.rstrip() for line in lines)), soft_wrap=True)


def _cause(
    number: int, cause: RootCause, check: CheckRecord, folder: Path, *, bundled: bool
) -> RenderableType:
    severity = SEVERITY_WORDS[Severity(cause.severity)]
    head = Text.assemble((f"{number}. ", "bold"), (check.id, STYLES[Verdict.FAIL]), (f"  {severity}", "dim"))
    said = Table.grid(padding=(0, 1, 0, 0))
    said.add_column(style="dim", no_wrap=True, min_width=len("admin sees"))
    said.add_column(overflow="fold")
    said.add_row("in Okta", _safe(check.consequence.text))
    if message := message_of(check):
        said.add_row("admin sees", _safe(f"“{message}”"))
    for fact in check.aftermath:
        if fact.about == "event":
            said.add_row("System Log", _safe(fact.text))
    said.add_row("fix", _safe(check.fix))
    if check.reproduction:
        url = " URL" if bundled else ""  # the server is gone, and another has another address
        said.add_row("again", Text(f"sh {folder / 'reproduce' / check.id}.sh{url}"))
    if check.tolerated:
        said.add_row("tolerated", _safe(check.tolerated))
    if cause.explains:
        said.add_row("explains", Text(many(len(cause.explains), "other check")))
    return Group(
        head,
        Padding(_safe(cause.sentence), (0, 0, 0, INDENT), expand=False),
        Padding(said, (0, 0, 1, INDENT), expand=False),
    )


def _safe(text: str) -> Text:
    return Text(shortened(one_line(text), SENTENCE_SHOWN))


def _left_behind(record: RunRecord) -> Text:
    names = [one_line(left.user_name) for left in record.left_behind]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return Text(f"Left behind on the target: {shown} (why: in the report).")


def _counts(record: RunRecord) -> Text:
    counts = record.counts
    said = Text(f"{many(counts.checks, 'check')}: ")
    words = [Text(f"{number} {word}", STYLES[verdict]) for verdict, number, word in counted(counts)]
    said.append_text(Text(", ").join(words))
    said.append(f". {many(counts.judgements, 'judgement')}, {many(counts.requests, 'request')}, ", "dim")
    return said.append(f"{duration(record.run.seconds)}, seed {record.run.seed}.", "dim")


def _verdict(record: RunRecord) -> Text:
    style = "bold green" if record.outcome.exit_code == 0 else "bold red"
    return Text.assemble((f"{record.outcome.verdict.capitalize()}. ", style), _safe(record.outcome.sentence))
