"""Import Groups: first as Okta's suite asks for them (okta:SPEC step 10), then page by page (okta:S20, okta:LAB-KR)."""

from scim_tests.model.act import Performance, Scene, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import list_groups
from scim_tests.personas.okta.import_users import goes_on
from scim_tests.personas.okta.requests import get_, pages_by_index


@act(
    title="Import groups",
    group="import users",
    capability="import_groups",
    sends=("GET /Groups",),
)
def import_groups(scene: Scene) -> Performance:
    """Walk the list by Okta's fixed step; then what lies behind a page that was shorter, and one group from the second on.

    Ends early where the list is answered with 404 or 501.
    """
    listed = yield get_(scene, "list", "/Groups")
    if listed.status in {404, 501}:
        return SceneResult(ended_early=f"the target has no groups: {listed.answer.phrase}")
    met, total, size = 0, 0, scene.profile.limits.page_size
    for start in range(1, scene.profile.limits.import_pages * size, size):
        shown = yield list_groups(scene, "page", start, size, bulky=True)
        met += len(shown.page.ids)
        total = shown.page.total if isinstance(shown.page.total, int) else met
        if not goes_on(shown.page, start + size):
            break
    if 0 < met < total:  # are they lost, or behind a page that is shorter than Okta's step?
        yield list_groups(scene, "rest", met + 1, size, bulky=True)
    if met > 1 and pages_by_index(scene):
        yield list_groups(scene, "second", 2, 1)
    return SceneResult()
