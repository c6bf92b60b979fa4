"""docs/other-testers.md is what fixtures/other-testers says, and that names checks and gaps that there are."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from scim_tests.checks import catalogue

ROOT = Path(__file__).parent.parent
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "testers_page.py"))
TESTERS: list[dict[str, Any]] = SCRIPT["testers"]()
EACH = pytest.mark.parametrize("tester", TESTERS, ids=[each["name"] for each in TESTERS])


def test_the_page_is_up_to_date() -> None:
    """What stands in docs is what `make docs` writes."""
    assert (ROOT / "docs" / "other-testers.md").read_text(encoding="utf-8") == SCRIPT["page"]()


@EACH
def test_every_check_of_theirs_has_a_row(tester: dict[str, Any]) -> None:
    """As many as were counted in their source, each once."""
    rows = [(row["theirs"], row["looks_at"]) for row in tester["rows"]]
    assert len(rows) == tester["checks"] == len(set(rows))


@EACH
def test_every_check_of_ours_exists(tester: dict[str, Any]) -> None:
    """Each row names checks of the catalogue, each once."""
    known = {check.id for check in catalogue()}
    for row in tester["rows"]:
        named = row.get("ours", [])
        assert set(named) <= known, row["theirs"]
        assert len(named) == len(set(named)), row["theirs"]


@EACH
def test_a_row_without_a_check_says_why(tester: dict[str, Any]) -> None:
    """A row has checks of ours, a gap that is told of, or a reason why there is none."""
    for row in tester["rows"]:
        assert set(row) <= {"theirs", "looks_at", "ours", "gap", "why"}, row["theirs"]
        assert row.get("ours") or row.get("gap") or row.get("why"), row["theirs"]
        assert row.get("gap", "") in {"", *SCRIPT["gaps"]()}, row["theirs"]


def test_every_gap_is_seen_by_somebody() -> None:
    """No kind of fault is told of that no other tester sees."""
    named = {row.get("gap") for each in TESTERS for row in each["rows"]}
    assert set(SCRIPT["gaps"]()) <= named


def test_no_check_of_scim2_tester_is_left_out() -> None:
    """Its functions are those that the installed version has, save the one that calls the others."""
    from scim2_tester import checkers  # slow, and so not for every worker of the suite

    [tester] = [each for each in TESTERS if each["name"] == "scim2-tester"]
    theirs = {*checkers.__all__} - {"resource_type_tests"}
    assert {row["theirs"] for row in tester["rows"]} == theirs
