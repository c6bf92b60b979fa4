"""A plan's shares, groups and times agree with each other, and with what jobs really send."""

import math
from collections import Counter
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.model.load_plan import LoadPlan, Stage, chosen

SHARES = st.integers(0, 10_000).map(lambda parts: parts / 10_000)
WHOLE_PERCENTS = st.integers(0, 100).map(lambda percents: percents / 100)


def plan(people: int = 1_000, **more: object) -> LoadPlan:
    """A plan of one stage, if no others are named."""
    return LoadPlan(
        "7f3a9c2e", 1, "https://scim.example.com", "", **{"stages": (Stage(50.0, people),), **more}
    )  # type: ignore[arg-type]


@st.composite
def plans(draw: st.DrawFn) -> LoadPlan:
    """Any plan of some hundred people whose groups find their members among them."""
    workers, groups, members = (draw(st.integers(least, most)) for least, most in ((1, 5), (0, 9), (1, 7)))
    needed = math.ceil(groups / workers) * members * workers
    shares = ("twice", "read_back", "judged", "deactivated", "renamed")
    rates = st.sampled_from((1.0, 5.0, 25.0, 100.0))
    stages = [Stage(draw(rates), draw(st.integers(0, 80))) for _ in range(draw(st.integers(1, 4)))]
    stages.append(Stage(draw(rates), needed + draw(st.integers(1, 20))))
    return plan(
        stages=tuple(stages), workers=workers, groups=groups, members=members, patches=draw(st.booleans()),
        **{each: draw(WHOLE_PERCENTS) for each in shares},
    )  # fmt: skip


@given(share=SHARES, phase=st.integers(0, 9), begin=st.integers(0, 30_000), length=st.integers(1, 500))
def test_a_share_is_as_large_as_it_says_everywhere(share: float, phase: int, begin: int, length: int) -> None:
    """Of any people in a row so many are chosen, within one; nobody of none, and everybody of all."""
    number = sum(chosen(share, each, phase=phase) for each in range(begin, begin + length))
    assert abs(number - share * length) <= 1
    assert not chosen(0.0, begin, phase=phase)
    assert chosen(1.0, begin, phase=phase)


@given(plans())
def test_groups_and_their_members_agree(made: LoadPlan) -> None:
    """Each worker fills its groups one after the other with its own people, and nobody is in two of them."""
    wanted: dict[int, int] = {}
    for worker in range(made.workers):
        own = iter(range(worker, made.people, made.workers))
        for group in range(worker, made.groups, made.workers):
            wanted.update({next(own): group for _ in range(made.members)})
    assert {each: made.group_of(each) for each in range(made.people)} == {
        each: wanted.get(each) for each in range(made.people)
    }
    assert {each for each in range(made.people) if made.is_member(each)} == wanted.keys()
    assert {each: group for group in range(made.groups) for each in made.members_of(group)} == wanted
    assert Counter(wanted.values()) == dict.fromkeys(range(made.groups), made.members)


@given(plans())
def test_whoever_is_written_to_again_is_read_before(made: LoadPlan) -> None:
    """Also the first of each process; and nobody who leaves is renamed."""
    for each in range(made.people):
        changed = made.leaves(each), made.changes_name(each)
        assert changed != (True, True)
        assert made.is_changed(each) == any(changed)
        if any(changed) or made.is_member(each) or each < made.workers:
            assert made.is_read_back(each)


def test_each_kind_of_people_is_judged() -> None:
    """Shares of one rhythm do not miss each other for good: somebody of each kind is judged, in a small load too."""
    made = plan(100, twice=0.02, read_back=0.1, judged=0.1, deactivated=0.1, renamed=0.05)
    judged = set(filter(made.is_judged, range(100)))
    for kind in (made.is_twice, made.leaves, made.changes_name, made.is_read_back):
        assert judged & set(filter(kind, range(100)))
    assert len(judged) < 20
    assert not any(map(plan(100, judged=0.0).is_judged, range(100)))


