"""Whether the fault is still there, by exit code and in a sentence: 1 while it is, 0 when it is gone, 2 where nobody knows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from scim_tests.report.reproduction.scripted.answers import Json
from scim_tests.report.reproduction.scripted.likeness import Likeness
from scim_tests.report.reproduction.scripted.places import STATUS, alike, at_place

REFUSED = (401, 403)
CLOSED = (0, *REFUSED, 429, 502, 503, 504)  # nothing was asked of whom it is about


def compared(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], names: Mapping[str, str]
) -> list[Json]:
    """What is compared of the answers a finding is about: that place where it names one, else all that was told."""
    likeness = Likeness(names, question["people"], question["sent"], ordered=question["ordered"])
    likes = {step: likeness.of(answers[step]) for step in sorted(answers)}
    same: list[Json] = json.loads(
        json.dumps([at_place(likes[step], question["where"]) for step in question["at"]])
    )
    return same


def verdict(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], names: Mapping[str, str]
) -> tuple[int, str]:
    """The exit code and the sentence: 1 while the fault is there, 0 when it is gone, 2 where that is not known."""
    at, wanted = question["at"], question["wanted"]
    now = [answers[step]["status"] for step in question["about"]]
    steps = " and ".join(str(step) for step in at)
    still = f"Still there: expected {question['expected']}, got "
    closed = _unlike(
        question,
        answers,
        lambda step, status: (
            status in CLOSED
            and not (step in at and (wanted or (step in question["bare"] and status in REFUSED)))
        ),
    )
    if closed:
        return 2, closed
    if wanted:
        wrong = [status for status in now if status not in wanted]
        if wrong:
            return 1, f"{still}{told(wrong[0])} (step {steps})."
    elif alike(compared(question, answers, names), question["like"]):
        got = told(now[0]) if question["where"] == STATUS else f"what the run got: {question['got']}"
        return 1, f"{still}{got} (step {steps})."
    refused = _unlike(
        question,
        answers,
        lambda step, status: step in question["writes"] and step not in at and status >= 300,
    )
    if refused:
        return 2, refused
    return (
        0,
        f"Gone: expected {question['expected']}, and step {steps} is not answered as in the run any more: {told(now[-1])}.",
    )


def _unlike(
    question: Mapping[str, Any], answers: Mapping[int, Mapping[str, Json]], counts: Callable[[int, int], bool]
) -> str:
    """The first step whose answer keeps the question from being asked, though it did not in the run."""
    for step, before in enumerate(question["statuses"], 1):
        now = answers[step]["status"]
        if now != before and counts(step, now) and not counts(step, before):
            return f"Not asked: step {step} got {told(now)}, and {told(before)} in the run."
    return ""


PHRASES = {each.value: each.phrase for each in HTTPStatus}


def told(status: int) -> str:
    """A status in words of our own."""
    return f"{status} {PHRASES.get(status, '')}".strip() if status else "no answer"
