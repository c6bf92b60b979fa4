"""Loads as they could have been counted, for the tests of their reports: made up, and the same each time."""

import math
from dataclasses import replace
from random import Random

from scim_tests.load.record import counted_history, counted_steps
from scim_tests.model.load_plan import LoadPlan, Stage
from scim_tests.model.load_record import LoadInfo, LoadRecord
from scim_tests.model.profile import Dialect
from scim_tests.model.record import (
    CheckRecord,
    ConsequenceRecord,
    FindingRecord,
    LeftBehind,
    Outcome,
    ProfileInfo,
    ReferenceRecord,
    TargetInfo,
)
from scim_tests.model.tally import (
    CheckTally,
    FinalLook,
    Found,
    GroupTally,
    Sample,
    StepTally,
    Tally,
    Task,
    Walk,
    rounded,
)
from scim_tests.report.load.told import told
from tests.unit.report.sample import HOSTILE

STEPS = {  # share of the requests, median in milliseconds
    "push_user.lookup": ("GET", 0.4, 22),
    "push_user.create": ("POST", 0.4, 45),
    "push_user.read": ("GET", 0.12, 14),
    "deactivate_user.patch": ("PATCH", 0.05, 38),
    "fill_group.fill": ("PATCH", 0.03, 160),
}
ANOTHER = "push_user.create-answers-201"
TASK = ConsequenceRecord(
    "The assignment fails, and a task waits.", "captured", "Automatic provisioning failed."
)
OF_LOADS = "load.nobody-is-lost"


def plan(people: int = 5_000, rate: float = 25.0, **more: object) -> LoadPlan:
    """A plan of one stage against a server of somebody's."""
    return replace(
        LoadPlan(
            "st7f3a9c", 42, "https://scim.example.com/v2", 'name = "okta"\n', stages=(Stage(rate, people),),
            deactivated=0.1, groups=2, members=1_000, workers=2,
        ),
        **more,
    )  # fmt: skip


def tally(
    seconds: int = 440, rate: float = 25.0, *, slower: float = 1.0, throttled: float = 0.0, late: float = 4.0
) -> Tally:
    """An assignment at that rate, answered in so many times the usual time; a share of it is throttled at first."""
    random, made = Random(5), Tally(slice_seconds=2.0)  # noqa: S311 -- no secret
    for second in range(0, seconds, 2):
        key, number = made.slice_of(second), round(2 * rate)
        refused = round(number * throttled)
        made.due[key], made.sent[key], made.answered[key] = number, number, number
        made.throttled[key] = refused
        made.untold += refused
        made.under_way[key] = round(rate * 0.06 * slower) + random.randrange(4)
        made.memory[key] = 120.0 + min(second, 60) / 4
        for name, (method, share, median) in STEPS.items():
            step = made.steps.setdefault(name, StepTally(method))
            good = round((number - refused) * share)
            _add(step.statuses, "201" if method == "POST" else "200", good)
            _add(step.statuses, "429", round(refused * share))
            for _ in range(good):
                _add(step.slices.setdefault(key, {}), _time(random, median * slower), 1)
    made.late = {rounded(late): 900, rounded(late * 3): 30}
    made.created = made.final.expected = made.final.found = sum(
        made.steps["push_user.create"].timing.values()
    )
    made.final.whole = True
    made.exchanges = sum(made.sent.values())
    made.judged = made.exchanges // 8
    made.waited = 64.0 if throttled else 0.0
    return made


def _time(random: Random, median: float) -> str:
    return rounded(random.lognormvariate(math.log(median), 0.5))


def _add(numbers: dict[str, int], key: str, more: int) -> None:
    numbers[key] = numbers.get(key, 0) + more


def walk(people: int, first: float = 64.0, more: float = 0.0) -> Walk:
    """A whole import; each person who stands before a page makes it so many milliseconds longer."""
    random = Random(9)  # noqa: S311 -- no secret
    pages = [
        [float(start), round((first + more * start) * random.uniform(0.9, 1.1), 1), 100.0, float(people)]
        for start in range(1, people, 100)
    ]
    return Walk(pages, people=people, whole=True, expected=5_000, untouched=4_500, writes_meanwhile=800)


