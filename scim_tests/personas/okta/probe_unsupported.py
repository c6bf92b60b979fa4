"""Not Okta's: what the profile says the target lacks is asked for once, so that it is seen and not only believed (--probe-unsupported).

Only the run's own user and a group of its own, empty, are written to. What is taken nevertheless is put back:
the name, the activity; the group is removed by the clean-up. The user is deleted last of all.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from scim_tests.model.act import Performance, Scene, Step, act
from scim_tests.model.entitlement_type import entitlement_types
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import PROBING, REMOVAL
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import Resource, get
from scim_tests.model.slots import PASSWORD_SLOT
from scim_tests.personas.okta.group_requests import create_group, list_groups, look_up_group, read_group
from scim_tests.personas.okta.ours import GROUPS
from scim_tests.personas.okta.push_group import team_of
from scim_tests.personas.okta.push_user import person_of
from scim_tests.personas.okta.requests import (
    delete,
    get_,
    patch,
    read,
    replace,
    set_active,
    speaks_patch,
    with_attributes,
)
from scim_tests.personas.okta.wording import Wording

Probing = Generator[Step, Exchange, None]
ASKED = f"-{Wording.ASKED}"


@dataclass
class Probe:
    """What is asked about, and how the target answered: by capability, whether all was refused, and in words."""

    scene: Scene
    user_id: str
    user: Resource  # as it was last read
    said: dict[str, list[str]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    absent: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def ask(self, capability: str, step: Step, words: str = "") -> Generator[Step, Exchange, Exchange]:
        """Send the step; how it was answered is kept, under `words` or its method. Gives the exchange."""
        heard = yield step
        self.said.setdefault(capability, []).append(
            f"{words or step.method} was answered {heard.answer.phrase}"
        )
        if heard.is_success:
            self.taken.add(capability)
        return heard

    def look(self, step: str) -> Generator[Step, Exchange, Exchange]:
        """Read the user; what cannot be read any more stays as it was."""
        shown = yield read(self.scene, step, self.user_id)
        self.user = shown.resource if shown.is_success else self.user
        return shown


@act(
    title="Ask for what the profile lacks",
    group="unsupported",
    capability=PROBING,
    sends=(
        "GET /Users/{id}",
        "PUT /Users/{id}",
        "PATCH /Users/{id}",
        "DELETE /Users/{id}",
        "GET /Groups",
        "GET /Groups/{id}",
        "POST /Groups",
        "GET /ResourceTypes",
    ),
)
def probe_unsupported(scene: Scene) -> Performance:
    """Ask for each capability that the profile lacks, of the user of `push_user` and a group of the scene's team.

    Gives of each whether it was refused and in which words (`limits`), and who is `absent` or `gone` after it.
    """
    user_id = scene.known[f"push_user:{person_of(scene).key}"].id
    shown = yield read(scene, "look", user_id)
    probe = Probe(scene, user_id, shown.resource)
    for capability, ask in PROBES.items():
        if capability in scene.profile.lacking:
            yield from ask(probe)
    limits = {each: (each not in probe.taken, "; ".join(said)) for each, said in probe.said.items()}
    return SceneResult(limits=limits, absent=tuple(probe.absent), gone=tuple(probe.gone))


def _list_groups(probe: Probe) -> Probing:
    size = probe.scene.profile.limits.page_size
    yield from probe.ask(
        "import_groups", list_groups(probe.scene, "groups", 1, size, bulky=True), "GET /Groups"
    )


def _list_roles(probe: Probe) -> Probing:
    """Okta looks for roles at what /ResourceTypes names, so where it names none there is nothing more to ask (okta:ENT)."""
    types = get_(probe.scene, "resource_types", "/ResourceTypes")
    listed = yield from probe.ask("entitlements", types, "GET /ResourceTypes")
    if listed.is_success and not entitlement_types(listed):
        probe.taken.discard("entitlements")
        probe.said["entitlements"].append("no roles or entitlements are among them")


def _push_group(probe: Probe) -> Probing:
    """An empty group, then by its id if it was made and by its name if it was not."""
    scene, name = probe.scene, team_of(probe.scene).display_name
    made = yield from probe.ask("push_groups", create_group(scene, "group", name, []), "POST /Groups")
    group_id = get(made.json, "id") if made.is_success and made.answer.body else None
    if isinstance(group_id, str) and group_id:
        yield read_group(scene, "after_group", group_id)
    else:
        found = yield look_up_group(scene, "group_by_name", name)
        if found.is_success and not found.page.ids:
            probe.absent.append(GROUPS + name)


def _push_profile(probe: Probe) -> Probing:
    """All that the target said, with another last name: an attribute that every user has, so a change would show."""
    scene, before = probe.scene, probe.user
    shown = str(get(before, "name", "familyName") or person_of(scene).family_name)
    name = shown.removesuffix(ASKED)  # which a run that was killed may have left
    other = name if name != shown else f"{name}{ASKED}"
    put = yield from probe.ask("push_profile_updates", _put_name(probe, "update", before, other))
    yield from probe.look("after_update")
    if put.is_success:
        yield _put_name(probe, "update_back", before, name)
        yield from probe.look("after_update_back")


def _put_name(probe: Probe, step: str, user: Resource, family_name: str) -> Step:
    name = with_attributes(get(user, "name") or {}, {"familyName": family_name})
    return replace(probe.scene, step, probe.user_id, with_attributes(user, {"name": name}))


def _push_password(probe: Probe) -> Probing:
    scene, value = probe.scene, {"password": PASSWORD_SLOT}
    pushed = (
        patch(scene, "password", probe.user_id, value)
        if speaks_patch(scene)
        else replace(scene, "password", probe.user_id, with_attributes(probe.user, value))
    )
    yield from probe.ask("sync_password", pushed)
    yield from probe.look("after_password")


def _deactivate(probe: Probe) -> Probing:
    """Whoever is inactive afterwards is made active again, which answers the next question too."""
    yield from _set_active(probe, "push_deactivation", active=False)
    if "reactivate" not in probe.scene.profile.missing and get(probe.user, "active") is False:
        yield from _reactivate(probe)


def _reactivate(probe: Probe) -> Probing:
    yield from _set_active(probe, "reactivate", active=True)


def _set_active(probe: Probe, capability: str, *, active: bool) -> Probing:
    """By PATCH, and where that is refused by PUT: an app of the catalogue may do either (okta:FAQ)."""
    scene, user_id = probe.scene, probe.user_id
    name = "activate" if active else "deactivate"
    put = replace(scene, f"{name}_by_put", user_id, with_attributes(probe.user, {"active": active}))
    ways = [set_active(scene, name, user_id, active=active), put] if speaks_patch(scene) else [put]
    for way in ways:
        if (yield from probe.ask(capability, way)).is_success:
            break
    yield from probe.look(f"after_{name}")


def _remove(probe: Probe) -> Probing:
    removed = yield from probe.ask(REMOVAL, delete(probe.scene, "delete", probe.user_id))
    after = yield from probe.look("after_delete")
    if removed.is_success and after.status in {404, 410}:
        probe.gone.append(probe.user_id)


PROBES: Mapping[str, Callable[[Probe], Probing]] = {
    "import_groups": _list_groups,
    "push_groups": _push_group,
    "entitlements": _list_roles,
    "push_profile_updates": _push_profile,
    "sync_password": _push_password,
    "push_deactivation": _deactivate,
    "reactivate": _reactivate,
    REMOVAL: _remove,
}
