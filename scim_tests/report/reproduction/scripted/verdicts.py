"""Whether the fault is still there, by exit code and in a sentence: 1 while it is, 0 when it is gone, 2 where nobody knows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from scim_tests.report.reproduction.scripted.answers import Json, get, parsed
from scim_tests.report.reproduction.scripted.likeness import Likeness
from scim_tests.report.reproduction.scripted.places import STATUS, alike, at_place

REFUSED = (401, 403)
CONFLICTS = (409, 412)
CLOSED = (0, *REFUSED, 429, 502, 503, 504)  # nothing was asked of whom it is about
# What no right list does, whatever a finding is about; fewer than it counts is a page.
NEVER_RIGHT = {
    "others": "shows others than whom the filter seeks",
    "too many": "shows more than were asked for",
    "repeats": "shows somebody twice",
    "without id": "shows somebody without an id",
}
ONE_NAME = re.compile(
    r"(?i)[?&]filter=(?:userName|displayName|externalId|id)(?:%20|\+)eq(?:%20|\+)%22[^&]*%22(?:&|$)"
)
# The places of findings about who is shown; at any other place those who were shown should still be.
ABOUT_WHO = re.compile(r"(?!\$)|\$(?:\.Resources(?:\[[^\]]*\])?)?(?:\.id)?$")

# What says of a state which one it is.
OF_A_STATE = re.compile(r"(?i)\$\.meta\.(?:version|lastModified)|ETag|If-Match|If-None-Match")

Answers = Mapping[int, Mapping[str, Json]]


def compared(question: Mapping[str, Any], answers: Answers, names: Mapping[str, str]) -> list[Json]:
    """What is compared of the answers a finding is about: that place where it names one, else all that was told.

    In a conversation that was explored a version or a date is told with what it is of: it may rightly stay with that.
    """
    if question["totals"]:
        return _due(question, answers)
    likes = _likes(question, answers, names)
    said = [at_place(like, question["where"]) for like in likes]
    if question["explored"] and OF_A_STATE.fullmatch(question["where"]):
        said += [_without_meta(like["body"]) for like in likes]
    same: list[Json] = json.loads(json.dumps(said))
    return same


def _due(question: Mapping[str, Any], answers: Answers) -> list[Json]:
    """How each list was answered, and whether its total is that of the first with who came since, without who left."""
    totals = [get(parsed(answers[step]["body"]), "totalResults") for step in question["at"]]
    due = [totals[0] + each if type(totals[0]) is int else None for each in question["totals"]]
    statuses = [answers[step]["status"] for step in question["at"]]
    return [
        [status, type(total) is int and total == wanted]
        for status, total, wanted in zip(statuses, totals, due, strict=False)
    ]


def _without_meta(body: Json) -> Json:
    return {key: body[key] for key in body if key.lower() != "meta"} if isinstance(body, dict) else body


def shape(question: Mapping[str, Any], answers: Answers, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Of each of these answers whom it shows, whether it is JSON, and what of it is never right."""
    likes = _likes(question, answers, names)
    return [_shape(likes[place], answers[step]["path"]) for place, step in enumerate(question["at"])]


def _likes(question: Mapping[str, Any], answers: Answers, names: Mapping[str, str]) -> list[dict[str, Json]]:
    likeness = Likeness(names, question["people"], question["sent"], ordered=question["ordered"])
    likes = {step: likeness.of(answers[step]) for step in sorted(answers)}
    return [likes[step] for step in question["at"]]


def _shape(like: Mapping[str, Json], path: str) -> dict[str, Any]:
    listed = get(like["body"], "Resources")
    listed = listed if isinstance(listed, dict) else {}  # as a likeness tells a list of people
    wrong = [name for name in NEVER_RIGHT if listed.get(name) and (name != "others" or ONE_NAME.search(path))]
    who = listed.get("who", [like["whose"]] if like["whose"] else [])
    return {"who": who, "json": not isinstance(like["body"], str), "wrong": wrong}


