"""What the server says when it will not: one exception, one constructor per scimType (RFC 7644 section 3.12)."""

from collections.abc import Callable, Mapping
from typing import Any

from reference_server.paragraphs import Paragraph

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal: the HTTP status, words for a person, what they rest on, and the scimType if there is one."""

    def __init__(
        self,
        status: int,
        detail: str,
        paragraph: Paragraph,
        scim_type: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.paragraph = paragraph
        self.scim_type = scim_type
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The Error message, its status a string (RFC 7644 section 3.12)."""
        detail = f"{self.detail} ({self.paragraph})"
        error = {"schemas": [ERROR_SCHEMA], "status": str(self.status), "detail": detail}
        return error | ({"scimType": self.scim_type} if self.scim_type else {})


def _bad_request(scim_type: str) -> Callable[[str, Paragraph], ScimError]:
    return lambda detail, paragraph: ScimError(400, detail, paragraph, scim_type)


invalid_filter = _bad_request("invalidFilter")
invalid_path = _bad_request("invalidPath")
invalid_syntax = _bad_request("invalidSyntax")
invalid_value = _bad_request("invalidValue")
mutability = _bad_request("mutability")
no_target = _bad_request("noTarget")


class TookTooLongError(ScimError):
    """A request that was given up after so many seconds: 400 with tooMany (RFC 7644 section 3.4.2.1)."""

    def __init__(self, seconds: float) -> None:
        super().__init__(400, f"the request took more than {seconds:g} seconds", Paragraph.ERRORS, "tooMany")


class BusyError(TookTooLongError):
    """The database was not free, or not long enough: 503 with Retry-After, for it may well succeed later."""

    def __init__(self, seconds: float) -> None:
        detail = f"this could not be done within {seconds:g} seconds, and nothing of it is kept"
        ScimError.__init__(self, 503, detail, Paragraph.UNAVAILABLE, headers={"Retry-After": "1"})


def uniqueness(attribute: str) -> ScimError:
    """409 for a value that another resource has; `attribute` is its path."""
    return ScimError(
        409, f"{attribute} is already in use by another resource", Paragraph.ERRORS, "uniqueness"
    )


def not_found(what: str) -> ScimError:
    """404; `what` is the subject of the sentence."""
    return ScimError(404, f"{what} does not exist", Paragraph.ERRORS)


def disk_full() -> ScimError:
    """507 where there is no room to keep what was sent (RFC 4918 section 11.5)."""
    return ScimError(507, "the disk of the server is full, and nothing of this is kept", Paragraph.STORAGE)


def too_large(what: str, limit: int) -> ScimError:
    """413; `limit` is in bytes, and the RFC wants it told (RFC 7644 section 3.7.4)."""
    return ScimError(413, f"{what} is larger than maxPayloadSize, {limit} bytes", Paragraph.CONTENT_TOO_LARGE)
