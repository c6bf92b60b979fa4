"""Says in one sentence why no answer came, and what Okta makes of that where it is known.

Sources: okta:FAQ and okta:GH2540 (60 s without socket activity), okta:LAB-KR2 (what an admin reads
when a lookup gets no answer), okta:SUP-TLS (old TLS versions).
"""

import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx

from scim_tests.model.exchange import ANSWERED
from scim_tests.wire.body import BadBody

TROUBLE = (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, BadBody)
UNDER_HTTPX = frozenset({"httpcore", "h11", "anyio"})  # whose errors it lets through here and there

OKTA_WAITS = 60  # seconds
TO_CONNECT = 0.5  # the share of the time limit that connecting may take, and then TLS again
TOO_LATE = "No answer came within"  # where nothing did in time

_OKTA_READS = "an Okta admin then reads `Error while verifying if user exists: null`"


@dataclass
class Progress:
    """How far a request got; httpcore tells us as it goes."""

    status: str = ""  # `200 OK` once the answer's headers are there
    left: float = field(default_factory=time.perf_counter)  # when the request's first byte did

    async def __call__(self, event: str, _info: object) -> None:
        """Hears httpcore's trace events; `left` is set when the request's first byte goes."""
        if event == "http11.send_request_headers.started":
            self.left = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Since the request's first byte left, or since we began where none did."""
        return time.perf_counter() - self.left


def is_trouble(error: Exception) -> bool:
    """Whether it went wrong between us and the target. Anything else is a bug of ours and is not caught."""
    return isinstance(error, TROUBLE) or type(error).__module__.partition(".")[0] in UNDER_HTTPX


def sentence(error: Exception, progress: Progress, host: str, timeout: float) -> str:
    """Why no answer came from `host` (as in a URL, with its port), as one sentence. `timeout` is in seconds."""
    if progress.status:
        return _broken_off(error, progress.status, timeout)
    if type(error).__name__ == "LocalProtocolError":  # whose message may quote a header
        return f"The request could not be written: {_no_request(str(error))}."
    if isinstance(error, httpx.InvalidURL):
        return f"The request could not be written: {_reason(error)}."
    if isinstance(error, httpx.ProxyError):
        return f"The proxy did not let us through to {host}: {error}."
    if is_unreachable(error):
        return _no_connection(error, host, timeout)
    return _no_answer(error, host, timeout)


def is_unreachable(error: Exception) -> bool:
    """Whether no connection could be made, so that nothing was sent."""
    return isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError | UnicodeError)


def _no_connection(error: Exception, host: str, timeout: float) -> str:
    causes = list(_causes(error))
    if any(isinstance(cause, TimeoutError) for cause in causes):
        return f"No connection to {host} could be made within {timeout * TO_CONNECT:g} s."
    for cause in causes:
        if isinstance(cause, ssl.SSLError):
            return _no_tls(cause, host)
        if isinstance(cause, socket.gaierror | UnicodeError):
            return f"The name of {host} cannot be resolved; is the URL right?"
        if isinstance(cause, ConnectionRefusedError):
            return f"Nothing listens on {host}: the connection was refused."
    return f"No connection to {host} could be made: {_reason(error)}."


def _no_request(why: str) -> str:
    if "declared Content-Length" in why:
        return "its body is not as long as its Content-Length says"
    return "it has a character that HTTP does not allow there"


def _no_tls(error: ssl.SSLError, host: str) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of {host} is not valid: {error.verify_message}; "
            "Okta demands one from a public certificate authority."
        )
    reason = (error.reason or "the connection was closed").replace("_", " ").lower()
    wants = "; Okta needs TLS 1.2 or later" if "version" in reason or "protocol" in reason else ""
    return f"No TLS connection to {host} could be made: {reason}{wants}."


def _no_answer(error: Exception, host: str, timeout: float) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):  # TLS 1.3 says only now that it wants a certificate of ours
            return _no_tls(cause, host)
    if isinstance(error, TimeoutError):
        if timeout < OKTA_WAITS:
            return f"{TOO_LATE} {timeout:g} s; Okta waits {OKTA_WAITS} s."
        return f"{TOO_LATE} {timeout:g} s, when Okta gives up too; {_OKTA_READS} at a lookup."
    if isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error):
        return f"What came back is not HTTP: {_reason(error)}."
    return f"The target closed the connection without an answer; {_OKTA_READS} at a lookup."


def _broken_off(error: Exception, status: str, timeout: float) -> str:
    if isinstance(error, BadBody):
        return f"{ANSWERED}{status}, but {error}."
    if isinstance(error, TimeoutError):
        return f"{ANSWERED}{status}, but the body did not end within {timeout:g} s."
    return f"{ANSWERED}{status}, but the body broke off: {_reason(error)}."


def _reason(error: Exception) -> str:
    return str(error).strip().rstrip(".") or "the connection was reset"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and whatever it came from, groups of errors taken apart."""
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):
            for each in error.exceptions:
                yield from _causes(each)
        error = error.__cause__ or error.__context__
