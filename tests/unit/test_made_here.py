"""Names that this tool gives are known from all others, so that `clean` removes nobody else."""

import pytest

from scim_tests import profiles
from scim_tests.model.names import is_made_here
from scim_tests.personas.okta.people import Casting, cast, crowd, teams, variants
from scim_tests.session.run import LETTERS, run_name
from scim_tests.traffic.okta_suite import variables


def given(run: str) -> list[str]:
    """All names that a play and a suite give."""
    profile = profiles.load("okta")
    casting = Casting(profile, run, 1)
    people = cast(casting)
    everybody = [*people.values(), *crowd(casting, 25), *variants(casting, 9)]
    names = [each.user_name for each in everybody]
    suite = variables(run, "", {})
    return [
        *names,
        *(name.upper() for name in names),
        *(team.display_name for team in teams(run, people).values()),
        suite["randomGroupName"],
        suite["InvalidUserEmail"],
    ]


@pytest.mark.parametrize("run", ["abcd1234", "zzzzzzzz", "00000000", "", LETTERS[:8], LETTERS[-8:]])
def test_every_name_we_give_is_known(run: str) -> None:
    """Of people, groups, suites; in capitals, too; also where a suite or a replay names itself."""
    assert [name for name in given(run or run_name()) if not is_made_here(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "", "Real.Person@example.org", "scim-tests", "scim-tests.", "scim-tests.shared-by-all-runs@example.com",
        "scim-tests.abcd123.x@example.com", "scim-tests.abcd12345.x@example.com", "scim-tests.abcd-234.x@example.com",
        "scim-testsXabcd1234.x@example.com", " scim-tests.abcd1234.x@example.com", "me+scim-tests.abcd1234.x@example.com",
        "\u017fcim-tests.abcd1234.x@example.com", "scim-tests.abcd123\u0664.x@example.com", "not.scim-tests.abcd1234.x@example.com",
    ],
)  # fmt: skip
def test_no_other_name_is(name: str) -> None:
    """Also none that only looks like it, begins elsewhere, or has another alphabet's letters in it."""
    assert not is_made_here(name)


def test_the_shared_user_of_a_profile_is_none_of_them() -> None:
    """Who is shared by all runs is known by the profile alone."""
    shared = [each.reuse_user for each in map(profiles.load, profiles.names()) if each.reuse_user]
    assert shared
    assert not [name for name in shared if is_made_here(name)]
    plain = cast(Casting(profiles.load("ziflow"), "abcd1234", 1))["plain"]
    assert plain.user_name in shared
