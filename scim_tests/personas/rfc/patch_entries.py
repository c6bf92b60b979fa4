"""PATCHes of one part, one entry or one attribute among several, as other clients send them (RFC 7644 3.5.2)."""

from collections.abc import Iterator

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import as_mapped, new_user, operate, read, replace, speaks_patch
from scim_tests.personas.okta.whole_profile import EMPLOYMENT, FAX, POSTAL_CODE, SECOND, TEXTS
from scim_tests.personas.okta.wording import Wording

Operations = list[dict[str, Json]]
EXTENSION = f"{ENTERPRISE_USER}:"


@act(
    title="Change one entry among several",
    group="push users",
    capability="push_profile_updates",
    sends=("GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def patch_entries(scene: Scene) -> Performance:
    """Send the user of `update_profile` one PATCH after the other, each read back; at last take the userName away.

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
    for step, operations in _changes(shown, f"{Wording.PATCHED_ADDRESS}.{person.email}"):
        yield operate(scene, step, user_id, *operations)
        shown = (yield read(scene, f"after_{step}", user_id)).resource
    removed = yield operate(scene, "no_user_name", user_id, {"op": "remove", "path": "userName"})
    if removed.is_success:
        yield replace(scene, "name_again", user_id, as_mapped(scene, new_user(person)))
    yield read(scene, "after_no_user_name", user_id)
    return SceneResult(id=user_id)


def _changes(shown: Resource, address: str) -> Iterator[tuple[str, Operations]]:
    """Each PATCH by its step; those of attributes that the target does not show are left out."""
    title, nick_name = TEXTS[SECOND]["title"], TEXTS[SECOND]["nickName"]
    if get(shown, "phoneNumbers"):
        yield "value_of_one", [_set('phoneNumbers[type eq "mobile"].value', "+1-201-555-0167")]
        yield "one_more", [{"op": "Add", "path": "phoneNumbers", "value": [FAX]}]
        yield "one_twice", [_add("phoneNumbers", [FAX])]
        yield "one_less", [_remove('phoneNumbers[type eq "fax"]')]
    if get(shown, "addresses"):
        yield "part_of_one", [_set('addresses[type eq "work"].postalCode', POSTAL_CODE)]
        yield "part_less", [_remove('addresses[type eq "home"].country')]
        yield "all_less", [_remove("addresses")]
    if get(shown, "emails"):
        yield (
            "one_more_email",
            [_add("emails", [{"value": f"{Wording.NEW_ADDRESS}.{address}", "type": "other"}])],
        )
        yield "other_primary", [_add("emails", [{"value": address, "type": "other", "primary": True}])]
        yield (
            "value_of_primary",
            [_set("emails[primary eq true].value", f"{Wording.PATCHED_ADDRESS}.{address}")],
        )
        yield "typed_less", [_remove('emails[type eq "work"]')]
    yield "part_of_name", [_set("name.familyName", Wording.AFTER_THE_WEDDING)]
    if get(shown, "name", "middleName"):
        yield "part_of_name_less", [_remove("name.middleName")]
    if get(shown, ENTERPRISE_USER, "costCenter"):
        yield "extension", [_set(f"{EXTENSION}department", EMPLOYMENT[SECOND]["department"])]
        if get(shown, ENTERPRISE_USER, "manager"):
            yield "manager_less", [_remove(f"{EXTENSION}manager")]
        yield "extension_less", [_remove(f"{EXTENSION}costCenter")]
    if get(shown, "title"):
        yield "last_wins", [_set("title", Wording.HALF_DONE), _set("title", title)]
        yield "letters", [{"op": "Replace", "path": "TITLE", "value": Wording.TITLE}]
        yield "with_urn", [_set(f"{USER}:title", title)]
    if get(shown, "nickName"):
        yield (
            "several",
            [_remove("nickName"), _set("name.givenName", Wording.GIVEN_NAME), _add("nickName", nick_name)],
        )
        yield "to_null", [_set("nickName", None)]


def _set(path: str, value: Json) -> dict[str, Json]:
    return {"op": "replace", "path": path, "value": value}


def _add(path: str, value: Json) -> dict[str, Json]:
    return {"op": "add", "path": path, "value": value}


def _remove(path: str) -> dict[str, Json]:
    return {"op": "remove", "path": path}
