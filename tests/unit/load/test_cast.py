"""The people of a load: the same in every process, no two alike, and such as Okta takes and a clean-up finds."""

import re
from dataclasses import replace

from scim_tests import profiles
from scim_tests.load.cast import Cast
from scim_tests.load.jobs import number_of
from scim_tests.model.load_plan import LoadPlan, Stage
from scim_tests.model.names import is_made_here, mark
from scim_tests.wire.ledger_keys import name_key

PROFILE = profiles.load("okta")
PLAN = LoadPlan("7f3a9c2e", 4711, "https://scim.example.com", "", stages=(Stage(50.0, 20_000),), renamed=0.05)
ADDRESS = re.compile(r"[a-z0-9.-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")
LONGEST = 50  # characters of a first and a last name in Okta
LONGEST_LOGIN = 100


def test_everybody_is_the_same_in_every_process() -> None:
    """Whoever makes them, in whatever order; another load has others."""
    one, other = Cast(PLAN, PROFILE), Cast(LoadPlan.from_json(PLAN.to_json()), profiles.load("okta"))
    numbers = range(0, 20_000, 97)
    made = [one.person(each) for each in numbers]
    assert made == [other.person(each) for each in reversed(numbers)][::-1]
    assert [number_of(each) for each in made] == list(numbers)
    assert Cast(replace(PLAN, seed=4712), PROFILE).person(97).external_id != made[1].external_id


def test_no_two_are_alike() -> None:
    """Of 20,000: no name, no address and no id of Okta's is anybody else's, before or after a change of names."""
    cast = Cast(PLAN, PROFILE)
    people = [cast.person(each) for each in range(20_000)]
    renamed = [cast.renamed(each) for each in people]
    names = [name_key(each.user_name) for each in (*people, *renamed)]
    assert len(set(names)) == 40_000
    assert len({each.email for each in (*people, *renamed)}) == 40_000
    assert len({each.external_id for each in people}) == 20_000
    assert len({(each.given_name, each.family_name) for each in people}) > 19_990


def test_all_are_such_as_okta_takes_and_are_known_as_ours() -> None:
    """Within Okta's lengths, with a valid address, and under a name that bears the load's mark; numbers beyond a million, too."""
    cast = Cast(PLAN, PROFILE)
    for number in (*range(0, 20_000, 13), 999_999, 1_000_000, 12_345_678):
        person = cast.person(number)
        for each in (person, cast.renamed(person)):
            assert is_made_here(each.user_name)
            assert mark(each.user_name) == PLAN.run
            assert ADDRESS.fullmatch(each.email)
            assert each.user_name == each.email
            assert 0 < len(each.given_name) <= LONGEST
            assert 0 < len(each.family_name) <= LONGEST
            assert len(each.user_name) <= LONGEST_LOGIN
            assert each.external_id == person.external_id
            assert number_of(each) == number


def test_every_name_that_will_be_given_is_announced() -> None:
    """Of these people alone, each once: also the name that somebody gets later."""
    cast = Cast(PLAN, PROFILE)
    wanted = [cast.person(each) for each in range(500, 700)]
    later = [cast.renamed(each).user_name for each in wanted if PLAN.changes_name(number_of(each))]
    assert later
    assert sorted(cast.names(range(500, 700))) == sorted([*(each.user_name for each in wanted), *later])


def test_groups_bear_the_mark_too() -> None:
    """Each has its own name."""
    cast = Cast(PLAN, PROFILE)
    names = {cast.group_name(each) for each in range(12_000)}
    assert len(names) == 12_000
    assert {mark(each) for each in names} == {PLAN.run}
    team = cast.group(3, (cast.person(1),))
    assert (team.display_name, team.people) == (cast.group_name(3), (cast.person(1),))
