"""Link Group: a group of the target is found on the list Okta refreshed, and linked (okta:H-EGP).

The group is one the run pushed and then left in the target app, so no other group is written to.
"""

from collections.abc import Generator

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Resource
from scim_tests.personas.okta.group_requests import (
    list_groups,
    look_up_group,
    name_it,
    read_group,
    replace_all,
)
from scim_tests.personas.okta.import_users import goes_on
from scim_tests.personas.okta.push_group import Pushed, group_hit, members_of, team_of
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.wording import Wording


@act(
    title="Link a group that is on the target already",
    group="push groups",
    capability="push_groups",
    sends=("GET /Groups", "GET /Groups/{id}", "PUT /Groups/{id}", "PATCH /Groups/{id}"),
)
def link_group(scene: Scene) -> Performance:
    """Find the group that `push_group` left, on the list, read it by id, rename it and push its members.

    Gives its `id` and new `name`. NotObserved where the list does not show it.
    """
    ann, bob, _ = members_of(scene)
    name = scene.known[f"push_group:{team_of(scene).key}"].name
    listed, found = yield from _walk_to(scene, name)
    group = Pushed(scene, id_of(listed, found), name)
    yield read_group(scene, "proof", group.id)  # a list proves nothing, and nobody else's group is written to
    new_name = f"{name} {Wording.LINKED}"
    yield from group.change("rename", [ann, bob], name_it(group.id, new_name), name=new_name)
    lookup = look_up_group(scene, "lookup_again", new_name)
    yield from group.change("push_now", [ann, bob], replace_all([ann, bob]), beside=[lookup])
    return SceneResult(id=group.id, name=new_name)


def _walk_to(scene: Scene, name: str) -> Generator[Step, Exchange, tuple[Exchange, Resource]]:
    """Refresh App Groups, as far as the page that shows the group."""
    size = scene.profile.limits.page_size
    for start in range(1, scene.profile.limits.import_pages * size, size):
        page = yield list_groups(scene, "page", start, size, bulky=True)
        found = group_hit(page, name)
        if found is not None:
            return page, found
        if not goes_on(page.page, start + size):
            break
    raise NotObserved(page.step, "does not show the group that was pushed before")
