"""Cursors: where a walk through a query stands, signed so that none can be made up (RFC 9865)."""

import hashlib
import hmac
import json
import time
from base64 import b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass

from reference_server.errors import ScimError
from reference_server.paragraphs import Paragraph

SEAL = 16


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the answer to one query: after the row of that seq, or after so many rows when sorted."""

    query: str
    count: int
    position: int = 0


def fingerprint(*parts: object) -> str:
    """What tells one query, of one tenant, from another: 16 hexadecimal digits. The parts can be written as JSON."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


class Cursors:
    """Writes cursors as text and reads them back; the seconds of `timeout` run from when one is written."""

    def __init__(self, secret: bytes, timeout: int) -> None:
        self.secret = secret
        self.timeout = timeout

    def write(self, cursor: Cursor) -> str:
        """The cursor as text of unreserved characters, with the second it is written in (RFC 9865 section 2)."""
        content = json.dumps([int(time.time()), *astuple(cursor)]).encode()
        return urlsafe_b64encode(self._seal(content) + content).decode().rstrip("=")

    def read(self, text: str, start: Cursor, *, count_given: bool) -> Cursor:
        """The place a cursor stands for, if it belongs to the query that starts so.

        Raises invalidCursor, expiredCursor, or invalidCount where another count is given (RFC 9865 section 2.1).
        """
        written, query, count, position = self._content(text)
        if query != start.query:
            raise _invalid()
        if time.time() > written + self.timeout:
            raise ScimError(400, "the cursor has expired", Paragraph.CURSORS, "expiredCursor")
        if count_given and count != start.count:
            raise ScimError(
                400, "count must stay the same from page to page", Paragraph.CURSORS, "invalidCount"
            )
        return Cursor(query, count, position)

    def _content(self, text: str) -> tuple[int, str, int, int]:
        try:
            raw = b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        except ValueError:
            raise _invalid() from None
        seal, content = raw[:SEAL], raw[SEAL:]
        if not hmac.compare_digest(seal, self._seal(content)):
            raise _invalid()
        written, query, count, position = json.loads(content)
        return written, query, count, position

    def _seal(self, content: bytes) -> bytes:
        return hmac.digest(self.secret, content, "sha256")[:SEAL]


def _invalid() -> ScimError:
    """The same words for a made-up cursor and for another's, which must not be told apart (section 5.2)."""
    return ScimError(400, "the cursor does not belong to this query", Paragraph.CURSORS, "invalidCursor")
