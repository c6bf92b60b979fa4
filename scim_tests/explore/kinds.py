"""What kind of finding it is: one kind is told once, however often and wherever it is met."""

from typing import NamedTuple

from scim_tests.engine.judge import Judgement


class Kind(NamedTuple):
    """The check, whom it is about (`/Users`, `/Groups`), and the attribute on top; empty where it is about none."""

    check: str
    endpoint: str
    attribute: str


def kind_of(check_id: str, judgement: Judgement) -> Kind:
    """The kind of a judgement that is a failure."""
    last = judgement.at[-1] if judgement.at else None
    endpoint = f"/{last.request.endpoint.lstrip('/').partition('/')[0]}" if last else ""
    return Kind(check_id, endpoint, judgement.finding.attribute if judgement.finding else "")
