"""The door for a test suite of one's own: `play(app, base_path="/scim/v2", token=…)` plays against an app, without a port.

The engine is that of `scim-tests run`, with the same guard, ledger, masking and reports.
"""

import asyncio
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from scim_tests.errors import ExitCode, UsageError
from scim_tests.model.record import CheckRecord, RootCause, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.record.baseline import fails
from scim_tests.report.console import conclusion
from scim_tests.session.own_suite import Signals, perform, run_options

__all__ = ["Result", "play"]
WIDTH = 160  # of the text, in characters, as where a run has no terminal


@dataclass(frozen=True, repr=False)
class Result:
    """What came of a play: `assert result.passed, result.text`.

    `folder` holds the reports, `raised` what the app raised meanwhile, one exception of each kind and place.
    """

    record: RunRecord
    folder: Path
    raised: tuple[BaseException, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether `scim-tests run` would end with 0: something was judged, and nothing that counts failed."""
        return self.record.outcome.exit_code == ExitCode.ALL_GOOD

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """The verdict on each check, by its id."""
        return {check.id: Verdict(check.verdict) for check in self.record.checks}

    @property
    def failures(self) -> list[CheckRecord]:
        """The checks that fail the run, in the order of the play."""
        strict = self.record.run.strict
        return [each for each in self.record.checks if fails(each, strict=strict) and not each.tolerated]

    @property
    def causes(self) -> list[RootCause]:
        """What to mend, the worst first."""
        return self.record.root_causes

    @property
    def text(self) -> str:
        """The last lines of a run as plain text: root causes, counts, verdict, and where the report is."""
        shown = StringIO()
        conclusion(self.record, self.folder, Console(file=shown, width=WIDTH, highlight=False, emoji=False))
        return shown.getvalue()

    def __bool__(self) -> bool:
        return self.passed

    def __repr__(self) -> str:
        return f"<{self.record.outcome.verdict}: {self.record.outcome.sentence} {self.folder}>"


def play(
    app: Any = None, *, base_path: str = "", token: str = "", interface: str = "", **options: Any
) -> Result:
    """Play against an ASGI or WSGI app of this process, or against a server by its `target_url`.

    `base_path` is where SCIM is in the app, `token` what lets us in (else the environment says it), and `interface`
    (asgi or wsgi) is only needed where that cannot be seen. `options` are those of `scim-tests run`, such as
    `profile`, `only`, `skip`, `fail_on`, `baseline`, `seed` and `report_dir` (else reports/<time>-<profile>).

    ScimTestsError where nothing can be played; whatever the app does is in the result.
    """
    _refuse_a_running_loop()
    told = run_options(app, base_path=base_path, token=token, interface=interface, **options)
    signals = Signals()
    record, folder = perform(told, signals)
    if signals.times:
        raise KeyboardInterrupt  # as whoever runs the suite meant it; the reports are written
    return Result(record, folder, tuple(told.app.raised.values()) if told.app else ())


def _refuse_a_running_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    message = "play() has an event loop of its own, and one runs in this thread already."
    hint = "Call it from a test that is a plain function, or as `await asyncio.to_thread(play, app, …)`."
    raise UsageError("running-loop", message, hint)
