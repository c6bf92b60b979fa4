"""Plays here wait for no disk."""

from playing import no_disk

__all__ = ["no_disk"]
