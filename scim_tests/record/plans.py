"""From what a run recorded to what became of each case of a plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scim_tests.engine.run_state import State
from scim_tests.knowledge.effect import GRAVEST_FIRST
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.check import Severity, fits
from scim_tests.model.plan import Case, Plan
from scim_tests.model.plan_record import CaseRecord, CaseState, PlanRecord
from scim_tests.model.record import CheckRecord, ExchangeRecord, FindingRecord, SceneRecord
from scim_tests.model.verdict import Verdict

Limits = Mapping[str, tuple[bool, str]]  # by capability: whether it was refused, and in which words
GOT_SHOWN = 200  # characters of an answer
GRAVE = {Severity.STOPS_PROVISIONING, Severity.SECURITY, Severity.WRONG_DATA}
NOT_PROBED = "ask with --probe-unsupported"
NOT_PLAYED = "this run did not play it"


@dataclass(frozen=True)
class Evidence:
    """What a run found out, as far as plans need it."""

    scenes: Sequence[SceneRecord]
    checks: Sequence[CheckRecord]
    exchanges: Sequence[ExchangeRecord]
    limits: Limits


def plan_record(plan: Plan, evidence: Evidence) -> PlanRecord:
    """What became of each case, in the plan's order. KeyError where the plan's source is no key of `sources.toml`."""
    source = references()[OKTA + plan.source]
    cases = [_case(case, evidence) for case in plan.cases]
    inside = {name for case in cases if case.state == CaseState.FAILS for name in case.found}
    outside = [
        each.id for each in evidence.checks if each.id not in inside and any(map(_is_grave, each.findings))
    ]
    return PlanRecord(plan.title, plan.lead, source.statement, source.url, cases, list(plan.notes), outside)


def _is_grave(finding: FindingRecord) -> bool:
    return finding.verdict == Verdict.FAIL and finding.severity in GRAVE


def _case(case: Case, evidence: Evidence) -> CaseRecord:
    at = [each.number for each in evidence.exchanges if _plays(case, each)]
    found = _findings(case, evidence.checks, frozenset(at))
    state, why = _became(case, evidence, at, found)
    named = [each.id for each in evidence.checks if each.act in case.acts and not set(at).isdisjoint(each.at)]
    red = list(dict.fromkeys(check.id for check, _ in found))
    return CaseRecord(
        case.id, case.section, case.title, case.text, state, why, list(case.acts), named, red, at
    )


def _plays(case: Case, exchange: ExchangeRecord) -> bool:
    return fits(exchange.step, case.steps) and (not case.scenes or fits(exchange.scene, case.scenes))


def _findings(
    case: Case, checks: Iterable[CheckRecord], at: frozenset[int]
) -> list[tuple[CheckRecord, FindingRecord]]:
    """What was found at these exchanges; where a rule sets several side by side, the last of them is the one that is wrong."""
    return [
        (check, each)
        for check in checks
        for each in check.findings
        if not at.isdisjoint(each.at if check.act in case.acts else each.at[-1:])
    ]


def _became(
    case: Case, evidence: Evidence, at: list[int], found: list[tuple[CheckRecord, FindingRecord]]
) -> tuple[CaseState, str]:
    """The state of a case, and why it is no better; what costs little where it was seen fails nobody in Okta."""
    worst = min(found, key=_rank, default=None)
    told = " ".join((*_remark(case, evidence.scenes), *([_said(*worst)] if worst else [])))
    if case.unseen:
        return CaseState.UNSEEN, case.unseen
    if case.limit:
        said = evidence.limits.get(case.limit)
        return _limited(*said, worst) if said else _not_probed(case, evidence, at)
    if worst and _is_grave(worst[1]):
        return CaseState.FAILS, told
    if kept := _kept_from_us(case, evidence, at):
        return kept
    return CaseState.REMARKS if worst else CaseState.WORKS, told


def _rank(found: tuple[CheckRecord, FindingRecord]) -> tuple[bool, int, bool]:
    """Failures before advice, the gravest first, and of these what is about the step alone before a rule."""
    check, finding = found
    severity = Severity(finding.severity or check.severity)
    return finding.verdict != Verdict.FAIL, GRAVEST_FIRST.index(severity), check.act.startswith("every_")


def _said(check: CheckRecord, finding: FindingRecord) -> str:
    """What was to be and is not, with both sides of it; and that Okta goes on where it does."""
    head = "Failed" if _is_grave(finding) else "Okta goes on, but this is not met"
    got = finding.got if len(finding.got) <= GOT_SHOWN else f"{finding.got[:GOT_SHOWN]}…"
    return f"{head}: {check.title}; expected {finding.expected}, got {got}."


def _kept_from_us(case: Case, evidence: Evidence, at: Sequence[int]) -> tuple[CaseState, str] | None:
    """Why the case cannot be told, if it cannot: where an answer kept a scene from its end, or its checks from judging."""
    stopped = [each for each in _about(case, evidence.scenes) if each.state != State.PLAYED]
    first = min(stopped, key=lambda scene: not scene.blame, default=None)
    if first and first.blame:
        return CaseState.BLOCKED, first.why
    played = {each.step.partition(".")[0] for each in evidence.exchanges if each.number in at}
    if not played.issuperset(case.acts):
        return CaseState.NOT_ASKED, first.why if first else NOT_PLAYED
    if case.needs and case.needs not in {each.step for each in evidence.exchanges if each.number in at}:
        return CaseState.BLOCKED, _why_unsent(case, evidence.scenes)
    blocked = (each.why for each in evidence.checks if each.verdict == Verdict.BLOCKED and _is_of(case, each))
    if why := next(blocked, ""):
        return CaseState.BLOCKED, why
    return None


def _why_unsent(case: Case, scenes: Iterable[SceneRecord]) -> str:
    """Why its scenes had no need of the step, in their own words."""
    told = next((each.why for each in _about(case, scenes) if each.why), "")
    return f"{case.needs} was not sent: {told}" if told else f"{case.needs} was not sent"


def _is_of(case: Case, check: CheckRecord) -> bool:
    """Whether it is a check of the case's own act that stumbled over one of the case's steps."""
    return check.act in case.acts and bool(check.blame) and fits(check.blame, case.steps)


def _about(case: Case, scenes: Iterable[SceneRecord]) -> Iterator[SceneRecord]:
    return (
        each for each in scenes if each.act in case.acts and (not case.scenes or fits(each.name, case.scenes))
    )


def _remark(case: Case, scenes: Iterable[SceneRecord]) -> list[str]:
    played = (each for each in _about(case, scenes) if each.state == State.PLAYED)
    return [f"{each.why}." for each in played if each.why] if case.remark else []


def _not_probed(case: Case, evidence: Evidence, at: Sequence[int]) -> tuple[CaseState, str]:
    """Why the question was not put: something stopped a run that was to put it, or nobody told it to."""
    kept = _kept_from_us(case, evidence, at)
    return kept if kept and kept[0] == CaseState.BLOCKED else (CaseState.NOT_ASKED, NOT_PROBED)


def _limited(
    refused: bool,  # noqa: FBT001 -- one half of what the scene says
    words: str,
    worst: tuple[CheckRecord, FindingRecord] | None,
) -> tuple[CaseState, str]:
    """What the question showed; a refusal beside a failure shows nothing."""
    failed = worst is not None and worst[1].verdict == Verdict.FAIL
    state = CaseState.UNCONFIRMED if not refused else CaseState.BLOCKED if failed else CaseState.CONFIRMED
    return state, f"{words}. {_said(*worst)}" if worst else words
