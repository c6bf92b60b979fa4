"""Not Okta's: after the play the run removes what it created, if the profile allows it."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.model.scene_result import NOTHING, SceneResult
from scim_tests.model.scim import GONE, Json, Resource, get
from scim_tests.personas.okta.group_requests import delete_group
from scim_tests.personas.okta.last_look import LastLook
from scim_tests.personas.okta.ours import GROUPS, called, is_called, is_group, look_up_one, read_one
from scim_tests.personas.okta.push_group import group_hit
from scim_tests.personas.okta.push_user import hit, id_of
from scim_tests.personas.okta.requests import (
    delete,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)
from scim_tests.personas.okta.side_by_side import AT_ONCE, side_by_side

ACCEPTED = 202
STOPPED = (
    "a removal was answered with success and changed nothing, so a further one might reach somebody else"
)
Sending = Generator[Step, Exchange, None]
Removals = Generator[Step | Independent, Exchange, None]
Removal = Generator[Step, Exchange, str]


@act(
    title="Remove what the run created",
    group="push users",
    sends=(
        "GET /Users", "GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "GET /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def clean_up(scene: Scene) -> Performance:
    """Remove each entry of `scene.created`, groups first, after a GET has shown it as ours; then look at all of `scene.made`.

    Gives who is `left_behind`, with the reason, who was `absent`, and which ids are `gone`.
    """
    created, before = in_order(scene.created), scene.known.get(scene.act.name, NOTHING)
    known = {an_id: name for name, an_id in (*scene.made, *scene.created) if an_id}
    removing = _Removing(
        scene, why_nobody(scene.profile), known, reached={*before.reached}, stopped={*before.stopped}
    )
    if removing.unremoved:
        created = removing.without_users(created)
    yield from removing.remove_all(created)
    yield from removing.look_once_more()
    names = {name for name, _ in (*scene.made, *scene.created)}
    looking = LastLook(
        scene, names, removing.ids, removing.absent, removing.gone, removing.why, removing.answered
    )
    yield from looking.look()
    return SceneResult(
        ended_early=removing.unremoved,
        left_behind=tuple(looking.left),
        absent=tuple(looking.absent),
        gone=tuple(looking.gone),
        reached=tuple(removing.reached),
        stopped=tuple(removing.stopped),
    )


def in_order(created: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """By name, since the ledger's order hangs on which act was quicker; who may not be there at all comes last."""
    return sorted(created, key=lambda entry: (not is_group(entry[0]), not entry[1], *entry))


