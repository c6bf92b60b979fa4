"""Texts, numbers and references that trip servers, written to one person by POST, PUT and PATCH, each followed by a read.

What has to stand there the rules for every write say. One request has traps of one kind, so that a target that
refuses that kind shows what it makes of all others.
"""

from collections.abc import Generator, Mapping
from dataclasses import replace as changed

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create_with,
    look_up,
    new_user,
    operate,
    read,
    replace,
    without,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import configured, supports
from scim_tests.personas.rfc.operations import set_
from scim_tests.personas.rfc.traps import (
    EXTREMES,
    FORMATS,
    LETTERS,
    MARKS,
    NUMBERS,
    PHONES,
    PLACES,
    SIGNS,
    UNLISTED,
    WORDS,
    spread,
)
from scim_tests.personas.rfc.write_every_attribute import WITHOUT_CREDENTIALS

TIMES = 10  # the password of 8 letters in a row: bcrypt takes 72 bytes
FAMILIES = {
    "letters": LETTERS,
    "marks": MARKS,
    "numbers": NUMBERS,
    "words": WORDS,
    "extremes": EXTREMES,
}
Sending = Generator[Step, Exchange, None]


@act(
    title="Write values that trip servers",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig", "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}",
    ),
)  # fmt: skip
def trap_values(scene: Scene) -> Performance:
    """Make somebody whose texts are traps, and write others; plainly where that create is refused. Gives the id.

    NotObserved where the profile allows no further new user.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    user_id, person = yield from _created(scene, scene.crowd[0])
    config = yield from configured(scene)
    if supports(config, "filter") is not False:
        yield look_up(scene, "find", person.user_name)
    yield from _all_put(scene, person, user_id)
    if scene.profile.enables("sync_password"):
        user = {**_user(scene, person, {}), "password": PASSWORD_SLOT * TIMES}
        yield replace(scene, "long_password", user_id, user)
    if supports(config, "patch") is not False:
        yield from _patched(scene, person, user_id)
    return SceneResult(id=user_id)


def _all_put(scene: Scene, person: Person, user_id: str) -> Sending:
    for turn, (step, family) in enumerate(FAMILIES.items()):
        yield from _put(scene, person, step, user_id, _nested(spread(turn, family)))
    yield from _put(scene, person, "several", user_id, _several(person))
    yield from _put(scene, person, "unlisted", user_id, {**FORMATS, **_unlisted(person)})
    # Nobody's id, as of a list that is kept elsewhere, beside the first text of an extension that was gone.
    manager = f"{person.email.partition('@')[0]}.{Wording.ABOVE}"
    employment = {"department": WORDS[0], "manager": {"value": manager}}
    yield from _put(scene, person, "manager", user_id, {ENTERPRISE_USER: employment})


def _created(scene: Scene, plain: Person) -> Generator[Step, Exchange, tuple[str, Person]]:
    """The id, and the person as taken: with signs in the userName or without."""
    local, _, domain = plain.user_name.partition("@")
    person = changed(plain, user_name=f"{local}{SIGNS}@{domain}")
    body = _joined(new_user(person), _nested(spread(0)))
    made = yield create_with(scene, "create", person, as_mapped(scene, body))
    if 400 <= made.status < 500 and made.status not in WITHOUT_CREDENTIALS:
        person = plain
        made = yield create_with(scene, "create_plain", person, as_mapped(scene, new_user(person)))
    user_id = id_of(made, made.resource)
    yield read(scene, "after_create", user_id)
    return user_id, person


def _put(scene: Scene, person: Person, step: str, user_id: str, values: Resource) -> Sending:
    yield replace(scene, step, user_id, _user(scene, person, values))
    yield read(scene, f"after_{step}", user_id)


def _user(scene: Scene, person: Person, values: Resource) -> Resource:
    """The person with these values."""
    return as_mapped(scene, _joined(without(new_user(person), ("password", "groups")), values))


def _joined(user: Resource, values: Resource) -> dict[str, Json]:
    """With these attributes in place of what was there; of a complex one its other parts stay."""
    parts = {
        key: {**user[key], **value}
        for key, value in values.items()
        if isinstance(value, Mapping) and isinstance(user.get(key), Mapping)
    }
    extensions = [key for key in values if ":" in key]
    return {**user, **values, **parts, "schemas": [USER, *extensions]}


def _nested(by_path: Mapping[str, str]) -> dict[str, Json]:
    """As a user has them."""
    found: dict[str, Json] = {}
    for path, value in by_path.items():
        urn, _, name = path.rpartition(":")
        whole, _, part = name.rpartition(".")
        if urn or whole:
            found.setdefault(urn or whole, {})[part] = value
        else:
            found[name] = value
    return found


def _several(person: Person) -> dict[str, Json]:
    """Several entries of one type."""
    emails = [
        _address(person, "", "work", primary=True),
        _address(person, f".{Wording.NEW_ADDRESS}", "work"),
        _address(person, f"+{Wording.PATCHED_ADDRESS}", "home"),
    ]
    return {"emails": emails, "phoneNumbers": [*PHONES], "addresses": [*PLACES]}


def _unlisted(person: Person) -> dict[str, Json]:
    """Entries of types that no schema suggests."""
    emails = [
        _address(person, "", "work", primary=True),
        _address(person, f".{Wording.NEW_ADDRESS}", UNLISTED),
    ]
    return {
        "emails": emails,
        "phoneNumbers": [{**PHONES[0], "type": UNLISTED}],
        "addresses": [{**PLACES[0], "type": UNLISTED}],
    }


def _address(person: Person, end: str, type_: str, **more: Json) -> Resource:
    local, _, domain = person.email.partition("@")
    return {"value": f"{local}{end}@{domain}", "type": type_, **more}


def _patched(scene: Scene, person: Person, user_id: str) -> Sending:
    """The texts of the User schema without a path, those of the extension by their paths."""
    traps = spread(1)
    known = _user(scene, person, _nested(traps))
    mapped = {path: value for path, value in traps.items() if _at(known, path) == value}
    own = {path: value for path, value in mapped.items() if ":" not in path}
    others = [set_(path, value) for path, value in mapped.items() if ":" in path]
    yield operate(scene, "patch", user_id, {"op": "replace", "value": _nested(own)})
    if others:
        yield operate(scene, "patch_extension", user_id, *others)
    yield read(scene, "after_patches", user_id)


def _at(user: Resource, path: str) -> Json:
    urn, _, name = path.rpartition(":")
    return get(user, *filter(None, (urn, *name.split("."))))
