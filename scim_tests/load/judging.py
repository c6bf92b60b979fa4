"""Judges single exchanges of a load, and keeps of them no more than counts and some examples."""

from collections.abc import Sequence

from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import Profile
from scim_tests.model.tally import EXAMPLES, NO_ANSWER, Tally, Task


class Judging:
    """Stands for what is to come."""

    def __init__(self, tally: Tally, profile: Profile) -> None:
        self._tally = tally
        self._profile = profile

    def heard(self, exchange: Exchange, *, whole: bool) -> None:
        """Judge one."""
        self._tally.judged += 1

    def scene_over(self, exchanges: Sequence[Exchange]) -> None:
        """Judge a scene."""


def count_task(tally: Tally, exchange: Exchange, name: str) -> None:
    """Count what Okta takes for failed."""
    status = str(exchange.heard.answer.status) if exchange.heard.answer else NO_ANSWER
    task = tally.tasks.setdefault(f"{exchange.step} {status}", Task(exchange.step, status))
    task.people += 1
    task.examples = [*task.examples, name][:EXAMPLES]
