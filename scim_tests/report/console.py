"""What a terminal shows: progress while requests are under way, and the last lines of a run.

Everything a target said goes through `one_line` into a rich `Text`, never into markup.
"""

import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.containers import Lines
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from scim_tests.model.act import Scene
from scim_tests.model.check import Severity
from scim_tests.model.exchange import Exchange
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.in_okta import message_of
from scim_tests.report.record_index import (
    NO_SCRIPT,
    SEVERITY_WORDS,
    STATES,
    RecordIndex,
    counted,
    duration,
    many,
    replay,
    sentence,
)
from scim_tests.report.since import sentence_since
from scim_tests.report.text import one_line, shortened

STYLES: dict[Verdict, str] = {
    Verdict.FAIL: "bold red",
    Verdict.BROKEN: "bold magenta",
    Verdict.ADVICE: "yellow",
    Verdict.BLOCKED: "blue",
    Verdict.NOT_ASKED: "dim",
    Verdict.PASS: "green",
}
NOT_ASKED = "not asked"  # of a scene
CAUSES_SHOWN = 5
STEPS_SHOWN = 6
SENTENCE_SHOWN = 400
ADVICE_SHOWN = 160
INDENT = 3
LABEL = len("admin sees")
WORD = re.compile(r"\S+\s*")
UNFOLDED = 1_000_000  # columns of what is no terminal: whoever reads it there has a width of their own


def terminal(*, err: bool = False) -> Console:
    """Standard output or error, as a terminal where it is one; elsewhere no line is folded, unless COLUMNS asks for it."""
    has_width = (sys.stderr if err else sys.stdout).isatty() or "COLUMNS" in os.environ
    return _Patient(stderr=err, highlight=False, emoji=False, width=None if has_width else UNFOLDED)


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
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())


