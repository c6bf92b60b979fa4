"""The people of a conversation: how they and their groups are called, and what is known of them at first."""

from dataclasses import replace

from scim_tests.model.act import Person, Scene
from scim_tests.model.conversation import GROUP_NAMES, NAMES, PEOPLE
from scim_tests.model.scim import ENTERPRISE_USER, Json
from scim_tests.personas.okta.people import Casting
from scim_tests.personas.okta.whole_profile import RISKY, whole

FIRST_NAME = "-0@"  # how the name of the first person's account ends its local part
LEFT_OUT = {*RISKY, "displayName"}  # people are told apart by the one, and many targets refuse the others


def crowd(casting: Casting, key: str) -> tuple[Person, ...]:
    """The people of a conversation's places, called `scim-tests.<run>.<key>-<place>@…`."""
    return tuple(
        rich(casting.person(f"{key}-{place}", "somebody in a conversation")) for place in range(PEOPLE)
    )


def rich(person: Person) -> Person:
    """The person with nearly all that Okta can map, so that there is much to be changed."""
    known = whole(person)
    employment = {**known.attributes[ENTERPRISE_USER], "employeeNumber": known.external_id[-6:]}
    kept: dict[str, Json] = {key: value for key, value in known.attributes.items() if key not in LEFT_OUT}
    of_the_profile = {key: value for key, value in person.attributes.items() if key in LEFT_OUT}
    more = {"emails": kept["emails"][:2], ENTERPRISE_USER: employment, **of_the_profile}
    return replace(known, attributes={**kept, **more})


def another(person: Person, number: int) -> Person:
    """Somebody of that person's kind, who shares no e-mail address and no id of Okta's with them; 0 is the person."""
    if not number:
        return person
    local, _, domain = person.email.partition("@")
    okta_id = f"{person.external_id[:-2]}{number:02}"
    return rich(replace(person, email=f"{local}.{number}@{domain}", external_id=okta_id))


def user_name(scene: Scene, number: Json) -> str:
    """One of the names that people are given in turn; from NAMES on the same in capitals. Empty where there is none."""
    before, _, domain = scene.crowd[0].user_name.rpartition(FIRST_NAME)
    return _name(number, [f"{before}-{each}@{domain}" for each in range(NAMES)])


def group_name(scene: Scene, number: Json) -> str:
    """The same of groups."""
    before = scene.crowd[0].user_name.rpartition(FIRST_NAME)[0]
    return _name(number, [f"{before}-g{each}" for each in range(GROUP_NAMES)])


def _name(number: Json, names: list[str]) -> str:
    every = [*names, *(each.upper() for each in names)]
    is_one = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(every)
    return every[number] if is_one else ""
