"""docs/rfc-examples.md is what fixtures/examples says, and every difference of the published schemas has its reason."""

from fnmatch import fnmatchcase
from pathlib import Path
from runpy import run_path
from typing import Any

ROOT = Path(__file__).parent.parent
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "rfc_page.py"))


def test_the_page_is_up_to_date() -> None:
    """What stands in docs is what `make docs` writes."""
    assert (ROOT / "docs" / "rfc-examples.md").read_text(encoding="utf-8") == SCRIPT["page"]()


def test_every_difference_from_the_schemas_of_the_rfc_has_one_reason() -> None:
    """RFC 7643 section 8.7 and what is published differ nowhere else."""
    assert {
        where: SCRIPT["reasons"](where)
        for where in SCRIPT["differences"]()
        if len(SCRIPT["reasons"](where)) != 1
    } == {}


def test_every_reason_is_of_a_difference() -> None:
    """What the schemas do not differ in any more needs no reason."""
    found = SCRIPT["differences"]()
    patterns = [pattern for each in SCRIPT["reasoned"]() for pattern in each["at"]]
    assert [each for each in patterns if not any(fnmatchcase(where, each) for where in found)] == []
