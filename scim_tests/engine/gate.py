"""Which failures fail a run: those that are severe enough and that no baseline knows of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scim_tests.engine.causes import causes
from scim_tests.engine.judge import Judgement
from scim_tests.engine.results import Result, weighed
from scim_tests.model.check import Check, Severity
from scim_tests.model.verdict import Verdict


@dataclass(frozen=True)
class Gate:
    """`known` says of checks why their failure is accepted; `fail_on` is the least severity that counts."""

    strict: bool = False
    fail_on: Severity = Severity.COSMETIC
    known: Mapping[str, str] = field(default_factory=dict)

    def tolerated(self, found: Sequence[Result]) -> dict[str, str]:
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
        told = {name: self._reason(each) or behind.get(name, "") for name, each in failing.items()}
        return {name: reason for name, reason in told.items() if reason}

    def counts(self, check: Check, judgement: Judgement, capabilities: frozenset[str]) -> bool:
        """Whether this judgement alone fails the run, whatever comes after it.

        Being blocked does not: the check may be judged elsewhere.
        """
        if judgement.verdict is Verdict.BLOCKED or not self._fails(judgement.verdict):
            return False
        return not self._reason(Result(check, judgement.verdict, (weighed(check, judgement, capabilities),)))

    def fixed(self, found: Sequence[Result]) -> list[str]:
        """The known failures that were judged and do not fail."""
        return [
            each.check.id
            for each in found
            if each.check.id in self.known and each.verdict.is_judged and not self._fails(each.verdict)
        ]

    def _fails(self, verdict: Verdict) -> bool:
        return verdict in {Verdict.FAIL, Verdict.BLOCKED} or (self.strict and verdict is Verdict.ADVICE)

    def _reason(self, result: Result) -> str:
        if result.check.id in self.known:
            return self.known[result.check.id]
        severities = list(Severity)
        if severities.index(result.severity) > severities.index(self.fail_on):
            return f"{result.severity} does not fail the run (--fail-on {self.fail_on})"
        return ""
