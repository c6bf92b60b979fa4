"""The statements of the RFCs and drafts that bind a server and can be seen from outside, and why some are not judged.

`fixtures/spec/requirements.csv` holds every statement, `fixtures/spec/not-judged.toml` the reasons.
"""

import csv
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import StringIO

from scim_tests.knowledge.reference import Reference, fixtures, references
from scim_tests.model.check import Check

DOCUMENTS = {
    "RFC7643": "RFC 7643, Core Schema",
    "RFC7644": "RFC 7644, Protocol",
    "RFC6750": "RFC 6750, Bearer Tokens",
    "RFC9865": "RFC 9865, Cursor-Based Pagination",
    "INTEROP": "SCIM 2.0 Interoperability Profile (draft)",
    "IPSIE": "IPSIE SCIM Profile (draft)",
}
AT_MOST_ADVICE = (
    "[derived ",
    "deserves a warning",
)  # in `how`: it is not said in so many words, or asked for mildly


@dataclass(frozen=True)
class Requirement:
    """One statement: `document` and `section` say where it stands, `level` is RFC 2119's word, `how` what shows that it is broken."""

    id: str
    document: str
    section: str
    level: str
    statement: str
    how: str
    is_of_servers: bool
    is_seen_from_outside: bool

    @property
    def binds(self) -> bool:
        """Whether it binds a server, and requests can show whether it is kept."""
        return self.is_of_servers and self.is_seen_from_outside

    @property
    def is_optional(self) -> bool:
        """Whether it only allows something, so that no answer can break it."""
        return self.level == "MAY"

    @property
    def can_fail(self) -> bool:
        """Whether a server that breaks it fails; it may bring advice all the same. Drafts bind nobody who does not claim them."""
        is_mild = any(each in self.how for each in AT_MOST_ADVICE)
        return self.level.startswith("MUST") and self.document.startswith("RFC") and not is_mild

    @property
    def source(self) -> Reference:
        """The same as checks refer to it: with its address."""
        return references()[self.id]


@cache
def requirements() -> dict[str, Requirement]:
    """Every statement of `requirements.csv` by its id, in its order; read once."""
    text = (fixtures() / "spec" / "requirements.csv").read_text(encoding="utf-8")
    return {row["id"]: _requirement(row) for row in csv.DictReader(StringIO(text))}


def binding() -> dict[str, Requirement]:
    """Those that bind a server and can be seen from outside: what a check judges, or there is a reason why none does."""
    return {name: each for name, each in requirements().items() if each.binds}


def judging(requirement: Requirement, checks: Iterable[Check]) -> list[Check]:
    """The checks that name it, in their order."""
    return [each for each in checks if requirement.id in each.references]


@cache
def not_judged() -> dict[str, str]:
    """Why no check names a requirement, by its id, from `not-judged.toml`; read once."""
    text = (fixtures() / "spec" / "not-judged.toml").read_text(encoding="utf-8")
    return {row: each["why"] for each in tomllib.loads(text)["reason"] for row in each["rows"]}


def _requirement(row: dict[str, str]) -> Requirement:
    return Requirement(
        row["id"],
        row["source"],
        row["section"],
        row["level"],
        row["statement"],
        row["how_or_why_not"],
        row["actor"] in {"server", "both"},
        row["testable"] == "black-box",
    )
