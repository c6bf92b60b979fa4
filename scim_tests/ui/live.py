"""What is new in a run that goes on, as fragments of its page.

The page holds what the journal said when it was asked for, and each event what it says since. The id of an event is how
much of the journal it covers, so that whoever comes back, or was away for a moment, is told once of everything.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool

from scim_tests.errors import ScimTestsError
from scim_tests.report.templating import environment
from scim_tests.session.watching import Watched, WatchedCall

EVERY = 0.25  # seconds between two looks
QUIET = 60  # looks without anything new, after which a line shows that we are there
OVER = "event: over\ndata: {}\n\n"
GONE = "event: gone\ndata: {}\n\n"  # over, and the page with it
STILL_HERE = ": still here\n\n"


async def events(folder: Path, after: int, is_over: Callable[[], bool]) -> AsyncIterator[str]:
    """What is new since the page that covers `after` bytes of the journal, until all is over, its reports too."""
    watched: Watched | None = None
    quiet = 0
    try:
        while True:
            over = is_over()  # before the look, so that nothing is missed
            if watched is None:
                watched = await run_in_threadpool(_open, folder, after)
            new = await run_in_threadpool(_fragments, watched) if watched else None
            if watched and new:
                yield f"id: {watched.offset}\nevent: more\ndata: {json.dumps(new)}\n\n"
                quiet = 0
                continue  # there may be more
            if over:
                yield OVER
                return
            quiet += 1
            if quiet % QUIET == 0:
                yield STILL_HERE
            await asyncio.sleep(EVERY)
    except ScimTestsError:  # it is the journal of no run, as the page of its result says
        yield OVER
    finally:
        if watched:
            watched.close()


def _open(folder: Path, after: int) -> Watched | None:
    """The run as the page has it; None as long as it has no journal."""
    try:
        watched = Watched(folder)
    except FileNotFoundError:
        return None
    with ExitStack() as unless_read:
        unless_read.callback(watched.close)
        watched.read_all(after)
        unless_read.pop_all()
    return watched


def _fragments(watched: Watched) -> dict[str, Any] | None:
    """The parts of the page that change; None where nothing is new."""
    before, failures, not_asked = watched.offset, watched.failures, watched.not_asked
    new = watched.read()
    if watched.offset == before:
        return None
    part = environment("scim_tests.ui").get_template("live.html").module
    return {
        "progress": part.progress(watched),  # type: ignore[attr-defined]
        "failed": part.failed(watched) if watched.failures != failures else None,  # type: ignore[attr-defined]
        "not_asked": part.not_asked(watched) if watched.not_asked != not_asked else None,  # type: ignore[attr-defined]
        "scenes": _scenes(watched, new, part),
    }


def _scenes(watched: Watched, new: Mapping[str, Sequence[WatchedCall]], part: Any) -> list[dict[str, Any]]:
    """Of each scene in which something is new its line anew, and the calls that are to be put behind the others."""
    told = []
    for name, calls in new.items():
        scene = watched.scenes[name]
        more = part.calls(calls) + (part.found(scene) if scene.state else "")
        line = {
            "id": f"scene-{scene.number}",
            "kind": scene.kind,
            "open": scene.shows,
            "head": part.head(scene),
        }
        told.append({**line, "more": more})
    return told
