"""GET /Me: the target says that it does not have it, or where the user is, and shows whom the id shows (RFC 7644 3.11)."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from scim_tests.checks.reading.compare import (
    SECRET,
    changes,
    is_another_moment,
    is_the_rfcs,
    moment,
    weightiest,
    without,
)
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

ME = "ask_me.me"
SERVED = frozenset({200, 307, 308})
BY_ID = {"ask_me.by_id": "me", "ask_me.by_id_after": "me_after"}  # each with what was asked right before
OF_THE_TARGET = ("$.meta.", "$.groups")  # which are the same by both ways as well
MOVING = ("$.meta.lastmodified", "$.meta.version")  # which the question itself may move


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
    shown = exchange.resource if exchange.status == 200 else {}
    id_ = get(shown, "id")
    if isinstance(id_, str) and not way.endswith(f"/{id_}") and location != get(shown, "meta", "location"):
        return Finding(f"the place of {describe(id_)}", location, "Location")
    return None


@check(
    "ask_me.shows-whom-the-id-shows",
    on=tuple(BY_ID),
    title="What /Me shows is the user as a read by id shows it, with all attributes, also after a change",
    references=("RFC7644-3.11-03", "RFC7643-7-24"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Let /Me stand for /Users/{id} of whom the credentials speak for, and answer it by the same code.",
)
def shows_whom_the_id_shows(exchange: Exchange) -> Finding | None:
    return weightiest(_otherwise(exchange.earlier(BY_ID[exchange.step]), exchange))


def _otherwise(me: Exchange, by_id: Exchange) -> Iterator[Finding]:
    whole, shown = (without(each.resource, SECRET) for each in (by_id, me))
    for path, wanted, got in changes(whole, shown):
        if moment(wanted) and moment(got) and not is_another_moment(wanted, got):
            continue
        mild = path.lower() in MOVING or not (path.startswith(OF_THE_TARGET) or is_the_rfcs(path))
        expected = f"{describe(wanted)}, as a read by id shows"
        yield Finding(expected, describe(got), path, at=(me, by_id), mild=mild)
