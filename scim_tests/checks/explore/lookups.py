"""What lookups and other filters find: whoever has the value now, and nobody who had it once."""

from dataclasses import replace
from functools import partial

from scim_tests.checks.explore.shown import first_of, wrong
from scim_tests.checks.explore.there import Standing
from scim_tests.checks.explore.whom import NAMES, Listed, is_in_doubt, listed, namesakes
from scim_tests.checks.reading.filters import terms
from scim_tests.checks.rules.every_lookup import asked_user_name
from scim_tests.knowledge.consequences import (
    GROUP_NOT_FOUND,
    NOT_FOUND_AGAIN,
    OTHERS_MISLED,
    SEVERAL_PEOPLE,
    STRANGER_LINKED,
    WRONG_GROUP,
    WRONG_PROFILE,
)
from scim_tests.model.check import BOTH, DEGRADED, MUST, RFC, STOPS, WRONG_DATA, Consequence, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import as_id, get

LOOKUPS = ("explore.lookup", "explore.lookup_group")
FINDS = ("explore.find", "explore.find_former", "explore.find_group", "explore.list_active")
UNANSWERED = "no such query was answered"


def is_answered(exchange: Exchange) -> bool:
    """Whether a query got an answer that says whom it found."""
    return exchange.is_success or exchange.status == 404


of_a_query = partial(check, when=is_answered, otherwise=UNANSWERED, strength=MUST)


@of_a_query(
    "explore.lookup-finds-who-is-there",
    on=LOOKUPS,
    title="A lookup finds whoever has the name now, whatever they were called before",
    references=("RFC7644-3.4.2.2-06", "RFC7643-4.1.1-03", "okta:S20"),
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Let every write that gives a name refresh the index and drop what lookups have cached, misses too.",
)
def lookup_finds_who_is_there(exchange: Exchange) -> Finding | None:
    told = listed(exchange)
    return _of_groups(told, told.missed(), GROUP_NOT_FOUND)


def _of_groups(told: Listed, found: Finding | None, consequence: Consequence) -> Finding | None:
    """The finding, with what it comes to where it is about groups."""
    return replace(found, consequence=consequence) if found and told.kind == "/Groups" else found


@of_a_query(
    "explore.lookup-finds-nobody-else",
    on=LOOKUPS,
    title="A lookup finds nobody who is deleted or has another name, and one user only",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.6-03", "RFC7643-4.1.1-02", "okta:S20"),
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=STRANGER_LINKED,
    fix="Take a name out of the index when somebody is renamed or deleted, and store nobody whose create is refused.",
)
def lookup_finds_nobody_else(exchange: Exchange) -> Finding | None:
    told = listed(exchange)
    known = told.gone() or told.strange()
    return _of_groups(told, known, WRONG_GROUP) or (_unknown(told) if told.kind == "/Users" else None)


def _unknown(told: Listed) -> Finding | None:
    """Names are drawn at random: whoever has one and is none of ours came of a write in this conversation."""
    exchange = told.query.exchange
    wanted = asked_user_name(exchange)
    ours = namesakes(told.there, told.kind, wanted)
    for each in told.shown:
        id_, name = as_id(get(each, "id")), str(get(each, NAMES[told.kind]))
        if name.casefold() != wanted.casefold() or (told.kind, id_) in told.there.everybody:
            continue
        known: Standing | None = next(iter(ours.values()), None)
        if known or not is_in_doubt(exchange, wanted):
            expected = f"only {next(iter(ours))}" if known else "nobody"
            at = (*(known.at if known else ()), exchange)
            consequence = SEVERAL_PEOPLE if known else None
            got = f"{id_}, whom no create that was taken made"
            return Finding(expected, got, "$.Resources", at=at, consequence=consequence)
    return None


@check(
    "explore.lookup-shows-what-is-there",
    on=(*LOOKUPS, *FINDS),
    when=lambda exchange: exchange.is_success,
    otherwise=UNANSWERED,
    title="Whom a query finds it shows as the last writes left them",
    references=("RFC7644-3.4-01", "RFC7644-3.1-05", "RFC7643-7-24"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Build the answer to a query from what is stored now, by the same code as a read by id.",
    follows=("explore.read-shows-what-was-written", "explore.write-changes-nothing-else"),
)
def lookup_shows_what_is_there(exchange: Exchange) -> Finding | None:
    return shows_what_is_there(listed(exchange))


def shows_what_is_there(told: Listed) -> Finding | None:
    """The first of ours who is shown otherwise than they are."""
    exchange = told.query.exchange
    for resource in told.shown:
        key = told.kind, as_id(get(resource, "id"))
        standing = told.there.everybody.get(key)
        if standing and standing.is_there:
            found = first_of(wrong(exchange, told.there, key, resource), exchange, standing, lambda _: True)
            if found:
                return found
    return None


@of_a_query(
    "explore.find-finds-who-has-the-value",
    on=FINDS,
    title="A filter finds whoever has the value now",
    references=("RFC7644-3.4.2.2-06",),
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Let every kind of write refresh the index that filters are answered from.",
    follows=("explore.read-shows-what-was-written",),
)
def find_finds_who_has_the_value(exchange: Exchange) -> Finding | None:
    return _named(listed(exchange), listed(exchange).missed())


@of_a_query(
    "explore.find-finds-nobody-else",
    on=FINDS,
    title="A filter finds nobody who is deleted, or who had the value once",
    references=("RFC7644-3.4.2.2-02", "RFC7644-3.6-03"),
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take old values out of the index that filters are answered from, and whoever is deleted.",
    follows=("explore.gone-is-not-read",),
)
def find_finds_nobody_else(exchange: Exchange) -> Finding | None:
    told = listed(exchange)
    return _named(told, told.gone() or told.strange())


def _named(told: Listed, found: Finding | None) -> Finding | None:
    """With the attribute that the filter asks for, which tells one trouble from another."""
    if found is None or told.query.filter is None:
        return found
    paths = ", ".join(dict.fromkeys(each.path for each in terms(told.query.filter)))
    return Finding(found.expected, f"{found.got} (by {paths})", found.where, at=found.at)
