"""A returning person is found inactive and made active again (okta:S20, okta:F27262, okta:LAB-KR).

The profile push that follows has been seen to carry the old `active: false` (okta:F14380); a target
that does as it is told then has an inactive user again.
"""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import hit, id_of, person_of
from scim_tests.personas.okta.requests import (
    look_up,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)
from scim_tests.personas.okta.whole_profile import FIRST, TEXTS


@act(
    title="Assign a person who left before",
    group="push users",
    capability="reactivate",
    sends=("GET /Users", "GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}"),
)
def reactivate_user(scene: Scene) -> Performance:
    """Find the inactive user, set `active` to true, then PUT the old `active: false` as Okta was seen to (okta:F14380).

    Needs `deactivate_user`. Gives the `id`.
    """
    person = person_of(scene)
    found = yield look_up(scene, "find", person.user_name)
    user = hit(found, person.user_name)
    user_id = id_of(found, user) if user else scene.known[f"push_user:{person.key}"].id
    if speaks_patch(scene):
        yield set_active(scene, "patch", user_id, active=True)
    else:
        shown = yield read(scene, "read", user_id)
        pushed = {}
        if scene.profile.enables("push_profile_updates"):  # a re-assignment pushes the profile, too
            pushed = {"nickName": TEXTS[FIRST]["nickName"]}
        yield replace(scene, "put", user_id, with_attributes(shown.resource, {"active": True, **pushed}))
    shown = yield read(scene, "read_back", user_id)
    if scene.profile.enables("push_profile_updates"):
        yield replace(scene, "put_stale", user_id, with_attributes(shown.resource, {"active": False}))
        yield read(scene, "read_stale", user_id)
    return SceneResult(id=user_id)
