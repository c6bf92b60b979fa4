"""Judges answers of a load as they come, through the checks of a run, and keeps counts and a few examples.

A run judges what it hears alone. While a load writes, lists move (RFC 7644 3.4.2.4), and how long an answer takes
says as much of the load as of the target: what checks say of that is advice here, or nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judgement, judged, judged_scene
from scim_tests.engine.results import RED, Result, weighed
from scim_tests.model.check import Check
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.profile import Profile
from scim_tests.model.tally import EXAMPLES, CheckTally, Found, Sample, Tally
from scim_tests.model.transcript import Transcript
from scim_tests.model.verdict import Verdict
from scim_tests.record.build import aftermath_of, consequence_of, consequence_record, finding_record
from scim_tests.record.masking.mask import Mask

KEPT = 2000  # characters of a request or an answer
CUT = "…"
CUT_FROM = "came before"  # a load plays acts in part, so that what they do first is not always there: no fault of a target
NOT_HERE = frozenset({"every_answer.is-quick-enough", "import_groups.list-is-quick"})
# What can be true of an honest list that somebody writes to between its total and its resources.
MOVING = frozenset({
    "every_list.has-resources-as-an-array",
    "every_list.shows-somebody-where-somebody-is",
    "every_list.totals-at-least-what-it-shows",
    "every_list.shows-nobody-twice",
    "every_lookup.misses-a-new-person",
    "every_lookup.totals-one-for-one-hit",
})  # fmt: skip


class Judging:
    """Counts into `tally.checks` and `tally.judged`. `now` gives the seconds since the load began.

    Without a mask, people whom nobody here made are shown as they are.
    """

    def __init__(self, tally: Tally, profile: Profile, mask: Mask | None, now: Callable[[], float]) -> None:
        self._tally = tally
        self._capabilities = profile.capabilities
        self._mask = mask
        self._now = now
        self._checks = tuple(each for each in catalogue() if each.id not in NOT_HERE)
        self._by_id = {each.id: each for each in self._checks}
        self.hidden("all words are known")  # which takes a second, so it is done before the load begins

    def heard(self, exchange: Exchange, *, whole: bool) -> None:
        """Judge one exchange: `whole` says that all earlier ones of its scene stand in `before`.

        Of others only what is not 2xx is judged, and what cannot be judged without the earlier ones is not counted.
        """
        if not whole and exchange.is_success:
            return
        self._tally.judged += 1
        self._count(judged(exchange, self._checks), whole=whole)

    def scene_over(self, exchanges: Sequence[Exchange]) -> None:
        """Judge a scene of which every exchange was kept."""
        if exchanges:
            place = Transcript(tuple(exchanges))
            self._count(judged_scene(exchanges[0].scene, place, self._checks), whole=True)

    def _count(self, judgements: Mapping[str, Judgement], *, whole: bool) -> None:
        for name, judgement in judgements.items():
            says_nothing = not judgement.verdict.is_judged and judgement.verdict is not Verdict.BROKEN
            if says_nothing and (not whole or CUT_FROM in judgement.why):
                continue
            seen = _in_motion(judgement) if name in MOVING else judgement
            check = self._tally.checks.setdefault(name, CheckTally())
            check.verdicts[seen.verdict.value] = check.verdicts.get(seen.verdict.value, 0) + 1
            if seen.finding:
                self._keep(self._by_id[name], weighed(self._by_id[name], seen, self._capabilities), check)
            elif seen.why and not check.why:
                check.why = self.hidden(f"{seen.blame} {seen.why}".strip())

    def _keep(self, check: Check, judgement: Judgement, into: CheckTally) -> None:
        """As an example, where it is one of the first or the gravest."""
        told = finding_record(judgement)
        result = Result(check, judgement.verdict, (judgement,))
        severity = judgement.severity if judgement.verdict in RED else check.severity
        found = Found(
            told.verdict,
            told.expected,
            told.got,
            told.where,
            severity.value,
            consequence_record(consequence_of(result)),
        )
        if len(into.found) == EXAMPLES and found.rank >= into.found[-1].rank:
            return
        sample = (
            self._sample(judgement.at[-1]) if judgement.at else None
        )  # who is a stranger is known from now on
        found = replace(
            found,
            expected=self.hidden(found.expected),
            got=self.hidden(found.got),
            where=self.hidden(found.where),
            aftermath=[
                replace(each, text=self.hidden(each.text))
                for each in aftermath_of(result, {}, self._capabilities)
            ],
            sample=sample,
        )
        into.keep([found])

    def hidden(self, text: str) -> str:
        """A text that may quote an answer, as it may be kept."""
        return self._mask.surely(text) if self._mask else text

    def hide_words_of(self, tally: Tally) -> None:
        """The same of all that was counted elsewhere and may quote an answer; once more of what is hidden changes nothing."""
        tally.stopped, tally.final.why = self.hidden(tally.stopped), self.hidden(tally.final.why)
        tally.broken = list(map(self.hidden, tally.broken))
        for walk in tally.walks:
            walk.ended = self.hidden(walk.ended)
        for group in tally.groups:
            group.why = self.hidden(group.why)
        for task in tally.tasks.values():
            task.why = self.hidden(task.why)

    def _sample(self, exchange: Exchange) -> Sample:
        heard = exchange.heard
        if self._mask:
            for each in exchange.before:  # tells which words are ours
                self._mask.heard(each.heard)
            heard = self._mask.heard(heard)
            heard = replace(heard, answer=self._said(heard.answer), failure=self.hidden(heard.failure))
        return sample(exchange.step, heard, self._now())

    def _said(self, answer: Answer | None) -> Answer | None:
        """Structure tells who is who in what a success shows in JSON; nothing does in a refusal, or in a header."""
        if answer is None:
            return None
        body = answer.body
        if not (answer.is_success and _is_json(answer)):
            body = self.hidden(body[: 4 * KEPT].decode(errors="replace")).encode()
        headers = tuple((self.hidden(name), self.hidden(value)) for name, value in answer.headers)
        return replace(answer, headers=headers, body=body)


def _is_json(answer: Answer) -> bool:
    try:
        return isinstance(answer.parsed, dict | list)
    except ValueError:
        return False


def _in_motion(judgement: Judgement) -> Judgement:
    """What failed in a list that may move is advice."""
    return replace(judgement, verdict=Verdict.ADVICE) if judgement.verdict is Verdict.FAIL else judgement


def sample(step: str, heard: Heard, now: float) -> Sample:
    """An exchange that is just over as it is shown; where no answer came, why not."""
    request, answer = heard.request, heard.answer
    return Sample(
        step,
        request.method,
        _cut([request.path]),
        answer.status if answer else 0,
        _cut(_lines(request)),
        _cut([answer.phrase, *_lines(answer)]) if answer else _cut([heard.failure]),
        round(heard.seconds * 1000, 1),
        round(now - heard.seconds, 3),
    )


def _lines(message: Request | Answer) -> Iterable[str]:
    headers = [f"{name}: {value}" for name, value in message.headers]
    return [*headers, "", message.body[: 4 * KEPT].decode(errors="replace")]


def _cut(lines: Iterable[str]) -> str:
    text = "\n".join(lines).rstrip("\n")
    return text if len(text) <= KEPT else text[:KEPT] + CUT
