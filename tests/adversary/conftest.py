"""Plays here wait for no disk."""

from pageless import no_page
from playing import no_disk

__all__ = ["no_disk", "no_page"]
