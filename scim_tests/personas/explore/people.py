"""The people of a conversation: how they and their groups are called, and what is known of them at first."""

import json
from dataclasses import replace

from scim_tests.model.act import Person, Scene
from scim_tests.model.conversation import GROUP_NAMES, NAMES, PEOPLE
from scim_tests.model.names import PREFIX
from scim_tests.model.scim import ENTERPRISE_USER, Json
from scim_tests.personas.okta.people import Casting
from scim_tests.personas.okta.whole_profile import RISKY, whole

# How an address begins in a value that is to be written: no run and no conversation is known there, so that the line
# that says it is the same whoever holds it.
NOBODYS = f"{PREFIX}.(run)"
# Telephone numbers: of each place in an area of its own, in each of which the same hundred are set aside for fiction.
AREAS = (201, 202, 203)
FICTION = 100
STRIDE = 3  # from those of one person to those of the next one in the same place, so that none stands twice
FIRST_NAME = "-0@"  # how the name of the first person's account ends its local part
LEFT_OUT = {*RISKY, "displayName"}  # people are told apart by the one, and many targets refuse the others


def crowd(casting: Casting, key: str) -> tuple[Person, ...]:
    """The people of a conversation's places, called `scim-tests.<run>.<key>-<place>@…`."""
    return tuple(rich(casting.person(f"{key}-{place}", ""), place) for place in range(PEOPLE))


def rich(person: Person, place: int, number: int = 0) -> Person:
    """The person with nearly all that Okta can map, so that there is much to be changed; the `number`th of their place."""
    known = whole(person)
    employment = {**known.attributes[ENTERPRISE_USER], "employeeNumber": known.external_id[-6:]}
    kept: dict[str, Json] = {key: value for key, value in known.attributes.items() if key not in LEFT_OUT}
    of_the_profile = {key: value for key, value in person.attributes.items() if key in LEFT_OUT}
    phones = [_with_number(each, place, number) for each in kept["phoneNumbers"]]
    more = {
        "emails": kept["emails"][:2],
        "phoneNumbers": phones,
        ENTERPRISE_USER: employment,
        **of_the_profile,
    }
    return replace(known, attributes={**kept, **more})


def _with_number(phone: Json, place: int, number: int) -> Json:
    """A telephone with a number that is nobody else's in the conversation."""
    last = int(phone["value"][-2:]) + STRIDE * number
    return {**phone, "value": f"+1-{AREAS[place]}-555-01{last % FICTION:02}"}


def another(scene: Scene, place: int, number: int) -> Person:
    """Somebody of that place, who shares no e-mail address, telephone number or id of Okta's with whoever came before; 0 is the first."""
    person = scene.crowd[place]
    if not number:
        return person
    local, _, domain = person.email.partition("@")
    okta_id = f"{person.external_id[:-2]}{number:02}"
    return rich(replace(person, email=f"{local}.{number}@{domain}", external_id=okta_id), place, number)


def user_name(scene: Scene, number: Json) -> str:
    """One of the names that people are given in turn; from NAMES on the same in capitals. Empty where there is none."""
    before, domain = _own(scene)
    return _name(number, [f"{before}-{each}@{domain}" for each in range(NAMES)])


def group_name(scene: Scene, number: Json) -> str:
    """The same of groups."""
    before, _ = _own(scene)
    return _name(number, [f"{before}-g{each}" for each in range(GROUP_NAMES)])


def said(scene: Scene, value: Json) -> Json:
    """A value as it is written in this conversation, with addresses of its own."""
    text = json.dumps(value)
    return json.loads(text.replace(NOBODYS, _own(scene)[0])) if NOBODYS in text else value


def _own(scene: Scene) -> tuple[str, str]:
    """How all names of its people and groups begin, and the domain of their accounts."""
    before, _, domain = scene.crowd[0].user_name.rpartition(FIRST_NAME)
    return before, domain


def _name(number: Json, names: list[str]) -> str:
    every = [*names, *(each.upper() for each in names)]
    is_one = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < len(every)
    return every[number] if is_one else ""
