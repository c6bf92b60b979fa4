"""The names by which everybody can see that a run made somebody: `scim-tests.<run>.…`.

Whatever is created, renamed or removed has to have one, so that nobody real is ever taken for ours because
a file says so.
"""

import re

PREFIX = "scim-tests"
RUN = 8  # lower-case letters and digits that make a run's names its own

_MADE_HERE = re.compile(rf"{PREFIX}\.[a-z0-9]{{{RUN}}}[.+].*", re.DOTALL)


def is_made_here(name: str) -> bool:
    """Whether it is a userName or a group's name that this tool makes, in whatever letter case."""
    return _MADE_HERE.fullmatch(name.casefold()) is not None
