"""A household: two people, their manager and a group within another, who are all looked at whatever is done to one of them (RFC 7644 3.5, 3.6)."""

import json
from collections.abc import Generator, Iterator
from dataclasses import replace as changed
from typing import NamedTuple

from scim_tests.model.act import Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import NOTHING, SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import (
    Member,
    create_group,
    delete_group,
    patch_group,
    put_group,
    read_group,
    remove_one,
)
from scim_tests.personas.okta.push_user import id_given, id_of
from scim_tests.personas.okta.requests import (
    BY_SCHEMAS,
    as_mapped,
    create,
    delete,
    dump,
    get_,
    look_up,
    new_user,
    operate,
    read,
    rename,
    replace,
    user_path,
)
from scim_tests.personas.okta.whole_profile import EMPLOYMENT, FIRST, SECOND, TEXTS, whole
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import ENOUGH, NO_FILTERS, ask, configured, ours, search, supports
from scim_tests.personas.rfc.conditions import if_same
from scim_tests.personas.rfc.operations import Operation, add, set_
from scim_tests.personas.rfc.patch_user import HALF, NO_SUCH
from scim_tests.personas.rfc.query_users import text

PEOPLE = 3
OF_NOTHING: Operation = {"op": "remove"}  # which is refused with noTarget (RFC 7644 3.5.2.2)
Sending = Generator[Step, Exchange, None]


class House(NamedTuple):
    """Who lives there; the second as read last, and ids of groups that are empty where there is none."""

    scene: Scene
    people: tuple[Person, Person]  # with the manager whom both have
    first: str
    second: str
    manager: str
    inner: str  # the group of the first two
    outer: str  # that of the manager, which has the other one in it


