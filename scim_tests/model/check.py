"""Checks are values: what is judged, where, why it matters, and a small pure function.

A check's function gets one place to look at and returns a `Finding` where it is not as it should
be, or nothing. The place is an exchange where `on` names steps (`push_user.create`, `*.read`), a
scene's exchanges where it names acts (`link_user`), the whole transcript where it says `play`, and what a load has
counted (`model.load_state`) where it says `load`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from scim_tests.model.exchange import Exchange

PLAY = "play"
LOAD = "load"


class Strength(StrEnum):
    """RFC 2119's words. A missed must is a failure, a missed should is advice."""

    MUST = "must"
    SHOULD = "should"


class Severity(StrEnum):
    """What a failure costs, worst first."""

    STOPS_PROVISIONING = "stops-provisioning"
    SECURITY = "security"
    WRONG_DATA = "wrong-data"
    DEGRADED = "degraded"
    COSMETIC = "cosmetic"


class Demand(StrEnum):
    """Who wants it so."""

    RFC = "RFC"
    OKTA = "Okta"
    BOTH = "both"


class Known(StrEnum):
    """How a consequence in Okta is known."""

    DOCUMENTED = "documented"
    CAPTURED = "captured"
    INFERRED = "inferred"


class Beside(StrEnum):
    """The answers beside which a consequence may be told."""

    ANY = "any answer, and any request"
    SENT = "any answer to what Okta itself sends"
    TAKEN = "an answer with which Okta goes on"
    REFUSED = "an answer with which Okta does not go on, or none"
    BARE = "a refusal that gives no detail"


# The same as plain words, for the files that declare checks.
MUST, SHOULD = Strength
STOPS, SECURITY, WRONG_DATA, DEGRADED, COSMETIC = Severity
RFC, OKTA, BOTH = Demand
DOCUMENTED, CAPTURED, INFERRED = Known
ANY, SENT, TAKEN, REFUSED, BARE = Beside


@dataclass(frozen=True)
class Consequence:
    """What Okta does then, and the text its admin sees (empty where Okta shows nothing).

    `at` names the kind of request (fixtures/okta/steps.toml) at which Okta stumbles, where that is
    not the one that was judged; `beside` says from which answers it can follow.
    """

    text: str
    known: Known
    admin_sees: str = ""
    at: str = ""
    beside: Beside = Beside.ANY


_ENTRY = re.compile(r"^\$?\.?(?:Resources(?:\[[^\]]*\])?\.)?")  # one of a list is as one by itself
_ATTRIBUTE = re.compile(r"urn:(?:[^.\[]|\.(?=\d))+|[\w$-]+", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """What a failed check says. `where` is a JSON path or a header; `at` the exchanges it is about.

    A `mild` finding is advice whatever the check's strength: the target's way is not the best one,
    but the RFC allows it or Okta accepts it. `severity` and `consequence` are this finding's, where they
    are not the check's.
    """

    expected: str
    got: str
    where: str = ""
    at: tuple[Exchange, ...] = ()
    mild: bool = False
    severity: Severity | None = None
    consequence: Consequence | None = None

    @property
    def attribute(self) -> str:
        """The attribute on top of `where`, in small letters; empty where it is about none."""
        found = _ATTRIBUTE.match(_ENTRY.sub("", self.where, count=1))
        return found[0].lower() if found else ""


def advice(expected: str, got: str, where: str = "") -> Finding:
    """A mild finding: advice whatever the check's strength."""
    return Finding(expected, got, where, mild=True)


Judge = Callable[[Any], Finding | None]


@dataclass(frozen=True, eq=False)
class Check:
    """One judgement, with all its texts. `id` is never reused for another meaning."""

    id: str
    on: tuple[str, ...]
    title: str
    references: tuple[str, ...]
    strength: Strength
    severity: Severity
    demanded_by: Demand
    consequence: Consequence
    fix: str
    judge: Judge
    when: Callable[[Exchange], bool] | None  # which exchanges of those steps are judged; None for all
    otherwise: str  # why nothing is judged where `when` never holds
    follows: tuple[str, ...] = ()  # checks that explain this one where both are red about one person

    @property
    def act(self) -> str:
        """The first part of its id: the act, or the rule (`every_answer`), whose file it stands in."""
        return self.id.partition(".")[0]

    @property
    def judges_exchanges(self) -> bool:
        """Whether its function is given one exchange; else a scene's exchanges, or the transcript."""
        return "." in self.on[0]

    @property
    def judges_every_answer(self) -> bool:
        """Whether it is given every exchange of a run."""
        return self.on == ("*.*",)

    @property
    def is_a_rule(self) -> bool:
        """Whether it holds in more acts than one."""
        return any(place.startswith("*") or place == PLAY for place in self.on)

    @property
    def judges_the_play(self) -> bool:
        """Whether its function is given the transcript, once, when the play is over."""
        return self.on == (PLAY,)

    def is_about(self, name: str) -> bool:
        """Whether it judges the step (or the act) of that name."""
        return fits(name, self.on)


@cache
def fits(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a step, a scene or an act is called as one of the patterns says; worked out once, as a play repeats its steps."""
    return any(fnmatchcase(name, each) for each in patterns)


def check(  # noqa: PLR0913 -- a check is complete or it is none
    id: str,  # noqa: A002 -- the field's word
    *,
    on: str | tuple[str, ...],
    title: str,
    references: tuple[str, ...],
    strength: Strength,
    severity: Severity,
    demanded_by: Demand,
    consequence: Consequence,
    fix: str,
    when: Callable[[Exchange], bool] | None = None,
    otherwise: str = "",
    follows: tuple[str, ...] = (),
) -> Callable[[Judge], Check]:
    """Declare a check; decorates the function that judges.

    `references` are ids of `fixtures/spec/requirements.csv` or `okta:` with a key of `fixtures/okta/sources.toml`.
    """

    def declare(judge: Judge) -> Check:
        places = (on,) if isinstance(on, str) else on
        return Check(
            id, places, title, references, strength, severity,
            demanded_by, consequence, fix, judge, when, otherwise, follows,
        )  # fmt: skip

    return declare
