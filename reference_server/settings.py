"""Everything that can be chosen about a server, said once and never changed while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

DEFAULT_TENANT = "default"
BEARER, RAW = "bearer", "raw"  # forms of a token; any other is the name of a header that holds it alone
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
# The parts of a user that can be changed apart from each other: two attributes, and all the others.
ACTIVE, PASSWORD, OTHERS = "active", "password", "others"


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token, the tenant it opens, and the userName that `/Me` stands for."""

    value: str
    tenant: str = DEFAULT_TENANT
    user_name: str | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """A name and password for HTTP Basic; `/Me` is the user of that name."""

    user_name: str
    password: str
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for; `LIMITS` says of each what it is."""

    page_size: int = 100
    max_results: int = 1000
    max_payload_size: int = 8 * 1024 * 1024
    max_bulk_operations: int = 1000
    max_patch_operations: int = 1000
    max_filter_comparisons: int = 500
    max_filter_length: int = 64 * 1024
    max_depth: int = 64
    max_head_size: int = 256 * 1024
    head_timeout: float = 10.0
    body_timeout: float = 60.0
    query_timeout: float = 20.0
    write_timeout: float = 10.0
    cursor_timeout: int = 600


# Of each limit, what it limits, and what is answered beyond it.
LIMITS: Mapping[str, tuple[str, str]] = {
    "page_size": ("resources on a page, if no count is asked for", "more pages"),
    "max_results": ("resources on a page, whatever count is asked for", "more pages"),
    "max_payload_size": ("bytes of a body, and of a resource with all that was ever added", "413"),
    "max_bulk_operations": ("operations in a bulk request", "413"),
    "max_patch_operations": ("operations in a PATCH", "413"),
    "max_filter_comparisons": ("comparisons in a filter", "400 invalidFilter"),
    "max_filter_length": ("characters of a filter, and of a PATCH path", "400 invalidFilter, invalidPath"),
    "max_depth": ("levels of nesting in a body, and in a filter", "400 invalidSyntax, invalidFilter"),
    "max_head_size": ("bytes of a request line with its headers", "400"),
    "head_timeout": ("seconds until a request line with its headers is there", "408"),
    "body_timeout": ("seconds from then until the body is there", "408"),
    "query_timeout": ("seconds of a read", "400 tooMany"),
    "write_timeout": ("seconds of a write, those included that it waits for others", "503 with Retry-After"),
    "cursor_timeout": ("seconds for which a cursor can be used", "400 expiredCursor"),
}


class Reading(StrEnum):
    """Another reading than the server's own where the RFCs leave two, for who has to match a peer."""

    PATCH_204 = "patch-204"  # a PATCH is answered without the resource, unless some attributes are asked for
    MEMBERS_UNCHECKED = "members-unchecked"  # a group may have members that are nobody's ids
    REMOVE_NO_TARGET = "remove-no-target"  # removing what a filter does not find is noTarget


@dataclass(frozen=True, slots=True)
class Offer:
    """What of SCIM there is: what is not there is not served, and discovery does not name it.

    `methods` are those of a resource type, all where it is not among them; a type without any is not there.
    `changes` are the parts of a user that can be changed once it is there.
    """

    methods: Mapping[str, frozenset[str]] = field(default_factory=dict)
    changes: frozenset[str] = frozenset({ACTIVE, PASSWORD, OTHERS})
    bulk: bool = True

    def serves(self, resource_type: str) -> bool:
        """Whether there is a type of resources at all."""
        return self.methods.get(resource_type) != frozenset()

    def has(self, method: str, resource_type: str) -> bool:
        """Whether resources of a type take a method."""
        return method in self.methods.get(resource_type, METHODS)

    def can_change(self, attribute: str) -> bool:
        """Whether an attribute of a user can be changed once the user is there."""
        return (attribute if attribute in {ACTIVE, PASSWORD} else OTHERS) in self.changes


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings.

    `database` is the file to keep; without one a temporary file lives as long as the server.
    `public_url` is the base of every URL the server writes; without one it is the address served.
    `token_forms` are the forms in which a token is taken: `bearer`, `raw` for one that stands alone in the
    Authorization header, as Okta can send it, or the name of a header of its own.
    `interop` keeps the SCIM 2.0 Interoperability Profile draft and drops the leniency for Okta and Entra.
    `rate_limit` is the number of requests a tenant may send per second.
    `readings` are those taken in the place of the server's own.
    `schema_file` names a file of further schemas and resource types.
    `offer` can leave out a part of what the server has.
    """

    tokens: tuple[Token, ...] = ()
    logins: tuple[Login, ...] = ()
    token_forms: tuple[str, ...] = (BEARER,)
    base_path: str = "/scim/v2"
    database: Path | None = None
    public_url: str | None = None
    open_discovery: bool = True
    interop: bool = False
    rate_limit: int | None = None
    schema_file: Path | None = None
    readings: frozenset[Reading] = frozenset()
    limits: Limits = Limits()
    offer: Offer = Offer()

    @property
    def root(self) -> str:
        """The base path as the start of every other path: empty, or a slash and no slash at its end."""
        return f"/{self.base_path.strip('/')}".rstrip("/")

    @property
    def base_url(self) -> str:
        """What every URL the server writes starts with; never taken from a request."""
        return (self.public_url or f"http://localhost{self.root}").rstrip("/")

    @property
    def tenants(self) -> tuple[str, ...]:
        """Those that credentials open, each once, in the order given."""
        named = [token.tenant for token in self.tokens] + [login.tenant for login in self.logins]
        return tuple(dict.fromkeys(named))

    def authentication_schemes(self) -> Mapping[str, bool]:
        """The schemes of RFC 7643 section 5 and whether each is on; it has none for a token in another form."""
        bearer = bool(self.tokens) and BEARER in self.token_forms
        return {"oauthbearertoken": bearer, "httpbasic": bool(self.logins)}
