"""What `--seed` holds still from one run to another, as docs/pipelines.md tells it."""

import re
from collections.abc import Callable
from pathlib import Path

from playing import Play, play, reference_transport

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# What else the reference server gives, and what is asked of it by that: times, versions, cursors.
GIVEN = re.compile(
    r'\d{4}-\d\d-\d\dT(?:[\d:.]|%3A)+(?:Z|%2B05%3A30)|W/\\*"[^"\\]+|(?<=cursor=)[^& ]+', re.IGNORECASE
)


def sent(done: Play) -> list[str]:
    """Every request, in the order of the play."""
    asked = [(each.step, each.request) for each in done.conductor.transcript]
    return [
        f"{step} {each.method} {each.path} {each.headers} {each.body.decode('latin-1')}"
        for step, each in asked
    ]


def alike(requests: list[str], run: str) -> list[str]:
    """The same without the run's name, and without what the target gave; ids are numbered as they come.

    The clean-up goes by whom creates named first, and some of these overlap: it stands in no order.
    """
    numbers: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return numbers.setdefault(found[0].lower(), f"<{len(numbers)}>")

    name = re.compile(f"{run[0]}?{run[1:]}", re.IGNORECASE)  # also where a filter asks for a part of it
    said = [ID.sub(number, GIVEN.sub("<given>", name.sub("<run>", each))) for each in requests]
    played = [each for each in said if not each.startswith("clean_up.")]
    return played + sorted(said[len(played) :])


def test_a_seed_makes_the_same_requests_but_for_names_and_what_the_target_gave(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Two runs with one seed differ in the eight letters of their names, and in what the target gave, alone."""
    first, again = (
        sent(play(reference_transport(), tmp_path / run, profile="scim", run=run, seed=7, parallel=1))
        for run in ("firstrun", "otherrun")
    )
    assert len(first) > 1000
    pairs = zip(alike(first, "firstrun"), alike(again, "otherrun"), strict=True)
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    record_property("requests", len(first))
    record_property("the same to the letter", sum(a == b for a, b in zip(first, again, strict=True)))
