"""What Okta makes of a request of a load that failed: an item among its admin's tasks, or an account that stays open."""

from scim_tests.knowledge.okta_effect import fails_in_okta, kind_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.tally import EXAMPLES, NO_ANSWER, Tally, Task

LEAVES = "deactivate"  # the kind of request that Okta tries once


def count_task(tally: Tally, exchange: Exchange, name: str) -> None:
    """Count an exchange at which Okta fails for good, about the person or group of that name.

    A 429 is one only where no attempt is left. The 409 of one whom two jobs assign is none: Okta's next look-up
    finds the person, and links them.
    """
    if not fails_in_okta(exchange):
        return
    answer, kind = exchange.heard.answer, kind_of(exchange.step)
    status = str(answer.status) if answer else NO_ANSWER
    task = tally.tasks.setdefault(f"{exchange.step} {status}", Task(exchange.step, status))
    task.people += 1
    task.examples = [*task.examples, name][:EXAMPLES]
    tally.stays_open += kind is not None and kind.name == LEAVES