@dataclass
class _Removing:
    """Removes who is ours, and keeps who was not there, and what is known of removals."""

    scene: Scene
    unremoved: str  # why users stay; empty where they are removed
    ids: dict[str, str]  # all that are known, each with its name
    why: dict[str, str] = field(
        default_factory=dict
    )  # it was not removed: by id, by name where no id is known
    answered: dict[str, str] = field(default_factory=dict)  # its DELETE, by id
    absent: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    # Of groups (True) and of users: whether DELETE was seen to reach one, which is enough; whether it may reach others.
    reached: set[bool] = field(default_factory=set)
    stopped: set[bool] = field(default_factory=set)
    _done: set[str] = field(default_factory=set)
    _was_active: Json = None  # who was looked at last
    # Whom a GET showed yet, although DELETE was answered with success: ids with names.
    _doubted: dict[str, str] = field(default_factory=dict)
    _waiting: list[tuple[str, str]] = field(default_factory=list)  # until it is known whether it may

    def without_users(self, created: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Groups are removed by any profile that makes them; who has no id may not be there at all."""
        self.why |= {an_id: self.unremoved for name, an_id in created if an_id and not is_group(name)}
        return [(name, an_id) for name, an_id in created if not an_id or is_group(name)]

    def remove_all(self, created: Sequence[tuple[str, str]]) -> Removals:
        """One after the other until DELETE was seen to reach one; from then on several at once."""
        for group in (True, False):
            left = [each for each in created if is_group(each[0]) is group]
            while left and self._may_reach_others(group=group):
                yield from self.remove(*left.pop(0))
            for first in range(0, len(left), AT_ONCE):
                yield from side_by_side(self.remove(*each) for each in left[first : first + AT_ONCE])

    def _may_reach_others(self, *, group: bool) -> bool:
        """Whether the next DELETE may be the first to show that it does."""
        deletes = group or self.scene.profile.clean_up is CleanUp.DELETE
        return deletes and group not in self.reached | self.stopped

    def remove(self, name: str, known_id: str) -> Sending:
        """Remove one, if the target shows it as ours."""
        an_id = known_id
        try:
            an_id = yield from self._shown_id(name, known_id)
            if not an_id:
                self.absent.append(name)
                self.gone += [known_id] if known_id else []
            if not an_id or an_id in self._done:
                return
            self._done.add(an_id)
            self.ids.setdefault(an_id, name)
            if is_group(name) in self.stopped:
                self._waiting.append((name, an_id))
                return
            why = yield from self._take_away(name, an_id)
        except NotObserved as unseen:
            why = str(unseen)
        if why:
            self.why[an_id or name] = why

    def look_once_more(self) -> Removals:
        """Some targets are slow to remove, or to tell: then those go, too, who had to wait."""
        for an_id, name in self._doubted.items():
            with suppress(NotObserved):
                if not (yield from _shown_still(self.scene, name, an_id)):
                    self.stopped.discard(is_group(name))
                    self.reached.add(is_group(name))
        self.why |= {an_id: STOPPED for name, an_id in self._waiting if is_group(name) in self.stopped}
        waiting = [each for each in self._waiting if is_group(each[0]) not in self.stopped]
        self._done -= {an_id for _, an_id in waiting}
        yield from self.remove_all(waiting)

    def _shown_id(self, name: str, known_id: str) -> Removal:
        """The id under which the target shows what is to be removed, right before it is; empty where nobody is there.

        Whom it does not show under the id that we know is looked up by name. NotObserved where it shows somebody else.
        """
        shown = (yield from self._look(name, known_id)) if known_id else None
        if shown:
            return known_id
        found = yield from _find(self.scene, name)
        if found and found not in self._done and not (yield from self._look(name, found)):
            raise NotObserved("", "a lookup shows it, but not a GET by its id")
        if shown is False and not found:
            raise NotObserved("", "the target shows somebody else under its id")
        return found

    def _look(self, name: str, an_id: str) -> Generator[Step, Exchange, bool | None]:
        """Have the target show whose id it is: whether it is ours; None where nobody is there.

        The wire refuses the write where that is not proven. NotObserved where it shows no name at all.
        """
        shown = yield read_one(self.scene, "look_group" if is_group(an_id) else "look", an_id)
        if shown.status in GONE:
            return None
        if not shown.is_success:
            raise NotObserved(shown.step, f"answered {shown.answer.phrase}")
        if not called(shown.resource, an_id):
            known = f"the run knows it as {name.removeprefix(GROUPS)}: look, and remove it by hand"
            raise NotObserved(shown.step, f"showed no name, so it may be somebody else; {known}")
        self._was_active = get(shown.resource, "active")
        return is_called(name, shown.resource, an_id)

    def _take_away(self, name: str, an_id: str) -> Removal:
        """Remove one user or group that is ours; says why it is still there, or nothing."""
        group = is_group(name)
        if group:
            deleted = yield delete_group(self.scene, "delete_group", an_id.removeprefix(GROUPS))
        elif self.unremoved:
            return self.unremoved
        elif self.scene.profile.clean_up is CleanUp.DELETE:
            deleted = yield delete(self.scene, "delete", an_id)
        else:
            return (yield from _deactivate(self.scene, an_id, "the profile says users cannot be deleted"))
        if deleted.is_success or deleted.status in GONE:
            self.answered[an_id] = deleted.answer.phrase
            yield from self._doubt(name, an_id, deleted)
            return ""
        why = f"DELETE answered {deleted.answer.phrase}"
        return why if group else (yield from _deactivate(self.scene, an_id, why))

    def _doubt(self, name: str, an_id: str, deleted: Exchange) -> Sending:
        """Look whether it is gone, until DELETE was seen to reach one; where it is there as before, none is sent any more."""
        group = is_group(name)
        if group in self.reached:
            return
        shown, found = (yield from _shown_still(self.scene, name, an_id)), ""
        if shown or not group:
            with suppress(NotObserved):
                now = f"{GROUPS if group else ''}{called(shown, an_id)}" if shown else name
                found = yield from _find(self.scene, now, "find_deleted")
        active = get(shown, "active")
        if not shown or (active is False and self._was_active is not False):  # some only deactivate
            self.reached.add(group)
            return
        self._doubted[an_id] = name
        if found == an_id and active == self._was_active and deleted.status != ACCEPTED:
            self.stopped.add(group)


def why_nobody(profile: Profile) -> str:
    """Why users stay; empty where they are removed."""
    if profile.clean_up is not CleanUp.NOTHING:
        return ""
    return profile.reasons.get("clean_up", "the profile says users cannot be removed")


def _find(scene: Scene, name: str, step: str = "find") -> Removal:
    """The id that a lookup by name shows; empty when nobody is there."""
    if is_group(name):
        listed = yield look_up_one(scene, "lookup_group", name)
        group = None if listed.status == 404 else group_hit(listed, name.removeprefix(GROUPS))
        return GROUPS + id_of(listed, group) if group else ""
    lookup = yield look_up_one(scene, step, name)
    found = hit(lookup, name)
    return id_of(lookup, found) if found else ""


def _shown_still(scene: Scene, name: str, an_id: str) -> Generator[Step, Exchange, Resource | None]:
    """Whom we have just removed, if shown by id and by no other name: an id may be somebody else's now."""
    shown = yield read_one(scene, "look_group_again" if is_group(an_id) else "read_deleted", an_id)
    return shown.resource if shown.is_success and is_called(name, shown.resource, an_id) else None


def _deactivate(scene: Scene, user_id: str, why: str) -> Removal:
    """Where a user cannot be deleted."""
    if speaks_patch(scene):
        done = yield set_active(scene, "deactivate", user_id, active=False)
    else:
        shown = yield read(scene, "read", user_id)
        done = yield replace(scene, "deactivate", user_id, with_attributes(shown.resource, {"active": False}))
    if not done.is_success:
        raise NotObserved(done.step, f"answered {done.answer.phrase}, so the user is still active")
    return f"deactivated, not removed: {why}"