def troubled() -> Tally:
    """A load against a target that throttles, fails now and then, loses some, and pages ever more slowly."""
    made = tally(throttled=0.08, slower=1.6)
    for key in ("60", "61", "62"):
        made.failed[key] = 9
    made.tasks = {
        "push_user.create 500": Task("push_user.create", "500", "", 2, ["scim-tests.st7f3a9c.u-000012@example.com"]),
        "deactivate_user.patch none": Task("deactivate_user.patch", "none", "", 1, ["scim-tests.st7f3a9c.u-000031@example.com"]),
    }  # fmt: skip
    made.stays_open = 1
    made.walks = [walk(200_000, 80.0, 0.004), walk(5_000)]
    made.walks[0].not_shown = 7
    made.groups = [
        GroupTally("scim-tests.st7f3a9c Team 1", 1_000, 988, 12, 0),
        GroupTally("scim-tests.st7f3a9c Team 2", 1_000, 1_000, 0, 0),
    ]
    made.final = FinalLook(4_488, 4_487, missing=["scim-tests.st7f3a9c.u-000107@example.com"], whole=True)
    sample = Sample(
        "push_user.create", "POST", "/Users", 500, 'Content-Type: application/scim+json\n\n{"schemas": [], "userName": "scim-tests.st7f3a9c.u-000012@example.com"}',
        f'500 Internal Server Error\nContent-Type: application/json\n\n{{"detail": "pool exhausted {HOSTILE[:30]}"}}', 5_020.0, 124.2,
    )  # fmt: skip
    made.checks[ANOTHER] = CheckTally(
        {"pass": 1_790, "fail": 2},
        [Found("fail", "201 Created", "500", "", "stops-provisioning", TASK, sample=sample)],
    )
    return made


def _check(name: str, verdict: str, expected: str = "", got: str = "", **more: object) -> CheckRecord:
    findings = [FindingRecord(verdict, expected, got, "", "", [], "stops-provisioning")] if expected else []
    return replace(
        CheckRecord(
            id=name, act=name.partition(".")[0], story="load", title="What was created is there, once", verdict=verdict, why="", blame="",
            strength="must", severity="stops-provisioning", demanded_by="both",
            consequence=TASK,
            fix="Answer `201` once the person is stored.", references=[ReferenceRecord("RFC7644-3.3-04", "RFC 7644, 3.3", "A create is answered with 201.", "https://www.rfc-editor.org/rfc/rfc7644#section-3.3")],
            places={verdict: 2}, at=[], findings=findings,
        ),
        **more,
    )  # fmt: skip


def record(counted: Tally, *, planned: LoadPlan | None = None, fails: bool = False) -> LoadRecord:
    """The record of that load; with `fails` two checks do."""
    planned = planned or plan()
    checks = [
        _check(ANOTHER, "fail", "201 Created", "500") if fails else _check(ANOTHER, "pass"),
        _check(OF_LOADS, "fail", "4,488 people", f"4,487 people, and {HOSTILE}") if fails else _check(OF_LOADS, "pass"),
        _check("load.total-holds", "not asked", why="nothing was imported"),
    ]  # fmt: skip
    return LoadRecord(
        load=LoadInfo("2026-11-24T03:28:11Z", 512.0, "0.1.0", planned),
        target=TargetInfo(planned.target, bundled=False),
        profile=ProfileInfo("okta", "Okta app from the OIN catalogue", Dialect.OIN, ["push_users"]),
        outcome=Outcome(1, "failed", "2 of 2 judged checks failed.") if fails else Outcome(0, "passed", "2 checks passed."),
        told=told(planned, counted),
        checks=checks,
        steps=counted_steps(counted),
        history=counted_history(counted),
        tally=counted,
        left_behind=[LeftBehind("scim-tests.st7f3a9c.u-000107@example.com", "", "It was not found.")] if fails else [],
    )  # fmt: skip
