"""What `load.json` holds: all that a load found out. Every report of a load only reads it.

Its JSON Schema is `fixtures/schemas/load.schema.json`. Times are seconds, those of answers milliseconds;
`started` is ISO 8601, UTC.
"""

from dataclasses import dataclass, field

from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.record import CheckRecord, LeftBehind, Outcome, ProfileInfo, ReferenceRecord, TargetInfo
from scim_tests.model.tally import Tally

FORMAT = 1


@dataclass(frozen=True)
class LoadInfo:
    """How a load was started, and how long it took, with what came after the assignment and without the clean-up.

    Its name and seed are those of its plan.
    """

    started: str
    seconds: float
    version: str
    plan: LoadPlan


@dataclass(frozen=True)
class Moment:
    """One point of Locust's history: all steps together, over the last seconds."""

    second: float  # since the load began
    requests: float  # a second
    failures: float  # a second
    median: float
    p95: float


@dataclass(frozen=True)
class StepStats:
    """One step as Locust counts it; `failures` are answers that Okta takes as failed, and those that did not come."""

    name: str
    method: str
    requests: int
    failures: int
    median: float
    p95: float
    p99: float
    longest: float


@dataclass(frozen=True)
class LoadSoFar:
    """What `tally.json` holds while a load goes on: enough to tell of it should its process die."""

    load: LoadInfo
    target: TargetInfo
    tally: Tally
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LoadRecord:
    """`told` says in Okta's terms what it comes to, a sentence each, what matters most first.

    `checks` are those of the catalogue and those of loads, as in `run.json`.
    """

    load: LoadInfo
    target: TargetInfo
    profile: ProfileInfo
    outcome: Outcome
    told: list[str]
    checks: list[CheckRecord]
    steps: list[StepStats]
    history: list[Moment]
    tally: Tally
    left_behind: list[LeftBehind] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    sources: list[ReferenceRecord] = field(default_factory=list)
    format: int = FORMAT
