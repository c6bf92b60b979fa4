"""Rules for beginnings and ends: who was created is there until a DELETE, and then is gone through every door."""

from collections.abc import Iterator
from itertools import chain

from scim_tests.checks.reading.history import ended, key_of, kind_of
from scim_tests.knowledge.consequences import LOST_ID, NOT_OKTAS
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.transcript import Transcript

GONE = frozenset({404, 410})
ACCEPTED = 202  # done later
KINDS = frozenset({"/Users", "/Groups"})


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
    created = [each for each in transcript if each.request.method == "POST" and _kind(each) and _made(each)]
    if not created:
        raise NotObserved("", "nobody was created")
    return next((found for each in created if (found := _lost(each, transcript))), None)


def _kind(exchange: Exchange) -> bool:
    return exchange.request.endpoint in KINDS


def _made(create: Exchange) -> str:
    return create.answer.id if create.heard.answer and create.status == 201 and create.answer.body else ""


def _lost(create: Exchange, transcript: Transcript) -> Finding | None:
    about = [each for each in transcript if key_of(each) == (create.request.endpoint, _made(create))]
    deletes = [each.heard.started for each in about if each.request.method == "DELETE"]
    until = min(deletes, default=float("inf"))
    for each in about:
        is_read = each.request.method == "GET" and ended(create) <= each.heard.started
        if is_read and ended(each) < until and each.heard.answer and each.status in GONE:
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


def _deletes(transcript: Transcript) -> list[Exchange]:
    found = [
        each for each in transcript if each.request.method == "DELETE" and each.is_success and key_of(each)[1]
    ]
    if not found:
        raise NotObserved("", "nobody was deleted")
    return found


def _later(delete: Exchange, transcript: Transcript) -> Iterator[Exchange]:
    """What was asked of that kind once it was over, until somebody may have been made under the id anew."""
    over, key = ended(delete), key_of(delete)
    puts = (
        each.heard.started
        for each in transcript
        if each.request.method == "PUT"
        and key_of(each) == key
        and each.is_success
        and each.heard.started > over
    )
    until = min(puts, default=float("inf"))
    for each in transcript:
        is_shown = each.request.method == "GET" and each.is_success and kind_of(each) == key[0]
        if is_shown and over <= each.heard.started < until:
            yield each


def _read_again(delete: Exchange, transcript: Transcript) -> Iterator[Finding]:
    for each in _later(delete, transcript):
        if key_of(each) == key_of(delete):
            yield Finding(
                "404 Not Found", each.answer.phrase, at=(delete, each), mild=delete.status == ACCEPTED
            )


def _listed_again(delete: Exchange, transcript: Transcript) -> Iterator[Finding]:
    kind, wanted = key_of(delete)
    for each in _later(delete, transcript):
        if each.request.endpoint == kind and wanted in _ids(each):
            got, mild = f"{wanted}, which was deleted", delete.status == ACCEPTED
            yield Finding("nobody who was deleted", got, "$.Resources", at=(delete, each), mild=mild)


def _ids(listed: Exchange) -> tuple[str, ...]:
    try:
        return listed.page.ids
    except NotObserved:
        return ()
