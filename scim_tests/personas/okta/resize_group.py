"""Push Groups at several sizes: one member, then 25, then one less, under another name, and under one that is taken."""

from collections.abc import Generator

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import (
    Member,
    add_all,
    create_group,
    delete_group,
    look_up_group,
    name_it,
    read_group,
    remove_one,
)
from scim_tests.personas.okta.push_group import Pushed, renamed, team_of
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import read, replace

FEW, MANY = 3, 25  # members, as far as the run made so many people

Proving = Generator[Independent, Exchange, None]
Sending = Generator[Step | Independent, Exchange, None]


@act(
    title="Push groups of several sizes",
    group="push groups",
    capability="push_groups",
    sends=(
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}",
        "DELETE /Groups/{id}", "GET /Users/{id}", "PUT /Users/{id}",
    ),
)  # fmt: skip
def resize_group(scene: Scene) -> Performance:
    """Create a group with one member, fill it, take one out, rename it, also to a name that is taken, and delete it.

    NotObserved where the run made too few people.
    """
    members = everybody(scene)[: scene.profile.limits.group_size]
    if len(members) < FEW:
        raise NotObserved("", "the profile lets a run create too few people for a group of several sizes")
    team, other = team_of(scene), scene.known.get("push_group:again")
    first, others = members[0], members[1:]
    before = [read_group(scene, "other_before", other.id)] if other else []
    yield from prove(scene, members, *before)
    created = yield create_group(scene, "create", team.display_name, [first])
    group = Pushed(scene, id_of(created, created.resource), team.display_name)
    yield from group.look("after_create")
    yield from group.change("fill", members, add_all(others))
    group.mind("resize_group.after_fill")
    middle = members[len(members) // 2]
    left = [each for each in members if each is not middle]
    yield from group.change("one_less", left, remove_one(middle))
    new_name = renamed(group.name)
    yield from group.change("rename", left, name_it(group.id, new_name), name=new_name)
    yield from _push_the_member(group, first)
    yield from _create_another(group, members[1:2])
    yield delete_group(scene, "delete", group.id)
    yield Independent((read_group(scene, "deleted", group.id), read(scene, "member_after", first.id)))
    yield from _create_again(group)
    return SceneResult(id=group.id, name=group.name)


def _push_the_member(group: Pushed, member: Member) -> Sending:
    """A lookup of the group, and a profile push with one of the groups that the user is in, as Okta last saw them: `groups` is read-only."""
    scene, other = group.scene, group.scene.known.get("push_group:again")
    lookup = look_up_group(scene, "lookup_again", group.name)
    if scene.profile.why_not("", "push_profile_updates", writes=True):
        yield lookup
        return
    shown = yield Independent((lookup, read(scene, "member_within", member.id)))
    yield replace(
        scene, "push_member", member.id, shown.resource, [Member(other.id, None).json()] if other else ()
    )
    yield from group.look("after_push_member")


def _create_another(group: Pushed, members: list[Member]) -> Sending:
    """A second group of that name, with other members; the first one stays as it is."""
    again = yield create_group(group.scene, "create_same_name", group.name, members)
    another = again.answer.id if again.answer.id != group.id else ""
    proof = [read_group(group.scene, "proof_of_another", another)] if another else []
    yield from group.look("after_create_same_name", *proof)
    if another:
        yield delete_group(group.scene, "delete_another", another)


def _create_again(group: Pushed) -> Sending:
    """Under the name of a group that is gone, with nobody in it; then it takes the name of another."""
    again = yield create_group(group.scene, "create_again", group.name, [])
    if new := again.answer.id:
        empty = Pushed(group.scene, new, group.name)
        yield from empty.look("after_create_again")
        yield from _take_a_name(empty)
        yield delete_group(group.scene, "delete_again", new)


def _take_a_name(group: Pushed) -> Sending:
    """The other group, which has the name, stays as it is; this one may be refused or not."""
    other = group.scene.known.get("push_group:again")
    if other is None:
        return
    after = read_group(group.scene, "other_after", other.id)
    yield from group.change("take_name", [], name_it(group.id, other.name), name=other.name, beside=[after])


def everybody(scene: Scene) -> list[Member]:
    """All whom the run pushed, one by one and at once, under the ids that Okta got for them; in a set order."""
    pushed = [(scene.known.get(f"push_user:{person.key}"), person) for person in team_of(scene).people]
    crowd = scene.known.get("bulk_assignment")
    ids = crowd.ids if crowd and len(crowd.ids) == len(scene.crowd) else ()
    return [
        *(Member(result.id, person.user_name) for result, person in pushed if result),
        *(Member(user_id, person.user_name) for user_id, person in zip(ids, scene.crowd, strict=False)),
    ]


def prove(scene: Scene, members: list[Member], *reads: Step) -> Proving:
    """Have each of the crowd shown by id: nobody is put into a group who is not proven to be the run's.

    `reads` are further ones that can be sent beside.
    """
    crowd = scene.known.get("bulk_assignment")
    proofs = [read(scene, "proof", each.id) for each in members if crowd and each.id in crowd.ids]
    if asked := Independent((*proofs, *reads)):
        yield asked
