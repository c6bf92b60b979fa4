"""Requests on a condition: for what has one of these versions, or none of them (RFC 7644 3.14, RFC 9110 13.1)."""

import re
from dataclasses import replace as changed

from scim_tests.model.act import Step
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get

SENDABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")  # what a header can hold as it is


def if_changed(step: Step, tags: str) -> Step:
    """The request, for what has none of these versions."""
    return changed(step, headers=(*step.headers, ("If-None-Match", tags)))


def if_same(step: Step, tags: str) -> Step:
    """The request, for what has one of these versions."""
    return changed(step, headers=(*step.headers, ("If-Match", tags)))


def tag_of(shown: Exchange) -> str:
    """The version that an answer shows. NotObserved where it shows none that could be sent back."""
    tag = shown.answer.header("ETag") or get(shown.resource, "meta", "version")
    if not isinstance(tag, str) or not SENDABLE.fullmatch(tag):
        raise NotObserved(shown.step, "shows no version")
    return tag
