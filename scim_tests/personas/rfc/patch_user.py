"""PATCHes that Okta never sends and other clients do: with paths, several operations, and some that the target has to refuse (RFC 7644 3.5.2)."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, get
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import read, replace, speaks_patch
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.operations import Change, Operation, patched

TITLE: Operation = {"op": "add", "path": "title", "value": Wording.TITLE}
HALF: Operation = {"op": "replace", "path": "title", "value": Wording.HALF_DONE}
NO_SUCH: Operation = {
    "op": "replace",
    "path": f'emails[type eq "{Wording.NO_SUCH_TYPE}"].value',
    "value": Wording.OTHER_ADDRESS,
}


@act(
    title="Change a person as other clients do",
    group="push users",
    capability="push_profile_updates",
    sends=("GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def patch_user(scene: Scene) -> Performance:
    """Send the user of `push_user` one PATCH after the other, read back after one or more, and at last a PUT without `active`.

    Gives the `id`. NotObserved in the dialect of a custom app, which is never sent a PATCH.
    """
    if not speaks_patch(scene):
        raise NotObserved("", "an app made with the wizard is never sent a PATCH")
    user_id = scene.known[f"push_user:{person_of(scene).key}"].id
    first = yield read(scene, "read", user_id)
    shown = first.resource
    name = get(shown, "displayName") or person_of(scene).display_name
    email = f"{Wording.PATCHED_ADDRESS}.{person_of(scene).email}"
    changes: tuple[list[Change], ...] = (
        [
            ("same_value", [{"op": "replace", "path": "displayName", "value": name}]),
            ("email", [{"op": "replace", "path": 'emails[type eq "work"].value', "value": email}]),
        ],
        [("add", [TITLE])],
        [("half", [HALF, NO_SUCH])],
        [("remove", [{"op": "remove", "path": "title"}])],
        [("add_again", [TITLE])],
        [
            ("dotted", [{"op": "replace", "value": {"name.givenName": Wording.GIVEN_NAME}}]),
            ("null", [{"op": "replace", "path": "title", "value": None}]),
        ],
        [
            ("unknown_attribute", [{"op": "replace", "path": "noSuchAttribute", "value": Wording.ANYTHING}]),
            ("unknown_part", [{"op": "replace", "path": "name.noSuchPart", "value": Wording.ANYTHING}]),
            ("unknown_operation", [{"op": "invalid-op", "path": "title", "value": Wording.ANYTHING}]),
        ],
        [
            ("extension", [{"op": "add", "path": f"{ENTERPRISE_USER}:department", "value": Wording.TITLE}]),
            ("version", [{"op": "replace", "path": "meta.version", "value": Wording.OTHER_VERSION}]),
        ],
        [("active_as_a_string", [{"op": "replace", "path": "active", "value": "True"}])],
    )
    for each in changes if scene.profile.enables("reactivate") else changes[:-1]:
        yield from patched(scene, user_id, each)
    without_active = {key: value for key, value in shown.items() if key.lower() != "active"}
    yield replace(scene, "put_without_active", user_id, without_active)
    yield read(scene, "after_put_without_active", user_id)
    return SceneResult(id=user_id)
