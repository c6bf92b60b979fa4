"""The head of report.html: the verdict, the root causes, what was left and what was not looked at.

The fragments go to pytest-html, which writes the page; style and script travel inside it.
"""

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from scim_tests.model.check import Severity
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.report.calls import calls, exchange_links
from scim_tests.report.details import comparison
from scim_tests.report.importing import import_table, sentences
from scim_tests.report.in_okta import block
from scim_tests.report.markup import NOTHING, Markup, join, link, prose, tag
from scim_tests.report.official import suite_table
from scim_tests.report.plans import anchor, section
from scim_tests.report.record_index import (
    SEVERITIES,
    SEVERITY_WORDS,
    SIGNS,
    RecordIndex,
    counted,
    duration,
    many,
    moment,
)

HEADLINES = {
    "passed": "Passed",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "broken": "Broken",
    "unreachable": "Unreachable",
    "empty": "Nothing judged",
}
EXPLAINS_SHOWN = 6


def title(record: RunRecord) -> str:
    """What the browser's tab says."""
    return f"{HEADLINES[record.outcome.verdict]}: {target_name(record)} · scim-tests"


def target_name(record: RunRecord) -> str:
    return "reference server" if record.target.bundled else urlsplit(record.target.base_url).netloc


def page(record: RunRecord) -> list[Markup]:
    """Everything that stands before the table of checks, in order."""
    index = RecordIndex(record)
    return [
        _style(),
        tag(
            "div",
            _verdict(record),
            *(tag("p", tag("strong", notice), class_="notice") for notice in record.notices),
            _baseline(record),
            _suites(index),
            _causes(index),
            _left_behind(record),
            _not_looked_at(record),
            *(section(index, plan, number) for number, plan in enumerate(record.plans)),
            _imports(record),
            calls(index),
            _checks(index),
            class_="page",
        ),
        _script(),
    ]


def bare(sentence: str) -> list[Markup]:
    """The page of a run that left no record: the reason, and nothing else."""
    said = tag("section", tag("h2", "No run"), tag("p", sentence, class_="sentence"), class_="verdict broken")
    return [_style(), tag("div", said, class_="page")]


@cache
def _asset(name: str) -> str:
    return files("scim_tests.report").joinpath(name).read_text(encoding="utf-8")


def _style() -> Markup:
    return Markup(f"<style>\n{_asset('page.css')}</style>")


def _script() -> Markup:
    return Markup(f"<script>\n{_asset('page.js')}</script>")


def _verdict(record: RunRecord) -> Markup:
    return tag(
        "section",
        tag("h2", HEADLINES[record.outcome.verdict]),
        tag("p", record.outcome.sentence, class_="sentence"),
        _bar(record),
        _counts(record),
        _facts(record),
        _contents(record),
        class_=f"verdict {record.outcome.verdict}",
    )


def _bar(record: RunRecord) -> Markup:
    """The share of each verdict as one strip of colour; the counts below say the same in words."""
    parts = [
        tag("i", class_=verdict.replace(" ", "-"), style=f"flex-grow:{number}")
        for verdict, number, _ in counted(record.counts)
    ]
    return tag("div", *parts, class_="bar", aria_hidden="true") if parts else NOTHING


def _counts(record: RunRecord) -> Markup:
    said = [
        tag(
            "li",
            link(
                f"#checks/{verdict.replace(' ', '-')}",
                tag("span", SIGNS[verdict], class_="sign", aria_hidden="true"),
                tag("b", str(number)),
                f" {word}",
            ),
            class_=verdict.replace(" ", "-"),
        )
        for verdict, number, word in counted(record.counts)
    ]
    return tag("ul", *said, class_="counts", aria_label="Checks by verdict")


