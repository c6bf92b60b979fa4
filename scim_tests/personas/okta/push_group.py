"""Push Groups: a group is pushed, its membership follows Okta's, and it is renamed, pushed again, left or deleted.

In the dialect of Okta's catalogue each change is a PATCH, else GET and PUT of the whole group (okta:S20,
okta:LAB-KR). To leave a group in the target app takes no request (okta:PLAN).
"""

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.act import Independent, Performance, Scene, Step, Team, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Resource, get
from scim_tests.personas.okta.group_requests import (
    Member,
    Operation,
    add_all,
    create_group,
    delete_group,
    look_up_group,
    name_it,
    patch_group,
    put_group,
    read_group,
    remove_one,
    replace_all,
)
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import read, replace, speaks_patch
from scim_tests.personas.okta.wording import Wording

Sending = Generator[Step | Independent, Exchange, None]
BATCH = 100  # changes in one PATCH, which is Okta's default limit (okta:GH2540)


@dataclass
class Pushed:
    """A group as Okta believes it to be on the target."""

    scene: Scene
    id: str
    name: str
    shown: set[frozenset[str]] = field(default_factory=set)  # whom it had, at each look
    taken: int = 0  # changes that were answered with success

    def change(
        self,
        step: str,
        members: Sequence[Member],
        *operations: Operation,
        name: str = "",
        beside: Sequence[Step] = (),
    ) -> Sending:
        """One change, in the dialect spoken, and what the group is like after it; `beside` is asked at the same time."""
        wanted = name or self.name
        if speaks_patch(self.scene):
            changed = yield patch_group(self.scene, step, self.id, *operations, renames=name)
        else:
            yield read_group(self.scene, "current", self.id)
            changed = yield put_group(self.scene, step, self.id, wanted, members, renames=name)
        if changed.is_success:
            self.name = wanted
            self.taken += 1
        yield from self.look(f"after_{step}", *beside)

    def look(self, step: str, *beside: Step) -> Sending:
        """Read it, and remember whom it had; `beside` is asked at the same time."""
        looked = (yield Independent((read_group(self.scene, step, self.id), *beside))).at_once[0]
        with suppress(NotObserved):
            shown = get(looked.resource, "members")
            if looked.is_success:
                them = shown if isinstance(shown, list) else []
                self.shown.add(frozenset(str(get(each, "value")) for each in them))

    def mind(self, step: str) -> None:
        """NotObserved where changes were taken and the group stays what it was: they may have reached another group."""
        if self.taken and len(self.shown) == 1 and any(self.shown):
            why = "membership changes are answered with success and not to be seen, so they may have reached another group"
            raise NotObserved(step, why)

    def put_twice(self, step: str, first: Sequence[Member], second: Sequence[Member]) -> Sending:
        """Two pairs of GET and PUT back to back; the first can carry the old members (okta:LAB-KR2)."""
        yield read_group(self.scene, "current", self.id)
        yield put_group(self.scene, f"{step}_too_early", self.id, self.name, first)
        yield from self.change(step, second)


@act(
    title="Push a group",
    group="push groups",
    capability="push_groups",
    sends=(
        "GET /Groups",
        "GET /Groups/{id}",
        "POST /Groups",
        "PUT /Groups/{id}",
        "PATCH /Groups/{id}",
        "DELETE /Groups/{id}",
        "GET /Users/{id}",
        "PUT /Users/{id}",
    ),
)
def push_group(scene: Scene) -> Performance:
    """Look the name up, create the group, and change it as its key says: `empty`, `team`, `again`.

    Needs `push_user` of its members. Gives `id` and `name`. NotObserved where the name is taken already, since that
    group is not ours.
    """
    team = team_of(scene)
    ann, bob, cid = members = members_of(scene)
    before = scene.known.get("push_group:team")
    if team.key == "again" and before and before.name == team.display_name:
        raise NotObserved("push_group.rename", "did not free the name")
    at_first = {"empty": [], "team": [ann, bob]}.get(team.key, members)
    asked = look_up_group(scene, "lookup_new", team.display_name), read(scene, "member_before", ann.id)
    lookup, _ = (yield Independent(asked)).at_once
    if lookup.is_success and lookup.page.ids:
        raise NotObserved(lookup.step, "found a group where none of that name can be")
    created = yield create_group(scene, "create", team.display_name, at_first)
    group = Pushed(scene, id_of(created, created.resource), team.display_name)
    yield from group.look("after_create", look_up_group(scene, "lookup_again", group.name))
    if team.key == "team":
        yield from _through_all_changes(group, ann, bob, cid)
    elif team.key == "again" and speaks_patch(scene):
        yield from group.change("batch", [bob], *batch(ann, cid, bob))
    elif team.key == "empty":
        yield from group.change("fill", [ann, bob], add_all([ann, bob]))
        yield look_up_group(scene, "lookup_unaccented", group.name.replace("Zoë", "Zoe"))
        yield from _delete(group)
    yield read(scene, "member_after", ann.id)
    return SceneResult(id=group.id, name=group.name)


