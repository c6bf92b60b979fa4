"""The people whom the queries ask for: created, read, and written to by nobody until they are removed.

Some are made as others than they are asked for, and changed at once: an index or a copy that a write forgets still
has what they were.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace as changed

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, Resource
from scim_tests.personas.okta.mapping import CONTENTS
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import as_mapped, create, get_, new_user, operate, read, replace
from scim_tests.personas.okta.whole_profile import ADDRESSES, EMPLOYMENT, FIRST, PHONES, TEXTS
from scim_tests.personas.rfc.asking import configured, supports
from scim_tests.personas.rfc.declared import as_declared
from scim_tests.personas.rfc.operations import Operation, remove, set_

PATCHED, PUT = 4, 5  # places in the crowd of those who are others at first


@act(
    title="Make people to ask for",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users",),
    sends=(
        "GET /ServiceProviderConfig",
        "GET /Schemas",
        "GET /Users/{id}",
        "POST /Users",
        "PUT /Users/{id}",
        "PATCH /Users/{id}",
    ),
)
def make_specimens(scene: Scene) -> Performance:
    """Create the crowd and read each back. Gives their `ids` in the order of the crowd, empty of whom none was given, the `name` of the first, and the `config`.

    NotObserved where the profile allows nobody more, or nobody was created.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    config = yield from configured(scene)
    scene, first = yield from _first(scene)
    updates = scene.profile.enables("push_profile_updates")
    patches = updates and supports(config, "patch") is not False
    changing = {PATCHED: patches, PUT: updates}
    crowd = [_former(each) if changing.get(place) else each for place, each in enumerate(scene.crowd)]
    others = _reporting_to(id_given(first), crowd[1:])
    steps = (create(scene, f"create_{number}", each) for number, each in enumerate(others, 2))
    made = (first, *(yield Independent(steps)).at_once)
    ids = tuple(map(id_given, made))
    if not any(ids):
        first.resource  # noqa: B018 -- says why nobody was
    yield Independent(read(scene, f"read_{number}", id_) for number, id_ in enumerate(ids, 1) if id_)
    user = as_mapped(scene, new_user(scene.crowd[0]))
    if ids[0] and "locale" in user and updates:  # of one the last change is another moment than the creation
        yield replace(scene, "change", ids[0], {**user, "locale": "en-GB"})
        yield read(scene, "after_change", ids[0])
    if patches:
        yield from _become(scene, ids, PATCHED)
    if updates:
        yield from _become(scene, ids, PUT)
    told = scene.known.get(scene.name, SceneResult())
    return changed(told, ids=ids, name=scene.crowd[0].user_name, config=config)


def _former(person: Person) -> Person:
    """The same with further attributes, and others."""
    further = {
        "phoneNumbers": PHONES[FIRST],
        "addresses": ADDRESSES[FIRST],
        ENTERPRISE_USER: EMPLOYMENT[FIRST],
    }
    attributes = {**person.attributes, **TEXTS[FIRST], **further}
    return changed(person, attributes=attributes)


def _become(scene: Scene, ids: Sequence[str], place: int) -> Generator[Step, Exchange, None]:
    """Somebody becomes who is asked for: by one PATCH of all that is another, or by a PUT."""
    if place >= len(ids) or not ids[place]:
        return
    person = scene.crowd[place]
    former, user = (as_mapped(scene, new_user(each)) for each in (_former(person), person))
    if place == PATCHED:
        yield operate(scene, "become", ids[place], *_operations(former, user))
    else:
        yield replace(scene, "become_by_put", ids[place], user)
    yield read(scene, f"after_{'become' if place == PATCHED else 'become_by_put'}", ids[place])


def _operations(former: Resource, user: Resource, urn: str = "") -> Iterator[Operation]:
    """What makes the one of the other, attribute by attribute."""
    for key, value in former.items():
        if key == ENTERPRISE_USER:
            yield from _operations(value, user.get(key, {}), f"{key}:")
        elif key not in user:
            yield remove(urn + key)
        elif user[key] != value and key != "schemas":
            yield set_(urn + key, user[key])


def _reporting_to(manager: str, people: Sequence[Person]) -> Iterator[Person]:
    """The same people, where one has the first one as manager."""
    for number, person in enumerate(people):
        employment = person.attributes.get(ENTERPRISE_USER)
        if manager and number == 0 and isinstance(employment, dict):
            more = {ENTERPRISE_USER: {**employment, "manager": {"value": manager}}}
            yield changed(person, attributes={**person.attributes, **more})
        else:
            yield person


def _first(scene: Scene) -> Generator[Step, Exchange, tuple[Scene, Exchange]]:
    """The first of them; where the contents are refused, once more as the target's schemas have it, which all that come after keep to."""
    first = scene.crowd[0]
    made = yield create(scene, "create_1", first)
    answer = made.heard.answer
    if answer is None or answer.status not in CONTENTS:
        return scene, made
    wanted = as_declared((yield get_(scene, "schemas", "/Schemas")), first)
    scene = changed(scene, known={**scene.known, scene.name: wanted})
    if wanted.mapped or wanted.unmapped:
        made = yield create(scene, "create_1", first)
    return scene, made
