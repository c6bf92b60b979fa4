"""What an admin does where a target refuses a create for what is in it: map less, or what the refusal asks for, and retry.

The admin reads the target's own words in Okta's task, changes the attribute mappings and chooses Retry
Selected, which looks the person up again (okta:F22746, okta:S20).
"""

from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field, replace

from scim_tests.model.act import Person, Scene, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json, Resource, get
from scim_tests.personas.okta.requests import as_mapped, create_with, look_up, new_user, without
from scim_tests.personas.okta.whole_profile import RISKY

CONTENTS = frozenset({400, 422})  # how a target refuses what stands in a body
ALWAYS = frozenset({"schemas", "userName", "name", "emails", "externalId", "groups", "password", "active"})
# What else an admin can map from Okta's base profile, with a value that anybody may have.
OFFERED: Mapping[str, Json] = {
    "title": "Proofreader",
    "nickName": "Tester",
    "userType": "Employee",
    "preferredLanguage": "en",
    "timezone": "Europe/Berlin",
    "phoneNumbers": [{"type": "work", "value": "+1-201-555-0123"}],
}
RETRIES = 3
WORDS_READ = 2000  # characters of a refusal


@dataclass(frozen=True)
class Mapped:
    """What is sent of a person: Okta's default without `unmapped`, and with `added`."""

    default: Resource
    unmapped: tuple[str, ...] = ()
    added: Mapping[str, Json] = field(default_factory=dict)

    @property
    def user(self) -> dict[str, Json]:
        """The body of a create."""
        return without(self.default, self.unmapped) | dict(self.added)

    @property
    def emails(self) -> list[Json]:
        """The e-mail addresses that are sent."""
        listed = self.default.get("emails")
        return listed if isinstance(listed, list) else []

    @property
    def with_one_email(self) -> "Mapped":
        """With the primary e-mail address alone, which is all that Okta maps by default."""
        main = [each for each in self.emails if get(each, "primary")] or self.emails[:1]
        return replace(self, default={**self.default, "emails": main})

    @property
    def remark(self) -> str:
        """What was changed, for who reads of the scene."""
        less = (
            f"created without {_listed(self.unmapped)}, which an admin has to unmap" if self.unmapped else ""
        )
        more = f"created with {_listed(self.added)}, which an admin has to map" if self.added else ""
        return "; ".join(filter(None, (less, more)))


def assign(scene: Scene, person: Person) -> Generator[Step, Exchange, tuple[Exchange, Mapped]]:
    """Create somebody, again with other mappings where the target refuses the contents; gives the last answer."""
    mapped = Mapped(as_mapped(scene, new_user(person)))
    created = yield create_with(scene, "create", person, mapped.user)
    for _ in range(RETRIES):
        changed = _changed(mapped, created)
        if changed == mapped:
            break
        lookup = yield look_up(scene, "lookup", person.user_name)
        if lookup.status != 404 and lookup.resources:
            break  # the refusal made somebody all the same
        mapped = changed
        created = yield create_with(scene, "create", person, mapped.user)
    return created, mapped


def _changed(mapped: Mapped, refused: Exchange) -> Mapped:
    """Other mappings, by what the refusal names; the same where no more can be done, or it is another refusal."""
    if refused.status not in CONTENTS:
        return mapped
    words = refused.answer.text[:WORDS_READ].lower()
    sent = mapped.user
    optional = [name for name in sent if name not in ALWAYS and name not in mapped.added]
    if named := [name for name in optional if _is_named(name, sent[name], words)]:
        return replace(mapped, unmapped=(*mapped.unmapped, *named))
    if "email" in words and len(mapped.emails) > 1:
        return mapped.with_one_email
    if missing := {
        name: value for name, value in OFFERED.items() if name not in sent and name.lower() in words
    }:
        return replace(mapped, added={**mapped.added, **missing})
    risky = [name for name in optional if name in RISKY]  # first, so that one refusal does not cost the rest
    if not risky and len(mapped.emails) > 1:
        return mapped.with_one_email
    return replace(mapped, unmapped=(*mapped.unmapped, *(risky or optional)))


def _is_named(name: str, value: Json, words: str) -> bool:
    """Whether a refusal speaks of an attribute, or of one within an extension."""
    within = value if isinstance(value, Mapping) else {}
    return any(each.lower() in words for each in (name, *within))


def _listed(names: Collection[str]) -> str:
    return ", ".join(names)
