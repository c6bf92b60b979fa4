"""What a request asks of its answer, in the URL or in the body of a search (RFC 7644 3.4.2, 3.4.3, 3.9)."""

from collections.abc import Mapping

from scim_tests.model.exchange import Exchange
from scim_tests.model.forms import SEARCH
from scim_tests.model.scim import GROUP, USER, Json

CORE = (f"{USER}:".lower(), f"{GROUP}:".lower())


def is_search(exchange: Exchange) -> bool:
    """Whether it asks by POST (RFC 7644 3.4.3)."""
    return exchange.request.method == "POST" and exchange.request.endpoint.endswith(f"/{SEARCH}")


def parameters(exchange: Exchange) -> Mapping[str, Json]:
    """The parameters of a query by their names in lower case: of the URL, or the members of a search."""
    if not is_search(exchange):
        return {name.lower(): value for name, value in exchange.request.query.items()}
    return {name.lower(): value for name, value in exchange.request.written.items()}


def paths(said: Json) -> frozenset[str]:
    """The names in `attributes` or `excludedAttributes`, in lower case and without the URN of the core schema."""
    listed = said if isinstance(said, list) else str(said).split(",") if said else []
    return frozenset(plain(str(each).strip()) for each in listed) - {""}


def plain(path: str) -> str:
    """A path in lower case, without the URN of the core schema (RFC 7644 3.10)."""
    lowered = path.lower()
    return next((lowered.removeprefix(urn) for urn in CORE if lowered.startswith(urn)), lowered)


def shows_parts(exchange: Exchange) -> bool:
    """Whether it asks for some attributes only, so that its answer need not show the others."""
    return not parameters(exchange).keys().isdisjoint({"attributes", "excludedattributes"})
