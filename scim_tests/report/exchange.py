"""One exchange in report.html: what was found, the request, the answer, and a command to repeat it."""

from dataclasses import dataclass

from scim_tests.model.record import CheckRecord, ExchangeRecord, FindingRecord, MessageRecord
from scim_tests.report.in_okta import at_exchange
from scim_tests.report.markup import NOTHING, Markup, join, link, tag
from scim_tests.report.record_index import RecordIndex, many
from scim_tests.report.text import pretty, shortened

BODY_SHOWN = 8_000  # characters of one body
PAGE_HOLDS = (
    450_000  # characters of all exchanges and scripts together, so that the page stays well under 2 MB
)
OVERHEAD = 1_500  # characters of an exchange's own markup
OF_A_FACT = 500  # characters of a fact with its sources


@dataclass(frozen=True)
class Budget:
    """Which exchanges a page shows whole: those with findings first, then as many as there is room for."""

    whole: frozenset[int]

    @classmethod
    def fair(cls, index: RecordIndex) -> "Budget":
        in_turn = sorted(index.record.exchanges, key=lambda each: each.number not in index.findings_at)
        checks = index.checks
        room = PAGE_HOLDS - sum(len(checks[each].reproduction) for each in index.scripts)
        whole: list[int] = []
        for exchange in in_turn:
            room -= _size(exchange)
            if room < 0:
                break
            whole.append(exchange.number)
        return cls(frozenset(whole))

    def allows(self, exchange: ExchangeRecord) -> bool:
        return exchange.number in self.whole


def _size(exchange: ExchangeRecord) -> int:
    bodies = (exchange.request.body, exchange.response.body)
    okta = OF_A_FACT * len(exchange.aftermath)
    return OVERHEAD + okta + len(exchange.curl) + sum(min(len(body), BODY_SHOWN) for body in bodies)


def evidence(index: RecordIndex, exchange: ExchangeRecord) -> Markup:
    """What opens below a call."""
    found = [_found(*each) for each in index.findings_at.get(exchange.number, [])]
    return tag(
        "div",
        tag("ul", *found, class_="found") if found else NOTHING,
        at_exchange(index, exchange.aftermath),
        tag("div", _request(exchange), _answer(exchange), class_="two"),
        tag("pre", exchange.curl, class_="curl", tabindex="0"),
        class_="exchange",
    )


def _found(check: CheckRecord, finding: FindingRecord) -> Markup:
    return tag(
        "li",
        link(f"#{check.id}", tag("code", check.id)),
        f" expected {finding.expected}, got {shortened(finding.got, 300)}",
        class_=finding.verdict,
    )


def _request(exchange: ExchangeRecord) -> Markup:
    first = f"{exchange.method} {exchange.url}"
    return tag(
        "div",
        tag("h3", "Request", class_="label"),
        tag("p", first, class_="first"),
        _message(exchange.request),
    )


def _answer(exchange: ExchangeRecord) -> Markup:
    first = exchange.phrase if exchange.status else f"No answer: {exchange.failure}"
    elided = (
        tag("p", f"{many(exchange.elided, 'resource')} of this page not kept.")
        if exchange.elided
        else NOTHING
    )
    return tag(
        "div",
        tag("h3", "Answer", class_="label"),
        tag("p", first, class_="first"),
        _message(exchange.response),
        elided,
    )


def _message(message: MessageRecord) -> Markup:
    headers = "\n".join(f"{name}: {value}" for name, value in message.headers)
    body = shortened(pretty(message.body), BODY_SHOWN)
    shown = tag("pre", body, class_="body", tabindex="0") if body else tag("p", "no body", class_="none")
    return join(tag("pre", headers, class_="headers", tabindex="0") if headers else NOTHING, shown)