def verdict(question: Mapping[str, Any], answers: Answers, names: Mapping[str, str]) -> tuple[int, str]:
    """The exit code and the sentence: 1 while the fault is there, 0 when it is gone, 2 where that is not known."""
    at, wanted = question["at"], question["wanted"]
    now = [answers[step]["status"] for step in question["about"]]
    steps = " and ".join(str(step) for step in at)
    still = f"Still there: expected {question['expected']}, got "
    closed = refused_token(question, answers) or _unlike(
        question,
        answers,
        lambda step, status: (
            status in CLOSED
            and not (step in at and (wanted or (step in question["bare"] and status in REFUSED)))
        ),
    )
    if closed:
        return 2, f"Not asked: {closed}"
    if wanted:
        wrong = [status for status in now if status not in wanted]
        if wrong:
            return 1, f"{still}{told(wrong[0])} (step {steps})."
    elif alike(compared(question, answers, names), question["like"]):
        got = told(now[0]) if question["where"] == STATUS else f"what the run got: {question['got']}"
        return 1, f"{still}{got} (step {steps})."
    if conflict := gone(question, answers):
        return 0, conflict
    refused = _unlike(
        question,
        answers,
        lambda step, status: step in question["writes"] and step not in at and status >= 300,
    )
    refused = refused or _wrong_otherwise(question, answers, names)
    refused = refused or _cannot_overlap(question["at_once"])
    if refused:
        return 2, f"Not asked: {refused}"
    return (
        0,
        f"Gone: expected {question['expected']}, and step {steps} is not answered as in the run any more: {told(now[-1])}.",
    )


def gone(question: Mapping[str, Any], answers: Answers) -> str:
    """Which write, taken in the run, is refused now as it should have been; empty where none is. No more answers need be there."""
    for step in question["conflicts"]:
        status = answers[step]["status"] if step in answers else 0
        if status in CONFLICTS and question["statuses"][step - 1] < 300:
            return f"Gone: expected {question['expected']}, and step {step} is refused now: {told(status)}."
    return ""


def _cannot_overlap(at_once: list[int]) -> str:
    """Why a right answer shows nothing where the wrong one came while writes overlapped."""
    steps = " and ".join(map(str, at_once))
    return (
        f"in the run the steps {steps} overlapped, and a script sends one after the other." if steps else ""
    )


def refused_token(question: Mapping[str, Any], answers: Answers) -> str:
    """Which step was not let in with the token, though it was in the run; empty where all were."""
    for step in sorted({*answers}.difference(question["bare"])):
        if answers[step]["status"] == 401 != question["statuses"][step - 1]:
            return f"The token was refused: {told(401)} (step {step})."
    return ""


def _wrong_otherwise(question: Mapping[str, Any], answers: Answers, names: Mapping[str, str]) -> str:
    """Why an answer that is another one than in the run is not right either, as far as a script can tell."""
    at, where = question["at"], question["where"]
    may_refuse = where == STATUS or re.search(r"\b4\d\d\b|refus", question["expected"])

    def fails(least: int) -> str:
        return _unlike(
            question,
            answers,
            lambda step, status: step in at and status >= least and status not in question["wanted"],
        )

    failed = fails(500) or ("" if may_refuse else fails(300))
    if failed or may_refuse:
        return failed
    now = shape(question, answers, names)
    for place, step in enumerate(at):
        before, after = question["shape"][place], now[place]
        wrong = [NEVER_RIGHT[each] for each in after["wrong"] if each not in before["wrong"]]
        if where.startswith("$") and before["json"] and not after["json"]:
            wrong.append("is no JSON")
        if not ABOUT_WHO.match(where) and not {*before["who"]} <= {*after["who"]}:
            wrong.append("does not show whom it showed in the run")
        if wrong:
            return f"step {step} is wrong in another way than in the run: it {wrong[0]}."
    return ""


def _unlike(question: Mapping[str, Any], answers: Answers, counts: Callable[[int, int], bool]) -> str:
    """The first step whose answer keeps the question from being asked, though it did not in the run."""
    for step, before in enumerate(question["statuses"], 1):
        now = answers[step]["status"]
        if now != before and counts(step, now) and not counts(step, before):
            return f"step {step} got {told(now)}, and {told(before)} in the run."
    return ""


PHRASES = {each.value: each.phrase for each in HTTPStatus}


def told(status: int) -> str:
    """A status in words of our own."""
    return f"{status} {PHRASES.get(status, '')}".strip() if status else "no answer"
