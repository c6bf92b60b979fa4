"""What there is to say about one check as plain text: pytest and JUnit show the same."""

from scim_tests.model.record import CheckRecord, FindingRecord
from scim_tests.report.in_okta import lines
from scim_tests.report.record_index import many
from scim_tests.report.text import printable, shortened

FINDINGS_SHOWN = 3
VALUE_SHOWN = 2000  # characters of what a target gave


def account(check: CheckRecord) -> str:
    """Findings, consequence in Okta and fix of a check, one to a line."""
    said = [check.title, *_findings(check), *_reason(check), *lines(check), f"Fix: {check.fix}"]
    if check.reproduction:
        said.append(f"Again: {command_again(check)}, in the folder of the report")
    return printable("\n".join(said))


def command_again(check: CheckRecord) -> str:
    """What shows a failure again, in the folder of the report."""
    return f"sh reproduce/{check.id}.sh"


def reason(check: CheckRecord) -> str:
    """Why a check was not judged, in one line; names the step to blame."""
    return printable("; ".join(_reason(check))) or check.verdict


def _reason(check: CheckRecord) -> list[str]:
    blame = f" (to blame: {check.blame})" if check.blame and check.blame not in check.why else ""
    return [f"{check.verdict}: {check.why}{blame}"] if check.why or check.blame else []


def _findings(check: CheckRecord) -> list[str]:
    lines = [line for finding in check.findings[:FINDINGS_SHOWN] for line in _finding(finding)]
    more = len(check.findings) - FINDINGS_SHOWN
    return [*lines, f"… and {many(more, 'more finding')} like this"] if more > 0 else lines


def _finding(finding: FindingRecord) -> list[str]:
    where = f" at {finding.where}" if finding.where else ""
    numbers = ", ".join(f"#{number}" for number in finding.at[:FINDINGS_SHOWN])
    exchanges = f"exchange {numbers}" if numbers else ""
    place = " in ".join(filter(None, (exchanges, finding.scene)))  # of several scenes none is named
    return [
        f"Expected{where}: {finding.expected}",
        f"Got: {shortened(finding.got, VALUE_SHOWN)}",
        *([f"Seen in: {place}"] if place else []),
    ]
