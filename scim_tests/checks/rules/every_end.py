"""Rules for beginnings and ends: who was created is there until a DELETE, and then is gone through every door."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import chain

from scim_tests.checks.reading.bulk import each_alone, is_a_part, made_by
from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.history import Key, ended, key_of
from scim_tests.checks.reading.parameters import is_search
from scim_tests.knowledge.consequences import LOST_ID, NOT_OKTAS
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.forms import SEARCH
from scim_tests.model.scim import GONE
from scim_tests.model.transcript import Transcript

REFUSED = frozenset({400, 405, 409, 422, 501})  # others speak of access or of load
ACCEPTED = 202  # done later
KINDS = frozenset({"/Users", "/Groups"})


@lru_cache(maxsize=1)  # four rules ask for it, of one play
def _by_key(transcript: Transcript) -> dict[Key, list[Exchange]]:
    """The exchanges about each resource, and those about each kind, in the order of the play."""
    found: dict[Key, list[Exchange]] = defaultdict(list)
    for each in each_alone(transcript):
        found[key_of(each)].append(each)
    return found


@check(
    "every_end.none-comes-without-a-delete",
    on=PLAY,
    title="Whoever was created stays readable by id until the DELETE",
    references=("RFC7644-3.3-04", "RFC7644-3.4.1-01", "RFC7643-3.1-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Look for what removes records on the way: a replacing insert, a clean-up by name, a rollback after the answer.",
    follows=("every_read.answers-200", "every_group.is-read-by-its-id"),
)
def none_comes_without_a_delete(transcript: Transcript) -> Finding | None:
    told = _by_key(transcript)
    creates = [
        each for kind in KINDS for each in told[kind, ""] if each.request.method == "POST" and _made(each)
    ]
    if not creates:
        raise NotObserved("", "nobody was created")
    return next(
        filter(None, (_lost(each, told[each.request.endpoint, _made(each)]) for each in creates)), None
    )


def _made(create: Exchange) -> str:
    return made_by(create) if create.heard.answer and create.status == 201 else ""


def _lost(create: Exchange, about: list[Exchange]) -> Finding | None:
    deletes = [each.heard.started for each in about if each.request.method == "DELETE"]
    until = min(deletes, default=float("inf"))
    for each in about:
        is_read = each.request.method == "GET" and ended(create) <= each.heard.started
        unread = GONE if each.request.query or is_a_part(each) else GONE | REFUSED
        if is_read and ended(each) < until and each.heard.answer and each.status in unread:
            return Finding("200 OK", each.answer.phrase, at=(create, each))
    return None


@check(
    "every_end.is-read-no-more",
    on=PLAY,
    title="After a successful DELETE, reading by id is answered with 404",
    references=("RFC7644-3.6-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Let GET by id answer 404 after the DELETE.",
    follows=("clean_up.deleted-user-is-gone", "push_group.deleted-group-is-gone"),
)
def is_read_no_more(transcript: Transcript) -> Finding | None:
    return next(chain.from_iterable(_read_again(each, transcript) for each in _deletes(transcript)), None)


@check(
    "every_end.is-listed-no-more",
    on=PLAY,
    title="After a successful DELETE, no list and no lookup shows the user or group",
    references=("RFC7644-3.6-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Leave whoever is deleted out of every query, also if the records or a cache of them are kept.",
    follows=("clean_up.deleted-user-is-found-no-more", "every_end.is-read-no-more"),
)
def is_listed_no_more(transcript: Transcript) -> Finding | None:
    return next(chain.from_iterable(_listed_again(each, transcript) for each in _deletes(transcript)), None)


@check(
    "every_end.takes-no-write",
    on=PLAY,
    title="After a successful DELETE, a PUT, PATCH or DELETE by id is answered with 404",
    references=("RFC7644-3.6-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Look the user or group up before writing, and answer 404 where nobody is found.",
    follows=(
        "delete_user.write-to-nobody-is-refused",
        "patch_group.deleted-group-cannot-be-deleted",
        "every_end.is-read-no-more",
    ),
)
def takes_no_write(transcript: Transcript) -> Finding | None:
    deletes = _deletes(transcript)
    return weightiest(chain.from_iterable(_written_again(each, transcript) for each in deletes))


def _written_again(delete: Exchange, transcript: Transcript) -> Iterator[Finding]:
    """A second DELETE leaves no doubt that it is gone: advice. Whom a create gives the id anew, is there again."""
    key, over = key_of(delete), ended(delete)
    creates = (each for each in _by_key(transcript)[key[0], ""] if made_by(each) == key[1])
    until = min((each.heard.started for each in creates if each.heard.started > over), default=float("inf"))
    for each in _by_key(transcript)[key]:
        is_write = each.request.method in {"PUT", "PATCH", "DELETE"} and each.is_success
        if is_write and over <= each.heard.started < until:
            mild = each.request.method == "DELETE" or delete.status == ACCEPTED
            yield Finding("404 Not Found", each.answer.phrase, at=(delete, each), mild=mild)


def _deletes(transcript: Transcript) -> list[Exchange]:
    found = [
        each
        for each in each_alone(transcript)
        if each.request.method == "DELETE" and each.is_success and key_of(each)[1]
    ]
    if not found:
        raise NotObserved("", "nobody was deleted")
    return found


def _later(delete: Exchange, about: Iterable[Exchange], of_it: Iterable[Exchange]) -> Iterator[Exchange]:
    """Of what was asked those answers that came once it was over, until somebody may have been made under the id anew."""
    over = ended(delete)
    puts = (each.heard.started for each in of_it if each.request.method == "PUT" and each.is_success)
    until = min((each for each in puts if each > over), default=float("inf"))
    for each in about:
        if (
            (each.request.method == "GET" or is_search(each))
            and over <= each.heard.started < until
            and each.is_success
        ):
            yield each


def _read_again(delete: Exchange, transcript: Transcript) -> Iterator[Finding]:
    of_it = _by_key(transcript)[key_of(delete)]
    for each in _later(delete, of_it, of_it):
        got, mild = each.answer.phrase, delete.status == ACCEPTED
        yield Finding("404 Not Found", got, at=(delete, each), mild=mild)


def _listed_again(delete: Exchange, transcript: Transcript) -> Iterator[Finding]:
    told, (kind, wanted) = _by_key(transcript), key_of(delete)
    for each in _later(delete, [*told[kind, ""], *told[kind, SEARCH]], told[kind, wanted]):
        if wanted in _ids(each):
            got, mild = f"{wanted}, which was deleted", delete.status == ACCEPTED
            yield Finding("nobody who was deleted", got, "$.Resources", at=(delete, each), mild=mild)


def _ids(listed: Exchange) -> tuple[str, ...]:
    try:
        return listed.page.ids
    except NotObserved:
        return ()
