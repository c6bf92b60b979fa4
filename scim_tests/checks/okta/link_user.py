"""Assigning a person who exists: Okta finds, reads and updates the user, and no second user is created."""

from scim_tests.checks.reading.compare import SECOND, moment
from scim_tests.checks.reading.users import USER_PUTS, ids_of
from scim_tests.knowledge.consequences import (
    DUPLICATES,
    LOST_ID,
    NOT_FOUND_AGAIN,
    OKTA_INDIFFERENT,
    PUSH_FAILS,
)
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, STOPS, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe, several
from scim_tests.model.scim import get


@check(
    "link_user.lookup-finds-the-person",
    on="link_user.lookup",
    title="A lookup by userName finds a person who was pushed before",
    references=("RFC7644-3.4.2.2-06", "okta:SUP-EXIST", "okta:ROSTR"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Let lookups find every user, whoever created it and however long ago.",
    follows=(
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "push_user.find-hits-exactly-once",
    ),
)
def lookup_finds_the_person(exchange: Exchange) -> Finding | None:
    if exchange.status == 404:
        return Finding("one user", exchange.answer.phrase)
    found = len(exchange.page.ids)
    return None if found == 1 else Finding("one user", ids_of(exchange), "$.Resources")


@check(
    "link_user.put-answers-200",
    on=USER_PUTS,
    title="A PUT that sends back everything the target showed is answered with 200",
    references=(
        "RFC7644-3.5.1-11",
        "RFC7644-3.5-01",
        "RFC7644-3.5.1-02",
        "RFC7644-3.5.1-09",
        "okta:S20",
        "okta:FIREZONE",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=PUSH_FAILS,
    fix="Accept a PUT of the whole user; ignore `id`, `meta` and `groups` in it instead of refusing them.",
    follows=("every_user.names-the-user-schema", "every_answer.takes-the-scim-media-type"),
)
def put_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK", exchange.answer.phrase)


@check(
    "link_user.put-returns-the-same-user",
    on=USER_PUTS,
    title="The answer to a PUT shows that user, under the same id",
    references=("RFC7644-3.5.1-11", "RFC7643-3.1-06", "RFC7644-3.2-04"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Update the stored user and answer with it.",
)
def put_returns_the_same_user(exchange: Exchange) -> Finding | None:
    wanted = exchange.request.endpoint.removeprefix("/Users/")
    shown = get(exchange.resource, "id")
    return None if shown == wanted else Finding(wanted, describe(shown), "$.id")


@check(
    "link_user.creates-nobody",
    on="link_user.find",
    title="After linking there is still one user of that name, with the same id",
    references=("RFC7644-3.2-04", "RFC7644-3.5.1-01", "RFC7643-4.1.1-02", "okta:SUP-EXIST"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Let PUT /Users/{id} replace the user with that id and never create one.",
    follows=("every_lookup.finds-no-stranger", "every_lookup.is-answered"),
)
def creates_nobody(exchange: Exchange) -> Finding | None:
    before = exchange.earlier("lookup").page.ids
    ids = () if exchange.status == 404 else exchange.page.ids
    expected = f"only the user {', '.join(before)}"
    return None if ids == before else Finding(expected, several(ids, "user"), "$.Resources")


@check(
    "link_user.put-leaves-the-time-line-in-order",
    on="link_user.put",
    when=lambda exchange: (
        get(exchange.resource, "meta", "lastModified") is not None
        and get(exchange.earlier("read").resource, "meta", "lastModified") is not None
    ),
    otherwise="the target shows no meta.lastModified",
    title="After a PUT meta.lastModified is not earlier than before",
    references=("RFC7643-3.1-20",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Take meta.lastModified from the server's clock, never from the request.",
)
def put_leaves_the_time_line_in_order(exchange: Exchange) -> Finding | None:
    before = get(exchange.earlier("read").resource, "meta", "lastModified")
    after = get(exchange.resource, "meta", "lastModified")
    was, now = moment(before), moment(after)
    if was is None or now is None:
        raise NotObserved("", "the target's meta.lastModified is not a date that can be compared")
    if now >= was:
        return None
    return Finding(f"{before} or later", str(after), "$.meta.lastModified", mild=was - now <= SECOND)
