"""Jobs that run side by side write to one group: adds at once, a removal beside an add, a rename beside one (okta:CONC).

How far Okta overlaps writes to one group is not documented; doubled pairs back to back were captured (okta:LAB-KR2).
"""

from collections.abc import Generator, Sequence

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import (
    Member,
    Operation,
    add_all,
    create_group,
    delete_group,
    name_it,
    patch_group,
    put_group,
    remove_one,
    replace_all,
)
from scim_tests.personas.okta.push_group import Pushed, renamed, team_of
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import read, speaks_patch
from scim_tests.personas.okta.resize_group import everybody, prove

AT_ONCE = 8  # members this plays with

Sending = Generator[Step | tuple[Step, ...], Exchange, None]


@act(
    title="Change one group by several jobs at once",
    group="push groups",
    capability="push_groups",
    sends=(
        "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
        "GET /Users/{id}",
    ),
)  # fmt: skip
def overlap_groups(scene: Scene) -> Performance:
    """Create a group, send it changes several at once, each time read it when all are answered, and delete it.

    NotObserved where the run made too few people.
    """
    members = everybody(scene)[:AT_ONCE]
    if len(members) < AT_ONCE:
        raise NotObserved("", "the profile lets a run create too few people for changes at once")
    yield from prove(scene, members)
    team = team_of(scene)
    created = yield create_group(scene, "create", team.display_name, members[:1])
    group = Pushed(scene, id_of(created, created.resource), team.display_name)
    yield from group.look("after_create")
    yield from (_patches if speaks_patch(scene) else _puts)(group, members)
    yield delete_group(scene, "delete", group.id)
    return SceneResult(id=group.id, name=group.name)


def _patches(group: Pushed, members: Sequence[Member]) -> Sending:
    first, *others = members
    new_name = renamed(group.name)
    yield from _together(group, "adds", *([add_all([each])] for each in others[:5]))
    yield from _together(group, "add_beside_removal", [add_all([others[5]])], [remove_one(first)])
    yield read(group.scene, "removed_member", first.id)
    yield from _together(
        group, "rename_beside_add", [name_it(group.id, new_name)], [add_all([others[6]])], renames=new_name
    )
    yield from _together(group, "same_twice", [add_all([first])], [add_all([first])])
    yield from _together(group, "removals", *([remove_one(each)] for each in others[:4]))
    yield from _together(group, "push_now_beside_add", [replace_all(others[:3])], [add_all([others[4]])])


def _together(group: Pushed, step: str, *changes: Sequence[Operation], renames: str = "") -> Sending:
    """The first one may rename."""
    names = [renames, *[""] * (len(changes) - 1)]
    yield tuple(
        patch_group(group.scene, step, group.id, *operations, renames=name)
        for operations, name in zip(changes, names, strict=True)
    )
    yield from group.look(f"after_{step}")


def _puts(group: Pushed, members: Sequence[Member]) -> Sending:
    """Whole groups: the last one counts, whichever that is."""
    new_name = renamed(group.name)
    for step, first, second, name in (
        ("puts", members[:3], members[2:5], group.name),
        ("same_twice", members[:4], members[:4], group.name),
        ("rename_beside_put", members[:5], members[:6], new_name),
    ):
        one = put_group(group.scene, step, group.id, name, first, renames=name if name != group.name else "")
        yield one, put_group(group.scene, step, group.id, group.name, second)
        yield from group.look(f"after_{step}")
