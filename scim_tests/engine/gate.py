"""Which failures fail a run: those that are severe enough and that no baseline knows of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from scim_tests.engine.causes import causes
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Result, Tolerated, weighed
from scim_tests.model.check import Check, Severity
from scim_tests.model.verdict import Verdict


@dataclass(frozen=True)
class Gate:
    """`known` says of checks why their failure is accepted; `fail_on` is the least severity that counts."""

    strict: bool = False
    fail_on: Severity = Severity.COSMETIC
    known: Mapping[str, str] = field(default_factory=dict)

    def tolerated(self, found: Sequence[Result]) -> Tolerated:
        """The checks that would fail the run and do not, with the reason.

        What is blocked behind a known failure is tolerated with it; what is blocked behind one that is
        merely not severe enough is not, since nobody knows how severe it would have been.
        """
        failing = {each.check.id: each for each in found if self._fails(each.verdict)}
        behind = {
            name: f"it is blocked behind {cause.result.check.id}, which is known"
            for cause in causes(found)
            if cause.result.check.id in self.known
            for name in cause.explains
            if name in failing and failing[name].verdict is Verdict.BLOCKED
        }
        below = {name: self._below(each) for name, each in failing.items() if name not in self.known}
        below = {name: reason for name, reason in below.items() if reason}
        named = {name: self.known[name] for name in failing if name in self.known}
        known = {name: reason for name, reason in {**behind, **named}.items() if name not in below}
        return Tolerated(known, below)

    def counts(self, check: Check, judgement: Judgement, capabilities: frozenset[str]) -> bool:
        """Whether this judgement alone fails the run, whatever comes after it.

        Being blocked does not: the check may be judged elsewhere.
        """
        if (
            judgement.verdict is Verdict.BLOCKED
            or not self._fails(judgement.verdict)
            or check.id in self.known
        ):
            return False
        return not self._below(Result(check, judgement.verdict, (weighed(check, judgement, capabilities),)))

    def fixed(self, found: Sequence[Result], listed: Collection[str]) -> list[str]:
        """Those of the failures listed in a baseline that were judged and do not fail."""
        return [
            each.check.id
            for each in found
            if each.check.id in listed and each.verdict.is_judged and not self._fails(each.verdict)
        ]

    def _fails(self, verdict: Verdict) -> bool:
        return verdict in {Verdict.FAIL, Verdict.BLOCKED} or (self.strict and verdict is Verdict.ADVICE)

    def _below(self, result: Result) -> str:
        """Why it is not severe enough to fail the run; empty where it is."""
        severities = list(Severity)
        if severities.index(result.severity) > severities.index(self.fail_on):
            return f"{result.severity} does not fail the run (--fail-on {self.fail_on})"
        return ""
