"""Creates that Okta hardly sends and other clients do: a shared e-mail address, a plain userName, none, and one that is taken."""

from collections.abc import Generator
from dataclasses import replace as changed

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import CleanUp
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.push_user import id_given, person_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create,
    delete,
    dump,
    headers,
    look_up,
    new_user,
    patch,
    read,
    rename,
    speaks_patch,
)
from scim_tests.personas.okta.wording import Wording

VARIANTS = 3  # people this may make


@act(
    title="Create people in unusual ways",
    group="push users",
    capability="push_users",
    sends=(
        "GET /Users",
        "GET /Users/{id}",
        "POST /Users",
        "PUT /Users/{id}",
        "PATCH /Users/{id}",
        "DELETE /Users/{id}",
    ),
)
def create_variants(scene: Scene) -> Performance:
    """Make the three people of the crowd in unusual ways, give one a userName that is taken, and delete them again.

    Needs `push_user`. NotObserved where the profile may not delete, or allows no three more new users.
    """
    first = person_of(scene)
    first_id = scene.known[f"push_user:{first.key}"].id
    if scene.profile.clean_up is not CleanUp.DELETE:
        raise NotObserved("", "whoever is made for a moment has to be deletable")
    if len(scene.crowd) < VARIANTS:
        raise NotObserved("", "the profile allows no further new users")
    namesake, plain, nameless = scene.crowd
    yield read(scene, "read", first_id)
    namesake = changed(namesake, email=first.email)
    made = yield create(scene, "same_email", namesake)
    other_letters = first.external_id.swapcase()  # which is another externalId (RFC 7643 3.1)
    short = changed(plain, user_name=plain.user_name.partition("@")[0], external_id=other_letters)
    others = [
        made,
        (yield create(scene, "plain_name", short)),
        (yield _without_user_name(scene, nameless)),
    ]
    made_id = id_given(made)
    if made_id and made_id != first_id:
        yield read(scene, "proof", made_id)
        if scene.profile.enables("push_profile_updates"):
            yield from _take_name(scene, namesake, made_id, first.user_name)
            yield read(scene, "read_again", first_id)
    yield look_up(scene, "find_first", first.user_name)
    for user_id in filter(None, map(id_given, others)):
        if user_id != first_id:
            if user_id != made_id:
                yield read(scene, "proof", user_id)
            if deletes_reach(scene):
                yield delete(scene, "delete", user_id)
    return SceneResult()


def _take_name(scene: Scene, namesake: Person, made_id: str, taken: str) -> Generator[Step, Exchange, None]:
    """By PUT, and by PATCH where the app speaks it."""
    user = {**as_mapped(scene, new_user(namesake)), "userName": taken, "title": Wording.HALF_DONE}
    yield rename(scene, "take_name", made_id, user, taken)
    if speaks_patch(scene):
        yield changed(patch(scene, "take_name_by_patch", made_id, {"userName": taken}), creates=taken)
    yield read(scene, "read_namesake", made_id)


def _without_user_name(scene: Scene, person: Person) -> Step:
    """The ledger knows whoever comes of it by the userName that is not sent."""
    user = {key: value for key, value in as_mapped(scene, new_user(person)).items() if key != "userName"}
    return Step(
        "no_user_name", "POST", "/Users", headers(scene, body=True), dump(user), creates=person.user_name
    )
