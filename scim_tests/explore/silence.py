"""A search sends to a target as long as it answers: one that falls silent is gone after a few waits, each of which may take a minute."""

import asyncio
from dataclasses import replace

from scim_tests.engine.conduct import WAITED
from scim_tests.engine.under_way import Send
from scim_tests.errors import OwnError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.model.forms import Forms
from scim_tests.personas.explore.explore import STEPS

FEW = 3  # waits in vain, one after the other: each conversation is a play of its own, which would begin to count again


def until_silent(send: Send, timeout: float) -> Send:
    """Sends as `send` does, with so many seconds for an answer; nobody is there any more once a few waits were in vain.

    Requests that are waited for at the same time are one wait. OwnError for a move that is to leave after them.
    """
    waits, over = 0, 0.0  # in a row, and when the last of them was over

    async def sent(step: Step, sends: Forms) -> Heard:
        nonlocal waits, over
        if waits >= FEW and step.name in STEPS:  # what a clean-up asks finds out whether it is back
            raise OwnError("silent", f"{step.name} was not sent: the target has fallen silent.")
        clock = asyncio.get_running_loop().time
        began = clock()
        heard = await send(step, sends)
        if heard.answer is not None:
            waits = 0
        elif heard.seconds >= timeout * WAITED and began >= over:
            waits, over = waits + 1, clock()
        return replace(heard, unreachable=True) if waits >= FEW else heard

    return sent
