"""A reference is no decoration: a lie against exactly that requirement turns a check red that names it."""

import lies
import pytest
from bending import bent, judged

from scim_tests.checks import catalogue
from scim_tests.knowledge.reference import references
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

WRONG = {Verdict.FAIL, Verdict.ADVICE}


@pytest.mark.parametrize("row", lies.ROWS)
def test_each_requirement_sees_its_lie(row: str, specified: list[Exchange]) -> None:
    """Each check that names it is content with the honest conversation, and one of them is red in the bent one."""
    step, *bends = lies.ROWS[row]
    naming = [each for each in catalogue() if row in each.references]
    assert not [each for check in naming for each in judged(check, specified) if each.verdict in WRONG]
    lied = bent(specified, step, *bends)
    found = {each.verdict for check in naming for each in judged(check, lied)}
    assert Verdict.BROKEN not in found
    assert Verdict.FAIL in found if _is_a_must(row) else WRONG & found


def _is_a_must(row: str) -> bool:
    return references()[row].level.startswith("MUST")
