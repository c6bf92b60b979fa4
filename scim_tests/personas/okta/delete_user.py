"""Somebody leaves for good: granular deprovisioning deletes the user (okta:EVENTS), and the person comes back later.

What follows a DELETE is asked of whoever is gone: a read, a lookup, writes, and a create under the same name.
"""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import replace as changed

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import CleanUp
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import (
    Member,
    add_all,
    create_group,
    delete_group,
    patch_group,
    put_group,
    read_group,
)
from scim_tests.personas.okta.push_group import team_of
from scim_tests.personas.okta.push_user import hit, id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create,
    delete,
    look_up,
    new_user,
    read,
    replace,
    set_active,
    speaks_patch,
)
from scim_tests.personas.okta.whole_profile import FIRST, TEXTS

FORMERLY = {name: TEXTS[FIRST][name] for name in ("nickName", "title")}  # and no more, once they come back
Sending = Generator[Step, Exchange, None]


@act(
    title="Delete a person, who then comes back",
    group="push users",
    capability="push_users",
    sends=(
        "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def delete_user(scene: Scene) -> Performance:
    """Create somebody, put them into a group, delete them, write to who is gone, and create the person again.

    Gives the `id` of who is gone, and that of the new user in `ids`. NotObserved where the profile may not delete, or allows no further new user.
    """
    if scene.profile.clean_up is not CleanUp.DELETE:
        raise NotObserved("", "whoever is made for a moment has to be deletable")
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    person = scene.crowd[0]
    user_id = yield from _created(scene, person)
    group_id = yield from _grouped(scene, Member(user_id, person.user_name))
    yield look_up(scene, "find", person.user_name)
    yield delete(scene, "delete", user_id)
    gone = yield read(scene, "read_deleted", user_id)
    yield look_up(scene, "find_deleted", person.user_name)
    is_gone = gone.status in {404, 410}
    if is_gone:
        yield from _put_to_nobody(scene, person, user_id)
    if group_id:
        yield read_group(scene, "group_after", group_id)
    again = yield create(scene, "create_again", person)
    new_id = again.answer.id
    if new_id:
        yield read(scene, "read_again", new_id)
        yield look_up(scene, "find_again", person.user_name)
    if is_gone:
        yield from _write_to_nobody(scene, person, user_id)
    yield read(scene, "read_deleted_again", user_id)
    if group_id:
        yield from _join_again(scene, group_id, new_id, person)
    if new_id and is_gone:
        yield delete(scene, "delete_at_last", new_id)
    return SceneResult(id=user_id, ids=(new_id,) if new_id else (), removes=is_gone)


def deletes_reach(scene: Scene) -> bool:
    """Whether a DELETE was seen to reach whom it names: else a further one might reach somebody else."""
    return any(result.removes for result in scene.known.values())


def _created(scene: Scene, person: Person) -> Generator[Step, Exchange, str]:
    """The id of the person, with more than is sent once they come back. NotObserved where somebody is found before."""
    lookup = yield look_up(scene, "lookup", person.user_name)
    if hit(lookup, person.user_name) is not None:
        raise NotObserved(lookup.step, "found the person, who is not created yet")
    created = yield create(scene, "create", changed(person, attributes={**person.attributes, **FORMERLY}))
    user_id = id_of(created, created.resource)
    yield read(scene, "read", user_id)
    return user_id


def _grouped(scene: Scene, member: Member) -> Generator[Step, Exchange, str]:
    """The id of a group with the person in it, where the app has groups."""
    if scene.profile.why_not("", "push_groups", writes=True):
        return ""
    with suppress(NotObserved):
        created = yield create_group(scene, "create_group", team_of(scene).display_name, [member])
        group_id = id_of(created, created.resource)
        yield read_group(scene, "group_before", group_id)
        return group_id
    return ""


def _join_again(scene: Scene, group_id: str, new_id: str, person: Person) -> Sending:
    """Whoever came back joins the group of before, which then goes."""
    yield read_group(scene, "group_at_last", group_id)
    if new_id:
        members = [Member(new_id, person.user_name)]
        if speaks_patch(scene):
            yield patch_group(scene, "join_again", group_id, add_all(members))
        else:
            yield put_group(scene, "join_again", group_id, team_of(scene).display_name, members)
    yield delete_group(scene, "delete_group", group_id)


def _put_to_nobody(scene: Scene, person: Person, user_id: str) -> Sending:
    """A profile push to who is gone: once while nobody has the name, and once when somebody has it again."""
    if scene.profile.enables("push_profile_updates"):
        yield replace(scene, "put_to_nobody", user_id, as_mapped(scene, new_user(person)))


def _write_to_nobody(scene: Scene, person: Person, user_id: str) -> Sending:
    """Okta writes to a linked user who has vanished from the target."""
    yield from _put_to_nobody(scene, person, user_id)
    if speaks_patch(scene) and scene.profile.enables("reactivate"):
        yield set_active(scene, "patch_to_nobody", user_id, active=True)
    yield delete(scene, "delete_again", user_id)
