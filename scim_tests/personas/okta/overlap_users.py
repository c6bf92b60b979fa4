"""Jobs that run side by side write to one user, or make the same one: PATCH beside PUT, pairs sent twice (okta:LAB-KR2).

How far Okta overlaps writes to one user is not documented (okta:CONC).
"""

from collections.abc import Generator

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import CleanUp
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Json, Resource
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.push_user import id_given, person_of
from scim_tests.personas.okta.requests import (
    create,
    delete,
    look_up,
    patch,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)
from scim_tests.personas.okta.whole_profile import FIRST, SECOND, TEXTS

READS = 3  # beside a PUT, which leave one after the other where it takes its time
TITLE = {"title": TEXTS[FIRST]["title"]}
Sending = Generator[Step | tuple[Step, ...], Exchange, None]


@act(
    title="Change one person by several jobs at once",
    group="push users",
    capability="push_profile_updates",
    sends=(
        "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
    ),
)  # fmt: skip
def overlap_users(scene: Scene) -> Performance:
    """Send the user of `push_user` changes two at once, and make somebody twice at once; each time read what became of it.

    Gives the `id`, and the `ids` of whom it made.
    """
    user_id = scene.known[f"push_user:{person_of(scene).key}"].id
    shown = (yield read(scene, "read", user_id)).resource
    if speaks_patch(scene):
        yield from _patches(scene, user_id, shown)
    yield from _puts(scene, user_id, shown)
    made: list[str] = []
    if scene.crowd and scene.profile.clean_up is CleanUp.DELETE:
        made = yield from _creates(scene, scene.crowd[0])
    return SceneResult(id=user_id, ids=tuple(made))


def _patches(scene: Scene, user_id: str, shown: Resource) -> Sending:
    title, nick_name = ({name: TEXTS[SECOND][name]} for name in ("title", "nickName"))
    put = with_attributes(shown, {"nickName": TEXTS[FIRST]["nickName"]})
    step = "patch_beside_put"
    yield patch(scene, step, user_id, title), replace(scene, step, user_id, put)
    yield read(scene, f"after_{step}", user_id)
    yield from _two_patches(scene, "patches", user_id, title, nick_name)
    yield from _two_patches(scene, "same_twice", user_id, TITLE)
    if scene.profile.enables("push_deactivation", "reactivate"):
        off, on = (set_active(scene, "off_and_on", user_id, active=active) for active in (False, True))
        yield off, on
        yield read(scene, "after_off_and_on", user_id)


def _two_patches(scene: Scene, step: str, user_id: str, *values: dict[str, Json]) -> Sending:
    """The same one twice where there is but one."""
    yield patch(scene, step, user_id, values[0]), patch(scene, step, user_id, values[-1])
    yield read(scene, f"after_{step}", user_id)


def _puts(scene: Scene, user_id: str, shown: Resource) -> Sending:
    """First two that differ, then the same one twice, as Okta was seen to send it, and one while others read."""
    active = with_attributes(shown, {"active": True})
    one, other = (with_attributes(active, TEXTS[version]) for version in (FIRST, SECOND))
    yield replace(scene, "puts", user_id, one), replace(scene, "puts", user_id, other)
    yield read(scene, "after_puts", user_id)
    yield replace(scene, "put_twice", user_id, one), replace(scene, "put_twice", user_id, one)
    yield read(scene, "after_put_twice", user_id)
    reads = (read(scene, "read_beside_put", user_id) for _ in range(READS))
    yield Independent((replace(scene, "put_beside_reads", user_id, other), *reads))
    yield read(scene, "after_put_beside_reads", user_id)


def _creates(scene: Scene, person: Person) -> Generator[Step | tuple[Step, ...], Exchange, list[str]]:
    """Somebody is created twice at once, then deleted beside a create of the same person, and beside a PATCH. Gives the ids."""
    twice = (yield create(scene, "create_twice", person), create(scene, "create_twice", person)).at_once
    made = list(dict.fromkeys(filter(None, map(id_given, twice))))
    for each in made:
        yield read(scene, "read_created", each)
    yield look_up(scene, "find_created", person.user_name)
    if len(made) != 1 or not deletes_reach(scene):
        return made
    last = yield delete(scene, "delete_beside_create", made[0]), create(scene, "create_beside_delete", person)
    new = id_given(last)
    if new:
        yield read(scene, "read_created_again", new)
    yield look_up(scene, "find_created_again", person.user_name)
    if new:
        patches = (patch(scene, "patch_beside_delete", new, TITLE),) if speaks_patch(scene) else ()
        yield *patches, delete(scene, "delete_created", new)
        yield read(scene, "gone", new)
    return [*made, new] if new else made
