"""How reports of a load say numbers: to two digits, with commas, in the unit that a person would choose."""

from math import floor, log10

MINUTE, HOUR = 60, 3600


def about(number: float) -> str:
    """To two digits at most: `0.83`, `0.8`, `25`, `1,200`."""
    if not number:
        return "0"
    places = 1 - floor(log10(abs(number)))
    said = f"{round(number, places):,.{max(places, 0)}f}"
    return said.rstrip("0").rstrip(".") if places > 0 else said


def span(seconds: float) -> str:
    """How long, in words: `64 ms`, `3.1 s`, `45 s`, `67 min`, `2 h 13 min`, `83 h`."""
    if seconds < 1:
        return f"{about(seconds * 1000)} ms"
    if seconds < 100:
        return f"{about(seconds)} s"
    minutes = round(seconds / MINUTE)
    if minutes < 100:
        return f"{about(seconds / MINUTE)} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest and hours < 10 else f"{round(seconds / HOUR):,} h"


def milliseconds(number: float) -> str:
    """The same of milliseconds."""
    return span(number / 1000)


def share(part: float, whole: float) -> str:
    """`12 %`, `0.4 %`; of nothing it is 0 %."""
    return f"{about(100 * part / whole) if whole else 0} %"