class Progress:
    """Hears how a run goes (an `engine.listener.Listener`) and shows it.

    On a terminal a few lines that keep changing; elsewhere one plain line for each scene that was asked for, as it
    ends, and one for the others. `quiet` shows neither.
    Starts with the first scene, so that questions asked before it are not drawn over.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console = console
        self.quiet = quiet
        self.spinner = Spinner("dots", style="cyan")
        self.steps: dict[str, str] = {}  # the latest step of each scene under way
        self.tally: dict[str, list[int]] = {}  # requests and failed judgements of each scene
        self.scenes = self.over = self.requests = self.failures = self.not_asked = self.interruptions = 0
        self.live = Live(console=console, get_renderable=self._picture, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()
        if self.not_asked and not self.quiet:
            self.console.print(Text(f"{NOT_ASKED}: {many(self.not_asked, 'scene')}"))

    def play_began(self, scenes: int) -> None:
        """More scenes to count, those of the clean-up too."""
        self.scenes += scenes

    def scene_began(self, scene: Scene) -> None:
        """One line more of what is under way, on a terminal alone."""
        if self.console.is_terminal and not self.quiet and not self.live.is_started:
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
        """Without a terminal each scene that was asked for is one printed line, as it ends."""
        self.steps.pop(scene.name, None)
        self.over += 1
        self.not_asked += state == NOT_ASKED
        if state != NOT_ASKED and not self.console.is_terminal and not self.quiet:
            self.console.print(self._line(scene, state), soft_wrap=True)

    def interrupted(self, times: int) -> None:
        """Say what becomes of whom the run made."""
        self.interruptions = times
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


def conclusion(  # noqa: PLR0913 -- what it says, each by its name
    record: RunRecord,
    folder: Path,
    console: Console,
    *,
    quiet: bool = False,
    told: Iterable[str] = (),
    page: str = "report.html",
) -> None:
    """The last lines: notices first, then root causes, what is left behind, advice, what changed, counts, verdict and report.

    `quiet` leaves out the counts, and of a run that is good all but the verdict. `told` is said after the root causes.
    """
    if quiet and record.outcome.exit_code == 0:
        _print(console, _verdict(record))
        return
    index = RecordIndex(record)
    for notice in record.notices:
        _print(console, Text(one_line(notice), "bold red"))
    for number, (cause, check) in enumerate(index.causes[:CAUSES_SHOWN], start=1):
        for shown, label, indent in _cause(index, number, cause, check, folder):
            _print(console, shown, label, indent)
    if (more := len(index.causes) - CAUSES_SHOWN) > 0:
        _print(console, Text(f"{many(more, 'more root cause')} in the report."))
        _print(console, Text())
    for each in told:
        _print(console, _safe(each), "- ")
    for line in _remarks(record, index, quiet=quiet):
        _print(console, line)
    _print(console, _verdict(record))
    _print(console, Text(f"Report: {folder / page}", no_wrap=True))


def _remarks(record: RunRecord, index: RecordIndex, *, quiet: bool) -> Iterator[Text]:
    """What is said between the root causes and the verdict, line by line."""
    if record.left_behind:
        yield _left_behind(record)
    yield from (Text(one_line(line), "yellow") for line in record.baseline)
    if not quiet:
        told = (index.token, _advice(index), sentence_since(record))
        yield from (Text(one_line(each)) for each in told if each)
        yield _counts(record)


def _print(console: Console, shown: Text, label: str = "", indent: int = 0) -> None:
    """Show it in as many lines as the width asks for, behind its label."""
    before = Text.assemble(" " * indent, (label, "dim"))
    for line in _folded(shown, console.width - before.cell_len):
        line.rstrip()
        said = Text.assemble(before, line)
        said.rstrip()
        console.print(said, soft_wrap=True)
        before = Text(" " * before.cell_len)


def _folded(text: Text, room: int) -> Lines:
    """The text in lines, no word of it in two: paths and addresses can be copied whole, and so can a command."""
    if text.no_wrap:
        return Lines([text])
    breaks, used = list[int](), 0
    for word in WORD.finditer(text.plain):
        if used and used + cell_len(word[0].rstrip()) > room:
            breaks.append(word.start())
            used = 0
        used += cell_len(word[0])
    return text.divide(breaks)


def _cause(
    index: RecordIndex, number: int, cause: RootCause, check: CheckRecord, folder: Path
) -> Iterator[tuple[Text, str, int]]:
    """A root cause, paragraph by paragraph: each with its label, and how far it stands in."""
    severity = SEVERITY_WORDS[Severity(cause.severity)]
    head = ((f"{number}. ", "bold"), (check.id, STYLES[Verdict.FAIL]), (f"  {severity}", "dim"))
    yield Text.assemble(*head), "", 0
    yield _safe(cause.sentence), "", INDENT
    message = message_of(check)
    script = shlex.quote(str(folder / "reproduce" / f"{check.id}.sh"))
    held = index.conversation(cause)
    url = " URL" if index.record.target.is_gone else ""  # the server is gone, and another has another address
    said = [
        ("in Okta", _safe(check.consequence.text)),
        ("admin sees", _safe(f"“{message}”" if message else "")),
        *(("System Log", _safe(fact.text)) for fact in check.aftermath if fact.about == "event"),
        ("fix", _safe(check.fix)),
        ("again", Text(f"sh {script}{url}" if check.reproduction else "", no_wrap=True)),
        ("again", Text(NO_SCRIPT if check.id in index.unscripted else "")),
        ("held in", Text(one_line(replay(held, index.record)) if held else "", no_wrap=True)),
        ("tolerated", _safe(check.tolerated)),
        ("explains", Text(many(len(cause.explains), "other check") if cause.explains else "")),
    ]
    for label, text in said:
        if text:
            yield text, f"{label:<{LABEL}} ", INDENT
    yield Text(), "", 0


def _safe(text: str) -> Text:
    return Text(shortened(one_line(text), SENTENCE_SHOWN))


def _advice(index: RecordIndex) -> str:
    """How many checks gave advice, and the gravest of it; empty where none did."""
    advised = index.with_verdict(Verdict.ADVICE)
    if not advised:
        return ""
    first = advised[0]
    return f"Advice: {many(len(advised), 'check')}; the gravest is {first.id}: {shortened(sentence(first), ADVICE_SHOWN)}."


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
