"""results.sarif: what failed as SARIF 2.1.0, with what GitHub's code scanning asks of a file besides the schema.

A failed check is one result, and its id the fingerprint, so that a failure stays the same alert from run to run.
SARIF is made for source code, and every result has to lie in a file; a target has none that we know of. So a result
lies in line 1 of `scim-tests/<act>`, which is no file, and groups the results of an act.
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from typing import Any

from scim_tests.model.check import Severity
from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.lasting import Lasting
from scim_tests.report.record_index import RecordIndex, counts_said, sentence
from scim_tests.report.text import one_line

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.DEGRADED: "warning", Severity.COSMETIC: "note"}  # all that is graver is an error
PROBLEMS = {"error": "error", "warning": "warning", "note": "recommendation"}
FIRST_LINE = {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1}
DESCRIBED = 1000  # characters; GitHub takes 1024

Object = dict[str, Any]


def sarif(record: RunRecord) -> Object:
    """The run as a SARIF log: the checks that judged are its rules, and those that failed its results, causes first."""
    index = RecordIndex(record)
    rules = [check for check in record.checks if Verdict(check.verdict).is_judged]
    places = {check.id: place for place, check in enumerate(rules)}
    causes = {check.id: cause.explains for cause, check in index.causes}
    behind = {name: cause for cause, explained in causes.items() for name in explained}
    failed = sorted(index.with_verdict(Verdict.FAIL), key=lambda check: check.id not in causes)
    lasting = Lasting(record)
    results = [
        _result(check, places[check.id], lasting)
        | {"properties": {"explains": causes.get(check.id, []), "explainedBy": behind.get(check.id, "")}}
        for check in failed
    ]
    driver = {"name": "scim-tests", "version": record.run.version, "rules": [_rule(each) for each in rules]}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"scim-tests/{record.profile.name}/"},
        "invocations": [_invocation(record)],
        "results": results,
        "properties": {"target": record.target.base_url, "counts": counts_said(record.counts)},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _level(check: CheckRecord) -> str:
    return LEVELS.get(Severity(check.severity), "error")


def _rule(check: CheckRecord) -> Object:
    told = [
        f"Fix: {check.fix}",
        f"In Okta ({check.consequence.known}): {check.consequence.text}",
        *(f"{each.id}: {each.statement} {each.url}".strip() for each in check.references),
    ]
    level = _level(check)
    return {
        "id": check.id,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": f"{check.title}. {check.fix}"[:DESCRIBED]},
        "help": {"text": "\n".join(told), "markdown": "\n".join(f"- {each}" for each in told)},
        "defaultConfiguration": {"level": level},
        "properties": {"tags": [check.severity, check.story], "problem.severity": PROBLEMS[level]},
    }


def _result(check: CheckRecord, place: int, lasting: Lasting) -> Object:
    said = f"{check.title}: {sentence(check)}. In Okta: {check.consequence.text} Fix: {check.fix}"
    accepted = {"kind": "external", "status": "accepted", "justification": check.tolerated}
    location = {"artifactLocation": {"uri": f"scim-tests/{check.act}"}, "region": FIRST_LINE}
    return {
        "ruleId": check.id,
        "ruleIndex": place,
        "level": "note" if check.tolerated else _level(check),
        "message": {"text": lasting(one_line(said))},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"primaryLocationLineHash": check.id},
        "suppressions": [accepted] if check.tolerated else [],
    }


def _invocation(record: RunRecord) -> Object:
    """How the run ended; notices, a run without a verdict and checks of ours that broke are told as notifications."""
    broken = [check for check in record.checks if check.verdict == Verdict.BROKEN]
    troubles = [f"{check.id} broke: {sentence(check)}" for check in broken]
    is_whole = record.outcome.verdict in {"passed", "failed"}
    if not is_whole:
        troubles.append(record.outcome.sentence)
    told = [*(("note", each) for each in record.notices), *(("error", each) for each in troubles)]
    return {
        "executionSuccessful": is_whole,
        "exitCode": record.outcome.exit_code,
        "exitCodeDescription": one_line(record.outcome.sentence),
        "toolExecutionNotifications": [
            {"level": level, "message": {"text": one_line(each)}} for level, each in told
        ],
    }
