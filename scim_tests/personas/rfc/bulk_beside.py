"""The same operations one by one and in bulk requests, of people and groups that are alike (RFC 7644 3.7)."""

from collections.abc import Generator
from dataclasses import replace as changed

from scim_tests.model.act import Independent, Person, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import ENTERPRISE_USER
from scim_tests.personas.okta.group_requests import Member, create_group, patch_group, read_group, remove_one
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.requests import as_mapped, headers, new_user, operate, read, replace
from scim_tests.personas.okta.whole_profile import EMPLOYMENT, FAX, FIRST, PAGER, SECOND, TEXTS, whole
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.bulk_known import Known, Sending
from scim_tests.personas.rfc.bulk_requests import bulk_id, new_person, part, send
from scim_tests.personas.rfc.operations import add, remove, set_

TWINS = slice(4, 6)  # of the crowd: like the first two, who are made in bulk


def changed_alike(known: Known, *, manages: bool) -> Sending:
    """Make people like the first two and a group like theirs by requests of their own, and change all of them in both ways.

    Nothing where the profile allows no further people, or somebody of either kind was not made.
    """
    team = known.groups.get(known.group_id(Wording.CREW), "")
    twins = _twins(known)
    if not team or not twins:
        return
    ids, their_team = yield from _made_alone(known, twins, manages=manages)
    if not their_team:
        return
    for each in _changes(known, twins, ids, their_team):
        is_group = each.path.startswith("/Groups/")
        yield changed(each, name="single_change_group" if is_group else "single_change")
    yield from known.look("single_change", *ids, groups=[their_team])
    made = [known.user(number) for number in (0, 1)]
    people = known.scene.crowd[:2]
    yield send(known.scene, "joint_change", [*map(part, _changes(known, people, made, team))])
    yield from known.look("joint_change", *made, groups=[team])


def _twins(known: Known) -> list[Person]:
    """With the names of the first two."""
    crowd = known.scene.crowd
    return [
        changed(twin, given_name=one.given_name, family_name=one.family_name)
        for one, twin in zip(crowd, crowd[TWINS], strict=False)
    ]


def _made_alone(
    known: Known, twins: list[Person], *, manages: bool
) -> Generator[Step | Independent, Exchange, tuple[list[str], str]]:
    """The ids of the two, the second of whom is made first, and of their group, which is empty where one of them was not made.

    Each is read before another refers to them, which proves whose the id is.
    """
    scene, (full, bare) = known.scene, twins
    ids: list[str] = []
    for person, key in ((bare, Wording.BOB), (whole(full), Wording.ANN)):
        one = new_person(scene, "single_make", person, ids[0] if ids and manages else "")
        if not (made := id_given((yield changed(one, headers=headers(scene, body=True))))):
            return [], ""
        yield read(scene, "after_single_make", made)
        known.users[bulk_id(person, f"{key}.{Wording.TWIN}")] = made
        ids.insert(0, made)
    members = [Member(each, None) for each in ids]
    group = yield create_group(scene, "single_make_group", known.name(Wording.CREW, TWINS.start), members)
    if team := id_given(group):
        yield read_group(scene, "groups_after_single_make", team)
        known.groups[bulk_id(full, f"{Wording.CREW}.{Wording.TWIN}")] = team
    return ids, team


def _changes(
    known: Known, people: list[Person] | tuple[Person, ...], ids: list[str], team: str
) -> list[Step]:
    """Of the second person many attributes in one PATCH, of the first a PATCH that fails in its middle, and a PUT of little."""
    scene, (full, bare) = known.scene, ids
    several = (
        add("phoneNumbers", [FAX, PAGER]),
        set_("title", TEXTS[SECOND]["title"]),
        {"op": "add", "value": {"nickName": TEXTS[FIRST]["nickName"]}},
        set_(f"{ENTERPRISE_USER}:department", EMPLOYMENT[SECOND]["department"]),
        remove("locale"),
    )
    half = (
        set_("title", Wording.HALF_DONE),
        set_(f'emails[type eq "{Wording.NO_SUCH_TYPE}"].value', Wording.OTHER_ADDRESS),
    )
    patches = [
        operate(scene, "", bare, *several),
        operate(scene, "", full, *half),
        patch_group(scene, "", team, remove_one(Member(full, None))),
    ]
    put = replace(scene, "", full, as_mapped(scene, new_user(people[0])))
    return [*(patches if known.supports("patch") else ()), put]
