"""Rules for answers that throttle (okta:CONC, section on HTTP 429)."""

from scim_tests.knowledge.consequences import THROTTLED_FOR_GOOD, WAITS_TOO_LONG
from scim_tests.model.check import DEGRADED, MUST, OKTA, SHOULD, STOPS, Finding, check
from scim_tests.model.exchange import Exchange

NOT_THROTTLED = "the target throttled no request"


def is_throttled(exchange: Exchange) -> bool:
    return exchange.status == 429


@check(
    "every_throttle.says-when-to-come-again",
    on="*.*",
    when=is_throttled,
    otherwise=NOT_THROTTLED,
    title="A 429 says in Retry-After, in whole seconds, when to try again",
    references=("okta:CONC", "okta:SUP-RATE"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=WAITS_TOO_LONG,
    fix="Send `Retry-After: 5` with every 429; Okta reads whole seconds and no date.",
)
def says_when_to_come_again(exchange: Exchange) -> Finding | None:
    shown = exchange.answer.header("Retry-After")
    if shown is not None and shown.isascii() and shown.isdigit():
        return None
    return Finding("whole seconds", shown or "no such header", "Retry-After")


@check(
    "every_throttle.lets-okta-through-in-the-end",
    on="*.*",
    when=lambda exchange: is_throttled(exchange) and not exchange.step.endswith(".throttled"),
    otherwise=NOT_THROTTLED,
    title="A throttled request gets through before Okta stops trying",
    references=("okta:CONC",),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=THROTTLED_FOR_GOOD,
    fix="Allow more requests, or send a true Retry-After; Okta doubles its waits and tries ten times.",
)
def lets_okta_through_in_the_end(exchange: Exchange) -> Finding | None:
    return Finding("an answer other than 429", exchange.answer.phrase)
