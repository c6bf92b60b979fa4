"""A group of people is assigned at once: a queue of jobs, lookups and creates side by side (okta:CONC, okta:LAB-KR).

One person is in the queue twice, as when two groups of his are assigned to the app in one breath.
"""

from scim_tests.model.act import Performance, Person, Scene, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.okta.push_user import hit
from scim_tests.personas.okta.requests import create, look_up


@act(
    title="Assign a group of people at once",
    group="push users",
    capability="push_users",
    sends=("GET /Users", "POST /Users"),
)
def bulk_assignment(scene: Scene) -> Performance:
    """Look up the whole crowd at once, the first person twice, create whoever was missed, and look up once more.

    Gives the `ids` found then. NotObserved where the profile allows no crowd.
    """
    people = scene.crowd
    if not people:
        raise NotObserved("", "the profile lets a run create too few people for a crowd")
    jobs = (*people, people[0])
    lookups = (yield tuple(look_up(scene, "lookup", person.user_name) for person in jobs)).at_once
    missed = [person for person, found in zip(jobs, lookups, strict=True) if misses(found, person)]
    if missed:
        yield tuple(create(scene, "create", person) for person in missed)
    found = (yield tuple(look_up(scene, "find", person.user_name) for person in people)).at_once
    return SceneResult(ids=tuple(user_id for each in found for user_id in each.page.ids))


def misses(found: Exchange, person: Person) -> bool:
    """Whether Okta takes the lookup for a miss, and creates."""
    return hit(found, person.user_name) is None
