"""Test API Credentials alone: what Okta's button would say, what was sent and what came, and what to do next.

Every request is a GET, so nobody has to agree, and nothing of it is kept on disk. Who presses a button waits for it:
so a request gets less time than Okta gives it, and where that is why nothing came, the end is not known.
"""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from scim_tests import __version__
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.engine.results import Result, ending, results
from scim_tests.knowledge.causes import Cause, Said, ordered, sign, spoken_for
from scim_tests.knowledge.messages import causes_of
from scim_tests.knowledge.okta_effect import aftermath, detail_of, fails_in_okta, kinds, stumbling
from scim_tests.model.act import Scene
from scim_tests.model.exchange import Answer, Exchange
from scim_tests.model.fact import Fact
from scim_tests.model.profile import SPECIFICATION, Profile
from scim_tests.model.record import CheckRecord, ExchangeRecord, RunInfo, RunRecord
from scim_tests.model.verdict import Verdict
from scim_tests.options import RunOptions
from scim_tests.personas.okta.requests import credentials
from scim_tests.personas.okta.test_credentials import is_a_list, test_credentials
from scim_tests.record.build import record
from scim_tests.record.masking.mask import QUOTED, Mask
from scim_tests.record.masking.ours import of_a_run
from scim_tests.record.masking.record import masked
from scim_tests.report.record_index import RecordIndex
from scim_tests.report.text import as_sentence, one_line, shortened
from scim_tests.session.finish import GROUP_OF
from scim_tests.session.interruption import Interruption
from scim_tests.session.next_step import next_step
from scim_tests.session.run import notices
from scim_tests.session.target import Target, target
from scim_tests.wire.failures import TO_CONNECT
from scim_tests.wire.ledger import Ledger

SECONDS = 15.0  # that a request may take here
AT_MOST = 45.0  # seconds for all of them
PARALLEL = 4
PROBE, FORM = "test_credentials.probe", "test_credentials.form_"
OPENED = ("test_credentials.probe-answers-200", "test_credentials.probe-answers-with-a-list")
STRANGERS, HTTPS = "test_credentials.strangers-are-refused", "test_credentials.base-url-is-https"
WITHOUT_AN_ANSWER = frozenset({"unreachable", "tls", "silent"})
AT_A_LOOKUP = "; an Okta admin then reads"  # what a failure says of another request
OF_THIS_MACHINE = " It is on this machine, where Okta itself could not ask it."
KEY = "<key>"  # stands for the key where its header is shown
BODY_SHOWN = 300  # characters
TOO_SLOW = "Nothing came in the {:g} s that are waited for here; Okta waits 60 s, so what its button would say is not known."
UNSENT = "Nothing could be asked in time."
SENT = {
    "probe": "the key",
    "wrong_token": "a wrong key",
    "longer_token": "the key with one character more",
    "other_letters": "the key with small letters and capitals exchanged",
    "no_token": "no key",
    "no_token_filter": "no key, looking a user up",
    "no_token_groups": "no key, listing groups",
    "lower_case": "the key, with “bearer” in small letters",
    "unsigned_token": "a token that nobody signed",
}


@dataclass(frozen=True)
class Tried:
    """A form of the key: `header` as it was sent, and how that was answered; empty where it was not tried."""

    form: str
    header: str
    answer: str
    taken: bool


@dataclass(frozen=True)
class Call:
    """A request, with which key it was sent, and its answer in words; `body` is the beginning of what came."""

    sent: str
    method: str
    path: str
    status: int  # 0 where no answer came
    answer: str
    body: str
    milliseconds: int


@dataclass(frozen=True)
class Pressed:
    """What came of it. Nobody in it is real, and no word of it is the key.

    `succeeds` says whether Okta's button would succeed, None where that cannot be known; `okta` is what is known of
    what Okta does then, its words first. `strangers_refused` says whether a wrong key and none are refused, None
    where that was not seen, as where the key itself got no list. `further` are checks that fail where the button succeeds, the gravest first.
    """

    succeeds: bool | None
    sentence: str
    next_step: str
    causes: Sequence[str]
    okta: Sequence[Fact]
    forms: Sequence[Tried]
    strangers_refused: bool | None
    further: Sequence[CheckRecord]
    calls: Sequence[Call]

    @property
    def form(self) -> str:
        """The form in which the key was taken; empty where in none."""
        return next((each.form for each in self.forms if each.taken), "")


