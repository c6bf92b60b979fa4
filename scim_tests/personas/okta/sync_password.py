"""Sync Password: PATCH in an OIN app, GET and PUT in a custom one (okta:S20; the PATCH's body is inferred)."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import patch, read, replace, speaks_patch, with_attributes


@act(
    title="Push a password",
    group="push users",
    capability="sync_password",
    sends=("GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def sync_password(scene: Scene) -> Performance:
    """Write the placeholder of a password, and read the user back.

    Needs `push_user`. Gives the `id`.
    """
    user_id = scene.known[f"push_user:{person_of(scene).key}"].id
    if speaks_patch(scene):
        yield patch(scene, "patch", user_id, {"password": PASSWORD_SLOT})
    else:
        shown = yield read(scene, "read", user_id)
        yield replace(scene, "put", user_id, with_attributes(shown.resource, {"password": PASSWORD_SLOT}))
    yield read(scene, "read_back", user_id)
    return SceneResult(id=user_id)
