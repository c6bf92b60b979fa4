"""Judges: applies checks to places, and turns what they say into verdicts."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache, partial
from typing import Any

from scim_tests.knowledge.effect import GRAVEST_FIRST, Effect
from scim_tests.model.check import Check, Demand, Finding, Severity, Strength
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict


@dataclass(frozen=True)
class Judgement:
    """A check applied in one place. `blame` names the step that gave nothing to judge."""

    verdict: Verdict
    exchanges: tuple[Exchange, ...]  # the place; for a whole scene or play, all of its exchanges
    finding: Finding | None = None
    why: str = ""
    blame: str = ""
    effect: Effect | None = None  # in Okta, of a red one, once the play is over

    @property
    def severity(self) -> Severity:
        """How grave it is; cosmetic as long as that is not known, or where it is not red."""
        return self.effect.severity if self.effect else Severity.COSMETIC

    @property
    def rank(self) -> tuple[int, bool]:
        """For sorting: the gravest first, and of equals what Okta itself meets."""
        return GRAVEST_FIRST.index(self.severity), self.effect is None or self.effect.is_of_others

    @property
    def at(self) -> tuple[Exchange, ...]:
        """The exchanges a reader should look at: those the finding is about, else the whole place."""
        return self.finding.at if self.finding and self.finding.at else self.exchanges


class Judge:
    """Hears exchanges as they come, and the whole play at its end."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self.checks = tuple(checks)
        self.judgements: dict[str, list[Judgement]] = defaultdict(list)
        self.condition_not_met: set[str] = set()  # checks that met their step, but not their `when`

    def hear(self, exchange: Exchange) -> dict[str, Judgement]:
        """Judge one exchange; gives what each check, by its id, says of it.

        Never raises: a check that breaks is `broken`.
        """
        heard = judged(exchange, self.checks)
        self.recall(exchange, heard)
        return heard

    def recall(self, exchange: Exchange, judgements: Mapping[str, Judgement]) -> None:
        """Take down what was said of an exchange; a check of its step that said nothing passed it over."""
        for check in _on(exchange.step, self.checks):
            if check.id in judgements:
                self.judgements[check.id].append(judgements[check.id])
            else:
                self.condition_not_met.add(check.id)

    def conclude(self, transcript: Transcript) -> None:
        """Judge the scenes and the play as a whole, once, when every exchange has been heard."""
        for name in dict.fromkeys(exchange.scene for exchange in transcript):
            for check_id, judgement in self.scene(name, transcript.scene(name)).items():
                self.judgements[check_id].append(judgement)
        for check in self.checks:
            if check.judges_the_play:
                self.judgements[check.id].append(_judge_together(check, transcript))

    def scene(self, name: str, transcript: Transcript) -> dict[str, Judgement]:
        """What the checks of whole scenes, by their ids, say of this one; `conclude` takes it down."""
        return judged_scene(name, transcript, self.checks)


def judged(exchange: Exchange, checks: tuple[Check, ...]) -> dict[str, Judgement]:
    """What each of these checks that has to do with an exchange, by its id, says of it; nothing of it stays."""
    holds = cache(partial(_holds, exchange))  # many checks share a condition
    passed = Judgement(Verdict.PASS, (exchange,))  # and nearly all say this
    return {
        check.id: _throttled(check, exchange) or judgement(check, exchange, passed)
        for check in _on(exchange.step, checks)
        if check.when is None or holds(check.when)
    }


def judged_scene(name: str, transcript: Transcript, checks: tuple[Check, ...]) -> dict[str, Judgement]:
    """The same of a whole scene."""
    return {
        check.id: _judge_together(check, transcript)
        for check in checks
        if not (check.judges_exchanges or check.judges_the_play) and check.is_about(name.partition(":")[0])
    }


@lru_cache(maxsize=4096)
def _on(step: str, checks: tuple[Check, ...]) -> Sequence[Check]:
    patterns = {place for each in checks for place in each.on if "*" in place}
    here = {step, *(each for each in patterns if fnmatchcase(step, each))}
    return [each for each in checks if each.judges_exchanges and not here.isdisjoint(each.on)]


def _holds(exchange: Exchange, when: Callable[[Exchange], bool]) -> bool:
    try:
        return when(exchange)
    except NotObserved:
        return False


def _throttled(check: Check, exchange: Exchange) -> Judgement | None:
    """A 429 says nothing of what was asked, so that only rules for every answer judge it.

    Nor does a 428 (RFC 6585 3), which Okta cannot do with: it never says which version it knows.
    """
    answer = exchange.heard.answer
    if answer is None or answer.status not in {429, 428} or check.judges_every_answer:
        return None
    if answer.status == 428 and check.demanded_by is not Demand.RFC:
        return None
    return Judgement(Verdict.BLOCKED, (exchange,), why=f"answered {answer.phrase}", blame=exchange.step)


def _judge_together(check: Check, transcript: Transcript) -> Judgement:
    return judgement(check, transcript, Judgement(Verdict.PASS, transcript.exchanges))


def judgement(check: Check, place: Any, passed: Judgement) -> Judgement:
    """What a check says of a place; `passed` is what it says where all is well. Never raises."""
    exchanges = passed.exchanges
    try:
        finding = check.judge(place)
    except NotObserved as unseen:
        verdict = Verdict.BLOCKED if unseen.step else Verdict.NOT_ASKED
        return Judgement(verdict, exchanges, why=unseen.why, blame=unseen.step)
    except Exception as error:  # noqa: BLE001 -- whatever a check of ours does wrong is ours, not the target's
        broken = Finding("a judgement", f"our check failed: {type(error).__name__}: {error}")
        return Judgement(Verdict.BROKEN, exchanges, broken)
    if finding is None:
        return passed
    mild = finding.mild or check.strength is Strength.SHOULD
    return Judgement(Verdict.ADVICE if mild else Verdict.FAIL, exchanges, finding)
