"""What may be behind a failed request, and which of it an answer speaks for: `fixtures/okta/causes.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from http import HTTPStatus
from typing import Any

from scim_tests.knowledge.okta_effect import Kind, kinds
from scim_tests.knowledge.reference import fixtures

READS = {"probe", "lookup", "read", "group_lookup", "group_read", "import", "import_groups", "entitlements"}
PUSHES = {"group_create", "group_update"}  # of a group
# The job that failed, with the names of apps, people and groups: they tell nothing.
FRAME = re.compile(
    r"^.*\b(?:Automatic|Unable to|Could not|Error (?:while|executing))\b[^:]*:(?= )", re.DOTALL
)
PIECE = re.compile(r"\{([a-z]+)\}")  # of a pattern
OF_THE_REQUEST = "request"  # in `checks`: those of the kind of request


@dataclass(frozen=True)
class Cause:
    """What may have happened, on the wire or in Okta, and the ids of the checks that tell it from other causes."""

    name: str
    why: str
    checks: list[str]
    sources: list[str] = field(default_factory=list)  # where they are not the message's


@dataclass(frozen=True)
class Said:
    """What a text tells of one failure: Okta's words, the target's, and the status where it is named."""

    okta: str
    target: str
    status: int | None

    @property
    def words(self) -> str:
        """Both, with the job that failed off."""
        return f"{FRAME.sub('', self.okta)} {self.target}"


@dataclass(frozen=True)
class Sign:
    """By which words and statuses an answer speaks for a cause."""

    cause: Cause
    words: re.Pattern[str] | None
    frame: re.Pattern[str] | None
    certain: frozenset[int]
    statuses: frozenset[int]
    reads: bool  # whether it can be so of a request that only reads

    def spoken(self, said: Said) -> str:
        """The words, the status or the job by which an answer speaks for it clearly; empty where none does."""
        if said.status in self.certain:
            return _status(said.status)
        if self.words and (found := self.words.search(said.words)):
            return f"“{found[0]}”"
        return "the job that failed" if self.frame and self.frame.search(said.okta) else ""

    def fits(self, status: int | None) -> bool:
        """Whether it can be so of an answer of that status."""
        allowed = self.certain | self.statuses
        return status is None or not allowed or status in allowed


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads((fixtures() / "okta" / "causes.toml").read_text(encoding="utf-8"))


@cache
def signs() -> list[Sign]:
    """Every cause that an answer can speak for, the sharpest first."""
    return [_sign(name, table) for name, table in _told().items() if name not in {"pieces", "about", "asked"}]


@cache
def _kinds(table: str) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(words, re.IGNORECASE) for name, words in _told()[table].items()}


def _kind(table: str, text: str) -> Kind | None:
    return next((kinds()[name] for name, words in _kinds(table).items() if words.search(text)), None)


def about(text: str) -> Kind | None:
    """The kind of request that a text with no words of Okta's is about, as far as it says; None where about none."""
    return _kind("about", text)


def asked(kind: Kind, target: str) -> Kind:
    """Which of the requests of such a job failed, as far as the target's words say."""
    return (_kind("asked", target) if kind.name in PUSHES else None) or kind


def sign(name: str) -> Sign | None:
    """What speaks for a cause of that name; None where nothing in an answer does."""
    return next((each for each in signs() if each.cause.name == name), None)


def _sign(name: str, table: Mapping[str, Any]) -> Sign:
    return Sign(
        Cause(name, table["why"], table["checks"]) if "why" in table else Cause(name, "", []),
        _pattern("|".join(table.get("words", ()))),
        _pattern(table.get("frame", "")),
        frozenset(table.get("certain", ())),
        frozenset(table.get("statuses", ())),
        table.get("reads", True),
    )


def _pattern(text: str) -> re.Pattern[str] | None:
    pieces = _told()["pieces"]
    return re.compile(PIECE.sub(lambda piece: pieces[piece[1]], text), re.IGNORECASE) if text else None


def spoken_for(said: Said, kind: Kind | None) -> tuple[str, str]:
    """The cause that an answer to such a request speaks for, and by which words or status; empty where for none."""
    able = [each for each in signs() if each.reads or kind is None or kind.name not in READS]
    for each in able:
        if words := each.spoken(said):
            return each.cause.name, words
    name = next((each.cause.name for each in able if each.words and said.status in each.statuses), "")
    return (name, _status(said.status)) if said.status and name else ("", "")


def _status(status: int | None) -> str:
    return f"the status {status} {HTTPStatus(status).phrase}" if status else ""


def ordered(first: str, own: Sequence[Cause], said: Said, kind: Kind | None) -> list[Cause]:
    """A message's own causes with the one that the answer speaks for in front, less those that its status rules out.

    There is always one: that the target refused.
    """
    chosen = [each for each in own if each.name == first]
    spoken = sign(first)
    if spoken and not chosen:
        chosen = [of_the(kind, spoken.cause)]
    rest = [each for each in own if each.name != first and _stays(each, said.status)]
    return chosen + rest or [of_the(kind, each.cause) for each in signs() if each.cause.name == "refused"]


def _stays(cause: Cause, status: int | None) -> bool:
    spoken = sign(cause.name)
    return spoken is None or spoken.fits(status)


def of_the(kind: Kind | None, cause: Cause) -> Cause:
    """The cause with the checks of that kind of request in their place."""
    return replace(cause, checks=list(dict.fromkeys(_checks(kind, cause))))


def _checks(kind: Kind | None, cause: Cause) -> Iterator[str]:
    for each in cause.checks:
        yield from (kind.checks if kind else ()) if each == OF_THE_REQUEST else (each,)
