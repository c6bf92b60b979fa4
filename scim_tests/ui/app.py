"""The app behind the door: its pages, what they load, and what is said where something goes wrong."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from scim_tests.errors import OwnError, ScimTestsError, UsageError, told
from scim_tests.ui import pages
from scim_tests.ui.apart import Apart
from scim_tests.ui.desk import Desk
from scim_tests.ui.door import Door
from scim_tests.ui.templating import shown

HERE = Path(__file__).parent
REPORT = HERE.parent / "report" / "templates"  # whose looks the pages share


def app(desk: Desk, address: str, token: str) -> ASGIApp:
    """The whole of it, behind its door at `address` (http://host:port)."""
    inside = Starlette(
        routes=routes(),
        exception_handlers={ScimTestsError: _refused, HTTPException: _not_there, Exception: _failed},
    )
    inside.state.desk = desk
    inside.state.apart = Apart(desk.reports)
    return Door(inside, inside.state.apart, address, token)


def routes() -> list[BaseRoute]:
    """Those of every module in `pages`, and the files that the pages load."""
    found: list[BaseRoute] = []
    for each in iter_modules(pages.__path__):
        found += import_module(f"{pages.__name__}.{each.name}").routes
    static = StaticFiles(directory=HERE / "static")
    return [*found, Mount("/static", static), Mount("/report", StaticFiles(directory=REPORT))]


async def _refused(request: Request, error: Exception) -> Response:
    """An error of ours that no page of its own shows."""
    assert isinstance(error, ScimTestsError)  # noqa: S101 -- the one it is registered for
    return shown(request, "refused.html", status=422, trouble=error)


async def _not_there(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    said = UsageError("no-page", "There is no such page.", "Go on from one of the links above.")
    return shown(request, "refused.html", status=status, trouble=said)


async def _failed(request: Request, error: Exception) -> Response:
    return shown(request, "refused.html", status=500, trouble=OwnError("own-error", told(error)))
