"""A run as it is seen while it goes: its scenes with their calls, and what failed so far, read from its journal as that grows.

The journal is masked as it is written, so nothing else is needed: who looks away and comes back misses nothing, and a
run that was started elsewhere can be watched, too. A failure is as grave as its call shows; what only the whole play
shows is in the report.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from scim_tests.checks import whole_catalogue
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import RED, weighed
from scim_tests.engine.run_state import State
from scim_tests.errors import UsageError
from scim_tests.model.check import Check, Finding, Severity
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import EVERY_ACT
from scim_tests.profiles import parse_without_people
from scim_tests.session.journal_lines import Line, heard_in
from scim_tests.session.journal_shapes import refuse_another
from scim_tests.session.report_folder import JOURNAL
from scim_tests.wire import private_file

AT_ONCE = 400_000  # bytes that are read before what they show is told
TITLES: dict[str, str] = {act.name: act.title for act in EVERY_ACT}


@dataclass(frozen=True)
class WatchedFailure:
    """What a check found wrong at a call, how grave that is, and what follows in Okta."""

    check: str  # its id
    title: str
    severity: Severity
    consequence: str
    expected: str
    got: str


@dataclass(frozen=True)
class WatchedCall:
    """A request and how it was answered, or why it was not (`status` 0)."""

    number: int  # in the order they were heard
    step: str
    method: str
    path: str
    status: int
    answer: str
    seconds: float
    failures: tuple[WatchedFailure, ...]


@dataclass
class WatchedScene:
    """A scene: `title` says what is played, `about` for whom. Its state is empty as long as it is not over."""

    number: int  # its place in the play
    name: str
    title: str
    about: str
    state: State | None = None
    why: str = ""
    calls: list[WatchedCall] = field(default_factory=list)
    found: list[WatchedFailure] = field(default_factory=list)  # in it as a whole, once it is over
    shows: bool = False  # whether a check failed here first

    @property
    def failures(self) -> int:
        """How often something was found wrong."""
        return sum(len(each.failures) for each in self.calls) + len(self.found)

    @property
    def kind(self) -> str:
        """How it stands: waiting, going on, fail, or as it ended (`pass` where it was played whole)."""
        if self.failures:
            return "fail"
        if self.state is None:
            return "going on" if self.calls else "waiting"
        return "pass" if self.state is State.PLAYED else self.state.value


@dataclass
class FailedCheck:
    """A check that failed, where it did first, and how often."""

    first: WatchedFailure
    scene: WatchedScene
    call: WatchedCall
    times: int = 0


class Watched:
    """The run in that folder, as far as it was read; `offset` is how many bytes that are.

    FileNotFoundError where it has no journal yet. UsageError `bad-journal` where the file holds something else.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL
        private_file.refuse_others(self._path)
        self._file = self._path.open(
            "rb"
        )  # until it is closed: when a run is over, another file takes its place
        self._torn = b""
        self.offset = 0
        self.scenes: dict[str, WatchedScene] = {}
        self.failed: dict[str, FailedCheck] = {}
        self.calls = 0
        self.over = 0  # scenes
        self.waits = 0.0  # seconds that a throttled step waits, as long as nothing else was heard
        self.is_ended = False  # the play; its reports may not be written yet
        self.profile: Profile | None = None  # under which it is played, once that is known
        self._under_way: dict[str, list[Exchange]] = {}  # by their scenes

    def close(self) -> None:
        """Look no more."""
        self._file.close()

    @property
    def failures(self) -> int:
        """How often something was found wrong."""
        return sum(each.times for each in self.failed.values())

    def read(self, until: int | None = None) -> dict[str, list[WatchedCall]]:
        """Read on, to that offset or as far as is told at once: the scenes in which something is new, with their new calls."""
        new: dict[str, list[WatchedCall]] = {}
        for line in self._lines(AT_ONCE if until is None else max(0, until - self.offset)):
            try:
                self._take(json.loads(line), new)
            except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
                message = f"{self._path} is not the journal of a run: {error!r:.300}."
                raise UsageError("bad-journal", message) from None
        return new

    def read_all(self, until: int | None = None) -> None:
        """Read on as far as there is anything."""
        if until is not None:  # which anybody may have named
            until = min(until, os.fstat(self._file.fileno()).st_size)
        before = -1
        while before != self.offset != until:
            before = self.offset
            self.read(until)

    @property
    def gravest(self) -> list[FailedCheck]:
        """What failed, the gravest first."""
        return sorted(self.failed.values(), key=lambda each: list(Severity).index(each.first.severity))

    @property
    def not_asked(self) -> list[WatchedScene]:
        """The scenes that are left out, as far as that is known."""
        return [each for each in self.scenes.values() if each.state is State.NOT_ASKED]

    def _lines(self, most: int) -> Iterator[bytes]:
        """Those in so many bytes, or the next one where it is longer: a page of a thousand people is."""
        read = [self._torn]
        while b"\n" not in read[-1] and (more := self._file.read(most)):
            read.append(more)
        *whole, self._torn = b"".join(read).split(b"\n")
        for each in whole:
            self.offset += len(each) + 1
            yield each

    def _take(self, line: Line, new: dict[str, list[WatchedCall]]) -> None:
        refuse_another(line)
        match line["event"]:
            case "began":
                profile = parse_without_people(line["profile"], "the profile in the journal")
                self.profile = profile.with_overrides(without=line.get("without", ()))
            case "scenes":
                for each in line["scenes"]:
                    scene = _scene(each, len(self.scenes) + 1)
                    self.scenes[scene.name] = scene
                    new[scene.name] = []
            case "waits":
                self.waits = line["seconds"]
            case "heard" if line["scene"] in self.scenes:
                self.waits = 0.0
                new.setdefault(line["scene"], []).append(self._hear(line))
            case "over" if line["scene"] in self.scenes:
                self._end(line)
                new.setdefault(line["scene"], [])
            case "ended":
                self.is_ended = True

    def _hear(self, line: Line) -> WatchedCall:
        scene, heard = self.scenes[line["scene"]], heard_in(line)
        exchange = Exchange(line["step"], scene.name, heard)
        self._under_way.setdefault(scene.name, []).append(exchange)
        self.calls += 1
        call = WatchedCall(
            self.calls,
            line["step"].partition(".")[2].replace("_", " "),
            heard.request.method,
            heard.request.path,
            heard.answer.status if heard.answer else 0,
            heard.answer.phrase if heard.answer else heard.failure,
            heard.seconds,
            tuple(self._failures(line["judgements"], [exchange])),
        )
        scene.calls.append(call)
        for each in call.failures:
            self._note(each, scene, call)
        return call

    def _end(self, line: Line) -> None:
        scene = self.scenes[line["scene"]]
        scene.state, scene.why = State(line["state"]), line["why"]
        self.over += 1
        heard = self._under_way.pop(scene.name, [])
        for said in line.get("failed", []) if heard else []:
            told = said["finding"] or {"at": []}
            at = [place for name, place in told["at"] if name == scene.name and 0 <= place < len(heard)]
            for each in self._failures([said], [heard[place] for place in at] or heard):
                scene.found.append(each)
                self._note(each, scene, scene.calls[at[-1] if at else -1])

    def _note(self, failure: WatchedFailure, scene: WatchedScene, call: WatchedCall) -> None:
        scene.shows |= failure.check not in self.failed
        self.failed.setdefault(failure.check, FailedCheck(failure, scene, call)).times += 1

    def _failures(self, judgements: Sequence[Line], at: Sequence[Exchange]) -> Iterator[WatchedFailure]:
        capabilities = self.profile.capabilities if self.profile else frozenset()
        for said in judgements:
            verdict, told = Verdict(said["verdict"]), said["finding"]
            check = _checks().get(said["check"])
            if verdict not in RED or told is None or check is None:
                continue
            severity = Severity(told["severity"]) if told["severity"] else None
            finding = Finding(told["expected"], told["got"], told["where"], severity=severity)
            judged = weighed(check, Judgement(verdict, tuple(at), finding), capabilities)
            follows = judged.effect.consequence if judged.effect else check.consequence
            yield WatchedFailure(
                check.id, check.title, judged.severity, follows.text, told["expected"], told["got"]
            )


@cache
def _checks() -> dict[str, Check]:
    return {each.id: each for each in whole_catalogue()}


def _scene(line: Line, number: int) -> WatchedScene:
    """Called as `model.act.Scene` is."""
    person, team = line["person"], line["team"]
    key = (person or team or {"key": ""})["key"]
    about = person["trait"] if person else f"the group {team['display_name']}" if team else ""
    name = f"{line['act']}:{key}" if key else line["act"]
    return WatchedScene(number, name, TITLES.get(line["act"], str(line["act"])), about)
