"""What loads have counted, honest and lying, for the tests of who judges them."""

from collections.abc import Iterable
from dataclasses import replace

from scim_tests.checks import load_catalogue
from scim_tests.engine.judge import Judgement, judgement
from scim_tests.model.load_plan import LoadPlan, Stage
from scim_tests.model.load_state import LoadState
from scim_tests.model.tally import FinalLook, GroupTally, StepTally, Tally, Timing, Walk, rounded
from scim_tests.model.verdict import Verdict

PLAN = LoadPlan(
    "7f3a9c2e",
    1,
    "https://scim.example.com",
    "",
    stages=(Stage(50.0, 1_000),),
    deactivated=0.1,
    groups=1,
    members=200,
)
NAME = "scim-tests.7f3a9c2e.u-000012@example.com"
OTHER = "scim-tests.7f3a9c2e.u-000013@example.com"


def timing(times: Iterable[float]) -> Timing:
    """Times in milliseconds, as a tally keeps them."""
    counted: Timing = {}
    for each in times:
        counted[rounded(each)] = counted.get(rounded(each), 0) + 1
    return counted


def walk(times: Iterable[float], **more: object) -> Walk:
    """An import of pages that took so long, and that showed all of 900 people."""
    pages = [[1.0 + 100 * place, each, 100.0, 4_000.0] for place, each in enumerate(times)]
    return replace(Walk(pages, people=4_000, expected=900, untouched=900, whole=True), **more)


def honest() -> Tally:
    """A load of 1,000 people against a server at which nothing is wrong, with an import beside it and one after it."""
    step = StepTally(
        "POST", {"201": 1_000, "409": 20}, {"0": timing([40.0] * 500), "1": timing([45.0] * 500)}
    )
    beside = walk([60.0] * 40, writes_meanwhile=400, untouched=880)
    for place, page in enumerate(beside.pages):
        page[3] += 10.0 * place
    return Tally(
        steps={
            "push_user.create": step,
            "push_user.lookup": StepTally("GET", {"200": 1_000}, {"0": timing([12.0] * 1_000)}),
        },
        under_way={"0": 9, "1": 30},
        calm_before=timing([12.0] * 20),
        calm_after=timing([12.0] * 20),
        calm_reads=timing([12.0] * 20),
        first_batches=timing([40.0] * 2),
        calm_group_writes=timing([15.0] * 20),
        calm_first_pages=timing([60.0] * 20),
        calm_last_pages=timing([60.0] * 20),
        calm_totals=[[4_000, 4_000] for _ in range(20)],
        exchanges=2_020,
        created=1_000,
        again=20,
        walks=[beside, walk([60.0] * 40)],
        groups=[GroupTally("scim-tests.7f3a9c2e.g-0000", 200, 200, 0, 0)],
        final=FinalLook(1_000, 1_000, whole=True),
    )


def said_of(check_id: str, tally: Tally, plan: LoadPlan = PLAN) -> Judgement:
    """What one check of loads says of it."""
    check = next(each for each in load_catalogue() if each.id == check_id)
    return judgement(check, LoadState(plan, tally), Judgement(Verdict.PASS, ()))
