"""The same create twice, and once more with the userName in another case (okta:SPEC step 8, okta:SUP-SNOW)."""

from dataclasses import replace

from scim_tests.model.act import Independent, Performance, Scene, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import create, look_up, read


@act(
    title="Create a person who exists already",
    group="push users",
    capability="push_users",
    sends=("GET /Users", "GET /Users/{id}", "POST /Users"),
)
def duplicate_user(scene: Scene) -> Performance:
    """Create the person of `push_user` again, in small letters and capitals; then read the first user by id and name."""
    person = person_of(scene)
    known = scene.known[f"push_user:{person.key}"]
    yield create(scene, "again", person)
    yield create(scene, "again_in_capitals", replace(person, user_name=person.user_name.upper()))
    yield Independent((read(scene, "read_first", known.id), look_up(scene, "find", person.user_name)))
    return SceneResult()
