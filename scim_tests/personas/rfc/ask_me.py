"""Who am I? (RFC 7644 3.11). Whoever it is is no person of ours: nothing is ever written there."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.requests import get_


@act(title="Ask who one is", group="specification", capability=SPECIFICATION, sends=("GET /Me",))
def ask_me(scene: Scene) -> Performance:
    """Ask for the user whom the credentials speak for, once."""
    yield get_(scene, "me", "/Me")
    return SceneResult()
