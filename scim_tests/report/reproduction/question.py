"""What a script asks when its answers are there: whether they are still as the run found them."""

import json
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from scim_tests.model.record import ExchangeRecord
from scim_tests.model.scim import Json, get, strings
from scim_tests.report.reproduction.asked import json_of
from scim_tests.report.reproduction.reproduction import WRITES, Reproduction
from scim_tests.report.reproduction.scripted.places import STATUS
from scim_tests.report.reproduction.scripted.verdicts import compared, shape
from scim_tests.wire.parts import TOKEN_VARIABLE

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
DATED = re.compile(r'^(?:W/)?"|^\d{4}-\d\d-\d\dT')  # a version or a date
TOLD = timedelta(milliseconds=1)  # how exactly a record tells when a request left
MOST_SAID = 200  # characters of what was got, in a sentence


@dataclass(frozen=True)
class Question:
    """By number of a step, from 1: `at` are those the finding is about, `about` those whose status is compared.

    With `wanted` statuses the fault is gone where one of them comes; else where the likeness is another at `where`.
    Of a conversation that was `explored`, `conflicts` are the writes at which anything was found: a target that refuses
    one now as a conflict does not do any more what the run found. Their `totals` are compared beside the first list
    that the finding names: others than the script makes may be on a target, now or then.
    """

    at: list[int]
    about: list[int]
    wanted: list[int]
    where: str
    statuses: list[int]  # of every step, in the run
    writes: list[int]  # steps that change what a step before has made
    bare: list[int]  # steps that are sent without the token
    at_once: list[int]  # writes that overlapped another one in the run, and cannot in a script
    people: list[str]  # whom lists are looked at for, as they are called
    sent: list[str]  # texts that the steps write first, and answers may show
    explored: bool
    conflicts: list[int]
    totals: list[int]  # of a finding of totals: how many more than at its first list there are at each
    ordered: bool  # whether the run kept who is on a list, and in which order
    expected: str
    got: str


def question(reproduction: Reproduction) -> dict[str, Any]:
    """With what the answers were like in the run."""
    asked, answers = asdict(_question(reproduction)), _answers(reproduction)
    found = [told(asked, answers, reproduction.names) for told in (compared, shape)]
    return {**asked, "like": found[0], "shape": found[1]}


def _question(reproduction: Reproduction) -> Question:
    finding = reproduction.finding
    numbered = list(enumerate(reproduction.lines, 1))
    at = [number for number, line in numbered if line.exchange.number in finding.at]
    about = [number for number in at if reproduction.lines[number - 1].exchange.phrase == finding.got]
    is_status = bool(about) and not finding.where
    wanted = [int(status) for status in re.findall(r"\b[1-5]\d\d\b", finding.expected)]
    return Question(
        at=at,
        about=about if is_status else at,
        wanted=wanted if is_status and finding.expected[:1].isdigit() else [],
        where=STATUS if is_status else finding.where,
        statuses=[line.exchange.status for line in reproduction.lines],
        writes=[number for number, line in numbered if line.call.method in WRITES],
        bare=[
            number
            for number, line in numbered
            if not any(TOKEN_VARIABLE in value for _, value in line.call.headers)
        ],
        at_once=_at_once(reproduction),
        people=sorted(_people(reproduction, at)),
        sent=sorted(_sent(reproduction)),
        explored=bool(reproduction.found),
        conflicts=[
            number
            for number, line in numbered
            if line.call.method != "GET" and line.exchange.number in reproduction.found
        ],
        totals=_totals(reproduction, at),
        ordered=not any(line.exchange.elided for line in reproduction.lines),
        expected=said(finding.expected),
        got=said(finding.got),
    )


def _totals(reproduction: Reproduction, at: Sequence[int]) -> list[int]:
    """What the total of each list has to be beyond that of the first, by the creates and deletions in between.

    Empty where the finding is no such thing: it is of one list, of parts of it, or each total is as it has to be.
    """
    lists = [reproduction.lines[number - 1].exchange for number in at]
    endpoints = {each.path.partition("?")[0] for each in lists}
    totals = [get(json_of(each.response.body), "totalResults") for each in lists]
    is_of_totals = bool(reproduction.found) and reproduction.finding.where == "$.totalResults"
    if not is_of_totals or len(endpoints) != 1 or any("filter=" in each.path for each in lists):
        return []
    (endpoint,) = endpoints
    moved = [_moved(reproduction, endpoint, at[0], number) for number in at]
    due = [None if type(totals[0]) is not int else totals[0] + each for each in moved]
    return moved if totals != due else []


def _moved(reproduction: Reproduction, endpoint: str, first: int, last: int) -> int:
    """How many more there are after the writes between these steps."""
    between = [each.exchange for each in reproduction.lines[first : last - 1]]
    done = [each for each in between if each.status < 300 and each.path.startswith(endpoint)]
    return sum((each.method == "POST") - (each.method == "DELETE") for each in done)


def _at_once(reproduction: Reproduction) -> list[int]:
    """The writes of one scene that were each sent before another one was answered."""
    spans = [
        (number, line.exchange.scene, begun, begun + timedelta(seconds=line.exchange.seconds))
        for number, line in enumerate(reproduction.lines, 1)
        if line.call.method != "GET" and (begun := datetime.fromisoformat(line.exchange.started))
    ]
    return [
        number
        for number, scene, begun, ended in spans
        if any(
            number != other and scene == theirs and begun + TOLD < their_end and their_begin + TOLD < ended
            for other, theirs, their_begin, their_end in spans
        )
    ]


def _people(reproduction: Reproduction, at: Collection[int]) -> Iterator[str]:
    """Whom the finding is about: made by a step it names, in the path of one, or missed by their id."""
    lines = [reproduction.lines[number - 1] for number in at]
    ids = {identity: called for identity, called in reproduction.names.items() if len(identity) > 3}
    missed = {called for identity, called in ids.items() if identity in reproduction.finding.expected}
    if any(identity in reproduction.finding.got for identity in ids):
        missed = set()  # it is about an order
    for each in reproduction.made:
        called = f"({each.variable.name})"
        if called in missed or any(each.variable in (line.learns, *line.call.url) for line in lines):
            yield from (called, f"named {each.called}")


def _sent(reproduction: Reproduction) -> set[str]:
    """Texts in a body that no answer had shown before."""
    shown: set[str] = set()
    sent: set[str] = set()
    for line in reproduction.lines:
        sent |= {text for text in _texts(line.exchange.request.body) if DATED.search(text)} - shown
        shown |= {*_texts(line.exchange.response.body)}
    return sent


def _texts(body: str) -> Iterator[str]:
    try:
        yield from strings(json.loads(body))
    except (ValueError, RecursionError):
        return


def _answers(reproduction: Reproduction) -> dict[int, dict[str, Json]]:
    return {number: _answer(line.exchange) for number, line in enumerate(reproduction.lines, 1)}


def said(text: str) -> str:
    """A text of a finding as it may stand in a sentence."""
    plain = " ".join(CONTROL.sub(" ", text).split())
    return plain if len(plain) <= MOST_SAID else plain[: MOST_SAID - 1] + "…"


def _answer(each: ExchangeRecord) -> dict[str, Json]:
    return {
        "path": each.path,
        "status": each.status,
        "headers": each.response.headers,
        "body": each.response.body,
        "elided": each.elided,
    }
