"""The run as the RFCs read: section by section, each requirement with the worst verdict of the checks that name it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from scim_tests.knowledge.requirements import DOCUMENTS, Requirement, binding
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import VERDICTS, WORST_FIRST


@dataclass(frozen=True)
class Demand:
    """A requirement in this run: what it came to, and the checks that name it, the worst first."""

    requirement: Requirement
    verdict: Verdict
    checks: tuple[CheckRecord, ...]

    @property
    def told(self) -> tuple[CheckRecord, ...]:
        """The checks that bear its verdict."""
        return tuple(each for each in self.checks if each.verdict == self.verdict)


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
    tally = Counter(each.verdict for each in told)
    return ", ".join(f"{tally[verdict]} {word}" for verdict, word in VERDICTS.items() if tally[verdict])


def has_failures(told: Iterable[Demand]) -> bool:
    """Whether any of them failed."""
    return any(each.verdict is Verdict.FAIL for each in told)


def _demands(record: RunRecord) -> Iterator[Demand]:
    """Those of the RFCs that demand or recommend something and that a check of the run names; a draft binds who claims it."""
    naming: dict[str, list[CheckRecord]] = {}
    for check in record.checks:
        for reference in check.references:
            naming.setdefault(reference.id, []).append(check)
    for name, requirement in binding().items():
        if name in naming and requirement.document.startswith("RFC") and not requirement.is_optional:
            checks = sorted(naming[name], key=lambda check: WORST_FIRST.index(Verdict(check.verdict)))
            yield Demand(requirement, _verdict(checks), tuple(checks))


def _verdict(checks: list[CheckRecord]) -> Verdict:
    """The worst of those that were judged; where none was, the worst of the others."""
    said = [Verdict(each.verdict) for each in checks]
    open_ = {Verdict.BLOCKED, Verdict.NOT_ASKED}
    return next((each for each in said if each not in open_), said[0])


def _sections(rows: list[Demand]) -> Iterator[Section]:
    for number, told in groupby(rows, key=lambda each: each.requirement.section):
        found = tuple(told)
        yield Section(number, found[0].requirement.source.url, found)
