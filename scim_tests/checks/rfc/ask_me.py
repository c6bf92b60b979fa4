"""GET /Me: the target says that it does not have it, or where the user is (RFC 7644 3.11)."""

from urllib.parse import urlsplit

from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

ME = "ask_me.me"
SERVED = frozenset({200, 307, 308})


@check(
    "ask_me.lack-of-it-is-501",
    on=ME,
    when=lambda exchange: exchange.status not in SERVED,
    otherwise="the target serves /Me",
    title="A target without /Me answers it with 501",
    references=("RFC7644-3.11-01",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer GET /Me with 501 where there is no such thing, or no user whom the credentials speak for.",
)
def lack_of_it_is_501(exchange: Exchange) -> Finding | None:
    """A 404 by the SCIM service may say that the credentials speak for no user."""
    no_user = (
        exchange.status == 404 and exchange.answer.is_json and bool(get(exchange.answer.parsed, "detail"))
    )
    if exchange.status == 501 or no_user:
        return None
    return Finding("501 Not Implemented", exchange.answer.phrase)


@check(
    "ask_me.location-is-the-users",
    on=ME,
    when=lambda exchange: exchange.status in SERVED,
    otherwise="the target does not serve /Me",
    title="The answer to /Me says in Location where the user is for good",
    references=("RFC7644-3.11-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Send the user's meta.location as Location, also with 200.",
)
def location_is_the_users(exchange: Exchange) -> Finding | None:
    location = exchange.answer.header("Location")
    if not location:
        return Finding("where the user is", "no such header", "Location")
    way = urlsplit(location).path.rstrip("/")
    if way.lower().endswith("/me"):
        return Finding("where the user is for good", location, "Location")
    shown = get(exchange.resource, "id") if exchange.status == 200 else None
    if isinstance(shown, str) and not way.endswith(f"/{shown}"):
        return Finding(f"the place of {describe(shown)}", location, "Location")
    return None
