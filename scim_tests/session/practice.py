"""The reference server with only what a profile has, so that what the profile's kind of app does can be practised."""

from pathlib import Path
from typing import TYPE_CHECKING

from scim_tests.model.profile import BASIC, REMOVAL, SPECIFICATION, Dialect, Profile

if TYPE_CHECKING:
    from reference_server.settings import Offer

READING = frozenset({"GET"})
CHANGES = {
    "push_profile_updates": "others",
    "push_deactivation": "active",
    "reactivate": "active",
    "sync_password": "password",
}


def offer(profile: Profile) -> "Offer":
    """What of SCIM a server has for this profile; it can be read as it likes, and is written to as the profile says.

    Activity is one attribute: who can take it away can give it back. Bulk, which Okta never sends, belongs to the RFCs.
    """
    from reference_server.settings import METHODS, Offer  # noqa: PLC0415 -- only who serves pays for it

    changes = frozenset(part for capability, part in CHANGES.items() if _has(profile, capability))
    groups = (
        METHODS
        if _has(profile, "push_groups")
        else READING
        if "import_groups" in profile.capabilities
        else frozenset()
    )
    return Offer(
        methods={"User": READING | _writing(profile, changes), "Group": groups},
        changes=changes,
        bulk=SPECIFICATION in profile.capabilities and not profile.lacking,
    )


def _has(profile: Profile, capability: str) -> bool:
    return profile.writes and capability in profile.capabilities


def _writing(profile: Profile, changes: frozenset[str]) -> frozenset[str]:
    """The methods by which users are written: a profile goes by PUT, all else in an app of the catalogue by PATCH."""
    by_patch = profile.dialect is Dialect.OIN
    asked = {
        "POST": _has(profile, "push_users"),
        "PUT": "others" in changes or (bool(changes) and not by_patch),
        "PATCH": by_patch and bool(changes - {"others"}),
        "DELETE": profile.writes and REMOVAL not in profile.lacking,
    }
    return frozenset(method for method, there in asked.items() if there)


def token_forms(profile: Profile) -> tuple[str, ...]:
    """The forms in which a token is taken; a name and a password, which are none, are logins."""
    return tuple(form for form in profile.authorization if form != BASIC)


def further_schemas(profile: Profile) -> Path | None:
    """The file with Okta's roles and entitlements, where the profile has them."""
    import reference_server  # noqa: PLC0415 -- only who serves pays for it

    file = Path(reference_server.__file__).parent / "further" / "okta_entitlements.json"
    return file if "entitlements" in profile.capabilities else None
