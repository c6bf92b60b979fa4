"""The calls of a run as a picture: two lifelines, Okta's and the target's, and an arrow each way.

Every call opens in place and shows its request and answer, each of them once in the whole page:
checks only point here. `#x12` is the twelfth.
"""

from functools import partial

from scim_tests.model.record import ExchangeRecord, SceneRecord
from scim_tests.model.verdict import Verdict
from scim_tests.report.exchange import Budget, evidence
from scim_tests.report.markup import NOTHING, Markup, join, link, tag
from scim_tests.report.record_index import SIGNS, RecordIndex, duration, many
from scim_tests.report.text import one_line, shortened

LINKS_SHOWN = 12
PIPS_SHOWN = 80
MANY = 200  # calls, beyond which a browser only lays out those in sight
PATH_SHOWN = 200


def exchange_links(index: RecordIndex, numbers: list[int], most: int | None = None) -> Markup:
    """Links to these exchanges, each with its call and status; at `most` so many of them."""
    shown = numbers[: most or LINKS_SHOWN]
    links = [_exchange_link(index.exchanges[number]) for number in shown]
    more = len(numbers) - len(shown)
    rest = f" and {more} more" if more > 0 else ""
    return join(*(join(", " if place else None, each) for place, each in enumerate(links)), rest)


def _exchange_link(exchange: ExchangeRecord) -> Markup:
    call = one_line(f"{exchange.step.partition('.')[2]} {exchange.status or 'no answer'}")
    return link(
        f"#x{exchange.number}", f"#{exchange.number} {call}", title=f"{exchange.method} {exchange.path}"
    )


def calls(index: RecordIndex) -> Markup:
    """The section with every scene, in the order of the play."""
    budget = Budget.fair(index)
    scenes = [_scene(index, scene, budget) for scene in index.record.scenes]
    lead = "What Okta sent and what came back, act by act; open a call to see all of it."
    return tag("section", tag("h2", "Calls"), tag("p", lead, class_="lead"), *scenes, id="calls")


def _scene(index: RecordIndex, scene: SceneRecord, budget: Budget) -> Markup:
    verdict = index.scene_verdict(scene)
    name = join(
        tag("span", scene.title, class_="name"),
        tag("span", scene.trait, class_="trait") if scene.trait else NOTHING,
    )
    state = join(tag("span", _state(scene), class_="state"), _mark(verdict) if verdict else NOTHING)
    kind = f"scene {verdict or scene.state}".replace("not asked", "not-asked").replace(
        "cut short", "cut-short"
    )
    if not scene.exchanges:
        why = tag("span", scene.why, class_="why", title=scene.why)
        return tag("div", name, why, state, class_=f"{kind} silent", id=f"scene-{scene.name}")
    shown = map(partial(_call, index, budget), (index.exchanges[number] for number in scene.exchanges))
    return tag(
        "details",
        tag("summary", name, _pips(index, scene), state),
        tag("p", scene.why, class_="why") if scene.why else NOTHING,
        tag("div", tag("span", "Okta"), tag("span", "target"), class_="actors", aria_hidden="true"),
        tag("ol", *shown, class_="sequence long" if len(scene.exchanges) > MANY else "sequence"),
        class_=kind,
        id=f"scene-{scene.name}",
    )


def _state(scene: SceneRecord) -> str:
    requests = many(len(scene.exchanges), "call")
    if scene.state == "played":
        return requests
    return f"{scene.state}, {requests}" if scene.exchanges else scene.state


def _mark(verdict: Verdict) -> Markup:
    sign = tag("span", SIGNS[verdict], class_="sign", aria_hidden="true")
    return tag("span", sign, f" {verdict}", class_=f"badge {verdict.replace(' ', '-')}")


def _pips(index: RecordIndex, scene: SceneRecord) -> Markup:
    """One small square a call, so that a scene reads at a glance."""
    shown = [
        tag("i", class_=index.verdict_at([number]) or "quiet") for number in scene.exchanges[:PIPS_SHOWN]
    ]
    more = "…" if len(scene.exchanges) > PIPS_SHOWN else None
    return tag("span", *shown, more, class_="pips", aria_hidden="true")


def _call(index: RecordIndex, budget: Budget, exchange: ExchangeRecord) -> Markup:
    verdict = index.verdict_at([exchange.number])
    arrows = join(
        _number(exchange), _there(exchange), _back(exchange), _mark(verdict) if verdict else NOTHING
    )
    kind = f"call {verdict}" if verdict else "call"
    if not budget.allows(exchange):
        return tag(
            "li", tag("div", arrows, class_="arrows"), class_=f"{kind} brief", id=f"x{exchange.number}"
        )
    shown = tag("details", tag("summary", arrows, class_="arrows"), evidence(index, exchange))
    return tag("li", shown, class_=kind, id=f"x{exchange.number}")


def _number(exchange: ExchangeRecord) -> Markup:
    return tag("span", f"{exchange.number}", class_="number")


def _there(exchange: ExchangeRecord) -> Markup:
    path = shortened(exchange.path, PATH_SHOWN)
    step = tag("span", exchange.step.partition(".")[2].replace("_", " "), class_="step")
    call = tag("span", tag("b", exchange.method), " ", path)
    return tag("span", call, step, class_="there")


def _back(exchange: ExchangeRecord) -> Markup:
    said = exchange.phrase or str(exchange.status) if exchange.status else f"no answer: {exchange.failure}"
    return tag(
        "span",
        tag("b", said),
        f" {duration(exchange.seconds)}",
        class_="back" if exchange.status else "back lost",
    )
