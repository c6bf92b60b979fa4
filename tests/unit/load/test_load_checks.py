"""Checks of loads: each fails a load that lies, passes an honest one, and says nothing where too little was seen."""

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_tests.checks import load_catalogue
from scim_tests.knowledge.reference import references
from scim_tests.model.check import LOAD, Check
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import FinalLook, StepTally, Tally, Task
from scim_tests.model.verdict import Verdict
from tests.unit.load.counted_loads import NAME, OTHER, PLAN, honest, said_of, timing, walk

Lie = Callable[[Tally], object]


def of_final(**told: object) -> Lie:
    """The look at the end showed something else."""
    return lambda tally: setattr(tally, "final", replace(tally.final, **told))


def of_walk(place: int, **told: object) -> Lie:
    """One of the two imports, the one beside the assignment or the one after it, was otherwise."""
    return lambda tally: tally.walks.__setitem__(place, replace(tally.walks[place], **told))


def once_more(**told: object) -> Lie:
    """The import after the assignment was otherwise, and so was the next one."""

    def lie(tally: Tally) -> None:
        tally.walks[1:] = [replace(tally.walks[1], **told) for _ in range(2)]

    return lie


def short_pages(tally: Tally) -> None:
    """A page holds half of what is asked for."""
    once_more(not_shown=450, missed=[NAME] * 20)(tally)
    for walked in tally.walks:
        walked.pages = [[start, each, 50.0, total] for start, each, _, total in walked.pages]


def of_tally(**told: object) -> Lie:
    """Something else was counted."""
    return lambda tally: vars(tally).update(told)


def of_group(**told: object) -> Lie:
    """The large group was otherwise."""
    return lambda tally: tally.groups.__setitem__(0, replace(tally.groups[0], **told))


def of_statuses(step: str, **told: int) -> Lie:
    """A step was answered otherwise, so many times."""
    return lambda tally: tally.steps[step].statuses.update({key.strip("_"): told[key] for key in told})


def growing(tally: Tally) -> None:
    """Each page counts through to its place."""
    tally.calm_first_pages, tally.calm_last_pages = timing([20.0] * 20), timing([400.0] * 20)


def drifting(tally: Tally) -> None:
    """The total is an estimate, and another one on each page."""
    tally.calm_totals = [[4_000, 4_002]] * 20


def stalling(tally: Tally) -> None:
    """Now and then a request waits for seconds."""
    for part in range(3):
        tally.steps["push_user.create"].slices[str(part)] = {"40": 200, "6000": 1}


def refusing(tally: Tally) -> None:
    """Two people were refused."""
    tally.tasks = {"push_user.create 400": Task("push_user.create", "400", people=2, examples=[NAME, OTHER])}


def sticking(tally: Tally) -> None:
    """Somebody was looked up, and the answer has no body."""
    why = "push_user.lookup: answered 200 OK without a body"
    tally.tasks = {"push_user.lookup 200": Task("push_user.lookup", "200", why, 1, [NAME])}


