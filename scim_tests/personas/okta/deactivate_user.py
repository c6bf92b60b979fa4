"""Somebody is unassigned: the user becomes inactive and stays readable (okta:S20, okta:CRUD step 8)."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import (
    look_up,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)


@act(
    title="Unassign a person",
    group="push users",
    capability="push_deactivation",
    sends=("GET /Users", "GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def deactivate_user(scene: Scene) -> Performance:
    """Set `active` to false, read the user by id, and find it by userName.

    Needs `push_user`. NotObserved at the end where the write was refused, so that no reactivation follows.
    """
    person = person_of(scene)
    user_id = scene.known[f"push_user:{person.key}"].id
    if speaks_patch(scene):
        written = yield set_active(scene, "patch", user_id, active=False)
    else:
        shown = yield read(scene, "read", user_id)
        written = yield replace(scene, "put", user_id, with_attributes(shown.resource, {"active": False}))
    yield read(scene, "read_back", user_id)
    yield look_up(scene, "find", person.user_name)
    if not written.is_success:
        raise NotObserved(written.step, f"answered {written.answer.phrase}, so that nobody has left")
    return SceneResult(id=user_id)
