"""A walk of the list says who was missing, shown twice or out of order, and keeps some twenty bytes of each stranger."""

import json
import sqlite3
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_tests.load.crowd import Crowd, Made
from scim_tests.load.walking import Walking, moved
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import LIST_RESPONSE
from scim_tests.model.tally import EXAMPLES, NAMES

Shown = tuple[str, str, bool | None]  # id, userName and active; None: not said
BEGAN = 100.0


def page(
    start: int, shown: Sequence[Shown], total: int = 4_000, status: int = 200, seconds: float = 0.05
) -> Exchange:
    """A page of these people."""
    people = [
        {"id": an_id, "userName": name, **({} if active is None else {"active": active})}
        for an_id, name, active in shown
    ]
    body = {"schemas": [LIST_RESPONSE], "totalResults": total, "startIndex": start, "Resources": people}
    request = Request("GET", f"/Users?startIndex={start}&count=3")
    answer = Answer(status, (("Content-Type", "application/scim+json"),), json.dumps(body).encode())
    return Exchange("import_users.page", "import_users", Heard(request, answer, seconds=seconds))


def name_of(number: int) -> str:
    """What ours of that number are called."""
    return f"scim-tests.7f3a9c2e.u-{number:06}@example.com"


def crowd_of(made: Sequence[Made]) -> Crowd:
    """These."""
    crowd = Crowd()
    for each in made:
        crowd.add(each)
    return crowd


@st.composite
def walks(draw: st.DrawFn) -> tuple[list[Made], list[list[Shown]]]:
    """Some of ours, made before the walk or during it, left, touched or neither; and pages that show some of them, and strangers, any number of times."""
    numbers = draw(st.lists(st.integers(0, 30), unique=True, max_size=8))
    made = [
        Made(
            number, f"id-{number}", name_of(number), draw(st.sampled_from((1.0, BEGAN + 5))),
            draw(st.sampled_from((-1.0, 50.0, BEGAN + 1))), left=draw(st.booleans()),
        )
        for number in numbers
    ]  # fmt: skip
    ours = [
        (an_id, name, active)
        for each in made
        for an_id in (each.id, f"{each.id}-again")
        for name in (each.name, each.name.upper())
        for active in (True, False, None)
    ]
    strangers = [(f"stranger-{place}", f"somebody{place}@corporation.example", True) for place in range(6)]
    person = st.sampled_from([*ours, *strangers])
    return made, draw(st.lists(st.lists(person, max_size=4), max_size=6))


@settings(max_examples=80)
@given(walks(), st.lists(st.integers(0, 30), unique=True), st.sets(st.integers(0, 30)), st.booleans())
def test_a_walk_tells_what_its_pages_showed(
    walked: tuple[list[Made], list[list[Shown]]], before: list[int], absent: set[int], whole: bool
) -> None:
    """As counting all of it at once, when all is over, would."""
    made, pages = walked
    crowd = crowd_of(made)
    with Walking(crowd, lambda: BEGAN) as walking:
        for place, each in enumerate(pages):
            walking.page(page(1 + 3 * place, each))
        walking.over(whole=whole, before=before)
        shown_under = {number: set(ids) for number, ids in walking.shown.items()}
    walking.tell(absent)
    walk, flat = walking.walk, [each for one in pages for each in one]
    ids = [an_id for an_id, _, _ in flat]
    assert (walk.people, walk.again) == (len(set(ids)), len(ids) - len(set(ids)))
    assert [each[:1] + each[2:] for each in walk.pages] == [
        [1 + 3 * place, len(each), 4_000] for place, each in enumerate(pages)
    ]
    numbers = {each.name: each.number for each in made}
    owners = [numbers.get(name.lower()) for _, name, _ in flat]
    assert walking.order == list(dict.fromkeys(each for each in owners if each is not None))
    assert shown_under == {
        number: {an_id for an_id, owner in zip(ids, owners, strict=True) if owner == number}
        for number in walking.order
    }
    assert walking.active == {
        owner
        for (_, _, active), owner in zip(flat, owners, strict=True)
        if owner is not None and active is not False
    }
    due = [each for each in made if not each.left and each.number not in absent]
    missed = [each for each in due if each.number not in shown_under] if whole else []
    still = {each.name for each in missed if each.touched < BEGAN}
    assert (walk.whole, walk.expected) == (whole, len(due))
    assert walk.untouched == sum(each.touched < BEGAN for each in due)
    assert (walk.not_shown, set(walk.missed)) == (len(still), still)
    assert set(walk.missed_touched) == {each.name for each in missed} - still
    assert walk.writes_meanwhile == sum(each.touched >= BEGAN or each.at >= BEGAN for each in made)
    assert walk.out_of_order == moved(before, walking.order)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_as_few_as_can_be_have_moved(order: list[int], gone: set[int], new: set[int]) -> None:
    """Of those who are in both walks the most that still stand in one order have not."""
    before = [each for each in range(6) if each not in new]
    now = [each for each in order if each not in gone]
    both = [each for each in now if each in before]
    longest = max(
        len(some)
        for length in range(len(both) + 1)
        for some in combinations(both, length)
        if list(some) == sorted(some)
    )
    assert moved(before, now) == len(both) - longest
    assert moved(now, now) == 0


