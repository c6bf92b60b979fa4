"""A load as a run without exchanges, so that what tells of runs tells of loads in the same words."""

from collections import Counter
from dataclasses import replace

from scim_tests.model.load_record import LoadRecord
from scim_tests.model.record import (
    CheckRecord,
    Counts,
    ExchangeRecord,
    FindingRecord,
    MessageRecord,
    RootCause,
    RunInfo,
    RunRecord,
)
from scim_tests.model.tally import CheckTally, Found, Sample, Tally
from scim_tests.model.verdict import Verdict
from scim_tests.report.record_index import rank, sentence

UNANSWERED, NOT_THERE = "load.answers-without-failing", "load.everybody-made-is-there"
TWICE = "load.twice-assigned-is-made-once"
OF_TWO_JOBS = {"bulk_assignment.nobody-is-created-twice", "bulk_assignment.everybody-is-found-once"}


def as_run(record: LoadRecord) -> RunRecord:
    """Each failed check is a root cause, but for those of which all examples show what a check of the whole load tells of."""
    load, plan = record.load, record.load.plan
    failed = sorted((each for each in record.checks if each.verdict == Verdict.FAIL), key=rank)
    behind = {each.id: cause for each in failed if (cause := _cause(each.id, record.tally, failed))}
    return RunRecord(
        run=RunInfo(plan.run, plan.seed, load.started, load.seconds, 1, strict=False, version=load.version),
        target=record.target,
        profile=record.profile,
        outcome=record.outcome,
        counts=_counts(record),
        root_causes=[
            RootCause(each.id, sentence(each), each.severity, _explained(each.id, behind), [])
            for each in failed
            if each.id not in behind
        ],
        scenes=[],
        checks=record.checks,
        exchanges=[],
        left_behind=record.left_behind,
        notices=record.notices,
        sources=record.sources,
    )


def _cause(check: str, tally: Tally, failed: list[CheckRecord]) -> str:
    """The failed check of the whole load that tells of what every example of this one shows; empty where there is none."""
    found = tally.checks.get(check, CheckTally()).found
    samples = [each.sample for each in found if each.verdict == Verdict.FAIL and each.sample]
    shown = {each.id for each in failed}
    if UNANSWERED in shown and samples and all(not each.status or each.status >= 500 for each in samples):
        return UNANSWERED
    if TWICE in shown and check in OF_TWO_JOBS:
        return TWICE
    lost = [name.partition("@")[0] for name in tally.final.missing]
    if NOT_THERE in shown and samples and all(_is_of_nobody(each, lost) for each in samples):
        return NOT_THERE
    return ""


def _is_of_nobody(sample: Sample, lost: list[str]) -> bool:
    return sample.status == 404 or any(name in sample.path for name in lost)


def _explained(cause: str, behind: dict[str, str]) -> list[str]:
    return [check for check, its_cause in behind.items() if its_cause == cause]


def _counts(record: LoadRecord) -> Counts:
    verdicts = Counter(Verdict(each.verdict) for each in record.checks)
    return Counts(
        checks=len(record.checks),
        judged=sum(number for verdict, number in verdicts.items() if verdict.is_judged),
        passed=verdicts[Verdict.PASS],
        advice=verdicts[Verdict.ADVICE],
        failed=verdicts[Verdict.FAIL],
        blocked=verdicts[Verdict.BLOCKED],
        not_asked=verdicts[Verdict.NOT_ASKED],
        broken=verdicts[Verdict.BROKEN],
        judgements=sum(sum(each.places.values()) for each in record.checks),
        requests=sum(each.requests for each in record.steps),
    )


def with_samples(run: RunRecord, record: LoadRecord) -> RunRecord:
    """The run with the samples of its findings as exchanges, in the order of the checks."""
    exchanges: list[ExchangeRecord] = []
    checks = [
        _sampled(each, record.tally.checks[each.id].found, exchanges)
        if each.id in record.tally.checks
        else each
        for each in run.checks
    ]
    at = {check.id: [number for each in check.findings for number in each.at] for check in checks}
    causes = [replace(cause, at=at[cause.check]) for cause in run.root_causes]
    return replace(run, checks=checks, exchanges=exchanges, root_causes=causes)


def _sampled(check: CheckRecord, found: list[Found], exchanges: list[ExchangeRecord]) -> CheckRecord:
    findings = []
    for finding in check.findings:
        sample = next((each.sample for each in found if each.sample and _is_of(each, finding)), None)
        if sample:
            exchanges.append(_exchange(len(exchanges) + 1, sample))
        findings.append(replace(finding, at=[len(exchanges)] if sample else []))
    return replace(check, findings=findings)


def _is_of(found: Found, finding: FindingRecord) -> bool:
    return (found.verdict, found.expected, found.got, found.where) == (
        finding.verdict,
        finding.expected,
        finding.got,
        finding.where,
    )


def _exchange(number: int, sample: Sample) -> ExchangeRecord:
    said, _, rest = sample.answer.partition("\n")
    return ExchangeRecord(
        number=number,
        step=sample.step,
        scene="",
        started="",
        seconds=sample.milliseconds / 1000,
        method=sample.method,
        path=sample.path,
        url=sample.path,
        request=_message(sample.request),
        status=sample.status,
        phrase=said if sample.status else "",
        response=_message(rest),
        failure="" if sample.status else said,
        elided=0,
        curl="",
    )


def _message(text: str) -> MessageRecord:
    """A message as a sample has it: headers, an empty line, the body."""
    head, _, body = f"\n{text}".partition("\n\n")
    return MessageRecord([list(line.partition(": ")[::2]) for line in head.splitlines() if line], body)
