"""Bounds what looking for secrets in one text may cost: a hostile one can be read in more ways than there is time for.

No target that means well comes near it, and what is not looked through is never kept.
"""

from scim_tests.wire.body import MIB

MOST = 32 * MIB  # some seconds' work
OF_AN_ESCAPE = 8  # what undoing one, or looking at it, costs in terms of bytes
OF_A_PIECE = 64  # what looking at a piece of a secret costs, or putting something in its place
OF_A_RUN = 200  # what reading one run of digits by itself costs


class TooMuch(Exception):  # noqa: N818 -- not our error: what the text is like
    """A text can be read in too many ways."""

    def __init__(self) -> None:
        super().__init__("it can be read in too many ways to be searched for secrets, so it was not kept")


class Effort:
    """What is left of what one text may cost."""

    def __init__(self) -> None:
        self._left = MOST

    def cost(self, units: int) -> None:
        """About as many bytes are gone through. TooMuch where that is more than is left."""
        self._left -= units
        if self._left < 0:
            raise TooMuch
