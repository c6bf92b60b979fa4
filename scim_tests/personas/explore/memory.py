"""All that a conversation knows of its places, and what may be said under its profile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scim_tests.model.act import Scene, Step
from scim_tests.model.conversation import CREATES, GROUP_CREATES, GROUPS, KINDS, PEOPLE, Move
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.model.scim import OTHERS, attribute
from scim_tests.personas.explore.known import Known

# What a name, an id, a group or a password is: each has a move of its own, or is never changed here.
KEPT = frozenset({"", "id", "username", "schemas", "meta", "password", *OTHERS})
OF_ACTIVITY = ("push_deactivation", "reactivate")
# The feature of Okta's that a kind belongs to; others write profiles, or groups, or only look.
FEATURES: Mapping[str, str] = {
    **dict.fromkeys((*CREATES - GROUP_CREATES, "delete"), "push_users"),
    "deactivate": OF_ACTIVITY[0],
    "activate": OF_ACTIVITY[1],
}


def kinds_of(profile: Profile) -> frozenset[str]:
    """The kinds of moves that are made under this profile."""
    return frozenset(name for name in KINDS if _may(profile, name))


def _may(profile: Profile, name: str) -> bool:
    kind = KINDS[name]
    if not kind.okta and not profile.speaks_at_large:
        return False
    if name in {"delete", "delete-group"} and profile.clean_up is not CleanUp.DELETE:
        return False
    if kind.of == "group" or name.endswith(("-group", "-groups")):
        return "push_groups" in profile.capabilities
    return FEATURES.get(name, "push_profile_updates" if kind.writes else "push_users") in profile.capabilities


@dataclass
class Memory:
    """Whom the places of a scene's conversation stand for."""

    scene: Scene
    people: list[Known] = field(default_factory=lambda: [Known() for _ in range(PEOPLE)])
    groups: list[Known] = field(default_factory=lambda: [Known() for _ in range(GROUPS)])

    def subject(self, move: Move) -> Known:
        """Whom a move is about."""
        return (self.groups if KINDS[move.kind].of == "group" else self.people)[move.who]

    def may_change(self, path: str) -> bool:
        """Whether a move may give the attribute another value."""
        named = attribute(path)
        return named not in KEPT and (named != "active" or self.scene.profile.enables(*OF_ACTIVITY))


Made = Step | None  # None where a move cannot be made
# Of a move, as a step of that name, and of whom it is about.
Making = Callable[[Memory, Move, str, Known], Made]
