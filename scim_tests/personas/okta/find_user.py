"""Look-ups by the other attributes that an app may have as its unique identifier, and in other letters (okta:S20)."""

import json
from collections.abc import Iterator

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import get_, look_up, quoted, read

ACCENTS = str.maketrans("aeiou", "áéíóú")


@act(
    title="Look a person up by other attributes",
    group="push users",
    capability="push_users",
    sends=("GET /Users", "GET /Users/{id}"),
)
def find_user(scene: Scene) -> Performance:
    """Ask for the user of `push_user` by each attribute that identifies, and for those who look alike and are not there."""
    person = person_of(scene)
    yield Independent((
        read(scene, "read", scene.known[f"push_user:{person.key}"].id),
        look_up(scene, "find_in_small_letters", person.user_name.lower()),
        look_up(scene, "find_in_capitals", person.user_name.upper()),
        look_up(scene, "find_with_an_accent", accented(person.user_name)),
        *(ask(scene, *question) for question in _questions(person)),
    ))  # fmt: skip
    return SceneResult()


def accented(user_name: str) -> str:
    """Another name, that some databases take for the same: its last part has accents, so that it is still one of ours."""
    local, _, domain = user_name.partition("@")
    before, dot, last = local.rpartition(".")
    return f"{before}{dot}{last.translate(ACCENTS)}@{domain}"


def _questions(person: Person) -> Iterator[tuple[str, str, str]]:
    yield "by_email", "emails.value", person.email
    emails = person.attributes.get("emails", ())
    if not emails:
        return
    yield "by_external_id", "externalId", person.external_id
    yield "by_external_id_in_other_letters", "externalId", person.external_id.swapcase()
    yield "by_external_id_cut", "externalId", person.external_id[:-1]
    yield "by_last_email", "emails.value", emails[-1]["value"]
    yield "by_email_cut", "emails.value", person.email[:-1]
    yield "by_family_name", "name.familyName", person.family_name


def ask(scene: Scene, step: str, attribute: str, value: str) -> Step:
    """A lookup as Okta sends it, by another attribute."""
    text = json.dumps(value, ensure_ascii=False)
    size = scene.profile.limits.page_size
    return get_(
        scene, step, f"/Users?filter={quoted(attribute)}%20eq%20{quoted(text)}&startIndex=1&count={size}"
    )
