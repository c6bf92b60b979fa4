"""The run as it goes: found again by whoever closed its window, and stopped in order."""

from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from scim_tests.errors import UsageError
from scim_tests.model.profile import CleanUp
from scim_tests.session.intent import Intent
from scim_tests.session.report_folder import is_held
from scim_tests.session.runs import State, run_in
from scim_tests.session.watching import Watched
from scim_tests.ui.desk import Desk
from scim_tests.ui.door import fields
from scim_tests.ui.live import GONE, OVER, events
from scim_tests.ui.templating import desk_of, redirect, shown
from scim_tests.ui.work import Work

RUN = "run"  # what a work is called that is one
CUT_OFF = UsageError(
    "cut-off",
    "The run was cut off before its reports were written: its program was ended, or the machine was.",
    "See what there is of it: its reports can still be written, and who was left on the server be removed.",
)


async def last(request: Request) -> Response:
    """The run that was begun last, if any; where something else is under way, the page of that."""
    desk = desk_of(request)
    work = desk.work
    if desk.is_reading:
        return redirect(request, "/recording")
    if work and (work.kind == RUN or desk.is_busy):
        pages = "run" if work.kind == RUN else "runs"
        return redirect(request, f"/{pages}/{quote(work.folder.name)}")
    return shown(request, "run.html", run="")


async def watch(request: Request) -> Response:
    """A run as far as it is, also one that was started in a terminal; one that is over leads to its result."""
    desk, name = desk_of(request), request.path_params["run"]
    work = _work(desk, name)
    if work is None:
        found = await run_in_threadpool(run_in, desk.reports, name)
        if found.state is State.CUT_OFF:
            return shown(request, "run.html", run=name, trouble=CUT_OFF)
    if not _is_under_way(desk, name):
        if work and work.trouble:
            return shown(request, "run.html", run=name, trouble=work.trouble)
        return redirect(request, f"/runs/{quote(name)}")
    watched = await run_in_threadpool(_watched, desk.reports / name)
    profile = watched.profile if watched else None
    return shown(
        request, "run.html", run=name, watched=watched, stops=work.asked if work else None,
        stays=profile is None or profile.clean_up is CleanUp.NOTHING,
        after=Intent("", profile).after if profile else "",
    )  # fmt: skip


def _watched(folder: Path) -> Watched | None:
    """All that its journal holds by now; None where it has none yet."""
    try:
        watched = Watched(folder)
    except FileNotFoundError:
        return None
    with closing(watched):
        watched.read_all()
    return watched


def _work(desk: Desk, name: str) -> Work | None:
    """The run in that folder, where it was begun here and is the last."""
    return desk.work_on(desk.reports / name, RUN)


def _is_under_way(desk: Desk, name: str) -> bool:
    work = _work(desk, name)
    return not work.is_over if work else is_held(desk.reports / name)


async def tell(request: Request) -> Response:
    """What is new in it, as server-sent events. UsageError where there is no such run."""
    desk, name = desk_of(request), request.path_params["run"]
    work = _work(desk, name)
    folder = work.folder if work else run_in(desk.reports, name).folder
    after = request.headers.get("last-event-id") or request.query_params.get("after", "")
    told = events(folder, int(after[:15]) if after.isdecimal() else 0, lambda: not _is_under_way(desk, name))
    said = (GONE if each == OVER and desk.is_ending else each async for each in told)
    return StreamingResponse(said, media_type="text/event-stream")


async def stop(request: Request) -> Response:
    """Ask it to end; a form that was sent twice asks once."""
    desk, name = desk_of(request), request.path_params["run"]
    said = await fields(request)
    work = _work(desk, name)
    if work and said.get("asked") == [str(work.asked)]:
        work.stop()
    return redirect(request, f"/run/{quote(name)}")


routes: list[BaseRoute] = [
    Route("/run", last),
    Route("/run/{run}", watch),
    Route("/run/{run}/events", tell),
    Route("/run/{run}/stop", stop, methods=["POST"]),
]
