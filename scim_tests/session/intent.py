"""What a run is about to do to a target, as data: shown on a screen or a page before anything is written, and agreed to.

What was agreed to is known by its digest: another target, profile or choice has another one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

from scim_tests.checks import catalogue
from scim_tests.model.act import Scene
from scim_tests.model.names import PREFIX
from scim_tests.model.profile import SPECIFICATION, CleanUp, Cost, Profile
from scim_tests.options import RunOptions
from scim_tests.personas.play import scenes
from scim_tests.report.text import one_line
from scim_tests.session.selection import selected

# Groups that a scene of each act creates at most; some of them under the name of another.
GROUPS_OF: Mapping[str, int] = {
    "push_group": 1, "patch_group": 1, "resize_group": 3, "overlap_groups": 1, "delete_user": 1,
    "write_every_attribute": 1, "write_in_forms": 2, "send_bulk": 7, "live_together": 2, "keep_versions": 2,
    "send_odd_requests": 1,
}  # fmt: skip
INSECURE = "the target's certificate is not verified (--insecure): whoever answers may be anybody, and reads the token"
KEPT = "the reports keep who people are whom the run did not create (--keep-personal-data)"
ONLY = "only what these words name is judged, and what that needs is played: {}"
ONLY_MANY = "only {} checks are judged, and what they need is played"
WORDS_SHOWN = 3  # of what is judged
NOT_ENABLED = "left out, as if not enabled in Okta (--without): {}"
CREATE = "push_user.create"
OF_THE_CREATE = "{} can be judged only if {} is not there: delete that user in the app's list of people first"
UPDATES = frozenset({"push_profile_updates", "push_deactivation", "reactivate", "sync_password"})
PROBES = "for what the profile lacks, of its own user and of an empty group it makes and removes"
EVERY_ATTRIBUTE = "every attribute that the target declares of users, to users of its own"
NOT_KNOWN = Cost(
    "Whether a user takes a paid seat here, or is sent an invitation, is not known: ask the vendor, or try a test account first."
)
NOBODY_GETS_IT = Cost(
    "An e-mail to {} reaches nobody: the domain is reserved.", "https://www.rfc-editor.org/rfc/rfc2606"
)
MAY_ARRIVE = Cost("An e-mail to {} may arrive: take a domain in which nobody has such an address.")
RESERVED = frozenset({"example.com", "example.net", "example.org"})  # and all below them (RFC 2606 3)
RESERVED_AT_THE_TOP = frozenset({"test", "example", "invalid", "localhost"})  # RFC 2606 2


@dataclass(frozen=True)
class Intent:
    """What will be done `where` (a base URL) by whom plays this profile; `notes` say what is unusual about it.

    `only` names what is judged, all where it is empty.
    """

    where: str
    profile: Profile
    notes: tuple[str, ...] = ()
    only: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """The same for the same intent alone."""
        told = json.dumps(asdict(self), sort_keys=True, default=sorted)
        return hashlib.sha256(told.encode()).hexdigest()

    @cached_property
    def _played(self) -> list[Scene]:
        return [each for each in scenes(self.profile, "run", 0) if not each.act.why_not(self.profile)]

    @cached_property
    def users(self) -> int:
        """How many users it creates at most, those among them who are made for a moment."""
        making = [each for each in self._played if "POST /Users" in each.act.sends]
        pushed = {each.person.user_name for each in making if each.act.name == "push_user" and each.person}
        return len(pushed | {person.user_name for each in making for person in each.crowd})

    @cached_property
    def groups(self) -> int:
        """How many groups it creates at most: each has users in it at one time or another."""
        if not self.users or not self.profile.enables("push_groups"):
            return 0
        pushes = "push_groups" in self.profile.capabilities
        acts = (each.act.name for each in self._played if pushes or each.act.name != "delete_user")
        return sum(GROUPS_OF.get(each, 0) for each in acts)

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What whom it creates may cost or set going, as far as that is known; nothing where nobody is created."""
        return costs_of(self.profile) if self.users else ()

    def lines(self) -> Iterator[tuple[str, str]]:
        """The screen, line by line: each with its heading, which is empty where a line goes on."""
        profile = self.profile
        yield "profile", f"{profile.name}: {one_line(profile.title)}"
        yield "sends", self._sends()
        yield "creates", self._creates()
        if self.groups:
            yield "", f"up to {self.groups} groups, named {PREFIX}.<run>.…"
        if profile.probes:
            yield "asks", PROBES
        if profile.writes_every_attribute:
            yield "writes", EVERY_ATTRIBUTE
        yield "touches", self._touches()
        if self.after:
            yield "after", self.after

    def _sends(self) -> str:
        profile = self.profile
        kinds = "users and groups" if self.groups or "import_groups" in profile.capabilities else "users"
        updates = profile.writes and (self.groups or SPECIFICATION in profile.capabilities)
        updates = updates or (profile.writes and bool(UPDATES & profile.capabilities))
        writes = [*(["creates"] if self.users else []), *(["updates"] if updates else [])]
        words = ["lookups", *writes[:1], "reads", *writes[1:]]
        return f"what Okta sends: {', '.join(words)} and lists of {kinds}"

    def _creates(self) -> str:
        shared = self.profile.reuse_user
        if not self.users:
            return "nobody"
        if shared and self.users == 1:
            return f"one user at most, {shared}; if it is there already, none"
        among = f", {shared} among them if it is not there yet" if shared else ""
        return f"up to {self.users} users, named {PREFIX}.<run>.…@{self.profile.email_domain}{among}"

    def _touches(self) -> str:
        if not self.profile.writes:
            return "nobody: nothing is ever written"
        shared = self.profile.reuse_user
        earlier = f", and {shared} of earlier runs," if shared else ""
        return f"nobody else: only what this run created{earlier} is ever written to"

    @property
    def after(self) -> str:
        """What becomes of whom the run created; empty where nothing is written."""
        if not self.profile.writes:
            return ""
        kinds = "users and groups" if self.groups else "users"
        users_alone = "; its groups are deleted" if self.groups else ""
        after = {
            CleanUp.DELETE: f"all {kinds} the run created are deleted (users, where that is refused, deactivated)",
            CleanUp.DEACTIVATE: f"every user the run created is deactivated; none can be deleted{users_alone}",
            CleanUp.NOTHING: f"no user can be removed: whom the run created stays{users_alone}",
        }[self.profile.clean_up]
        return f"{after}; the report lists what is left"


