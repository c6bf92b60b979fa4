"""Profile pushes of somebody with everything that Okta can map: each attribute changed, emptied and set again.

Okta sends GET and PUT, and PATCH where the app is registered with it (okta:S20, okta:SUBMIT). What the target refuses the
admin has to unmap; the play goes on without it.
"""

from collections.abc import Generator, Mapping
from dataclasses import replace as changed

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    merged,
    operate,
    read,
    replace,
    speaks_patch,
    with_attributes,
    without,
)
from scim_tests.personas.okta.whole_profile import BADGE, CUSTOM, SECOND, whole

# Okta leaves out what is empty; lists it sends empty.
LEFT_OUT = ("nickName", "title", "userType", "preferredLanguage", "timezone", "displayName")
LISTS = ("phoneNumbers", "addresses", "roles", "entitlements")
Sending = Generator[Step, Exchange, None]


@act(
    title="Push a profile with everything that Okta can map",
    group="push users",
    capability="push_profile_updates",
    sends=("GET /Users/{id}", "PUT /Users/{id}", "PATCH /Users/{id}"),
)
def update_profile(scene: Scene) -> Performance:
    """Change all that `push_user` created, take entries and values away, and set all again; each time read back.

    Gives the `id`.
    """
    person = person_of(scene)
    pushing = _Pushing(scene, scene.known[f"push_user:{person.key}"].id)
    yield from pushing.start()
    person, second = (_as_taken(each, pushing.shown) for each in (person, whole(person, SECOND)))
    yield from pushing.put("changed", merged(scene, pushing.shown, second))
    yield from pushing.put("fewer", _fewer(pushing.shown))
    yield from pushing.put("emptied", _emptied(pushing.shown))
    restored = merged(scene, pushing.shown, person)
    if get(restored, ENTERPRISE_USER) is None:  # the target refused it at the create
        yield from pushing.put("restored", restored)
    else:
        yield from pushing.put("restored", _managed(restored, {"value": _of_ours(scene, "plain")}))
        yield from pushing.put(
            "manager_by_name", _managed(pushing.shown, {"displayName": person.display_name})
        )
        yield from pushing.put("manager", _managed(pushing.shown, {"value": _of_ours(scene, "plus")}))
    yield from pushing.put("custom", _with_extension(pushing.shown, CUSTOM, BADGE))
    if speaks_patch(scene):
        value = without(as_mapped(scene, merged(scene, {}, second)), ("active", "userName", "externalId"))
        yield operate(scene, "patch", pushing.id, {"op": "replace", "value": value})
        yield read(scene, "after_patch", pushing.id)
    return SceneResult(id=pushing.id, remark=_unkept(second, pushing.ever_shown))


def _as_taken(person: Person, shown: Resource) -> Person:
    """With one e-mail address where the target shows no more, as it may have refused them."""
    emails = get(shown, "emails")
    several = isinstance(emails, list) and len(emails) > 1
    return person if several else changed(person, attributes=without(person.attributes, ("emails",)))


def _unkept(person: Person, shown: set[str]) -> str:
    """Which of the attributes that were pushed no answer ever showed, for who reads of the scene."""
    sent = [*person.attributes, *(f"name.{part}" for part in person.names if part != "formatted"), CUSTOM]
    lost = [each for each in sent if each.lower() not in shown]
    return f"never shown again were {', '.join(lost)}, which an admin has to unmap" if lost else ""


class _Pushing:
    """One user, as the target shows it at this moment."""

    def __init__(self, scene: Scene, user_id: str) -> None:
        self.scene = scene
        self.id = user_id
        self.shown: Resource = {}
        self.ever_shown: set[str] = set()  # attributes in lower case, and parts of the name

    def start(self) -> Sending:
        """Read it, as Okta does before a push."""
        self._look((yield read(self.scene, "read", self.id)).resource)

    def put(self, step: str, user: Resource) -> Sending:
        """Push it like this, and read what became of it."""
        yield replace(self.scene, f"put_{step}", self.id, user)
        self._look((yield read(self.scene, f"after_{step}", self.id)).resource)

    def _look(self, shown: Resource) -> None:
        self.shown = shown
        name = get(shown, "name")
        parts = [f"name.{part}".lower() for part in (name if isinstance(name, Mapping) else ())]
        self.ever_shown |= {*(key.lower() for key, value in shown.items() if value), *parts}


def _fewer(shown: Resource) -> Resource:
    """The first entry of each list is taken away, so that the others stand in other places; they stay as they are."""
    lists = {name: get(shown, name) for name in ("emails", *LISTS)}
    return with_attributes(
        shown,
        {
            name: entries[1:]
            for name, entries in lists.items()
            if isinstance(entries, list) and len(entries) > 1
        },
    )


def _emptied(shown: Resource) -> Resource:
    emptied: dict[str, Json] = {name: [] for name in LISTS if get(shown, name)}
    left = {
        key: value for key, value in shown.items() if key.lower() not in {name.lower() for name in LEFT_OUT}
    }
    return with_attributes(left, emptied)


def _managed(shown: Resource, manager: Mapping[str, str]) -> Resource:
    """With another manager, by id or, where Okta knows no id, by name alone (okta:S20)."""
    employment = get(shown, ENTERPRISE_USER)
    return _with_extension(
        shown,
        ENTERPRISE_USER,
        {**(employment if isinstance(employment, Mapping) else {}), "manager": manager},
    )


def _of_ours(scene: Scene, key: str) -> str:
    """The id of somebody pushed, since a target may look whether there is such a user."""
    pushed = scene.known.get(f"push_user:{key}")
    return pushed.id if pushed else person_of(scene).external_id


def _with_extension(shown: Resource, urn: str, value: Mapping[str, Json]) -> Resource:
    named = get(shown, "schemas")
    schemas = [each for each in (named if isinstance(named, list) else []) if each != urn]
    return with_attributes(shown, {"schemas": [*schemas, urn], urn: value})
