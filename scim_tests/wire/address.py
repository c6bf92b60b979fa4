"""Reads a target's base URL as people paste it, and says what is wrong with it where something is."""

import re
from typing import NoReturn
from unicodedata import category
from urllib.parse import SplitResult, quote, urlsplit

import httpx

from scim_tests.errors import UsageError

EXAMPLE = "Name the base URL that Okta is given, for example https://scim.example.com/scim/v2."
TYPED_ANEW = "Type it anew: it came along where the URL was copied."
ENDPOINTS = ("users", "groups", "schemas", "resourcetypes", "serviceproviderconfig")


def base_url(text: str) -> str:
    """The URL in its usual form, in ASCII, without a slash at its end. UsageError `bad-url` says why it is none."""
    url = text.strip()
    if CREDENTIALS.match(url):
        hint = "Give the token as SCIM_TESTS_TOKEN or in a file."
        _refuse("The URL", "holds a user name or a password", hint)
    parts = _split(url)
    if parts.scheme not in {"http", "https"}:
        _refuse(url, "has no http:// or https:// in front", _with_scheme(url))
    if not parts.hostname:
        _refuse(url, "names no host", EXAMPLE)
    if "?" in url or "#" in url:
        _refuse(url, "has a query or a fragment", f"Leave out what begins at {'?' if '?' in url else '#'}.")
    path = parts.path.rstrip("/")
    if path.rpartition("/")[2].lower() in ENDPOINTS:
        _refuse(url, "is an endpoint, not the base URL", f"Leave out {path[path.rindex('/') :]}.")
    return f"{parts.scheme}://{_host(url, parts)}{quote(path, safe=_IN_A_PATH)}"


CREDENTIALS = re.compile(r"([a-zA-Z]+:)?(//)?[^/?#]*@")
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d+)?")
_IN_A_PATH = "/%!$&'()*+,;=:@-._~"  # RFC 3986 3.3, and the percent sign of what is encoded already


def _split(url: str) -> SplitResult:
    if re.search(r"[\s\x00-\x1f\x7f]", url):
        _refuse(" ".join(url.split()), "has a blank or a line end in it", EXAMPLE)
    if unseen := next((each for each in url if category(each) == "Cf"), ""):
        _refuse(
            url.replace(unseen, ""), f"has an invisible character in it (U+{ord(unseen):04X})", TYPED_ANEW
        )
    try:
        parts = urlsplit(url)
    except ValueError as error:
        _refuse(url, f"is no URL: {error}", EXAMPLE)
    try:
        _ = parts.port
    except ValueError:
        _refuse(url, "is no URL: its port is no number up to 65535", EXAMPLE)
    return parts


def _host(url: str, parts: SplitResult) -> str:
    """Host and port, lower case, in ASCII; the scheme's own port is left out."""
    try:
        host = httpx.URL(f"{parts.scheme}://{parts.netloc}").netloc.decode("ascii")
    except httpx.InvalidURL as error:
        _refuse(url, f"is no URL: {error}", EXAMPLE)
    if not _HOST.fullmatch(host):
        _refuse(url, "is no URL: its host has a character that no host has", EXAMPLE)
    return host


def _with_scheme(url: str) -> str:
    return EXAMPLE if "://" in url or not url else f"Did you mean https://{_shown(url).lstrip('/')}?"


def _refuse(url: str, why: str, hint: str) -> NoReturn:
    raise UsageError("bad-url", f"{_shown(url) or 'An empty URL'} {why}.", hint)


def _shown(url: str) -> str:
    """Without the query, which may hold a token."""
    return re.split(r"[?#]", url, maxsplit=1)[0]
