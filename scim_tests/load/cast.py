"""The people of a load: number k is the same in every process, and bears the load's name."""

import random
import re
from collections.abc import Iterable

from faker.providers.person.en_US import Provider

from scim_tests.model.act import Person, Team
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.names import PREFIX
from scim_tests.model.profile import Profile
from scim_tests.personas.okta.people import OKTA_ID_LETTERS
from scim_tests.personas.okta.update_user import after_the_wedding, under_a_new_name

NUMBER = re.compile(
    rf"(?:/Groups/)?{PREFIX}\.[a-z0-9]{{8}}\.[ug]-(\d{{4,9}})(?!\d)", re.ASCII | re.IGNORECASE
)
GIVEN, FAMILY = tuple(Provider.first_names), tuple(Provider.last_names)


class Cast:
    """Makes them one by one; keeps none. Faker's own way would cost as much as a request."""

    def __init__(self, plan: LoadPlan, profile: Profile) -> None:
        self._plan = plan
        self._profile = profile

    def person(self, number: int) -> Person:
        """Number k, from 0. Two family names, since so many people would share one."""
        chance = random.Random(f"{self._plan.seed} {number}")  # noqa: S311 -- names, not secrets
        okta_id = "00u" + "".join(chance.choices(OKTA_ID_LETTERS, k=17))
        given, family = chance.choice(GIVEN), " ".join(chance.choices(FAMILY, k=2))
        address = self.user_name(number)
        return Person(
            f"u-{number:06}", "one of very many", address, given, family, address, okta_id,
            attributes=self._profile.attributes,
        )  # fmt: skip

    def user_name(self, number: int) -> str:
        """How the person is called as long as the name is not changed."""
        return f"{PREFIX}.{self._plan.run}.u-{number:06}@{self._profile.email_domain}"

    def renamed(self, person: Person) -> Person:
        """The person under another name."""
        return under_a_new_name(after_the_wedding(person))

    def group(self, number: int, people: tuple[Person, ...]) -> Team:
        """A large group with these members."""
        return Team(f"g-{number:04}", self.group_name(number), people)

    def group_name(self, number: int) -> str:
        """How that group is called."""
        return f"{PREFIX}.{self._plan.run}.g-{number:04}"

    def is_of(self, worker: int, name: str) -> bool:
        """Whether somebody or a group of that name is this worker's: their numbers leave it over."""
        found = NUMBER.match(name)
        return found is not None and int(found[1]) % self._plan.workers == worker

    def names(self, numbers: Iterable[int]) -> list[str]:
        """All names that these people have or are given, before any of them leaves."""
        found = []
        for number in numbers:
            found.append(self.user_name(number))
            if self._plan.changes_name(number):
                found.append(self.renamed(self.person(number)).user_name)
        return found
