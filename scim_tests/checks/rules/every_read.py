"""Rules for every read by id, and for the answer to every write."""

from scim_tests.knowledge.consequences import LOST_ID
from scim_tests.model.check import BOTH, MUST, STOPS, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

READS = (
    "*.read",
    "*.read_back",
    "*.read_first",
    "*.read_unchanged",
    "*.read_emptied",
    "*.read_renamed",
    "*.read_stale",
    "read_user.by_id",
)


@check(
    "every_read.answers-200",
    on=READS,
    title="Reading a user by id is answered with 200",
    references=("RFC7644-3.4.1-01", "INTEROP-6.1-04", "IPSIE-5.3-01", "okta:S20", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Serve GET /Users/{id} for every user, right after the create and also when inactive.",
    follows=(
        "deactivate_user.keeps-the-user-readable",
        "every_view.has-one-id-for-one-user-name",
    ),
)
def answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "every_read.shows-that-user",
    on=READS,
    title="Reading a user by id shows the user with that id",
    references=("RFC7643-3.1-06", "RFC7644-3.4.1-01", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Look the user up by the id in the path, and show the same id.",
)
def shows_that_user(exchange: Exchange) -> Finding | None:
    return _another(exchange)


def is_answered_with_a_user(exchange: Exchange) -> bool:
    write = exchange.request.method in {"PUT", "PATCH"} and exchange.request.endpoint.startswith("/Users/")
    return (
        write
        and exchange.is_success
        and get(exchange.json if exchange.answer.body else None, "id") is not None
    )


@check(
    "every_read.write-answers-with-that-user",
    on="*.*",
    when=is_answered_with_a_user,
    otherwise="no PUT or PATCH was answered with a user that has an id",
    title="The answer to a PUT or PATCH shows the user that the request names",
    references=("RFC7644-3.5.2-21", "RFC7643-3.1-06"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Answer with the user of the path, read after the write.",
    follows=("create_variants.taken-name-is-refused",),
)
def write_answers_with_that_user(exchange: Exchange) -> Finding | None:
    return _another(exchange)


def _another(exchange: Exchange) -> Finding | None:
    """Another id than that of the path."""
    wanted, shown = exchange.request.endpoint.removeprefix("/Users/"), get(exchange.resource, "id")
    return None if shown == wanted else Finding(wanted, describe(shown), "$.id")
