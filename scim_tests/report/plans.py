"""Plans in the reports: a vendor's guide and Okta's QA plan, case by case, with what became of each."""

from collections import Counter
from itertools import groupby

from scim_tests.model.record import CaseRecord, CaseState, PlanRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.calls import exchange_links
from scim_tests.report.markup import NOTHING, Markup, join, link, prose, tag
from scim_tests.report.record_index import SIGNS, RecordIndex, many

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
GOOD = {CaseState.WORKS, CaseState.REMARKS, CaseState.CONFIRMED, CaseState.UNSEEN}
FOUND_SHOWN = 4
EXCHANGES_SHOWN = 6


def anchor(number: int) -> str:
    """The id of a plan's section."""
    return f"plan-{number}"


def sentences(plan: PlanRecord) -> list[str]:
    """The plan in words: what can be seen of it, and whether somebody who works through it would be content."""
    tally = Counter(case.state for case in plan.cases)
    on_the_wire = len(plan.cases) - tally[CaseState.UNSEEN]
    counts = ", ".join(
        f"{state}: {tally[state]}" for state in CaseState if tally[state] and state != CaseState.UNSEEN
    )
    return [
        f"{on_the_wire} of {many(len(plan.cases), 'case')} can be seen on the wire ({counts}).",
        _outlook(tally),
    ]


def _outlook(tally: Counter[CaseState]) -> str:
    if tally[CaseState.FAILS]:
        return f"{many(tally[CaseState.FAILS], 'case')} would fail."
    if tally[CaseState.BLOCKED] or tally[CaseState.NOT_ASKED]:
        return "Nothing that was seen would fail; what was not seen or not asked is still open."
    return "Whoever works through it finds nothing that fails, as far as the wire can show."


def is_open(plan: PlanRecord) -> bool:
    """Whether a reader has to look at single cases."""
    return any(case.state not in GOOD for case in plan.cases)


def section(index: RecordIndex, plan: PlanRecord, number: int) -> Markup:
    """One plan: in words, then what an admin should know, then case by case."""
    source = join("Taken from ", link(plan.url, plan.source), ".")
    notes = (
        tag("ul", *(tag("li", prose(note)) for note in plan.notes), class_="plain notes")
        if plan.notes
        else NOTHING
    )
    return tag(
        "section",
        tag("h2", plan.title),
        tag("p", plan.lead, " ", source, class_="lead"),
        *(tag("p", said) for said in sentences(plan)),
        tag("h3", "What an admin should know") if plan.notes else NOTHING,
        notes,
        tag("details", tag("summary", "Case by case"), *_sections(index, plan), open=bool(plan.notes)),
        class_="plan",
        id=anchor(number),
    )


def _sections(index: RecordIndex, plan: PlanRecord) -> list[Markup]:
    told: list[Markup] = []
    for name, cases in groupby(plan.cases, key=lambda case: case.section):
        told += [tag("h3", name), tag("ul", *(_case(index, case) for case in cases), class_="cases")]
    return told


def _case(index: RecordIndex, case: CaseRecord) -> Markup:
    look = LOOKS[CaseState(case.state)]
    sign = tag("span", SIGNS[look], class_="sign", aria_hidden="true")
    title = tag(
        "p", tag("code", case.id) if case.id else NOTHING, " " if case.id else "", case.title, class_="title"
    )
    return tag(
        "li",
        title,
        tag("p", sign, " ", case.state, class_="badge"),
        tag("div", *_told(index, case), class_="told"),
        class_=f"case {look.replace(' ', '-')}",
    )


def _told(index: RecordIndex, case: CaseRecord) -> list[Markup]:
    """What it comes to, why it is no better, who judged it, and where to look."""
    said = [tag("p", prose(each)) for each in (case.text, _sentence(case.why)) if each]
    if case.found:
        ids = [link(f"#{name}", tag("code", name)) for name in case.found[:FOUND_SHOWN]]
        more = len(case.found) - FOUND_SHOWN
        listed = join(*(join(" ", each) for each in ids), f" and {more} more" if more > 0 else "")
        said.append(tag("p", "Found by", listed))
    if case.acts and case.at:
        acts = ", ".join(act.replace("_", " ") for act in case.acts)
        own = f", judged by {many(len(case.checks), 'check')} of its own" if case.checks else ""
        judged = f"Played by {acts}: {many(len(case.at), 'request')}{own}, at "
        said.append(tag("p", judged, exchange_links(index, case.at[:EXCHANGES_SHOWN])))
    return said


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".") if text else ""
