"""What Okta would make of the import: a table for the reports, and import.csv for a spreadsheet."""

import csv
from dataclasses import asdict, fields
from io import StringIO

from scim_tests.model.record import ImportRecord, ImportRow, RunRecord
from scim_tests.report.record_index import many
from scim_tests.report.text import one_line

# Of a row's columns the ones that decide come first, so that a narrow page shows them.
COLUMNS = {
    "user_name": "On the target",
    "outcome": "Then",
    "match": "Match",
    "by": "By",
    "okta_user": "Okta user",
    "name": "Name",
    "email": "E-mail",
}
TO_DECIDE = ("partial", "exact", "none")  # in this order an admin looks at them
ROWS_SHOWN = 200
FORMULA = ("=", "+", "-", "@")  # what a spreadsheet would run


def import_csv(record: RunRecord) -> str:
    """Every row of the import; a value a spreadsheet would take for a formula gets an apostrophe in front."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow([each.name for each in fields(ImportRow)])
    for row in (row for each in record.imports for row in each.rows):
        writer.writerow([_harmless(value) for value in asdict(row).values()])
    return written.getvalue()


def _harmless(value: str) -> str:
    value = one_line(value)
    return f"'{value}" if value.startswith(FORMULA) else value


def sentences(found: ImportRecord) -> list[str]:
    """The import in words: how many people would become what, and what the safeguard would do."""
    met = sum(found.outcomes.values())
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.outcomes.items()))
    assigned = many(found.assigned, "person", "people")
    gone = f"Of {assigned} assigned in Okta {found.removed} would count as removed"
    halted = (
        "; that is more than a fifth, so Okta's import safeguard would halt the import."
        if found.halted
        else "."
    )
    return [f"{many(met, 'person', 'people')} on the list: {counts or 'nobody'}.", gone + halted]


def rows_shown(found: ImportRecord) -> list[ImportRow]:
    """The first rows, those that somebody has to decide about before the others."""
    return sorted(found.rows, key=_to_decide)[:ROWS_SHOWN]


def _to_decide(row: ImportRow) -> tuple[bool, int]:
    return row.outcome.startswith("not imported"), TO_DECIDE.index(row.match)
