"""Texts, numbers and references that trip servers, written to one person by POST, PUT and PATCH, each followed by a read.

What has to stand there the rules for every write say. One request has traps of one kind, so that a target that
refuses that kind shows what it makes of all others.
"""

from collections.abc import Generator, Mapping

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
        "GET /ServiceProviderConfig", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}",
    ),
)  # fmt: skip
def trap_values(scene: Scene) -> Performance:
    """Make somebody whose texts are traps, and write others; plainly where that create is refused. Gives the id.

    NotObserved where the profile allows no further new user.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    (person,) = scene.crowd
    user_id = yield from _created(scene, person)
    for turn, (step, family) in enumerate(FAMILIES.items()):
        yield from _put(scene, step, user_id, _nested(spread(turn, family)))
    yield from _put(scene, "several", user_id, _several(person))
    yield from _put(scene, "unlisted", user_id, {**FORMATS, **_unlisted(person)})
    manager = f"{person.user_name.partition('@')[0]}.{Wording.ABOVE}"  # nobody's id, as of a list that is kept elsewhere
    yield from _put(scene, "manager", user_id, {ENTERPRISE_USER: {"manager": {"value": manager}}})
    if scene.profile.enables("sync_password"):
        user = {**_user(scene, person, {}), "password": PASSWORD_SLOT * TIMES}
        yield replace(scene, "long_password", user_id, user)
    if supports((yield from configured(scene)), "patch") is not False:
        yield from _patched(scene, user_id)
    return SceneResult(id=user_id)


def _created(scene: Scene, person: Person) -> Generator[Step, Exchange, str]:
    body = _joined(new_user(person), _nested(spread(0)))
    made = yield create_with(scene, "create", person, as_mapped(scene, body))
    if 400 <= made.status < 500 and made.status not in WITHOUT_CREDENTIALS:
        made = yield create_with(scene, "create_plain", person, as_mapped(scene, new_user(person)))
    user_id = id_of(made, made.resource)
    yield read(scene, "after_create", user_id)
    return user_id


def _put(scene: Scene, step: str, user_id: str, values: Resource) -> Sending:
    yield replace(scene, step, user_id, _user(scene, scene.crowd[0], values))
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


def _patched(scene: Scene, user_id: str) -> Sending:
    """The texts of the User schema without a path, those of the extension by their paths."""
    traps = spread(1)
    known = _user(scene, scene.crowd[0], _nested(traps))
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
