"""The run record: everything a run found out, as one JSON document that every report only reads.

Its JSON Schema is `fixtures/schemas/run.schema.json`. Times are seconds; `started` is ISO 8601, UTC.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from scim_tests.model.fact import Fact
from scim_tests.model.plan_record import PlanRecord, SuiteRecord
from scim_tests.model.profile import CleanUp, Dialect
from scim_tests.model.typed import typed

FORMAT = 1
SAFEGUARD = 0.2  # the share of assigned people gone that halts an import (okta:H-SAFE)
SAFEGUARD_FROM = 100  # it watches over apps with more people than that


@dataclass(frozen=True)
class RunInfo:
    """How a run was started, and how long it took."""

    name: str  # unique; part of every userName the run makes
    seed: int
    started: str
    seconds: float
    parallel: int
    strict: bool
    version: str  # of scim-tests
    left_out: int = 0  # checks of the catalogue that were not asked for


@dataclass(frozen=True)
class TargetInfo:
    """Whom the run was against: our own reference server (`bundled`), an app `in_process`, or a server by its URL."""

    base_url: str
    bundled: bool
    in_process: bool = False

    @property
    def is_gone(self) -> bool:
        """Whether it ended with the run, and nobody answers at that URL any more."""
        return self.bundled or self.in_process


@dataclass(frozen=True)
class ProfileInfo:
    """The profile's fixed part; `capabilities` are those it has, sorted by name."""

    name: str
    title: str
    dialect: Dialect
    capabilities: list[str]
    clean_up: CleanUp = CleanUp.DELETE


@dataclass(frozen=True)
class Outcome:
    """How the run ended: `verdict` is passed, failed, interrupted, broken, unreachable, refused or empty."""

    exit_code: int
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Counts:
    """`checks` are those of the catalogue, `judged` those judged somewhere; the six verdicts sum to `checks`."""

    checks: int
    judged: int
    passed: int
    advice: int
    failed: int
    blocked: int
    not_asked: int
    broken: int
    judgements: int
    requests: int


@dataclass(frozen=True)
class RootCause:
    """A failed check and what it explains: checks red at the same place, or blocked behind it.

    `severity` is that of the gravest failure that goes when it is mended.
    """

    check: str
    sentence: str
    severity: str
    explains: list[str]
    at: list[int]  # numbers of exchanges


@dataclass(frozen=True)
class SceneRecord:
    """`state` is played, cut short, blocked or not asked; `blame` is the step that cut it short or blocked it.

    `conversation` is the line by which an exploration holds it again; empty where nobody explored.
    """

    name: str
    act: str
    title: str
    story: str
    trait: str
    state: str
    why: str
    blame: str
    exchanges: list[int]
    conversation: str = ""


@dataclass(frozen=True)
class FindingRecord:
    """What a check found in one place. `where` is a JSON path or a header, empty where it is about the whole answer."""

    verdict: str  # fail, advice or broken
    expected: str
    got: str
    where: str
    scene: str
    at: list[int]
    severity: str = ""  # of a failure, at these exchanges


@dataclass(frozen=True)
class ReferenceRecord:
    """What a check rests on: a requirement of an RFC or a source about Okta; `url` is empty where there is none."""

    id: str
    source: str
    statement: str
    url: str


@dataclass(frozen=True)
class ConsequenceRecord:
    """What Okta does then; `admin_sees` is empty where it shows nothing."""

    text: str
    known: str  # documented, captured or inferred
    admin_sees: str


@dataclass(frozen=True)
class CheckRecord:
    """A check with its verdict. `places` counts judgements by verdict; `why` and `blame` explain blocked and not asked.

    `severity` and `consequence` are those of its gravest failure, where it failed.
    `aftermath` is what becomes of that in Okta; empty where it did not fail.
    `tolerated` is the reason why its verdict does not fail the run; empty where it does, or has nothing to fail.
    `reproduction` is a shell script that shows a failure again; empty where there is none.
    """

    id: str
    act: str
    story: str
    title: str
    verdict: str
    why: str
    blame: str
    strength: str
    severity: str
    demanded_by: str
    consequence: ConsequenceRecord
    fix: str
    references: list[ReferenceRecord]
    places: dict[str, int]
    at: list[int]  # exchanges it was judged on
    findings: list[FindingRecord]
    aftermath: list[Fact] = field(default_factory=list)
    tolerated: str = ""
    reproduction: str = ""


