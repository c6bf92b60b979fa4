"""Where the link of the terminal leads: to what is under way, else to the first step."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from scim_tests.ui.templating import desk_of


async def start(request: Request) -> Response:
    """What is under way is found again by whoever closed its window."""
    place = "run" if desk_of(request).is_busy else "where"
    return RedirectResponse(f"{request.scope['root_path']}/{place}", 303)


routes: list[BaseRoute] = [Route("/", start)]
