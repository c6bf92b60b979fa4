"""A reference is no decoration: a lie against exactly that requirement turns a check red that names it."""

import tomllib
from collections import Counter
from pathlib import Path

import lies
import pytest
from bending import bent, judged
from lies import Broken
from lies.allowed import ALLOWED

from scim_tests.checks import catalogue
from scim_tests.knowledge.reference import fixtures
from scim_tests.knowledge.requirements import binding, judging, not_judged, requirements
from scim_tests.model.check import Check
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

WRONG = {Verdict.FAIL, Verdict.ADVICE}
BROKEN = list(lies.broken())
REFERENCES = {row for check in catalogue() for row in check.references}
NAMED = REFERENCES & binding().keys()


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.name)
def test_each_requirement_sees_its_lie(broken: Broken, conversations: dict[str, list[Exchange]]) -> None:
    """One of the checks that name it is content with the honest conversation, and red in the bent one: a must fails."""
    step, *bends = broken.lie
    truth = conversations[broken.conversation]
    lied = bent(truth, step, *bends)
    can_fail = requirements()[broken.row].can_fail and not broken.is_mild
    seeing = next((each for each in _naming(broken.row) if _is_red(each, lied, can_fail=can_fail)), None)
    assert seeing, "no check that names it sees the lie"
    assert not WRONG & _said(seeing, truth)


def _naming(row: str) -> list[Check]:
    """What is judged quickly comes first: one that sees the lie is enough."""
    return sorted(judging(requirements()[row], catalogue()), key=lambda each: each.judges_the_play)


def _is_red(check: Check, conversation: list[Exchange], *, can_fail: bool) -> bool:
    said = _said(check, conversation)
    assert Verdict.BROKEN not in said
    return Verdict.FAIL in said or bool(WRONG & said and not can_fail)


def _said(check: Check, conversation: list[Exchange]) -> set[Verdict]:
    return {each.verdict for each in judged(check, conversation)}


def test_each_named_requirement_has_its_lie() -> None:
    """What a check names, some lie breaks; what only allows something, no answer can break."""
    wanted = {row for row in NAMED if not binding()[row].is_optional}
    assert wanted - {each.row for each in BROKEN} == set()
    assert {each.row for each in BROKEN} - REFERENCES == set()


def test_what_is_only_allowed_is_done_by_some_server() -> None:
    """Where a check names what is only allowed, or that is the reason why none does, a play shows that it fails nothing."""
    named = {row for row in NAMED if binding()[row].is_optional}
    held = {row for row, why in not_judged().items() if why.endswith("fails no check (tests/play).")}
    assert ALLOWED.keys() == named | held
    tests = Path(__file__).parents[2]
    told = {module: (tests / f"{module}.py").read_text(encoding="utf-8") for module, _ in ALLOWED.values()}
    assert [name for module, name in ALLOWED.values() if f'"{name}": ' not in told[module]] == []


def test_each_other_requirement_has_its_reason() -> None:
    """What binds a server and can be seen from outside is judged, or it says why not; nothing says both, or twice."""
    text = (fixtures() / "spec" / "not-judged.toml").read_text(encoding="utf-8")
    rows = [row for each in tomllib.loads(text)["reason"] for row in each["rows"]]
    assert [row for row, times in Counter(rows).items() if times > 1] == []
    assert set(rows) & NAMED == set()
    assert set(rows) | NAMED == binding().keys()
