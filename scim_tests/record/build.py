"""From what the engine found to the run record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from scim_tests.engine.causes import Cause, causes
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Ending, Result, counts
from scim_tests.engine.run_state import RunState, SceneRun
from scim_tests.knowledge.okta_effect import aftermath, detail_of, fails_in_okta, sends, stumbling
from scim_tests.knowledge.qa_plan import qa_plan
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.act import Scene
from scim_tests.model.check import Check, Consequence, Finding
from scim_tests.model.conversation import line
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.fact import Fact
from scim_tests.model.plan import Plan
from scim_tests.model.profile import Profile
from scim_tests.model.record import (
    CheckRecord,
    ConsequenceRecord,
    Counts,
    ExchangeRecord,
    FindingRecord,
    LeftBehind,
    MessageRecord,
    Outcome,
    ProfileInfo,
    ReferenceRecord,
    RootCause,
    RunInfo,
    RunRecord,
    SceneRecord,
    TargetInfo,
)
from scim_tests.model.verdict import Verdict
from scim_tests.record.plans import Evidence, plan_record
from scim_tests.wire.curl import curl

WORDS_SHOWN = 300  # characters of a target's detail
TOLD = (Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN)
Scenes = Mapping[str, Scene]  # by name


def record(  # noqa: PLR0913 -- the parts of a run, each by its name
    *,
    run: RunInfo,
    target: TargetInfo,
    profile: Profile,
    run_state: RunState,
    results: Sequence[Result],
    ending: Ending,
    stories: Mapping[str, str],
    left_behind: Sequence[LeftBehind],
    notices: Sequence[str] = (),
) -> RunRecord:
    """The whole record; `stories` maps a check's act to its story, "every answer" for those it does not name."""
    transcript = run_state.transcript
    scenes = {each.scene.name: each.scene for each in run_state.scene_runs}
    checks = [
        check_record(each, stories.get(each.check.act, "every answer"), scenes, profile.capabilities)
        for each in results
    ]
    conversations = {name: each.conversation for name, each in scenes.items() if each.conversation}
    red = {number for check in checks for finding in check.findings for number in finding.at}
    exchanges = [_exchange(each, target.base_url, scenes, red) for each in transcript]
    told = [_scene(each) for each in run_state.scene_runs]
    limits = {name: said for each in run_state.scene_runs for name, said in each.result.limits.items()}
    evidence = Evidence(told, checks, exchanges, limits)
    return RunRecord(
        run=run,
        target=target,
        profile=profile_info(profile),
        outcome=Outcome(int(ending.exit_code), ending.verdict, ending.sentence),
        counts=_counts(results, len(transcript)),
        root_causes=[_root_cause(each) for each in causes(results, conversations)],
        scenes=told,
        checks=checks,
        exchanges=exchanges,
        left_behind=list(left_behind),
        notices=list(notices),
        imports=[each.result.imported for each in run_state.scene_runs if each.result.imported],
        plans=[] if conversations else [plan_record(each, evidence) for each in _plans(profile)],
        not_looked_at=[note for each in run_state.scene_runs for note in each.result.not_looked_at],
        sources=sources(each.aftermath for found in (checks, exchanges) for each in found),
    )


def _plans(profile: Profile) -> list[Plan]:
    """What a run says of its own order; an exploration plays none of their cases."""
    return [*([profile.guide] if profile.guide else []), qa_plan()]


def profile_info(profile: Profile) -> ProfileInfo:
    """What a record says of the profile."""
    return ProfileInfo(
        profile.name,
        profile.title,
        profile.dialect,
        sorted(profile.capabilities),
        profile.clean_up,
    )


def _counts(results: Sequence[Result], requests: int) -> Counts:
    tally = {verdict: count.total for verdict, count in counts(results).items()}
    return Counts(
        checks=len(results),
        judged=sum(result.verdict.is_judged for result in results),
        passed=tally[Verdict.PASS],
        advice=tally[Verdict.ADVICE],
        failed=tally[Verdict.FAIL],
        blocked=tally[Verdict.BLOCKED],
        not_asked=tally[Verdict.NOT_ASKED],
        broken=tally[Verdict.BROKEN],
        judgements=sum(judgement.verdict.is_judged for result in results for judgement in result.judgements),
        requests=requests,
    )


def _root_cause(cause: Cause) -> RootCause:
    first = cause.first
    assert first.finding is not None  # noqa: S101 -- a red judgement has one
    where = f" at {first.finding.where}" if first.finding.where else ""
    sentence = f"{_place(first)}: expected {first.finding.expected}, got {_got(first, first.finding)}{where}"
    return RootCause(cause.result.check.id, sentence, cause.severity.value, list(cause.explains), cause.at)


def _place(judgement: Judgement) -> str:
    """The step where it was seen; where others were set beside it, the first of these, too."""
    at = judgement.at
    if not at:
        return judgement.exchanges[0].scene
    told = [
        f"{each.step} ({each.scene.partition(':')[2]})" if ":" in each.scene else each.step for each in at
    ]
    return told[-1] if told[0] == told[-1] else f"{told[-1]}, beside {told[0]}"


def _scene(played: SceneRun) -> SceneRecord:
    scene = played.scene
    return SceneRecord(
        name=scene.name,
        act=scene.act.name,
        title=scene.act.title,
        story=scene.act.group,
        trait=scene.person.trait if scene.person else "",
        state=played.state.value,
        why=played.why or played.result.ended_early,
        blame=played.blame,
        exchanges=[each.number for each in played.exchanges],
        conversation=line(scene.conversation),
    )


