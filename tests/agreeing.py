"""Whether the reports of one run agree: guide, QA plan, JUnit, annotations, exit code and root causes read one judgement."""

from collections.abc import Iterator
from xml.etree.ElementTree import fromstring

from playing import BASE_URL, Play

from scim_tests.engine.results import ending
from scim_tests.model.plan_record import CaseState
from scim_tests.model.profile import Profile
from scim_tests.model.record import CheckRecord, FindingRecord, RunInfo, RunRecord, TargetInfo
from scim_tests.model.verdict import Verdict
from scim_tests.record.build import record
from scim_tests.record.plans import GRAVE
from scim_tests.report.github import SHOWN, annotations
from scim_tests.report.junit import junit
from scim_tests.report.plans import sentences
from scim_tests.session.finish import GROUP_OF

INFO = RunInfo("unittest", 1, "2026-11-24T03:28:11Z", 1.0, 4, strict=False, version="0")
NEVER = "Okta never"
# Words that presume that Okta went on with an answer: beside a refusal alone they are false.
WENT_ON = (
    "shows success",
    "has two accounts",
    "links the assigned person",
    "notices nothing",
    "stays on the target",
)
# Words that presume that it did not.
DID_NOT = (
    "is not provisioned",
    "The profile push fails",
    "The membership push fails",
    "The group is not pushed",
)


def recorded(done: Play, profile: Profile) -> RunRecord:
    """The run record of a play, as any run's."""
    return record(
        run=INFO,
        target=TargetInfo(BASE_URL, bundled=False),
        profile=profile,
        run_state=done.conductor,
        results=done.results,
        ending=ending(done.conductor, done.results, strict=False),
        stories=GROUP_OF,
        left_behind=[],
    )


def contradictions(told: RunRecord) -> list[str]:
    """What one report says and another denies, a sentence each."""
    failed = [check for check in told.checks if check.verdict == Verdict.FAIL]
    return [*_in_numbers(told, failed), *_in_plans(told, failed), *_in_words(told, failed)]


def _in_numbers(told: RunRecord, failed: list[CheckRecord]) -> Iterator[str]:
    names = sorted(check.id for check in failed)
    cases = fromstring(junit(told)).iter("testcase")  # noqa: S314 -- our own words
    in_junit = sorted(case.get("name", "") for case in cases if case.find("failure") is not None)
    if names and in_junit != names:
        yield f"junit.xml has {in_junit} as failures, and {names} failed"
    if told.outcome.exit_code and not in_junit:
        yield "the run failed, and junit.xml has no failure"
    if bool(failed) is not (told.outcome.verdict == "failed") and not told.counts.blocked:
        yield f"{len(failed)} checks failed, and the run {told.outcome.verdict}"
    explained = [name for cause in told.root_causes for name in cause.explains]
    if len(explained) != len(set(explained)):
        yield "a check is explained twice"
    standing = {cause.check for cause in told.root_causes}
    if lost := {*names} - standing - {*explained}:
        yield f"{lost} failed, and no root cause tells of it"
    errors = [line for line in annotations(told) if line.startswith("::error")]
    if told.root_causes and len(errors) != min(SHOWN, len(told.root_causes)):
        yield f"{len(errors)} annotations for {len(told.root_causes)} root causes"


def _in_plans(told: RunRecord, failed: list[CheckRecord]) -> Iterator[str]:
    grave = any(_is_grave(finding) for check in failed for finding in check.findings)
    for plan in told.plans:
        said = " ".join(sentences(plan))
        fails = any(case.state == CaseState.FAILS for case in plan.cases) or bool(plan.outside)
        if fails is not grave:
            yield f"{plan.title}: {said} And the gravest failure is {'' if grave else 'not '}grave"
        if grave and said.endswith("as far as the wire can show."):
            yield f"{plan.title}: {said} And something failed gravely"
    severities = [cause.severity for cause in told.root_causes]
    if any(each in GRAVE for each in severities) is not grave:
        yield f"root causes are {severities}, and findings are {'' if grave else 'not '}grave"


def _is_grave(finding: FindingRecord) -> bool:
    return finding.verdict == Verdict.FAIL and finding.severity in GRAVE


def _in_words(told: RunRecord, failed: list[CheckRecord]) -> Iterator[str]:
    status = {exchange.number: exchange.status for exchange in told.exchanges}
    for check in failed:
        said = check.consequence.text
        if check.severity == "stops-provisioning" and any(NEVER in fact.text for fact in check.aftermath):
            yield f"{check.id} stops provisioning, and {check.aftermath[0].text}"
        worst = next(each for each in check.findings if each.severity == check.severity)
        taken = [200 <= status[number] < 300 for number in worst.at]
        if not any(taken) and any(words in said for words in WENT_ON):
            yield f"{check.id}: “{said}” beside refusals alone"
        if all(taken) and any(words in said for words in DID_NOT):
            yield f"{check.id}: “{said}” beside successes alone"
