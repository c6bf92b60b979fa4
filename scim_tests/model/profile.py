"""A profile: the capabilities, dialect, limits and excuses of one kind of app, as data."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Self

from scim_tests.model.plan import Plan
from scim_tests.model.scim import Json

CAPABILITIES = (
    "push_users", "push_profile_updates", "push_deactivation", "reactivate", "sync_password",
    "import_users", "import_groups", "push_groups", "entitlements",
)  # fmt: skip
DEFAULT_PROFILE = "okta"  # where none is named
SPECIFICATION = "specification"  # what an act belongs to that plays of the RFCs what Okta never asks
PROBING = "probing"  # what an act belongs to that asks for capabilities the profile does not have
REMOVAL = "clean_up"  # that users can be removed: no feature of Okta's, which removes nobody
NOT_ENABLED = "not enabled (--without {})"
# What has nothing to act on in a run where another is not enabled, and why; a run writes only to whom it made.
# In Okta each box stands alone: without Create Users it still links who is there, and updates them (okta:SUP-MATCH).
ALSO_NOT_ENABLED = (
    (
        "push_users",
        ("push_profile_updates", "push_deactivation", "reactivate", "sync_password", "push_groups"),
        "nobody is created",
    ),
    ("push_deactivation", ("reactivate",), "nobody is deactivated"),
)


class Dialect(StrEnum):
    """Which of Okta's two app templates speaks (okta-protocol: two dialects)."""

    OIN = "oin"  # PATCH to deactivate
    CUSTOM = "custom"  # GET and PUT for everything


# How the token stands in a request; an app of Okta's catalogue sends the first or the second (okta:SUBMIT).
# Any other word is the name of a header that holds the token alone.
BEARER = "bearer"  # Authorization: Bearer <token>
RAW = "raw"  # Authorization: <token>
BASIC = "basic"  # Authorization: Basic <token>, which is base64 of user:password (RFC 7617 2)


class CleanUp(StrEnum):
    """What may be done, after the play, with the users a run created."""

    DELETE = "delete"
    DEACTIVATE = "deactivate"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Limits:
    """How much a run may ask for. Times in seconds, the rest in requests or people."""

    new_users: int = 40  # people created at most
    crowd: int = 14  # of these, people assigned at once
    group_size: int = (
        25  # members of the largest group that is pushed; as many as the run made people at most
    )
    page_size: int = 100  # Okta's `count` at an import, and its fixed step (okta:S20)
    import_pages: int = 2000  # pages of an import walk
    small_page_requests: int = 5  # requests for each small page size
    judged_people: int = 1000  # people judged one by one at an import; beyond, a sample
    timeout: float = 60.0  # Okta gives up then (okta:FAQ)
    throttle_scale: float = 0.01  # of the 5 minutes Okta waits where a 429 has no usable Retry-After
    longest_wait: float = 60.0  # a longer wait than this is not waited for; the step keeps its 429


@dataclass(frozen=True)
class Cost:
    """What a user who is created may cost or set going, in a sentence, and the page that says so."""

    text: str
    link: str = ""


@dataclass(frozen=True)
class Profile:
    """One kind of app. `reasons` says, for a capability it lacks or an act it leaves out, why."""

    name: str
    title: str
    dialect: Dialect
    capabilities: frozenset[str]
    clean_up: CleanUp
    writes: bool = True
    email_domain: str = "example.com"
    reuse_user: str = ""  # userName of the one user that every run shares; "" makes new ones
    attributes: Mapping[str, Json] = field(
        default_factory=dict
    )  # what an admin mapped besides, such as a role
    leave_out: frozenset[str] = frozenset()  # acts not played although the capability is there
    marks_requests: bool = True  # an honest extra header tells a test run from Okta
    authorization: tuple[str, ...] = (BEARER,)  # the first that the target takes
    probes: bool = False  # asks, harmlessly, for the capabilities it lacks
    writes_every_attribute: bool = False  # what a target declares of users, also off this machine
    limits: Limits = field(default_factory=Limits)
    reasons: Mapping[str, str] = field(default_factory=dict)
    costs: tuple[Cost, ...] = ()  # of users who are created; empty: nothing is known of them
    guide: Plan | None = None  # the vendor's own, followed step by step
    without: frozenset[str] = frozenset()  # of its capabilities, those that this run was told not to enable

    @property
    def speaks_at_large(self) -> bool:
        """Whether it may say what Okta does not."""
        return SPECIFICATION in self.capabilities

    @property
    def missing(self) -> tuple[str, ...]:
        """The capabilities it does not have, whatever a run was told."""
        return tuple(each for each in CAPABILITIES if each not in self.capabilities | self.without)

    @property
    def lacking(self) -> tuple[str, ...]:
        """All that it says the target cannot do."""
        return (*self.missing, *([REMOVAL] if self.clean_up is not CleanUp.DELETE else []))

    def with_overrides(  # noqa: PLR0913 -- what a run was told, each by its name
        self,
        *,
        new_users: int | None = None,
        email_domain: str | None = None,
        probes: bool = False,
        authorization: str | None = None,
        writes_every_attribute: bool = False,
        without: Collection[str] = (),
    ) -> Self:
        """The profile with what a run was told: how many new users of which domain, the token's form, what else may be asked or written.

        What it is to be played `without` takes along what would have nothing to act on.
        """
        domain, reused = email_domain or self.email_domain, self.reuse_user
        if email_domain and "@" in reused:
            reused = f"{reused.partition('@')[0]}@{email_domain}"
        limits = self.limits if new_users is None else replace(self.limits, new_users=new_users)
        forms = (authorization,) if authorization else self.authorization
        why = dict(self._not_enabled(without))
        return replace(
            self,
            capabilities=self.capabilities - why.keys(),
            without=self.without | why.keys(),
            reasons={**self.reasons, **why},
            limits=limits,
            email_domain=domain,
            reuse_user=reused,
            probes=probes,
            authorization=forms,
            writes_every_attribute=writes_every_attribute,
        )

    def _not_enabled(self, told: Collection[str]) -> Iterator[tuple[str, str]]:
        """Those of its capabilities that go, with the reason; what was told itself comes last, and so wins."""
        for first, others, why in ALSO_NOT_ENABLED:
            if first in self.capabilities.intersection(told):
                yield from (
                    (each, f"{why} (--without {first})") for each in others if each in self.capabilities
                )
        yield from ((each, NOT_ENABLED.format(each)) for each in self.capabilities.intersection(told))

    def enables(self, *capabilities: str) -> bool:
        """Whether the run was told to leave out none of them."""
        return self.without.isdisjoint(capabilities)

    def why_not(self, act: str, capability: str, *, writes: bool, also: Iterable[str] = ()) -> str:
        """Why this profile does not play an act; empty where it does.

        Of what the act needs `also`, only a run's own choice keeps it from being played.
        """
        if capability == PROBING and not self.probes:
            return "what the profile lacks is only asked for with --probe-unsupported"
        if capability == PROBING and not self.lacking:
            return f"profile {self.name} lacks nothing that could be asked for"
        lacking = capability if capability not in {"", PROBING, *self.capabilities} else ""
        if off := lacking or next((each for each in also if each in self.without), ""):
            return self.reasons.get(off, f"profile {self.name} does not have {off}")
        if writes and not self.writes:
            return self.reasons.get("writes", f"profile {self.name} only reads")
        if act in self.leave_out:
            return self.reasons.get(act, f"profile {self.name} leaves {act} out")
        return ""
