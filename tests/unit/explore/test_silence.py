"""A search goes on with a target that is slow, and ends at one that has fallen silent."""

import asyncio

import pytest

from scim_tests.errors import OwnError
from scim_tests.explore.silence import FEW, until_silent
from scim_tests.model.act import Step
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.forms import Forms

LATE = 60.0


async def send(step: Step, _: Forms) -> Heard:
    """Answered where the step is called so, else late."""
    await asyncio.sleep(0)
    return Heard(Request("GET", step.path), Answer(200) if step.name == "a" else None, "late", seconds=LATE)


def gone(*turns: str) -> bool:
    """Whether it is, after turns of requests that are sent together: `a` is answered, `-` is not in time."""

    async def told() -> bool:
        sending = until_silent(send, LATE)
        for turn in turns:
            last = await asyncio.gather(
                *(sending(Step(each, "GET", "/Users", ()), frozenset()) for each in turn)
            )
        return any(each.unreachable for each in last)

    return asyncio.run(told())


def test_a_target_is_gone_after_a_few_waits() -> None:
    """One after the other, and not at the first ones."""
    assert gone(*["-"] * FEW)
    assert not gone(*["-"] * (FEW - 1))


def test_then_no_move_leaves_but_a_clean_up_may_ask() -> None:
    """So that looks which stand in a row are not waited for; who answers a clean-up is there again."""

    async def told() -> None:
        sending, look = until_silent(send, LATE), Step("read", "GET", "/Users", ())
        for _ in range(FEW):
            await sending(look, frozenset())
        with pytest.raises(OwnError, match="fallen silent"):
            await sending(look, frozenset())
        await sending(Step("a", "GET", "/Users", ()), frozenset())
        assert not (await sending(look, frozenset())).unreachable

    asyncio.run(told())


def test_an_answer_ends_the_row() -> None:
    """A target that answers now and then is there."""
    assert not gone(*["-"] * (FEW - 1), "a", *["-"] * (FEW - 1))


def test_requests_that_are_waited_for_together_are_one_wait() -> None:
    """It may have hung once, for all of them."""
    assert not gone("-" * FEW)
