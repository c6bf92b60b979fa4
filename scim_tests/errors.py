"""Our own errors: what we could not do, as one sentence, with the reason and the next step.

    ScimTestsError
     ├── UsageError              what was asked cannot be done as asked           exit 4
     │    ├── no-target, two-targets, bad-url, bad-domain, no-token, not-confirmed
     │    └── unknown-profile, bad-profile, unknown-check, unknown-requirement, unknown-capability
     ├── TargetError             the target cannot be talked to                   exit 6
     │    └── unreachable, credentials-refused
     ├── NotKnownError           there is no answer to what was asked             exit 7
     ├── OwnError                we failed, not the target                        exit 3
     └── WriteError              a file cannot be written: a full disk            exit 3
          └── PlaceError         a link or another's file is in its place         exit 4

What a *target* does wrong is never one of these: that is a finding (`scim_tests.model.check`).
The exit codes are pytest's own where pytest has one, so that both doors speak alike.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """How a run ends. 0 to 5 mean the same as in pytest."""

    ALL_GOOD = 0
    CONFORMANCE_FAILURES = 1
    INTERRUPTED = 2
    OUR_ERROR = 3
    USAGE = 4
    NOTHING_JUDGED = 5
    TARGET_UNREACHABLE = 6
    NOT_KNOWN = 7


EXIT_MEANINGS: dict[ExitCode, str] = {
    ExitCode.ALL_GOOD: "all good: at least one check judged, none failed",
    ExitCode.CONFORMANCE_FAILURES: "conformance failures, or checks that the target kept from being judged (with --strict also advice)",
    ExitCode.INTERRUPTED: "interrupted; what was seen so far is in the report",
    ExitCode.OUR_ERROR: "our error: scim-tests itself failed, the target is not to blame",
    ExitCode.USAGE: "usage: the command, a profile or an option is wrong",
    ExitCode.NOTHING_JUDGED: "nothing judged; of a run not the check that --only names first by its id, of a recording not most of it, or none of its writes, of an exploration not to its end: never green",
    ExitCode.TARGET_UNREACHABLE: "target unreachable, or it refused the credentials",
    ExitCode.NOT_KNOWN: "not known: `explain` has no answer for this text",
}


# Of several targets: what was not finished, what was found, and then what says little of a target.
WORST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.CONFORMANCE_FAILURES,
    ExitCode.OUR_ERROR,
    ExitCode.USAGE,
    ExitCode.TARGET_UNREACHABLE,
    ExitCode.NOTHING_JUDGED,
    ExitCode.ALL_GOOD,
)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code of several runs: a failure that was seen hides behind no other code but an interruption."""
    return min(codes, key=WORST_FIRST.index)


class ScimTestsError(Exception):
    """One sentence for a person (`message`), a stable `code` for a machine, and what to do next (`hint`)."""

    exit_code = ExitCode.OUR_ERROR

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


SHOW_CHECKS = "`scim-tests list checks` shows them all."


def did_you_mean(word: str, known: Iterable[str], all_of_them: str = "") -> str:
    """A hint after an unknown word: the nearest known one, then all of them, or where they are listed."""
    known = sorted(known)
    nearest = "".join(f"Did you mean {each}? " for each in get_close_matches(word, known, n=1))
    return nearest + (all_of_them or f"There are: {', '.join(known)}.")


class UsageError(ScimTestsError):
    """What was asked cannot be done as asked."""

    exit_code = ExitCode.USAGE


class TargetError(ScimTestsError):
    """The target cannot be talked to, so nothing about it can be judged."""

    exit_code = ExitCode.TARGET_UNREACHABLE


class NotKnownError(ScimTestsError):
    """There is no answer to what was asked, and none is made up."""

    exit_code = ExitCode.NOT_KNOWN


class OwnError(ScimTestsError):
    """We failed, not the target."""


class WriteError(ScimTestsError):
    """The file at `path` cannot be written: what was to stand in it first must not happen, and the run ends."""

    def __init__(self, path: Path, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)
        self.path = path


class PlaceError(WriteError):
    """What stands at `path` was not made by us, and stays as it is."""

    exit_code = ExitCode.USAGE


def told(error: Exception) -> str:
    """An error of ours in a sentence, with the place where it happened."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
    return (
        f"scim-tests itself failed, the target is not to blame: {type(error).__name__}: {error} (at {where})."
    )