def _facts(record: RunRecord) -> Markup:
    run, counts = record.run, record.counts
    bundled = " (the bundled reference server)" if record.target.bundled else ""
    facts = {
        "Target": join(tag("code", record.target.base_url), bundled),
        "Profile": join(
            tag("code", record.profile.name), f", {record.profile.title}, dialect {record.profile.dialect}"
        ),
        "Judged": f"{many(counts.judgements, 'judgement')} on {many(counts.requests, 'request')}",
        "Run": join(tag("code", run.name), f", seed {run.seed}", ", strict" if run.strict else ""),
        "Time": join(tag("time", moment(run.started), datetime=run.started), f", {duration(run.seconds)}"),
        "By": f"scim-tests {run.version}, acting as Okta",
    }
    return tag(
        "dl", *(tag("div", tag("dt", term), tag("dd", said)) for term, said in facts.items()), class_="facts"
    )


def _contents(record: RunRecord) -> Markup:
    """Where to go from here."""
    places = {
        "#official": "Okta's suite" if record.suites else "",
        "#root-causes": "Root causes" if record.root_causes else "",
        "#left-behind": "Left behind" if record.left_behind else "",
        "#not-looked-at": "Not looked at" if record.not_looked_at else "",
        **{f"#{anchor(number)}": plan.title for number, plan in enumerate(record.plans)},
        "#import": "Import" if record.imports else "",
        "#calls": "Calls",
        "#checks": "Checks",
    }
    return tag("nav", *(link(href, text) for href, text in places.items() if text), aria_label="On this page")


def _causes(index: RecordIndex) -> Markup:
    if not index.causes:
        return NOTHING
    listed = [_cause(index, cause, check) for cause, check in index.causes]
    return _section(
        "root-causes", "Root causes", "What to mend first; the rest may follow from it.", tag("ol", *listed)
    )


def _section(identity: str, heading: str, lead: str, *content: str) -> Markup:
    return tag("section", tag("h2", heading), tag("p", lead, class_="lead"), *content, id=identity)


def _cause(index: RecordIndex, cause: RootCause, check: CheckRecord) -> Markup:
    seen = tag("p", "Seen at ", exchange_links(index, cause.at), class_="seen") if cause.at else NOTHING
    return tag(
        "li",
        tag("h3", _heading(cause, check)),
        tag(
            "p",
            severity(check),
            " ",
            link(f"#{check.id}", tag("code", check.id)),
            class_="which",
        ),
        comparison(check.findings[0]) if check.findings else NOTHING,
        block(index, check),
        tag("p", tag("b", "Fix"), " ", prose(check.fix), class_="fix"),
        tag("p", tag("b", "Tolerated"), " ", check.tolerated, class_="fix") if check.tolerated else NOTHING,
        _explains(index, cause.explains),
        seen,
        class_=f"cause {check.verdict}",
    )


def _heading(cause: RootCause, check: CheckRecord) -> str:
    """The cause in a sentence, unless that only repeats what stands below it as expected and got."""
    finding = check.findings[0] if check.findings else None
    repeats = finding and finding.expected in cause.sentence and finding.got in cause.sentence
    return f"Not so: {check.title}" if repeats else cause.sentence


def severity(check: CheckRecord) -> Markup:
    return tag("span", SEVERITY_WORDS[Severity(check.severity)], class_=f"severity {check.severity}")


def _explains(index: RecordIndex, ids: list[str]) -> Markup:
    if not ids:
        return NOTHING
    verdicts = {identity: index.checks[identity].verdict for identity in ids if identity in index.checks}
    listed = [
        tag("li", link(f"#{identity}", tag("code", identity)), f" {verdicts.get(identity, '')}")
        for identity in ids
    ]
    heading = f"Explains {many(len(ids), 'other check')}"
    opened = len(ids) <= EXPLAINS_SHOWN
    return tag("details", tag("summary", heading), tag("ul", *listed), class_="explains", open=opened)


def _baseline(record: RunRecord) -> Markup:
    if not record.baseline:
        return NOTHING
    listed = tag("ul", *(tag("li", line) for line in record.baseline), class_="plain")
    return _section("baseline", "Baseline", "Entries that have to be removed or renewed.", listed)


