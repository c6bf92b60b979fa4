"""What is heard of a request is counted in all places where it belongs, and nowhere else."""

import pytest

from scim_tests import profiles
from scim_tests.load.counting import Counting
from scim_tests.load.judging import Judging
from scim_tests.load.storm import FEW
from scim_tests.model.exchange import CUT_OFF, Answer, Exchange, Heard, Request
from scim_tests.model.load_plan import LoadPlan
from scim_tests.model.tally import NO_ANSWER, STOPPED, Tally

NAME = "scim-tests.7f3a9c2e.u-000012@example.com"


class Desk:
    """A counting that has heard nothing yet, `second` seconds after the load began, and why it ended."""

    def __init__(self, second: float = 7.5) -> None:
        self.tally, self.second, self.stops = Tally(slice_seconds=2.0), second, list[str]()
        judging = Judging(self.tally, profiles.load("okta"), None, lambda: self.second)
        plan = LoadPlan("7f3a9c2e", 1, "https://scim.example.com", "")
        self.counting = Counting(plan, self.tally, judging, lambda: self.second, self.stops.append)

    def hear(
        self,
        status: int,
        *,
        step: str = "push_user.create",
        again: bool = False,
        is_twin: bool = False,
        failure: str = "",
        retry_after: str = "",
    ) -> None:
        """A request leaves, and is answered so; 0: not at all."""
        self.counting.left()
        self.counting.came()
        headers = (("Retry-After", retry_after),) if retry_after else ()
        answer = Answer(status, headers, b'{"id": "7"}') if status else None
        heard = Heard(
            Request("POST", "/Users"),
            answer,
            failure or ("" if answer else "It took too long."),
            seconds=0.1234,
        )
        self.counting.hears(
            Exchange(step, step, heard), name=NAME, judged=False, again=again, is_twin=is_twin
        )


def test_a_success_is_counted_with_its_time() -> None:
    """In its slice, to two digits, and told to Locust."""
    desk = Desk()
    desk.hear(201)
    tally = desk.tally
    assert tally.sent == tally.answered == {"3": 1}
    assert (tally.failed, tally.throttled, tally.tasks, tally.exchanges) == ({}, {}, {}, 1)
    step = tally.steps["push_user.create"]
    assert (step.method, step.statuses, step.slices) == ("POST", {"201": 1}, {"3": {"120": 1}})
    (told,) = desk.counting.requests
    assert (told.method, told.step, told.length, told.failure) == ("POST", "push_user.create", 11, "")
    assert told.milliseconds == pytest.approx(123.4)


@pytest.mark.parametrize(("status", "key"), [(503, "503"), (0, NO_ANSWER)])
def test_a_failure_is_a_task_and_judged(status: int, key: str) -> None:
    """Whatever share is judged."""
    desk = Desk()
    desk.hear(status)
    tally = desk.tally
    assert (tally.failed, tally.answered) == ({"3": 1}, {"3": 1} if status else {})
    assert tally.steps["push_user.create"].statuses == {key: 1}
    assert list(tally.tasks) == [f"push_user.create {key}"]
    assert tally.judged == 1
    assert desk.counting.requests[0].failure


def test_what_is_sent_again_is_no_task_until_okta_gives_up() -> None:
    """A 429 that is tried again is only throttled; the last one fails."""
    desk = Desk()
    desk.hear(429, step="push_user.throttled", again=True)
    assert (desk.tally.throttled, desk.tally.tasks, desk.tally.given_up) == ({"3": 1}, {}, 0)
    desk.hear(429)
    assert (desk.tally.throttled, list(desk.tally.tasks), desk.tally.given_up) == (
        {"3": 2},
        ["push_user.create 429"],
        1,
    )


def test_who_throttles_without_a_time_that_okta_can_read_is_counted() -> None:
    """A date is none, nor is nothing; whole seconds are."""
    desk = Desk()
    for said in ("", "30", "Wed, 21 Oct 2026 07:28:00 GMT"):
        desk.hear(429, step="push_user.throttled", again=True, retry_after=said)
    assert desk.tally.untold == 2


def test_one_of_two_jobs_for_a_person_may_meet_a_conflict() -> None:
    """It is no failure of the target's; the same for one job is."""
    desk = Desk()
    desk.hear(409, step="bulk_assignment.create", is_twin=True)
    assert (desk.tally.tasks, desk.counting.requests[0].failure) == ({}, "")
    desk.hear(409)
    assert list(desk.tally.tasks) == ["push_user.create 409"]


def test_what_the_end_cuts_off_says_nothing_of_the_target() -> None:
    """It has left and is counted, and nobody is blamed."""
    desk = Desk()
    for _ in range(3 * FEW):
        desk.hear(0, failure=CUT_OFF)
    tally = desk.tally
    assert tally.steps["push_user.create"].statuses == {STOPPED: 3 * FEW}
    assert tally.sent == {"3": 3 * FEW}
    assert (tally.exchanges, tally.failed, tally.tasks, tally.judged) == (3 * FEW, {}, {}, 0)
    assert (desk.stops, list(desk.counting.requests)) == ([], [])


def test_a_storm_stops_the_load() -> None:
    """As soon as it is one."""
    desk = Desk()
    for _ in range(FEW):
        assert desk.stops == []
        desk.hear(503)
    assert "answered with 5xx" in desk.stops[0]


def test_how_many_are_under_way_is_the_most_of_each_slice() -> None:
    """Also of one in which nothing was answered."""
    desk = Desk(0.0)
    for _ in range(3):
        desk.counting.left()
    desk.counting.came()
    desk.second = 5.0
    desk.counting.left()
    assert desk.tally.under_way == {"0": 3, "2": 3}
    assert desk.tally.sent == {"0": 3, "2": 1}


def test_what_begins_too_early_is_not_late() -> None:
    """Times are never below nought."""
    desk = Desk()
    for seconds in (-1.0, 0.0, 0.25):
        desk.counting.late(seconds)
    assert desk.tally.late == {"1": 2, "250": 1}
