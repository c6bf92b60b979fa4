"""How a user may stand after writes: each done once, in whichever order the time leaves open."""

from itertools import chain, combinations, permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sent import ID, patch, read, sent, transcript

from scim_tests.checks.reading.outcomes import Outcome, Passage, outcomes, passages
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Resource

Json = Any
BEFORE = {"title": "Reader", "emails": [{"value": "a"}, {"value": "b"}]}
LETTERS = st.sampled_from(["a", "b", "c"])


def replaces(title: str) -> Json:
    return {"op": "replace", "path": "title", "value": title}


def adds(value: str) -> Json:
    return {"op": "add", "path": "emails", "value": [{"value": value}]}


def removes(value: str) -> Json:
    return {"op": "remove", "path": f'emails[value eq "{value}"]'}


def passage(*writes: Exchange, before: Resource = BEFORE) -> Passage:
    """Between two reads."""
    kept = transcript(read(before, -10), *writes, read(before, 1000))
    (found,) = passages(kept)
    return found


def shown(outcome: Outcome) -> tuple[Json, ...]:
    """Title and e-mail addresses."""
    emails = outcome.resource.get("emails") or []
    return outcome.resource.get("title"), *sorted(each["value"] for each in emails)


# A naive model: every order is tried, and a user is a title and a set.

Change = tuple[str, str]


def request(change: Change, status: int | None, at: tuple[float, float]) -> Exchange:
    kind, value = change
    if kind == "put":
        return sent("PUT", {"title": value, "emails": [{"value": value}]}, status=status, at=at)
    operation = {"title": replaces, "add": adds}[kind](value)
    return patch(operation, status=status, at=at)


def done(change: Change, user: tuple[str, frozenset[str]]) -> tuple[str, frozenset[str]]:
    (title, emails), (kind, value) = user, change
    if kind == "put":
        return value, frozenset({value})
    return (value, emails) if kind == "title" else (title, emails | {value})


Write = tuple[Change, int | None, float, float]


def naively(writes: list[Write]) -> set[tuple[str, ...]]:
    """Those that were taken, with any of those of which nobody knows, in each order that keeps to the time."""
    taken = [each for each in writes if each[1] == 200]
    unknown = [each for each in writes if each[1] in (None, 500)]
    some = chain.from_iterable(combinations(unknown, size) for size in range(len(unknown) + 1))
    orders = (order for chosen in some for order in permutations([*taken, *chosen]))
    ends = set()
    for order in filter(_keeps_to_the_time, orders):
        user = "Reader", frozenset("ab")
        for change, *_ in order:
            user = done(change, user)
        ends.add((user[0], *sorted(user[1])))
    return ends


def _keeps_to_the_time(order: tuple[Write, ...]) -> bool:
    """No write was taken and answered before one began that it follows."""
    pairs = combinations(order, 2)
    return not any(later[1] == 200 and later[3] <= first[2] for first, later in pairs)


MOMENTS = st.integers(0, 6)
WRITES = st.lists(
    st.tuples(
        st.tuples(st.sampled_from(["title", "add", "put"]), LETTERS),
        st.sampled_from([200, 200, 200, 409, 500, None]),
        MOMENTS,
        MOMENTS,
    ).map(lambda each: (each[0], each[1], float(min(each[2:])), max(each[2:]) + 0.5)),
    min_size=1,
    max_size=5,
)


@given(writes=WRITES)
def test_every_order_that_keeps_to_the_time_is_an_outcome_and_no_other(writes: list[Write]) -> None:
    """All permutations of what may have been done, one after the other, come to the same ends."""
    sent_ = [request(change, status, (start, end)) for change, status, start, end in writes]
    assert {shown(each) for each in outcomes(passage(*sent_))} == naively(writes)


def test_writes_one_after_the_other_have_one_outcome() -> None:
    """The last one counts, where it began when the one before had ended."""
    one, other = patch(replaces("One"), at=(0, 1)), patch(replaces("Other"), at=(1, 2))
    assert [shown(each)[0] for each in outcomes(passage(one, other))] == ["Other"]
    assert not passage(one, other).is_at_once


def test_writes_that_overlap_may_end_either_way_but_in_no_mixture() -> None:
    """Two whole users: one of them stands, with its title and its addresses."""
    one, other = (
        sent("PUT", {"title": name, "emails": [{"value": name}]}, at=(0, 1)) for name in ("One", "Two")
    )
    assert {shown(each) for each in outcomes(passage(one, other))} == {("One", "One"), ("Two", "Two")}
    assert passage(one, other).is_at_once


