"""The part of a run record about plans that people work through by hand, and about official suites."""

from dataclasses import dataclass, field
from enum import StrEnum


class CaseState(StrEnum):
    """What became of a case of a plan."""

    WORKS = "works"
    REMARKS = "works, with remarks"  # Okta works in spite of what was found
    FAILS = "fails"
    BLOCKED = "not seen"
    NOT_ASKED = "not asked"
    UNSEEN = "not on the wire"
    CONFIRMED = "limit confirmed"
    UNCONFIRMED = "limit not confirmed"


@dataclass(frozen=True)
class CaseRecord:
    """A case of a plan: which acts play it, the checks of these that judged it, and what was found at its exchanges."""

    id: str
    section: str
    title: str
    text: str
    state: CaseState
    why: str
    acts: list[str]
    checks: list[str]
    found: list[str]  # ids of checks, those of every answer among them
    at: list[int]


@dataclass(frozen=True)
class PlanRecord:
    """What somebody would work through by hand; `notes` are for the admin.

    `outside` names the checks that failed gravely and fail no case.
    """

    title: str
    lead: str
    source: str
    url: str
    cases: list[CaseRecord]
    notes: list[str]
    outside: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SuiteRow:
    """A request of an official suite. `result` is passed, failed or not run; `seen` says of each assertion what came."""

    number: int
    title: str
    request: str
    result: str
    seen: str
    exchange: int  # its number; 0 where it was not sent


@dataclass(frozen=True)
class SuiteRecord:
    """An official suite, as it was run."""

    title: str
    summary: str
    rows: list[SuiteRow]
