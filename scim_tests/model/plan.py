"""Plans: what somebody works through by hand in Okta's console, case by case, and the steps that play it here.

Okta's own plan is `fixtures/okta/qa-plan.toml`; a profile may bring a vendor's guide in the same form.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Case:
    """One thing to do and look at. It is played by `steps` or is about a `limit`, or `unseen` says why neither.

    `steps` are patterns of step names (`push_user.*`); where `scenes` names any (`push_user:enterprise`),
    only these count.
    """

    title: str
    section: str
    id: str = ""
    text: str = ""
    steps: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    needs: str = ""  # of the steps, the one without which nothing is seen of it
    limit: str = ""  # a capability the profile lacks, asked for with --probe-unsupported
    unseen: str = ""
    remark: bool = False  # what the scene learnt is told, too

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts whose steps play it, each once; empty where none do."""
        return tuple(dict.fromkeys(step.partition(".")[0] for step in self.steps))


@dataclass(frozen=True)
class Plan:
    """`source` is a key of `fixtures/okta/sources.toml`; `notes` are sentences for the admin."""

    title: str
    lead: str
    source: str
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


def plan_of(table: Mapping[str, Any]) -> Plan:
    """A plan from its TOML table, whose `section`s hold the cases.

    KeyError or TypeError where a key is missing or unknown.
    """
    return Plan(
        table["title"], table["lead"], table["source"], tuple(_cases(table)), tuple(table.get("notes", ()))
    )


def _cases(table: Mapping[str, Any]) -> Iterator[Case]:
    for section in table["section"]:
        for case in section["cases"]:
            listed: dict[str, Any] = {
                key: tuple(said) if isinstance(said, list) else said for key, said in case.items()
            }
            yield Case(section=section["name"], **listed)
