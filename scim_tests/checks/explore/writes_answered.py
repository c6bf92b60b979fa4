"""What the answer to a write shows of whom it wrote to."""

from scim_tests.checks.explore.shown import first_of, wrong
from scim_tests.checks.explore.there import after, before, resources_in
from scim_tests.checks.reading.bulk import made_by
from scim_tests.checks.reading.history import WRITES, key_of
from scim_tests.knowledge.consequences import LOST_ID, WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved


@check(
    "explore.write-answer-shows-what-was-written",
    on="explore.*",
    when=lambda exchange: exchange.request.method in WRITES and bool(resources_in(exchange)),
    otherwise="no write was answered with a user or group",
    title="The answer to a write shows what the write and those before it left",
    references=("RFC7644-3.5.1-11", "RFC7644-3.5.1-03", "RFC7644-3.1-05"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Build the answer from what is stored once the write is done.",
    follows=("explore.read-shows-what-was-written",),
)
def write_answer_shows_what_was_written(exchange: Exchange) -> Finding | None:
    kind, id_ = key_of(exchange)
    key, there = (kind, id_ or made_by(exchange)), after(exchange)
    standing = there.everybody.get(key)
    if standing is None or not standing.is_there:
        raise NotObserved("", "nobody was written to whose state is known")
    found = wrong(exchange, there, key, resources_in(exchange)[0])
    before_it = standing.writes[:-1] or ((standing.read,) if standing.read else ())
    told = first_of(found, exchange, standing, lambda _: True)
    return told and Finding(told.expected, told.got, told.where, at=(*before_it, exchange))


@check(
    "explore.create-gives-a-new-id",
    on="explore.create*",
    when=lambda exchange: bool(made_by(exchange)),
    otherwise="no create was answered with an id",
    title="A create gives an id that nobody had before",
    references=("RFC7643-3.1-05", "RFC7643-3.1-06"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=LOST_ID,
    fix="Never give an id twice, not even that of somebody who was deleted.",
)
def create_gives_a_new_id(exchange: Exchange) -> Finding | None:
    """Of its kind: ids that users and groups share are every_group.shares-no-id-with-a-user's."""
    key = key_of(exchange)[0], made_by(exchange)
    standing = before(exchange).everybody.get(key)
    if standing is None:
        return None
    had = "somebody who is there" if standing.is_there else "somebody who was deleted"
    return Finding("a new id", f"{key[1]}, that of {had}", "$.id", at=(*standing.at[-1:], exchange))
