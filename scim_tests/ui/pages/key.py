"""The API key: entered once and never shown again, in which form it is sent, and Test API Credentials."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.model.profile import BASIC, BEARER, RAW
from scim_tests.options import RunOptions
from scim_tests.session.access import access
from scim_tests.session.credentials import header_of, press
from scim_tests.session.run import profile_of
from scim_tests.ui.desk import Desk
from scim_tests.ui.door import fields
from scim_tests.ui.templating import desk_of, redirect, shown
from scim_tests.ui.work import meanwhile

FORMS = (BEARER, RAW, BASIC)
OWN = "header"  # the choice of a header of one's own


async def page(request: Request) -> Response:
    """The field, which is empty whatever key there is, and what the last test came to."""
    auth = desk_of(request).options.auth or ""
    is_own = bool(auth) and auth not in FORMS
    return _page(request, OWN if is_own else auth, auth if is_own else "")


def _page(request: Request, form: str, header: str, trouble: ScimTestsError | None = None) -> Response:
    desk = desk_of(request)
    usual = profile_of(replace(desk.options, auth=None)).authorization
    return shown(
        request,
        "key.html",
        status=422 if trouble else 200,
        trouble=trouble,
        form=form,
        header=header,
        usual=[header_of(each) for each in usual],
        forms={each: header_of(each) for each in FORMS},
    )


async def enter(request: Request) -> Response:
    """Take the key and its form, and then test it or go on. An empty field keeps the key that is there."""
    desk = desk_of(request)
    said = {name: values[-1].strip() for name, values in (await fields(request)).items()}
    form, header = said.get("form", ""), said.get("header", "")
    try:
        desk.choose(**_choices(desk.options, said.get("key", ""), header if form == OWN else form, form))
        if said.get("do") == "test":
            await _test(desk)
            return redirect(request, "/key#tested")
    except ScimTestsError as error:
        return _page(request, form, header, error)
    return redirect(request, "/to-app")


def _choices(options: RunOptions, key: str, auth: str, form: str) -> Mapping[str, str | None]:
    """The key, and how it is sent. UsageError where it cannot be sent so."""
    if form == OWN and not auth:
        raise UsageError("bad-header", "The header has no name.", "Name it as the server's guide does.")
    chosen = replace(options, auth=auth or None, token=key or options.token)
    profile = profile_of(chosen)
    if chosen.token:
        access(chosen, profile)
    return {"auth": chosen.auth, "token": chosen.token}


async def _test(desk: Desk) -> None:
    """Press it. UsageError where something is under way, or there is no key yet."""
    desk.refuse_if_busy()
    if not (desk.options.token or desk.options.reference):
        raise UsageError("no-token", "There is no API key yet.", "Enter it, and test it again.")
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
