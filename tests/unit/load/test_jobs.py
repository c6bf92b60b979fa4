"""What a job of a load notices of every answer, also of those that are not judged."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from scim_tests.load.jobs import NO_MEMBERS, shows_another
from scim_tests.load.tasks import count_stuck
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.tally import Tally, Task
from tests.unit.load.working import Wire, plan_of, work_of


def answered(method: str, path: str, status: int, body: bytes) -> Exchange:
    """An answer to a job's request."""
    return Exchange(
        "push_user.read", "push_user:u-000012", Heard(Request(method, path), Answer(status, (), body))
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "body", "is_another"),
    [
        ("GET", "/Users/a%2Fb", 200, {"id": "a/b"}, False),
        ("GET", "/Users/7", 200, {"id": "8"}, True),
        ("GET", "/Users/7", 200, [], True),
        ("GET", "/Users/7", 404, {"id": "8"}, False),
        ("PATCH", "/Groups/7?attributes=id", 200, {"id": "7"}, False),
        ("PATCH", "/Groups/7", 204, None, False),
        ("PUT", "/Users/7", 200, {"id": 7}, True),
        ("GET", "/Users?startIndex=1", 200, {"id": "8"}, False),
        ("POST", "/Users", 201, {"id": "8"}, False),
    ],
)
def test_an_answer_about_somebody_else_is_noticed(
    method: str, path: str, status: int, body: object, is_another: bool
) -> None:
    """By its id, where one was asked for; a body that cannot be read is noticed, too."""
    said = b"" if body is None else json.dumps(body).encode()
    assert shows_another(answered(method, path, status, said)) == is_another


def test_a_success_with_which_a_job_cannot_go_on_is_a_task() -> None:
    """With the reason of the first, and how many there were."""
    tally = Tally()
    for name in ("a", "b"):
        count_stuck(tally, answered("GET", "/Users?filter=x", 200, b""), name, "it has no body")
    assert tally.tasks == {
        "push_user.read 200": Task("push_user.read", "200", "it has no body", 2, ["a", "b"])
    }


def test_a_group_that_is_shown_without_members_is_no_loss() -> None:
    """Some targets never show them (AWS IAM Identity Center): what such a group holds is not known, and nobody is missing."""

    def without_members(request: httpx.Request, told: dict[str, Any]) -> None:
        if request.url.path.startswith("/scim/v2/Groups"):
            told.pop("members", None)

    work, client = work_of(plan_of(6, groups=1, members=4), Wire(lie=without_members))
    asyncio.run(work.play(client))
    assert [(each.why, each.missing) for each in work.tally.groups] == [(NO_MEMBERS, 0)]
    assert not work.tally.broken
