"""Fills the templates of report.html: every value in them is made printable and escaped on its way in.

No template can forget it, and nothing that a target says becomes markup.
"""

from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scim_tests.report import calls, demands, importing, in_okta, official, plans
from scim_tests.report.account import command_again
from scim_tests.report.record_index import (
    NO_SCRIPT,
    SEVERITY_WORDS,
    SIGNS,
    STATES,
    duration,
    many,
    moment,
    replay,
)
from scim_tests.report.since import changes
from scim_tests.report.text import as_sentence, pretty, printable, shortened

FILTERS = {
    "answer": calls.answer,
    "as_sentence": as_sentence,
    "by_section": plans.by_section,
    "call": calls.call,
    "changes": changes,
    "command_again": command_again,
    "demand_counts": demands.counts,
    "duration": duration,
    "event_parts": in_okta.event_parts,
    "facts_told": in_okta.facts_told,
    "has_failures": demands.has_failures,
    "hyphens": lambda text: text.replace(" ", "-"),
    "import_sentences": importing.sentences,
    "many": many,
    "moment": moment,
    "plan_sentences": plans.sentences,
    "pretty": pretty,
    "replay": replay,
    "rows_shown": importing.rows_shown,
    "shortened": shortened,
    "source_id": in_okta.source_id,
    "state": calls.state,
}
WORDS = {
    "COLUMNS": importing.COLUMNS,
    "DEMANDED": {"RFC": "the RFC", "Okta": "Okta", "both": "the RFC and Okta"},
    "IN_QUESTION": demands.IN_QUESTION,
    "KNOWN_WORDS": in_okta.KNOWN_WORDS,
    "LABELS": in_okta.LABELS,
    "LOOKS": plans.LOOKS,
    "NO_SCRIPT": NO_SCRIPT,
    "OF_SUITE": official.VERDICTS,
    "SEVERITY_WORDS": SEVERITY_WORDS,
    "SIGNS": dict[str, str]([*SIGNS.items(), (demands.IN_QUESTION, "?")]),
    "STATES": STATES,
}
# How much of each a page shows.
LIMITS = {
    "BODY_SHOWN": calls.BODY_SHOWN,  # characters
    "CASE_EXCHANGES_SHOWN": 6,
    "CHECKS_SHOWN": 4,  # that found something in a case of a plan
    "EXCHANGES_SHOWN": 12,  # links side by side
    "EXPLAINED_SHOWN": 6,  # checks that a root cause explains, before the list is shut
    "FINDING_SHOWN": 300,  # characters of what was found at a call
    "MANY": 200,  # calls, beyond which a browser only lays out those in sight
    "MESSAGE_SHOWN": in_okta.MESSAGE_SHOWN,
    "PATH_SHOWN": 200,
    "PIPS_SHOWN": 80,
    "PLACES_SHOWN": 8,  # of findings that say the same
    "ROWS_SHOWN": importing.ROWS_SHOWN,
    "VALUE_SHOWN": 2000,  # characters of what a target gave
}


def filled(name: str, **values: Any) -> str:
    """The template of that name with these values in it."""
    return environment("scim_tests.report").get_template(name).render(values)


def macros(name: str) -> Any:
    """The macros of the template of that name, to be called with what they show; each gives text."""
    return environment("scim_tests.report").get_template(name).module


@cache
def environment(package: str) -> Environment:
    """What fills the templates of that package, with the filters, words and macros of the reports."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("scim_tests.report")]),
        auto_reload=False,
        autoescape=True,
        finalize=_finalized,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters.update(FILTERS)
    made.globals.update(WORDS, **LIMITS)
    return made


def _finalized(value: Any) -> str:
    if isinstance(value, Markup):
        return value
    return "" if value is None else printable(str(value))
