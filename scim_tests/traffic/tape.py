"""Keeps what was seen in a file as it goes, without its secrets and with stand-ins for people.

Whatever ends the recording, the file is whole after every exchange. What an exchange tells of a secret or a person may be
about what stands there already: for a secret the file is written anew at once, for a person when the recording ends.
"""

import json
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scim_tests import __version__
from scim_tests.errors import WriteError
from scim_tests.model.exchange import Heard
from scim_tests.record.build import kept_exchange
from scim_tests.record.masking.mask import Mask
from scim_tests.report.har import entry_of
from scim_tests.traffic.har_reader import Entry, Recording, hidden
from scim_tests.traffic.redaction import HarRedactor
from scim_tests.wire import private_file
from scim_tests.wire.effort import TooMuch

TAIL = b"\n]}}"


class Tape(ABC):
    """The exchanges as they came, and the file of them. Without a mask people are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._unkept: Counter[str] = Counter()  # by why

    def _begin(self, mask: Mask | None, hide: HarRedactor) -> None:
        """From here on nothing is known of what was before."""
        self._mask = mask
        self._hide = hide
        self._seen: list[Heard] = []  # as they came

    def add(self, heard: Heard) -> Entry:
        """Keep an exchange that still holds its secrets. What it raises has cost this exchange alone.

        But for a WriteError: then nothing further can be kept.
        """
        stands = self._hide.learn(heard, self._path.read_bytes)
        try:
            entry = self._entry(heard)
            told = self._told(entry, len(self._seen) + 1)
            self._seen.append(heard)
        finally:
            if stands:
                self._write_without_secret()
        if not stands:
            self._append(told)
        return entry

    def miss(self, why: str) -> None:
        """An exchange could not be kept; the reports say so."""
        self._unkept[why] += 1

    def close(self) -> None:
        """Write it all once more, now that every secret is known, and everybody: who is ours may have changed."""
        entries = self._entries()
        for each in entries if self._mask else ():
            self._told(each, 1)
        self._write(entries)

    def _write_without_secret(self) -> None:
        """Write it all anew; where there is no room beside what stands there, that goes first: a secret is in it."""
        try:
            self._write(self._entries())
        except WriteError:
            self._path.unlink(missing_ok=True)
            self._write(self._entries())

    def _entries(self) -> list[Entry]:
        """Without those in which a secret that is known since can no longer be looked for."""
        entries, kept = [], []
        for heard in self._seen:
            try:
                entries.append(self._entry(heard))
                kept.append(heard)
            except TooMuch as why:
                self.miss(str(why))
        self._seen = kept
        return entries

    def _entry(self, heard: Heard) -> Entry:
        return hidden(Entry(heard), self._hide)

    def _document(self, entry: Entry, number: int) -> dict[str, Any]:
        """An entry of a HAR, with stand-ins for people."""
        heard = self._mask.heard(entry.heard) if self._mask else entry.heard
        return entry_of(kept_exchange(heard, number))

    def _told(self, entry: Entry, number: int) -> bytes:
        """The entry as it stands in the file, where it has this number, from 1."""
        return json.dumps(self._document(entry, number), ensure_ascii=False).encode(errors="backslashreplace")

    @abstractmethod
    def _append(self, told: bytes) -> None: ...

    @abstractmethod
    def _write(self, entries: Sequence[Entry]) -> None:
        """The whole file at once."""


class HarTape(Tape):
    """A HAR of one server: each entry goes where the closing brackets stood."""

    def __init__(self, base_url: str, path: Path, mask: Mask | None) -> None:
        super().__init__(path)
        self._base_url = base_url
        self._begin(mask, HarRedactor())
        self._write(())

    def recording(self) -> Recording:
        """Everything so far, as far as is known now without any secret."""
        entries = self._entries()
        notes = [f"{times} exchanges could not be kept: {why}" for why, times in self._unkept.items()]
        return Recording(self._hide.base_url(self._base_url), entries, notes)

    def _append(self, told: bytes) -> None:
        private_file.insert(self._path, told, TAIL)

    def _write(self, entries: Sequence[Entry]) -> None:
        creator = {"name": "scim-tests", "version": __version__}
        head = json.dumps({"version": "1.2", "creator": creator, "entries": []}).removesuffix("]}")
        with private_file.whole(self._path) as part, part.open("wb") as file:
            file.write(b'{"log": ' + head.encode())
            file.writelines(self._told(entry, number) for number, entry in enumerate(entries, 1))
            file.write(TAIL)

    def _told(self, entry: Entry, number: int) -> bytes:
        return (b"\n" if number == 1 else b",\n") + super()._told(entry, number)
