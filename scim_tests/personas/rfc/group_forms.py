"""The groups of `write_in_forms`: members in several forms, names by path, one that is put whole, one within the other."""

import json
from collections.abc import Generator, Iterator
from dataclasses import replace

from scim_tests.model.act import NOBODY, Independent, Scene, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.forms import refers_to
from scim_tests.model.scim import GROUP, Json, get
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import (
    Member,
    create_group,
    delete_group,
    group_path,
    patch_group,
    put_group,
    read_group,
    remove_one,
)
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import dump, get_, read, user_path
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import ENOUGH, ask, search, supports
from scim_tests.personas.rfc.operations import Operations, add, remove, set_
from scim_tests.personas.rfc.query_users import text


def write_groups(
    scene: Scene, first_id: str, others: list[str], config: Json
) -> Generator[Step | Independent, Exchange, None]:
    """A group whose members are written in several forms, one of whom is to be exchanged in place, and which has a group."""
    name = f"{scene.crowd[0].user_name.partition('@')[0]}.{Wording.CREW}"
    made = yield _known_elsewhere(create_group(scene, "group_create", name, [Member(others[0], None)]), "1")
    group_id = id_given(made)
    if not group_id:
        return
    yield read_group(scene, "group_read", group_id)
    exchange = set_(f'members[value eq "{others[0]}"].value', first_id)
    changes: list[tuple[str, Operations]] = [("exchange_member", [exchange])]
    changes.append(("one_member", [add("members", {"value": first_id})]))
    if others[1:]:
        apart = [add("members", [{"value": each, "$ref": f"Users/{each}"}]) for each in others[1:]]
        changes.append(("members_apart", apart))
        either = " or ".join(f"value eq {text(each)}" for each in others[1:])
        changes.append(("either_member", [remove(f"members[{either}]")]))
    changes.append(("by_nobody", [set_("members", [{"value": NOBODY}])]))
    for step, operations in changes:
        yield patch_group(scene, f"group_{step}", group_id, *operations)
        yield read_group(scene, f"group_after_{step}", group_id)
    yield Independent(_parts(scene, group_id))
    filters = supports(config, "filter") is not False
    if filters:
        yield Independent(_questions(scene, name, group_id, first_id))
    yield read_group(scene, "group_whole", group_id)  # a part of it proves nothing
    sorts = filters and supports(config, "sort") is True
    yield from _nested(scene, name, group_id, first_id, sorts=sorts)
    yield from _by_other_ways(scene, f"{name}.{Wording.RENAMED}", group_id, [first_id, *others])


def _parts(scene: Scene, group_id: str) -> Iterator[Step]:
    path = group_path(group_id)
    for step, part in (
        ("attributes", "displayName,externalId"), ("attributes", "members.value"), ("excluded", "members,meta"), ("excluded", "id,displayName"),
    ):  # fmt: skip
        parameter = "attributes" if step == "attributes" else "excludedAttributes"
        yield get_(scene, f"group_part_{step}", f"{path}?{parameter}={part}")
    yield get_(scene, "group_as_user", user_path(group_id))


def _questions(scene: Scene, name: str, group_id: str, member: str) -> Iterator[Step]:
    """Filters that the group fits."""
    ours = f"displayName eq {text(name)}"
    for condition in (
        ours, f"displayName sw {text(name[:-2])}", f"displayName co {text(name[12:])} and id eq {text(group_id)}",
        f"{ours} and members.value eq {text(member)}", f"{ours} and members[value eq {text(member)}]",
        f"{ours} and not (members.value eq {text(NOBODY)})", f"{ours} and members pr", f"{GROUP}:{ours}",
        f"DISPLAYNAME EQ {text(name)}", f"displayName eq {text(name.upper())}",
    ):  # fmt: skip
        yield ask(scene, "group_found", condition, of="/Groups", count=ENOUGH)
    yield ask(
        scene, "group_part_listed", ours, of="/Groups", count=ENOUGH, excludedAttributes="members,meta,id"
    )
    yield ask(
        scene, "group_part_listed", ours, of="/Groups", count=ENOUGH, attributes="externalId,members.value"
    )
    without = ["id", "externalId", "meta"]
    yield search(scene, "group_search", of="/Groups", filter=ours, count=ENOUGH, excludedAttributes=without)
    yield search(scene, "group_among_users", filter=ours, count=ENOUGH)
    everywhere = {"filter": ours, "attributes": ["displayName", "members"], "count": ENOUGH}
    yield search(scene, "group_part_everywhere", of="", **everywhere)


