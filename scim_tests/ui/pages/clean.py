"""Whom a run left on its target, and their removal, once somebody agreed to what it will do."""

import hmac
from contextlib import suppress
from hashlib import sha256
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests.errors import UsageError
from scim_tests.options import RunOptions
from scim_tests.session.cleaning import (
    REFUSED,
    TOUCHES,
    Cleaned,
    Remains,
    Removal,
    clean,
    in_ledgers,
    remains,
    removal,
)
from scim_tests.session.interruption import Stop
from scim_tests.session.runs import FoundRun, Kind, State, run_in
from scim_tests.ui.forms import read
from scim_tests.ui.pages.result import CLEANING, DOING, finish_cut_off
from scim_tests.ui.templating import desk_of, redirect, shown

CHANGED = UsageError(
    "changed", "Who is left has changed since you looked.", "See below who it is now, and agree again."
)


async def look(request: Request) -> Response:
    """Where they are and who they are, and what came of the last clean-up."""
    return await _shown(request)


async def agree(request: Request) -> Response:
    """Remove them, as it was agreed to; a run that was cut off is told first."""
    desk, form = desk_of(request), await read(request)
    run, plan = await run_in_threadpool(_planned, request)
    agreed = form.first("agreed")
    if plan is None or not hmac.compare_digest(agreed.encode(), _seal(plan).encode()):
        return await _shown(request, CHANGED)
    key = form.first("key")
    options = RunOptions(yes=True, **desk.access_to(plan.target) | ({"token": key} if key else {}))
    if not options.token and not options.token_url:
        missing = UsageError("no-token", f"There is no key for {plan.target}.", "Enter it below.")
        return await _shown(request, missing)
    desk.begin(CLEANING, run.folder, lambda stop: _cleaned(run, options, agreed, stop))
    return redirect(request, f"/runs/{quote(run.name)}/clean")


async def stop(request: Request) -> Response:
    """End a clean-up in order."""
    desk, name = desk_of(request), request.path_params["run"]
    if work := desk.work_on(desk.reports / name, CLEANING):
        work.stop()
    return redirect(request, f"/runs/{quote(name)}/clean")


async def _shown(request: Request, trouble: UsageError | None = None) -> Response:
    desk, name = desk_of(request), request.path_params["run"]
    work = desk.work_on(desk.reports / name, CLEANING)
    if work and not work.is_over:
        return shown(
            request,
            "waiting.html",
            step="runs",
            doing=DOING[CLEANING],
            stop=f"/runs/{quote(name)}/clean/stop",
        )
    run, plan = await run_in_threadpool(_planned, request)
    return shown(
        request,
        "clean.html",
        status=422 if trouble else 200,
        trouble=trouble or (work.trouble if work else None),
        run=run,
        plan=plan,
        gone=desk.gone(plan.target) if plan else "",
        seal=_seal(plan) if plan else "",
        touches=TOUCHES,
        refused=REFUSED,
        has_key=bool(plan and desk.access_to(plan.target).get("token")),
        came=work.outcome if work else None,
    )


def _planned(request: Request) -> tuple[FoundRun, Removal | None]:
    """The run, and what cleaning up after it would do. UsageError where its ledgers cannot be believed."""
    run = run_in(desk_of(request).reports, request.path_params["run"])
    return run, removal(in_ledgers(run.folder, RunOptions()))


def _seal(plan: Removal) -> str:
    """What was agreed to."""
    return sha256(repr(plan).encode(errors="backslashreplace")).hexdigest()


def _cleaned(run: FoundRun, options: RunOptions, agreed: str, stop: Stop) -> list[tuple[Remains, Cleaned]]:
    if run.state is State.CUT_OFF and run.kind is Kind.RUN:
        with suppress(UsageError):  # its journal may be damaged; who is left stands in the ledger
            finish_cut_off(run.folder)
    found = remains(run.folder, options)
    plan = removal(found)
    if plan is None or _seal(plan) != agreed:
        raise CHANGED
    return [(each, clean(each, options, stop)) for each in found]


routes: list[BaseRoute] = [
    Route("/runs/{run}/clean", look),
    Route("/runs/{run}/clean", agree, methods=["POST"]),
    Route("/runs/{run}/clean/stop", stop, methods=["POST"]),
]
