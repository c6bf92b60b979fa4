"""Walks by cursor: the cursor of a page is good for the next one, also while another walk goes on (RFC 9865 2, 4)."""

from scim_tests.checks.reading.parameters import parameters
from scim_tests.checks.rfc.arrange_users import BY_CURSOR, WALKS
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, Finding, check
from scim_tests.model.exchange import Exchange


@check(
    "arrange_users.given-cursor-is-taken",
    on=WALKS,
    when=lambda exchange: bool(parameters(exchange).get("cursor")),
    otherwise=BY_CURSOR,
    title="The cursor that a page gave is taken right away for the next one",
    references=("RFC9865-2-07", "RFC9865-4-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Keep a cursor for cursorTimeout seconds at least, also while others walk through the same list.",
)
def given_cursor_is_taken(exchange: Exchange) -> Finding | None:
    refused = exchange.status in {400, 404, 410}
    return Finding("the next page", exchange.answer.phrase) if refused else None
