"""What one process of a load does: what its plan says, until it is told to end, and then nothing any more."""

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import Any

import httpx
import pytest

from scim_tests import profiles
from scim_tests.engine import under_way
from scim_tests.engine.gate import Gate
from scim_tests.engine.under_way import UnderWay
from scim_tests.errors import ExitCode
from scim_tests.load.jobs import Jobs
from scim_tests.load.performer import Performer
from scim_tests.load.verdicts import verdicts
from scim_tests.load.walking import Walking
from scim_tests.load.work import Work
from scim_tests.model.act import Scene
from scim_tests.model.exchange import Exchange
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.profile import Dialect, Profile
from scim_tests.model.tally import STOPPED, Tally
from scim_tests.wire.client import Client
from tests.unit.load.working import PROFILE, Wire, names_of, plan_of, work_of, worked

CUSTOM = profiles.load("okta-custom-app")
STRANGER = "wilhelmina.oosterdijk@corporation.example"
MIXED = {"twice": 0.1, "read_back": 0.25, "judged": 0.5, "deactivated": 0.2, "renamed": 0.2}


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is under way at the end is cut off at once."""
    monkeypatch.setattr(under_way, "LAST", 0.0)


def is_counted(work: Work, wire: Wire) -> bool:
    """Whether whatever left is counted once, nothing left once it was over, and the last report tells all of it."""
    tally = work.tally
    of_steps = sum(step.sent for step in tally.steps.values())
    counted = {sum(tally.sent.values()), of_steps, tally.exchanges}
    return (
        counted == {len(wire.came)} and not wire.too_late and Tally.from_json(work.reports[-1].tally) == tally
    )


@pytest.mark.parametrize("profile", [PROFILE, CUSTOM], ids=["catalogue", "custom"])
@pytest.mark.parametrize("workers", [1, 2])
def test_jobs_send_what_the_plan_says(profile: Profile, workers: int) -> None:
    """Each person as many requests as planned, whatever is done to whom; and a group with its last member."""
    plan = plan_of(30, groups=3, members=5, workers=workers, patches=profile.dialect is Dialect.OIN, **MIXED)
    for worker in range(workers):
        numbers = range(worker, plan.people, workers)
        assert asyncio.run(_sent(plan, worker, profile)) == {
            each: plan.requests_about(each) for each in numbers
        }


def jobs_of(
    plan: LoadPlan, wire: Wire, worker: int = 0, profile: Profile = PROFILE
) -> tuple[Work, Client, Jobs]:
    """Jobs that are not begun by the clock, but one by one."""
    work, client = work_of(plan, wire, worker, profile)
    work.outbox.announce(names_of(plan, profile))

    def hears(scene: Scene, exchange: Exchange, again: bool) -> None:
        jobs.hears(scene, exchange, again)

    performer = Performer(UnderWay(client.send), hears)
    jobs = Jobs(plan, profile, performer, work.counting, work.ledger, work.now)
    return work, client, jobs


async def _sent(plan: LoadPlan, worker: int, profile: Profile) -> dict[int, int]:
    """How many requests the jobs of each person took, one person after the other."""
    wire = Wire()
    work, client, jobs = jobs_of(plan, wire, worker, profile)
    sent = {}
    async with client:
        for number in range(worker, plan.people, plan.workers):
            before = len(wire.came)
            await jobs.assign(number)
            if (group := jobs.filled_by(number)) is not None:
                await jobs.fill(group)
            if plan.is_changed(number):
                await jobs.change(number)
            sent[number] = len(wire.came) - before
    assert [(each.missing, each.strange, each.why) for each in work.tally.groups] == [(0, 0, "")] * len(
        work.tally.groups
    )
    return sent


@pytest.mark.parametrize("more", [{}, {"imported": 30}, {"groups": 2, "members": 9}], ids=str)
def test_a_whole_load_is_counted(more: dict[str, Any]) -> None:
    """To its end, against a server at which nothing is wrong."""
    wire = Wire()
    work = worked(plan_of(30, **MIXED, **more), wire)
    assert is_counted(work, wire)
    tally = work.tally
    assert (tally.created, tally.final.expected, tally.final.found, tally.final.whole) == (30, 30, 30, True)
    assert (tally.stopped, tally.broken, tally.cut_off, tally.not_begun, tally.tasks) == ("", [], 0, 0, {})
    assert sum(tally.due.values()) == work.plan.requests
    assert work.error is None


@pytest.mark.parametrize("after", [1, 22, 60, 110, 150])
@pytest.mark.parametrize("hangs", [False, True])
def test_it_can_be_told_to_end_at_any_moment(after: int, hangs: bool) -> None:
    """From another thread: while it looks first, assigns, imports, or looks at the end; also where answers no longer come."""
    told: list[Thread] = []

    def bend(_: httpx.Request, number: int) -> httpx.Response | None:
        if number == after:
            told.append(Thread(target=work.stop, args=("That is enough.",)))
            told[0].start()
            told[0].join()
        return None

    wire = Wire(bend, hangs_from=after if hangs else None)
    work, client = work_of(plan_of(24, imported=30, groups=2, members=6, **MIXED), wire)
    asyncio.run(work.play(client))
    assert is_counted(work, wire)
    tally = work.tally
    assert (tally.stopped, tally.broken) == ("That is enough.", [])
    stopped = sum(step.statuses.get(STOPPED, 0) for step in tally.steps.values())
    assert stopped >= hangs
    assert (sum(tally.failed.values()), tally.tasks) == (0, {})
    assert tally.final.expected == tally.created
    assert not tally.final.whole
    begun = 24 - tally.not_begun
    assert tally.created <= begun


def test_it_ends_when_its_time_is_over() -> None:
    """Bounded from the first request on; who was not begun by then is told, and nobody is blamed."""
    wire = Wire()
    work = worked(plan_of(24, deadline=0.0), wire)
    assert is_counted(work, wire)
    assert work.tally.stopped == "The load was ended after 0 s, its bounded time."
    assert (work.tally.created, work.tally.tasks) == (0, {})


def test_whoever_is_not_announced_is_not_made() -> None:
    """Work waits for the names; those that are announced are made meanwhile."""
    wire, plan = Wire(), plan_of(6)
    work, client = work_of(plan, wire)
    work._told.clear()
    work.announce(4, names_of(plan, PROFILE)[:4])
    came_of: list[int] = []

    def bend(request: httpx.Request, _: int) -> None:
        if request.method == "POST":
            came_of.append(len(came_of))
            if len(came_of) == 4:
                Thread(target=work.stop, args=("That is enough.",)).start()

    wire.bend = bend
    asyncio.run(work.play(client))
    assert (len(came_of), work.tally.not_begun) == (4, 2)


@pytest.mark.parametrize(
    ("owner", "name"), [(Jobs, "assign"), (Jobs, "change"), (Walking, "page"), (Walking, "over")]
)
def test_a_bug_of_ours_ends_the_load_and_is_told(
    monkeypatch: pytest.MonkeyPatch, owner: type, name: str
) -> None:
    """Wherever it is, what was seen until then is told, and the exit code says that we are to blame."""

    def fails(*_: Any, **__: Any) -> None:
        raise KeyError("a bug of ours")

    monkeypatch.setattr(owner, name, fails)
    wire = Wire()
    plan = plan_of(24, imported=10, **MIXED)
    work = worked(plan, wire)
    assert is_counted(work, wire)
    assert set(work.tally.broken) == {"KeyError: 'a bug of ours'"}
    assert "our code failed: KeyError" in work.tally.stopped
    _, outcome = verdicts(plan, work.tally, PROFILE, Gate())
    assert outcome.exit_code == ExitCode.OUR_ERROR


@pytest.mark.parametrize("status", [500, 404])
def test_whose_change_of_names_failed_is_found_under_either(status: int) -> None:
    """Where the target fails after it has written, nobody knows the name: who is there by id is not said to be hidden."""

    def bend(request: httpx.Request, _: int) -> httpx.Response | None:
        return httpx.Response(status, stream=httpx.ByteStream(b"")) if request.method == "PUT" else None

    def lie(request: httpx.Request, body: dict[str, Any]) -> None:
        if "filter" in request.url.params and status == 500 and puts():
            body.update(totalResults=0, Resources=[])  # the names are others by now

    def puts() -> int:
        return sum(method == "PUT" for method, _ in wire.came)

    wire = Wire(bend, lie)
    work = worked(plan_of(6, twice=0.0, renamed=1.0), wire)
    assert is_counted(work, wire)
    assert puts() == 6
    assert [each.unsure for each in work.jobs.crowd] == [status == 500] * 6
    assert (work.tally.final.found, work.tally.final.unfound, work.tally.final.missing) == (6, [], [])


def _shows_a_stranger(after: int) -> Callable[[httpx.Request, dict[str, Any]], None]:
    """From so many reads by id on, each shows somebody else under the id that was asked for."""
    reads = 0

    def lie(request: httpx.Request, body: dict[str, Any]) -> None:
        nonlocal reads
        if request.method == "GET" and "/Users/" in request.url.path:
            reads += 1
            if reads > after:
                body["userName"] = STRANGER

    return lie


def test_a_target_that_mixes_people_up_is_written_to_no_more() -> None:
    """It shows a stranger under an id of ours, which had been shown as ours: nothing leaves from then on, and the load says why."""
    wire = Wire(lie=_shows_a_stranger(after=12))
    work = worked(plan_of(24, twice=0.0, renamed=1.0), wire)
    assert is_counted(work, wire)
    assert "showed somebody else, so nothing is written to this target any more." in work.tally.stopped
    assert work.ledger.distrusted


def test_a_target_that_shows_nobody_as_ours_gets_no_more_people() -> None:
    """Whom it makes could not be removed: after a few that is told, and the load ends."""

    def lie(request: httpx.Request, body: dict[str, Any]) -> None:
        if request.method == "GET" and "/Users/" in request.url.path:
            body.clear()

    async def assign() -> Work:
        work, client, jobs = jobs_of(plan_of(9, twice=0.0, read_back=1.0), wire)
        async with client:
            for number in range(9):
                await jobs.assign(number)
        return work

    wire = Wire(lie=lie)
    work = asyncio.run(assign())
    assert sum(method == "POST" for method, _ in wire.came) == work.tally.created == 3
    assert work.tally.cut_off == 6
    assert "so it makes nobody more whom it could not remove" in work.tally.stopped
