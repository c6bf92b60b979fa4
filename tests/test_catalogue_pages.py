"""docs/checks.md, docs/load-checks.md, docs/explore-checks.md and docs/faults.md are what the catalogue, the faults and the kill table say."""

from pathlib import Path
from runpy import run_path
from typing import Any

import pytest

from reference_server.faults import faults

ROOT = Path(__file__).parent.parent
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "catalogue_pages.py"))


@pytest.mark.parametrize("page", ["checks", "load-checks", "explore-checks", "faults"])
def test_the_page_is_up_to_date(page: str) -> None:
    """What stands in docs is what `make docs` writes."""
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == SCRIPT[
        f"{page.replace('-', '_')}_page"
    ]()


def test_no_record_is_both_acted_out_and_left_out() -> None:
    """A report is a fault, or it is left out with a reason."""
    assert {each["id"] for each in SCRIPT["NOT_ACTED"]} & set(faults()) == set()
