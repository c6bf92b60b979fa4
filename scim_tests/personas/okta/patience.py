"""How Okta waits when a target throttles it (okta:CONC, section on HTTP 429).

The first wait is Retry-After where that is an integer of seconds, else 5 minutes; each further 429
doubles the wait before; after ten attempts the task has failed for good.
"""

from scim_tests.model.exchange import Answer
from scim_tests.model.profile import Profile

ATTEMPTS = 10
WITHOUT_RETRY_AFTER = 300.0  # seconds; a profile scales them, since nobody wants to sit through it


def patience(profile: Profile, answer: Answer, waited: tuple[float, ...]) -> float | None:
    """Seconds to wait before the next attempt, or None where Okta goes on with the answer it has."""
    if answer.status != 429 or len(waited) + 1 >= ATTEMPTS:
        return None
    wait = waited[-1] * 2 if waited else _first_wait(answer, profile.limits.throttle_scale)
    return wait if wait <= profile.limits.longest_wait else None


def in_okta(first: Answer, times: int) -> float:
    """Seconds of Okta's own next wait, whose time nobody scales, where it has waited so many times since that first answer."""
    return _first_wait(first, 1.0) * 2.0**times


def retry_after(answer: Answer) -> float | None:
    """Seconds that a throttled answer asks for, where Okta can read them."""
    said = answer.header("Retry-After") or ""
    return float(said) if said.isascii() and said.isdigit() else None


def _first_wait(answer: Answer, scale: float) -> float:
    asked = retry_after(answer)
    return WITHOUT_RETRY_AFTER * scale if asked is None else asked
