"""The same things written in every form that the RFCs give: orders of members, letters of names, and forms of PATCH (RFC 7643 2.1, 7644 3.5.2)."""

from collections.abc import Generator
from dataclasses import replace

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Json
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.push_user import id_given, id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create,
    create_with,
    delete,
    new_user,
    operate,
    read,
)
from scim_tests.personas.okta.whole_profile import (
    EMPLOYMENT,
    SECOND,
    TEXTS,
    whole,
)
from scim_tests.personas.rfc.asking import configured, supports
from scim_tests.personas.rfc.group_forms import write_groups
from scim_tests.personas.rfc.operations import patched, set_
from scim_tests.personas.rfc.user_forms import changes

PEOPLE = 4


@act(
    title="Write people and groups in every form",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig", "GET /Users/{id}", "POST /Users", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "POST /.search", "POST /Users/.search",
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "POST /Groups/.search", "PUT /Groups/{id}", "PATCH /Groups/{id}",
        "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def write_in_forms(scene: Scene) -> Performance:
    """Create four people in as many ways, change the first by one PATCH after the other, and put them into groups.

    NotObserved where the profile allows nobody more.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    first = whole(scene.crowd[0])
    made = yield create(scene, "create", first)
    first_id = id_of(made, made.resource)
    shown = (yield read(scene, "read", first_id)).resource
    others = yield from _others(scene)
    config = yield from configured(scene)
    if supports(config, "patch") is False:
        return SceneResult(id=first_id)
    for each in changes(scene, shown, others):
        (yield from patched(scene, first_id, each)).resource  # noqa: B018 -- nothing more is sent to who is gone
    if others and scene.profile.enables("push_groups"):
        yield from write_groups(scene, first_id, others, config)
    if len(others) > 1 and deletes_reach(scene):  # the last manager goes
        yield read(scene, "before_delete", others[1])
        yield delete(scene, "delete_manager", others[1])
        yield operate(scene, "without_manager", first_id, set_("title", TEXTS[SECOND]["title"]))
        yield read(scene, "after_delete_manager", first_id)
    return SceneResult(id=first_id)


def _others(scene: Scene) -> Generator[Step, Exchange, list[str]]:
    """Three more: one as if the client chose the id, one with everything in another order, one with names in capitals."""
    _, chosen, reversed_, capitals = scene.crowd
    own_id = f"{chosen.user_name.partition('@')[0]}.chosen"
    user = as_mapped(scene, new_user(chosen))
    extended = as_mapped(scene, new_user(replace(reversed_, enterprise=EMPLOYMENT[SECOND])))
    turned = dict(reversed(extended.items())) | {"schemas": [*reversed(extended["schemas"])]}
    bodies = (
        ("create_with_id", chosen, {**user, "id": own_id}),
        ("create_reversed", reversed_, turned),
        ("create_in_capitals", capitals, _in_capitals(as_mapped(scene, new_user(capitals)))),
    )
    found = []
    for step, person, body in bodies:
        made = yield create_with(scene, step, person, body)
        if given := id_given(made):
            yield read(scene, f"after_{step}", given)
            found.append(given)
    return found


def _in_capitals(value: Json) -> Json:
    """The same with the names of attributes in capitals; a password stays as the vault knows it."""
    if isinstance(value, dict):
        return {key if key == "password" else key.upper(): _in_capitals(each) for key, each in value.items()}
    return [_in_capitals(each) for each in value] if isinstance(value, list) else value