@given(plans())
def test_each_stage_keeps_its_rate(made: LoadPlan) -> None:
    """What the people of a stage take, over its time, is its rate; everybody comes once, in order, spaced by what is taken."""
    arrivals = list(made.arrivals())
    assert [number for _, number in arrivals] == list(range(made.people))
    begin, first = 0.0, 0
    for stage, end in zip(made.stages, made.ends, strict=True):
        people = range(first, first + stage.people)
        assert sum(map(made.requests_about, people)) == pytest.approx(stage.rate * (end - begin))
        times = [at for at, _ in arrivals[first : first + stage.people]] + [end]
        for number, at, following in zip(people, times, times[1:], strict=False):
            assert following - at == pytest.approx(made.requests_about(number) / stage.rate)
        begin, first = end, first + stage.people
    assert made.seconds == begin
    assert made.requests == sum(map(made.requests_about, range(made.people)))


def test_shares_of_any_size_are_worked_out() -> None:
    """Beyond whole percents, too, whose people come again in the same order only after many."""
    made = plan(12_000, twice=0.0333, read_back=0.3337, deactivated=0.1001)
    for number in (0, 1, 29, 2_997, 9_999, 10_000, 11_999):
        assert made.requests_about(number) == made._takes(number, is_read=made.is_read_back(number))


@given(plans(), st.floats(0, 1))
def test_who_is_due_has_come(made: LoadPlan, part: float) -> None:
    """So many have come by any moment; at its end everybody has."""
    moment = part * made.seconds
    assert made.due(moment) == sum(at <= moment for at, _ in made.arrivals())
    assert made.due(made.seconds) == made.due(math.inf) == made.people
    assert made.due(-1.0) == 0


@given(plans())
def test_a_plan_survives_its_message(made: LoadPlan) -> None:
    """Whatever was worked out from it before is no part of it."""
    assert made.requests
    told = LoadPlan.from_json(made.to_json())
    assert told == made
    assert asdict(told) == asdict(made)
    assert hash(told) == hash(made)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"run": 1}', plan().to_json().replace('"people": 1000', '"people": "x"')]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    """As a TypeError or a ValueError, which whoever hears of it can tell."""
    with pytest.raises((TypeError, ValueError)):
        LoadPlan.from_json(text)


@pytest.mark.parametrize(
    ("more", "odd"),
    [
        ({"run": "../other"}, "run"),
        ({"workers": 0}, "workers"),
        ({"workers": 1_000_000}, "workers"),
        ({"stages": (Stage(1e9, 3000),)}, "stages"),
        ({"stages": (Stage(0, 3000),)}, "stages"),
        ({"stages": (Stage(1, -5), Stage(1, 10))}, "stages"),
        ({"stages": (Stage(1, 900_000), Stage(1, 900_000))}, "stages"),
        ({"stages": (Stage(0.01, 900_000),)}, "stages: they take too long"),
        ({"judged": 1.5}, "shares"),
        ({"groups": 10**9, "members": 1}, "groups"),
        ({"groups": 10**9, "members": 0}, "groups"),
        ({"groups": -1, "members": 1}, "groups"),
        ({"imported": 10**9}, "imported"),
    ],
    ids=str,
)
def test_a_plan_that_no_command_makes_is_refused(more: dict[str, object], odd: str) -> None:
    """Whoever coordinates can ask a process for no more than a command of its own could."""
    with pytest.raises(ValueError, match=odd):
        LoadPlan.from_json(replace(plan(), **more).to_json())


def test_an_import_alone_assigns_nobody() -> None:
    """It takes no time that could be planned, and has pages for whoever it reads and one for the end."""
    alone = plan(stages=(), imported=250)
    assert (alone.people, alone.requests, alone.seconds, alone.ends) == (0, 0, 0.0, [])
    assert list(alone.arrivals()) == []
    assert alone.pages(100) == 4


def test_the_arithmetic_of_a_plan_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks again, as each update does, is told what was worked out; and people of the same shares are not worked out anew."""
    asked: list[int] = []
    takes = LoadPlan._takes

    def counted(self: LoadPlan, number: int, *, is_read: bool) -> int:
        asked.append(number)
        return takes(self, number, is_read=is_read)

    monkeypatch.setattr(LoadPlan, "_takes", counted)
    made = plan(50_000, deactivated=0.1, renamed=0.05)
    first = made.requests, made.seconds, made.ends, made.due(100.0)
    assert len(asked) < 1_000
    asked.clear()
    monkeypatch.setattr(LoadPlan, "requests_about", None)
    assert (made.requests, made.seconds, made.ends, made.due(100.0)) == first
    assert asked == []