LIES: list[tuple[str, Lie, Verdict, str]] = [
    ("everybody-made-is-there", of_final(found=998, missing=[NAME, OTHER]), Verdict.FAIL, "2 missing"),
    ("everybody-is-found", of_final(unfound=[NAME]), Verdict.FAIL, NAME),
    ("nobody-is-there-twice", of_final(several=[NAME]), Verdict.FAIL, NAME),
    ("twice-assigned-is-made-once", of_final(several=[NAME], of_twice=[NAME]), Verdict.FAIL, "1 person"),
    ("deactivated-stay-inactive", of_final(still_active=[NAME]), Verdict.FAIL, NAME),
    ("groups-hold-their-members", of_group(missing=100, shown=100), Verdict.FAIL, "100 missing"),
    ("groups-hold-their-members", of_group(strange=1, shown=201), Verdict.FAIL, "1 who were never added"),
    ("groups-hold-their-members", of_group(missing=9, shown=191), Verdict.ADVICE, "9 missing"),
    ("import-shows-everybody", once_more(not_shown=21, missed=[NAME] * 20), Verdict.FAIL, "21 not shown"),
    ("import-shows-everybody", short_pages, Verdict.FAIL, "a page holds 50, and Okta goes on by 100"),
    ("import-shows-everybody", of_walk(1, not_shown=1, missed=[NAME]), Verdict.ADVICE, NAME),
    ("import-shows-everybody", of_walk(0, not_shown=2, missed=[NAME, OTHER]), Verdict.ADVICE, NAME),
    ("import-shows-everybody", of_walk(0, missed_touched=[NAME]), Verdict.ADVICE, NAME),
    ("import-shows-nobody-twice", once_more(again=3, again_examples=["startIndex 1 and 101"]), Verdict.FAIL, "startIndex 1"),
    ("import-shows-nobody-twice", of_walk(1, again=3, again_examples=["startIndex 1 and 101"]), Verdict.ADVICE, "startIndex 1"),
    ("import-shows-nobody-twice", of_walk(0, again=3), Verdict.ADVICE, "3 times"),
    ("total-holds", drifting, Verdict.ADVICE, "4,002 on the last one"),
    ("order-holds", of_walk(1, out_of_order=17), Verdict.ADVICE, "17 of 900"),
    ("pages-take-the-same-time", growing, Verdict.ADVICE, "startIndex 3,901"),
    ("look-ups-do-not-scan", lambda tally: setattr(tally, "calm_after", {"90": 20}), Verdict.ADVICE, "90 ms"),
    ("answers-do-not-slow-down", lambda tally: setattr(tally, "calm_reads", {"300": 20}), Verdict.ADVICE, "300 ms"),
    ("answers-are-steady", stalling, Verdict.ADVICE, "3 took longer, up to 6.0 s"),
    ("answers-without-failing", of_statuses("push_user.create", _503=4, none=1), Verdict.FAIL, "503 4 times, no answer 1 times"),
    ("answers-can-be-used", sticking, Verdict.FAIL, NAME),
    ("group-writes-do-not-scan", lambda tally: setattr(tally, "calm_group_writes", {"900": 20}), Verdict.ADVICE, "900 ms"),
    ("requests-are-taken", refusing, Verdict.FAIL, NAME),
]  # fmt: skip


def empty(tally: Tally) -> None:
    """Nothing came of the load."""
    vars(tally).update(vars(Tally()))


@pytest.mark.parametrize("check", load_catalogue(), ids=lambda check: check.id)
def test_a_check_of_loads_is_complete(check: Check) -> None:
    """It judges loads, says everything that a check of a run says, and its references are known."""
    assert check.on == (LOAD,)
    assert check.id.startswith("load.")
    assert set(check.references) - set(references()) == set()
    assert check.references
    assert not check.title.endswith(".")
    assert len(check.title) <= 110
    assert check.fix.endswith(".")
    assert check.consequence.text.endswith(".")


def test_every_check_of_loads_has_a_lie() -> None:
    """Each of them is seen to fail, or to advise."""
    assert {f"load.{name}" for name, *_ in LIES} == {check.id for check in load_catalogue()}


@pytest.mark.parametrize(
    ("name", "lie", "verdict", "got"), LIES, ids=[f"{name}: {got}" for name, _, _, got in LIES]
)
def test_a_lie_is_seen(name: str, lie: Lie, verdict: Verdict, got: str) -> None:
    """One lie in an otherwise honest load is found by its check, as a failure or as advice, in words that show it."""
    tally = honest()
    lie(tally)
    said = said_of(f"load.{name}", tally)
    assert said.verdict is verdict
    assert said.finding is not None
    assert got in said.finding.got


@pytest.mark.parametrize("check", load_catalogue(), ids=lambda check: check.id)
def test_an_honest_load_passes(check: Check) -> None:
    """None finds anything in an honest one, and each has enough to judge it by."""
    assert said_of(check.id, honest()).verdict is Verdict.PASS


@pytest.mark.parametrize("check", load_catalogue(), ids=lambda check: check.id)
def test_of_nothing_nothing_is_said(check: Check) -> None:
    """Where nothing came of the load none passes, and none blames the target."""
    said = said_of(check.id, Tally())
    assert said.verdict is Verdict.NOT_ASKED
    assert said.why


