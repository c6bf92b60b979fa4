"""The people who are asked for are there; what they are like the rules for every write judge."""

from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get

ITS_SCHEMA = (
    "invalidValue",
    "invalidSyntax",
)  # RFC 7644 table 9: a value is missing, or the schema is another


@check(
    "make_specimens.create-answers-201",
    on="make_specimens.create_*",
    title="A create with values of every kind is answered with 201",
    references=("RFC7644-3.3-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept quotes, blanks and letters beyond ASCII in texts, and several e-mail addresses of which the last is primary.",
    follows=("push_user.create-answers-201",),
)
def create_answers_201(exchange: Exchange) -> Finding | None:
    """A target may require more than RFC 7643 does, or have fewer attributes, and say so: advice."""
    if exchange.status == 201:
        return None
    wants_more = exchange.answer.is_json and get(exchange.answer.parsed, "scimType") in ITS_SCHEMA
    return Finding("201 Created", exchange.answer.phrase, mild=wants_more)
