"""Moments around one that a target showed, as a filter writes them (RFC 7643 2.3.5)."""

from datetime import UTC, datetime, timedelta, timezone

from scim_tests.model.scim import Json

APART = timedelta(milliseconds=3)  # of dates that are shown to milliseconds
ELSEWHERE = timezone(timedelta(hours=5, minutes=30))


def moved(date: Json, by: timedelta) -> str:
    """That moment, so much later or earlier, in UTC; empty where it is none, or has no zone."""
    try:
        moment = datetime.fromisoformat(str(date))
    except ValueError:
        return ""
    if moment.tzinfo is None:
        return ""
    return (moment + by).astimezone(UTC).isoformat().replace("+00:00", "Z")


def between(one: Json, other: Json) -> str:
    """A moment between the two, where they are shown to fractions of a second and are apart; else empty."""
    try:
        first, last = (datetime.fromisoformat(str(each)) for each in (one, other))
        half = (last - first) / 2
    except (ValueError, TypeError):
        return ""
    is_told = all("." in str(each) and moment.tzinfo for each, moment in ((one, first), (other, last)))
    return moved(one, half) if is_told and half > APART else ""


def in_another_zone(date: str) -> str:
    """The same moment as clocks elsewhere show it."""
    return datetime.fromisoformat(date).astimezone(ELSEWHERE).isoformat()
