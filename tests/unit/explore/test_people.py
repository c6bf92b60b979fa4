"""The people of a conversation share nothing that a target may want to be of one person alone."""

from scim_tests import profiles
from scim_tests.model.conversation import PEOPLE
from scim_tests.personas.explore.explore import scene_of
from scim_tests.personas.explore.people import another
from scim_tests.personas.okta.people import Casting

LIVES = 10


def test_everybody_has_numbers_and_addresses_of_their_own() -> None:
    """Whoever follows in a place has others than whoever was there before."""
    scene = scene_of(Casting(profiles.load("scim"), "abcd1234", 1), "0", ())
    everybody = [another(scene, place, number) for place in range(PEOPLE) for number in range(LIVES)]
    for name in ("phoneNumbers", "emails"):
        values = [each["value"] for person in everybody for each in person.attributes[name]]
        assert len({*values}) == len(values) > len(everybody)
    assert len({each.external_id for each in everybody}) == len(everybody)