def press(options: RunOptions, profile: Profile) -> Pressed:
    """Press it. UsageError where no target or key is named, or the URL is none; TargetError where no token can be had."""
    only_reading = replace(
        profile, writes=False, capabilities=profile.capabilities - {SPECIFICATION}, leave_out=frozenset()
    )
    with target(options, only_reading) as found, TemporaryDirectory(prefix="scim-tests-") as nowhere:
        ledger = Ledger(Path(nowhere) / "ledger.jsonl")  # which writes down what is made, and nothing is
        return asyncio.run(_press(options, only_reading, found, ledger))


async def _press(options: RunOptions, profile: Profile, found: Target, ledger: Ledger) -> Pressed:
    timeout = min(SECONDS, profile.limits.timeout)
    scene = Scene(test_credentials, profile, needs=())
    judge, began = Judge(catalogue()), datetime.now(UTC)
    way = found.access.client(
        found.base_url, ledger, timeout, connections=PARALLEL, transport=found.transport
    )
    async with way as client:
        conductor = Conductor(client.send, judge, Silence(), parallel=PARALLEL)
        with Interruption(Silence()) as interruption:
            await interruption.may_take(AT_MOST, conductor.play([scene]))
    judge.conclude(conductor.transcript)
    judged = [each for each in results(judge, conductor.scene_runs) if each.judgements]
    name = secrets.token_hex(4)
    run = RunInfo(
        name, 0, began.isoformat(timespec="seconds"), 0.0, PARALLEL, strict=False, version=__version__
    )
    done = record(
        run=run,
        target=found.info,
        profile=profile,
        run_state=conductor,
        results=judged,
        ending=ending(conductor, judged, strict=False),
        stories=GROUP_OF,
        left_behind=[],
        notices=notices(options),
    )
    mask = Mask(of_a_run(name, [scene], [], ledger.made))
    is_masked = not (found.bundled or options.keep_personal_data)
    done = masked(done, mask) if is_masked else done
    listed = frozenset(each.step for each in conductor.transcript if is_a_list(each))
    reading = _Reading(
        done, judged, scene, timeout, mask if is_masked else None, _probe(conductor.transcript), listed
    )
    return reading.told()


