"""What Okta does to very many: the same acts, each cut to what is sent over and over again.

They are called as the acts they are cut from, so that the same checks judge them. `fill_group` is an act of its own.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace as changed

from scim_tests.model.act import Act, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.group_requests import (
    Member,
    add_all,
    create_group,
    look_up_group,
    patch_group,
    put_group,
    read_group,
)
from scim_tests.personas.okta.import_users import goes_on, import_users
from scim_tests.personas.okta.push_group import BATCH, group_hit, members_of, team_of
from scim_tests.personas.okta.push_user import hit, id_of, person_of, push_user
from scim_tests.personas.okta.requests import list_page, look_up, merged, read, rename, speaks_patch
from scim_tests.personas.okta.test_credentials import probing, test_credentials
from scim_tests.personas.okta.update_user import after_the_wedding, under_a_new_name, update_user

AT_ONCE = 2  # batches of a group that are under way together: two jobs push the same group


def _read_again(scene: Scene) -> Performance:
    """Read somebody by id who was pushed before."""
    user_id = scene.known[f"push_user:{person_of(scene).key}"].id
    yield read(scene, "read", user_id)
    return SceneResult(id=user_id)


def _look_again(scene: Scene) -> Performance:
    """Look somebody up once more. Gives the `id`; empty where nobody is there."""
    user_name = scene.known[f"push_user:{person_of(scene).key}"].name
    found = yield look_up(scene, "find", user_name)
    one = hit(found, user_name)
    return SceneResult(id=id_of(found, one) if one else "")


def _change_name(scene: Scene) -> Performance:
    """Give somebody another name, userName and all, as a profile push does. Gives `id` and `name`."""
    person = person_of(scene)
    user_id = scene.known[f"push_user:{person.key}"].id
    shown = yield read(scene, "read", user_id)
    renamed = under_a_new_name(after_the_wedding(person))
    body = merged(scene, shown.resource, renamed)
    written = yield rename(scene, "put_renamed", user_id, body, renamed.user_name)
    if not written.is_success:
        raise NotObserved(written.step, f"answered {written.answer.phrase}, so that the name stays")
    yield read(scene, "read_renamed", user_id)
    return SceneResult(id=user_id, name=renamed.user_name)


def _walk_the_list(scene: Scene) -> Performance:
    """Read the whole list, page by page in fixed steps (okta:S20), as many pages as the profile's limits let it: `not_looked_at` says where it went on."""
    limits = scene.profile.limits
    for start in range(1, limits.import_pages * limits.page_size, limits.page_size):
        shown = yield list_page(scene, "page", start, limits.page_size, bulky=True, sample=1)
        if not goes_on(shown.page, start + limits.page_size):
            return SceneResult()
    return SceneResult(not_looked_at=(f"what comes after {limits.import_pages} pages",))


def page_at(start: int) -> Act:
    """One page of the list, that which begins there."""

    def play(scene: Scene) -> Performance:
        yield list_page(scene, "page", start, scene.profile.limits.page_size, bulky=True, sample=1)
        return SceneResult()

    return changed(import_users, play=play)


PRESS_THE_BUTTON = changed(test_credentials, play=probing)
READ_AGAIN = changed(push_user, play=_read_again)
LOOK_AGAIN = changed(push_user, play=_look_again)
CHANGE_NAME = changed(update_user, play=_change_name)
WALK_THE_LIST = changed(import_users, play=_walk_the_list)


@act(
    title="Push a large group",
    group="push groups",
    capability="push_groups",
    sends=("GET /Groups", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}"),
)
def fill_group(scene: Scene) -> Performance:
    """Look the name up, create the group with nobody in it, add everybody in batches, two at a time, and look at it.

    Needs `push_user` of its members. Gives the `id`. A custom app puts the whole group at once.
    """
    team, members = team_of(scene), members_of(scene)
    looked_up = yield look_up_group(scene, "lookup", team.display_name)
    if group_hit(looked_up, team.display_name):
        raise NotObserved(looked_up.step, "found a group where none of that name can be")
    created = yield create_group(scene, "create", team.display_name, [])
    group_id = id_of(created, created.resource)
    yield read_group(scene, "after_create", group_id)
    if speaks_patch(scene):
        yield from _add_in_batches(scene, group_id, members)
    else:
        yield put_group(scene, "fill", group_id, team.display_name, members)
    yield read_group(scene, "after_fill", group_id)
    return SceneResult(id=group_id)


def _add_in_batches(
    scene: Scene, group_id: str, members: Sequence[Member]
) -> Generator[tuple[Step, ...], Exchange, None]:
    steps = list(_batches(scene, group_id, members))
    for first in range(0, len(steps), AT_ONCE):
        yield tuple(steps[first : first + AT_ONCE])


def _add_again(scene: Scene) -> Performance:
    """Add somebody to a group that was filled, and in which they are; needs `fill_group` and `push_user` of the first member."""
    group_id = scene.known[f"fill_group:{team_of(scene).key}"].id
    yield patch_group(scene, "add_again", group_id, add_all(members_of(scene)[:1]))
    return SceneResult(id=group_id)


ADD_AGAIN = changed(fill_group, play=_add_again)


def _batches(scene: Scene, group_id: str, members: Sequence[Member]) -> Iterator[Step]:
    for first in range(0, len(members), BATCH):
        yield patch_group(scene, "fill", group_id, add_all(members[first : first + BATCH]))
