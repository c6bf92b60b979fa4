"""To App: which features are enabled, what will happen then, and the agreement without which nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests import profiles
from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.model.profile import DEFAULT_PROFILE, SPECIFICATION, Cost, Profile
from scim_tests.session.intent import Intent, intended
from scim_tests.session.run import prepare, profile_of
from scim_tests.ui.command import KEY, command
from scim_tests.ui.desk import Desk
from scim_tests.ui.forms import Form, read
from scim_tests.ui.templating import desk_of, redirect, shown

# As Okta's admin console has them (okta:H-PROV): where, and of each box its capability, its name and what it does.
BOXES = (
    (
        "To App",
        (
            ("push_users", "Create Users", "Whoever is assigned is looked up, and linked or created."),
            ("push_profile_updates", "Update User Attributes", "A profile that changes in Okta is pushed."),
            ("push_deactivation", "Deactivate Users", "Whoever is unassigned becomes inactive."),
            (
                "reactivate",
                "Reactivate Users",
                "Whoever is assigned again becomes active. In Okta this has no box of its own: it needs Deactivate Users.",
            ),
            ("sync_password", "Sync Password", "A password that changes in Okta is pushed."),
        ),
    ),
    (
        "Import",
        (
            ("import_users", "Import Users", "All users of the app are listed, to be matched in Okta."),
            ("import_groups", "Import Groups", "All its groups are listed."),
        ),
    ),
    ("Push Groups", (("push_groups", "Push Groups", "Groups are created, filled, renamed and deleted."),)),
    ("Governance", (("entitlements", "Entitlements", "Roles and entitlements are listed."),)),
    (
        "Beyond Okta",
        ((SPECIFICATION, "The RFCs", "What other clients of SCIM may send and Okta does not."),),
    ),
)
CHANGED = UsageError(
    "changed",
    "What will happen is no longer what was shown.",
    "Nothing was sent. It is shown anew below: read it, and agree to that.",
)
BUNDLED = "the bundled server, which is started for the run"
ENDS_HERE = Cost("Nothing: this server is on this machine, and ends with this page.")
NOT_AGREED = "Agree to what is said above first: nothing is sent before."


# What the first of them is under a profile that writes nothing.
LOOK_UP = ("push_users", "Look users up", "Whoever would be assigned is looked up; nobody is created.")


@dataclass(frozen=True)
class Box:
    """A feature of Okta's; `why` says what keeps it from being chosen. One that goes along with another is `kept` for later."""

    capability: str
    name: str
    says: str
    ticked: bool
    why: str
    kept: bool


async def to_app(request: Request) -> Response:
    """What is chosen, and what will happen then."""
    desk = desk_of(request)
    if not _where(desk):
        return redirect(request, "/where")
    return _page(request, _chosen(desk))


async def choose(request: Request) -> Response:
    """Take the choices, and show what will happen now."""
    form = await read(request)
    if not _where(desk_of(request)):
        return redirect(request, "/where")
    if not _take(desk_of(request), form):
        return _page(request, form, status=422)
    return redirect(request, "/to-app")


async def agree(request: Request) -> Response:
    """Begin the run that was agreed to, and no other."""
    form, desk = await read(request), desk_of(request)
    if not _where(desk):
        return redirect(request, "/where")
    if not _take(desk, form):
        return _page(request, form, status=422)
    if form.first("digest") != _intent(desk).digest:
        return _page(request, _chosen(desk), status=409, trouble=CHANGED)
    if form.first("agreed") != "yes":
        form.wrong["agreed"] = NOT_AGREED
        return _page(request, form, status=422)
    try:
        prepared = prepare(replace(desk.options, yes=True))
        intent = intended(prepared.options, prepared.profile, _where(desk))
        if intent.digest != form.first("digest"):
            raise CHANGED
        desk.play(prepared)
    except ScimTestsError as error:
        return _page(request, _chosen(desk), status=409, trouble=error)
    return redirect(request, "/run")


def _page(request: Request, form: Form, *, status: int = 200, **more: Any) -> Response:
    desk = desk_of(request)
    profile, intent = profile_of(desk.options), _intent(desk)
    return shown(
        request,
        "to_app.html",
        status=status,
        form=form,
        profile=profile,
        boxes=list(_boxes(desk, profile)),
        own_domain=profiles.load(desk.options.profile or DEFAULT_PROFILE).email_domain,
        intent=intent,
        costs=(ENDS_HERE,) if intent.costs and desk.is_practising else intent.costs,
        key=KEY,
        command=command(desk.options),
        **more,
    )


def _intent(desk: Desk) -> Intent:
    return intended(desk.options, profile_of(desk.options), _where(desk))


def _where(desk: Desk) -> str:
    """The base URL, or the bundled server, where a run of it is played again; empty where nothing is chosen."""
    return desk.options.target_url or (BUNDLED if desk.options.reference else "")


def _chosen(desk: Desk) -> Form:
    return Form({"email_domain": [desk.options.email_domain or ""]})


def _boxes(desk: Desk, profile: Profile) -> Iterator[tuple[str, list[Box]]]:
    """The boxes by where they stand; those that are no feature of Okta's only where the profile has them."""
    for place, features in BOXES:
        has = [
            each
            for each in features
            if each[0] != SPECIFICATION or each[0] in profile.capabilities | profile.without
        ]
        if has:
            told = has if profile.writes else [LOOK_UP if each[0] == LOOK_UP[0] else each for each in has]
            yield place, [_box(desk, profile, *each) for each in told]


def _box(desk: Desk, profile: Profile, capability: str, name: str, says: str) -> Box:
    ticked = capability in profile.capabilities
    taken_along = capability in profile.without and capability not in desk.options.without
    why = ""
    if taken_along or not (ticked or capability in profile.without):
        why = profile.reasons.get(capability, f"profile {profile.name} does not have it")
    return Box(capability, name, says, ticked, why, taken_along)


def _take(desk: Desk, form: Form) -> bool:
    """Choose what was ticked and typed; what is wrong stands at its field and is not chosen."""
    whole = profiles.load(desk.options.profile or DEFAULT_PROFILE)
    without = tuple(sorted(whole.capabilities - set(form.all("feature"))))
    desk.choose(without=without, probe_unsupported=form.first("probe") == "yes")
    domain = form.first("email_domain") or None
    try:
        profile_of(replace(desk.options, email_domain=domain))
    except UsageError as error:
        form.wrong["email_domain"] = error.hint
        return False
    desk.choose(email_domain=domain)
    return True


routes: list[BaseRoute] = [
    Route("/to-app", to_app),
    Route("/to-app", choose, methods=["POST"]),
    Route("/to-app/run", agree, methods=["POST"]),
]
