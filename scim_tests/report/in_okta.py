"""What becomes of a failure in Okta, told once: what happens, what the admin reads, where, and what then."""

from collections.abc import Sequence

from scim_tests.model.fact import Fact
from scim_tests.model.record import CheckRecord
from scim_tests.report.markup import NOTHING, Markup, join, link, prose, tag
from scim_tests.report.record_index import RecordIndex
from scim_tests.report.text import shortened

LABELS = {
    "message": "Admin sees",
    "event": "System Log",
    "task": "Tasks",
    "retry": "Retry",
    "do": "To do",
}
MESSAGE_SHOWN = 1200  # characters; a target's detail may be long
SOURCES = "okta:"


def facts_of(check: CheckRecord) -> list[Fact]:
    """What is known of a check's failure; where it did not fail, the message it would bring."""
    if check.aftermath or not check.consequence.admin_sees:
        return check.aftermath
    return [Fact("message", check.consequence.admin_sees, check.consequence.known, [])]


def message_of(check: CheckRecord) -> str:
    """What the admin reads; empty where Okta says nothing."""
    return next((fact.text for fact in facts_of(check) if fact.about == "message"), "")


def lines(check: CheckRecord) -> list[str]:
    """The block as plain text, a line a fact."""
    facts = [fact for fact in facts_of(check) if _is_told(fact, check.aftermath)]
    return [
        f"In Okta ({check.consequence.known}): {check.consequence.text}",
        *(f"{LABELS[fact.about]}: {_text(fact)} ({_known(fact)})" for fact in facts if fact.about in LABELS),
        *(f"{fact.text} ({_known(fact)})" for fact in facts if fact.about not in LABELS),
    ]


def block(index: RecordIndex, check: CheckRecord) -> Markup:
    """The block for a check: in a root cause's card, and where its row opens."""
    known = tag("span", check.consequence.known, class_="known")
    said = tag("p", tag("b", "In Okta"), " ", prose(check.consequence.text), " ", known)
    return tag("div", said, _listed(index, facts_of(check), check.aftermath), class_="okta")


def at_exchange(index: RecordIndex, facts: list[Fact]) -> Markup:
    """The block for one exchange, which says what this very answer brings."""
    if not facts:
        return NOTHING
    when = next((_told(index, fact) for fact in facts if fact.about == "when"), NOTHING)
    head = tag("p", tag("b", "In Okta"), " ", when)
    others = [fact for fact in facts if fact.about != "when"]
    return tag("div", head, _listed(index, others, facts), class_="okta")


def _listed(index: RecordIndex, facts: list[Fact], among: Sequence[Fact]) -> Markup:
    told = [fact for fact in facts if _is_told(fact, among)]
    notes = [tag("p", _told(index, fact), class_="note") for fact in told if fact.about not in LABELS]
    rows = [
        tag("div", tag("dt", LABELS[fact.about]), tag("dd", _told(index, fact)), class_=fact.about)
        for fact in told
        if fact.about in LABELS
    ]
    return join(*notes, tag("dl", *rows, class_="aftermath") if rows else NOTHING)


def _is_told(fact: Fact, among: Sequence[Fact]) -> bool:
    """When Okta sends a step goes without saying, unless it never does, which is all there is to say."""
    return fact.about != "when" or len(among) == 1


def _told(index: RecordIndex, fact: Fact) -> Markup:
    said: str = tag("q", shortened(fact.text, MESSAGE_SHOWN)) if fact.about == "message" else fact.text
    if fact.about == "event":
        said = join(*(_event(word) for word in fact.text.split(" ")))
    return join(said, " ", tag("span", fact.known, *_keys(index, fact), class_="known"))


def _event(word: str) -> Markup:
    """A word of an event's text; types of events are set as code."""
    bare = word.strip("(),")
    shown = tag("code", bare) if "." in bare else bare
    before, _, after = word.partition(bare)
    return join(before, shown, after, " ")


def _keys(index: RecordIndex, fact: Fact) -> list[Markup]:
    """The keys of its sources, each a link where the source has an address."""
    known = [(key, index.sources.get(SOURCES + key)) for key in fact.sources]
    return [
        join(" ", link(source.url, key, title=source.statement) if source else tag("span", key))
        for key, source in known
    ]


def _text(fact: Fact) -> str:
    return f"“{shortened(fact.text, MESSAGE_SHOWN)}”" if fact.about == "message" else fact.text


def _known(fact: Fact) -> str:
    return " ".join([fact.known, *fact.sources])