def few(tally: Tally) -> None:
    """Too few of everything to tell one time from another."""
    tally.calm_before, tally.calm_after, tally.calm_reads = {"10": 4}, {"900": 4}, {"900": 4}
    tally.calm_group_writes = {"9000": 4}
    tally.calm_first_pages, tally.calm_last_pages, tally.calm_totals = {"10": 4}, {"900": 4}, [[1, 2]] * 4
    tally.steps = {"push_user.create": StepTally("POST", {"201": 49}, {"0": {"5": 48, "41000": 1}})}


@pytest.mark.parametrize(
    "name",
    [
        "look-ups-do-not-scan",
        "group-writes-do-not-scan",
        "answers-do-not-slow-down",
        "pages-take-the-same-time",
        "total-holds",
        "answers-are-steady",
    ],
)
def test_few_answers_tell_nothing(name: str) -> None:
    """Times of a handful of answers are not compared, however far they are apart."""
    tally = honest()
    few(tally)
    said = said_of(f"load.{name}", tally)
    assert said.verdict is Verdict.NOT_ASKED
    assert "too few" in said.why


SMALL: list[tuple[str, Lie, str]] = [
    ("look-ups-do-not-scan", of_tally(created=100, walks=[]), "people to tell: 100 of 3,000"),
    ("answers-do-not-slow-down", of_tally(exchanges=280), "requests to tell: 280 of 1,000"),
    ("answers-are-steady", of_tally(exchanges=280), "requests to tell: 280 of 1,000"),
    ("pages-take-the-same-time", of_tally(walks=[walk([60.0] * 5)]), "people to tell: 401 of 3,000"),
    ("import-shows-nobody-twice", of_tally(walks=[walk([60.0])]), "pages to tell: 1 of 2"),
    ("import-shows-everybody", of_walk(0, untouched=900), "writes to tell: to nobody"),
    ("order-holds", of_walk(0, expected=20), "people in both imports to tell: 20 of 50"),
]


@pytest.mark.parametrize(("name", "small", "why"), SMALL, ids=[name for name, *_ in SMALL])
def test_a_small_load_does_not_pass_what_it_cannot_see(name: str, small: Lie, why: str) -> None:
    """It says that it was not asked, and how much would be enough."""
    tally = honest()
    small(tally)
    said = said_of(f"load.{name}", tally)
    assert (said.verdict, f"too few {why}" in said.why) == (Verdict.NOT_ASKED, True)


@pytest.mark.parametrize("name", ["groups-hold-their-members", "group-writes-do-not-scan"])
def test_a_group_of_one_batch_tells_nothing_of_larger_ones(name: str) -> None:
    """Nothing overlaps in it, and it is as small at its end as at its beginning."""
    said = said_of(f"load.{name}", honest(), replace(PLAN, members=100))
    assert (said.verdict, said.why) == (Verdict.NOT_ASKED, "too few members to tell: 100 of 101")


def test_one_stall_is_told() -> None:
    """It is not held against the target, and not passed over."""
    tally = honest()
    tally.steps["push_user.create"].slices["1"] = {"40": 500, "6000": 1}
    said = said_of("load.answers-are-steady", tally)
    assert said.verdict is Verdict.NOT_ASKED
    assert "too seldom to tell: 1 took longer, up to 6.0 s for push_user.create" in said.why


def test_a_look_that_is_not_whole_says_so() -> None:
    """Nobody is called there who was not looked for; who is known to be missing is told all the same."""
    tally = honest()
    tally.final = FinalLook(1_000, 400, whole=False, why="find answered 503 Service Unavailable")
    assert "503" in said_of("load.everybody-made-is-there", tally).why
    tally.final.missing = [NAME]
    assert said_of("load.everybody-made-is-there", tally).verdict is Verdict.FAIL


def test_what_other_processes_wrote_is_held_against_nobody() -> None:
    """With several processes none knows all writes: who is shown twice is advice, as often as that is seen."""
    tally = honest()
    once_more(again=3)(tally)
    assert (
        said_of("load.import-shows-nobody-twice", tally, replace(PLAN, workers=2)).verdict is Verdict.ADVICE
    )


