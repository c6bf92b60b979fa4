"""What each line of a journal holds, so that a line of a stranger's file with anything else in it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from scim_tests.engine.run_state import State
from scim_tests.errors import UsageError
from scim_tests.model.act import Person
from scim_tests.model.check import Consequence, Severity
from scim_tests.model.conversation import read_line
from scim_tests.model.record import RunInfo, TargetInfo
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.typed import typed
from scim_tests.model.verdict import Verdict

BEGINNING = b'{"event": "began", '  # of a journal


@dataclass(frozen=True)
class Known:
    """An entry of the baseline."""

    check: str
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True)
class Began:
    """The first line: a run begins. Dates are ISO 8601, `profile` is TOML, `checks` are ids."""

    run: RunInfo
    target: TargetInfo
    profile: str
    checks: list[str]
    fail_on: Severity
    known: list[Known]
    notices: list[str]
    without: list[str] = field(default_factory=list)  # earlier versions had neither
    named: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        datetime.fromisoformat(self.run.started)
        for each in self.known:
            date.fromisoformat(each.expires)


@dataclass(frozen=True)
class Group:
    """A group that is pushed, without its members."""

    key: str
    display_name: str


@dataclass(frozen=True)
class ToBePlayed:
    """A scene: the act's name, the person or group it is about, and the line of a conversation."""

    act: str
    person: Person | None
    team: Group | None
    conversation: str = ""  # earlier versions had none

    def __post_init__(self) -> None:
        if self.conversation:
            try:
                read_line(self.conversation)
            except UsageError as error:
                raise ValueError(error.message) from None


@dataclass(frozen=True)
class Scenes:
    """Scenes are to come, in this order; the clean-up has a line of its own."""

    scenes: list[ToBePlayed]


@dataclass(frozen=True)
class Found:
    """A check's finding; `at` names the exchanges it is about."""

    expected: str
    got: str
    where: str
    at: list[tuple[str, int]]  # scene, and place in it from 0
    mild: bool
    severity: Severity | None


@dataclass(frozen=True)
class Said:
    """What a check said; `scene` is empty beside an exchange, and of the play."""

    check: str
    verdict: Verdict
    finding: Found | None
    why: str
    blame: str
    scene: str = ""
    consequence: Consequence | None = None


@dataclass(frozen=True)
class Message:
    """A request or an answer; each header is a pair of name and value."""

    headers: list[list[str]]
    body: str
    status: int = 0  # of an answer
    method: str = ""  # of a request, and its path
    path: str = ""

    def __post_init__(self) -> None:
        if any(len(pair) != 2 for pair in self.headers):
            raise ValueError("a header is a name and a value")


@dataclass(frozen=True)
class HeardOf:
    """An exchange, the checks that passed there, and what others said. `answer` is None where none came; `started` is seconds since the epoch."""

    scene: str
    step: str
    elided: int
    request: Message
    answer: Message | None
    failure: str
    unreachable: bool
    started: float
    seconds: float
    judgements: list[Said]
    passed: list[str] = field(default_factory=list)  # ids; earlier versions told of these as of all others

    def __post_init__(self) -> None:
        datetime.fromtimestamp(self.started)  # noqa: DTZ006 -- whether it is a time


@dataclass(frozen=True)
class FoundBy:
    """What an exploration found: the check that failed, and the line of the conversation that shows it."""

    number: int
    check: str
    conversation: str


@dataclass(frozen=True)
class Waits:
    """A throttled step is sent again after so many seconds."""

    step: str
    seconds: float


@dataclass(frozen=True)
class Over:
    """A scene is over; `result` has what reports tell of it, `failed` what is told again where all is `judged`."""

    scene: str
    state: State
    why: str
    blame: str
    result: SceneResult
    failed: list[Said] = field(default_factory=list)  # earlier versions told of none


@dataclass(frozen=True)
class Ended:
    """The last line; a run that was killed has none. `broken` says which acts of ours failed."""

    seconds: float
    interrupted: bool
    broken: list[str]
    notices: list[str]
    unfinished: str = ""  # earlier versions told of none
    not_held: int = 0  # ... nor of any


SHAPES: Mapping[str, Any] = {
    "began": Began, "scenes": Scenes, "heard": HeardOf, "waits": Waits, "over": Over, "found": FoundBy, "judged": Said, "ended": Ended,
}  # fmt: skip


def refuse_another(line: Any) -> None:
    """KeyError, TypeError or ValueError where it is no line that a journal has."""
    typed(SHAPES[line["event"]], line)
