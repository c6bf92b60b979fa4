"""The import in words, as a table and as a file for a spreadsheet."""

import csv
from dataclasses import replace
from io import StringIO

from scim_tests.report.importing import import_csv, sentences
from tests.unit.report.sample import sample


def test_the_file_holds_every_row_and_no_formula() -> None:
    """Each row has its columns, and a spreadsheet runs nothing of what a target said."""
    rows = list(csv.DictReader(StringIO(import_csv(sample()))))
    assert [row["outcome"] for row in rows] == ["linked", "created in Okta"]
    assert rows[1]["name"] == "'=cmd()"


def test_the_file_moves_no_cursor() -> None:
    """A name with an escape sequence, a line break or a tab in it stays one plain cell."""
    [found] = sample().imports
    rows = [replace(found.rows[0], name="\x1b[2J Kim\r\n\t=1+1 Jones", email="\t=1+1")]
    shown = import_csv(replace(sample(), imports=[replace(found, rows=rows)]))
    [row] = csv.DictReader(StringIO(shown))
    assert row["name"] == "\\x1b[2J Kim =1+1 Jones"
    assert row["email"] == "'=1+1"


def test_the_safeguard_is_named_where_it_would_halt() -> None:
    """The words count everybody and say that Okta would halt."""
    [found] = sample().imports
    counts, gone = sentences(found)
    assert counts == "2 people on the list: 1 created in Okta, 1 linked."
    assert "Of 150 people assigned in Okta 40 would count as removed" in gone
    assert "halt" in gone
