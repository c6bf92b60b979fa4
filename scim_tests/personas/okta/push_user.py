"""Push Users: a person is assigned who is not on the target yet (okta:S20, okta:LAB-KR)."""

from collections.abc import Iterator

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Resource, get
from scim_tests.personas.okta.mapping import assign
from scim_tests.personas.okta.requests import look_up, read


@act(
    title="Assign a new person",
    group="push users",
    capability="push_users",
    sends=("GET /Users", "GET /Users/{id}", "POST /Users"),
)
def push_user(scene: Scene) -> Performance:
    """Look the person up, create whom nobody knows, and read the user by id and userName.

    A create that is refused for its contents is sent again with other mappings. Gives the `id`. Ends early where an earlier run left the person: then the user is `left_behind`, and not created.
    """
    person = person_of(scene)
    lookup = yield look_up(scene, "lookup", person.user_name)
    found = hit(lookup, person.user_name)
    if found is None:
        created, sent = yield from assign(scene, person)
        user_id = id_of(created, created.resource)
        result = SceneResult(id=user_id, unmapped=sent.unmapped, mapped=sent.added, remark=sent.remark)
    else:
        user_id = id_of(lookup, found)
        result = SceneResult(
            id=user_id,
            ended_early="the person was there already, so nobody was created",
            left_behind=((person.user_name, user_id, "made by an earlier run and found again"),),
        )
    yield read(scene, "read", user_id)
    yield look_up(scene, "find", person.user_name)
    if person.key == "plain":
        yield Independent(_other_lookups(scene, person.user_name))
    return result


def _other_lookups(scene: Scene, user_name: str) -> Iterator[Step]:
    """By the name written otherwise, and by parts and patterns of it, which are nobody's name."""
    yield look_up(scene, "find_in_capitals", user_name.upper())
    yield look_up(scene, "find_with_plus", user_name, blank="+")
    yield look_up(scene, "find_part", user_name[:-1])
    yield look_up(scene, "find_wildcard", user_name.replace(".", "_"))
    yield look_up(scene, "find_any", f"{user_name.partition('@')[0][:-1]}%")


def person_of(scene: Scene) -> Person:
    """The scene's person; a scene without one is our bug."""
    if scene.person is None:
        raise TypeError(f"{scene.act.name} needs a person")
    return scene.person


def hit(lookup: Exchange, user_name: str) -> Resource | None:
    """Whom a lookup found, or None. Okta takes 200 without hits and 404 as a miss (okta:S20).

    With several hits Okta stops (okta:SUP-HRMOS); a single hit it takes for the person, whoever it
    is. We do not: what shows another userName is somebody real.
    """
    if lookup.status == 404:
        return None
    hits = lookup.resources
    if not hits:
        return None
    names = [str(get(user, "userName")) for user in hits]
    if len(hits) > 1 or names[0].lower() != user_name.lower():
        raise NotObserved(lookup.step, f"found {len(hits)} people, not just the one asked for")
    return hits[0]


def id_given(made: Exchange) -> str:
    """The id of whom a create made; empty where it made nobody, or was not answered."""
    return made.heard.answer.id if made.heard.answer else ""


def id_of(exchange: Exchange, user: Resource) -> str:
    """The user's id, which everything further hangs on. NotObserved where it is empty or no string."""
    user_id = get(user, "id")
    if not isinstance(user_id, str) or not user_id:
        raise NotObserved(exchange.step, "gave the user no id")
    return user_id
