"""The catalogue is linted like code: complete, unique, and its ids last for ever."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

from scim_tests.checks import catalogue, explore_catalogue, load_catalogue
from scim_tests.knowledge.reference import references
from scim_tests.personas.play import ACTS

ROOT = Path(__file__).parent.parent
IDS = ROOT / "fixtures" / "check-ids.txt"
FAMILIES = {
    "every_answer", "every_bulk", "every_create", "every_end", "every_error", "every_group", "every_list", "every_lookup", "every_membership",
    "every_projection", "every_query", "every_read", "every_resource", "every_throttle", "every_user", "every_version",
    "every_view", "every_write",
}  # fmt: skip
WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
NORMATIVE = re.compile(r"\b(should|must|shall)\b", re.IGNORECASE)
BY_RULES_ALONE = {"overlap_groups"}  # what its writes leave is judged by `every_write`


def test_ids_are_unique() -> None:
    """No two checks share an id."""
    ids = [check.id for check in catalogue()]
    assert sorted(set(ids)) == sorted(ids)


def test_ids_last_for_ever() -> None:
    """Every id of a check is on the list of ids ever given, and none that was retired is used again."""
    lines = IDS.read_text(encoding="utf-8").split("\n")
    given = {line.split()[0] for line in lines if line and not line.startswith("#")}
    retired = {line.split()[0] for line in lines if line.endswith(" retired")}
    ids = {check.id for check in (*catalogue(), *load_catalogue(), *explore_catalogue())}
    assert ids - given == set(), "add new ids at the end of fixtures/check-ids.txt"
    assert given - retired - ids == set(), "mark ids that are gone as retired in fixtures/check-ids.txt"
    assert ids & retired == set(), "a retired id has another meaning in old reports"


def test_an_id_is_an_act_and_words() -> None:
    """An id is `act.words-with-hyphens`; the act is one of the play's or a family of rules."""
    acts = FAMILIES | {each.name for each in ACTS}
    ids = {check.id: check.id.partition(".") for check in catalogue()}
    assert [each for each, (act, _, _) in ids.items() if act not in acts] == []
    assert [each for each, (*_, words) in ids.items() if not WORDS.fullmatch(words)] == []


def test_a_check_is_complete() -> None:
    """Title, consequence and fix say something in whole sentences; references are known, and there is one."""
    for check in (*catalogue(), *explore_catalogue()):
        assert check.references, check.id
        assert set(check.references) - set(references()) == set(), check.id
        assert check.title[0].isupper() or check.title.split()[0].strip(".") in check.title, check.id
        assert not check.title.endswith("."), check.id
        assert len(check.title) <= 110, check.id
        assert not NORMATIVE.search(check.title), f"a title says what is: {check.id}"
        assert check.fix.endswith((".", "`")), check.id
        assert check.consequence.text.endswith("."), check.id


def test_a_condition_says_what_its_absence_means() -> None:
    """A check with a `when` says why it is not asked where `when` never holds, unless every answer meets it."""
    every = (*catalogue(), *explore_catalogue())
    conditional = [each for each in every if each.when is not None and each.on != ("*.*",)]
    assert [each.id for each in conditional if not each.otherwise] == []


def test_what_follows_ends_somewhere() -> None:
    """A check follows from others of the catalogue, and never in a circle from itself."""
    order = TopologicalSorter({check.id: check.follows for check in catalogue()}).static_order()
    assert set(order) == {check.id for check in catalogue()}
    explored = TopologicalSorter({check.id: check.follows for check in explore_catalogue()}).static_order()
    assert set(explored) == {check.id for check in explore_catalogue()}


def test_there_are_enough() -> None:
    """The acts of the play are judged by at least eighty checks, each act by one at least, unless rules alone judge it."""
    assert len(catalogue()) >= 80
    assert {act.name for act in ACTS} - {check.act for check in catalogue()} == BY_RULES_ALONE