@act(
    title="Change one of a household, and look at all",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates", "push_deactivation", "reactivate"),
    sends=(
        "GET /ServiceProviderConfig", "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}",
        "PATCH /Users/{id}", "DELETE /Users/{id}", "POST /Users/.search",
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def live_together(scene: Scene) -> Performance:
    """Deactivate, rename, refuse and delete one after the other, with a list of all people and one of all groups after each.

    NotObserved where the profile allows no three more, or the target says that it does not filter.
    """
    if len(scene.crowd) < PEOPLE:
        raise NotObserved("", "the profile allows no further new users")
    config = yield from configured(scene)
    if supports(config, "filter") is False:
        raise NotObserved("", NO_FILTERS)
    house = yield from _moved_in(scene)
    yield from _looks(house, "moving_in")
    if (id_ := house.first.swapcase()) != house.first:
        yield read(scene, "in_other_letters", id_)
    patches = supports(config, "patch") is not False
    if patches:
        yield from _leaves_and_comes_back(house)
    names = yield from _renamed(house)
    yield from _refused(house, names, patches=patches, versions=supports(config, "etag") is True)
    manager_name = (yield from _after_half(house)) if patches else scene.crowd[2].user_name
    if deletes_reach(scene):
        yield from _goes(house, manager_name)
        if get(config, "pagination", "cursor") is True:
            yield from _walked_on(house)
    return SceneResult(id=house.first)


def _name(scene: Scene) -> str:
    """How the names of all of them begin."""
    return scene.crowd[1].user_name.partition("@")[0].rpartition("-")[0]


def _moved_in(scene: Scene) -> Generator[Step, Exchange, House]:
    first, second, boss = scene.crowd
    manager = yield from _made(scene, "manager", boss)
    spelt = first.user_name.replace("live-together", "Live-Together")
    people = (
        _reporting_to(manager, changed(whole(first), user_name=spelt), FIRST),
        _reporting_to(manager, whole(second, SECOND), SECOND),
    )
    ids = ((yield from _made(scene, "first", people[0])), (yield from _made(scene, "second", people[1])))
    groups = ("", "")
    if scene.profile.enables("push_groups"):
        groups = yield from _grouped(scene, [Member(each, None) for each in ids], Member(manager, None))
    return House(scene, people, *ids, manager, *groups)


def _made(scene: Scene, step: str, person: Person) -> Generator[Step, Exchange, str]:
    made = yield create(scene, f"create_{step}", person)
    user_id = id_of(made, made.resource)
    (yield read(scene, f"read_{step}", user_id)).resource  # noqa: B018 -- whoever is not there has no household
    return user_id


def _reporting_to(manager: str, person: Person, version: int) -> Person:
    employment = {**EMPLOYMENT[version], "manager": {"value": manager}}
    return changed(person, attributes={**person.attributes, ENTERPRISE_USER: employment})


def _grouped(
    scene: Scene, people: list[Member], manager: Member
) -> Generator[Step, Exchange, tuple[str, str]]:
    """The ids of the inner and the outer group, each empty where none was given."""
    name = f"{_name(scene).replace('live-together', 'Live-Together')}.{Wording.CREW}"
    inner = id_given((yield create_group(scene, "group_create_inner", name, people)))
    if not inner:
        return "", ""
    yield read_group(scene, "group_read_inner", inner)
    name = f"{_name(scene)}.{Wording.RING}"
    outer = id_given((yield create_group(scene, "group_create_outer", name, [manager, Member(inner, None)])))
    if not outer:  # some have no groups in groups
        outer = id_given((yield create_group(scene, "group_create_beside", name, [manager])))
    if outer:
        yield read_group(scene, "group_read_outer", outer)
    return inner, outer


def _looks(house: House, after: str, *, at_groups: bool = True) -> Sending:
    """All people and all groups, each in one list."""
    scene, name = house.scene, text(_name(house.scene))
    yield ask(scene, f"people_after_{after}", f"userName sw {name}", count=ENOUGH)
    if house.inner and at_groups:
        yield ask(scene, f"groups_after_{after}", f"displayName sw {name}", of="/Groups", count=ENOUGH)


def _leaves_and_comes_back(house: House) -> Sending:
    """The first one, with another password meanwhile, and then with another manager and the same name in other letters."""
    scene, first = house.scene, house.first
    nick_name = set_("nickName", TEXTS[SECOND]["nickName"])
    yield operate(scene, "deactivate", first, set_("active", value=False), nick_name)
    if scene.profile.enables("sync_password"):
        yield operate(scene, "password_meanwhile", first, set_("password", PASSWORD_SLOT))
    shown = (yield read(scene, "read_inactive", first)).resource
    yield from _looks(house, "leaving")
    if house.inner:  # by what the target makes of several groups
        yield ask(scene, "people_in_groups", f"groups.display sw {text(_name(scene))}", count=2)
    yield operate(scene, "activate", first, set_("active", value=True))
    name = house.people[0].user_name.lower()
    yield changed(operate(scene, "other_letters", first, set_("userName", name)), creates=name)
    if get(shown, ENTERPRISE_USER, "manager"):
        extension = {ENTERPRISE_USER: {"manager": {"value": house.second}}}
        yield operate(scene, "other_manager", first, {"op": "add", "value": extension})
    yield read(scene, "read_active", first)
    yield from _looks(house, "coming_back", at_groups=False)
    if house.inner:
        name = f"{_name(scene)}.{Wording.CREW}"
        letters = set_("displayName", name)
        yield patch_group(scene, "group_other_letters", house.inner, letters, renames=name)
        yield read_group(scene, "group_read_letters", house.inner)


def _renamed(house: House) -> Generator[Step, Exchange, tuple[str, str]]:
    """The second one and a group, each by a PUT whose body has the id of another one, which is read-only (RFC 7644 3.5.1).

    Gives the present names of the first two.
    """
    scene, person = house.scene, house.people[1]
    name = _renaming(person)
    user = as_mapped(scene, new_user(changed(person, user_name=name)))
    yield rename(scene, "put_with_anothers_id", house.second, {**user, "id": house.first}, name)
    shown = (yield read(scene, "read_put", house.second)).resource
    yield get_(
        scene, "second_groups", f"{user_path(house.second)}?attributes=userName,groups"
    )  # without the name nothing is proven
    if house.outer:
        name = f"{_name(scene)}.{Wording.LOOP}"
        members = [Member(each, None) for each in (house.first, house.second)]
        put = put_group(scene, "group_put_with_anothers_id", house.inner, name, members, renames=name)
        yield changed(put, body=dump({**json.loads(put.body), "id": house.outer}))
        yield read_group(scene, "group_read_put", house.inner)
    yield from _looks(house, "renaming")
    return house.people[0].user_name.lower(), str(get(shown, "userName"))


def _refused(house: House, names: tuple[str, str], *, patches: bool, versions: bool) -> Sending:
    """Writes that have to be refused, after which both are found and everybody is as before."""
    scene, (first, second) = house.scene, names
    yield rename(scene, "name_taken", house.first, _as(house, 0, second), second)
    if patches:
        taken = operate(scene, "name_taken_by_patch", house.second, set_("userName", first))
        yield changed(taken, creates=first)
        yield operate(scene, "half", house.manager, HALF, NO_SUCH)
        if house.inner:
            half = (remove_one(Member(house.first, None)), OF_NOTHING)
            yield patch_group(scene, "group_half", house.inner, *half)
    for write in _outdated(house, second, patches=patches) if versions else ():
        if (yield write).is_success:
            raise NotObserved(write.name, "was done, although it names another version")
    for step, name in (("find_first", first), ("find_second", second)):
        yield look_up(scene, step, name)
    yield from _looks(house, "refusals")


def _after_half(house: House) -> Generator[Step, Exchange, str]:
    """A PATCH that is taken, of each of which one was refused in the middle: what that had begun has to be forgotten. Gives the manager's name."""
    scene = house.scene
    name = _renaming(scene.crowd[2])
    yield changed(operate(scene, "after_half", house.manager, set_("userName", name)), creates=name)
    shown = (yield read(scene, "read_half", house.manager)).resource
    if house.inner:
        own_id = set_("externalId", f"{_name(scene)}.{Wording.TWIN}")
        again = add("members", [{"value": house.first}])  # who is there
        yield patch_group(scene, "group_after_half", house.inner, own_id, again)
        yield read_group(scene, "group_read_half", house.inner)
    return str(get(shown, "userName"))


def _renaming(person: Person) -> str:
    """Another name of that person."""
    local, _, domain = person.user_name.partition("@")
    return f"{local}.{Wording.RENAMED}@{domain}"


def _as(house: House, number: int, name: str) -> Resource:
    return as_mapped(house.scene, new_user(changed(house.people[number], user_name=name)))


def _outdated(house: House, second: str, *, patches: bool) -> Iterator[Step]:
    """A write of each kind that names a version which nobody ever had, to somebody in a group."""
    scene = house.scene
    put = {**_as(house, 1, second), "title": Wording.HALF_DONE}
    steps = [replace(scene, "outdated_put", house.second, put)]
    if patches:
        steps.append(operate(scene, "outdated_patch", house.first, HALF))
    if deletes_reach(scene):
        steps.append(delete(scene, "outdated_delete", house.first))
    return (if_same(each, Wording.OTHER_VERSION) for each in steps)


def _walked_on(house: House) -> Sending:
    """A walk by cursor past the specimens, too: the last one of its first page is deleted before the second, where that is one of the household."""
    scene, others = house.scene, house.scene.known.get(BY_SCHEMAS, NOTHING).ids
    if not others:
        return
    condition, count = f"userName sw {text(_name(scene))} or {ours(scene)}", len(others) + 1
    page = yield ask(scene, "walk", condition, cursor="", count=count)
    cursor, shown = get(page.resource, "nextCursor"), page.page.ids
    if isinstance(cursor, str) and shown and shown[-1] in {house.first, house.second}:
        yield delete(scene, "delete_last", shown[-1])
        yield ask(scene, "walk_on", condition, cursor=cursor, count=count)


def _goes(house: House, name: str) -> Sending:
    """The outer group, and then the manager of this name, who was found right before and is not found any more."""
    scene = house.scene
    if house.outer:
        yield delete_group(scene, "group_delete_outer", house.outer)
    yield look_up(scene, "find_manager", name)
    yield delete(scene, "delete_manager", house.manager)
    yield look_up(scene, "find_gone", name)
    yield search(scene, "search_gone", filter=f"userName eq {text(name)}", count=ENOUGH)
    yield from _looks(house, "going")