@pytest.mark.parametrize("status", [400, 404, 409, 412, 429])
def test_a_refused_write_is_not_done(status: int) -> None:
    """What was refused leaves all as it was."""
    refused = passage(patch(replaces("One"), status=status))
    assert [shown(each) for each in outcomes(refused)] == [("Reader", "a", "b")]
    assert refused.taken == []


@pytest.mark.parametrize("status", [500, 503, None])
def test_after_a_server_error_nobody_can_tell(status: int | None) -> None:
    """It may be done or not; so after no answer."""
    ends = outcomes(passage(patch(replaces("One"), status=status)))
    assert {shown(each)[0] for each in ends} == {"One", "Reader"}


def test_doubtful_writes_have_no_outcome() -> None:
    """One of several is enough, and so are more orders than can be looked through."""
    doubtful = {"op": "remove", "path": "emails", "value": [{"value": "a"}]}
    assert outcomes(passage(patch(doubtful), patch(replaces("One"), at=(1, 2)))) == []
    many = [patch(adds(f"{number}"), at=(0, 1)) for number in range(14)]
    assert outcomes(passage(*many)) == []


def test_an_empty_body_is_doubtful() -> None:
    """Of a write that says nothing that can be read nobody says what comes."""
    assert outcomes(passage(sent("PUT", [1]))) == []
    assert outcomes(passage(sent("PATCH", {"Operations": []}))) == []


def test_what_a_put_leaves_out_may_stay_or_go() -> None:
    """RFC 7644 3.5.1; so a part of a name, and an extension; the password is nobody's to see."""
    before = {"title": "Reader", "name": {"givenName": "A", "middleName": "B"}, "urn:x:User": {"a": 1}}
    written = {"userName": "u", "name": {"givenName": "C"}, "password": "x", "nickName": None, "ims": []}
    (only,) = outcomes(passage(sent("PUT", written), before=before))
    assert only.resource["name"] == {"givenName": "C", "middleName": "B"}
    assert only.free == {"$.title", "$.name.middlename", "$.urn:x:user.a"}
    assert only.emptied == {"$.nickname", "$.ims"}
    assert "password" not in only.resource
    assert not only.only


def test_what_a_put_left_out_has_to_stand_once_a_patch_wrote_it() -> None:
    """It is free no longer, unless it is a list: some of its entries may be gone."""
    put = sent("PUT", {"userName": "u"}, at=(0, 1))
    (end,) = outcomes(passage(put, patch(replaces("New"), adds("c"), at=(1, 2))))
    assert shown(end) == ("New", "a", "b", "c")
    assert end.free == {"$.emails"}


# Where passages begin and end.

CREATE = sent(
    "POST", {"title": "New"}, path="/Users", status=201, shown={"id": ID, "title": "New"}, at=(0, 1)
)
CHANGE = patch(replaces("One"), at=(3, 4))


def steps(*exchanges: Exchange) -> list[list[str]]:
    return [[each.step for each in found.at] for found in passages(transcript(*exchanges))]


def test_a_create_begins_a_passage() -> None:
    """Of whom the run made all is known; of somebody else the first read is."""
    assert steps(CREATE, read({}, 2), CHANGE, read({}, 5)) == [
        ["act.post", "act.get"],
        ["act.get", "act.patch", "act.get"],
    ]
    assert steps(CREATE, CHANGE, read({}, 5)) == [["act.post", "act.patch", "act.get"]]
    assert steps(CHANGE, read({}, 5)) == []
    assert steps(read({}, 2), CHANGE) == []


def test_a_read_beside_a_write_shows_either() -> None:
    """It neither begins nor ends a passage."""
    beside = read({"title": "either"}, 3.5)
    assert steps(read({}, 2), CHANGE, beside, read({}, 5)) == [["act.get", "act.patch", "act.get"]]


def test_a_delete_ends_all() -> None:
    """What follows is for others to judge."""
    delete = sent("DELETE", status=204, at=(4, 4.5))
    assert steps(read({}, 2), CHANGE, delete, read({}, 5)) == []


def test_reads_without_a_write_between_them_are_no_passage() -> None:
    """The views agree or not: that is another rule's."""
    assert steps(CREATE, read({}, 2), read({}, 3)) == [["act.post", "act.get"]]
