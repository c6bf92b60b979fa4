"""One check in report.html: the cells of its row, and what opens below it."""

from scim_tests.model.record import CheckRecord, FindingRecord
from scim_tests.report.record_index import RecordIndex, rank, sentence
from scim_tests.report.templating import macros
from scim_tests.report.text import one_line, shortened

LINE_SHOWN = 160
FINDINGS_SHOWN = 10
PASSES_SHOWN = 3  # links to exchanges where all was well

# pytest-html reads the first two itself: which outcome it counts, and the id of the row.
HEADINGS = [
    '<th class="sortable" data-column-type="result" hidden>Result</th>',
    '<th class="sortable" data-column-type="testId" hidden>Test</th>',
    '<th scope="col">Verdict</th>',
    '<th scope="col">Check</th>',
    '<th scope="col">Severity</th>',
]


def cells(outcome: str, check: CheckRecord) -> list[str]:
    """A row's cells, one a heading; `outcome` is pytest-html's word for the verdict."""
    row = macros("cells.html")
    brief = shortened(one_line(sentence(check)), LINE_SHOWN)
    place = ".".join(f"{number:02}" for number in rank(check))
    return [
        row.result(outcome),
        row.test_id(check),
        row.verdict(check, place),
        row.name(check, brief),
        row.severity(check),
    ]


def details(index: RecordIndex, check: CheckRecord) -> str:
    """What opens below a check's row."""
    alike = _alike(check.findings)[:FINDINGS_SHOWN]
    found = [number for finding in check.findings for number in finding.at]
    told: str = macros("details.html").details(
        index,
        check,
        alike=alike,
        rest=len(check.findings) - sum(map(len, alike)),
        judged_at=check.at if found else check.at[:PASSES_SHOWN],
        first=next(iter(found or check.at), None),
    )
    return told


def _alike(findings: list[FindingRecord]) -> list[list[FindingRecord]]:
    """What was found, each kind of it once, with the places where it was seen."""
    alike: dict[tuple[str, str, str], list[FindingRecord]] = {}
    for finding in findings:
        alike.setdefault((finding.expected, finding.got, finding.where), []).append(finding)
    return list(alike.values())
