"""What Okta makes of a request of a load that failed: an item among its admin's tasks, or an account that stays open."""

from scim_tests.knowledge.okta_effect import fails_in_okta, kind_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.tally import EXAMPLES, NO_ANSWER, Tally, Task

CONFLICT = 409
THROTTLED = 429
OF_NOBODY = (
    "test_credentials.",
    "push_user.find",
)  # steps that assign nobody: the button, and look-ups of ours
LEAVES = "deactivate"  # the kind of request that Okta tries once


def count_task(tally: Tally, exchange: Exchange, name: str, *, given_up: bool, is_twin: bool = False) -> None:
    """Count an exchange at which Okta fails for good, about the person or group of that name.

    What was throttled is tried again until it is `given_up`. The conflict of one whom two jobs assign (`is_twin`) is
    none: Okta's next look-up finds the person, and links them.
    """
    answer, kind = exchange.heard.answer, kind_of(exchange.step)
    status = answer.status if answer else 0
    is_tried_again = status == THROTTLED and not given_up
    if exchange.step.startswith(OF_NOBODY):
        return
    if not fails_in_okta(exchange) or is_tried_again or (is_twin and status == CONFLICT):
        return
    _one_more(tally, Task(exchange.step, str(status) if answer else NO_ANSWER), name)
    tally.stays_open += kind is not None and kind.name == LEAVES


def count_stuck(tally: Tally, exchange: Exchange, name: str, why: str) -> None:
    """Count an answer of success with which Okta cannot go on, and why."""
    _one_more(tally, Task(exchange.step, str(exchange.status), why), name)


def _one_more(tally: Tally, kind: Task, name: str) -> None:
    task = tally.tasks.setdefault(f"{kind.step} {kind.status}", kind)
    task.people += 1
    task.examples = [*task.examples, name][:EXAMPLES]
