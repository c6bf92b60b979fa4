"""Sync Password: the target accepts the new password; `every_answer` checks that it is never returned."""

from scim_tests.knowledge.consequences import PUSH_FAILS
from scim_tests.model.check import DEGRADED, OKTA, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange


@check(
    "sync_password.is-taken",
    on=("sync_password.patch", "sync_password.put"),
    title="A password push is answered with 200 or 204",
    references=("RFC7644-3.5.2-21", "RFC7644-3.5.1-11", "RFC7643-4.1.1-21", "okta:S20"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=PUSH_FAILS,
    fix="Accept `password` in PATCH and PUT, or switch Sync Password off for the app.",
)
def is_taken(exchange: Exchange) -> Finding | None:
    good = exchange.status in {200, 204}
    return None if good else Finding("200 with the user, or 204", exchange.answer.phrase)