def _left_behind(record: RunRecord) -> Markup:
    if not record.left_behind:
        return NOTHING
    rows = [
        tag(
            "tr",
            tag("td", tag("code", left.user_name)),
            tag("td", tag("code", left.id or "unknown")),
            tag("td", left.why),
        )
        for left in record.left_behind
    ]
    head = tag("tr", *(tag("th", name, scope="col") for name in ("userName", "id", "why it is still there")))
    lead = f"{many(len(rows), 'user')} this run created, or may have created, still on the target."
    return _section(
        "left-behind",
        "Left behind",
        lead,
        tag("table", tag("thead", head), tag("tbody", *rows), class_="plain"),
    )


def _not_looked_at(record: RunRecord) -> Markup:
    if not record.not_looked_at:
        return NOTHING
    listed = tag("ul", *(tag("li", line) for line in record.not_looked_at), class_="plain")
    return _section("not-looked-at", "Not looked at", "Nothing above or below speaks of these.", listed)


def _suites(index: RecordIndex) -> Markup:
    suites = index.record.suites
    if not suites:
        return NOTHING
    tables = [suite_table(index, each) for each in suites]
    lead = " ".join(each.summary for each in suites)
    return _section("official", "Okta's suite", lead, *tables)


def _imports(record: RunRecord) -> Markup:
    if not record.imports:
        return NOTHING
    told = [
        part
        for found in record.imports
        for part in (*(tag("p", line) for line in sentences(found)), import_table(found))
    ]
    return _section(
        "import",
        "The import",
        "What Okta would make of the people it found. No request is sent for it.",
        *told,
    )


def _checks(index: RecordIndex) -> Markup:
    """The heading of the table that pytest-html writes after it, with the controls that filter it."""
    missing = tag(
        "noscript",
        tag("p", "The table of checks needs JavaScript; summary.md beside this page lists the failures."),
    )
    lead = "One row a check; open it for the requirement, the evidence and the fix."
    return _section("checks", "Checks", lead, _controls(index), missing)


def _controls(index: RecordIndex) -> Markup:
    search = tag("input", type="search", id="search", placeholder="Search checks", aria_label="Search checks")
    chips = [
        tag(
            "button",
            tag("span", SIGNS[verdict], class_="sign", aria_hidden="true"),
            f" {word} ",
            tag("b", str(number)),
            type="button",
            class_=f"chip {verdict.replace(' ', '-')}",
            data_verdict=verdict,
            aria_pressed="false",
        )
        for verdict, number, word in counted(index.record.counts)
    ]
    severities = {each.value: SEVERITY_WORDS[each] for each in SEVERITIES}
    return tag(
        "div",
        search,
        _acts(index),
        _choice("severity", "every severity", severities),
        tag("button", "Open all", type="button", id="open-all"),
        tag("div", *chips, class_="chips", role="group", aria_label="Show only these verdicts"),
        tag("output", id="shown", aria_live="polite"),
        class_="controls-of-checks",
    )


def _acts(index: RecordIndex) -> Markup:
    """The stories, and below each its acts; a story of one act is a choice by itself."""
    groups = [tag("option", "every act", value="")]
    for story, checks in index.stories.items():
        acts = list(dict.fromkeys(check.act for check in checks))
        whole = tag("option", story if len(acts) == 1 else f"{story}: all", value=story)
        each = [tag("option", act.replace("_", " "), value=act) for act in acts]
        groups.append(whole if len(acts) == 1 else tag("optgroup", whole, *each, label=story))
    return tag("select", *groups, id="by-act", aria_label="Show only one act")


def _choice(name: str, everything: str, options: dict[str, str]) -> Markup:
    listed = [
        tag("option", everything, value=""),
        *(tag("option", text, value=value) for value, text in options.items()),
    ]
    return tag("select", *listed, id=f"by-{name}", aria_label=f"Show only one {name}")
