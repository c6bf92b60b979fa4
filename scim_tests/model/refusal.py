"""Which answers say that nothing was done."""

from scim_tests.model.exchange import Answer

# After any other error somebody may well have been created, or changed.
REFUSALS = frozenset({400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 501})


def is_refusal(answer: Answer | None) -> bool:
    """Whether it says so, by its status; where none came, nothing does."""
    return answer is not None and answer.status in REFUSALS
