"""The PATCHes that the play sends tell wrong patchers from a right one."""

from choosing_patches import after, of_plays, told
from mutant_patchers import GENERAL
from patcher import RIGHT
from playing import honest_play, specified_play

from scim_tests.checks.reading.differences import differences
from scim_tests.checks.reading.outcomes import outcomes

UNTOLD = {
    "filter: ew is co (any)",
    "filter: sw is co (any)",
}  # where a text stands within another, and not at its end
PLAYS = (honest_play, specified_play)


def test_the_right_patcher_is_right() -> None:
    """It leaves what has to stand after each PATCH of both plays, where that is known."""
    for play in PLAYS:
        for passage, patches in of_plays(play().conductor.transcript):
            left = after(passage.was, patches, RIGHT)
            assert not any(differences(outcomes(passage)[0], left, passage.was)), passage.writes[0].step


def test_every_wrong_patcher_is_told() -> None:
    """Whoever is wrong about all attributes leaves something else than the right one after one of them at least."""
    found: frozenset[str] = frozenset()
    for play in PLAYS:
        for passage, patches in of_plays(play().conductor.transcript):
            found |= told(passage.was, patches, ("any",))
    assert GENERAL - found == UNTOLD
