"""A load that is over, as far as it came: what was planned, and what was counted. What checks of loads judge."""

from dataclasses import dataclass

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import Tally


@dataclass(frozen=True)
class LoadState:
    """The plan, and all that every process counted. `timeout` is how many seconds Okta waits for an answer."""

    plan: LoadPlan
    tally: Tally
    timeout: float = 60.0