def test_a_name_that_is_given_while_the_walk_goes_on_is_known_by_its_id() -> None:
    """Whoever is made or renamed meanwhile is ours all the same, and counted once."""
    crowd = crowd_of([Made(1, "id-1", name_of(1), 1.0)])
    with Walking(crowd, lambda: BEGAN) as walking:
        crowd.add(Made(2, "id-2", name_of(2), BEGAN + 1))
        walking.page(
            page(1, [("id-2", "another.name@example.com", True), ("id-1", "renamed@example.com", None)])
        )
        assert walking.order == [2, 1]
        assert walking.shown == {1: ["id-1"], 2: ["id-2"]}


@pytest.mark.parametrize("broken", [page(1, [], status=500), Exchange("import_users.page", "import_users", Heard(Request("GET", "/Users?startIndex=1"), None, "nobody answered"))])  # fmt: skip
def test_a_page_that_did_not_come_ends_the_walk(broken: Exchange) -> None:
    """It is not whole, whatever else is said of it, and nobody is missing."""
    with Walking(crowd_of([Made(1, "id-1", name_of(1), 1.0)]), lambda: BEGAN) as walking:
        walking.page(broken)
        walking.over(whole=True)
        walking.tell(())
    assert walking.walk.ended
    assert (walking.walk.whole, walking.walk.pages, walking.walk.not_shown) == (False, [], 0)


def test_no_more_examples_than_are_shown_are_kept() -> None:
    """However many are shown again, or missing."""
    made = [Made(number, f"id-{number}", name_of(number), 1.0) for number in range(50)]
    strangers: list[Shown] = [(f"stranger-{place}", "x@corporation.example", True) for place in range(40)]
    with Walking(crowd_of(made), lambda: BEGAN) as walking:
        walking.page(page(1, strangers))
        walking.page(page(41, strangers))
        walking.over(whole=True)
    walking.tell(())
    walk = walking.walk
    assert (walk.again, walk.again_examples) == (40, ["startIndex 1 and 41"] * EXAMPLES)
    assert (walk.not_shown, len(walk.missed)) == (50, NAMES)


def test_of_a_stranger_a_few_bytes_are_kept_and_no_word() -> None:
    """In a file that has no name and goes with the walk; in memory nothing."""
    with Walking(Crowd(), lambda: BEGAN) as walking:
        size = 0
        for start in range(1, 20_001, 100):
            walking.page(page(start, [(f"stranger-{start + place}", "wilhelmina@corporation.example", True) for place in range(100)]))  # fmt: skip
        seen = walking._seen
        (size,) = seen.execute(
            "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        ).fetchone()
        assert size / 20_000 < 24
        dumped = b"".join(str(row).encode() for row in seen.execute("SELECT * FROM seen LIMIT 100"))
        assert b"stranger" not in dumped
        assert seen.execute("PRAGMA database_list").fetchone()[2] == ""
        assert (walking.walk.people, walking.shown, walking.order) == (20_000, {}, [])
    with pytest.raises(sqlite3.ProgrammingError):
        seen.execute("SELECT 1")
