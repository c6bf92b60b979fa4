"""What a run came to: its verdict, its causes, what is to be done, its files, and its report."""

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.model.record import RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.options import ACCESS, RunOptions, some
from scim_tests.report.html import HEADLINES, heading
from scim_tests.report.record_index import RecordIndex
from scim_tests.session.again import CauseAgain, again
from scim_tests.session.cleaning import Removal, in_ledgers, removal
from scim_tests.session.finish import finish_run
from scim_tests.session.report_folder import PAGE, hold
from scim_tests.session.runs import FoundRun, record_of, run_in, runs
from scim_tests.ui.command import command
from scim_tests.ui.files import archive, content_of, files_of
from scim_tests.ui.forms import read
from scim_tests.ui.pages.runs import TONES
from scim_tests.ui.templating import desk_of, redirect, shown

FINISHING, JUDGING, CLEANING = "reports", "recording", "clean-up"  # works in the folder of a result
DOING = {
    FINISHING: "The reports are being written",
    JUDGING: "The recording is being judged",
    CLEANING: "Whom the run left is being removed",
}
SHOULD_BE = "Should be"  # before what a check says that is true of a good target
NOT_AGAIN = {"token", "app", *(each.name for each in some(*ACCESS))}  # stays as it is chosen


async def last(request: Request) -> Response:
    """The result of what was done last, or of the newest run there is."""
    desk = desk_of(request)
    if desk.work:
        return redirect(request, f"/runs/{quote(desk.work.folder.name)}")
    found, _ = await run_in_threadpool(runs, desk.reports)
    if not found:
        raise UsageError(
            "no-run", f"There is no run in {desk.reports} yet.", "Begin one with the first step."
        )
    return redirect(request, f"/runs/{quote(found[0].name)}")


async def result(request: Request) -> Response:
    """The result of one run, or why it has none yet."""
    desk, name = desk_of(request), request.path_params["run"]
    work = desk.work_on(desk.reports / name)
    if work and not work.is_over:
        if work.kind not in DOING:  # it is played, and can be watched
            return redirect(request, f"/run/{quote(name)}")
        if work.kind == CLEANING:
            return redirect(request, f"/runs/{quote(name)}/clean")
        stop_it = f"/runs/{quote(name)}/stop" if work.kind == JUDGING else ""
        return shown(request, "waiting.html", step="result", doing=DOING[work.kind], stop=stop_it)
    trouble = work.trouble if work and work.kind != CLEANING else None
    try:
        told = await run_in_threadpool(_told, desk.reports, name)
    except UsageError as error:
        raise trouble or error from None
    run = told["run"]
    return shown(
        request,
        "result.html",
        trouble=trouble,
        place=request.app.state.apart.place(name),
        headlines=HEADLINES,
        tones=TONES,
        gone=desk.gone(run.target.base_url) if run.target and run.left else "",
        **told,
    )


def _told(reports: Path, name: str) -> dict[str, Any]:
    run = run_in(reports, name)
    record, files = record_of(run) if run.outcome else None, files_of(run.folder)
    return {
        "run": run,
        "record": record,
        "causes": _causes(run, record) if record else [],
        "not_asked": _not_asked(record) if record else [],
        "files": files,
        "has_page": any(each.name == PAGE for each in files),
        "plan": _by_hand(run),
    }


def _by_hand(run: FoundRun) -> Removal | None:
    """Whom it left, where no clean-up can remove them; None where one may."""
    with suppress(UsageError):
        plan = removal(in_ledgers(run.folder, RunOptions())) if run.left else None
        return plan if plan and plan.is_by_hand else None
    return None


def _causes(run: FoundRun, record: RunRecord) -> list[dict[str, Any]]:
    """The root causes as the report tells them, each with whether it can be played again."""
    return [
        {
            "heading": heading(cause, check, SHOULD_BE),
            "cause": cause,
            "check": check,
            "again": _can_be(run, record, cause.check),
        }
        for cause, check in RecordIndex(record).causes
    ]


