"""A run record, looked things up in: what every report asks it before it writes a line."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from scim_tests.model.check import Severity
from scim_tests.model.profile import DEFAULT_PROFILE
from scim_tests.model.record import (
    CheckRecord,
    Counts,
    ExchangeRecord,
    FindingRecord,
    ReferenceRecord,
    RootCause,
    RunRecord,
    SceneRecord,
)
from scim_tests.model.verdict import Verdict
from scim_tests.report.text import as_sentence, blanks_seen

# From what needs a reader most to what needs none, each with its word in a count.
VERDICTS: dict[Verdict, str] = {
    Verdict.FAIL: "failed",
    Verdict.BROKEN: "broken",
    Verdict.ADVICE: "advice",
    Verdict.BLOCKED: "blocked",
    Verdict.NOT_ASKED: "not asked",
    Verdict.PASS: "passed",
}
# Colour never speaks alone: beside it stand the word and this sign.
SIGNS: dict[Verdict, str] = {
    Verdict.FAIL: "✕",
    Verdict.BROKEN: "⚠",
    Verdict.ADVICE: "!",
    Verdict.BLOCKED: "⊘",
    Verdict.NOT_ASKED: "○",
    Verdict.PASS: "✓",
}
NO_SCRIPT = "no script shows it: it rests on too many requests, or on some that a script may not send again"
STATES = {"cut short": "ended early"}  # of a scene, as reports say it: so it may end in a run that passed
SCRIPTS_HOLD = 120_000  # characters of all scripts in a page, so that it stays below 2 MB
WORST_FIRST = list(VERDICTS)
SEVERITIES = list(Severity)

SEVERITY_WORDS: dict[Severity, str] = {
    Severity.STOPS_PROVISIONING: "stops provisioning",
    Severity.SECURITY: "security",
    Severity.WRONG_DATA: "wrong data",
    Severity.DEGRADED: "degraded",
    Severity.COSMETIC: "cosmetic",
}


def count_of(counts: Counts, verdict: Verdict) -> int:
    """How many checks of the run have that verdict."""
    names = {Verdict.PASS: "passed", Verdict.FAIL: "failed", Verdict.NOT_ASKED: "not_asked"}
    number: int = getattr(counts, names.get(verdict, verdict.value))
    return number


def counted(counts: Counts) -> list[tuple[Verdict, int, str]]:
    """Verdict, number and word, worst first, without those that did not occur."""
    every = [(verdict, count_of(counts, verdict), word) for verdict, word in VERDICTS.items()]
    return [each for each in every if each[1]]


def counts_said(counts: Counts) -> str:
    """`448 checks: 2 failed, 148 not asked, 298 passed`."""
    return f"{many(counts.checks, 'check')}: {', '.join(f'{number} {word}' for _, number, word in counted(counts))}"


def many(number: int, one: str, several: str = "") -> str:
    """`1 check`, `2,000 checks`."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"


