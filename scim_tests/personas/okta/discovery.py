"""Discovery: Okta barely asks (okta:FAQ), other clients do; nothing here stops the Okta acts (RFC 7644 4)."""

from scim_tests.model.act import Independent, Performance, Scene, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import USER
from scim_tests.personas.okta.requests import get_


@act(
    title="Ask what the target can do",
    group="discovery",
    sends=(
        "GET /ServiceProviderConfig",
        "GET /ResourceTypes",
        "GET /ResourceTypes/{id}",
        "GET /Schemas",
        "GET /Schemas/{id}",
    ),
)
def discovery(scene: Scene) -> Performance:
    """Ask for all three endpoints, one resource type and one schema, and with a filter that is forbidden (RFC 7644 4)."""
    yield Independent((
        get_(scene, "config", "/ServiceProviderConfig"),
        get_(scene, "resource_types", "/ResourceTypes"),
        get_(scene, "resource_type", "/ResourceTypes/User"),
        get_(scene, "schemas", "/Schemas"),
        get_(scene, "schema", f"/Schemas/{USER}"),
        get_(scene, "filtered", "/Schemas?filter=id%20pr"),
    ))  # fmt: skip
    return SceneResult()
