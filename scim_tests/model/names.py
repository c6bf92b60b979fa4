"""The names by which everybody can see that a run made somebody: `scim-tests.<run>.…`.

Whatever is created, renamed or removed has to have one, so that nobody real is ever taken for ours because
a file says so.
"""

import re

PREFIX = "scim-tests"

# Eight lower-case letters and digits make a run's names its own; other alphabets' letters are not among them.
_MADE_HERE = re.compile(rf"{PREFIX}\.([a-z0-9]{{8}})(?![a-z0-9])", re.IGNORECASE | re.ASCII)


def is_made_here(name: str) -> bool:
    """Whether a userName or a group's displayName is one that a run, a suite or a replay of ours gives."""
    return _MADE_HERE.match(name) is not None


def is_later(name: str, first: str) -> bool:
    """Whether whom a run has called `first` has that name, or is given it later: `….ann.newly@example.com` to `….ann@example.com`."""
    return name == first or (is_made_here(first) and name.startswith(f"{first.partition('@')[0]}."))


def mark(name: str) -> str:
    """The letters that make such a name its run's own, in lower case; empty for any other name.

    Drawn at random, they tell whom the run made even where a target writes names in its own way.
    """
    found = _MADE_HERE.match(name)
    return found[1].lower() if found else ""
