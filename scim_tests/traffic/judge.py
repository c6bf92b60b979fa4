"""From recorded traffic to the reports of a run: nothing is sent, everything is judged as if it had just come.

A recording of our own names its steps; in any other they are recognised from the requests. Where a
check would need what was not recorded, it says `not seen` and is no failure.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from scim_tests import __version__, profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.engine.results import Result, ending, results
from scim_tests.engine.run_state import RunState, SceneRun, State
from scim_tests.errors import ExitCode, UsageError
from scim_tests.model.act import Person, Scene
from scim_tests.model.check import Check
from scim_tests.model.exchange import Exchange, Heard
from scim_tests.model.profile import Dialect, Profile
from scim_tests.model.record import ExchangeRecord, MessageRecord, Outcome, RunInfo, RunRecord, TargetInfo
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict
from scim_tests.personas.play import ACTS
from scim_tests.record.build import record
from scim_tests.record.masking.mask import KEPT, Mask, of_recorded
from scim_tests.record.masking.record import masked
from scim_tests.session.finish import finish
from scim_tests.session.report_folder import create_report_folder, folder_name
from scim_tests.traffic.har_reader import Entry, Recording, read_recording
from scim_tests.traffic.lacking import Credentials, Lacks
from scim_tests.traffic.recognition import dialect_of, known_act, recognised, scene_of

NOT_SEEN = "not seen in the recording"
PROFILES = {Dialect.OIN: "okta", Dialect.CUSTOM: "okta-custom-app"}
NEVER_CAME = ("was never sent", "came before")
# True where nothing was done to the target but what is recorded, as in a play of ours: of an act
# everything that judges the play as a whole, and these.
OF_OUR_PLAY = frozenset({
    "import_users", "import_groups", "link_group", "duplicate_user", "every_view.agrees-with-the-others",
    "every_view.shows-the-same-attributes", "every_view.has-one-id-for-one-user-name", "every_write.changes-nothing-else",
    "every_view.write-changes-nobody-else", "every_view.shows-nothing-of-somebody-else",
    "every_group.is-the-same-through-every-door", "every_resource.keeps-its-version-while-nothing-changes",
    "every_write.shows-in-the-next-read", "every_write.changes-nothing-when-refused", "every_write.ends-in-some-order-at-once",
    "every_end.none-comes-without-a-delete", "every_membership.is-shown-by-groups-that-have-it",
})  # fmt: skip


# What nobody can tell who does not see the credentials.
OF_CREDENTIALS = frozenset({"test_credentials.probe-answers-200", "every_answer.shows-no-token"})


def judge_file(
    path: Path, profile: str | None, report_dir: str | None, *, strict: bool, keep_personal_data: bool
) -> tuple[RunRecord, Path]:
    """Judge the recording in a file and keep the reports; gives the record and the folder.

    Without a profile it is the one whose dialect the recording speaks. UsageError `bad-recording` where it is none.
    """
    recording = recording_in(path)
    done = as_reported(recording, profile, strict=strict, keep_personal_data=keep_personal_data)
    folder = create_report_folder(folder_name(path.stem, report_dir))
    return finish(done, folder), folder


def as_reported(
    recording: Recording,
    profile: str | None = None,
    *,
    strict: bool = False,
    keep_personal_data: bool = False,
) -> RunRecord:
    """What is judged of a recording, as reports may hold it: nothing was written yet."""
    found = judged(recording, profile, strict=strict)
    return as_kept(found, None if keep_personal_data else of_recorded())


def as_kept(found: RunRecord, mask: Mask | None) -> RunRecord:
    """What was judged, without the people in it, or with a notice that they are."""
    if mask is None:
        return replace(found, notices=[*found.notices, KEPT])
    try:
        return masked(found, mask)
    except Exception as error:
        emptied = [each if _can_be_masked(found, each) else _emptied(each) for each in found.exchanges]
        if emptied == found.exchanges:
            raise
        lost = [each.number for each, left in zip(found.exchanges, emptied, strict=True) if each != left]
        notes = [f"Exchange {number} was judged and is not kept: {type(error).__name__}" for number in lost]
        return as_kept(replace(found, exchanges=emptied, not_looked_at=[*found.not_looked_at, *notes]), mask)


def _can_be_masked(found: RunRecord, exchange: ExchangeRecord) -> bool:
    try:
        masked(replace(found, checks=[], root_causes=[], scenes=[], exchanges=[exchange]), of_recorded())
    except Exception:  # noqa: BLE001 -- what it raises, the caller tells
        return False
    return True


def _emptied(exchange: ExchangeRecord) -> ExchangeRecord:
    nothing = MessageRecord([], "")
    base_url = exchange.url.removesuffix(exchange.path)
    return replace(
        exchange, path="/", url=f"{base_url}/", request=nothing, response=nothing, failure="", curl=""
    )


def recording_in(path: Path) -> Recording:
    """The recording a file holds. UsageError `bad-recording` where it cannot be read or holds no SCIM."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError("bad-recording", f"{path} cannot be read: {error.strerror}.") from None
    return read_recording(data, path.name)


