"""docs/okta-qa-plan.md and docs/ziflow.md are what the plan, the profile and the catalogue say; both name steps there are."""

import csv
from fnmatch import fnmatchcase
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from playing import honest_play

from scim_tests import profiles
from scim_tests.knowledge.qa_plan import qa_plan
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.exchange import Exchange
from scim_tests.model.plan import Plan
from scim_tests.model.profile import Profile
from scim_tests.personas.play import ACTS

ROOT = Path(__file__).parent.parent
PLAN = ROOT.parent / "shared" / "okta" / "test-plan-v2.csv"
SCRIPT: dict[str, Any] = run_path(str(ROOT / "scripts" / "plan_pages.py"))


def guided() -> Profile:
    return profiles.load("ziflow").with_overrides(probes=True)


def sent(profile: Profile) -> list[Exchange]:
    return list(honest_play(profile.name, probes=profile.probes).conductor.transcript)


@pytest.mark.parametrize(("page", "made"), [("okta-qa-plan", "qa_page"), ("ziflow", "guide_page")])
def test_the_page_is_up_to_date(page: str, made: str) -> None:
    """What stands in docs is what `make docs` writes."""
    assert (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8") == SCRIPT[made]()


@pytest.mark.skipif(
    not PLAN.exists(), reason="Okta's plan is not part of the project; it is read where present"
)
def test_no_case_of_the_plan_is_left_out() -> None:
    """Our cases are Okta's, by id and in its order."""
    theirs = [row["id"] for row in csv.DictReader(PLAN.read_text(encoding="utf-8").splitlines())]
    assert [case.id for case in qa_plan().cases] == theirs


def plans() -> list[tuple[Plan, Profile]]:
    guide = guided()
    assert guide.guide is not None
    return [(qa_plan(), profiles.load("okta")), (guide.guide, guide)]


@pytest.mark.parametrize(("plan", "profile"), plans(), ids=lambda each: getattr(each, "name", ""))
def test_every_case_is_acted_out_or_says_why_not(plan: Plan, profile: Profile) -> None:
    """Each has steps that the play sends to an honest target, for whom it says, or a reason why nothing can be seen."""
    exchanges = sent(profile)
    assert OKTA + plan.source in references()
    for case in plan.cases:
        assert bool(case.steps) != bool(case.unseen), case.title
        assert set(case.acts) <= {act.name for act in ACTS}
        played = [
            each
            for each in exchanges
            if any(fnmatchcase(each.step, pattern) for pattern in case.steps)
            and (not case.scenes or any(fnmatchcase(each.scene, pattern) for pattern in case.scenes))
        ]
        assert played or case.unseen, case.title


def test_every_limit_of_the_guide_is_one_of_the_profile() -> None:
    """The guide's limits are what the profile lacks, each once."""
    guide = guided().guide
    assert guide is not None
    assert sorted(case.limit for case in guide.cases if case.limit) == sorted(guided().lacking)
