"""From what a run recorded to what became of each case of a plan."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scim_tests.engine.run_state import State
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.check import Severity, fits
from scim_tests.model.plan import Case, Plan
from scim_tests.model.record import (
    CaseRecord,
    CaseState,
    CheckRecord,
    ExchangeRecord,
    FindingRecord,
    PlanRecord,
    SceneRecord,
)
from scim_tests.model.verdict import Verdict

Limits = Mapping[str, tuple[bool, str]]  # by capability: whether it was refused, and in which words
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
    inside = {name for case in cases for name in case.found}
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
    failed = [check.title for check, finding in found if _is_grave(finding)]
    if case.unseen:
        return CaseState.UNSEEN, case.unseen
    if failed:
        return CaseState.FAILS, f"Failed: {failed[0]}"
    if case.limit:
        return _limited(evidence.limits.get(case.limit))
    if kept := _kept_from_us(case, evidence.scenes, seen=bool(at)):
        return kept
    if found:
        check, finding = found[0]
        said = "Failed" if finding.verdict == Verdict.FAIL else finding.verdict.capitalize()
        return CaseState.REMARKS, f"{said}, but Okta still works: {check.title}"
    return CaseState.WORKS, _remark(case, evidence.scenes) if case.remark else ""


def _kept_from_us(case: Case, scenes: Iterable[SceneRecord], *, seen: bool) -> tuple[CaseState, str] | None:
    """Why the case cannot be told, if it cannot: first of all where an answer kept a scene from its end."""
    stopped = [each for each in _about(case, scenes) if each.state != State.PLAYED]
    first = min(stopped, key=lambda scene: not scene.blame, default=None)
    if first and first.blame:
        return CaseState.BLOCKED, first.why
    if seen:
        return None
    return CaseState.NOT_ASKED, first.why if first else NOT_PLAYED


def _about(case: Case, scenes: Iterable[SceneRecord]) -> Iterator[SceneRecord]:
    return (
        each for each in scenes if each.act in case.acts and (not case.scenes or fits(each.name, case.scenes))
    )


def _remark(case: Case, scenes: Iterable[SceneRecord]) -> str:
    return "; ".join(each.why for each in _about(case, scenes) if each.why)


def _limited(said: tuple[bool, str] | None) -> tuple[CaseState, str]:
    if said is None:
        return CaseState.NOT_ASKED, NOT_PROBED
    refused, words = said
    return (CaseState.CONFIRMED if refused else CaseState.UNCONFIRMED), words