def judged(recording: Recording, profile: str | None = None, *, strict: bool = False) -> RunRecord:
    """The record of a recording; the profile is the one its dialect asks for, unless one is named."""
    return judged_with_numbers(recording, profile, strict=strict)[0]


def judged_with_numbers(
    recording: Recording, profile: str | None = None, *, strict: bool = False
) -> tuple[RunRecord, list[int]]:
    """The record, and for each entry its number in it, or 0: what belongs together stands together there."""
    heard = [each.heard for each in recording.entries]
    chosen = profiles.load(profile or PROFILES[dialect_of(heard)])
    named = [each for each in recording.entries if each.step]
    played, notes = _as_played(named, chosen)
    is_whole = sorted(each.number for each in recording.entries) == list(range(1, len(heard) + 1))
    ours = is_whole and not notes
    strange = [each.heard for each in recording.entries if not each.step]
    known = recording.lacks.credentials is Credentials.KEPT
    found, unknown = _recognised(strange, chosen, credentials_known=known)
    played += found
    judge = Judge(_checks(ours=ours, credentials_known=known or not strange))
    run_state = RunState()
    run_state.scene_runs = played
    numbers: dict[int, int] = {}
    for exchange in run_state.transcript:
        judge.hear(exchange)
        numbers[id(exchange.heard)] = exchange.number
    judge.conclude(run_state.transcript)
    broken = _without_the_broken(judge)
    told = [_seen(each, run_state.transcript) for each in results(judge, played)]
    done = record(
        run=_run(heard, strict=strict),
        target=TargetInfo(recording.base_url, bundled=False),
        profile=chosen,
        run_state=run_state,
        results=told,
        ending=ending(run_state, told, strict=strict),
        stories={act.name: act.group for act in ACTS},
        left_behind=[],
        notices=recording.lacks.notices,
    )
    left_out = [*recording.notes, *notes, *unknown, *broken]
    done = replace(done, outcome=_outcome(done.outcome, recording.lacks), not_looked_at=left_out)
    return done, [numbers.get(id(each), 0) for each in heard]


def _run(heard: list[Heard], *, strict: bool) -> RunInfo:
    """When it was recorded, and how long that took."""
    started = min((each.started for each in heard), default=0.0)
    ended = max((each.started + each.seconds for each in heard), default=0.0)
    moment = datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds")
    return RunInfo("recorded", 0, moment, round(ended - started, 3), 1, strict, __version__)


def _outcome(outcome: Outcome, lacks: Lacks) -> Outcome:
    """Where most was not judged nothing is called passed; what failed has failed all the same."""
    if outcome.exit_code == ExitCode.ALL_GOOD and lacks.most:
        return Outcome(ExitCode.NOTHING_JUDGED, "empty", lacks.most)
    return outcome


def _checks(*, ours: bool, credentials_known: bool) -> list[Check]:
    """All of them where the recording is a whole run `ours`, else those that need not know of everything."""
    return [
        each
        for each in catalogue()
        if (ours or not (each.judges_the_play and {each.act, each.id} & OF_OUR_PLAY))
        and (credentials_known or each.id not in OF_CREDENTIALS)
    ]


def _recognised(
    heard: list[Heard], profile: Profile, *, credentials_known: bool
) -> tuple[list[SceneRun], list[str]]:
    """The scenes in a conversation, and a line for each exchange with which nothing can be recognised."""
    try:
        jobs = recognised(heard, credentials_known=credentials_known)
    except Exception as error:  # noqa: BLE001 -- somebody else's requests: one of them must not cost all the others
        why = type(error).__name__
        return _without_the_unreadable(heard, profile, why, credentials_known=credentials_known)
    met: Counter[tuple[str, str]] = Counter()
    played = []
    for job in jobs:
        met[job.act, job.about] += 1
        scene = scene_of(job, met[job.act, job.about], profile)
        played.append(_played(scene, ((f"{job.act}.{step}", heard) for step, heard in job.steps)))
    return played, []


