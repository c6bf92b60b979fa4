"""What checks of loads share: names in a sentence, and times of which it can be said that one is longer."""

from collections.abc import Mapping, Sequence

from scim_tests.model.exchange import NotObserved
from scim_tests.model.tally import EXAMPLES, NAMES, quantile


def some(names: Sequence[str], one: str, several: str) -> str:
    """`1 person: a`, `7 people, such as a, b, c`; of very many only some names are known."""
    first = ", ".join(names[:EXAMPLES])
    more = " or more" if len(names) >= NAMES else ""
    said = f"{len(names):,}{more} {one if len(names) == 1 else several}"
    return f"{said}: {first}" if len(names) <= EXAMPLES else f"{said}, such as {first}"


def longer(
    short: Mapping[str, int], long: Mapping[str, int], *, times: float, by: float, samples: int
) -> tuple[float, float] | None:
    """The two medians, where nearly all of one kind take far longer than nearly all of the other; else None.

    A quarter of the answers at either end may be anything: a machine that swaps, or cleans its memory, slows some
    of them down. `by` is in milliseconds. NotObserved where there are fewer than `samples` of a kind.
    """
    fewest = min(sum(short.values()), sum(long.values()))
    if fewest < samples:
        raise NotObserved("", f"too few answers to tell: {fewest} of {samples}")
    low, high = quantile(short, 0.75), quantile(long, 0.25)
    assert low is not None  # noqa: S101 -- there are samples
    assert high is not None  # noqa: S101
    if high < times * low or high - low < by:
        return None
    return quantile(short, 0.5) or low, quantile(long, 0.5) or high


def milliseconds(time: float) -> str:
    """`340 ms`, `2.4 s`."""
    return f"{time:.0f} ms" if time < 1000 else f"{time / 1000:.1f} s"
