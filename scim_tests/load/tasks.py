"""What Okta makes of a request of a load that failed: an item among its admin's tasks, or an account that stays open."""

from scim_tests.knowledge.okta_effect import fails_in_okta, kind_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.tally import EXAMPLES, NO_ANSWER, Tally, Task

CONFLICT = 409
THROTTLED = 429
LEAVES = "deactivate"  # the kind of request that Okta tries once


def count_task(tally: Tally, exchange: Exchange, name: str, *, given_up: bool, is_twin: bool = False) -> None:
    """Count an exchange that Okta takes as failed, about the person or group of that name.

    What was throttled is tried again until it is `given_up`. A conflict of one whom two jobs assign (`is_twin`) is
    none: Okta's next look-up finds the person, and links them.
    """
    answer = exchange.heard.answer
    status = answer.status if answer else 0
    if (
        not fails_in_okta(exchange)
        or (status == THROTTLED and not given_up)
        or (status == CONFLICT and is_twin)
    ):
        return
    told = str(status) if answer else NO_ANSWER
    task = tally.tasks.setdefault(f"{exchange.step} {told}", Task(exchange.step, told))
    task.people += 1
    task.examples = [*task.examples, name][:EXAMPLES]
    kind = kind_of(exchange.step)
    if kind and kind.name == LEAVES:
        tally.stays_open += 1