def screen(intent: Intent) -> str:
    """The intent as a terminal shows it."""
    costs = [one_line(f"{each.text} {each.link}") for each in intent.costs]
    notes = [one_line(each) for each in intent.notes]
    lines = [
        *intent.lines(),
        *zip(["may cost", *[""] * len(costs)], costs, strict=False),
        *zip(["note", *[""] * len(notes)], notes, strict=False),
    ]
    told = (f"  {heading:<9} {text}" for heading, text in lines)
    return "\n".join((f"scim-tests is about to write to {intent.where}", "", *told))


def costs_of(profile: Profile) -> tuple[Cost, ...]:
    """What users who are created may cost or set going, as far as that is known."""
    domain = profile.email_domain
    mail = NOBODY_GETS_IT if is_reserved(domain) else MAY_ARRIVE
    return (*(profile.costs or (NOT_KNOWN,)), Cost(mail.text.format(domain), mail.link))


def is_reserved(domain: str) -> bool:
    """Whether nobody can have a mailbox there (RFC 2606)."""
    labels = domain.lower().rstrip(".").split(".")
    return ".".join(labels[-2:]) in RESERVED or labels[-1] in RESERVED_AT_THE_TOP


def is_of_the_create(check: str) -> bool:
    """Whether nothing but the create of a user shows it."""
    return check.startswith(f"{CREATE}-")


def before_the_create(checks: Sequence[str], profile: Profile) -> str:
    """What to do first, so that these are judged where every run shares a user; empty where nothing is."""
    shared = profile.reuse_user if profile.writes else ""
    named = ", ".join(checks) if len(checks) <= WORDS_SHOWN else f"{len(checks)} of them"
    return OF_THE_CREATE.format(named, shared) if checks and shared else ""


def intended(options: RunOptions, profile: Profile, where: str) -> Intent:
    """The intent of a run with these options, whose profile and base URL were found out already."""
    left_out = ", ".join(sorted(profile.without))
    notes = (
        _only(options),
        before_the_create(list(filter(is_of_the_create, options.only)), profile),
        INSECURE if options.insecure else "",
        KEPT if options.keep_personal_data else "",
        NOT_ENABLED.format(left_out) if left_out else "",
    )
    return Intent(where, profile, tuple(filter(None, notes)), tuple(options.only))


def _only(options: RunOptions) -> str:
    if len(options.only) > WORDS_SHOWN:
        return ONLY_MANY.format(len(selected(catalogue(), options.only, options.skip)))
    return ONLY.format(", ".join(options.only)) if options.only else ""
