"""What can be said of a check, and of a run."""

from enum import StrEnum


class Verdict(StrEnum):
    """From best to worst; put together, verdicts only get worse (`worst`)."""

    PASS = "pass"  # noqa: S105 -- a verdict
    NOT_ASKED = "not asked"  # the profile, or the target's own word, says so
    BLOCKED = "blocked"  # its step never happened, or gave nothing to judge
    ADVICE = "advice"  # a SHOULD missed
    FAIL = "fail"
    BROKEN = "broken"  # we failed, not the target

    @property
    def is_judged(self) -> bool:
        """Whether the target's behaviour was seen and judged."""
        return self in {Verdict.PASS, Verdict.ADVICE, Verdict.FAIL}


def worst(verdicts: list[Verdict]) -> Verdict:
    """The verdict on a check from those on its places.

    A check judged somewhere counts by those places alone: where it was blocked elsewhere,
    the step to blame has a red check of its own.
    """
    order = list(Verdict)
    judged = [verdict for verdict in verdicts if verdict.is_judged or verdict is Verdict.BROKEN]
    return max(judged or verdicts, key=order.index)
