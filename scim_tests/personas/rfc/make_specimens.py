"""The people whom the queries ask for: created, read, and written to by nobody until they are removed."""

from scim_tests.model.act import Independent, Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import as_mapped, create, new_user, read, replace


@act(
    title="Make people to ask for",
    group="specification",
    capability=SPECIFICATION,
    sends=("GET /Users/{id}", "POST /Users", "PUT /Users/{id}"),
)
def make_specimens(scene: Scene) -> Performance:
    """Create the crowd and read each back. Gives their `ids` in the order of the crowd, empty of whom none was given.

    NotObserved where the profile allows nobody more, or nobody was created.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    steps = (create(scene, f"create_{number}", each) for number, each in enumerate(scene.crowd, 1))
    made = (yield Independent(steps)).at_once
    ids = tuple(map(id_given, made))
    if not any(ids):
        made[0].resource  # noqa: B018 -- says why nobody was
    yield Independent(read(scene, f"read_{number}", id_) for number, id_ in enumerate(ids, 1) if id_)
    if ids[0]:  # of one the last change is another moment than the creation
        changed = replace(
            scene, "change", ids[0], {**as_mapped(scene, new_user(scene.crowd[0])), "locale": "en-GB"}
        )
        yield changed
        yield read(scene, "after_change", ids[0])
    return SceneResult(ids=ids)
