"""From what a load has counted to the verdict on each check, and how the load ends."""

from scim_tests.engine.gate import Gate
from scim_tests.model.load_state import LoadState
from scim_tests.model.profile import Profile
from scim_tests.model.record import CheckRecord, Outcome


def verdicts(
    state: LoadState, profile: Profile, gate: Gate, *, interrupted: bool
) -> tuple[list[CheckRecord], Outcome]:
    """Every check that was judged, those of loads first, and how the load ends."""
    raise NotImplementedError


def notices(state: LoadState) -> list[str]:
    """What every report has to say first: what is ours and not the target's."""
    raise NotImplementedError
