"""What becomes of a failure in Okta, told once: what happens, what the admin reads, where, and what then."""

import re
from collections.abc import Sequence

from scim_tests.model.fact import Fact
from scim_tests.model.record import CheckRecord
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
EVENT_TYPE = re.compile(r"([^\s(),]*\.[^\s(),]*)")
KNOWN_WORDS = {
    "documented": "Okta's documentation says so.",
    "captured": "It was seen in real traffic of Okta.",
    "inferred": "It follows from what is documented or captured; it was not seen itself.",
}


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
    facts = facts_told(check)
    return [
        f"In Okta ({check.consequence.known}): {check.consequence.text}",
        *(f"{LABELS[fact.about]}: {_text(fact)} ({fact.known})" for fact in facts if fact.about in LABELS),
        *(f"{fact.text} ({fact.known})" for fact in facts if fact.about not in LABELS),
    ]


def facts_told(check: CheckRecord) -> list[Fact]:
    """Those of its facts that a report shows."""
    return [fact for fact in facts_of(check) if _is_told(fact, check.aftermath)]


def event_parts(text: str) -> list[str]:
    """An event's text cut so that each second part is a type of event, `user.lifecycle.create`."""
    return EVENT_TYPE.split(text)


def source_id(key: str) -> str:
    """The id under which a record holds a source."""
    return SOURCES + key


def _is_told(fact: Fact, among: Sequence[Fact]) -> bool:
    """When Okta sends a step goes without saying, unless it never does, which is all there is to say."""
    return fact.about != "when" or len(among) == 1


def _text(fact: Fact) -> str:
    return f"“{shortened(fact.text, MESSAGE_SHOWN)}”" if fact.about == "message" else fact.text
