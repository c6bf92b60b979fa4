"""`--only` and `--skip` speak the catalogue's words."""

import pytest

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.errors import UsageError
from scim_tests.model.check import Severity
from scim_tests.options import SEVERITIES, RunOptions
from scim_tests.personas.play import ACTS, scenes
from scim_tests.session.run import needed
from scim_tests.session.selection import names, selected

CHECKS = catalogue()
PLAY = scenes(profiles.load("okta"), "run", 1)


def test_the_options_know_the_model_s_severities() -> None:
    """The words --fail-on takes are those of the model, worst first."""
    assert [each.value for each in Severity] == list(SEVERITIES)


def test_options_take_words_one_by_one_or_together() -> None:
    """Repeated and comma separated come to the same."""
    assert RunOptions.from_mapping({"only": ["a, b", "c"], "skip": None}).only == ("a", "b", "c")


@pytest.mark.parametrize(
    "word",
    ["push_user.create-answers-201", "push_user", "security", "import_users", "RFC7644-3.3-04", "every_*"],
)
def test_every_kind_of_word_chooses_what_answers_to_it(word: str) -> None:
    """Ids, acts, severities, capabilities, requirements and globs choose the checks that carry them, and no other."""
    chosen = {check.id for check in selected(CHECKS, [word], [])}
    assert chosen
    if "*" not in word:
        assert chosen == {check.id for check in CHECKS if word in names(check)}
    assert {check.id for check in selected(CHECKS, [], [word])} == {check.id for check in CHECKS} - chosen


def test_a_capability_chooses_the_checks_of_its_acts() -> None:
    """Whoever names a capability gets every act that needs it, as far as it has checks of its own."""
    capability = next(act.capability for act in ACTS if act.name == "push_group")
    acts = {act.name for act in ACTS if act.capability == capability}
    assert acts & {check.act for check in CHECKS} <= {
        check.act for check in selected(CHECKS, [capability], [])
    }


@pytest.mark.parametrize(
    ("only", "skip"), [(["push_usr"], []), ([], ["securty"]), (["push_user"], ["push_user"])]
)
def test_a_word_that_names_nothing_is_refused(only: list[str], skip: list[str]) -> None:
    """A typing error, or a choice that leaves nothing, is a usage error: nothing judged is never green."""
    with pytest.raises(UsageError):
        selected(CHECKS, only, skip)


def test_only_the_acts_that_are_needed_are_played() -> None:
    """Discovery's checks need no user; what reads a link needs the push before it."""
    of = {
        word: {scene.act.name for scene in needed(PLAY, selected(CHECKS, [word], []))}
        for word in ("discovery", "link_user")
    }
    assert of["discovery"] <= {"test_credentials", "discovery"}
    assert {"push_user", "link_user"} <= of["link_user"]
    assert not {"push_group", "import_users", "discovery"} & of["link_user"]


@pytest.mark.parametrize("act", ["read_user", "query_users", "import_users", "clean_up"])
def test_somebody_is_made_for_what_looks_at_people(act: str) -> None:
    """On a target without people nothing could be judged; as few are made as show all of it."""
    made = [each.name for each in needed(PLAY, selected(CHECKS, [act], [])) if each.act.name == "push_user"]
    assert "push_user:plain" in made
    assert len(made) <= 3


def test_what_reads_alone_makes_nobody() -> None:
    """What looks at no person is played without one."""
    for act in ("discovery", "entitlements", "test_credentials"):
        assert {each.act.name for each in needed(PLAY, selected(CHECKS, [act], []))} <= {
            "test_credentials",
            act,
        }
