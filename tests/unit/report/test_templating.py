"""No text becomes markup, whichever template shows it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import scim_tests.report
from scim_tests.report.details import HEADINGS, cells, details
from scim_tests.report.html import page
from scim_tests.report.record_index import RecordIndex
from scim_tests.report.summary import markdown
from scim_tests.report.templating import macros
from tests.unit.report.sample import HOSTILE, sample

TEMPLATES = Path(scim_tests.report.__file__).parent / "templates"


def test_every_text_of_a_record_is_escaped() -> None:
    """A record whose every free text is hostile has no tag and no control character of the target's in its page."""
    record = sample()
    hostile = replace(
        record,
        outcome=replace(record.outcome, sentence=HOSTILE),
        profile=replace(record.profile, title=HOSTILE),
        notices=[HOSTILE],
        baseline=[HOSTILE],
        checks=[
            replace(each, title=HOSTILE, why=HOSTILE, blame=HOSTILE, fix=HOSTILE) for each in record.checks
        ],
    )
    index = RecordIndex(hostile)
    rows = [part for each in hostile.checks for part in (details(index, each), *cells("Passed", each))]
    for text in (page(hostile), *rows):
        assert "<script>alert" not in text
        assert not {character for character in "\x00\x07\x1b\u202e\ud800" if character in text}


def test_no_template_lets_anything_pass_as_it_is() -> None:
    """None marks a value as safe or turns escaping off, and each attribute with a value in it is quoted."""
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape", text), path.name
        assert not re.search(r"=\{\{|=[\w-]+\{\{", text), path.name


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc"]
)
def test_only_web_addresses_and_anchors_are_links(address: str) -> None:
    """Anything else that calls itself an address is shown as text."""
    written = macros("macros.html")
    linked = {href: written.link(href, caller=lambda: "go") for href in (address, "https://a.example", "#x1")}
    assert linked == {
        address: "<span>go</span>",
        "https://a.example": '<a href="https://a.example">go</a>',
        "#x1": '<a href="#x1">go</a>',
    }


def test_backticks_mark_code_in_our_own_words() -> None:
    """What stands between them is code, and escaped like all else."""
    written = macros("macros.html")
    assert written.prose("Write `a<b`: so.") == "Write <code>a&lt;b</code>: so."


def test_a_row_has_a_cell_for_each_heading() -> None:
    """pytest-html pairs them by their places."""
    row = cells("Failed", sample().checks[2])
    assert len(row) == len(HEADINGS)
    assert all(cell.startswith("<td ") and cell.endswith("</td>") for cell in row)


def test_what_is_to_be_decided_comes_first() -> None:
    """Partial matches stand before exact ones, and these before people nobody knows."""
    record = sample()
    [found] = record.imports
    rows = [replace(found.rows[0], match=match, name=f"({match})") for match in ("none", "exact", "partial")]
    shown = page(replace(record, imports=[replace(found, rows=rows)]))
    assert shown.index("(partial)") < shown.index("(exact)") < shown.index("(none)")


def test_how_something_is_known_can_be_read_without_a_pointer() -> None:
    """Each word for it and each source is explained in a section of its own, to which the marks lead."""
    record = sample()
    shown = page(record)
    section = shown[shown.index('id="sources"') : shown.index('id="checks"')]
    for known in ("documented", "captured", "inferred"):
        assert f"<dt>{known}</dt>" in section
    for source in record.sources:
        assert f'id="{source.id}"' in section
        assert source.statement in section
        assert source.url in section
    assert 'href="#okta:SUP-401"' in shown


def test_reports_speak_plain_english() -> None:
    """A check failed, and an app is named by what it does; no word of ours for it has to be known."""
    record = sample()
    passed = replace(record, profile=replace(record.profile, dialect="custom"))
    shown = page(record)
    assert "a PATCH app" in shown
    assert "a PUT app" in page(passed)
    assert "ended early, 1 call" in shown
    for word in ("Not so", "cut short", "dialect", "not so"):
        assert word not in shown


def test_sources_go_by_numbers() -> None:
    """A source is a number that leads to its title, on paper too; our keys for it are no words for a reader."""
    record = sample()
    shown = page(record)
    for number, source in enumerate(record.sources, 1):
        assert f"<dt>[{number}]</dt><dd>{source.statement}" in shown
        assert f">{source.id.removeprefix('okta:')}<" not in shown
    number = [each.id for each in record.sources].index("okta:SUP-401") + 1
    assert re.search(rf'<a href="#okta:SUP-401" title="[^"]+">\[{number}\]</a>', shown)
    for key in ("SUP-401", "LAB-KR2"):
        assert key not in markdown(record)
