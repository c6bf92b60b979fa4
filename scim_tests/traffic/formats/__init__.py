"""What people record with: one reader a format. Each gives entries of a HAR, so that nothing behind them knows which it was.

A file is data of a stranger's: a reader looks, reads, and gives None where the format is not its own.
"""

from scim_tests.errors import UsageError
from scim_tests.traffic.formats import curl, har, lines, mitmproxy, postman, unknown
from scim_tests.traffic.formats.source import HOW, Found, Source

__all__ = ["HOW", "Found", "read"]
READERS = (mitmproxy.read, har.read, postman.read, lines.read, curl.read)


def read(data: bytes, name: str) -> Found:
    """The entries in a file, whatever wrote it. UsageError `bad-recording` where it is none: what it looks like, and what can be read."""
    source = Source(data, name)
    for reader in READERS:
        if (found := reader(source)) is not None:
            return found
    raise UsageError("bad-recording", f"{name} {unknown.looks_like(source)}.", HOW)
