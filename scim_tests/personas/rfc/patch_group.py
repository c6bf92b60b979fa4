"""Group changes that Okta never sends and other clients do, or that the target has to refuse (RFC 7644 3.5.2, 3.6)."""

from scim_tests.model.act import NOBODY, Performance, Scene, act
from scim_tests.model.exchange import NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import Operation, create_group, delete_group, read_group
from scim_tests.personas.okta.push_group import Pushed, members_of, team_of
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import speaks_patch


@act(
    title="Change a group as other clients do",
    group="push groups",
    capability="push_groups",
    sends=("GET /Groups/{id}", "POST /Groups", "PATCH /Groups/{id}", "DELETE /Groups/{id}"),
)
def patch_group(scene: Scene) -> Performance:
    """Create a group, change its members in ways Okta does not, and delete it twice.

    Gives the `id`. NotObserved in the dialect of a custom app, which is never sent a PATCH.
    """
    if not speaks_patch(scene):
        raise NotObserved("", "an app made with the wizard is never sent a PATCH")
    team = team_of(scene)
    ann, bob, cid = members_of(scene)
    created = yield create_group(scene, "create", team.display_name, [ann, bob, cid])
    group = Pushed(scene, id_of(created, created.resource), team.display_name)
    yield read_group(scene, "proof", group.id)
    one, nobody = {"value": ann.id}, {"value": NOBODY}
    yield from group.change("remove_list", [bob, cid], members("remove", one))
    yield from group.change("add_twice", [ann, bob, cid], members("add", one, one))
    yield from group.change("add_nothing", [ann, bob, cid], members("add", {}))
    yield from group.change("add_nobody", [ann, bob, cid], members("add", nobody))
    yield delete_group(scene, "delete", group.id)
    yield read_group(scene, "deleted", group.id)
    yield delete_group(scene, "delete_again", group.id)
    return SceneResult(id=group.id)


def members(op: str, *values: dict[str, str]) -> Operation:
    """An operation on `members` with a list of values; for `remove`, Entra's way and not the RFC's."""
    return {"op": op, "path": "members", "value": list(values)}
