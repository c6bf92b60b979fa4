"""Each act has its page, which names what is sent and says what the data says."""

import re
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from playing import honest_play

from scim_tests import profiles
from scim_tests.knowledge.okta_effect import kind_of
from scim_tests.personas.play import ACTS

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "acts"
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "act_pages.py"))
ACT = pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)


@cache
def steps_sent() -> frozenset[str]:
    """Every step that a profile sends to an honest target."""
    plays = map(honest_play, profiles.names())
    return frozenset(exchange.step for done in plays for exchange in done.conductor.transcript)


@ACT
def test_an_act_has_its_page(act: Any) -> None:
    """Under the act's title: who clicks what, which requests follow, what the answer must hold, what happens otherwise."""
    text = (PAGES / f"{act.name}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {act.title}\n")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Who clicks what", "Requests", "What the answer must hold", "What happens otherwise", "Sources",
    ]  # fmt: skip


@ACT
def test_every_step_is_named(act: Any) -> None:
    """The table of requests has each step of the act that any profile sends."""
    named = SCRIPT["steps"]((PAGES / f"{act.name}.md").read_text(encoding="utf-8"))
    sent = {step.partition(".")[2] for step in steps_sent() if step.startswith(f"{act.name}.")} - {
        "throttled"
    }
    assert sorted(step for step in sent if not any(fnmatchcase(step, each) for each in named)) == []


def test_what_becomes_of_every_step_in_okta_is_told() -> None:
    """Whatever a profile sends to an honest target has a table in steps.toml."""
    assert sorted(step for step in steps_sent() if kind_of(step) is None) == []


@ACT
def test_what_follows_from_the_data_is_up_to_date(act: Any) -> None:
    """The part below what was written by hand is what `make docs` puts there."""
    page = PAGES / f"{act.name}.md"
    assert page.read_text(encoding="utf-8") == SCRIPT["whole"](page)


def test_no_page_is_left_over() -> None:
    """Every page is of an act of the play."""
    assert {page.stem for page in PAGES.glob("*.md")} == {act.name for act in ACTS}
