"""The head of report.html: the verdict, the root causes, what was left and what was not looked at, the calls.

pytest-html writes the page around it; style and script travel inside it.
"""

from urllib.parse import urlsplit

from scim_tests.model.profile import Dialect
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.report.calls import shown_whole
from scim_tests.report.demands import demands
from scim_tests.report.record_index import RecordIndex, counted
from scim_tests.report.templating import filled

HEADLINES = {
    "passed": "Passed",
    "failed": "Failed",
    "interrupted": "Interrupted",
    "broken": "Broken",
    "unreachable": "Unreachable",
    "refused": "Token refused",
    "empty": "Nothing judged",
}
APPS = {Dialect.OIN: "a PATCH app", Dialect.CUSTOM: "a PUT app"}


def title(record: RunRecord) -> str:
    """What the browser's tab says."""
    where = "reference server" if record.target.bundled else urlsplit(record.target.base_url).netloc
    return f"{HEADLINES[record.outcome.verdict]}: {where} · scim-tests"


def page(record: RunRecord) -> str:
    """Everything that stands before the table of checks."""
    index = RecordIndex(record)
    return filled(
        "page.html",
        record=record,
        index=index,
        headline=HEADLINES[record.outcome.verdict],
        app=APPS[record.profile.dialect],
        counted=counted(record.counts),
        contents=_contents(record),
        beside=_beside(record),
        whole=shown_whole(index),
        documents=demands(record),
        acts_by_group={
            group: list(dict.fromkeys(check.act for check in checks))
            for group, checks in index.stories.items()
        },
        heading=heading,
    )


def bare(sentence: str) -> str:
    """The page of a run that left no record: the reason, and nothing else."""
    return filled("bare.html", sentence=sentence)


def _contents(record: RunRecord) -> dict[str, str]:
    """Where to go from the verdict; what the page does not have is empty."""
    return {
        "#official": "Okta's suite" if record.suites else "",
        "#root-causes": "Root causes" if record.root_causes else "",
        "#left-behind": "Left behind" if record.left_behind else "",
        "#not-looked-at": "Not looked at" if record.not_looked_at else "",
        **{f"#plan-{number}": plan.title for number, plan in enumerate(record.plans)},
        "#import": "Import" if record.imports else "",
        "#as-the-rfc-reads": "As the RFC reads" if demands(record) else "",
        "#calls": "Calls",
        "#sources": "How we know",
        "#checks": "Checks",
    }


def _beside(record: RunRecord) -> list[str]:
    """What else the run left, as it is called from where the page lies."""
    scripts = any(check.reproduction for check in record.checks)
    return [
        "summary.md",
        "junit.xml",
        "run.json",
        "exchanges.har",
        *(["import.csv"] if record.imports else []),
        *(["replay.txt"] if RecordIndex(record).replays else []),
        *(["reproduce/"] if scripts else []),
    ]


def heading(cause: RootCause, check: CheckRecord, before: str = "Failed") -> str:
    """The cause in a sentence, unless that only repeats what stands below it: then what should be, with a word `before` it."""
    finding = check.findings[0] if check.findings else None
    repeats = finding and finding.expected in cause.sentence and finding.got in cause.sentence
    return f"{before}: {check.title}" if repeats else cause.sentence
