"""What checks of loads share: names in a sentence, and times of which it can be said that one is longer."""

from collections.abc import Mapping, Sequence

from scim_tests.model.exchange import NotObserved
from scim_tests.model.tally import EXAMPLES, NAMES

FEW = 5  # answers of each kind, at least: of what takes very long no more are asked for

MANY = 3_000  # people, at least, in a list of which it is asked whether its length costs time


def some(names: Sequence[str], one: str, several: str) -> str:
    """`1 person: a`, `7 people, such as a, b, c`; of very many only some names are known."""
    first = ", ".join(names[:EXAMPLES])
    more = " or more" if len(names) >= NAMES else ""
    said = f"{len(names):,}{more} {one if len(names) == 1 else several}"
    return f"{said}: {first}" if len(names) <= EXAMPLES else f"{said}, such as {first}"


def need(samples: int, *timings: Mapping[str, int]) -> None:
    """NotObserved where there are fewer answers of a kind."""
    need_so_many("answers", min(sum(timing.values()) for timing in timings), samples)


def need_so_many(things: str, number: float, wanted: int) -> None:
    """NotObserved where there were fewer: what is wrong would not show with them."""
    if number < wanted:
        raise NotObserved("", f"too few {things} to tell: {number:,.0f} of {wanted:,}")


def milliseconds(time: float) -> str:
    """`340 ms`, `2.4 s`."""
    return f"{time:.0f} ms" if time < 1000 else f"{time / 1000:.1f} s"
