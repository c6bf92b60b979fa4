"""Plans in the reports: a vendor's guide and Okta's QA plan, case by case, with what became of each."""

from collections import Counter
from itertools import groupby

from scim_tests.model.plan_record import CaseRecord, CaseState, PlanRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import many

OUTSIDE_SHOWN = 5
LIMITS = "A limit is confirmed where the target refused what it is said to lack; not confirmed means that it took what Okta, with the feature off, never sends."

# How a state looks; its word always stands beside it.
LOOKS: dict[CaseState, Verdict] = {
    CaseState.WORKS: Verdict.PASS,
    CaseState.CONFIRMED: Verdict.PASS,
    CaseState.REMARKS: Verdict.ADVICE,
    CaseState.UNCONFIRMED: Verdict.ADVICE,
    CaseState.FAILS: Verdict.FAIL,
    CaseState.BLOCKED: Verdict.BLOCKED,
    CaseState.NOT_ASKED: Verdict.NOT_ASKED,
    CaseState.UNSEEN: Verdict.NOT_ASKED,
}


def anchor(number: int) -> str:
    """The id of a plan's section."""
    return f"plan-{number}"


def sentences(plan: PlanRecord) -> list[str]:
    """The plan in words: what can be seen of it, and whether somebody who works through it would be content."""
    tally = Counter(case.state for case in plan.cases)
    on_the_wire = len(plan.cases) - tally[CaseState.UNSEEN]
    counts = "; ".join(
        f"{state}: {tally[state]}" for state in CaseState if tally[state] and state != CaseState.UNSEEN
    )
    limits = tally[CaseState.CONFIRMED] + tally[CaseState.UNCONFIRMED]
    return [
        f"{on_the_wire} of {many(len(plan.cases), 'case')} can be seen on the wire ({counts}).",
        _outlook(tally),
        *_outside(plan),
        *([LIMITS] if limits else []),
    ]


def _outlook(tally: Counter[CaseState]) -> str:
    if tally[CaseState.FAILS]:
        return f"{many(tally[CaseState.FAILS], 'case')} would fail."
    if tally[CaseState.BLOCKED] or tally[CaseState.NOT_ASKED]:
        return "Nothing that was seen would fail; what was not seen or not asked is still open."
    return "Whoever works through it finds nothing that fails, as far as the wire can show."


def _outside(plan: PlanRecord) -> list[str]:
    """What failed gravely and fails no case, so that nobody takes good cases for a good target."""
    if not plan.outside:
        return []
    more = (
        f" and {many(len(plan.outside) - OUTSIDE_SHOWN, 'more')}" if len(plan.outside) > OUTSIDE_SHOWN else ""
    )
    names = ", ".join(plan.outside[:OUTSIDE_SHOWN])
    return [f"What failed gravely besides: {names}{more}. The root causes say whether Okta meets it."]


def by_section(plan: PlanRecord) -> list[tuple[str, list[CaseRecord]]]:
    """The cases under the headings of the plan, both in its order."""
    return [(name, list(cases)) for name, cases in groupby(plan.cases, key=lambda case: case.section)]
