"""A target that throttles until Okta gives up is one root cause, whatever it throttles."""

from collections.abc import Callable
from pathlib import Path

import pytest
from imagining import Call, Honest, Lie, Reply
from lacking import played, refusal

from scim_tests import profiles
from scim_tests.engine.results import causes
from scim_tests.model.verdict import Verdict

HEAD = "every_throttle.lets-okta-through-in-the-end"
THROTTLED: dict[str, Callable[[Call], bool]] = {
    "creates": lambda call: call.method == "POST" and call.kind == "Users",
    "reads": lambda call: call.reads and call.kind == "Users",
    "lookups": lambda call: call.looks_up and call.kind == "Users",
    "lists": lambda call: call.lists and not call.looks_up and call.query.get("count") == "100",
    "PUT": lambda call: call.method == "PUT",
    "PATCH": lambda call: call.method == "PATCH",
    "DELETE": lambda call: call.method == "DELETE",
    "groups": lambda call: call.kind == "Groups",
    "writes to groups": lambda call: call.kind == "Groups" and call.is_write,
    "discovery": lambda call: call.kind in {"Schemas", "ResourceTypes", "ServiceProviderConfig"},
}


def throttling(what: Callable[[Call], bool]) -> Lie:
    """Answers 429 to these, always, and says truly that it will be a while."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if not what(call):
            return await honest(call)
        reply = refusal(429)
        return Reply(429, {**reply.headers, "retry-after": "3600"}, reply.body)

    return lie


CASES = [(what, profile) for what in THROTTLED for profile in ("okta", "okta-custom-app")]
CASES.remove(("PATCH", "okta-custom-app"))  # an app made with the wizard is never sent one


@pytest.mark.parametrize(("what", "profile"), CASES)
def test_it_is_one_root_cause(tmp_path: Path, what: str, profile: str) -> None:
    """The rule about throttling is red, and nothing else stands for itself."""
    done = played(tmp_path, throttling(THROTTLED[what]), profiles.load(profile))
    assert [each.result.check.id for each in causes(done.results)] == [HEAD]
    assert [each.check.id for each in done.results if each.verdict is Verdict.BROKEN] == []
