"""A base URL as people paste it: what can be mended is, what is doubtful is told, and what is none is refused."""

import re
from urllib.parse import urlsplit

from scim_tests.errors import UsageError
from scim_tests.model.loopback import is_loopback
from scim_tests.ui.forms import AROUND
from scim_tests.wire.address import CREDENTIALS, base_url

QUOTES = "<>\"'`“”\u2018\u2019,;"  # what stands around an address in a text
ENDPOINT = re.compile(
    r"/(users|groups|schemas|resourcetypes|serviceproviderconfig)(/[^/?#]*)?/?([?#].*)?$", re.IGNORECASE
)
OF_A_PAGE = re.compile(
    r"\.(html?|php|aspx?)$|/(login|signin|sign-in|sso|admin|dashboard|hc|help|docs)(/|$)", re.IGNORECASE
)
OF_OKTA = re.compile(r"(^|\.)(okta|oktapreview|okta-emea)\.com$", re.IGNORECASE)
SCHEME = re.compile(r"(https?)(:/{0,2}|//)(?=[^/])", re.IGNORECASE)
WITHOUT_THEM = "They were taken out of the field. What opens the server is entered on the next page."
SLASHES = "What stands behind {} was put right: it is ://."
WITH_SCHEME = "{} was put in front."
WITHOUT_ENDPOINT = "{} at its end was left out: Okta adds that itself."
OPEN = "With http:// the key goes over the network as it is, and anybody on the way can read it; Okta takes https:// alone."
A_PAGE = "This looks like the address of a web page: the base URL is the one that programs ask."
OKTAS_OWN = "This is an address of Okta's: the base URL is that of the app, to which Okta sends."
NO_PATH = "It has no path: base URLs mostly end in one, such as /scim/v2."


def mended(text: str) -> tuple[str, list[str]]:
    """The URL in its usual form, and what was mended, in sentences. UsageError `bad-url` says why it is none."""
    url, said = text.strip(QUOTES + AROUND), []
    if CREDENTIALS.match(url):
        raise UsageError("bad-url", "The URL holds a user name or a password.", WITHOUT_THEM)
    if (slashes := SCHEME.match(url)) and slashes[2] != "://":
        url = f"{slashes[1]}://{url[slashes.end() :]}"
        said.append(SLASHES.format(slashes[1]))
    if url and "://" not in url and "@" not in url:
        scheme = "http://" if is_loopback(f"http://{url}") else "https://"
        url = scheme + url.lstrip("/")
        said.append(WITH_SCHEME.format(scheme))
    if endpoint := ENDPOINT.search(url):
        url = url[: endpoint.start()]
        said.append(WITHOUT_ENDPOINT.format(f"/{endpoint[1]}"))
    return base_url(url), said


def without_credentials(text: str) -> str:
    """What may be shown of it again."""
    found = CREDENTIALS.match(url := text.strip(QUOTES + AROUND))
    if not found:
        return text
    scheme, slashes, _ = found[0].partition("//")
    return f"{scheme}{slashes}{url[found.end() :]}" if slashes else url[found.end() :]


def doubts(url: str) -> list[str]:
    """What speaks against it, in sentences; it may be right all the same."""
    parts = urlsplit(url)
    found = (
        (parts.scheme == "http" and not is_loopback(url), OPEN),
        (bool(OF_A_PAGE.search(parts.path)), A_PAGE),
        (bool(OF_OKTA.search(parts.hostname or "")), OKTAS_OWN),
        (not parts.path, NO_PATH),
    )
    return [sentence for holds, sentence in found if holds]
