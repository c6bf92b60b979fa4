"""The file: one entry of a HAR a line, masked, put away when it is full.

A file is one recording: what is known of secrets and people begins anew with each, so that memory stays flat. The key of the
stand-ins outlives it: the same person has the same name in every file, before and after a restart.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.record.masking.mask import of_recorded
from scim_tests.record.masking.pseudonyms import Pseudonyms
from scim_tests.traffic.har_reader import ENDPOINT, Entry
from scim_tests.traffic.redaction import HarRedactor
from scim_tests.traffic.tape import Tape
from scim_tests.wire import private_file
from scim_tests.wire.body import decoded

NOT_KEPT = "The recorder does not keep this body: it is too long, or did not pass as a whole."


@dataclass(frozen=True)
class Passed(Heard):
    """An exchange that passed through an app."""

    missing: tuple[int, int] = (0, 0)  # bytes of the request's and the answer's body that were not kept
    dropped: int = 0  # exchanges before it that were lost


def passed(told: dict[str, Any]) -> Passed | None:
    """What a frame tells; None where it is no SCIM."""
    found = ENDPOINT.fullmatch(told["url"])
    if not found:
        return None
    request = Request(told["method"], found[2], _pairs(told["headers"]), told["asked"])
    headers = _pairs(told["answer_headers"])
    answer = Answer(told["status"], headers, decoded(told["answered"], headers)) if told["status"] else None
    return Passed(
        request, answer, "" if answer else told["failure"], started=told["started"], seconds=told["seconds"],
        base_url=found[1], missing=tuple(told["missing"]), dropped=told["dropped"],
    )  # fmt: skip


class LineTape(Tape):
    """The file at this path, and those that were put away. WriteError where it cannot be opened."""

    def __init__(
        self, path: Path, key: bytes, max_bytes: int, backup_count: int, *, keep_personal_data: bool
    ) -> None:
        super().__init__(path)
        self._pseudonyms = Pseudonyms(key)
        self._max_bytes = max_bytes
        self._backup_count = backup_count
        self._keeps_people = keep_personal_data
        self._number = 0  # of the file on its disk
        self._open()

    def add(self, heard: Heard) -> Entry:
        """Keep an exchange, in a new file where this one is full, or was put away by somebody else."""
        if self._stat() != self._number:
            self._open()
        elif self._path.stat().st_size >= self._max_bytes:
            self.close()
            self._put_away()
            self._open()
        return super().add(heard)

    def close(self) -> None:
        """Mask it once more, unless somebody put it away."""
        if self._stat() == self._number:
            super().close()

    def _open(self) -> None:
        """Go on behind what stands there already: it was masked by those who wrote it."""
        mask = None if self._keeps_people else of_recorded(pseudonyms=self._pseudonyms)
        self._begin(mask, HarRedactor(self._pseudonyms.of))
        with private_file.grown(self._path) as file:
            end = os.fstat(file).st_size
            if end and os.pread(file, 1, end - 1) != b"\n":  # a line that broke off
                private_file.put(file, b"\n")
            self._before = os.fstat(file).st_size
        self._number = self._stat()

    def _put_away(self) -> None:
        """As `logging.handlers` does: the last file is `.1`, the oldest one goes."""
        names = [self._path, *(Path(f"{self._path}.{each}") for each in range(1, self._backup_count + 1))]
        names[-1].unlink(missing_ok=True)
        for older, newer in zip(names[:0:-1], names[-2::-1], strict=True):
            if newer.exists():
                newer.rename(older)

    def _stat(self) -> int:
        try:
            return self._path.lstat().st_ino
        except FileNotFoundError:
            return 0

    def _document(self, entry: Entry, number: int) -> dict[str, Any]:
        document = super()._document(entry, number)
        heard = entry.heard
        # An app answers several within a millisecond, and what came first is what they are judged by.
        document["startedDateTime"] = datetime.fromtimestamp(heard.started, UTC).isoformat()
        if isinstance(heard, Passed):
            document["request"]["bodySize"] = heard.missing[0] or document["request"]["bodySize"]
            if heard.missing[1]:
                document["response"]["content"] |= {"size": heard.missing[1], "comment": NOT_KEPT}
            if heard.dropped:
                document["_dropped"] = heard.dropped
        return document

    def _told(self, entry: Entry, number: int) -> bytes:
        return super()._told(entry, number) + b"\n"

    def _append(self, told: bytes) -> None:
        private_file.insert(self._path, told, b"")

    def _write(self, entries: Sequence[Entry]) -> None:
        with private_file.grown(self._path) as file:
            before = os.pread(file, self._before, 0)
        with private_file.whole(self._path) as part, part.open("wb") as written:
            written.write(before)
            written.writelines(self._told(entry, number) for number, entry in enumerate(entries, 1))
        self._before = len(before)
        self._number = self._stat()


def _pairs(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in pairs)
