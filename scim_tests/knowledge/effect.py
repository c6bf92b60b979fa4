"""What a failure comes to in Okta: how grave it is and what follows, by what was asked and what was answered.

A check says what follows from its failures. Where Okta never sends the request, or where the answer was
another than that text is about (a refusal is no second account), something else follows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scim_tests.knowledge.consequences import OKTA_INDIFFERENT, OTHERS_MISLED
from scim_tests.knowledge.okta_effect import (
    detail_of,
    fails_at,
    kind_of,
    sends,
)
from scim_tests.model.check import Beside, Check, Consequence, Finding, Severity
from scim_tests.model.exchange import Exchange

GRAVEST_FIRST = list(Severity)


@dataclass(frozen=True)
class Effect:
    """How grave a failure is where it was seen, and what follows from it."""

    severity: Severity
    consequence: Consequence

    @property
    def is_of_others(self) -> bool:
        """Whether Okta itself meets nothing of it."""
        return self.consequence == OTHERS_MISLED


def effect(
    check: Check, finding: Finding | None, at: Sequence[Exchange], capabilities: frozenset[str]
) -> Effect:
    """The effect of a finding at these exchanges, in an app of these capabilities.

    What the finding itself says comes before what its check says. The last exchange that Okta sends, too, decides.
    """
    own = finding.severity if finding else None
    declared = Effect(own or check.severity, (finding and finding.consequence) or check.consequence)
    if not at:
        return declared
    sent = [each for each in at if sends(each.step, capabilities)]
    decisive = (sent or at)[-1]
    fits = _fits(declared.consequence.beside, decisive)
    if not sent:
        follows = declared.consequence if declared.consequence.beside is Beside.ANY else OTHERS_MISLED
        return Effect(_never_stops(declared.severity) if fits else _milder(declared.severity), follows)
    if fits:
        return Effect(_at_most(declared.severity, sent), declared.consequence)
    return _instead(declared, decisive, own)


def _fits(beside: Beside, exchange: Exchange) -> bool:
    """Whether such a consequence can follow from this answer."""
    fails = fails_at(exchange)
    match beside:
        case Beside.ANY | Beside.SENT:
            return True
        case Beside.TAKEN:
            return not fails
        case Beside.REFUSED:
            return fails
        case Beside.BARE:
            return fails and not detail_of(exchange)


def _at_most(severity: Severity, sent: Sequence[Exchange]) -> Severity:
    """No request stops more than Okta loses where it fails."""
    lost = [kind.fails.severity for kind in map(kind_of, {each.step for each in sent}) if kind and kind.fails]
    return gravest(lost) if severity is Severity.STOPS_PROVISIONING and lost else severity


def _never_stops(severity: Severity) -> Severity:
    return Severity.DEGRADED if severity is Severity.STOPS_PROVISIONING else severity


def _milder(severity: Severity) -> Severity:
    """What is left of a severity where what makes it grave did not happen."""
    mild = severity in {Severity.DEGRADED, Severity.COSMETIC}
    return Severity.COSMETIC if mild else Severity.DEGRADED


def _instead(declared: Effect, exchange: Exchange, own: Severity | None) -> Effect:
    """What follows from the answer itself: Okta fails at it as at any such request, or goes on."""
    kind = kind_of(exchange.step)
    if declared.consequence.beside is Beside.TAKEN and kind and kind.fails:
        return Effect(own or kind.fails.severity, Consequence(kind.fails.text, kind.fails.known))
    return Effect(_milder(declared.severity), OKTA_INDIFFERENT)


def gravest(severities: Sequence[Severity]) -> Severity:
    """The worst of them; cosmetic where there is none."""
    return min(severities, key=GRAVEST_FIRST.index, default=Severity.COSMETIC)
