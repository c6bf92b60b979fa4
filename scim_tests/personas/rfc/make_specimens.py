"""The people whom the queries ask for: created, read, and written to by nobody until they are removed."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace as changed

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER
from scim_tests.personas.okta.mapping import CONTENTS
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import as_mapped, create, get_, new_user, read, replace
from scim_tests.personas.rfc.asking import configured
from scim_tests.personas.rfc.declared import as_declared


@act(
    title="Make people to ask for",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users",),
    sends=("GET /ServiceProviderConfig", "GET /Schemas", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}"),
)
def make_specimens(scene: Scene) -> Performance:
    """Create the crowd and read each back. Gives their `ids` in the order of the crowd, empty of whom none was given, the `name` of the first, and the `config`.

    NotObserved where the profile allows nobody more, or nobody was created.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    config = yield from configured(scene)
    scene, first = yield from _first(scene)
    others = _reporting_to(id_given(first), scene.crowd[1:])
    steps = (create(scene, f"create_{number}", each) for number, each in enumerate(others, 2))
    made = (first, *(yield Independent(steps)).at_once)
    ids = tuple(map(id_given, made))
    if not any(ids):
        first.resource  # noqa: B018 -- says why nobody was
    yield Independent(read(scene, f"read_{number}", id_) for number, id_ in enumerate(ids, 1) if id_)
    user = as_mapped(scene, new_user(scene.crowd[0]))
    if (
        ids[0] and "locale" in user and scene.profile.enables("push_profile_updates")
    ):  # of one the last change is another moment than the creation
        yield replace(scene, "change", ids[0], {**user, "locale": "en-GB"})
        yield read(scene, "after_change", ids[0])
    told = scene.known.get(scene.name, SceneResult())
    return changed(told, ids=ids, name=scene.crowd[0].user_name, config=config)


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
