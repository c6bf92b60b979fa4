"""What a script asks when its answers are there: whether they are still as the run found them."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from scim_tests.model.record import ExchangeRecord
from scim_tests.model.scim import Json
from scim_tests.wire.likeness import STATUS, compared
from scim_tests.wire.reproduction import Plot

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
MOST_SAID = 200  # characters of what was got, in a sentence


@dataclass(frozen=True)
class Question:
    """By number of a step, from 1: `at` are those the finding is about, `about` those whose status is compared.

    With `wanted` statuses the fault is gone where one of them comes; else where the likeness is another at `where`.
    """

    at: list[int]
    about: list[int]
    wanted: list[int]
    where: str
    like: Json
    statuses: list[int]  # of every step, in the run
    expected: str
    got: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def question(plot: Plot) -> Question:
    finding = plot.finding
    steps = [
        (number, line.exchange)
        for number, line in enumerate(plot.lines, 1)
        if line.exchange.number in finding.at
    ]
    about = [number for number, each in steps if each.phrase and each.phrase == finding.got]
    wanted = [int(status) for status in re.findall(r"\b[1-5]\d\d\b", finding.expected)]
    is_status = bool(about) and not finding.where
    where = STATUS if is_status else finding.where
    return Question(
        at=[number for number, _ in steps],
        about=about if is_status else [number for number, _ in steps],
        wanted=wanted if is_status and finding.expected[:1].isdigit() else [],
        where=where,
        like=compared([_answer(each) for _, each in steps], plot.names, where),
        statuses=[line.exchange.status for line in plot.lines],
        expected=said(finding.expected),
        got=said(finding.got),
    )


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
