"""Not Okta's: after the play, whom the run created is removed again, as far as the profile allows."""

from collections.abc import Container, Generator

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, Unseen
from scim_tests.model.profile import CleanUp
from scim_tests.model.scim import get
from scim_tests.okta.group_requests import delete_group, look_up_group, read_group
from scim_tests.okta.push_group import group_hit
from scim_tests.okta.push_user import hit, id_of
from scim_tests.okta.requests import delete, look_up, read, replace, set_active, speaks_patch, with_attributes

LEFT = "left"  # under this key the scene knows whom the ledger holds: (userName, id or "") pairs
GROUPS = "/Groups/"  # with this the ledger's names and ids of groups begin
GONE = frozenset({404, 410})
Removal = Generator[Step, Exchange, str]


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
    still_there: list[tuple[str, str, str]] = []
    absent: list[str] = []
    gone: list[str] = []
    learnt: dict[str, object] = {"left_behind": still_there, "absent": absent, "gone": gone}
    unremoved = _why_nobody(scene)
    if unremoved:  # groups are removed by any profile that makes them; who has no id may not be there at all
        still_there += [(name, an_id, unremoved) for name, an_id in created if an_id and not is_group(name)]
        created = [(name, an_id) for name, an_id in created if not an_id or is_group(name)]
        learnt["ended_early"] = unremoved
    believed: set[bool] = set()  # of groups and of users: whether one was seen to be gone, which is enough
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
            if group:
                why = yield from _delete_group(
                    scene, an_id.removeprefix(GROUPS), verify=group not in believed
                )
            else:
                why = unremoved or (yield from _remove(scene, an_id, "" if group in believed else name))
            if not why:
                believed.add(group)
        except Unseen as unseen:
            why = str(unseen)
        if why:
            still_there.append((name, an_id, why))
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

    Whom it does not show under the id that we know is looked up by name.
    """
    if known_id and (yield from _look(scene, known_id)):
        return known_id
    found = yield from _find(scene, name)
    if found and found not in done and not (yield from _look(scene, found)):
        raise Unseen("", "a lookup shows it, but not a GET by its id")
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


def _look(scene: Scene, an_id: str) -> Generator[Step, Exchange, bool]:
    """Have the target show whose id it is; the wire refuses the write where that is not proven ours.

    Unseen where it shows no name at all.
    """
    group = is_group(an_id)
    shown = (
        yield read_group(scene, "look_group", an_id.removeprefix(GROUPS))
        if group
        else read(scene, "look", an_id)
    )
    if shown.status in GONE:
        return False
    if not shown.is_success:
        raise Unseen(shown.step, f"answered {shown.answer.phrase}")
    if not isinstance(get(shown.resource, "displayName" if group else "userName"), str):
        raise Unseen(shown.step, "showed no name, so it may be somebody else")
    return True


def _delete_group(scene: Scene, group_id: str, *, verify: bool) -> Removal:
    """Delete one group, as Okta does; says why it is still there, or nothing."""
    deleted = yield delete_group(scene, "delete_group", group_id)
    if not deleted.is_success and deleted.status not in GONE:
        return f"DELETE answered {deleted.answer.phrase}"
    if verify and (yield read_group(scene, "look_group_again", group_id)).is_success:
        return f"DELETE answered {deleted.answer.phrase}, but the group can still be read"
    return ""


def _remove(scene: Scene, user_id: str, looked_for: str) -> Removal:
    """Remove one user; says why the user is still there, or nothing. Whose name is given is looked for afterwards."""
    why = "the profile says users cannot be deleted"
    if scene.profile.clean_up is CleanUp.DELETE:
        deleted = yield delete(scene, "delete", user_id)
        if deleted.is_success or deleted.status in GONE:
            if not looked_for:
                return ""
            if (yield read(scene, "read_deleted", user_id)).is_success:
                return f"DELETE answered {deleted.answer.phrase}, but the user can still be read"
            if deleted.is_success:
                yield look_up(scene, "find_deleted", looked_for)
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
