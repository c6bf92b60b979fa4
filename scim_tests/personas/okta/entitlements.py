"""Import of roles and entitlements: what /ResourceTypes names with a schema of Okta's is listed (okta:ENT).

/Schemas is asked for a target's own attributes. The query is not documented: first as Okta's suite polls
(okta:ENT-SPEC), then page by page like any other import.
"""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.entitlement_type import entitlement_types
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.import_users import goes_on
from scim_tests.personas.okta.requests import get_


@act(
    title="Import roles and entitlements",
    group="entitlements",
    capability="entitlements",
    sends=("GET /ResourceTypes", "GET /Schemas", "GET {offered}"),
)
def entitlements(scene: Scene) -> Performance:
    """List every resource type with one of Okta's two schemas, up to the profile's `import_pages` each.

    Ends early where /ResourceTypes names none, or is refused.
    """
    types = yield get_(scene, "resource_types", "/ResourceTypes")
    if types.status in {401, 403, 404, 501} or not (offered := entitlement_types(types)):
        return SceneResult(ended_early="the target offers no roles or entitlements")
    yield get_(scene, "schemas", "/Schemas")
    size = scene.profile.limits.page_size
    for offer in offered:
        yield get_(scene, "poll", f"{offer.endpoint}?count=1&startIndex=1")
        for start in range(1, scene.profile.limits.import_pages * size, size):
            shown = yield get_(scene, "page", f"{offer.endpoint}?startIndex={start}&count={size}")
            if not goes_on(shown.page, start + size):
                break
    return SceneResult()
