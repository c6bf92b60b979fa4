"""The PATCHes of `write_in_forms` to a user: forms that other clients use, and then those that tell wrong readers of PATCHes from a right one."""

import json
import re
from collections.abc import Iterator
from itertools import chain

from scim_tests.model.act import Person, Scene
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.whole_profile import (
    ANOTHER_FAX,
    EMPLOYMENT,
    FAX,
    FIRST,
    GRANTS,
    NAMES,
    OTHER_PLACES,
    PHONES,
    REGION,
    SECOND,
    STREET,
    TEXTS,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.chosen_patches import PATCHES
from scim_tests.personas.rfc.operations import Change, abreast, add, remove, set_

TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')  # of a filter


def texts() -> Iterator[Json]:
    """What the filters of the table look for, for whoever has to know our own words."""
    for each in chain(*PATCHES.values()):
        for operation in json.loads(each):
            yield from TEXT.findall(str(get(operation, "path")))


def changes(scene: Scene, shown: Resource, others: list[str]) -> Iterator[list[Change]]:
    """The PATCHes that a read follows; those of attributes that the target does not show are left out."""
    person = scene.crowd[0]
    yield from abreast(
        _of_roles(shown),
        chain(_of_nick_names(shown), _with_a_password(scene)),
        chain(
            _of_phones(shown), _chosen("phoneNumbers", person, shown), _by_rank(shown), _by_two_clauses(shown)
        ),
        chain(_of_addresses(shown), _chosen("addresses", person, shown), _of_words(shown)),
        chain(_of_emails(person, shown), _chosen("emails", person, shown)),
        chain(_of_the_name(), _of_the_external_id(person, shown), _chosen("name", person, shown)),
        chain(_of_the_extension(shown, others), _chosen(ENTERPRISE_USER, person, shown)),
    )
    if scene.profile.enables("push_deactivation", "reactivate"):
        yield [("inactive", [set_("active", value=False)])]
        yield [("active", [{"op": "Add", "path": "active", "value": True}])]
    if get(shown, "title"):
        yield [("nothing_new", [add("title", get(shown, "title"))])]
        yield [("nothing_new_without_path", [{"op": "add", "value": {"title": get(shown, "title")}}])]


def _chosen(kind: str, person: Person, shown: Resource) -> Iterator[Change]:
    """Those that stand in the table for an attribute and its like, in their order: each finds what the one before left."""
    if get(shown, kind):
        for each in PATCHES.get(kind, ()):
            yield (
                f"chosen_{kind.rpartition(':')[2].lower()}",
                json.loads(each.replace("$email", person.email)),
            )


def _of_the_external_id(person: Person, shown: Resource) -> Iterator[Change]:
    if get(shown, "externalId"):
        yield "external_id_less", [remove("externalId")]
        known = {"externalId": f"{person.external_id}.{Wording.RENAMED}"}
        zone = {"timezone": TEXTS[SECOND]["timezone"]} if get(shown, "timezone") else {}
        parts = [{part: NAMES[SECOND][part]} for part in ("honorificSuffix", "honorificPrefix")]
        values = ({**known, "name": parts[0]}, {**zone, "name": parts[1]})  # each leaves what the other sets
        yield "external_id", [{"op": "replace", "value": each} for each in values]


def _of_nick_names(shown: Resource) -> Iterator[Change]:
    """Another one over the first, none at all, and one where there is none."""
    if get(shown, "nickName"):
        yield "added_over", [add("nickName", TEXTS[SECOND]["nickName"])]
        yield "removed", [remove("nickName")]
        yield "replaced_without_value", [set_("nickName", TEXTS[FIRST]["nickName"])]


def _of_the_name() -> Iterator[Change]:
    yield "complex", [set_("name", {"familyName": Wording.AFTER_THE_WEDDING})]


def _with_a_password(scene: Scene) -> Iterator[Change]:
    if scene.profile.enables("sync_password"):
        both = {"password": PASSWORD_SLOT, "displayName": TEXTS[SECOND]["displayName"]}
        yield "password_too", [{"op": "replace", "value": both}]


def _of_roles(shown: Resource) -> Iterator[Change]:
    """The value of the primary one alone, as Entra writes it."""
    if get(shown, "roles", 1):
        one, other = GRANTS[FIRST]
        exchanged = set_("roles[primary eq true].value", other)
        yield "role_exchanged", [set_("roles", [{"value": one, "primary": True}]), exchanged]


def _of_the_extension(shown: Resource, others: list[str]) -> Iterator[Change]:
    """The extension by its URN, and its attributes by theirs; it goes and comes again."""
    if not get(shown, ENTERPRISE_USER):
        return
    path = f"{ENTERPRISE_USER}:manager"
    if others:
        yield "manager", [set_(path, {"value": others[0]})]
    yield "extension_gone", [remove(ENTERPRISE_USER)]
    again = add(f"{ENTERPRISE_USER}:department", EMPLOYMENT[FIRST]["department"])
    yield "extension_again", [add("schemas", [ENTERPRISE_USER]), again]
    yield "extension_emptied", [remove(f"{ENTERPRISE_USER}:department")]
    yield "extension_by_its_part", [again]
    if others[1:]:
        yield "managers_value", [set_(f"{path}.value", others[1])]


def _of_phones(shown: Resource) -> Iterator[Change]:
    """A filter that fits what the operation before it left."""
    if get(shown, "phoneNumbers"):
        changed = set_('phoneNumbers[type eq "fax"].value', FAX["value"])
        yield "one_after_the_other", [add("phoneNumbers", [ANOTHER_FAX]), changed]


def _by_rank(shown: Resource) -> Iterator[Change]:
    """Filters that say another thing to who reads `and` no closer than `or`, or `not` of each clause by itself (RFC 7644 3.4.2.2)."""
    if get(shown, "phoneNumbers"):
        yield (
            "by_rank",
            [
                set_("phoneNumbers", PHONES[FIRST]),
                remove('phoneNumbers[not (type eq "work" or type eq "mobile")]'),
                remove('phoneNumbers[type eq "work" or type eq "mobile" and type eq "fax"]'),
            ],
        )


def _by_two_clauses(shown: Resource) -> Iterator[Change]:
    """One of two of a type."""
    if get(shown, "phoneNumbers"):
        one = remove(f'phoneNumbers[type eq "fax" and value eq "{FAX["value"]}"]')
        yield "two_clauses", [add("phoneNumbers", [FAX, ANOTHER_FAX]), one]


def _of_words(shown: Resource) -> Iterator[Change]:
    """A text of several words, with more than one blank between them."""
    if get(shown, "addresses"):
        street = set_('addresses[type eq "home"].streetAddress', STREET)
        yield "words", [add("addresses", [{"type": "home", "country": "US"}]), street]


def _of_addresses(shown: Resource) -> Iterator[Change]:
    """Two of a type, and a filter that both fit."""
    if get(shown, "addresses"):
        yield "two_of_a_type", [add("addresses", [*OTHER_PLACES])]
        over = add('addresses[type eq "other"].country', "NO")  # where each has one
        yield "several_match", [set_('addresses[type eq "other"].region', REGION), over]


def _of_emails(person: Person, shown: Resource) -> Iterator[Change]:
    """E-mail addresses by their value, and the same ones with another type."""
    if not get(shown, "emails"):
        return
    one = {"value": person.email, "type": "work", "primary": True}
    yield "by_address", [set_(f'emails[value eq "{person.email}"].type', "home")]
    yield "same_values", [set_("emails", [{**one, "type": "other"}])]
    yield "list_replaced", [set_("emails", [one])]
