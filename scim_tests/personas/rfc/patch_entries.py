"""PATCHes of one part, one entry or one attribute among several, as other clients send them (RFC 7644 3.5.2)."""

from collections.abc import Iterator
from itertools import chain

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Resource, get
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import as_mapped, new_user, operate, read, replace, speaks_patch
from scim_tests.personas.okta.whole_profile import EMPLOYMENT, FAX, FIRST, POSTAL_CODE, SECOND, TEXTS
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.operations import Change, abreast, add, patched, remove, set_

EXTENSION = f"{ENTERPRISE_USER}:"


@act(
    title="Change one entry among several",
    group="push users",
    capability="push_profile_updates",
    sends=("GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def patch_entries(scene: Scene) -> Performance:
    """Send the user of `update_profile` one PATCH after the other, some of them before each read; at last take the userName away.

    Where that is taken, a PUT gives it back at once. NotObserved in the dialect of a custom app, which is never
    sent a PATCH.
    """
    if not speaks_patch(scene):
        raise NotObserved("", "an app made with the wizard is never sent a PATCH")
    person = person_of(scene)
    user_id = scene.known[f"push_user:{person.key}"].id
    shown = (yield read(scene, "read", user_id)).resource
    if not get(shown, "phoneNumbers") and not get(shown, "addresses"):
        raise NotObserved("", "the target keeps neither telephone numbers nor addresses")
    for changes in _changes(shown, f"{Wording.PATCHED_ADDRESS}.{person.email}"):
        (yield from patched(scene, user_id, changes)).resource  # noqa: B018 -- nothing more is sent to who is gone
    removed = yield operate(scene, "no_user_name", user_id, {"op": "remove", "path": "userName"})
    if removed.is_success:
        yield replace(scene, "name_again", user_id, as_mapped(scene, new_user(person)))
    yield read(scene, "after_no_user_name", user_id)
    return SceneResult(id=user_id)


def _changes(shown: Resource, address: str) -> Iterator[list[Change]]:
    """The PATCHes that a read follows; those of attributes that the target does not show are left out."""
    return abreast(
        _of_titles(shown),
        _of_phones(shown),
        _of_emails(shown, address),
        chain(_of_the_extension(shown), _of_nick_names(shown)),
        chain(_of_addresses(shown), _of_names(shown)),
    )


def _of_phones(shown: Resource) -> Iterator[Change]:
    if get(shown, "phoneNumbers"):
        yield "value_of_one", [set_('phoneNumbers[type eq "mobile"].value', "+1-201-555-0167")]
        yield "one_more", [{"op": "Add", "path": "phoneNumbers", "value": [FAX]}]
        yield "one_twice", [add("phoneNumbers", [FAX])]
        yield "one_less", [remove('phoneNumbers[type eq "fax"]')]


def _of_addresses(shown: Resource) -> Iterator[Change]:
    if get(shown, "addresses"):
        yield "part_of_one", [set_('addresses[type eq "work"].postalCode', POSTAL_CODE)]
        yield "part_less", [remove('addresses[type eq "home"].country')]
        yield "all_less", [remove("addresses")]


def _of_names(shown: Resource) -> Iterator[Change]:
    yield "part_of_name", [set_("name.familyName", Wording.AFTER_THE_WEDDING)]
    if get(shown, "name", "middleName"):
        yield "part_of_name_less", [remove("name.middleName")]


def _of_emails(shown: Resource, address: str) -> Iterator[Change]:
    if get(shown, "emails"):
        more = {"value": f"{Wording.NEW_ADDRESS}.{address}", "type": "other"}
        another = f"{Wording.PATCHED_ADDRESS}.{address}"
        yield "one_more_email", [add("emails", [more])]
        yield "other_primary", [add("emails", [{"value": address, "type": "other", "primary": True}])]
        yield "value_of_primary", [set_("emails[primary eq true].value", another)]
        yield "typed_less", [remove('emails[type eq "work"]')]


def _of_the_extension(shown: Resource) -> Iterator[Change]:
    if get(shown, ENTERPRISE_USER, "costCenter"):
        yield "extension", [set_(f"{EXTENSION}department", EMPLOYMENT[FIRST]["department"])]
        if get(shown, ENTERPRISE_USER, "manager"):
            yield "manager_less", [remove(f"{EXTENSION}manager")]
        yield "extension_less", [remove(f"{EXTENSION}costCenter")]


def _of_titles(shown: Resource) -> Iterator[Change]:
    title = TEXTS[SECOND]["title"]
    if get(shown, "title"):
        yield "last_wins", [set_("title", Wording.HALF_DONE), set_("title", title)]
        yield "letters", [{"op": "Replace", "path": "TITLE", "value": Wording.TITLE}]
        yield "with_urn", [set_(f"{USER}:title", title)]


def _of_nick_names(shown: Resource) -> Iterator[Change]:
    if get(shown, "nickName"):
        again = add("nickName", TEXTS[SECOND]["nickName"])
        yield "several", [remove("nickName"), set_("name.givenName", Wording.GIVEN_NAME), again]
        yield "to_null", [set_("nickName", None)]
