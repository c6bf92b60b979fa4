"""A server of our own to try it on first, like the profile that is chosen, in this process: it goes with it."""

from contextlib import ExitStack
from dataclasses import dataclass, field

from scim_tests import profiles
from scim_tests.session.practice import practising, said
from scim_tests.session.target import bent

PEOPLE = 5  # who are there before
FAULTS = (  # each of which shows under every profile that writes; `scim-tests list faults` has all
    "filter-username-case-sensitive",
    "create-empty-body",
    "startindex-ignored",
    "filter-ignored-returns-all",
)


@dataclass
class Practice:
    """A server that runs until it is closed. UsageError for a profile or a fault that there is not."""

    profile: str  # a name, or a file
    fault: str = ""
    base_url: str = field(init=False)
    token: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        around = bent([self.fault] if self.fault else [])
        self._open = ExitStack()
        serving = practising(profiles.load(self.profile), around, people=PEOPLE)
        self.base_url, self.token = self._open.enter_context(serving)

    def close(self) -> None:
        """End it; closed once more, it stays so."""
        self._open.close()


def faults() -> list[tuple[str, str]]:
    """A few good ones, each with what is wrong then."""
    return [(each, said(each)) for each in FAULTS]
