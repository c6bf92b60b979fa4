"""A target that throttles until Okta gives up is one root cause, whatever it throttles."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from imagining import Lie
from lacking import played, refusal

from reference_server.faults.bending import Answer, Asked, Honest
from scim_tests import profiles
from scim_tests.engine.causes import causes
from scim_tests.model.verdict import Verdict

HEAD = "every_throttle.lets-okta-through-in-the-end"
THROTTLED: dict[str, Callable[[Asked], bool]] = {
    "creates": lambda asked: asked.method == "POST" and asked.kind == "Users",
    "reads": lambda asked: asked.reads and asked.kind == "Users",
    "lookups": lambda asked: asked.looks_up and asked.kind == "Users",
    "lists": lambda asked: asked.lists and not asked.looks_up and asked.query.get("count") == "100",
    "PUT": lambda asked: asked.method == "PUT",
    "PATCH": lambda asked: asked.method == "PATCH",
    "DELETE": lambda asked: asked.method == "DELETE",
    "groups": lambda asked: asked.kind == "Groups",
    "writes to groups": lambda asked: asked.kind == "Groups" and asked.method in {"POST", "PUT", "PATCH"},
    "discovery": lambda asked: asked.kind in {"Schemas", "ResourceTypes", "ServiceProviderConfig"},
}


def throttling(what: Callable[[Asked], bool]) -> Lie:
    """Answers 429 to these, always, and says truly that it will be a while."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if not what(asked):
            return await honest(asked)
        return refusal(429).headed(retry_after="3600")

    return lie


CASES = [
    (what, profile)
    for place, what in enumerate(THROTTLED)
    for number, profile in enumerate(("okta-custom-app", "okta"))
    if os.environ.get("KILLS") == "all" or place % 2 == number
    if (what, profile) != ("PATCH", "okta-custom-app")  # an app made with the wizard is never sent one
]  # each under one profile, `make kills` under both


@pytest.mark.parametrize(("what", "profile"), CASES)
def test_it_is_one_root_cause(tmp_path: Path, what: str, profile: str) -> None:
    """The rule about throttling is red, and nothing else stands for itself."""
    done = played(tmp_path, throttling(THROTTLED[what]), profiles.load(profile))
    assert [each.result.check.id for each in causes(done.results)] == [HEAD]
    assert [each.check.id for each in done.results if each.verdict is Verdict.BROKEN] == []
