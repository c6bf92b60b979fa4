"""summary.md: the run on one page of Markdown, made for a pipeline's job page or a ticket.

Everything a target said is escaped twice over: as HTML, which job pages render, and as Markdown.
"""

import html
import re
from collections.abc import Iterable

from scim_tests.model.check import Severity
from scim_tests.model.plan_record import CaseRecord, CaseState, PlanRecord
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.account import command_again
from scim_tests.report.importing import sentences
from scim_tests.report.in_okta import LABELS, facts_of
from scim_tests.report.official import suite_lines
from scim_tests.report.plans import sentences as sentences_of
from scim_tests.report.record_index import (
    NO_SCRIPT,
    SEVERITY_WORDS,
    RecordIndex,
    counted,
    duration,
    many,
    moment,
    replay,
    sentence,
)
from scim_tests.report.since import sentence_since
from scim_tests.report.text import one_line, shortened

MARKS = re.compile(r"([\\`*_\[\]|~])")
VALUE_SHOWN = 300
EXPLAINS_SHOWN = 5


def markdown(record: RunRecord, further: Iterable[str] = ()) -> str:
    """The verdict, the counts, the root causes, what failed, what was left, what was not looked at.

    `further` are sections that stand first.
    """
    index = RecordIndex(record)
    parts = [
        _head(record),
        *(f"> **{plain(notice)}**" for notice in record.notices),
        *further,
        section("Baseline", [f"- {plain(line)}" for line in record.baseline]),
        section("Okta's suite", [f"- {plain(line)}" for line in suite_lines(record)]),
        _causes(index),
        _table("Failed", index.with_verdict(Verdict.FAIL, Verdict.BROKEN)),
        _table("Advice", index.with_verdict(Verdict.ADVICE)),
        _blocked(index),
        _left_behind(record),
        section(
            "The import, as Okta would see it", [line for each in record.imports for line in sentences(each)]
        ),
        *(_plan(plan) for plan in record.plans),
        section("Not looked at", [f"- {plain(line)}" for line in record.not_looked_at]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def plain(text: str) -> str:
    """Text that stays text wherever Markdown is rendered."""
    return _escaped(shortened(one_line(text), VALUE_SHOWN))


def _escaped(text: str) -> str:
    return MARKS.sub(r"\\\1", html.escape(text, quote=False))


def _ours(text: str) -> str:
    """Our own words, in which backticks mark code."""
    parts = text.split("`")
    return "".join(code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts))


def code(text: str) -> str:
    """A span of Markdown code on one line; backticks in the text become apostrophes."""
    fenced = one_line(text).replace("`", "'")
    return f"`{fenced}`"


def section(title: str, lines: Iterable[str]) -> str:
    """The lines below a heading; nothing where there are none."""
    body = "\n".join(lines)
    return f"## {title}\n\n{body}" if body else ""


def _head(record: RunRecord) -> str:
    run, counts = record.run, record.counts
    words = " · ".join(f"**{number}** {word}" for _, number, word in counted(counts))
    judged = f"{many(counts.judgements, 'judgement')} on {many(counts.requests, 'request')}"
    where = "the bundled reference server" if record.target.bundled else code(record.target.base_url)
    return "\n".join([
        f"# scim-tests: {record.outcome.verdict}",
        "",
        f"**{plain(record.outcome.sentence)}**",
        "",
        f"{many(counts.checks, 'check')}: {words}.",
        "",
        f"Target {where}, profile {code(record.profile.name)}, run {code(run.name)}, seed {run.seed}.",
        *([plain(token)] if (token := RecordIndex(record).token) else []),
        f"{judged} in {duration(run.seconds)}, started {moment(run.started)}, scim-tests {plain(run.version)}.",
        *(["", plain(changed)] if (changed := sentence_since(record)) else []),
    ])  # fmt: skip


def _causes(index: RecordIndex) -> str:
    return section(
        "Root causes", (_cause(index, number, *each) for number, each in enumerate(index.causes, 1))
    )


def _cause(index: RecordIndex, number: int, cause: RootCause, check: CheckRecord) -> str:
    severity = SEVERITY_WORDS[Severity(cause.severity)]
    consequence = check.consequence
    explains = [f"   - Explains: {_names(cause.explains)}"] if cause.explains else []
    held = index.conversation(cause)
    tolerated = [f"   - Does not fail the run: {plain(check.tolerated)}"] if check.tolerated else []
    return "\n".join([
        f"{number}. **{plain(cause.sentence)}** ({code(cause.check)}, {severity})",
        *tolerated,
        f"   - In Okta ({consequence.known}): {_ours(consequence.text)}",
        *_aftermath(check),
        f"   - Fix: {_ours(check.fix)}",
        *([f"   - Again: {code(command_again(check))}"] if check.reproduction else []),
        *([f"   - Again: {NO_SCRIPT}"] if check.id in index.unscripted else []),
        *([f"   - Conversation of {code(replay(held, index.record))}"] if held else []),
        *explains,
    ])  # fmt: skip


def _aftermath(check: CheckRecord) -> list[str]:
    """What the admin reads on a line of its own, and on another where else it shows, and what then."""
    facts = facts_of(check)
    message = [
        f"   - The admin sees ({fact.known}): “{plain(fact.text)}”"
        for fact in facts
        if fact.about == "message"
    ]
    others = [fact for fact in facts if fact.about in LABELS and fact.about != "message"]
    rest = " ".join(
        f"{LABELS[fact.about]}: {plain(fact.text).rstrip('.')} ({fact.known})." for fact in others
    )
    never = [
        f"   - {plain(fact.text)} ({fact.known})"
        for fact in facts
        if len(facts) == 1 and fact.about == "when"
    ]
    return [*message, *([f"   - {rest}"] if rest else []), *never]


def _names(ids: list[str]) -> str:
    more = len(ids) - EXPLAINS_SHOWN
    shown = ", ".join(map(code, ids[:EXPLAINS_SHOWN]))
    return f"{shown} and {many(more, 'check')} more" if more > 0 else shown


def _table(title: str, checks: list[CheckRecord]) -> str:
    rows = [
        f"| {code(check.id)} | {SEVERITY_WORDS[Severity(check.severity)]} | {plain(sentence(check))} |"
        for check in checks
    ]
    return section(
        title, ["| Check | Severity | What was seen |", "| --- | --- | --- |", *rows] if rows else []
    )


def _blocked(index: RecordIndex) -> str:
    """The checks that could not be judged, by the step to blame."""
    behind: dict[str, list[str]] = {}
    for check in index.with_verdict(Verdict.BLOCKED):
        behind.setdefault(check.blame or check.why, []).append(check.id)
    return section("Blocked", (f"- By {code(blame)}: {_names(ids)}" for blame, ids in behind.items()))


def _plan(plan: PlanRecord) -> str:
    """The plan in words; of a vendor's guide every step, of others what does not work."""
    told = [case for case in plan.cases if plan.notes or case.state == CaseState.FAILS]
    notes = [f"- {_ours(note)}" for note in plan.notes]
    return section(
        plan.title,
        [
            *sentences_of(plan),
            "",
            *(f"- {_case(case)}" for case in told),
            *(["", "What an admin should know:", "", *notes] if notes else []),
        ],
    )


def _case(case: CaseRecord) -> str:
    name = f"{code(case.id)} {plain(case.title)}" if case.id else plain(case.title)
    why = f" ({plain(case.why)})" if case.why else ""
    return f"{name}: **{case.state}**{why}"


def _left_behind(record: RunRecord) -> str:
    rows = [
        f"| {plain(left.user_name)} | {plain(left.id)} | {plain(left.why)} |" for left in record.left_behind
    ]
    return section("Left behind", ["| userName | id | Why |", "| --- | --- | --- |", *rows] if rows else [])
