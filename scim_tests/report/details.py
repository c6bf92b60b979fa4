"""One check in report.html: the cells of its row, and what opens below it."""

from scim_tests.model.check import Severity
from scim_tests.model.record import CheckRecord, FindingRecord, ReferenceRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.account import command_again
from scim_tests.report.calls import exchange_links
from scim_tests.report.in_okta import block
from scim_tests.report.markup import NOTHING, Markup, join, link, prose, tag
from scim_tests.report.record_index import SEVERITY_WORDS, SIGNS, RecordIndex, many, rank, sentence
from scim_tests.report.text import one_line, shortened

VALUE_SHOWN = 2000  # characters of what a target gave
LINE_SHOWN = 160
FINDINGS_SHOWN = 10
PLACES_SHOWN = 8  # of findings that say the same
PASSES_SHOWN = 4  # links to exchanges where all was well
DEMANDED = {"RFC": "the RFC", "Okta": "Okta", "both": "the RFC and Okta"}

# pytest-html reads the first two itself: which outcome it counts, and the id of the row.
HEADINGS = [
    '<th class="sortable" data-column-type="result" hidden>Result</th>',
    '<th class="sortable" data-column-type="testId" hidden>Test</th>',
    '<th scope="col">Verdict</th>',
    '<th scope="col">Check</th>',
    '<th scope="col">Severity</th>',
]


def cells(outcome: str, check: CheckRecord) -> list[Markup]:
    """A row's cells. `col-links` keeps pytest-html from redrawing the whole table at a click."""
    verdict = Verdict(check.verdict)
    severity = SEVERITY_WORDS[Severity(check.severity)]
    badge = tag(
        "span",
        tag("span", SIGNS[verdict], class_="sign", aria_hidden="true"),
        f" {check.verdict}",
        class_="badge",
    )
    place = ".".join(f"{number:02}" for number in rank(check))
    return [
        Markup(f'<td class="col-result" hidden>{outcome}</td>'),
        tag("td", check.id, class_="col-testId", hidden=True),
        tag(
            "td", badge, class_="col-links col-verdict",
            data_verdict=check.verdict, data_story=check.story, data_act=check.act, data_severity=check.severity, data_rank=place,
        ),
        tag("td", _name(check), class_="col-links col-check"),
        tag("td", tag("span", severity, class_=f"severity {check.severity}"), class_="col-links col-severity"),
    ]  # fmt: skip


def _name(check: CheckRecord) -> Markup:
    button = tag("button", check.title, type="button", class_="opens", aria_expanded="false")
    said = NOTHING
    if check.verdict != Verdict.PASS:
        said = tag("p", shortened(one_line(sentence(check)), LINE_SHOWN), class_="brief")
    return join(button, link(f"#{check.id}", tag("code", check.id), class_="here"), said)


def details(index: RecordIndex, check: CheckRecord) -> Markup:
    """What opens below a check's row."""
    return tag(
        "div",
        _findings(index, check),
        _reason(check),
        tag("p", tag("b", "Tolerated"), f" {check.tolerated}.", class_="reason") if check.tolerated else NOTHING,
        tag(
            "div",
            tag("div", tag("h3", "Required", class_="label"), _requirement(check), class_="required"),
            tag("div", tag("h3", "If it is not so", class_="label"), block(index, check), tag("p", tag("b", "Fix"), " ", prose(check.fix), class_="fix")),
            class_="two",
        ),
        _again(index, check),
        _evidence(index, check),
        class_="details",
    )  # fmt: skip


def _again(index: RecordIndex, check: CheckRecord) -> Markup:
    """The script that shows the failure again, to be copied out of the page, or where it lies beside it."""
    if not check.reproduction:
        return NOTHING
    if check.id not in index.scripts:
        return tag(
            "p",
            tag("b", "Show it again"),
            " ",
            tag("code", command_again(check)),
            " beside this page",
            class_="again",
        )
    hint = (
        "Makes its own people, and removes or deactivates them; writes to nobody else."
        " Set SCIM_TESTS_TOKEN to the token, then run it with sh."
        " It exits with 1 while the fault is there, with 0 when it is gone, with 2 when it could not be asked."
    )
    script = tag("pre", check.reproduction, class_="curl script", tabindex="0")
    return tag(
        "details", tag("summary", "Show it again: a shell script"), tag("p", hint), script, class_="again"
    )


def comparison(finding: FindingRecord) -> Markup:
    """Expected beside got."""
    where = (
        tag("div", tag("dt", "Where"), tag("dd", tag("code", finding.where))) if finding.where else NOTHING
    )
    return tag(
        "dl",
        tag("div", tag("dt", "Expected"), tag("dd", finding.expected), class_="expected"),
        tag("div", tag("dt", "Got"), tag("dd", shortened(finding.got, VALUE_SHOWN)), class_="got"),
        where,
        class_="comparison",
    )


def _findings(index: RecordIndex, check: CheckRecord) -> Markup:
    """What was found, each kind of it once, with the places where it was seen."""
    alike: dict[tuple[str, str, str], list[FindingRecord]] = {}
    for finding in check.findings:
        alike.setdefault((finding.expected, finding.got, finding.where), []).append(finding)
    shown = list(alike.values())[:FINDINGS_SHOWN]
    rest = len(check.findings) - sum(map(len, shown))
    said = tag("p", f"{many(rest, 'more finding')} like these in run.json.") if rest else NOTHING
    return join(*(join(comparison(each[0]), _places(index, each)) for each in shown), said)


def _places(index: RecordIndex, findings: list[FindingRecord]) -> Markup:
    seen = [
        join(" · " if place else None, finding.scene, " ", exchange_links(index, finding.at))
        for place, finding in enumerate(findings[:PLACES_SHOWN])
    ]
    more = len(findings) - PLACES_SHOWN
    return tag("p", *seen, f" and {many(more, 'place')} more" if more > 0 else None, class_="seen")


def _reason(check: CheckRecord) -> Markup:
    if not (check.why or check.blame):
        return NOTHING
    blame = join(" The step to blame is ", tag("code", check.blame), ".") if check.blame else NOTHING
    return tag("p", tag("b", check.verdict.capitalize()), f" {check.why}.", blame, class_="reason")


def _requirement(check: CheckRecord) -> Markup:
    strength = tag(
        "p", f"A {check.strength.upper()}, demanded by {DEMANDED[check.demanded_by]}.", class_="strength"
    )
    return join(strength, tag("ul", *map(_reference, check.references)))


def _reference(reference: ReferenceRecord) -> Markup:
    source = link(reference.url, reference.source) if reference.url else reference.source
    return tag("li", reference.statement, " ", source, " ", tag("code", reference.id))


def _evidence(index: RecordIndex, check: CheckRecord) -> Markup:
    """Where it was judged; the page's script shows the first exchange in place."""
    if not check.at:
        return NOTHING
    places = ", ".join(f"{number} {verdict}" for verdict, number in check.places.items())
    found = [number for finding in check.findings for number in finding.at]
    first = (found or check.at)[0]
    return tag(
        "div",
        tag("h3", f"Judged here ({places})", class_="label"),
        tag("p", exchange_links(index, check.at, None if found else PASSES_SHOWN), class_="seen"),
        tag("div", class_="evidence", data_exchange=f"x{first}"),
    )
