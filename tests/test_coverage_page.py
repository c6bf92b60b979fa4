"""docs/coverage.md is what the requirements, the catalogue and the reasons say."""

from pathlib import Path
from runpy import run_path
from typing import Any

from scim_tests.checks import catalogue
from scim_tests.knowledge.requirements import binding

ROOT = Path(__file__).parent.parent
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "coverage_page.py"))


def test_the_page_is_up_to_date() -> None:
    """What stands in docs is what `make docs` writes."""
    assert (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8") == SCRIPT["page"]()


def test_the_page_names_each_requirement_once() -> None:
    """Every statement that binds a server and shows in its answers has a row, and there is no other."""
    rows = [line.split(" | ")[0].removeprefix("| ") for line in SCRIPT["page"]().splitlines()]
    assert [each for each in rows if each in binding()] == list(binding())


def test_what_only_allows_something_counts_as_nothing_judged() -> None:
    """A check may name a MAY, but no answer can break it."""
    allowed = [each for each in binding().values() if each.is_optional]
    assert any(row.id in check.references for row in allowed for check in catalogue())
    assert SCRIPT["judged"](allowed) == 0
