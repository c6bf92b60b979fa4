"""What a terminal shows while a target is explored."""

from rich.console import RenderableType
from rich.text import Text

from scim_tests.model.verdict import Verdict
from scim_tests.report.console import STYLES, Progress
from scim_tests.report.record_index import duration, many
from scim_tests.report.text import one_line

HELD_AGAIN = "Interrupted; holding again what was found, and removing whom this made. Once more leaves them where they are."
EVERY = 10.0  # seconds, after which a line is printed where there is no terminal


class ExploreProgress(Progress):
    """Shows a run as `Progress` does, and between its scenes how far exploring is.

    On a terminal a line that keeps changing, elsewhere one every ten seconds, and one for each thing that is found.
    `quiet` shows none of it.
    """

    exploring = ""  # what is said of it, as long as it goes on
    _said = 0.0  # the second of the last line
    _found = 0

    def explored(self, seconds: float, conversations: int, requests: int, found: int) -> None:
        """Say where it is, so many seconds after exploring began."""
        self._found = found
        self.exploring = (
            f"{duration(seconds)}, {many(conversations, 'conversation')}, {many(requests, 'request')}, "
        )
        if seconds - self._said >= EVERY and not self.console.is_terminal and not self.quiet:
            self._said = seconds
            self.console.print(Text(f"Exploring: {self.exploring}{found} found"), soft_wrap=True)

    def found(self, check: str, requests: int) -> None:
        """Something was found, and is as short as it can be."""
        if not self.quiet:
            said = f"Found: {one_line(check)}, in a conversation of {many(requests, 'request')}"
            self.console.print(Text(said), soft_wrap=True)

    def explored_all(self) -> None:
        """Exploring is over; scenes follow."""
        self.exploring = ""

    def interrupted(self, times: int) -> None:
        """Say what comes next."""
        if times == 1 and self.exploring:
            self.interruptions = times
            self.console.print(Text(HELD_AGAIN))
        else:
            super().interrupted(times)

    def _picture(self) -> RenderableType:
        if not self.exploring:
            return super()._picture()
        found = (f"{self._found} found", STYLES[Verdict.FAIL] if self._found else "dim")
        self.spinner.update(text=Text.assemble("Exploring: ", self.exploring, found))
        return self.spinner
