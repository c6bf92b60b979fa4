"""Values that have one meaning to the letter: numbers, booleans, moments, binary data and addresses of the web (RFC 7643 2.3)."""

from base64 import b64decode
from urllib.parse import urlsplit

from scim_tests.checks.reading.compare import moment
from scim_tests.model.scim import Json

EXACT = frozenset({"boolean", "integer", "decimal", "dateTime", "binary", "reference"})
PHOTO = "$.photos.value"  # which a target may show at another place (RFC 7643 4.1.2)
SEQUENCE = 0x30  # what a certificate in DER begins with (X.690 8.9)
LONG = 0x80  # more bytes than this tell the length in further bytes (X.690 8.1.3)


def is_same(kind: str, wanted: Json, shown: Json) -> bool:
    """Whether two values of that type are one."""
    if isinstance(wanted, bool) or isinstance(shown, bool):
        return wanted is shown
    if wanted == shown:
        return True
    if kind == "dateTime":
        one, other = moment(wanted), moment(shown)
        return one is not None and one == other
    if kind == "binary":
        data = decoded(wanted)
        return data is not None and data == decoded(shown)
    if kind == "reference":
        return bool(_plain(wanted) == _plain(shown))
    return False


def differs_in_letter_case(wanted: Json, shown: Json) -> bool:
    """Whether no more than that is another."""
    return isinstance(wanted, str) and isinstance(shown, str) and wanted.lower() == shown.lower()


def are_elsewhere(wanted: Json, shown: Json) -> bool:
    """Whether two addresses of the web are of different hosts."""
    try:
        one, other = (urlsplit(str(each)) for each in (wanted, shown))
    except ValueError:
        return False
    return {"http", "https"} >= {one.scheme, other.scheme} and one.hostname != other.hostname


def decoded(text: Json) -> bytes | None:
    """What base64 or base64url stands for, its padding left out or not; None where it is neither (RFC 7643 2.3.6)."""
    if not isinstance(text, str):
        return None
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return None


def is_one_certificate(data: bytes) -> bool:
    """Whether it is one DER sequence, and nothing behind it, that begins with another one, as a certificate does (RFC 5280 4.1)."""
    inner = _content(data)
    return inner is not None and inner[:1] == bytes([SEQUENCE]) and not _holds_sequences_of_sequences(inner)


def _holds_sequences_of_sequences(inner: bytes) -> bool:
    """Several certificates in one sequence: what is first has a first element that is a sequence of a sequence itself."""
    first = _element(inner)
    within = _content(first) if first else None
    return within is not None and within[:1] == bytes([SEQUENCE])


def _content(data: bytes) -> bytes | None:
    """What is in a DER sequence that takes up all of it; None where it is no such thing."""
    element = _element(data)
    if element is None or element != data:
        return None
    return data[2 + (data[1] - LONG if data[1] > LONG else 0) :]


def _element(data: bytes) -> bytes | None:
    """The sequence that data begin with."""
    if len(data) < 2 or data[0] != SEQUENCE or data[1] == LONG:
        return None
    further = data[1] - LONG if data[1] > LONG else 0
    length = int.from_bytes(data[2 : 2 + further]) if further else data[1]
    end = 2 + further + length
    return data[:end] if end <= len(data) else None


def _plain(address: Json) -> Json:
    """Scheme and host in small letters (RFC 3986 6.2.2.1), and an empty path as a slash."""
    try:
        parts = urlsplit(str(address))
    except ValueError:
        return address
    return parts._replace(scheme=parts.scheme.lower(), netloc=parts.netloc.lower(), path=parts.path or "/")