def _without_the_unreadable(
    heard: list[Heard], profile: Profile, why: str, *, credentials_known: bool
) -> tuple[list[SceneRun], list[str]]:
    readable = [each for each in heard if _is_readable(each)]
    if len(readable) == len(heard):  # each by itself, and not all together
        return [], [f"No request was recognised: {why}"]
    played, notes = _recognised(readable, profile, credentials_known=credentials_known)
    return played, [*notes, *[f"A recorded request was not recognised: {why}"] * (len(heard) - len(readable))]


def _is_readable(each: Heard) -> bool:
    try:
        recognised([each], credentials_known=True)
    except Exception:  # noqa: BLE001 -- what it raises, the caller tells
        return False
    return True


def _without_the_broken(judge: Judge) -> list[str]:
    """A line for each exchange over which a check of ours broke: what was recorded is not to blame for it, nor are we."""
    lines: dict[str, None] = {}
    for name, judgements in judge.judgements.items():
        for each in (each for each in judgements if each.verdict is Verdict.BROKEN):
            numbers = {exchange.number for exchange in each.exchanges}
            where = f"Exchange {numbers.pop()}" if len(numbers) == 1 else "The recording"
            lines[f"{where} was not judged by {name}: {each.finding.got if each.finding else ''}"] = None
        judge.judgements[name] = [each for each in judgements if each.verdict is not Verdict.BROKEN]
    return list(lines)


def _as_played(entries: list[Entry], profile: Profile) -> tuple[list[SceneRun], list[str]]:
    """Scenes whose steps are named, without those of which a run kept only a part."""
    scenes: dict[str, list[Entry]] = {}
    for each in entries:
        scenes.setdefault(each.scene, []).append(each)
    for said in scenes.values():
        said.sort(key=lambda each: each.number)  # of steps that left at once
    whole = {name: said for name, said in scenes.items() if not any(each.elided for each in said)}
    notes = [f"{name}: the recording holds only a part of its pages" for name in scenes.keys() - whole.keys()]
    found = [
        _played(_scene(name, profile), ((each.step, each.heard) for each in said))
        for name, said in whole.items()
    ]
    return found, notes


def _scene(name: str, profile: Profile) -> Scene:
    act, _, key = name.partition(":")
    return Scene(known_act(act), profile, Person(key, "", "", "", "", "", "") if key else None)


def _played(scene: Scene, said: Iterable[tuple[str, Heard]]) -> SceneRun:
    played = SceneRun(scene, State.PLAYED, "")
    for step, heard in said:
        before = tuple(played.exchanges)
        played.exchanges.append(Exchange(step, scene.name, heard, before=before))
    return played


def _seen(result: Result, transcript: Transcript) -> Result:
    """Not seen, where a check was kept from judging by what is not in the recording and not by an answer."""
    if result.verdict is Verdict.NOT_ASKED and not result.judgements and not result.why.startswith("nothing"):
        return replace(result, why=NOT_SEEN)
    if result.verdict is not Verdict.BLOCKED:
        return result
    if any(_lacks_a_part(each) for judgement in result.judgements for each in judgement.exchanges):
        return replace(result, verdict=Verdict.NOT_ASKED, why=f"{NOT_SEEN}: {result.why}", blame="")
    met = {each.step for each in transcript}
    if result.blame not in met or any(result.why.endswith(each) or each in result.why for each in NEVER_CAME):
        return replace(result, verdict=Verdict.NOT_ASKED, why=f"{NOT_SEEN}: {result.why}", blame="")
    return result


def _lacks_a_part(exchange: Exchange) -> bool:
    answer = exchange.heard.answer
    return bool(exchange.request.unrecorded or (answer and answer.unrecorded))


def told(record: RunRecord) -> str:
    """What was recognised: how many exchanges, and of which acts, as one sentence."""
    acts = Counter(scene.act for scene in record.scenes)
    heard = ", ".join(f"{times} {act}" if times > 1 else act for act, times in acts.items())
    return f"{len(record.exchanges)} exchanges with {record.target.base_url}, recognised as {heard}."
