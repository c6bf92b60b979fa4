"""A create is taken as another was that has all of its attributes, and one that is refused makes nobody (RFC 7644 3.3)."""

import re
from collections.abc import Iterator

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.checks.reading.parameters import is_search
from scim_tests.checks.reading.paths import paths_of
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.names import is_made_here
from scim_tests.model.scim import GONE, Resource, get, strings
from scim_tests.model.transcript import Transcript

CREATED = {"/Users": "userName", "/Groups": "displayName"}  # by what each of them has to be called
NAMES = ("userName", "externalId", "displayName")
REFUSED = frozenset({400, 405, 422, 501})  # others speak of access, of load, or of a name in use
NOBODY_YET = frozenset({400, 405, 415, 422, 501})  # refused for what was sent, whoever is there
ODD = (
    "send_odd_requests.",
    "explore.create_spoilt",
    "explore.create_group_spoilt",
    "explore.create_inactive",
)  # creates that may well be refused
ORDINARY = re.compile(r"[ !#-\[\]-~]{1,100}")  # ASCII that nobody has to escape
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)


@check(
    "every_create.is-taken-as-another-was",
    on=PLAY,
    title="A create of ordinary values is taken as another was that has all of its attributes",
    references=("RFC7644-3.3-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=OTHERS_MISLED,
    fix="Find what makes the one create differ from the other: the order of requests, an attribute that is not sent, an earlier user of that name.",
    follows=(
        "push_user.create-answers-201",
        "push_group.create-answers-201",
        "make_specimens.create-answers-201",
    ),
)
def is_taken_as_another_was(transcript: Transcript) -> Finding | None:
    # A member whom nobody finds any more makes a group another one.
    unfound = (each.request.endpoint for each in transcript if each.heard.answer and each.status in GONE)
    places = (each.rpartition("/") for each in unfound)
    gone = {
        id_ for collection, _, id_ in places if collection in CREATED
    }  # and no schema, which a create names, too
    creates = [
        each for each in transcript if _is_create(each) and not gone & {*strings(each.request.written)}
    ]
    taken = [each for each in creates if each.is_success]
    if not taken:
        raise NotObserved("", "nobody was created")
    return weightiest(each for create in creates for each in _refusals(create, taken))


def _is_create(exchange: Exchange) -> bool:
    at_door = exchange.request.method == "POST" and exchange.request.endpoint in CREATED
    return at_door and exchange.heard.answer is not None and not is_search(exchange)


def _refusals(create: Exchange, taken: list[Exchange]) -> Iterator[Finding]:
    """Advice where it has fewer attributes, for it may lack one that the target wants; nothing where it may be taken for another."""
    if create.status not in REFUSED or create.step.startswith(ODD) or not _is_ordinary(create):
        return
    if any(_names(each) & _names(create) for each in taken):
        return
    wanted = paths_of(create.request.written).keys()
    alike = [
        each
        for each in taken
        if each.request.endpoint == create.request.endpoint
        and wanted <= paths_of(each.request.written).keys()
    ]
    if alike:
        other = min(alike, key=lambda each: len(paths_of(each.request.written)))
        expected = f"{other.answer.phrase}, as for {other.step}, which has all of its attributes"
        mild = wanted != paths_of(other.request.written).keys()
        yield Finding(expected, create.answer.phrase, at=(create, other), mild=mild)


@check(
    "every_create.refused-one-makes-nobody",
    on=PLAY,
    title="Nobody is there by the name of a create that was refused",
    references=("RFC7644-3.3-04",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=OTHERS_MISLED,
    fix="Check the whole body before anything is stored, or store it in one transaction.",
)
def refused_one_makes_nobody(transcript: Transcript) -> Finding | None:
    names = {_name(each) for each in transcript if _is_refused(each)}
    if not names:
        raise NotObserved("", "no create of a run's own was refused for what was sent")
    return weightiest(_made(transcript, names))


def _made(transcript: Transcript, names: set[str]) -> Iterator[Finding]:
    """Who is shown after the create alone, with no other reason to be there."""
    refused: dict[str, Exchange] = {}
    explained: set[str] = set()
    for exchange in transcript:
        if _is_refused(exchange):
            refused.setdefault(_name(exchange), exchange)
        elif exchange.request.method != "GET" and not _says_no(exchange):
            text = exchange.request.body.decode(errors="replace").casefold()
            explained |= {name for name in names if name in text}
        for resource in resources_of(exchange):
            name = _name_in(kind_of(exchange), resource)
            if name in refused and name not in explained:
                create = refused[name]
                expected = f"nobody, after {create.answer.phrase}"
                yield Finding(expected, "a resource of that name", at=(exchange, create))
            explained |= {name} & names


def _is_refused(exchange: Exchange) -> bool:
    """For what was sent, and of a name that is drawn at random: nobody else makes one of that name."""
    return _is_create(exchange) and exchange.status in NOBODY_YET and is_made_here(_name(exchange))


def _says_no(exchange: Exchange) -> bool:
    answer = exchange.heard.answer
    return answer is not None and 400 <= answer.status < 500


def _name(create: Exchange) -> str:
    return _name_in(create.request.endpoint, create.request.written)


def _name_in(endpoint: str, resource: Resource) -> str:
    return str(get(resource, CREATED.get(endpoint, "")) or "").casefold()


def _names(create: Exchange) -> set[str]:
    """By which one may be taken for another: some targets want addresses to be unique, too."""
    said = [get(create.request.written, name) for name in NAMES]
    emails = get(create.request.written, "emails")
    said += [get(each, "value") for each in emails] if isinstance(emails, list) else []
    return {each.casefold() for each in said if isinstance(each, str)}


def _is_ordinary(create: Exchange) -> bool:
    """Whether it is called something, in the usual letters and by an address if it is a user, and no value is odd."""
    name = str(create.request.written.get(CREATED[create.request.endpoint]) or "")
    is_named = ADDRESS.fullmatch(name) if create.request.endpoint == "/Users" else name
    return bool(is_named) and all(ORDINARY.fullmatch(each) for each in strings(create.request.written))
