"""One exchange as it passed through the app, and the form in which it goes to the writer."""

import json
import struct
from dataclasses import dataclass, field

LONGEST = 1024 * 1024  # bytes of a body that are copied; a page of 100 users is about 100 KiB
LOST = "-"  # what the writer says of an exchange that can be kept by nobody
BATCH = struct.Struct(">II")  # before frames: how many they are, and how many before them were lost
LENGTHS = struct.Struct(">III")  # of the three parts of a frame: what is said of it, and the bodies

Pairs = list[tuple[str, str]]


@dataclass(slots=True)
class Body:
    """A copy of a body as it passes. One that is too long, or of which a part did not pass, is not kept."""

    size: int = 0
    is_whole: bool = False
    pieces: list[bytes] = field(default_factory=list)

    def take(self, piece: bytes) -> None:
        """The next piece of it. What is no bytes the server will refuse; here it is as if too much had passed."""
        is_bytes = isinstance(piece, bytes | bytearray | memoryview)
        self.size += len(piece) if is_bytes else LONGEST + 1
        if self.size <= LONGEST:
            self.pieces.append(bytes(piece))
        else:
            self.pieces.clear()

    @property
    def kept(self) -> bytes:
        """All of it, or nothing."""
        return b"".join(self.pieces) if self.is_whole else b""

    @property
    def missing(self) -> int:
        """How many bytes passed of one that is not kept; at least one, or it would be taken for an empty one."""
        return 0 if self.is_whole and self.size <= LONGEST else max(self.size, 1)

    def end(self, headers: Pairs) -> None:
        """Nothing more passes: something of it is all of it if it is as long as its headers say. Nobody reads what is not there."""
        told = {name.lower(): value for name, value in headers}
        length = told.get("content-length", "" if "transfer-encoding" in told else "0")
        self.is_whole = length == str(self.size) or (self.is_whole and not (self.size and length.strip("0")))


@dataclass(slots=True)
class Seen:
    """A request and its answer. Headers are latin-1, the URL is as it came."""

    method: str
    url: str
    headers: Pairs
    started: float  # seconds since the epoch
    asked: Body = field(default_factory=Body)
    status: int = 0  # without an answer
    answer_headers: Pairs = field(default_factory=list)
    answered: Body = field(default_factory=Body)
    failure: str = ""  # why there is no answer
    seconds: float = 0.0

    def frame(self) -> bytes:
        """For the writer."""
        bodies = self.asked.kept, self.answered.kept
        missing = self.asked.missing, self.answered.missing if self.status else 0
        head = {
            "method": self.method, "url": self.url, "headers": self.headers, "started": self.started, "seconds": self.seconds,
            "status": self.status, "answer_headers": self.answer_headers, "failure": self.failure, "missing": missing,
        }  # fmt: skip
        told = json.dumps(head).encode()
        return b"".join([LENGTHS.pack(len(told), *map(len, bodies)), told, *bodies])
