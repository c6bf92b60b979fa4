"""What came of a suite of Okta's: the table that a vendor sends, and the rows of the run record."""

from collections.abc import Mapping

from scim_tests.model.plan_record import SuiteRecord, SuiteRow
from scim_tests.traffic.okta_suite import Row, Suite

MARKS = {True: "passed", False: "failed", None: "not judged"}


def table(suite: Suite, rows: list[Row], base_url: str) -> str:
    """What a vendor sends to Okta, as a Markdown document."""
    lines = [f"# {suite.name}", "", f"Run against `{base_url}`.", summary(rows), ""]
    lines += ["| # | Test | Request | Result | What was seen |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (str(row.number), row.title, f"`{row.method} {row.path}`", row.result, seen(row))
        lines.append(" | ".join(["", *(cell.replace("|", "\\|") for cell in cells), ""]).strip())
    lines.append("")
    for row in (each for each in rows if each.assertions):
        lines += [f"## {row.number}. {row.title}", ""]
        lines += [f"- {MARKS[each.good]}: {each.text} (got {each.got})" for each in row.assertions]
        lines += [f"- note: {each}" for each in row.notes]
        lines.append("")
    return "\n".join(lines)


def seen(row: Row) -> str:
    """What came of it, in a line."""
    wrong = [f"{each.text}: got {each.got}" for each in row.assertions if not each.good]
    good = sum(each.good is True for each in row.assertions)
    said = [f"{good} of {len(row.assertions)} assertions hold"] if not row.why else [row.why]
    return " ".join("; ".join([*said, *wrong, *row.notes]).split())


def suite_record(suite: Suite, rows: list[Row], numbers: Mapping[int, int]) -> SuiteRecord:
    """For the run record; `numbers` are those of the exchanges, by the number of the row."""
    return SuiteRecord(
        suite.name,
        summary(rows),
        [
            SuiteRow(
                row.number,
                row.title,
                f"{row.method} {row.path}",
                row.result,
                seen(row),
                numbers.get(row.number, 0),
            )
            for row in rows
        ],
    )


def summary(rows: list[Row]) -> str:
    """How many requests passed, failed and were not run, as one sentence."""
    tally = {result: sum(row.result == result for row in rows) for result in ("passed", "failed", "not run")}
    return f"{tally['passed']} of {len(rows)} requests passed, {tally['failed']} failed, {tally['not run']} were not run."
