"""The same things written in every form that the RFCs give: orders of members, letters of names, and forms of PATCH (RFC 7643 2.1, 7644 3.5.2)."""

from collections.abc import Generator, Iterator
from dataclasses import replace

from scim_tests.model.act import NOBODY, Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, Json, Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import (
    Member,
    create_group,
    delete_group,
    group_path,
    patch_group,
    read_group,
    remove_one,
)
from scim_tests.personas.okta.push_user import id_given, id_of
from scim_tests.personas.okta.requests import (
    as_mapped,
    create,
    create_with,
    delete,
    get_,
    new_user,
    operate,
    read,
    speaks_patch,
)
from scim_tests.personas.okta.whole_profile import (
    ANOTHER_FAX,
    EMPLOYMENT,
    FAX,
    FIRST,
    LINES,
    OTHER_PLACES,
    PAGER,
    REGION,
    SECOND,
    STREET,
    TEXTS,
    whole,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import ENOUGH, ask, search
from scim_tests.personas.rfc.query_users import text

Operations = list[dict[str, Json]]
PEOPLE = 4


@act(
    title="Write people and groups in every form",
    group="specification",
    capability=SPECIFICATION,
    sends=(
        "GET /Users/{id}", "POST /Users", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "POST /Groups/.search", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def write_in_forms(scene: Scene) -> Performance:
    """Create four people in as many ways, change the first by one PATCH after the other, and put them into groups.

    NotObserved where the profile allows nobody more.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    first = whole(scene.crowd[0])
    made = yield create(scene, "create", first)
    first_id = id_of(made, made.resource)
    shown = (yield read(scene, "read", first_id)).resource
    others = yield from _others(scene, first)
    if not speaks_patch(scene):
        return SceneResult(id=first_id)
    for step, operations in _changes(scene, shown, others):
        yield operate(scene, step, first_id, *operations)
        shown = (yield read(scene, f"after_{step}", first_id)).resource
    if others:
        yield from _groups(scene, first_id, others)
    if len(others) > 1 and deletes_reach(scene):  # the last manager goes
        yield read(scene, "before_delete", others[1])
        yield delete(scene, "delete_manager", others[1])
        yield read(scene, "after_delete_manager", first_id)
    return SceneResult(id=first_id)


def _others(scene: Scene, first: Person) -> Generator[Step, Exchange, list[str]]:
    """Three more: one as if the client chose the id, one with everything in another order, one with names in capitals."""
    _, chosen, reversed_, capitals = scene.crowd
    own_id = f"{chosen.user_name.partition('@')[0]}.chosen"
    user = as_mapped(scene, new_user(chosen))
    extended = as_mapped(scene, new_user(replace(reversed_, enterprise=EMPLOYMENT[SECOND])))
    turned = dict(reversed(extended.items())) | {"schemas": [*reversed(extended["schemas"])]}
    bodies = (
        ("create_with_id", chosen, {**user, "id": own_id, "externalId": first.external_id}),
        ("create_reversed", reversed_, turned),
        ("create_in_capitals", capitals, _in_capitals(as_mapped(scene, new_user(capitals)))),
    )
    found = []
    for step, person, body in bodies:
        made = yield create_with(scene, step, person, body)
        if given := id_given(made):
            yield read(scene, f"after_{step}", given)
            found.append(given)
    return found


def _in_capitals(value: Json) -> Json:
    """The same with the names of attributes in capitals; a password stays as the vault knows it."""
    if isinstance(value, dict):
        return {key if key == "password" else key.upper(): _in_capitals(each) for key, each in value.items()}
    return [_in_capitals(each) for each in value] if isinstance(value, list) else value


def _changes(scene: Scene, shown: Resource, others: list[str]) -> Iterator[tuple[str, Operations]]:
    """Each PATCH by its step; those of attributes that the target does not show are left out."""
    person = scene.crowd[0]
    yield from _of_lists(shown)
    yield "complex", [_set("name", {"familyName": Wording.AFTER_THE_WEDDING})]
    yield "complex_without_path", [{"op": "replace", "value": {"name": {"givenName": Wording.GIVEN_NAME}}}]
    yield "in_capitals", [_set("NAME.FAMILYNAME", person.family_name)]
    if get(shown, "emails"):
        yield from _of_emails(person.email)
    if get(shown, "title"):
        yield "nothing_new", [_add("title", get(shown, "title"))]
        yield "nothing_new_without_path", [{"op": "add", "value": {"title": get(shown, "title")}}]
    if get(shown, "nickName"):
        yield "removed", [{"op": "remove", "path": "nickName"}]
        yield "replaced_without_value", [_set("nickName", TEXTS[SECOND]["nickName"])]
    both = {"password": PASSWORD_SLOT, "displayName": TEXTS[SECOND]["displayName"]}
    yield "password_too", [{"op": "replace", "value": both}]
    if get(shown, ENTERPRISE_USER):
        department = {ENTERPRISE_USER: {"department": EMPLOYMENT[FIRST]["department"]}}
        yield "extension_without_path", [{"op": "replace", "value": department}]
        path = f"{ENTERPRISE_USER}:manager"
        for step, manager in zip(("manager", "managers_value"), others, strict=False):
            whole_one = step == "manager"
            yield step, [_set(path, {"value": manager}) if whole_one else _set(f"{path}.value", manager)]


def _of_lists(shown: Resource) -> Iterator[tuple[str, Operations]]:
    """Entries by several operations, without brackets, by filters that several fit, by two clauses, one after the other."""
    if get(shown, "phoneNumbers"):
        kind, value = (get(shown, "phoneNumbers", 0, name) for name in ("type", "value"))
        clauses = f'phoneNumbers[type eq "{kind}" and value eq "{value}"]'
        another = _add("phoneNumbers", [{**ANOTHER_FAX, "type": kind}])
        changed = _set('phoneNumbers[type eq "fax"].value', FAX["value"])
        yield "two_adds", [_add("phoneNumbers", [FAX]), _add("phoneNumbers", [PAGER])]
        yield "one_object", [_add("phoneNumbers", ANOTHER_FAX)]
        yield "several_gone", [_remove('phoneNumbers[type eq "fax"]')]
        yield "two_clauses", [another, _remove(clauses)]
        yield "one_after_the_other", [_add("phoneNumbers", [ANOTHER_FAX]), changed]
    if get(shown, "addresses"):
        yield "two_of_a_type", [_add("addresses", [*OTHER_PLACES])]
        yield "several_match", [_set('addresses[type eq "other"].region', REGION)]
        yield "lines", [_set('addresses[type eq "home"].formatted', LINES)]
        yield "words", [_set('addresses[type eq "home"].streetAddress', STREET)]


def _of_emails(email: str) -> Iterator[tuple[str, Operations]]:
    """E-mail addresses without a path, by their value, and the same ones with another type."""
    more = {"value": f"{Wording.PATCHED_ADDRESS}.{email}", "type": "other"}
    one = {"value": email, "type": "work", "primary": True}
    yield "list_without_path", [{"op": "add", "value": {"emails": [more]}}]
    yield "by_address", [_set(f'emails[value eq "{email}"].type', "home")]
    yield "same_values", [_set("emails", [{**one, "type": "other"}])]
    yield "list_replaced", [_set("emails", [one])]


def _groups(scene: Scene, first_id: str, others: list[str]) -> Generator[Step | Independent, Exchange, None]:
    """A group whose members are written in several forms, one of whom is to be exchanged in place, and which has a group."""
    name = f"{scene.crowd[0].user_name.partition('@')[0]}.{Wording.CREW}"
    made = yield create_group(scene, "group_create", name, [Member(others[0], None)])
    group_id = id_of(made, made.resource)
    yield read_group(scene, "group_read", group_id)
    exchange = _set(f'members[value eq "{others[0]}"].value', first_id)
    changes: list[tuple[str, Operations]] = [("exchange_member", [exchange])]
    changes.append(("one_member", [_add("members", {"value": first_id})]))
    if others[1:]:
        changes.append(("members_apart", [_add("members", [{"value": each}]) for each in others[1:]]))
    changes.append(("by_nobody", [_set("members", [{"value": NOBODY}])]))
    for step, operations in changes:
        yield patch_group(scene, f"group_{step}", group_id, *operations)
        yield read_group(scene, f"group_after_{step}", group_id)
    yield Independent(_questions(scene, name, group_id, first_id))
    yield read_group(scene, "group_whole", group_id)  # a part of it proves nothing
    yield from _nested(scene, name, group_id)


def _questions(scene: Scene, name: str, group_id: str, member: str) -> Iterator[Step]:
    """Parts of the group, and filters that it fits."""
    path = group_path(group_id)
    for step, part in (
        ("attributes", "displayName"), ("attributes", "members.value"), ("excluded", "members"), ("excluded", "displayName"),
    ):  # fmt: skip
        parameter = "attributes" if step == "attributes" else "excludedAttributes"
        yield get_(scene, f"group_part_{step}", f"{path}?{parameter}={part}")
    ours = f"displayName eq {text(name)}"
    for condition in (
        ours, f"displayName sw {text(name[:-2])}", f"displayName co {text(name[12:])} and id eq {text(group_id)}",
        f"{ours} and members.value eq {text(member)}", f"{ours} and members[value eq {text(member)}]",
        f"{ours} and not (members.value eq {text(NOBODY)})", f"{ours} and members pr", f"{GROUP}:{ours}",
        f"DISPLAYNAME EQ {text(name)}",
    ):  # fmt: skip
        yield ask(scene, "group_found", condition, of="/Groups", count=ENOUGH)
    yield ask(scene, "group_part_listed", ours, of="/Groups", count=ENOUGH, excludedAttributes="members")
    yield search(scene, "group_search", of="/Groups", filter=ours, count=ENOUGH)


def _nested(scene: Scene, name: str, group_id: str) -> Generator[Step | Independent, Exchange, None]:
    """A group that becomes a member of it, and is deleted (RFC 7643 4.2)."""
    made = yield create_group(scene, "group_create_inner", f"{name}.{Wording.RING}", [])
    inner_id = id_given(made)
    if not inner_id:
        return
    yield read_group(scene, "group_read_inner", inner_id)
    yield patch_group(scene, "group_with_inner", group_id, _add("members", [{"value": inner_id}]))
    yield read_group(scene, "group_after_with_inner", group_id)
    yield patch_group(scene, "group_without_inner", group_id, remove_one(Member(inner_id, None)))
    yield read_group(scene, "group_after_without_inner", group_id)
    yield patch_group(scene, "group_with_inner_again", group_id, _add("members", [{"value": inner_id}]))
    yield read_group(scene, "group_after_with_inner_again", group_id)
    if deletes_reach(scene):
        yield delete_group(scene, "group_delete_inner", inner_id)
        yield read_group(scene, "group_after_delete_inner", group_id)


def _set(path: str, value: Json) -> dict[str, Json]:
    return {"op": "replace", "path": path, "value": value}


def _add(path: str, value: Json) -> dict[str, Json]:
    return {"op": "add", "path": path, "value": value}


def _remove(path: str) -> dict[str, Json]:
    return {"op": "remove", "path": path}
