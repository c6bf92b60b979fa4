"""Who am I? (RFC 7644 3.11). Only where it is a person of this run's own is anything more asked, or written."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.requests import get_, read, replace, with_attributes
from scim_tests.personas.okta.wording import Wording

PART = "/Me?attributes=userName,emails.value,groups"


@act(
    title="Ask who one is",
    group="specification",
    capability=SPECIFICATION,
    also=("push_profile_updates",),
    sends=("GET /Me", "GET /Users/{id}", "PUT /Users/{id}"),
)
def ask_me(scene: Scene) -> Performance:
    """Ask for the user whom the credentials speak for; one whom a scene before it made is changed, and asked for by both ways each time."""
    me = yield get_(scene, "me", "/Me")
    user_id = me.answer.id
    if not user_id or user_id not in {each.id for each in scene.known.values()}:
        return SceneResult()
    shown = (yield read(scene, "by_id", user_id)).resource
    yield get_(scene, "me_in_part", PART)
    yield replace(scene, "put", user_id, with_attributes(shown, {"title": Wording.AFTER_THE_WEDDING}))
    yield get_(scene, "me_after", "/Me")
    yield read(scene, "by_id_after", user_id)
    return SceneResult(id=user_id)
