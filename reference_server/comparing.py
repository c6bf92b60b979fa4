"""How values compare: letter case and Unicode form of strings, instants of DateTimes.

Filters, sorting, uniqueness and PATCH all ask here, so that they cannot disagree (RFC 7643 section 2.2,
RFC 7644 section 7.8).
"""

import re
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

DATE_TIME = re.compile(
    r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?", re.ASCII
)
MIDNIGHT = re.compile(r"T24(:00:00(?:\.0+)?(?![.\d]))")  # the end of a day, which Python does not know


def fold(text: str) -> str:
    """A string whose letter case does not matter, prepared for comparison."""
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def exact(text: str) -> str:
    """A string whose letter case matters, prepared for comparison."""
    return text if text.isascii() else normalize("NFC", text)


def fits(number: float) -> bool:
    """Whether a database holds a number as it is: no integer beyond 64 bits."""
    return isinstance(number, float) or -(2**63) <= number < 2**63


def instant(text: str) -> str:
    """An xsd:dateTime as UTC text that sorts by time; without a zone it is UTC already.

    Raises ValueError where the text is no such thing.
    """
    if not DATE_TIME.fullmatch(text):
        raise ValueError(text)
    try:
        text, days = MIDNIGHT.subn(r"T00\1", text)
        moment = datetime.fromisoformat(text) + timedelta(days)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise ValueError(text) from None
    return _written(moment)


def now() -> str:
    """The present, in the form `instant` gives."""
    return _written(datetime.now(UTC))


def just_after(moment: str) -> str:
    """The microsecond after a moment, for a clock that did not move between two changes."""
    return _written(datetime.fromisoformat(moment) + timedelta(microseconds=1))


def _written(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