@dataclass(frozen=True)
class MessageRecord:
    """A request or an answer; each header is a pair of name and value, in the order of the wire.

    `unrecorded` are the parts that a recording does not hold: headers, body.
    """

    headers: list[list[str]]
    body: str
    unrecorded: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ExchangeRecord:
    """An exchange as kept: secrets stand as `$SCIM_TESTS_TOKEN` and `$SCIM_TESTS_PASSWORD`.

    `status` is 0 where no answer came; `failure` then says why. `elided` resources of a page are not kept.
    `aftermath` is what becomes of it in Okta where a check failed here.
    """

    number: int
    step: str
    scene: str
    started: str
    seconds: float
    method: str
    path: str
    url: str
    request: MessageRecord
    status: int
    phrase: str
    response: MessageRecord
    failure: str
    elided: int
    curl: str
    aftermath: list[Fact] = field(default_factory=list)


@dataclass(frozen=True)
class LeftBehind:
    """A user the run created, or may have created, that is still on the target."""

    user_name: str
    id: str
    why: str


@dataclass(frozen=True)
class ImportRow:
    """Somebody an import met. `match` is exact, partial or none, `by` what matched, `okta_user` with whom."""

    user_name: str
    name: str
    email: str
    match: str
    by: str
    okta_user: str
    outcome: str  # linked already, linked, admin decides, created in Okta, or not imported: inactive


@dataclass(frozen=True)
class ImportRecord:
    """What Okta would make of the import. `outcomes` counts everybody, `rows` lists the first of them.

    `removed` of the `assigned` people are gone or inactive; `halted` says that the safeguard stops it.
    """

    rows: list[ImportRow]
    outcomes: dict[str, int]
    assigned: int
    removed: int
    halted: bool


@dataclass(frozen=True)
class SinceRecord:
    """What changed since an earlier run, which `started` then; the lists hold ids of checks."""

    started: str
    new: list[str]
    fixed: list[str]
    still_failing: list[str]
    no_longer_judged: list[str]


@dataclass(frozen=True)
class RunRecord:
    """All that `run.json` holds. What has a default is newer than the first such files, and may be missing in one."""

    run: RunInfo
    target: TargetInfo
    profile: ProfileInfo
    outcome: Outcome
    counts: Counts
    root_causes: list[RootCause]
    scenes: list[SceneRecord]
    checks: list[CheckRecord]
    exchanges: list[ExchangeRecord]
    left_behind: list[LeftBehind] = field(default_factory=list)
    not_looked_at: list[str] = field(default_factory=list)
    notices: list[str] = field(
        default_factory=list
    )  # what every report says first: TLS unchecked, personal data kept
    sources: list[ReferenceRecord] = field(default_factory=list)  # those that facts name
    imports: list[ImportRecord] = field(default_factory=list)  # one, where people were imported
    plans: list[PlanRecord] = field(
        default_factory=list
    )  # the vendor's guide where there is one, and Okta's QA plan
    baseline: list[str] = field(default_factory=list)  # what is outdated in the baseline
    suites: list[SuiteRecord] = field(default_factory=list)  # one, where an official suite was run
    since: list[SinceRecord] = field(
        default_factory=list
    )  # one, where an earlier run of the target is beside it
    format: int = FORMAT

    def to_json(self) -> dict[str, Any]:
        """The document, made of dicts, lists and plain values alone."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "RunRecord":
        """Read a record back. TypeError or ValueError where the document is none."""
        record: RunRecord = typed(cls, document)
        return record


def trips_the_safeguard(assigned: int, removed: int) -> bool:
    """Whether so many of the assigned people are gone from an import that Okta halts it (okta:H-SAFE)."""
    return assigned > SAFEGUARD_FROM and removed / assigned > SAFEGUARD