def duration(seconds: float) -> str:
    """`340 ms`, `2.5 s`, `3 min 20 s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    minutes, rest = divmod(seconds, 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{seconds:.1f} s"


def moment(started: str) -> str:
    """An ISO 8601 time as a person writes it: `24 November 2026, 03:28 UTC`."""
    time = datetime.fromisoformat(started).astimezone(UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


@dataclass(frozen=True)
class RecordIndex:
    """A record with indexes on it."""

    record: RunRecord

    @cached_property
    def checks(self) -> dict[str, CheckRecord]:
        """Every check of the record by its id."""
        return {check.id: check for check in self.record.checks}

    @cached_property
    def exchanges(self) -> dict[int, ExchangeRecord]:
        """Every exchange by its number."""
        return {exchange.number: exchange for exchange in self.record.exchanges}

    @cached_property
    def sources(self) -> dict[str, ReferenceRecord]:
        """Every source that a fact names, by its id (`okta:KEY`)."""
        return {source.id: source for source in self.record.sources}

    @cached_property
    def source_numbers(self) -> dict[str, int]:
        """The number that stands for each source, by its id."""
        return {source.id: number for number, source in enumerate(self.record.sources, 1)}

    @property
    def causes(self) -> list[tuple[RootCause, CheckRecord]]:
        """The root causes with the check each one is; those that do not fail the run come last."""
        told = [(cause, self.checks[cause.check]) for cause in self.record.root_causes]
        return sorted(told, key=lambda each: bool(each[1].tolerated))

    def conversation(self, cause: RootCause) -> SceneRecord | None:
        """The shortest conversation in which an exploration saw it, or what it explains; None where none did."""
        told = [self.checks[each] for each in (cause.check, *cause.explains) if each in self.checks]
        seen = {each.scene for check in told for each in check.findings if each.verdict == Verdict.FAIL}
        held = [each for each in self.record.scenes if each.conversation and each.name in seen]
        return min(held, key=lambda each: len(each.exchanges), default=None)

    @property
    def replays(self) -> list[str]:
        """The lines by which these conversations are held again, one after the other; each once."""
        held = (self.conversation(cause) for cause, _ in self.causes)
        return list(dict.fromkeys(each.conversation for each in held if each))

    @property
    def unscripted(self) -> frozenset[str]:
        """The checks that are root causes, and that neither a script nor a conversation shows again."""
        return frozenset(
            check.id
            for cause, check in self.causes
            if not check.reproduction and not self.conversation(cause)
        )

    @property
    def token(self) -> str:
        """In which form the target takes the token, where the profile has several tried; else empty."""
        tested = (each for each in self.record.scenes if each.act == "test_credentials")
        return next((as_sentence(each.why) for each in tested if each.state == "played"), "")

    @cached_property
    def scripts(self) -> frozenset[str]:
        """Checks whose script the page has room for: root causes first."""
        causes = [check for _, check in self.causes]
        room, shown = SCRIPTS_HOLD, set[str]()
        for check in [*causes, *self.record.checks]:
            if check.id not in shown and 0 < len(check.reproduction) <= room:
                shown.add(check.id)
                room -= len(check.reproduction)
        return frozenset(shown)

    @property
    def stories(self) -> dict[str, list[CheckRecord]]:
        """The checks by story, both in the order of the record."""
        told: dict[str, list[CheckRecord]] = {}
        for check in self.record.checks:
            told.setdefault(check.story, []).append(check)
        return told

    def with_verdict(self, *verdicts: Verdict) -> list[CheckRecord]:
        """The checks with one of these verdicts, the most severe first."""
        chosen = [check for check in self.record.checks if check.verdict in verdicts]
        return sorted(chosen, key=rank)

    @cached_property
    def findings_at(self) -> dict[int, list[tuple[CheckRecord, FindingRecord]]]:
        """What was found at each exchange, by its number."""
        found: dict[int, list[tuple[CheckRecord, FindingRecord]]] = {}
        for check in self.record.checks:
            for finding in check.findings:
                for number in finding.at:
                    found.setdefault(number, []).append((check, finding))
        return found

    def verdict_at(self, numbers: Iterable[int]) -> Verdict | None:
        """The worst finding at these exchanges, or None where there is none."""
        said = {
            Verdict(finding.verdict) for number in numbers for _, finding in self.findings_at.get(number, [])
        }
        return min(said, key=WORST_FIRST.index, default=None)

    def scene_verdict(self, scene: SceneRecord) -> Verdict | None:
        """The worst finding at the scene's exchanges, or None where there is none."""
        return self.verdict_at(scene.exchanges)


def rank(check: CheckRecord) -> tuple[int, int]:
    """Sorts checks: by verdict, worst first, then by severity."""
    return WORST_FIRST.index(Verdict(check.verdict)), SEVERITIES.index(Severity(check.severity))


def replay(scene: SceneRecord, record: RunRecord) -> str:
    """How long a conversation is, and what holds it again: `3 requests: scim-tests explore … --replay 'create:0 …'`.

    A bundled server answers the same only with the faults that it had, which no record knows.
    """
    target = record.target
    where = "--reference --fault …" if target.bundled else f"--target-url {shlex.quote(target.base_url)}"
    command = f"scim-tests explore {where} --profile {shlex.quote(record.profile.name)}"
    return f"{many(len(scene.exchanges), 'request')}: {command} --replay {shlex.quote(scene.conversation)}"


def replay_option(conversation: str, profile: str) -> str:
    """`--replay 'create:0 …'`, with `--profile` where another than the usual one is needed: it decides what is said."""
    also = "" if profile == DEFAULT_PROFILE else f" --profile {shlex.quote(profile)}"
    return f"--replay {shlex.quote(conversation)}{also}"


def sentence(check: CheckRecord) -> str:
    """What became of a check, in one sentence's length."""
    if check.findings:
        finding = check.findings[0]
        return blanks_seen(f"expected {finding.expected}; got {finding.got}")
    return check.why or check.title