@dataclass(frozen=True)
class _Reading:
    """What the answers come to: nothing is judged here but by the checks, and by what is known of Okta's button."""

    done: RunRecord
    judged: Sequence[Result]
    scene: Scene
    timeout: float
    mask: Mask | None
    probe: Exchange | None
    listed: frozenset[str]  # steps that were answered with a list

    @property
    def of_the_button(self) -> list[Result]:
        """The checks of what Okta's button sends."""
        return [each for each in self.judged if each.check.consequence.at == "probe"]

    @property
    def failed(self) -> Result | None:
        """The first of these that fails."""
        return next((each for each in self.of_the_button if each.verdict is Verdict.FAIL), None)

    @property
    def answer(self) -> Answer | None:
        """What came."""
        return self.probe.heard.answer if self.probe else None

    @property
    def is_too_slow(self) -> bool:
        """Whether nothing came in time; connecting may have taken a part of it."""
        heard = self.probe.heard if self.probe else None
        waited = bool(heard and heard.seconds >= self.timeout * (1 - TO_CONNECT))
        return bool(heard and not heard.answer and not heard.unreachable and waited)

    def told(self) -> Pressed:
        """All of it in words."""
        succeeds = self._succeeds()
        shown = {each.check.id for each in self.of_the_button}
        failing = RecordIndex(self.done).with_verdict(Verdict.FAIL)
        causes = _causes(self.probe, self.failed) if self.probe and not succeeds else []
        cause, heard = causes[0].name if causes else "silent", self.probe.heard if self.probe else None
        return Pressed(
            succeeds=succeeds,
            sentence=self._hidden(self._sentence(succeeds)),
            next_step="" if succeeds else self._hidden(next_step(cause, heard)),
            causes=[each.why for each in causes if self.answer],
            okta=[replace(each, text=self._hidden(each.text)) for each in self._in_okta(succeeds)],
            forms=self._forms(),
            strangers_refused=self._strangers_refused(),
            further=[each for each in failing if succeeds and each.id not in shown],
            calls=[self._call(each) for each in self.done.exchanges],
        )

    def _hidden(self, text: str) -> str:
        return self.mask.text(text) if self.mask else text

    def _succeeds(self) -> bool | None:
        if self.probe is None or self.is_too_slow:
            return None
        passes = all(each.verdict in {Verdict.PASS, Verdict.ADVICE} for each in self.of_the_button)
        return passes and bool(self.of_the_button) and not fails_in_okta(self.probe)

    def _strangers_refused(self) -> bool | None:
        """What the check says, once the key itself got a list: what refuses everybody, or shows nobody, tells nothing of strangers."""
        said = {each.check.id: each.verdict for each in self.judged}
        if any(said.get(each) is not Verdict.PASS for each in OPENED):
            return None
        return {Verdict.PASS: True, Verdict.FAIL: False}.get(said[STRANGERS]) if STRANGERS in said else None

    def _in_okta(self, succeeds: bool | None) -> list[Fact]:  # noqa: FBT001 -- it is one of three
        if succeeds is None or self.probe is None:
            return []
        if succeeds:
            well = kinds()["probe"].well
            return [well] if well else []
        if fails_in_okta(self.probe):
            return aftermath(self.probe, self.scene)
        said = (self.failed or self.of_the_button[-1]).check.consequence
        return stumbling(said.at, said.admin_sees, said.known.value, self.probe, self.scene)

    def _sentence(self, succeeds: bool | None) -> str:  # noqa: FBT001 -- it is one of three
        if self.probe is None:
            return UNSENT
        if succeeds is None:
            return TOO_SLOW.format(self.timeout)
        if self.answer is None:
            said, at_a_lookup, _ = self.probe.heard.failure.partition(AT_A_LOOKUP)
            return as_sentence(said) if at_a_lookup else said
        if succeeds:
            here = OF_THIS_MACHINE if self.probe.is_on_this_machine else ""
            header = next((each.header for each in self._forms() if each.taken), "")
            return f"The server took the key as “{header}” and answered with a list of users.{here}"
        return f"The server answered {self.answer.phrase}{self._why_not(self.probe, self.answer)}"

    def _why_not(self, probe: Exchange, answer: Answer) -> str:
        if not answer.is_success:
            words = shortened(one_line(detail_of(probe)), BODY_SHOWN)
            return f": “{words}”" if words else "."
        if not answer.is_json:
            return f", with what is no JSON{QUOTED}{answer.beginning}"
        missed = self.failed.gravest.finding if self.failed and self.failed.gravest else None
        wanted = f"expected {missed.expected}, got {missed.got}" if missed else "it shows no list of users"
        return f", and yet the button would fail: {wanted}."

    def _forms(self) -> list[Tried]:
        forms = self.scene.profile.authorization
        steps = {each.step: each for each in self.done.exchanges}
        sent = {form: steps.get(f"{FORM}{form}" if len(forms) > 1 else PROBE) for form in forms}
        return [
            Tried(
                form,
                header_of(form),
                _answer(each) if each else "",
                taken=bool(each and each.step in self.listed),
            )
            for form, each in sent.items()
        ]

    def _call(self, each: ExchangeRecord) -> Call:
        step = each.step.partition(".")[2]
        return Call(
            SENT.get(step, SENT["probe"]),
            each.method,
            each.path,
            each.status,
            _answer(each),
            shortened(one_line(each.response.body), BODY_SHOWN),
            round(each.seconds * 1000),
        )


def _probe(exchanges: Iterable[Exchange]) -> Exchange | None:
    """What Okta's button sends; where a form was tried and nothing else left, that stands for it."""
    tried = [each for each in exchanges if each.step == PROBE or each.step.startswith(FORM)]
    chosen = next((each for each in tried if each.step == PROBE), tried[-1] if tried else None)
    return replace(chosen, step=PROBE) if chosen else None


def _causes(probe: Exchange, failed: Result | None) -> list[Cause]:
    """What may be behind it, the likeliest first, as `explain` knows it."""
    kind, answer = kinds()["probe"], probe.heard.answer
    if answer is None:
        spoken, _ = spoken_for(Said("", probe.heard.failure, None), kind)
        silent = "unreachable" if probe.heard.unreachable else "silent"
        known = sign(spoken if spoken in WITHOUT_AN_ANSWER else silent)
        return [known.cause] if known else []
    if answer.is_success:
        if failed and failed.check.id == HTTPS:
            return [Cause("https", failed.check.fix, [])]
        return [
            each
            for each in causes_of("no_results")
            if each.name == ("not_a_list" if answer.is_json else "not_json")
        ]
    if answer.status < 400:
        return [Cause("redirect", "The base URL leads to something else, such as a login page.", [])]
    said = Said("", detail_of(probe), answer.status)
    own = causes_of(f"probe.{answer.status}") or causes_of("probe")
    return ordered(spoken_for(said, kind)[0], own, said, kind)


def header_of(form: str) -> str:
    """How a key is sent in that form: `Authorization: Bearer <key>`."""
    return ": ".join(credentials(form, KEY))


def _answer(each: ExchangeRecord) -> str:
    return each.phrase or each.failure
