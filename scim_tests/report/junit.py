"""junit.xml: a run as pipelines read it. Stories are suites, check ids are names.

The target's failures are `failure`, ours are `error`, what was not judged is `skipped`. Where the run
does not end well and no check says so, one case more does: a file of nothing but skips reads as green.
The seconds of a request are shared out equally among the checks that it was judged by, so that a case's time is its
share of the waiting for the target, and the times of all cases add up to that of the requests that were judged.
"""

from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.account import account, reason
from scim_tests.report.lasting import Lasting
from scim_tests.report.record_index import RecordIndex, counts_said, sentence
from scim_tests.report.text import one_line, printable

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
KINDS = {
    Verdict.FAIL: "failure",
    Verdict.BROKEN: "error",
    Verdict.ADVICE: "system-out",
    Verdict.BLOCKED: "skipped",
    Verdict.NOT_ASKED: "skipped",
}
STRICTLY = {**KINDS, Verdict.ADVICE: "failure", Verdict.BLOCKED: "failure"}
SECONDS = len("2026-11-24T03:28:11")  # JUnit's times have no zone


def junit(record: RunRecord) -> str:
    """The record as one `testsuites` document; runs with the same failures differ in times alone."""
    root = Element("testsuites", name="scim-tests")
    lasting, seconds = Lasting(record), _seconds(record)
    outdated = {line.partition(" ")[0]: line for line in record.baseline}
    for story, checks in RecordIndex(record).stories.items():
        suite = _suite(root, record, story)
        for check in checks:
            case = _case(suite, check.id, seconds[check.id])
            _judged(case, check, lasting, strict=record.run.strict)
            if check.id in outdated:
                SubElement(case, "system-out").text = printable(outdated[check.id])
    if record.outcome.exit_code and not {"failure", "error"} & {each.tag for each in root.iter()}:
        _whole(_suite(root, record, "the run"), record)
    for part in (*root, root):
        _count(part)
    indent(root)
    return f"{DECLARATION}\n{tostring(root, encoding='unicode')}\n"


def _seconds(record: RunRecord) -> Mapping[str, float]:
    """The share of each check in the time of the requests that it judged."""
    sharing = Counter(number for check in record.checks for number in check.at)
    share = {
        each.number: each.seconds / sharing[each.number] for each in record.exchanges if sharing[each.number]
    }
    return {check.id: sum(share.get(number, 0) for number in check.at) for check in record.checks}


def _suite(root: Element, record: RunRecord, story: str) -> Element:
    suite = SubElement(root, "testsuite", name=story, timestamp=record.run.started[:SECONDS])
    properties = SubElement(suite, "properties")
    said = {
        "target": "the bundled reference server" if record.target.bundled else record.target.base_url,
        "profile": record.profile.name,
        "seed": str(record.run.seed),
        "version": record.run.version,
        "counts": counts_said(record.counts),
        "verdict": record.outcome.sentence,
        **{f"notice {number}": notice for number, notice in enumerate(record.notices, 1)},
    }
    for name, value in said.items():
        SubElement(properties, "property", name=name, value=one_line(value))
    return suite


def _case(suite: Element, name: str, seconds: float) -> Element:
    return SubElement(
        suite, "testcase", name=name, classname=f"scim_tests.{suite.get('name')}", time=f"{seconds:.6f}"
    )


def _judged(case: Element, check: CheckRecord, lasting: Lasting, *, strict: bool) -> None:
    """What became of the check; its title comes first, since pipelines show the beginning of a long message."""
    verdict = Verdict(check.verdict)
    kind = "skipped" if check.tolerated else (STRICTLY if strict else KINDS).get(verdict)
    if kind is None:
        return
    said = SubElement(case, kind)
    why = sentence(check) if check.findings else reason(check)
    if kind == "system-out":
        said.text = lasting(f"Advice\n{account(check)}")
        return
    if check.tolerated:  # it must not fail the pipeline either, and is not hidden
        why = f"{check.verdict}, {check.tolerated}"
    said.set("message", lasting(one_line(f"{check.title}: {why}")))
    if kind != "skipped":
        said.set("type", f"{check.verdict} ({check.severity})")
    if kind != "skipped" or check.tolerated:
        said.text = lasting(account(check))


def _whole(suite: Element, record: RunRecord) -> None:
    """A case for the run itself: what fails a pipeline has to stand in the file that it reads."""
    case = _case(suite, "the target was judged", 0)
    kind = "failure" if record.outcome.verdict == "failed" else "error"
    said = SubElement(case, kind, type=record.outcome.verdict, message=one_line(record.outcome.sentence))
    said.text = printable(record.outcome.sentence)


def _count(part: Element) -> None:
    cases = list(part.iter("testcase"))
    part.set("tests", str(len(cases)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        part.set(attribute, str(len(list(part.iter(kind)))))
    part.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.6f}")
