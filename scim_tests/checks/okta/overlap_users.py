"""One person is created by two jobs at once, or beside the delete of the former one: one user comes of it."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import SECRET, changes, is_the_clients, weightiest, without
from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import DUPLICATES, NOT_FOUND_AGAIN, WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe


@check(
    "overlap_users.two-creates-make-one-user",
    on="overlap_users.find_created",
    title="Two creates of one person at the same time make one user, whom a lookup finds",
    references=("RFC7643-4.1.1-02", "RFC7644-3.3-08", "okta:CONC"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Use a unique index, not a lookup before the insert: one create gets 201, the other 409.",
    follows=(
        "every_lookup.is-answered",
        "every_lookup.finds-no-stranger",
        "bulk_assignment.nobody-is-created-twice",
    ),
)
def two_creates_make_one_user(exchange: Exchange) -> Finding | None:
    creates = [each for each in exchange.before if each.step == "overlap_users.create_twice"]
    refused = [each for each in creates if not each.is_success]
    if len(refused) == len(creates) and not all(each.status == 409 for each in refused):
        raise NotObserved(refused[-1].step, f"answered {refused[-1].answer.phrase}")
    found = 0 if exchange.status == 404 else len(exchange.page.ids)
    at = (*creates, exchange)
    return (
        None
        if found == 1
        else Finding("one user", ids_of(exchange) if found else "nobody", "$.Resources", at=at)
    )


@check(
    "overlap_users.create-beside-delete-is-kept",
    on="overlap_users.find_created_again",
    when=lambda exchange: exchange.earlier("delete_beside_create").is_success,
    otherwise="the target deleted nobody beside a create",
    title="Somebody who is created while the former user of that name is deleted is found if the create succeeded",
    references=("RFC7644-3.3-04", "RFC7644-3.4.2.2-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Delete by id, also what belongs to the user; never by name.",
    follows=("every_lookup.is-answered", "every_lookup.finds-no-stranger"),
)
def create_beside_delete_is_kept(exchange: Exchange) -> Finding | None:
    created = exchange.earlier("create_beside_delete")
    deleted = exchange.earlier("delete_beside_create")
    wanted = (created.answer.id,) if created.is_success else ()
    ids = () if exchange.status == 404 else exchange.page.ids
    if ids == wanted or (not wanted and ids == (deleted.request.endpoint.rpartition("/")[2],)):
        return None  # of one who is deleted and found still, the rules for ends tell
    said = f"only the user {wanted[0]}" if wanted else "nobody, since the create was refused"
    return Finding(
        said, ids_of(exchange) if ids else "nobody", "$.Resources", at=(deleted, created, exchange)
    )


@check(
    "overlap_users.read-beside-a-put-shows-what-was-there",
    on="overlap_users.after_put_beside_reads",
    title="A read beside a PUT shows the user as before it or as after it",
    references=("RFC7644-3.4.1-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Change the user in one transaction, and delete nothing that is inserted again.",
)
def read_beside_a_put_shows_what_was_there(exchange: Exchange) -> Finding | None:
    """That somebody is there all the while, the rules for ends say."""
    before = exchange.earlier("after_put_twice")
    reads = [each for each in exchange.before if each.step == "overlap_users.read_beside_put"]
    shown = [each for each in reads if each.is_success]
    if not shown or not exchange.earlier("put_beside_reads").is_success:
        raise NotObserved("", "nobody was read beside a PUT that was taken")
    return weightiest(finding for read in shown for finding in _neither(before, read, exchange))


def _neither(before: Exchange, read: Exchange, after: Exchange) -> Iterator[Finding]:
    """What is as on neither side; where each value is as on one of them it is advice that not all are of the same, which no RFC forbids."""
    old, shown, new = (without(each.resource, SECRET) for each in (before, read, after))
    as_old, as_new = (
        {path: was for path, was, _ in changes(side, shown) if is_the_clients(path)} for side in (old, new)
    )
    for path in as_old.keys() & as_new.keys():
        wanted = f"{describe(as_old[path])}, as before, or {describe(as_new[path])}, as after"
        yield Finding(wanted, "another value, or none", path, at=(before, read, after))
    if as_old and as_new:
        path = min(as_old)
        wanted = "the user as before or as after"
        yield Finding(wanted, "some of both", path, at=(before, read, after), mild=True)
