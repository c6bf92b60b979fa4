"""A socket, and what may stand in for one: answers from a recording. An app has `in_process`."""

import gzip
import ssl
import zlib
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from scim_tests.errors import OwnError
from scim_tests.model.exchange import Answer, Request
from scim_tests.model.loopback import is_loopback

_PACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


KEEP_ALIVE = 1.0  # seconds; shorter than any server's, or a request could meet a connection being closed


def live(base_url: str, connections: int, tls: ssl.SSLContext | None) -> httpx.AsyncHTTPTransport:
    """A socket, through the proxy that the environment names for this URL, if any.

    `tls` of None trusts the usual authorities.
    """
    parts = urlsplit(base_url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if is_loopback(base_url) or proxy_bypass(parts.hostname or ""):
        proxy = None
    verify = tls or parts.scheme == "https" or bool(proxy)  # without TLS, reading authorities is for nothing
    limits = httpx.Limits(max_connections=connections, keepalive_expiry=KEEP_ALIVE)
    return httpx.AsyncHTTPTransport(verify=verify, proxy=proxy, limits=limits)


class Recorded(httpx.AsyncBaseTransport):
    """Answers as they were recorded: the first of a method and path to the first such request, and so on.

    OwnError `not-recorded` where the recording holds no further answer.
    """

    def __init__(self, base_url: str, conversation: Iterable[tuple[Request, Answer]]) -> None:
        self._base_url = base_url
        self._answers: defaultdict[tuple[str, str], deque[Answer]] = defaultdict(deque)
        for request, answer in conversation:
            self._answers[request.method, request.path].append(answer)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The next answer to this method and path, whatever the request's headers and body."""
        base = httpx.URL(self._base_url).raw_path.decode().rstrip("/")
        path = request.url.raw_path.decode().removeprefix(base)
        answers = self._answers[request.method, path]
        if not answers:
            raise OwnError(
                "not-recorded", f"The recording holds no further answer to {request.method} {path}."
            )
        return _response(answers.popleft())


def _response(answer: Answer) -> httpx.Response:
    """The answer as it came over the wire: a body is recorded decoded, so it is packed again."""
    pack = _PACK.get((answer.header("Content-Encoding") or "").strip().lower())
    body = pack(answer.body) if pack and answer.body else answer.body
    headers = [(name.encode(), value.encode()) for name, value in answer.headers]
    return httpx.Response(answer.status, headers=headers, stream=httpx.ByteStream(body))
