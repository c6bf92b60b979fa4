"""Profile push (Force Sync): GET, then a PUT of the whole user with all that the target said (okta:S20, okta:FIREZONE).

First nothing has changed, then names and e-mail have, then a value was emptied, then the person has
a new userName. Okta leaves empty attributes out of what it sends (okta:LAB-KR).
"""

from dataclasses import replace as changed

from scim_tests.model.act import Performance, Person, Scene, act
from scim_tests.model.names import PREFIX
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import look_up, merged, read, rename, replace
from scim_tests.personas.okta.wording import Wording


@act(
    title="Push a changed profile",
    group="push users",
    capability="push_profile_updates",
    sends=("GET /Users", "GET /Users/{id}", "PUT /Users/{id}"),
)
def update_user(scene: Scene) -> Performance:
    """PUT the user of `push_user` unchanged, changed, with displayName emptied, and renamed, each time read back.

    Gives the `id`.
    """
    person = person_of(scene)
    user_id = scene.known[f"push_user:{person.key}"].id
    shown = yield read(scene, "read", user_id)
    yield replace(scene, "put_unchanged", user_id, merged(scene, shown.resource, person))
    shown = yield read(scene, "read_unchanged", user_id)
    married = after_the_wedding(person)
    yield replace(scene, "put", user_id, merged(scene, shown.resource, married))
    shown = yield read(scene, "read_back", user_id)
    emptied = {
        key: value
        for key, value in merged(scene, shown.resource, married).items()
        if key.lower() != "displayname"
    }
    yield replace(scene, "put_emptied", user_id, emptied)
    shown = yield read(scene, "read_emptied", user_id)
    renamed = under_a_new_name(married)
    yield rename(scene, "put_renamed", user_id, merged(scene, shown.resource, renamed), renamed.user_name)
    yield read(scene, "read_renamed", user_id)
    yield look_up(scene, "find_renamed", renamed.user_name)
    yield look_up(scene, "find_old_name", person.user_name)
    in_other_letters = changed(renamed, user_name=renamed.user_name.replace(PREFIX, PREFIX.title()))
    own = merged(scene, {**shown.resource, "userName": renamed.user_name}, in_other_letters)
    yield rename(scene, "put_own_name", user_id, own, in_other_letters.user_name)
    yield read(scene, "read_own_name", user_id)
    return SceneResult(id=user_id)


def after_the_wedding(person: Person) -> Person:
    """The person with another last name and e-mail address."""
    name, _, domain = person.email.partition("@")
    family_name = f"{person.family_name}-{Wording.AFTER_THE_WEDDING}"
    return changed(person, family_name=family_name, email=f"{name}.{Wording.NEW_ADDRESS}@{domain}")


def under_a_new_name(person: Person) -> Person:
    """The person with another userName, too."""
    return changed(person, user_name=person.email)