def _through_all_changes(group: Pushed, ann: Member, bob: Member, cid: Member) -> Sending:
    """Every shape of membership change; after each Okta and the target have to believe the same."""
    patches = speaks_patch(group.scene)
    yield from group.change("add", [ann, bob, cid], add_all([cid]))
    yield from group.change("add_again", [ann, bob, cid], add_all([cid]))
    if patches:
        yield from group.change("remove", [cid], remove_one(ann), remove_one(bob))
        yield from group.change("remove_again", [cid], remove_one(ann))
    else:
        yield from group.put_twice("remove", [ann, bob, cid], [cid])
    yield from group.change("swap", [ann, bob], remove_one(cid), add_all([ann, bob]))
    # From here on a change would cost another group its name or its members.
    group.mind("push_group.after_swap")
    nameless = [member._replace(display=None) for member in (ann, cid)]
    yield from group.change("push_now", nameless, replace_all([ann, cid]))
    within = yield read(group.scene, "member_within", ann.id)
    if not group.scene.profile.why_not("", "push_profile_updates", writes=True):
        # Force Sync in the midst of it: what the target showed goes back, the membership of this group included.
        shown = get(within.resource, "groups")
        ids = [get(each, "value") for each in shown] if isinstance(shown, list) else []
        ours = [Member(group.id, group.name).json()] if group.id in ids else []
        yield replace(group.scene, "push_member", ann.id, within.resource, ours)
        yield read_group(group.scene, "after_push_member", group.id)
    new_name = renamed(group.name)
    yield from group.change("rename", [ann, cid], name_it(group.id, new_name), name=new_name)
    if patches:
        yield from group.change("same_name", [ann, cid], name_it(group.id, new_name), name=new_name)
    yield from group.change("empty", [], replace_all([]))
    yield from group.change("fill", [ann, bob], add_all([ann, bob]))
    if patches:
        with_members = name_it(group.id, new_name, members=[])
        yield from group.change("empty_without_path", [], with_members, name=new_name)


def _delete(group: Pushed) -> Sending:
    yield delete_group(group.scene, "delete", group.id)
    deleted = read_group(group.scene, "deleted", group.id)
    yield Independent((deleted, look_up_group(group.scene, "lookup_deleted", group.name)))


def batch(one: Member, other: Member, back: Member) -> list[Operation]:
    """A hundred changes, each of somebody who is in or out as it needs; done in their order they leave one member."""
    out_and_in = [remove_one(one), remove_one(other), add_all([other]), add_all([one])]
    return [
        remove_one(back),
        *out_and_in * (BATCH // 4 - 1),
        remove_one(one),
        remove_one(other),
        add_all([back]),
    ]


def renamed(name: str) -> str:
    """The name that `push_group` gives a group it renames."""
    return f"{name} {Wording.RENAMED}"


def team_of(scene: Scene) -> Team:
    """The scene's group; a scene without one is our bug."""
    if scene.team is None:
        raise TypeError(f"{scene.act.name} needs a group")
    return scene.team


def members_of(scene: Scene) -> list[Member]:
    """The people of the team, under the ids Okta got for them."""
    known = [(person, scene.known[f"push_user:{person.key}"]) for person in team_of(scene).people]
    return [Member(pushed.id, person.user_name) for person, pushed in known]


def group_hit(listed: Exchange, display_name: str) -> Resource | None:
    """The group of that name on a list, in any letter case, or None. NotObserved for several: Okta could link any."""
    hits = [
        group for group in listed.resources if str(get(group, "displayName")).lower() == display_name.lower()
    ]
    if len(hits) > 1:
        raise NotObserved(listed.step, f"shows {len(hits)} groups of one name")
    return hits[0] if hits else None
