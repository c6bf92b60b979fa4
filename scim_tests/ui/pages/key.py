"""The API key: entered once and never shown again, in which form it is sent, and Test API Credentials."""

import re
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.knowledge.reference import OKTA, references
from scim_tests.model.plan import Plan
from scim_tests.model.profile import BASIC, BEARER, RAW
from scim_tests.session.access import access
from scim_tests.session.credentials import header_of, press
from scim_tests.session.run import profile_of
from scim_tests.ui.desk import Desk
from scim_tests.ui.forms import Form, read
from scim_tests.ui.templating import desk_of, redirect, shown
from scim_tests.ui.work import meanwhile

FORMS = (BEARER, RAW, BASIC)
OWN = "header"  # the choice of a header of one's own
MISSING = "There is no key yet: paste it here."
WAY_TO_THE_KEY = re.compile(r"get\b.*\bkey$", re.IGNORECASE)  # the section of a guide that says where it is
IN_FRONT = re.compile(
    r"(authorization\s*:\s*)?(bearer\s+)?", re.IGNORECASE
)  # of a key that is copied with its header
UNNAMED = "Name the header as the server's guide does, for example x-api-key."


async def page(request: Request) -> Response:
    """The field, which is empty whatever key there is, and what the last test came to."""
    desk = desk_of(request)
    if not desk.options.target_url:
        return redirect(request, "/where")
    auth = desk.options.auth or ""
    is_own = bool(auth) and auth not in FORMS
    return _page(request, Form({"form": [OWN if is_own else auth], "header": [auth] if is_own else []}))


def _page(request: Request, form: Form, trouble: ScimTestsError | None = None) -> Response:
    desk = desk_of(request)
    profile = profile_of(replace(desk.options, auth=None))
    return shown(
        request,
        "key.html",
        status=422 if trouble or form.wrong else 200,
        trouble=trouble,
        form=form,
        usual=", then ".join(map(header_of, profile.authorization)),
        **_way_to_the_key(profile.guide),
        forms={each: header_of(each) for each in FORMS},
    )


def _way_to_the_key(guide: Plan | None) -> dict[str, Any]:
    """What the app's guide says of where its key is, and that guide; nothing where it says nothing."""
    cases = [each for each in guide.cases if WAY_TO_THE_KEY.match(each.section)] if guide else []
    url = references()[OKTA + guide.source].url if guide else ""
    return {"way_to_key": cases, "guide_url": url}


async def enter(request: Request) -> Response:
    """Take the key and its form, and then test it or go on. An empty field keeps the key that is there."""
    form, desk = await read(request), desk_of(request)
    if not desk.options.target_url:
        return redirect(request, "/where")
    if not _take(desk, form):
        return _page(request, form)
    if form.first("do") != "test":
        return redirect(request, "/to-app")
    try:
        await _test(desk)
    except ScimTestsError as error:
        return _page(request, form, error)
    return redirect(request, "/key")


def _take(desk: Desk, form: Form) -> bool:
    """Choose the key and how it is sent; what is wrong stands at its field, and nothing is chosen."""
    is_own = form.first("form") == OWN
    auth = form.first("header") if is_own else form.first("form")
    key = form.first("key") if auth == BASIC else IN_FRONT.sub("", form.first("key"), count=1)
    chosen = replace(desk.options, auth=auth or None, token=key or desk.options.token)
    if not chosen.token:
        form.wrong["key"] = MISSING
    if is_own and not auth:
        form.wrong["header"] = UNNAMED
    try:
        profile = profile_of(chosen)
    except UsageError as error:
        form.refuse("header", error)
        return False
    try:
        if chosen.token:
            access(chosen, profile)
    except UsageError as error:
        form.wrong["key"] = f"{error.message} {error.hint}".strip().replace("token", "key")
    if not form.wrong:
        desk.choose(auth=chosen.auth, token=chosen.token)
    return not form.wrong


async def _test(desk: Desk) -> None:
    """Press it. UsageError where something is under way."""
    desk.refuse_if_busy()
    asked = desk.options
    pressed = await meanwhile(press, asked, profile_of(asked))
    if desk.options is asked:  # else it is about what is no longer chosen
        desk.pressed = pressed


async def forget(request: Request) -> Response:
    """Have no key any more."""
    desk_of(request).choose(token="")
    return redirect(request, "/key")


routes: list[BaseRoute] = [
    Route("/key", page),
    Route("/key", enter, methods=["POST"]),
    Route("/key/forget", forget, methods=["POST"]),
]
