"""Not Okta's: after the play the run removes what it created, if the profile allows it."""

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass, field

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.names import mark
from scim_tests.model.profile import CleanUp
from scim_tests.model.scene_result import Left, SceneResult
from scim_tests.model.scim import Json, get
from scim_tests.personas.okta.group_requests import delete_group, look_up_group, read_group
from scim_tests.personas.okta.push_group import group_hit
from scim_tests.personas.okta.push_user import hit, id_of
from scim_tests.personas.okta.requests import (
    delete,
    look_up,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)

GROUPS = "/Groups/"  # with this the ledger's names and ids of groups begin
GONE = frozenset({404, 410})
ACCEPTED = 202
STOPPED = (
    "a removal was answered with success and changed nothing, so a further one might reach somebody else"
)
Sending = Generator[Step, Exchange, None]
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
    """Remove each entry of `scene.created`, groups first, after a GET has shown it as ours.

    Gives who is `left_behind`, with the reason, who was `absent`, and which ids are `gone`.
    """
    # By name, since the ledger's order hangs on which act was quicker; who may not be there at all comes last.
    created = sorted(scene.created, key=lambda entry: (not is_group(entry[0]), not entry[1], *entry))
    removing = _Removing(scene, _why_nobody(scene))
    if removing.unremoved:
        created = removing.without_users(created)
    for name, known_id in created:
        yield from removing.remove(name, known_id)
    yield from removing.look_once_more()
    return SceneResult(
        ended_early=removing.unremoved,
        left_behind=tuple(removing.left),
        absent=tuple(removing.absent),
        gone=tuple(removing.gone),
    )


@dataclass
class _Removing:
    """Removes one after the other, and keeps who is left, who was not there, and what is known of removals."""

    scene: Scene
    unremoved: str  # why users stay; empty where they are removed
    left: list[Left] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    _done: set[str] = field(default_factory=set)
    _was_active: Json = None  # who was looked at last
    # Whom a GET showed yet, although DELETE was answered with success.
    _doubted: list[Left] = field(default_factory=list)
    # Of groups (True) and of users: whether one was seen to be gone, which is enough; whether DELETE may reach others.
    _believed: set[bool] = field(default_factory=set)
    _stopped: set[bool] = field(default_factory=set)
    _waiting: list[tuple[str, str]] = field(default_factory=list)  # until it is known whether it may

    def without_users(self, created: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Groups are removed by any profile that makes them; who has no id may not be there at all."""
        self.left += [
            (name, an_id, self.unremoved) for name, an_id in created if an_id and not is_group(name)
        ]
        return [(name, an_id) for name, an_id in created if not an_id or is_group(name)]

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
            if is_group(name) in self._stopped:
                self._waiting.append((name, an_id))
                return
            why = yield from self._take_away(name, an_id)
        except NotObserved as unseen:
            why = str(unseen)
        if why:
            self.left.append((name, an_id, why))

    def look_once_more(self) -> Sending:
        """Some targets are slow to remove, or to tell: then those go, too, who had to wait."""
        for name, an_id, why in self._doubted:
            with suppress(NotObserved):
                if not (yield from _shown_still(self.scene, name, an_id)):
                    self.gone.append(an_id)
                    self._stopped.discard(is_group(name))
                    self._believed.add(is_group(name))
                    continue
            self.left.append((name, an_id, why))
        waiting, self._waiting = self._waiting, []
        for name, an_id in waiting:
            if is_group(name) in self._stopped:
                self.left.append((name, an_id, STOPPED))
            else:
                self._done.discard(an_id)
                yield from self.remove(name, an_id)

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
        shown = yield _read(self.scene, "look_group" if is_group(an_id) else "look", an_id)
        if shown.status in GONE:
            return None
        if not shown.is_success:
            raise NotObserved(shown.step, f"answered {shown.answer.phrase}")
        if not isinstance(_name(shown, an_id), str):
            raise NotObserved(shown.step, "showed no name, so it may be somebody else")
        self._was_active = get(shown.resource, "active")
        return _is_called(name, shown, an_id)

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
            yield from self._doubt(name, an_id, deleted)
            return ""
        why = f"DELETE answered {deleted.answer.phrase}"
        return why if group else (yield from _deactivate(self.scene, an_id, why))

    def _doubt(self, name: str, an_id: str, deleted: Exchange) -> Sending:
        """Look whether it is gone, until one was; where it is there as before, DELETE is not trusted any more."""
        group = is_group(name)
        if group in self._believed:
            return
        shown, found = (yield from _shown_still(self.scene, name, an_id)), ""
        if shown or not group:
            called = f"{GROUPS if group else ''}{_name(shown, an_id)}" if shown else name
            with suppress(NotObserved):
                found = yield from _find(self.scene, called, "find_deleted")
        if not shown:
            self._believed.add(group)
            return
        self._doubted.append(
            (name, an_id, f"DELETE answered {deleted.answer.phrase}, but it can still be read")
        )
        is_as_it_was = found == an_id and get(shown.resource, "active") == self._was_active
        if is_as_it_was and deleted.status != ACCEPTED:
            self._stopped.add(group)


def _why_nobody(scene: Scene) -> str:
    """Why users stay; empty where they are removed."""
    if scene.profile.clean_up is not CleanUp.NOTHING:
        return ""
    return scene.profile.reasons.get("clean_up", "the profile says users cannot be removed")


def is_group(name: str) -> bool:
    """Whether an entry of the ledger is about a group. Groups go first, while their members are there."""
    return name.startswith(GROUPS)


def _find(scene: Scene, name: str, step: str = "find") -> Removal:
    """The id that a lookup by name shows; empty when nobody is there."""
    if is_group(name):
        display_name = name.removeprefix(GROUPS)
        listed = yield look_up_group(scene, "lookup_group", display_name)
        group = None if listed.status == 404 else group_hit(listed, display_name)
        return GROUPS + id_of(listed, group) if group else ""
    lookup = yield look_up(scene, step, name)
    found = hit(lookup, name)
    return id_of(lookup, found) if found else ""


def _shown_still(scene: Scene, name: str, an_id: str) -> Generator[Step, Exchange, Exchange | None]:
    """What shows whom we have just removed, by id and by no other name: an id may be somebody else's now."""
    shown = yield _read(scene, "look_group_again" if is_group(an_id) else "read_deleted", an_id)
    return shown if shown.is_success and _is_called(name, shown, an_id) else None


def _read(scene: Scene, step: str, an_id: str) -> Step:
    group = is_group(an_id)
    return read_group(scene, step, an_id.removeprefix(GROUPS)) if group else read(scene, step, an_id)


def _name(shown: Exchange, an_id: str) -> Json:
    return get(shown.resource, "displayName" if is_group(an_id) else "userName")


def _is_called(name: str, shown: Exchange, an_id: str) -> bool:
    """Whether it has that name, or bears the same run's mark."""
    wanted, called = name.removeprefix(GROUPS), _name(shown, an_id)
    its_mark = mark(wanted)
    if not isinstance(called, str):
        return False
    return its_mark in called.lower() if its_mark else called.casefold() == wanted.casefold()


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