def _not_asked(record: RunRecord) -> list[tuple[str, int]]:
    """Why checks were not asked, each reason with how many, the most first."""
    return Counter(each.why for each in record.checks if each.verdict == Verdict.NOT_ASKED).most_common()


def _can_be(run: FoundRun, record: RunRecord, check: str) -> bool:
    try:
        return bool(again(record, run.folder, check))
    except UsageError:
        return False


async def stop(request: Request) -> Response:
    """End a judging, which leaves nothing."""
    desk, name = desk_of(request), request.path_params["run"]
    if work := desk.work_on(desk.reports / name, JUDGING):
        work.stop()
    return redirect(request, f"/runs/{quote(name)}")


async def finish(request: Request) -> Response:
    """Write the reports of a run that was cut off."""
    desk, name = desk_of(request), request.path_params["run"]
    folder = run_in(desk.reports, name).folder
    desk.begin(FINISHING, folder, lambda _: finish_cut_off(folder))
    return redirect(request, f"/runs/{quote(name)}")


def finish_cut_off(folder: Path) -> None:
    """The end of a run that was killed. UsageError where it is still going."""
    hold(folder)
    finish_run(folder)


async def play_again(request: Request) -> Response:
    """What is chosen to play one cause again, and what nobody can know any more; sent, it is chosen."""
    desk, name = desk_of(request), request.path_params["run"]
    form = await read(request)
    check = form.first("check") or request.query_params.get("check", "")
    told, said = await run_in_threadpool(_again, desk.reports, name, check)
    profile, trouble = form.first("profile"), None
    if form.said:
        try:
            desk.choose(**_choices(told, profile))
            return redirect(request, "/to-app" if desk.options.token else "/key")
        except UsageError as error:
            trouble = error
    return shown(
        request, "again.html", status=422 if trouble else 200, trouble=trouble, run=name, check=check, again=told, profile=profile, heading=said,
        command=command(told.options), gone=desk.gone(told.options.target_url or ""),
    )  # fmt: skip


def _again(reports: Path, name: str, check: str) -> tuple[CauseAgain, str]:
    """How it is played again, and the cause in a sentence."""
    run = run_in(reports, name)
    record = record_of(run)
    told = again(record, run.folder, check)
    return told, next(
        heading(*each, SHOULD_BE) for each in RecordIndex(record).causes if each[0].check == check
    )


def _choices(told: CauseAgain, profile: str) -> dict[str, Any]:
    """UsageError where that profile was asked for, and is none."""
    options = told.options
    if not options.profile:
        profiles.load(profile)
        options = replace(options, profile=profile)
    return {name: value for name, value in vars(options).items() if name not in NOT_AGAIN}


async def file(request: Request) -> Response:
    """One file of the run, to be kept."""
    name = request.path_params["file"]
    data = await run_in_threadpool(content_of, desk_of(request).reports, request.path_params["run"], name)
    return _kept(data, name.rpartition("/")[2])


async def everything(request: Request) -> Response:
    """All files for a ticket as one ZIP; `all` adds those that clean-up and rendering need."""
    run = run_in(desk_of(request).reports, request.path_params["run"])
    data = await run_in_threadpool(archive, run.folder, kept="all" in request.query_params)
    return _kept(data, f"scim-tests-{run.name}.zip")


def _kept(data: bytes, name: str) -> Response:
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    return Response(data, media_type="application/octet-stream", headers=headers)


routes: list[BaseRoute] = [
    Route("/result", last),
    Route("/runs/{run}", result),
    Route("/runs/{run}/stop", stop, methods=["POST"]),
    Route("/runs/{run}/finish", finish, methods=["POST"]),
    Route("/runs/{run}/again", play_again, methods=["GET", "POST"]),
    Route("/runs/{run}/all.zip", everything),
    Route("/runs/{run}/files/{file:path}", file),
]
