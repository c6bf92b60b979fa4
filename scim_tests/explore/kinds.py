"""What kind of finding it is: one kind is told once, however often and wherever it is met."""

import re
from typing import NamedTuple

from scim_tests.engine.judge import Judgement

_ENTRY = re.compile(r"^\$?\.?(?:Resources(?:\[[^\]]*\])?\.)?")  # one of a list is as one by itself
_ATTRIBUTE = re.compile(r"urn:(?:[^.\[]|\.(?=\d))+|[\w$-]+", re.IGNORECASE)


class Kind(NamedTuple):
    """The check, whom it is about (`/Users`, `/Groups`), and the attribute on top; empty where it is about none."""

    check: str
    endpoint: str
    attribute: str


def kind_of(check_id: str, judgement: Judgement) -> Kind:
    """The kind of a judgement that is a failure."""
    last = judgement.at[-1] if judgement.at else None
    endpoint = f"/{last.request.endpoint.lstrip('/').partition('/')[0]}" if last else ""
    where = judgement.finding.where if judgement.finding else ""
    return Kind(check_id, endpoint, _root(where))


def _root(where: str) -> str:
    found = _ATTRIBUTE.match(_ENTRY.sub("", where, count=1))
    return found[0].lower() if found else ""
