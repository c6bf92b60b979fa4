"""Assigning a person who is on the target already: Okta links instead of creating (okta:SUP-EXIST, okta:ROSTR)."""

from scim_tests.model.act import Independent, Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import hit, id_of, person_of
from scim_tests.personas.okta.requests import look_up, merged, read, replace


@act(
    title="Assign a person who is on the target already",
    group="push users",
    capability="push_users",
    sends=("GET /Users", "GET /Users/{id}", "PUT /Users/{id}"),
)
def link_user(scene: Scene) -> Performance:
    """Look up the person of `push_user`, read the user and PUT it back with Okta's attributes.

    Gives the `id`. NotObserved where the lookup misses; ends early where the profile pushes no updates.
    """
    person = person_of(scene)
    lookup = yield look_up(scene, "lookup", person.user_name)
    found = hit(lookup, person.user_name)
    if found is None:
        raise NotObserved(lookup.step, "did not find the person who was pushed before")
    user_id = id_of(lookup, found)
    shown = yield read(scene, "read", user_id)
    no_update = scene.profile.why_not("", "push_profile_updates", writes=True)
    if no_update:
        return SceneResult(id=user_id, ended_early=no_update)
    yield replace(scene, "put", user_id, merged(scene, shown.resource, person))
    yield Independent((read(scene, "read_back", user_id), look_up(scene, "find", person.user_name)))
    return SceneResult(id=user_id)
