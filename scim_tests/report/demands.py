"""The run as the RFCs read: section by section, each requirement with the worst verdict of the checks that name it.

A check that failed breaks one of the statements that it rests on, and nobody can tell which: unless it has only
one, each of them is in question.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from scim_tests.knowledge.requirements import DOCUMENTS, Requirement, binding
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import VERDICTS, WORST_FIRST

IN_QUESTION = "in question"
# From what needs a reader most to what needs none, each with its word in a count.
MARKS: dict[str, str] = {
    Verdict.FAIL: VERDICTS[Verdict.FAIL],
    IN_QUESTION: IN_QUESTION,
    **{verdict: word for verdict, word in VERDICTS.items() if verdict is not Verdict.FAIL},
}


@dataclass(frozen=True)
class Demand:
    """A requirement in this run: what it came to, and the checks that name it, the worst first.

    `rests` says on how many of the statements shown each of these checks rests.
    """

    requirement: Requirement
    verdict: Verdict
    checks: tuple[CheckRecord, ...]
    rests: dict[str, int]

    @property
    def told(self) -> tuple[CheckRecord, ...]:
        """The checks that bear its verdict, those that rest on the fewest statements first."""
        return tuple(each for each in self.checks if each.verdict == self.verdict)

    @property
    def mark(self) -> str:
        """Its verdict, or that it is in question: one of several that may be what a check failed for."""
        is_sure = self.verdict is not Verdict.FAIL or self.rests[self.told[0].id] == 1
        return self.verdict if is_sure else IN_QUESTION


@dataclass(frozen=True)
class Section:
    """A section of a document, with its requirements in their order."""

    number: str
    url: str
    demands: tuple[Demand, ...]


def demands(record: RunRecord) -> dict[str, tuple[Section, ...]]:
    """The sections by the title of their document; none where the profile does not ask for what only the RFCs have."""
    if SPECIFICATION not in record.profile.capabilities:
        return {}
    told = list(_demands(record))
    by_document = groupby(told, key=lambda each: each.requirement.document)
    return {DOCUMENTS[document]: tuple(_sections(list(rows))) for document, rows in by_document}


def counts(told: Iterable[Demand]) -> str:
    """How many of them came to what, the worst first."""
    tally = Counter(each.mark for each in told)
    return ", ".join(f"{tally[mark]} {word}" for mark, word in MARKS.items() if tally[mark])


def has_failures(told: Iterable[Demand]) -> bool:
    """Whether any of them failed, or may have."""
    return any(each.verdict is Verdict.FAIL for each in told)


def _demands(record: RunRecord) -> Iterator[Demand]:
    """Those of the RFCs that demand or recommend something and that a check of the run names; a draft binds who claims it."""
    naming: dict[str, list[CheckRecord]] = {}
    for check in record.checks:
        for reference in check.references:
            naming.setdefault(reference.id, []).append(check)
    shown = {
        name: requirement
        for name, requirement in binding().items()
        if name in naming and requirement.document.startswith("RFC") and not requirement.is_optional
    }
    rests = Counter(check.id for name in shown for check in naming[name])

    def place(check: CheckRecord) -> tuple[int, int]:
        return WORST_FIRST.index(Verdict(check.verdict)), rests[check.id]

    for name, requirement in shown.items():
        checks = sorted(naming[name], key=place)
        yield Demand(requirement, _verdict(checks), tuple(checks), rests)


def _verdict(checks: list[CheckRecord]) -> Verdict:
    """The worst of those that were judged; where none was, the worst of the others."""
    said = [Verdict(each.verdict) for each in checks]
    open_ = {Verdict.BLOCKED, Verdict.NOT_ASKED}
    return next((each for each in said if each not in open_), said[0])


def _sections(rows: list[Demand]) -> Iterator[Section]:
    for number, told in groupby(rows, key=lambda each: each.requirement.section):
        found = tuple(told)
        yield Section(number, found[0].requirement.source.url, found)
