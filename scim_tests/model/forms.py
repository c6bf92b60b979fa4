"""What may be sent: the forms of requests that a sender declares, and how a request is found to have one.

A form is a method and a place, `GET /Users/{id}`. A request that has no declared form does not leave. So
nothing has to be known about what could do harm: an unknown method, a sub-resource or another spelling of
`/Groups` are simply nobody's form. Each operation of a bulk request has to have a declared form, too.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

Forms = frozenset[str]

SEARCH = ".search"  # in place of an id it asks, by POST (RFC 7644 3.4.3)
OFFERED = "{offered}"  # in a form: an endpoint that the target names in /ResourceTypes; only ever read
ENDPOINTS = frozenset({
    "Users", "Groups", "Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig", SEARCH,
})  # fmt: skip
UNKNOWN = "scimTestsUnknown"  # a parameter, or an endpoint, that no target and no framework has
# Query parameters of RFC 7644 3.4.2 and 3.9, and RFC 9865 2. Frameworks take others for another method.
PARAMETERS = frozenset({
    "filter", "startindex", "count", "cursor", "attributes", "excludedattributes", "sortby", "sortorder",
    UNKNOWN.lower(),
})  # fmt: skip
# Characters of a path (RFC 3986 3.3). What a server could read as the end of a segment is never among an id's.
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})+")
_PARTS_A_PATH = re.compile(r"[/\\?#%;\x00-\x1f\x7f-\x9f\ud800-\udfff]")
LAYERS = 3  # of percent-encoding that some proxy may undo


@dataclass(frozen=True)
class Place:
    """Where a request goes: the endpoint's name, and the id behind it as text; empty where there is none."""

    endpoint: str
    id: str

    @property
    def form(self) -> str:
        """As a form names it."""
        if self.endpoint not in ENDPOINTS:
            return OFFERED
        named = self.id if self.id == SEARCH else "{id}"
        return f"/{self.endpoint}" + (f"/{named}" if self.id else "")


@lru_cache(maxsize=256)  # the guard asks for the place of each step several times
def place_of(path: str) -> Place | None:
    """The place of a path with its query, or None where the path is not put together from plain parts.

    None, too, for a parameter that SCIM does not know, and for what decodes into another path.
    """
    way, _, query = path.partition("?")
    first, *segments = way.split("/")
    plain = all(map(_SEGMENT.fullmatch, segments)) and not any(map(_leads_astray, segments))
    if first or not segments or not plain or not _is_known(query):
        return None
    endpoint, *named = segments
    if endpoint not in ENDPOINTS:
        return Place(way.removeprefix("/"), "")
    return Place(endpoint, unquote(named[0]) if named else "") if len(named) < 2 else None


def is_plain_id(id_: str) -> bool:
    """Whether an id can name one resource only, whatever a server or a proxy makes of its path.

    To write to any other is never worth it: `..;/`, `%2e%2e` or `a/members` may come to mean something else.
    """
    return id_ == id_.strip() and id_.strip(".") != "" and not _PARTS_A_PATH.search(id_)


def refers_to(reference: str, endpoint: str, id_: str) -> bool:
    """Whether a URL, in whatever way a server reads it, is that of one user or group: plain segments, of which the last is the id.

    A relative one starts from the base URL (RFC 7643 2.3.7), so that it is these two alone.
    """
    if "://" not in reference:
        return reference == f"{endpoint}/{id_}" and is_plain_id(id_)
    segments = reference.partition("://")[2].split("/")[1:]
    plain = all(map(_SEGMENT.fullmatch, segments)) and not any(map(_leads_astray, segments))
    return plain and segments[-2:] == [endpoint, id_] and ENDPOINTS.isdisjoint(segments[:-2])


def changes_the_method(header: str) -> bool:
    """Whether some server takes a header of that name for another method: `X-HTTP-Method-Override` and its kin."""
    letters = re.sub("[^a-z]", "", header.lower())
    return "methodoverride" in letters or letters.removeprefix("x").removeprefix("http") == "method"


def _leads_astray(segment: str) -> bool:
    """Whether some number of decodings makes a segment the parent of its place, or ends it."""
    for _ in range(LAYERS):
        if any(part.strip() in {"", ".", ".."} for part in re.split(r"[/\\;]", segment)):
            return True
        segment = unquote(segment)
        if re.search(r"[\x00-\x1f\x7f]", segment):
            return True
    return False


def _is_known(query: str) -> bool:
    names = (pair.partition("=")[0] for pair in query.split("&")) if query else ()
    return all(unquote(name).lower() in PARAMETERS for name in names)
