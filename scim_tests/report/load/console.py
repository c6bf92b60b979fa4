"""What a terminal shows of a load: how it goes while it goes, and its last lines."""

import math
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from scim_tests.model.load_plan import PAGE, LoadPlan
from scim_tests.model.load_record import LoadRecord
from scim_tests.model.tally import Tally
from scim_tests.report import console as of_runs
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.pages import Pages
from scim_tests.report.load.told import left_in_words
from scim_tests.report.load.words import about, span
from scim_tests.report.text import one_line, printable

EVERY = 10.0  # seconds, after which a line is printed where there is no terminal
LATELY = 10.0  # seconds over which the rate is told
BAR = 30


class LoadProgress:
    """Shows how a load goes: on a terminal a few lines that keep changing, elsewhere a line every ten seconds.

    `quiet` shows neither.
    """

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.console = console
        self.quiet = quiet
        self.said: float | None = None  # the second of the last line
        self.live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.live.stop()

    def say(self, text: str) -> None:
        """A line that is said once."""
        if not self.quiet:
            self.console.print(Text(printable(text)), soft_wrap=True)

    def update(self, plan: LoadPlan, tally: Tally, seconds: float, phase: str) -> None:
        """Say where the load is, so many seconds after it began; `phase` says what is done now."""
        if self.quiet:
            return
        if self.console.is_terminal:
            if not self.live.is_started:
                self.live.start()
            self.live.update(_picture(plan, tally, seconds, phase))
        elif self.said is None or seconds - self.said >= EVERY:
            self.said = seconds
            words = "; ".join(f"{name} {value}" for name, value in _figures(plan, tally, seconds).items())
            self.console.print(Text(f"{span(seconds)}, {one_line(phase)}: {words}"), soft_wrap=True)


def conclusion(load: LoadRecord, folder: Path, console: Console, *, quiet: bool = False) -> None:
    """The last lines: those of a run, with what the load comes to in Okta's terms."""
    left = left_in_words(load, shlex.quote(str(folder))).replace("`", "")
    told = [*load.told, *([f"Left behind on the target: {left}"] if left else [])]
    run = replace(as_run(load), left_behind=[])  # names would be no more than a few of very many
    of_runs.conclusion(run, folder, console, quiet=quiet, told=told, page="load.html")


def _picture(plan: LoadPlan, tally: Tally, seconds: float, phase: str) -> RenderableType:
    figures = Table.grid(padding=(0, 2))
    for name, value in _figures(plan, tally, seconds).items():
        figures.add_row(Text(name, "dim"), Text(value, "red" if name in _RED and value != "0" else ""))
    head = Text.assemble((one_line(phase), "bold"), f", {span(seconds)} since the start")
    if plan.people:
        figures.add_row("", ProgressBar(total=plan.people, completed=_over(plan, tally), width=BAR))
    return Group(head, figures)


_RED = ("failed", "429")


def _figures(plan: LoadPlan, tally: Tally, seconds: float) -> dict[str, str]:
    """What there is to say, each by its name; what the load does not do is left out."""
    said: dict[str, str] = {}
    if plan.people:
        wanted = next(
            (stage.rate for stage, end in zip(plan.stages, plan.ends, strict=True) if seconds < end), 0.0
        )
        said["rate"] = f"{_lately(tally, seconds)} requests a second" + (
            f" of {about(wanted)} wanted" if wanted else ""
        )
        said["people"] = f"{_over(plan, tally):,} of {plan.people:,} created"
    said["requests"] = f"{sum(tally.sent.values()):,} sent"
    said["failed"] = f"{sum(tally.failed.values()):,}"
    said["429"] = f"{sum(tally.throttled.values()):,}"
    if walks := [walk for walk in tally.walks if walk.pages]:
        pages = Pages(walks[-1])
        most = min(math.ceil(pages.total / PAGE), plan.pages(PAGE))
        said["import"] = f"page {len(pages.times):,} of {most:,}, which took {span(pages.times[-1] / 1000)}"
    if left := _left(plan, tally, seconds):
        said["left"] = f"about {span(left)}"
    return said


def _over(plan: LoadPlan, tally: Tally) -> int:
    return min(plan.people, tally.created)


def _lately(tally: Tally, seconds: float) -> str:
    """Requests a second that left in the slices that are over, of the last seconds."""
    now = int(seconds / tally.slice_seconds)
    slices = range(max(0, now - max(1, round(LATELY / tally.slice_seconds))), max(1, now))
    number = sum(tally.sent.get(str(each), 0) for each in slices)
    return about(number / (len(slices) * tally.slice_seconds))


def _left(plan: LoadPlan, tally: Tally, seconds: float) -> float:
    """Seconds that the assignment still takes, if it goes on as it did; 0 where nobody can tell."""
    over = _over(plan, tally)
    return seconds * (plan.people - over) / over if over else 0.0
