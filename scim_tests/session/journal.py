"""The run as it goes, one JSON object a line, so that nothing that was seen is lost with the process.

    began     the run: name, target, profile, which checks are judged
    scenes    what is to be played, in the order of the play
    found     a conversation that shows something, for a run that is killed before it is held once more
    waits     a target that throttles, and how long it is waited, for who watches
    heard     an exchange as it stays, and what the checks said of it
    over      a scene, what became of it, and what failed in it as a whole, for who watches
    judged    what a check says of a scene or the whole play
    ended     the run; without it the run was killed

Every report is made of what is read back here, after a run that ended as after one that was killed.
What is personal is masked before it is written (`scim_tests.record.masking.mask`, `scim_tests.session.journal_lines`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from scim_tests import profiles
from scim_tests.checks import whole_catalogue
from scim_tests.engine.judge import Judge, Judgement
from scim_tests.engine.results import RED
from scim_tests.engine.run_state import RunState, SceneRun, State
from scim_tests.errors import UsageError, WriteError
from scim_tests.model.act import Person, Scene, Team
from scim_tests.model.check import Beside, Consequence, Finding, Known, Severity
from scim_tests.model.conversation import Conversation, read_line
from scim_tests.model.conversation import line as line_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.record import RunInfo, TargetInfo
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.typed import typed
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import EVERY_ACT
from scim_tests.record.masking.mask import Mask
from scim_tests.session.journal_lines import Line, heard_in, heard_line, masked_line
from scim_tests.session.journal_shapes import refuse_another
from scim_tests.session.report_folder import JOURNAL
from scim_tests.wire import private_file

# Of a scene's result, and not kept.
FOR_LATER_SCENES = ("id", "name", "ids", "form", "unmapped", "mapped", "reached", "stopped")


@dataclass(frozen=True)
class Beginning:
    """What is known of a run before it begins: `checks` are judged, `known` is its baseline."""

    run: RunInfo
    target: TargetInfo
    profile: str  # as TOML
    checks: list[str]  # ids
    fail_on: str  # a severity
    known: list[dict[str, str]]  # entries of a baseline
    notices: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)  # features of the profile that were not enabled
    named: list[str] = field(default_factory=list)  # checks that were asked for one by one, in that order


class Journal:
    """Writes a run down; only its owner may read the file. A mask of None keeps what is personal.

    Every line is masked when it is written, and once more when the run is over and all strangers are known.
    WriteError once, where that can go on no longer; from then on nothing is written, so that a
    clean-up can be played all the same.
    """

    def __init__(self, folder: Path, beginning: Beginning, mask: Mask | None) -> None:
        self._path = folder / JOURNAL
        self._mask = mask
        self._said: dict[int, Mapping[str, Judgement]] = {}  # judgements of exchanges that are not kept yet
        self._is_shut = False
        private_file.refuse_others(self._path)
        private_file.replace(self._path, "")
        self._write("began", **asdict(beginning))

    def began(self, scenes: Sequence[SceneRun]) -> None:
        """Write which scenes are to come, of a group only its key and name."""
        self._write("scenes", scenes=[_scene_line(each.scene) for each in scenes])

    def found(self, number: int, check: str, conversation: Conversation) -> None:
        """Write by which conversation something was found, as long as that stands nowhere else; a shorter one has the same number."""
        self._write("found", number=number, check=check, conversation=line_of(conversation))

    def waits(self, step: str, seconds: float) -> None:
        """Write for which step it is waited, and how long."""
        self._write("waits", step=step, seconds=seconds)

    def judged(self, exchange: Exchange, judgements: Mapping[str, Judgement]) -> None:
        """Judgements wait for their exchange; whom it shows is got to know now, while the page is whole."""
        if self._mask:
            self._mask.heard(exchange.heard)
        self._said[id(exchange)] = judgements

    def kept(self, exchange: Exchange) -> None:
        """Write the exchange, masked, with what was said of it while it was whole."""
        said = self._said.pop(id(exchange), {})
        passed = [check for check, each in said.items() if each.verdict is Verdict.PASS]
        self._write(
            "heard",
            scene=exchange.scene,
            step=exchange.step,
            elided=exchange.elided,
            **heard_line(exchange.heard),
            passed=passed,
            judgements=[_judgement_line(check, said[check]) for check in said if check not in passed],
        )

    def over(self, played: SceneRun, judgements: Mapping[str, Judgement]) -> None:
        """Write how the scene ended, what failed, and of its result what is not for later scenes alone."""
        self._write(
            "over",
            scene=played.scene.name,
            state=played.state.value,
            why=played.why,
            blame=played.blame,
            result=_result_line(played.result),
            failed=[
                _judgement_line(check, each) for check, each in judgements.items() if each.verdict in RED
            ],
        )

    def ended(self, judge: Judge, run_state: RunState, seconds: float, notices: Sequence[str] = ()) -> None:
        """The run is over: what was said of scenes and play, and how it ended."""
        for check in judge.checks:
            if check.judges_exchanges:
                continue
            for each in judge.judgements.get(check.id, ()):
                scenes = {exchange.scene for exchange in each.exchanges}
                scene = "" if check.judges_the_play or not scenes else scenes.pop()
                self._write("judged", scene=scene, **_judgement_line(check.id, each))
        self._write(
            "ended",
            seconds=seconds,
            interrupted=run_state.interrupted,
            broken=run_state.broken,
            unfinished=run_state.unfinished,
            not_held=run_state.not_held,
            notices=list(notices),
        )
        if self._mask and not self._is_shut:
            self._write_anew()

    def masked(self, text: str) -> str:
        """A sentence that quotes what the target said, as it may be told beside others."""
        return self._mask.text(text) if self._mask else text

    def _write(self, event: str, **told: Any) -> None:
        if self._is_shut:
            return
        try:
            with private_file.grown(self._path) as file:
                private_file.put(file, self._line({"event": event, **told}))
        except WriteError:
            self._is_shut = True
            raise

    def _line(self, line: Line) -> bytes:
        told = masked_line(line, self._mask) if self._mask else line
        return json.dumps(told).encode("ascii") + b"\n"

    def _write_anew(self) -> None:
        """Somebody may have been named in an error first, and only later shown as a stranger."""
        with private_file.whole(self._path) as part, part.open("wb") as file:
            file.writelines(self._line(json.loads(line)) for line in _lines(self._path))


@dataclass
class Told:
    """A run read back from its journal."""

    beginning: Beginning
    profile: Profile
    judge: Judge
    run_state: RunState
    seconds: float
    # Checks with lines, of an exploration that was killed, by their numbers.
    found: dict[int, tuple[str, str]] = field(default_factory=dict)


def read(folder: Path) -> Told:
    """The run in that folder's journal, as far as it goes.

    UsageError `no-journal` where there is none, `bad-journal` where the file holds something else.
    """
    path, number = folder / JOURNAL, 0

    def checked() -> Iterator[Line]:
        nonlocal number
        for text in _lines(path):
            number += 1
            line = json.loads(text)
            refuse_another(line)
            yield line

    try:
        return _retold(checked())
    except FileNotFoundError:
        hint = f"Name the folder of a run; its {JOURNAL} holds what was seen."
        raise UsageError("no-journal", f"There is no run in {folder}.", hint) from None
    except OSError as error:
        why = private_file.why(error)
    except StopIteration:
        why = "it ends within its first line"
    except (ValueError, LookupError, TypeError, RecursionError):
        why = f"line {number} of {JOURNAL} is damaged"
    raise UsageError("bad-journal", f"{path} is not the whole journal of a run: {why}.")


def _lines(path: Path) -> Iterator[str]:
    """Every whole line; one that a kill tore off is passed over."""
    private_file.refuse_others(path)
    with path.open(encoding="ascii", errors="replace") as file:
        yield from (line for line in file if line.endswith("\n"))


def _retold(lines: Iterator[Line]) -> Told:
    first = next(lines)
    beginning = Beginning(
        RunInfo(**first["run"]),
        TargetInfo(**first["target"]),
        first["profile"],
        first["checks"],
        first["fail_on"],
        first["known"],
        first["notices"],
        first.get("without", []),
        first.get("named", []),
    )
    profile = profiles.parse_without_people(beginning.profile, "the profile in the journal")
    profile = profile.with_overrides(without=beginning.without)
    judge = Judge([each for each in whole_catalogue() if each.id in beginning.checks])
    run_state = RunState()
    run_state.interrupted = True  # until the journal says how the run ended
    told = Told(beginning, profile, judge, run_state, 0.0)
    by_name: dict[str, SceneRun] = {}
    for line in lines:
        _take(told, by_name, line)
    return told


def _take(told: Told, by_name: dict[str, SceneRun], line: Line) -> None:
    run_state = told.run_state
    match line["event"]:
        case "scenes":
            new = [SceneRun(_scene(each, told.profile)) for each in line["scenes"]]
            run_state.scene_runs += new
            by_name.update({each.scene.name: each for each in new})
        case "heard":
            _hear(told, by_name, line)
        case "over":
            played = by_name[line["scene"]]
            played.state, played.why, played.blame = State(line["state"]), line["why"], line["blame"]
            played.result = typed(SceneResult, line["result"])
        case "judged":
            place = [by_name[line["scene"]]] if line["scene"] else run_state.scene_runs
            exchanges = tuple(each for scene_run in place for each in scene_run.exchanges)
            told.judge.judgements[line["check"]].append(_judgement(line, exchanges, by_name))
        case "found":
            told.found[line["number"]] = (line["check"], line["conversation"])
        case "ended":
            told.found.clear()
            told.beginning.notices.extend(line["notices"])
            run_state.unfinished = line.get("unfinished", "")
            run_state.not_held = line.get("not_held", 0)
            told.seconds, run_state.interrupted, run_state.broken = (
                line["seconds"],
                line["interrupted"],
                line["broken"],
            )


def _hear(told: Told, by_name: Mapping[str, SceneRun], line: Line) -> None:
    played = by_name[line["scene"]]
    heard = replace(heard_in(line), base_url=told.beginning.target.base_url)
    exchange = Exchange(
        line["step"], played.scene.name, heard, before=tuple(played.exchanges), elided=line["elided"]
    )
    played.exchanges.append(exchange)
    played.why, played.state = f"{line['step']}: interrupted", State.CUT_SHORT  # until it is told to be over
    passed = Judgement(Verdict.PASS, (exchange,))
    said = {each["check"]: _judgement(each, (exchange,), by_name) for each in line["judgements"]}
    told.judge.recall(exchange, dict.fromkeys(line.get("passed", []), passed) | said)


def _scene_line(scene: Scene) -> Line:
    team = scene.team
    return {
        "act": scene.act.name,
        "person": asdict(scene.person) if scene.person else None,
        "team": {"key": team.key, "display_name": team.display_name} if team else None,
        "conversation": line_of(scene.conversation),
    }


def _scene(line: Line, profile: Profile) -> Scene:
    act = next(each for each in EVERY_ACT if each.name == line["act"])
    person = Person(**line["person"]) if line["person"] else None
    team = Team(**line["team"], people=()) if line["team"] else None
    said = line.get("conversation", "")
    return Scene(act, profile, person, team=team, conversation=read_line(said) if said else ())


def _result_line(result: SceneResult) -> Line:
    return {name: said for name, said in asdict(result).items() if said and name not in FOR_LATER_SCENES}


def _judgement_line(check: str, judgement: Judgement) -> Line:
    finding = judgement.finding
    return {
        "check": check,
        "verdict": judgement.verdict.value,
        "finding": _finding_line(finding) if finding else None,
        "consequence": asdict(finding.consequence) if finding and finding.consequence else None,
        "why": judgement.why,
        "blame": judgement.blame,
    }


def _finding_line(finding: Finding) -> Line:
    at = [[each.scene, len(each.before)] for each in finding.at]
    return {
        **{each: getattr(finding, each) for each in ("expected", "got", "where", "mild", "severity")},
        "at": at,
    }


def _judgement(line: Line, exchanges: tuple[Exchange, ...], by_name: Mapping[str, SceneRun]) -> Judgement:
    told = line["finding"]
    at = tuple(by_name[scene].exchanges[place] for scene, place in told["at"]) if told else ()
    severity = Severity(told["severity"]) if told and told["severity"] else None
    follows = _consequence(line.get("consequence"))
    finding = Finding(**{**told, "at": at, "severity": severity, "consequence": follows}) if told else None
    return Judgement(Verdict(line["verdict"]), exchanges, finding, line["why"], line["blame"])


def _consequence(told: Line | None) -> Consequence | None:
    """What follows from a finding, where it is not what its check says."""
    return (
        Consequence(**{**told, "known": Known(told["known"]), "beside": Beside(told["beside"])})
        if told
        else None
    )