def check_record(result: Result, story: str, scenes: Scenes, capabilities: frozenset[str]) -> CheckRecord:
    """A check with its verdict, as it is kept."""
    check = result.check
    return CheckRecord(
        id=check.id,
        act=check.act,
        story=story,
        title=check.title,
        verdict=result.verdict.value,
        why=result.why,
        blame=result.blame,
        strength=check.strength.value,
        severity=result.severity.value,
        demanded_by=check.demanded_by.value,
        consequence=consequence_record(consequence_of(result)),
        fix=check.fix,
        references=reference_records(check),
        places=_places(result),
        at=result.at(Verdict.PASS, *TOLD),
        findings=[finding_record(each) for each in result.judgements if each.finding is not None],
        aftermath=aftermath_of(result, scenes, capabilities),
    )


def consequence_of(result: Result) -> Consequence:
    """What follows from the gravest failure; where there is none, what the check says of one."""
    worst = result.gravest
    return worst.effect.consequence if worst and worst.effect else result.check.consequence


def aftermath_of(result: Result, scenes: Scenes, capabilities: frozenset[str]) -> list[Fact]:
    """What becomes of the gravest failure in Okta: at once, where its exchange fails there, or when Okta stumbles."""
    failed = result.gravest
    if failed is None or failed.verdict is not Verdict.FAIL or not failed.at:
        return []
    sent = [each for each in failed.at if sends(each.step, capabilities)]
    first = next((each for each in sent if fails_in_okta(each)), sent[-1] if sent else failed.at[0])
    scene, consequence = scenes.get(first.scene), consequence_of(result)
    if sent and consequence.admin_sees and not fails_in_okta(first):
        return stumbling(consequence.at, consequence.admin_sees, consequence.known.value, first, scene)
    return aftermath(first, scene)


def sources(told: Iterable[list[Fact]]) -> list[ReferenceRecord]:
    """What these facts name, each once."""
    keys = {key for facts in told for fact in facts for key in fact.sources}
    return [_reference(OKTA + key) for key in sorted(keys)]


def consequence_record(consequence: Consequence) -> ConsequenceRecord:
    """What Okta does then; the kind of request stays out of `run.json`."""
    return ConsequenceRecord(consequence.text, consequence.known.value, consequence.admin_sees)


def reference_records(check: Check) -> list[ReferenceRecord]:
    """The check's references with their words and addresses. KeyError for one that no file of fixtures knows."""
    return [_reference(each) for each in check.references]


def _reference(identity: str) -> ReferenceRecord:
    known = references()[identity]
    return ReferenceRecord(known.id, known.source, known.statement, known.url)


def _places(result: Result) -> dict[str, int]:
    tally = {verdict.value: sum(each.verdict is verdict for each in result.judgements) for verdict in Verdict}
    return {verdict: count for verdict, count in tally.items() if count}


def _got(judgement: Judgement, finding: Finding) -> str:
    """What came instead; of a refusal with the target's own words, which are the best hint there is."""
    refused = [each for each in judgement.at if not each.is_success]
    words = "" if finding.where or not refused else detail_of(refused[-1])
    return f"{finding.got}: “{words[:WORDS_SHOWN]}”" if words and words not in finding.got else finding.got


def finding_record(judgement: Judgement) -> FindingRecord:
    """What a check found in one place, as it is kept."""
    finding = judgement.finding
    assert finding is not None  # noqa: S101 -- asked for those that have one
    scenes = {each.scene for each in judgement.at}
    scene = scenes.pop() if len(scenes) == 1 else ""
    return FindingRecord(
        judgement.verdict.value,
        finding.expected,
        _got(judgement, finding),
        finding.where,
        scene,
        [each.number for each in judgement.at],
        judgement.severity.value if judgement.effect else "",
    )


def _exchange(exchange: Exchange, base_url: str, scenes: Scenes, red: set[int]) -> ExchangeRecord:
    request, answer = exchange.request, exchange.heard.answer
    return ExchangeRecord(
        number=exchange.number,
        step=exchange.step,
        scene=exchange.scene,
        started=datetime.fromtimestamp(exchange.heard.started, UTC).isoformat(timespec="milliseconds"),
        seconds=round(exchange.heard.seconds, 6),
        method=request.method,
        path=request.path,
        url=base_url + request.path,
        request=message_record(request),
        status=answer.status if answer else 0,
        phrase=answer.phrase if answer else "",
        response=message_record(answer) if answer else MessageRecord([], ""),
        failure=exchange.heard.failure,
        elided=exchange.elided,
        curl=curl(request, base_url),
        aftermath=aftermath(exchange, scenes.get(exchange.scene)) if exchange.number in red else [],
    )


def message_record(message: Request | Answer) -> MessageRecord:
    """A message as it is kept."""
    text = message.body.decode("utf-8", errors="replace")
    return MessageRecord([list(each) for each in message.headers], text, sorted(message.unrecorded))


def kept_exchange(heard: Heard, number: int) -> ExchangeRecord:
    """An exchange of nobody's play, as it is kept: without step and scene, and without what becomes of it in Okta."""
    return _exchange(Exchange("", "", heard, number=number), heard.base_url, {}, set())
