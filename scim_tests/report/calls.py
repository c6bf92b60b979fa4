"""The calls of a run as report.html draws them: what is said of each, and which of them it shows whole."""

from scim_tests.model.record import ExchangeRecord, SceneRecord
from scim_tests.report.record_index import STATES, RecordIndex, many

BODY_SHOWN = 8_000  # characters of one body
# Characters of all exchanges and scripts together, so that the page stays well under 2 MB.
PAGE_HOLDS = 350_000
OVERHEAD = 1_500  # characters of an exchange's own markup
OF_A_FACT = 500  # characters of a fact with its sources


def call(exchange: ExchangeRecord) -> str:
    """The step without its act: `create` of `push_user.create`."""
    return exchange.step.partition(".")[2]


def answer(exchange: ExchangeRecord) -> str:
    """The status in words, or why there is none."""
    return exchange.phrase or str(exchange.status) if exchange.status else f"no answer: {exchange.failure}"


def state(scene: SceneRecord) -> str:
    """How many calls a scene had, and how it ended where it was not played whole."""
    requests = many(len(scene.exchanges), "call")
    if scene.state == "played":
        return requests
    said = STATES.get(scene.state, scene.state)
    return f"{said}, {requests}" if scene.exchanges else said


def shown_whole(index: RecordIndex) -> frozenset[int]:
    """The numbers of the exchanges that open: those with findings first, then as many as there is room for."""
    in_turn = sorted(index.record.exchanges, key=lambda each: each.number not in index.findings_at)
    room = PAGE_HOLDS - sum(len(index.checks[each].reproduction) for each in index.scripts)
    whole = set[int]()
    for exchange in in_turn:
        room -= _size(exchange)
        if room < 0:
            break
        whole.add(exchange.number)
    return frozenset(whole)


def _size(exchange: ExchangeRecord) -> int:
    bodies = (exchange.request.body, exchange.response.body)
    okta = OF_A_FACT * len(exchange.aftermath)
    return OVERHEAD + okta + len(exchange.curl) + sum(min(len(body), BODY_SHOWN) for body in bodies)
