"""Okta's official suite in the reports, beside our checks: what each of its requests found."""

from scim_tests.model.record import RunRecord, SuiteRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.calls import exchange_links
from scim_tests.report.markup import NOTHING, Markup, join, tag
from scim_tests.report.record_index import SIGNS, RecordIndex

HEADINGS = ("#", "Test", "Request", "Result", "What was seen")
VERDICTS = {"passed": Verdict.PASS, "failed": Verdict.FAIL, "not run": Verdict.NOT_ASKED}


def suite_table(index: RecordIndex, suite: SuiteRecord) -> Markup:
    """One row a request of the suite, with a link to the exchange it became."""
    head = tag("tr", *(tag("th", heading, scope="col") for heading in HEADINGS))
    rows = []
    for row in suite.rows:
        verdict = VERDICTS[row.result]
        sign = tag("span", SIGNS[verdict], class_="sign", aria_hidden="true")
        sent = exchange_links(index, [row.exchange]) if row.exchange else NOTHING
        rows.append(
            tag(
                "tr",
                tag("td", str(row.number)),
                tag("td", row.title),
                tag("td", join(tag("code", row.request), " ", sent)),
                tag("td", join(sign, f" {row.result}"), class_=verdict.replace(" ", "-")),
                tag("td", row.seen),
            )
        )
    table = tag("table", tag("caption", suite.title), tag("thead", head), tag("tbody", *rows), class_="plain")
    return tag("div", table, class_="scrolls", tabindex="0")


def suite_lines(record: RunRecord) -> list[str]:
    """In sentences, for the page of Markdown: the whole table is in official.md."""
    return [
        line
        for suite in record.suites
        for line in (
            f"{suite.title}: {suite.summary}",
            *(
                f"{row.result}: {row.number}. {row.title}: {row.seen}"
                for row in suite.rows
                if row.result != "passed"
            ),
        )
    ]
