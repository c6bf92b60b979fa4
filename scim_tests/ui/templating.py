"""Fills the templates of the pages: every value in them is made printable and escaped on its way in, as in report.html."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from scim_tests.errors import ScimTestsError
from scim_tests.report.templating import environment
from scim_tests.session.runs import report_folders
from scim_tests.ui.desk import Desk

STEPS = {"where": "Where", "key": "API key", "to-app": "To App", "run": "Run", "result": "Result"}


def desk_of(request: Request) -> Desk:
    """The one desk of this start."""
    desk: Desk = request.app.state.desk
    return desk


def redirect(request: Request, place: str) -> RedirectResponse:
    """On to another page, given by its path behind the token."""
    return RedirectResponse(f"{request.scope['root_path']}{place}", 303)


def shown(
    request: Request, name: str, *, status: int = 200, trouble: ScimTestsError | None = None, **values: Any
) -> HTMLResponse:
    """The page of that template; `trouble` stands on top of it as a sentence and what to do next."""
    template, desk = environment("scim_tests.ui").get_template(name), desk_of(request)
    text = template.render(
        root=request.scope["root_path"], desk=desk, steps=STEPS, ways=_ways(desk), trouble=trouble, **values
    )
    return HTMLResponse(text, status)


def _ways(desk: Desk) -> set[str]:
    """The steps that can be entered by now."""
    is_chosen = bool(desk.options.target_url or desk.options.reference)
    return {
        "where",
        *(["key"] if desk.options.target_url else []),
        *(["to-app"] if is_chosen else []),
        *(["run"] if desk.work else []),
        *(["result"] if desk.work or report_folders(desk.reports) else []),
    }