def test_what_others_write_is_held_against_nobody() -> None:
    """People who come and go while a list is read move others, each time others, and change its total now and then."""
    tally = honest()
    tally.walks += [replace(tally.walks[1], not_shown=1, missed=[name], again=1) for name in (NAME, OTHER)]
    for walked in tally.walks[2:]:
        walked.pages[20][3] -= 1
    tally.calm_totals = [[4_000 + 2 * place, 4_001 + 2 * place] for place in range(20)]
    assert said_of("load.import-shows-everybody", tally).verdict is Verdict.ADVICE
    assert said_of("load.import-shows-nobody-twice", tally).verdict is Verdict.ADVICE
    assert said_of("load.total-holds", tally).verdict is Verdict.PASS


def test_what_slows_down_an_import_is_not_its_length() -> None:
    """A machine that is busier and busier while imports go on says nothing of how pages grow."""
    tally = honest()
    tally.walks = [walk([20.0 + 10 * place for place in range(40)]) for _ in range(2)]
    assert said_of("load.pages-take-the-same-time", tally).verdict is Verdict.PASS


def test_what_holds_up_everything_is_no_stall_of_one() -> None:
    """A machine that stands still for a while, and the queue that follows, hold up everybody, again and again or not."""
    tally = honest()
    tally.steps["push_user.create"].slices = {
        str(part): {"40": 200} if part % 2 else {"40": 20, "9000": 180} for part in range(20)
    }
    assert said_of("load.answers-are-steady", tally).verdict is Verdict.PASS


def noisy(seed: int, median: float, spread: float, pauses: float, number: int) -> list[float]:
    """Times of a server on a machine that does other work as well: log-normal, and now and then a pause of up to eight seconds."""
    chance = random.Random(seed)  # noqa: S311 -- noise
    return [
        median * chance.lognormvariate(0, spread)
        + (chance.uniform(0, 8_000) if chance.random() < pauses else 0)
        for _ in range(number)
    ]


noise = st.tuples(st.floats(1, 400), st.floats(0, 0.8), st.floats(0, 0.1))


@settings(max_examples=150, deadline=None)
@given(noise=noise, seed=st.integers(0, 2**31))
def test_noise_is_no_growth(noise: tuple[float, float, float], seed: int) -> None:
    """However slow and uneven a machine is: what does not grow is not said to grow."""
    tally, (median, spread, pauses) = honest(), noise
    tally.calm_before, tally.calm_after, tally.calm_reads = (
        timing(noisy(seed + place, median, spread, pauses, 20)) for place in range(3)
    )
    tally.calm_first_pages, tally.calm_last_pages = (
        timing(noisy(seed + place, median, spread, pauses, 20)) for place in (3, 4)
    )
    tally.steps["push_user.create"].slices = {"0": timing(noisy(seed + 5, median, spread, pauses, 500))}
    for name in ("look-ups-do-not-scan", "answers-do-not-slow-down", "pages-take-the-same-time", "answers-are-steady"):  # fmt: skip
        assert said_of(f"load.{name}", tally).verdict in {Verdict.PASS, Verdict.NOT_ASKED}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), base=st.floats(1, 60))
def test_growth_is_seen_through_noise(seed: int, base: float) -> None:
    """Pages and single requests that grow to many times their time are seen among uneven ones."""
    tally = honest()
    tally.calm_first_pages = timing(noisy(seed + 2, base, 0.2, 0.02, 20))
    tally.calm_last_pages = timing(each * 3 + 60 for each in noisy(seed + 3, base, 0.2, 0.02, 20))
    tally.calm_before = timing(noisy(seed, base, 0.2, 0.02, 20))
    tally.calm_reads = timing(each * 6 + 60 for each in noisy(seed + 1, base, 0.2, 0.02, 20))
    assert said_of("load.pages-take-the-same-time", tally).verdict is Verdict.ADVICE
    assert said_of("load.answers-do-not-slow-down", tally).verdict is Verdict.ADVICE


def test_without_deactivations_nobody_can_stay_active() -> None:
    """A plan without them is not asked."""
    plan: LoadPlan = replace(PLAN, deactivated=0.0)
    assert said_of("load.deactivated-stay-inactive", honest(), plan).verdict is Verdict.NOT_ASKED
