"""What users and groups have in common (RFC 7643 3, 3.1): schemas and meta, the same rules for both."""

import re
from urllib.parse import unquote, urlsplit

from scim_tests.checks.reading.compare import leaves
from scim_tests.checks.reading.users import is_off_the_base
from scim_tests.model.check import Finding, advice
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, get

NAMES = ("userName", "displayName")
COUNTER = re.compile(r'(W/)?"?\d{1,6}"?')  # too small for a time
# xsd:dateTime, RFC 7643 2.3.5; a time zone is optional there
DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def is_a_count(version: str) -> bool:
    """Whether a version can only be a count of changes, which moves however quickly they follow each other."""
    return bool(COUNTER.fullmatch(version))


def unnamed_schema(resource: Resource, urn: str) -> Finding | None:
    """The resource's own schema, not named in schemas (RFC 7643 3)."""
    schemas = get(resource, "schemas")
    good = isinstance(schemas, list) and urn in schemas
    return None if good else Finding(f"an array with {urn}", describe(schemas), "$.schemas")


def unnamed_extension(resource: Resource) -> Finding | None:
    """An extension that is shown and not named in schemas (RFC 7643 3)."""
    schemas = get(resource, "schemas")
    named = {str(each).lower() for each in schemas} if isinstance(schemas, list) else set()
    used = [
        key for key, value in resource.items() if key.lower().startswith("urn:") and any(leaves({key: value}))
    ]
    missing = [key for key in used if key.lower() not in named]
    return Finding(f"{missing[0]} among them", describe(schemas), "$.schemas") if missing else None


def wrong_resource_type(resource: Resource, name: str) -> Finding | None:
    """A meta.resourceType that is not `name`, absent ones too (RFC 7643 3.1)."""
    shown = get(resource, "meta", "resourceType")
    return None if shown == name else Finding(name, describe(shown), "$.meta.resourceType")


def wrong_location(exchange: Exchange, resource: Resource, endpoint: str) -> Finding | None:
    """A meta.location that does not lead to the resource; mild where it is only spelt another way, or names it otherwise than by its id."""
    location, id_ = get(resource, "meta", "location"), get(resource, "id")
    if location is None or not isinstance(id_, str):
        return None
    shown, wanted = str(location), f"{endpoint}/{id_}"
    if not leads_to(shown, wanted, base=exchange.heard.base_url):
        named = [
            get(resource, name) for name in NAMES
        ]  # no RFC says that the URI of a resource ends in its id
        ends = [wanted, *(f"{endpoint}/{each}" for each in named if each)]
        close = unquote(shown.rstrip("/")).lower().endswith(tuple(each.lower() for each in ends))
        return Finding(f"…{wanted}", shown, "$.meta.location", mild=close)
    if is_off_the_base(exchange, shown):
        return advice(f"{exchange.heard.base_url}{wanted}", shown, "$.meta.location")
    absolute = shown.lower().startswith(("http://", "https://"))
    return None if absolute else advice("an absolute URL", shown, "$.meta.location")


def leads_to(address: str, *ends: str, base: str = "") -> bool:
    """Whether its path ends like one of these, and below the base URL is just that; a relative reference may lack the slash before the endpoint."""
    if base and address.startswith(f"{base}/"):
        return unquote(address.removeprefix(base)) in ends
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    return f"/{unquote(path)}".endswith(ends)


def another_place(exchange: Exchange, name: str = "Location") -> Finding | None:
    """A meta.location that is not the header of that name; mild where one is relative or encoded in another way."""
    header, shown = exchange.answer.header(name), get(exchange.resource, "meta", "location")
    if header == shown:
        return None
    same = isinstance(shown, str) and _lead_to_one_place(str(header), shown)
    return Finding(str(header), describe(shown), "$.meta.location", mild=same)


def _lead_to_one_place(*locations: str) -> bool:
    try:
        one, other = sorted((urlsplit(unquote(each)) for each in locations), key=lambda url: len(url.path))
    except ValueError:
        return False
    if one.netloc and other.netloc:
        return (one.netloc.lower(), one.path) == (other.netloc.lower(), other.path)
    return bool(one.path) and other.path.endswith(one.path)


def wrong_date(resource: Resource) -> Finding | None:
    """The first of meta.created and meta.lastModified that is there and no DateTime (RFC 7643 2.3.5)."""
    for name in ("created", "lastModified"):
        date = get(resource, "meta", name)
        if date is not None and not (isinstance(date, str) and DATE_TIME.fullmatch(date)):
            return Finding("a date and time like 2026-01-31T09:00:00Z", describe(date), f"$.meta.{name}")
    return None


def version_is_not_the_etag(exchange: Exchange) -> Finding | None:
    """A meta.version that is not the ETag header (RFC 7643 3.1); mild where both differ in what compression adds alone."""
    version, etag = get(exchange.resource, "meta", "version"), exchange.answer.header("ETag")
    if version == etag:
        return None
    same = _opaque(str(version)) == _opaque(str(etag))  # a proxy that compresses makes strong tags weak
    return Finding(f"ETag {etag}", f"version {version}", "$.meta.version", mild=same)


def _opaque(tag: str) -> str:
    """What stands between the quotes of an entity-tag, less what compressing proxies put there."""
    return re.sub(r"(--?|;)gzip$", "", tag.strip().removeprefix("W/").strip('"'))
