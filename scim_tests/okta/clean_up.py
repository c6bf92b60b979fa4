"""Not Okta's: after the play, whom the run created is removed again, as far as the profile allows."""

from collections.abc import Container, Generator
from contextlib import suppress

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, Unseen
from scim_tests.model.names import mark
from scim_tests.model.profile import CleanUp
from scim_tests.model.scim import Json, get
from scim_tests.okta.group_requests import delete_group, look_up_group, read_group
from scim_tests.okta.push_group import group_hit
from scim_tests.okta.push_user import hit, id_of
from scim_tests.okta.requests import delete, look_up, read, replace, set_active, speaks_patch, with_attributes

LEFT = "left"  # under this key the scene knows whom the ledger holds: (userName, id or "") pairs
GROUPS = "/Groups/"  # with this the ledger's names and ids of groups begin
GONE = frozenset({404, 410})
Removal = Generator[Step, Exchange, str]
Left = tuple[str, str, str]  # a name, an id, and why it is still there


@act(
    title="Remove whom the run created",
    story="push users",
    sends=(
        "GET /Users", "GET /Users/{id}", "PATCH /Users/{id}", "PUT /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "GET /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def clean_up(scene: Scene) -> Performance:
    created = sorted(scene.known["ledger"][LEFT], key=lambda entry: not is_group(entry[0]))
    still_there: list[Left] = []
    absent: list[str] = []
    gone: list[str] = []
    learnt: dict[str, object] = {"left_behind": still_there, "absent": absent, "gone": gone}
    unremoved = _why_nobody(scene)
    if unremoved:  # groups are removed by any profile that makes them; who has no id may not be there at all
        still_there += [(name, an_id, unremoved) for name, an_id in created if an_id and not is_group(name)]
        created = [(name, an_id) for name, an_id in created if not an_id or is_group(name)]
        learnt["ended_early"] = unremoved
    believed: set[bool] = set()  # of groups and of users: whether one was seen to be gone, which is enough
    doubted: list[Left] = []  # of whom DELETE was answered with success, and a GET showed them yet
    done: set[str] = set()
    for name, known_id in created:
        an_id = known_id
        try:
            an_id = yield from _shown_id(scene, name, known_id, done)
            if not an_id:
                absent.append(name)
                gone += [known_id] if known_id else []
            if not an_id or an_id in done:
                continue
            done.add(an_id)
            group = is_group(name)
            why = yield from _take_away(scene, name, an_id, unremoved)
            if not why and group not in believed:
                if (yield from _is_shown_still(scene, name, an_id)):
                    doubted.append(
                        (name, an_id, "DELETE was answered with success, but it can still be read")
                    )
                else:
                    believed.add(group)
                    if not group:
                        yield look_up(scene, "find_deleted", name)
        except Unseen as unseen:
            why = str(unseen)
        if why:
            still_there.append((name, an_id, why))
    remaining = yield from _not_gone_yet(scene, doubted)
    still_there += remaining
    gone += [left[1] for left in doubted if left not in remaining]
    return learnt


def _why_nobody(scene: Scene) -> str:
    """Why users stay; empty where they are removed."""
    if scene.profile.clean_up is not CleanUp.NOTHING:
        return ""
    return scene.profile.reasons.get("clean_up", "the profile says users cannot be removed")


def is_group(name: str) -> bool:
    """Whether an entry of the ledger is about a group. Groups go first, while their members are there."""
    return name.startswith(GROUPS)


def _shown_id(scene: Scene, name: str, known_id: str, done: Container[str]) -> Removal:
    """The id under which the target shows what is to be removed, right before it is; empty where nobody is there.

    Whom it does not show under the id that we know is looked up by name. Unseen where it shows somebody else.
    """
    shown = (yield from _look(scene, name, known_id)) if known_id else None
    if shown:
        return known_id
    found = yield from _find(scene, name)
    if found and found not in done and not (yield from _look(scene, name, found)):
        raise Unseen("", "a lookup shows it, but not a GET by its id")
    if shown is False and not found:
        raise Unseen("", "the target shows somebody else under its id")
    return found


def _find(scene: Scene, name: str) -> Removal:
    """The id that a lookup by name shows; empty when nobody is there."""
    if is_group(name):
        display_name = name.removeprefix(GROUPS)
        listed = yield look_up_group(scene, "lookup_group", display_name)
        group = None if listed.status == 404 else group_hit(listed, display_name)
        return GROUPS + id_of(listed, group) if group else ""
    lookup = yield look_up(scene, "find", name)
    found = hit(lookup, name)
    return id_of(lookup, found) if found else ""


def _look(scene: Scene, name: str, an_id: str) -> Generator[Step, Exchange, bool | None]:
    """Have the target show whose id it is: whether it is ours; None where nobody is there.

    The wire refuses the write where that is not proven. Unseen where it shows no name at all.
    """
    shown = yield _read(scene, "look_group" if is_group(an_id) else "look", an_id)
    if shown.status in GONE:
        return None
    if not shown.is_success:
        raise Unseen(shown.step, f"answered {shown.answer.phrase}")
    if not isinstance(_name(shown, an_id), str):
        raise Unseen(shown.step, "showed no name, so it may be somebody else")
    return _is_called(name, shown, an_id)


def _is_shown_still(scene: Scene, name: str, an_id: str) -> Generator[Step, Exchange, bool]:
    """Whether whom we have just removed is shown yet, by id and by no other name: an id may be somebody else's now."""
    group = is_group(an_id)
    shown = yield _read(scene, "look_group_again" if group else "read_deleted", an_id)
    return shown.is_success and _is_called(name, shown, an_id)


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


def _not_gone_yet(scene: Scene, doubted: list[Left]) -> Generator[Step, Exchange, list[Left]]:
    """Who is shown even now: some targets are slow to remove, or to tell."""
    remain = []
    for name, an_id, why in doubted:
        with suppress(Unseen):
            if not (yield from _is_shown_still(scene, name, an_id)):
                continue
        remain.append((name, an_id, why))
    return remain


def _take_away(scene: Scene, name: str, an_id: str, unremoved: str) -> Removal:
    """Remove one user or group; says why it is still there, or nothing."""
    if is_group(name):
        return (yield from _delete_group(scene, an_id.removeprefix(GROUPS)))
    return unremoved or (yield from _remove(scene, an_id))


def _delete_group(scene: Scene, group_id: str) -> Removal:
    """Delete one group, as Okta does; says why it is still there, or nothing."""
    deleted = yield delete_group(scene, "delete_group", group_id)
    is_done = deleted.is_success or deleted.status in GONE
    return "" if is_done else f"DELETE answered {deleted.answer.phrase}"


def _remove(scene: Scene, user_id: str) -> Removal:
    """Remove one user; says why the user is still there, or nothing."""
    why = "the profile says users cannot be deleted"
    if scene.profile.clean_up is CleanUp.DELETE:
        deleted = yield delete(scene, "delete", user_id)
        if deleted.is_success or deleted.status in GONE:
            return ""
        why = f"DELETE answered {deleted.answer.phrase}"
    yield from _deactivate(scene, user_id)
    return f"deactivated, not removed: {why}"


def _deactivate(scene: Scene, user_id: str) -> Generator[Step, Exchange, None]:
    if speaks_patch(scene):
        done = yield set_active(scene, "deactivate", user_id, active=False)
    else:
        shown = yield read(scene, "read", user_id)
        done = yield replace(scene, "deactivate", user_id, with_attributes(shown.resource, {"active": False}))
    if not done.is_success:
        raise Unseen(done.step, f"answered {done.answer.phrase}, so the user is still active")
