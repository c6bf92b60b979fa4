"""The reference server with only what a profile has, so that what the profile's kind of app does can be practised."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scim_tests.model.profile import BASIC, REMOVAL, SPECIFICATION, CleanUp, Dialect, Profile

if TYPE_CHECKING:
    from reference_server.settings import Offer, Settings

READING = frozenset({"GET"})
CHANGES = {
    "push_profile_updates": "others",
    "push_deactivation": "active",
    "reactivate": "active",
    "sync_password": "password",
}


@contextmanager
def practising(
    profile: Profile, around: Callable[[Any], Any], *, people: int = 0
) -> Iterator[tuple[str, str]]:
    """Such a server, bent by what stands `around` it, with made-up people; gives its base URL and the token it takes."""
    from reference_server.running import running  # noqa: PLC0415 -- only who serves pays for it
    from reference_server.settings import Login, Token  # noqa: PLC0415

    token = secrets.token_urlsafe(24)
    by_name = BASIC in profile.authorization
    chosen = replace(
        settings(profile),
        tokens=() if by_name else (Token(token),),
        logins=(Login("okta", token),) if by_name else (),
    )
    with running(chosen, around=around, seed_users=people) as server:
        yield server.base_url, f"okta:{token}" if by_name else token


def said(fault: str) -> str:
    """What is wrong with a server that has this fault, in a sentence. KeyError for one that there is not."""
    from reference_server.faults import faults  # noqa: PLC0415 -- only who serves pays for it

    return faults()[fault].says()


def settings(profile: Profile) -> "Settings":
    """Those of a server that has only what the profile has, and takes the token in the forms in which it is sent.

    A name and a password are no token, but a login.
    """
    from reference_server.settings import Settings  # noqa: PLC0415 -- only who serves pays for it

    forms = tuple(form for form in profile.authorization if form != BASIC)
    return Settings(offer=offer(profile), token_forms=forms, schema_file=further_schemas(profile))


def offer(profile: Profile) -> "Offer":
    """What of SCIM a server has for this profile; it can be read as it likes, and is written to as the profile says.

    Activity is one attribute: who can take it away can give it back. Bulk, which Okta never sends, belongs to the RFCs.
    """
    from reference_server.settings import METHODS, Offer  # noqa: PLC0415 -- only who serves pays for it

    changes = frozenset(part for capability, part in CHANGES.items() if _has(profile, capability))
    if profile.clean_up is CleanUp.DEACTIVATE and profile.writes:
        changes |= {"active"}
    readable = READING if "import_groups" in profile.capabilities else frozenset()
    return Offer(
        methods={
            "User": READING | _writing(profile, changes),
            "Group": METHODS if _has(profile, "push_groups") else readable,
        },
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


def further_schemas(profile: Profile) -> Path | None:
    """The file with Okta's roles and entitlements, where the profile has them."""
    import reference_server  # noqa: PLC0415 -- only who serves pays for it

    file = Path(reference_server.__file__).parent / "further" / "okta_entitlements.json"
    return file if "entitlements" in profile.capabilities else None
