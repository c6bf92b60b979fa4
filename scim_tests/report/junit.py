"""junit.xml: a run as pipelines read it. Stories are suites, check ids are names.

The target's failures are `failure`, ours are `error`, what was not judged is `skipped`. Where the run
does not end well and no check says so, one case more does: a file of nothing but skips reads as green.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scim_tests.model.record import CheckRecord, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.account import account, reason
from scim_tests.report.record_index import RecordIndex, sentence
from scim_tests.report.text import one_line, printable

DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
SECONDS = len("2026-11-24T03:28:11")  # JUnit's times have no zone


def junit(record: RunRecord) -> str:
    """The record as one `testsuites` document."""
    root = Element("testsuites", name="scim-tests", time=f"{record.run.seconds:.3f}")
    for story, checks in RecordIndex(record).stories.items():
        suite = _suite(root, record, story)
        for check in checks:
            _case(suite, check, strict=record.run.strict)
    if record.outcome.exit_code and not {"failure", "error"} & {each.tag for each in root.iter()}:
        _whole(_suite(root, record, "the run"), record)
    for part in (*root, root):
        _count(part)
    indent(root)
    return f"{DECLARATION}\n{tostring(root, encoding='unicode')}\n"


def _suite(root: Element, record: RunRecord, story: str) -> Element:
    suite = SubElement(root, "testsuite", name=story, timestamp=record.run.started[:SECONDS])
    properties = SubElement(suite, "properties")
    said = {
        "target": record.target.base_url,
        "profile": record.profile.name,
        "run": record.run.name,
        "seed": str(record.run.seed),
        "version": record.run.version,
        "verdict": record.outcome.sentence,
        **{f"notice {number}": notice for number, notice in enumerate(record.notices, 1)},
    }
    for name, value in said.items():
        SubElement(properties, "property", name=name, value=one_line(value))
    return suite


def _case(suite: Element, check: CheckRecord, *, strict: bool) -> None:
    case = SubElement(suite, "testcase", name=check.id, classname=f"scim_tests.{suite.get('name')}", time="0")
    if check.tolerated:
        _tolerated(case, check)
        return
    match Verdict(check.verdict):
        case Verdict.FAIL:
            _told(case, "failure", check)
        case Verdict.ADVICE | Verdict.BLOCKED if strict:
            _told(case, "failure", check)
        case Verdict.BROKEN:
            _told(case, "error", check)
        case Verdict.ADVICE:
            SubElement(case, "system-out").text = f"Advice\n{account(check)}"
        case Verdict.BLOCKED | Verdict.NOT_ASKED:
            SubElement(case, "skipped", message=one_line(reason(check)))


def _tolerated(case: Element, check: CheckRecord) -> None:
    """A failure that does not fail the run must not fail the pipeline either, and is not hidden."""
    said = SubElement(case, "skipped", message=one_line(f"{check.verdict}, {check.tolerated}"))
    said.text = account(check)


def _told(case: Element, kind: str, check: CheckRecord) -> None:
    message = f"{check.title}: {reason(check) if check.verdict == Verdict.BLOCKED else sentence(check)}"
    said = SubElement(case, kind, type=f"{check.verdict} ({check.severity})", message=one_line(message))
    said.text = account(check)


def _whole(suite: Element, record: RunRecord) -> None:
    """A case for the run itself: what fails a pipeline has to stand in the file that it reads."""
    case = SubElement(
        suite, "testcase", name="the target was judged", classname="scim_tests.the run", time="0"
    )
    kind = "failure" if record.outcome.verdict == "failed" else "error"
    said = SubElement(case, kind, type=record.outcome.verdict, message=one_line(record.outcome.sentence))
    said.text = printable(record.outcome.sentence)


def _count(part: Element) -> None:
    part.set("tests", str(len(list(part.iter("testcase")))))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        part.set(attribute, str(len(list(part.iter(kind)))))
