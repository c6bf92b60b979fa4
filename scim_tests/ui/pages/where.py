"""Where: which kind of app, at which address; or a server of our own to try it on first."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests import profiles
from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.ui.base_url import doubts, mended, without_credentials
from scim_tests.ui.desk import Desk
from scim_tests.ui.forms import Form, read
from scim_tests.ui.practice import FAULTS, faults
from scim_tests.ui.templating import desk_of, redirect, shown
from scim_tests.ui.terminal import left_over, notice
from scim_tests.ui.work import meanwhile

OWN = "own"  # a profile in a file
QUOTES = "\"'“”"  # which “Copy path” puts around it
CALLED = {  # as people call them and what is played then, the first ones first
    "ziflow": ("Ziflow", "Okta pushes and imports users, and nothing else."),
    "okta": (
        "Any SCIM 2.0 server",
        "All that Okta does with an app from its catalogue: people and groups are created, changed and imported.",
    ),
    "okta-custom-app": (
        "An app made with Okta's wizard",
        "All that Okta does with an app of your own: whoever changes is sent whole, and not only what changed.",
    ),
    "scim": (
        "A SCIM 2.0 server, beyond Okta",
        "All that Okta does, and what other programs may ask of such a server.",
    ),
    "read-only": ("Only look, and write nothing", "Nobody is created; the people who are there are read."),
}
ANYBODYS = {"okta", "okta-custom-app", "scim"}  # profiles that create and remove many
ZIFLOWS = "This is Ziflow's base URL: choose Ziflow above, or enter that of your server."
OF_ZIFLOW = "https://api.ziflow.io/v1/scim/v2"  # that of its page for Entra (okta:ZIF-ENTRA); its page for Okta names none


async def where(request: Request) -> Response:
    """The page as the desk has it, and which earlier run left something to do."""
    desk = desk_of(request)
    left = await run_in_threadpool(left_over, desk.reports, desk.gone)
    return _page(request, Form(_chosen(desk)), left=left, notice=notice)


async def choose(request: Request) -> Response:
    """Take what was typed, and go on to the key; what was mended or is doubtful is shown first."""
    form, desk = await read(request), desk_of(request)
    profile = await meanwhile(_profile, form)
    url, notes = _address(form, profile)
    if form.wrong:
        return _page(request, form, status=422)
    if url != form.first("looked_at") and (notes := [*notes, *doubts(url)]):
        again = {**form.said, "base_url": [url], "looked_at": [url]}
        return _page(request, Form(again), notes=notes)
    _take(desk, profile, url)
    return redirect(request, "/key")


async def practise(request: Request) -> Response:
    """Start a server of our own like the kind that was chosen; its address and key are filled in."""
    form, desk = await read(request), desk_of(request)
    profile, fault = await meanwhile(_profile, form), form.first("fault")
    if fault not in {"", *FAULTS}:
        form.wrong["fault"] = "There is no such fault: choose one of the list."
    if form.wrong:
        return _page(request, form, status=422)
    try:
        desk.practise(profile, fault)
    except ScimTestsError as error:
        return _page(request, form, status=422, trouble=error)
    _take(desk, profile, desk.options.target_url or "")
    return redirect(request, "/where")


async def stop_practising(request: Request) -> Response:
    """End that server; nothing else is chosen in its place."""
    desk_of(request).stop_practising()
    return redirect(request, "/where")


def _page(request: Request, form: Form, *, status: int = 200, **more: Any) -> Response:
    return shown(
        request,
        "where.html",
        status=status,
        form=form,
        kinds=CALLED,
        faults=faults(),
        **{"notes": (), "left": None, **more},
    )


def _chosen(desk: Desk) -> dict[str, list[str]]:
    """What is chosen already; at first Ziflow at its own address."""
    profile, url = desk.options.profile or "ziflow", desk.options.target_url
    known = profile in profiles.names()
    if url is None and profile == "ziflow":
        url = OF_ZIFLOW
    return {
        "profile": [profile if known else OWN],
        "own_profile": ["" if known else profile],
        "base_url": [url or ""],
        "looked_at": [url or ""],
        "fault": [desk.practice.fault if desk.practice else ""],
    }


def _profile(form: Form) -> str:
    """The name or file of the profile; what is wrong with it stands at its field."""
    name = form.first("profile")
    place, named = (
        ("own_profile", form.first("own_profile").strip(QUOTES)) if name == OWN else ("profile", name)
    )
    if name == OWN:
        named = str(Path(named).expanduser()) if named else ""
        if Path(named).suffix != ".toml":
            form.wrong[place] = "Name the file by its whole path, such as /home/me/my-app.toml."
            return named
    try:
        profiles.load(named)
    except UsageError as error:
        form.refuse(place, error)
    return named


def _address(form: Form, profile: str) -> tuple[str, list[str]]:
    """The base URL, with what was mended; what is wrong with it stands at its field."""
    typed = form.first("base_url") or (OF_ZIFLOW if profile == "ziflow" else "")
    try:
        url, notes = mended(typed)
    except UsageError as error:
        form.refuse("base_url", error)
        form.said = {**form.said, "base_url": [without_credentials(typed)]}
        return "", []
    if urlsplit(url).hostname == urlsplit(OF_ZIFLOW).hostname and profile in ANYBODYS:
        form.wrong["base_url"] = ZIFLOWS
    return url, notes


def _take(desk: Desk, profile: str, url: str) -> None:
    """Choose them, for a whole run: of another profile what was chosen is forgotten, and a guide's limits are asked about.

    After a part was played again, whose limits may not have been asked about, they are too.
    """
    is_another = profile != desk.options.profile
    if is_another or desk.options.only:
        guide = profiles.load(profile).guide
        desk.choose(probe_unsupported=bool(guide and any(case.limit for case in guide.cases)))
    if is_another:
        desk.choose(profile=profile, without=(), auth=None)
    desk.choose(reference=False, only=(), skip=(), seed=None)
    if desk.practice and url == desk.practice.base_url:
        desk.choose(target_url=url, token=desk.practice.token)
    else:
        desk.choose(target_url=url)


routes: list[BaseRoute] = [
    Route("/where", where),
    Route("/where", choose, methods=["POST"]),
    Route("/where/practice", practise, methods=["POST"]),
    Route("/where/practice/stop", stop_practising, methods=["POST"]),
]