def _nested(
    scene: Scene, name: str, group_id: str, member: str, *, sorts: bool
) -> Generator[Step | Independent, Exchange, None]:
    """A group that becomes a member of it, and is deleted (RFC 7643 4.2)."""
    made = yield create_group(scene, "group_create_inner", f"{name}.{Wording.RING}", [Member(member, None)])
    inner_id = id_given(made)
    if not inner_id:
        return
    yield read_group(scene, "group_read_inner", inner_id)
    yield read(scene, "after_group_create_inner", member)  # who is in both
    yield patch_group(scene, "group_with_inner", group_id, add("members", [{"value": inner_id}]))
    yield read_group(scene, "group_after_with_inner", group_id)
    yield patch_group(scene, "group_without_inner", group_id, remove_one(Member(inner_id, None)))
    yield read_group(scene, "group_after_without_inner", group_id)
    yield patch_group(scene, "group_with_inner_again", group_id, add("members", [{"value": inner_id}]))
    yield read_group(scene, "group_after_with_inner_again", group_id)
    if sorts:
        yield Independent(_in_orders(scene, name))
    if deletes_reach(scene):
        yield delete_group(scene, "group_delete_inner", inner_id)
        yield read_group(scene, "group_after_delete_inner", group_id)


def _in_orders(scene: Scene, name: str) -> Iterator[Step]:
    """The two groups of this act by their names backwards, which is not how they were made: the second alone, and parts of both."""
    backwards: dict[str, Json] = {"sortBy": "displayName", "sortOrder": "descending"}
    both = f"displayName sw {text(name)}"
    yield ask(scene, "groups_sorted", both, of="/Groups", **backwards, startIndex=2, count=1)
    parts = ["members.value", "externalId"]
    yield search(
        scene, "groups_sorted", of="/Groups", filter=both, **backwards, count=ENOUGH, attributes=parts
    )


def _by_other_ways(
    scene: Scene, new_name: str, group_id: str, people: list[str]
) -> Generator[Step, Exchange, None]:
    """Its name and the id that the client has for it by paths, beside one member less, all of it as it is shown by a PUT, and all members gone by a path alone."""
    without_one = remove_one(Member(people[0], None))
    named = [set_("displayName", new_name), set_("externalId", f"{new_name}.2"), without_one]
    named_group = patch_group(scene, "group_named", group_id, *named, renames=new_name)
    yield replace(named_group, path=f"{named_group.path}?attributes=members.value,externalId")
    shown = yield read_group(scene, "group_after_named", group_id)
    members = [Member(each, None) for each in dict.fromkeys((people[1], people[-1]))]
    put = _as_shown(put_group(scene, "group_put", group_id, new_name, members, renames=new_name), shown)
    yield _known_elsewhere(replace(put, path=f"{put.path}?excludedAttributes=members,meta"), "3")
    yield read_group(scene, "group_after_put", group_id)
    yield patch_group(scene, "group_emptied", group_id, remove("members"))
    yield read_group(scene, "group_after_emptied", group_id)


def _as_shown(put: Step, read: Exchange) -> Step:
    """The PUT with each member as the target shows it, with all parts, where a reference is plainly to that one."""
    body = json.loads(put.body)
    entries = get(read.resource, "members") if read.is_success else None
    shown = {
        get(each, "value"): each
        for each in (entries if isinstance(entries, list) else ())
        if refers_to(str(get(each, "$ref")), "Users", str(get(each, "value")))
    }
    members = [shown.get(each["value"], each) for each in body["members"]]
    return replace(put, body=dump({**body, "members": members}))


def _known_elsewhere(step: Step, id_: str) -> Step:
    """The create or PUT of a group with an id of the client's own."""
    body = json.loads(step.body)
    return replace(step, body=dump({**body, "externalId": f"{body['displayName']}.{id_}"}))
