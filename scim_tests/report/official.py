"""Okta's official suite in the reports, beside our checks: what each of its requests found."""

from scim_tests.model.record import RunRecord
from scim_tests.model.verdict import Verdict

VERDICTS = {"passed": Verdict.PASS, "failed": Verdict.FAIL, "not run": Verdict.NOT_ASKED}


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
