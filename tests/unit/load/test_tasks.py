"""What Okta makes of failed requests of a load: tasks, and accounts that stay open."""

import pytest

from scim_tests.load.tasks import count_task
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.tally import EXAMPLES, NO_ANSWER, Tally

NAME = "scim-tests.7f3a9c2e.u-000012@example.com"


def answered(step: str, status: int, body: bytes = b"") -> Exchange:
    """A step that was answered so; 0: not at all."""
    answer = Answer(status, (), body) if status else None
    return Exchange(
        step, step, Heard(Request("GET", "/Users"), answer, "" if answer else "It took too long.")
    )


@pytest.mark.parametrize(
    ("step", "status"),
    [
        ("push_user.create", 500),
        ("push_user.lookup", 0),
        ("update_user.put_renamed", 404),
        ("fill_group.fill", 500),
    ],
)
def test_what_fails_in_okta_is_a_task(step: str, status: int) -> None:
    """Each is counted by its step and status, with the names of a few people."""
    tally = Tally()
    for _ in range(EXAMPLES + 1):
        count_task(tally, answered(step, status), NAME, given_up=True)
    (task,) = tally.tasks.values()
    assert (task.step, task.status, task.people) == (step, str(status) if status else NO_ANSWER, EXAMPLES + 1)
    assert task.examples == [NAME] * EXAMPLES
    assert tally.stays_open == 0


def test_what_okta_takes_is_none() -> None:
    """Success is none, nor is a look-up that is answered 404, which Okta takes for a miss."""
    tally = Tally()
    count_task(tally, answered("push_user.create", 201, b"{}"), NAME, given_up=True)
    count_task(tally, answered("push_user.lookup", 404), NAME, given_up=True)
    assert tally.tasks == {}


@pytest.mark.parametrize("step", ["test_credentials.probe", "push_user.find"])
def test_a_probe_is_nobodys_task(step: str) -> None:
    """Credentials are asked for before anybody is assigned; look-ups before and after the load are ours."""
    tally = Tally()
    count_task(tally, answered(step, 0), NAME, given_up=True)
    assert tally.tasks == {}


def test_a_429_is_a_task_once_it_is_given_up() -> None:
    """Okta tries again what was throttled, and only that."""
    tally = Tally()
    count_task(tally, answered("push_user.throttled", 429), NAME, given_up=False)
    assert tally.tasks == {}
    count_task(tally, answered("push_user.create", 429), NAME, given_up=True)
    assert tally.tasks["push_user.create 429"].people == 1


def test_a_failed_deactivation_leaves_the_account_open() -> None:
    """Okta does not try it again."""
    tally = Tally()
    count_task(tally, answered("deactivate_user.patch", 503), NAME, given_up=True)
    assert tally.stays_open == 1
    assert tally.tasks["deactivate_user.patch 503"].people == 1


def test_the_conflict_of_a_twin_is_none() -> None:
    """Of two jobs for one person the second is refused, as it has to be; anybody else's conflict is a task."""
    tally = Tally()
    count_task(tally, answered("bulk_assignment.create", 409), NAME, given_up=True, is_twin=True)
    assert tally.tasks == {}
    count_task(tally, answered("push_user.create", 409), NAME, given_up=True)
    assert tally.tasks["push_user.create 409"].people == 1
