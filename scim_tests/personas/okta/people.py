"""The people a run assigns: each is worth trying for one trait, and none is real.

Names are recognisable (`scim_tests.model.names`) and unique to the run; all other
values come from the seed. Lengths stay within what Okta's own profile allows (first and last name 50, login 100 characters).
"""

import random
import string
from collections.abc import Mapping
from dataclasses import replace

from faker import Faker

from scim_tests.model.act import OktaPerson, Person, Team
from scim_tests.model.names import PREFIX
from scim_tests.model.profile import Profile
from scim_tests.personas.okta.whole_profile import FIRST, PHONES, whole

OKTA_ID_LETTERS = string.ascii_letters + string.digits
LEAST = ("displayName", "locale", "externalId", "groups")  # what an admin may unmap
ODD_LETTERS = """"friends" \\"""  # which a filter has to escape
LONG_NAME = 200  # characters; Okta takes 255


class Casting:
    """Makes people for a run, the same ones for the same seed; no two have one name, address or Okta id.

    `run` is the run's unique name.
    """

    def __init__(self, profile: Profile, run: str, seed: int) -> None:
        self.profile = profile
        self.domain = profile.email_domain
        self.attributes = profile.attributes
        self.run = run
        self.fake = Faker("en_US", providers=["faker.providers.person"])
        self.fake.seed_instance(seed)
        self.chance = random.Random(seed)  # noqa: S311 -- names, not secrets
        self.named: set[tuple[str, str]] = set()

    def person(self, key: str, trait: str, local_part: str = "") -> Person:
        """Somebody with the next name and Okta id of the seed; `local_part`, where given, stands for `.` and the key."""
        address = f"{PREFIX}.{self.run}{local_part or '.' + key}@{self.domain}"
        okta_id = "00u" + "".join(self.chance.choices(OKTA_ID_LETTERS, k=17))
        first, last = self.fake.first_name(), self.fake.last_name()
        while (first, last) in self.named:
            first, last = self.fake.first_name(), self.fake.last_name()
        self.named.add((first, last))
        return Person(key, trait, address, first, last, address, okta_id, attributes=self.attributes)


def crowd(casting: Casting, size: int) -> tuple[Person, ...]:
    """People who are assigned at once."""
    return tuple(casting.person(f"crowd-{number:02}", "one of many") for number in range(1, size + 1))


def set_apart(casting: Casting, act: str, size: int) -> tuple[Person, ...]:
    """People whom one act of the specification has for itself: nobody else writes to them."""
    kept = act.replace("_", "-")
    return tuple(casting.person(f"{kept}-{number}", f"made for {act}") for number in range(1, size + 1))


def variants(casting: Casting, size: int) -> tuple[Person, ...]:
    """People for creates that are out of the ordinary."""
    return tuple(casting.person(f"variant-{number}", "out of the ordinary") for number in range(1, size + 1))


def teams(run: str, people: Mapping[str, Person]) -> dict[str, Team]:
    """The groups Okta pushes, by key. `again` takes the name that `team` had before it was renamed.

    The name of `empty` begins like that of `team`, so that a lookup that finds by parts is seen. `sizes` and
    `at-once` change at the same time, and only the first of `sizes` is pushed meanwhile, who comes late in the other.
    """
    members = tuple(people[key] for key in ("plain", "apostrophe", "accents"))
    name = f"{PREFIX}.{run}.team"
    names = {
        "empty": f"{name} & Zoë's {ODD_LETTERS} ".ljust(LONG_NAME, "s"),
        "team": name,
        "again": name,
        "others": f"{PREFIX}.{run}.others",
        "asked-for": f"{PREFIX}.{run}.asked-for",
        "sizes": f"{PREFIX}.{run}.sizes",
        "at-once": f"{PREFIX}.{run}.at-once",
        "leaving": f"{PREFIX}.{run}.leaving/A.B (c)",
    }
    last = [people[key] for key in ("plain", "whole", "plus")]
    first = [person for person in people.values() if person not in last]
    everybody = {"sizes": (*reversed(last), *first), "at-once": (*first, *last)}
    return {key: Team(key, name, everybody.get(key, members)) for key, name in names.items()}


def strangers(profile: Profile, seed: int) -> tuple[OktaPerson, ...]:
    """Some people of Okta's own directory whom no target knows, for an import to be matched against."""
    casting = Casting(profile, "okta", seed)
    people = [casting.person(f"stranger-{number:02}", "") for number in range(1, 11)]
    return tuple(OktaPerson(each.user_name, each.given_name, each.family_name, each.email) for each in people)


def cast(casting: Casting) -> dict[str, Person]:
    """Everybody with a part of their own, by key."""
    profile, run = casting.profile, casting.run
    person, chance = casting.person, casting.chance
    long_local = f"{PREFIX}.{run}.".ljust(64, "l")
    long_domain = f"{'d' * max(1, 34 - len(profile.email_domain))}.{profile.email_domain}"
    people = [
        person("plain", "a plain person"),
        replace(
            person("leaver", "somebody with a short name who leaves and comes back"),
            given_name="O",
            family_name="Null",
        ),
        person("mover", "somebody whose profile changes"),
        person("plus", "an e-mail address with a plus sign", "+okta"),
        replace(
            person("apostrophe", "apostrophes, quotes and blanks in the name", ".o'neill"),
            given_name='Robert "Bob"',
            family_name="O'Neill & de la Cruz",
        ),
        replace(
            person("accents", "a name beyond ASCII"), given_name="Zoë-Łucja", family_name="Nuñez 山田 𠮷"
        ),
        replace(
            person("long", "values as long as Okta allows"),
            user_name=f"{long_local}@{long_domain}",
            email=f"{long_local}@{long_domain}",
            given_name="Wolfeschlegelsteinhausenbergerdorff".ljust(50, "a"),
            family_name="Featherstonehaugh-Cholmondeley".ljust(50, "e"),
        ),
        replace(
            person("enterprise", "an employee with enterprise attributes"),
            email=f"{PREFIX}.{run}.at-work@{profile.email_domain}",  # not the userName (okta:PLAN C9336)
            enterprise={"employeeNumber": f"00{chance.randint(10000, 99999)}", "department": "Proofing"},
        ),
        whole(person("whole", "everything that Okta can map")),
        _in_mixed_case(person("mixed", "a userName and an e-mail address in mixed case")),
        replace(person("least", "the least that Okta sends"), unmapped=LEAST),
    ]
    if profile.reuse_user:
        people[0] = _shared(people[0], profile.reuse_user)
    return {each.key: each for each in people}


def _in_mixed_case(person: Person) -> Person:
    """The name of the run stays as it is."""
    spelt = person.email.replace(PREFIX, "Scim-Tests").replace(".mixed@", ".McMixed@")
    local, _, domain = spelt.partition("@")
    spelt = f"{local}@{domain.capitalize()}"
    shared = {"phoneNumbers": PHONES[FIRST]}  # with somebody else: no number is anybody's alone
    return replace(person, user_name=spelt, email=spelt, attributes={**person.attributes, **shared})


def _shared(person: Person, user_name: str) -> Person:
    return replace(
        person,
        trait="the one user that every run shares",
        user_name=user_name,
        email=user_name,
        given_name="Zoë-Łucja",
        family_name="O'Neill & Søn",
    )
