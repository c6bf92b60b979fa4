"""Earlier runs, as a list, and two of them side by side."""

from collections.abc import Sequence
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from scim_tests.errors import UsageError
from scim_tests.report.comparing import COLUMNS, TITLE, Comparison, compare
from scim_tests.report.html import HEADLINES
from scim_tests.session.runs import record_of, run_in, runs
from scim_tests.ui.templating import desk_of, shown

# In which colour each verdict of a run stands.
TONES = {
    "passed": "pass", "failed": "fail", "unreachable": "fail", "refused": "fail", "broken": "broken",
    "interrupted": "advice", "empty": "advice",
}  # fmt: skip


async def earlier_runs(request: Request) -> Response:
    """All runs of the folder, the newest first."""
    return await _listed(request)


async def _listed(
    request: Request, chosen: Sequence[str] = (), trouble: UsageError | None = None
) -> Response:
    """The list, with these ticked, and why they cannot be compared."""
    found, older = await run_in_threadpool(runs, desk_of(request).reports)
    return shown(
        request, "runs.html", status=422 if trouble else 200, trouble=trouble, chosen=chosen,
        runs=found, older=older, headlines=HEADLINES, tones=TONES,
    )  # fmt: skip


async def comparison(request: Request) -> Response:
    """Two of them: what failed anew in the later one, what was fixed, what still fails."""
    names = request.query_params.getlist("run")
    if len(names) != 2:
        message = (
            f"Two runs are compared, and {len(names) or 'none'} {'is' if len(names) == 1 else 'are'} chosen."
        )
        return await _listed(request, names, UsageError("not-two", message, "Choose two in this list."))
    found = await run_in_threadpool(_compared, desk_of(request).reports, *names)
    return shown(request, "compare.html", comparison=found, title=TITLE, columns=COLUMNS)


def _compared(reports: Path, one: str, other: str) -> Comparison:
    old, new = sorted((run_in(reports, name) for name in (one, other)), key=lambda run: run.when)
    return compare(record_of(old), record_of(new))


routes: list[BaseRoute] = [Route("/runs", earlier_runs), Route("/compare", comparison)]
