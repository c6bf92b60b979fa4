"""What may be said in the conversations with one target: which kinds of moves, and which attributes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scim_tests.explore.values import Attribute, attributes
from scim_tests.model.act import Person
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Json, Resource, get
from scim_tests.personas.explore.memory import kinds_of
from scim_tests.personas.explore.people import NOBODYS

# What clients may only ask of who says that it is there (RFC 7644 4).
ADVERTISED: Mapping[str, str] = {
    "bulk-set": "bulk",
    **dict.fromkeys(("find", "find-former", "find-group", "list-active"), "filter"),
    "list-sorted": "sort",
    **dict.fromkeys((
        "set-if-current", "set-if-stale", "read-if-changed", "rename-group-if-current", "rename-group-if-stale",
        "read-group-if-changed",
    ), "etag"),
    **dict.fromkeys((
        "replace", "add", "remove", "clash", "clear-members", "change-members", "add-nobody", "replace-by-nobody",
        "spoil-op", "spoil-path", "spoil-type", "spoil-target", "switch-by-text",
    ), "patch"),
}  # fmt: skip


@dataclass(frozen=True)
class Features:
    """`reads_first`: before each PUT, as Okta does."""

    kinds: frozenset[str]
    attributes: tuple[Attribute, ...]
    reads_first: bool


def features(
    profile: Profile,
    known: Mapping[str, SceneResult],
    config: Exchange | None = None,
    schemas: Exchange | None = None,
) -> Features:
    """By the profile, what scenes before found out, and the answers of /ServiceProviderConfig and /Schemas where there are any."""
    address = f"{NOBODYS}.mail@{profile.email_domain}"
    writer = Person("mail", "whose e-mail addresses are written", address, "", "", address, "")
    here = next((each.is_on_this_machine for each in (config, schemas) if each), False)
    found = attributes(
        _resources(schemas),
        writer,
        unmapped=[name for result in known.values() for name in result.unmapped],
        every=profile.speaks_at_large and (here or profile.writes_every_attribute),
    )
    kinds = frozenset(each for each in kinds_of(profile) if _is_advertised(each, config))
    return Features(kinds, found, reads_first=not profile.speaks_at_large)


def _is_advertised(name: str, config: Exchange | None) -> bool:
    return name not in ADVERTISED or get(_json(config), ADVERTISED[name], "supported") is True


def _json(answered: Exchange | None) -> Json:
    return answered.json if answered and answered.is_success and answered.answer.is_json else None


def _resources(schemas: Exchange | None) -> Iterable[Resource]:
    return schemas.resources if schemas and isinstance(_json(schemas), Mapping) else ()
