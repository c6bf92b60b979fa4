"""Texts that trip servers. What they leave behind the rules for every write judge."""

from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange

REFUSALS = frozenset({400, 403, 406, 422})  # of what is written, or of a firewall before the target


@check(
    "trap_values.any-text-is-taken",
    on=tuple(f"trap_values.{step}" for step in ("letters", "marks", "numbers", "words")),
    title="A PUT is taken whatever letters, marks and words its texts are made of",
    references=("RFC7643-2.3.1-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take every text of Unicode where a schema asks for no format: escape values where they are used, not where they come in.",
)
def any_text_is_taken(exchange: Exchange) -> Finding | None:
    """Advice: a target may have formats of its own."""
    return Finding("200 OK", exchange.answer.phrase) if exchange.status in REFUSALS else None
