"""Recorded traffic, judged in this process: what is dropped on the page is never written to disk, only its masked report."""

import re
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from scim_tests import profiles
from scim_tests.errors import ScimTestsError, UsageError
from scim_tests.report.text import printable
from scim_tests.session.finish import finish
from scim_tests.session.interruption import Stop
from scim_tests.session.report_folder import new_report_folder
from scim_tests.traffic.formats import HOW
from scim_tests.traffic.har_reader import read_recording
from scim_tests.traffic.judge import as_reported
from scim_tests.ui.pages.result import JUDGING
from scim_tests.ui.pages.where import CALLED
from scim_tests.ui.templating import desk_of, shown
from scim_tests.ui.work import meanwhile, unless_stopped

LARGEST = 200 * 1024 * 1024  # bytes
NO_NAME = re.compile(r"[^A-Za-z0-9._-]+")
NAME_KEPT = 60  # characters of a file's, in the name of its folder


async def choose(request: Request) -> Response:
    """Where a recording is dropped or chosen."""
    return shown(request, "recording.html", how=HOW, megabytes=LARGEST // 1024 // 1024, kinds=CALLED)


async def judge(request: Request) -> Response:
    """Judge the recording that is the body; answers with the place of its result, or a sentence why there is none."""
    try:
        return PlainTextResponse(await _judged(request))
    except ScimTestsError as error:
        return PlainTextResponse(printable(str(error)), 409 if error.code == "busy" else 422)


async def _judged(request: Request) -> str:
    desk = desk_of(request)
    name = request.query_params.get("name", "")[-200:] or "The file"
    profile = request.query_params.get("profile") or None
    if profile:
        profiles.load(profile)
    with desk.reading():
        recording = await meanwhile(read_recording, await _body(request), name)
    folder = new_report_folder(desk.reports, _plain(name))

    def judged(stop: Stop) -> None:
        finish(unless_stopped(stop, lambda: as_reported(recording, profile)), folder)

    desk.begin(JUDGING, folder, judged)
    return f"{request.scope['root_path']}/runs/{quote(folder.name)}"


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            hint = "Record less, or cut it: what belongs to one person or group is enough."
            raise UsageError("too-long", f"The file is longer than {LARGEST // 1024 // 1024} MB.", hint)
    return bytes(body)


def _plain(name: str) -> str:
    """The file's name as a part of a folder's."""
    return NO_NAME.sub("-", Path(name).stem).strip("-.")[:NAME_KEPT] or "recording"


routes: list[BaseRoute] = [Route("/recording", choose), Route("/recording", judge, methods=["POST"])]
