"""One thing known of what becomes of a failed step in Okta; `knowledge/okta_effect.py` chooses it."""

from dataclasses import dataclass

ABOUT = ("when", "message", "event", "task", "retry", "do")


@dataclass(frozen=True)
class Fact:
    """One thing known of a failed step. `about` is one of `ABOUT`, `known` how it is known, `sources` from where."""

    about: str
    text: str
    known: str  # documented, captured or inferred
    sources: list[str]  # keys of fixtures/okta/sources.toml
