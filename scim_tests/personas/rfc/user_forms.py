"""The PATCHes of `write_in_forms` to a user: entries by filters of every form, complex values, and the extension."""

from collections.abc import Iterator
from itertools import chain

from scim_tests.model.act import Person, Scene
from scim_tests.model.scim import ENTERPRISE_USER, USER, Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.whole_profile import (
    ANOTHER_FAX,
    EMPLOYMENT,
    FAX,
    FIRST,
    GRANTS,
    LINES,
    OTHER_PLACES,
    PAGER,
    POSTAL_CODE,
    REGION,
    SECOND,
    STREET,
    TEXTS,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.operations import Change, abreast, add, remove, set_


def changes(scene: Scene, shown: Resource, others: list[str]) -> Iterator[list[Change]]:
    """The PATCHes that a read follows; those of attributes that the target does not show are left out."""
    person = scene.crowd[0]
    yield from abreast(
        chain(_of_phones(shown), _of_the_external_id(person, shown), _of_nick_names(shown)),
        chain(_of_addresses(shown), _of_emails(person, shown)),
        chain(
            _of_the_extension(shown, others), _of_the_name(person), _with_a_password(scene), _of_roles(shown)
        ),
    )
    if scene.profile.enables("push_deactivation", "reactivate"):
        yield [("inactive", [set_("active", value=False)])]
        yield [("active", [{"op": "Add", "path": "active", "value": True}])]
    if get(shown, "title"):
        yield [("nothing_new", [add("title", get(shown, "title"))])]
        yield [("nothing_new_without_path", [{"op": "add", "value": {"title": get(shown, "title")}}])]


def _of_the_external_id(person: Person, shown: Resource) -> Iterator[Change]:
    if get(shown, "externalId"):
        yield "external_id_less", [remove("externalId")]
        yield "external_id", [add("externalId", f"{person.external_id}.{Wording.RENAMED}")]


def _of_the_name(person: Person) -> Iterator[Change]:
    yield "complex", [set_("name", {"familyName": Wording.AFTER_THE_WEDDING})]
    yield "complex_without_path", [{"op": "replace", "value": {"name": {"givenName": Wording.GIVEN_NAME}}}]
    yield "in_capitals", [set_("NAME.FAMILYNAME", person.family_name)]


def _of_nick_names(shown: Resource) -> Iterator[Change]:
    if get(shown, "nickName"):
        yield "removed", [{"op": "remove", "path": "nickName"}]
        yield "replaced_without_value", [set_("nickName", TEXTS[SECOND]["nickName"])]


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
    """The extension without a path, by its URN, and its attributes by theirs; it goes and comes again."""
    if not get(shown, ENTERPRISE_USER):
        return
    employment = EMPLOYMENT[FIRST]
    path = f"{ENTERPRISE_USER}:manager"
    if others:
        yield "manager", [set_(path, {"value": others[0]})]
    yield "extension_gone", [remove(ENTERPRISE_USER)]
    again = add(f"{ENTERPRISE_USER}:department", employment["department"])
    yield "extension_again", [add("schemas", [ENTERPRISE_USER]), again]
    yield "extension_emptied", [remove(f"{ENTERPRISE_USER}:department")]
    yield "extension_by_its_part", [again]
    department = {ENTERPRISE_USER: {"department": EMPLOYMENT[SECOND]["department"]}}
    yield "extension_without_path", [{"op": "replace", "value": department}]
    if others[1:]:
        yield "managers_value", [set_(f"{path}.value", others[1])]


def _of_phones(shown: Resource) -> Iterator[Change]:
    """Entries by several operations, without brackets, by two clauses, one after the other."""
    if get(shown, "phoneNumbers"):
        kind, value = (get(shown, "phoneNumbers", 0, name) for name in ("type", "value"))
        clauses = f'phoneNumbers[type eq "{kind}" and value eq "{value}"]'
        another = add("phoneNumbers", [{**ANOTHER_FAX, "type": kind}])
        changed = set_('phoneNumbers[type eq "fax"].value', FAX["value"])
        entry = {**get(shown, "phoneNumbers", 0), "value": PAGER["value"]}
        yield "entry_replaced", [set_(f'phoneNumbers[value eq "{value}"]', entry)]
        yield "entry_again", [set_(f'phoneNumbers[value eq "{PAGER["value"]}"].value', value)]
        yield "two_adds", [add("phoneNumbers", [FAX]), add("phoneNumbers", [PAGER])]
        yield "one_object", [add("phoneNumbers", ANOTHER_FAX)]
        yield "several_gone", [remove('phoneNumbers[type eq "fax"]')]
        yield "two_clauses", [another, remove(clauses)]
        yield "one_after_the_other", [add("phoneNumbers", [ANOTHER_FAX]), changed]
        yield "filter_in_capitals", [set_(f'{USER}:PHONENUMBERS[TYPE EQ "fax"].VALUE', ANOTHER_FAX["value"])]
        yield "either", [remove('phoneNumbers[type eq "fax" or (type eq "pager" and value pr)]')]


def _of_addresses(shown: Resource) -> Iterator[Change]:
    """Entries by filters that several fit, and their parts."""
    if get(shown, "addresses"):
        yield "two_of_a_type", [add("addresses", [*OTHER_PLACES])]
        yield "several_match", [set_('addresses[type eq "other"].region', REGION)]
        yield "parts_of_one", [add('addresses[type eq "home"]', {"region": REGION, "country": "US"})]
        yield "lines", [set_('addresses[type eq "home"].formatted', LINES)]
        yield "negated", [set_('addresses[type ne "home" and not (type eq "work")].postalCode', POSTAL_CODE)]
        yield "part_of_several_less", [remove('addresses[country sw "U" and type eq "other"].region')]
        yield "words", [set_('addresses[type eq "home"].streetAddress', STREET)]


def _of_emails(person: Person, shown: Resource) -> Iterator[Change]:
    """E-mail addresses without a path, by their value, and the same ones with another type."""
    if not get(shown, "emails"):
        return
    email = person.email
    more = {"value": f"{Wording.PATCHED_ADDRESS}.{email}", "type": "other"}
    one = {"value": email, "type": "work", "primary": True}
    yield "list_without_path", [{"op": "add", "value": {"emails": [more]}}]
    yield "by_address", [set_(f'emails[value eq "{email}"].type', "home")]
    yield "primary_by_path", [set_('emails[type eq "other"].primary', value=True)]
    yield "primary_no_more", [set_('emails[type eq "other"].primary', value=False)]
    yield "same_values", [set_("emails", [{**one, "type": "other"}])]
    yield "list_replaced", [set_("emails", [one])]
