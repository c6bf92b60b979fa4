"""One run, from options to reports; both doors call `perform`."""

import asyncio
import random
import secrets
import string
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from scim_tests import __version__, profiles
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import OVERLAP, Conductor, Stops
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Listener
from scim_tests.errors import UsageError, did_you_mean
from scim_tests.model.act import OktaPerson, Scene
from scim_tests.model.check import LOAD, PLAY, Check, Severity, fits
from scim_tests.model.profile import CAPABILITIES, DEFAULT_PROFILE, SPECIFICATION, Profile
from scim_tests.model.record import RunInfo, RunRecord, TargetInfo
from scim_tests.options import RunOptions
from scim_tests.personas.okta.patience import patience
from scim_tests.personas.okta.people import strangers
from scim_tests.personas.play import ACTS, TO_LOOK_AT, scenes
from scim_tests.profiles.rules import check_email_domain, check_token_form
from scim_tests.record.baseline import Entry, read_baseline
from scim_tests.record.masking.mask import KEPT, Mask
from scim_tests.record.masking.ours import of_a_run
from scim_tests.session.finish import GROUP_OF, finish_run, gate_of
from scim_tests.session.interruption import Interruption, Stop
from scim_tests.session.journal import Beginning, Journal
from scim_tests.session.people_file import read_people
from scim_tests.session.removing import clean_up
from scim_tests.session.report_folder import create_report_folder, folder_name, new_ledger
from scim_tests.session.selection import selected
from scim_tests.session.target import Target, agreed, running_target
from scim_tests.wire.ledger import Ledger

PARALLEL = 4
DEADLINE = 3600  # seconds
TOO_LONG = "The play was ended after {} s (--deadline); what comes after is not judged."
STOPPED = "The play was stopped at the first failure (-x); what comes after is not judged."
INSECURE = (
    "The target's certificate was not verified (--insecure): anybody may have answered, and read the token."
)
WITHOUT = (
    "Played as if these were not enabled in Okta (--without): {}. What Okta does with them was not looked at."
)
RAISED = "The app raised or logged {}."
RAISED_SHOWN = 5
LETTERS = string.ascii_lowercase + string.digits

__all__ = ["catalogue", "chosen", "group_of", "perform", "report_folder"]


def group_of(check: Check) -> str:
    """The story a check is told in: its act's, `load`, or `every answer` for rules that hold everywhere."""
    return GROUP_OF.get(check.act, LOAD if check.on == (LOAD,) else "every answer")


def report_folder(options: RunOptions) -> Path:
    """Where a run's reports go: `--report-dir`, or `reports/<time>-<profile>`."""
    return folder_name(profiles.load(options.profile or DEFAULT_PROFILE).name, options.report_dir)


def profile_of(options: RunOptions) -> Profile:
    """The profile that was named, with what the options say otherwise. UsageError for a profile or number that is none."""
    if options.max_new_users is not None and options.max_new_users < 0:
        raise UsageError("bad-number", "--max-new-users cannot be below 0.", "0 makes nobody.")
    if options.email_domain is not None:
        check_email_domain(options.email_domain)
    if options.auth is not None:
        check_token_form(options.auth)
    _check_features(options.without)
    profile = profiles.load(options.profile or DEFAULT_PROFILE)
    return profile.with_overrides(
        new_users=options.max_new_users,
        email_domain=options.email_domain,
        probes=options.probe_unsupported,
        authorization=options.auth,
        writes_every_attribute=options.write_every_attribute,
        without=options.without,
    )


def _check_features(named: Sequence[str]) -> None:
    """UsageError for a feature that no profile can have; one that this profile does not have is left out already."""
    known = (*CAPABILITIES, SPECIFICATION)
    for each in named:
        if each not in known:
            message = f"--without knows no feature {each!r:.80}."
            raise UsageError("unknown-capability", message, did_you_mean(each, known))


def chosen(options: RunOptions) -> list[Check]:
    """The checks that `--only` and `--skip` choose. UsageError where they name nothing."""
    return selected(catalogue(), options.only, options.skip)


def perform(
    options: RunOptions,
    listener: Listener,
    only: frozenset[str] | None = None,
    folder: Path | None = None,
    *,
    with_page: bool = True,
) -> tuple[RunRecord, Path]:
    """Play, judge and keep it all, the HTML report too unless somebody else writes it; gives the record and its folder.

    `only` names the checks to judge; acts none of them needs are not played. `folder` is one that was
    made already. Raises ScimTestsError where nothing can be played, WriteError where a file cannot be
    written. Whatever the target does ends up in the record.
    """
    return play(prepare(options, only), listener, folder, with_page=with_page)


@dataclass(frozen=True)
class Prepared:
    """A run that nothing keeps from beginning: all files are read, and somebody agreed. Nothing was sent yet."""

    options: RunOptions
    profile: Profile
    checks: Sequence[Check]
    known: Sequence[Entry]
    people: Sequence[OktaPerson] | None  # None: made up
    target: Target | None  # None: the bundled server


def prepare(options: RunOptions, only: frozenset[str] | None = None) -> Prepared:
    """What a run needs to begin. UsageError where it cannot."""
    profile = profile_of(options)
    check_names(profile)
    checks = [check for check in chosen(options) if only is None or check.id in only]
    known = (
        read_baseline(Path(options.baseline), [each.id for each in catalogue()]) if options.baseline else []
    )
    people = read_people(Path(options.people)) if options.people else None
    return Prepared(options, profile, checks, known, people, agreed(options, profile))


def play(
    prepared: Prepared,
    listener: Listener,
    folder: Path | None = None,
    *,
    with_page: bool = True,
    stop: Stop | None = None,
) -> tuple[RunRecord, Path]:
    """Play what was prepared, as `perform` does, in any thread; `stop` ends it in order."""
    with running_target(prepared.target, prepared.options, prepared.profile) as found:
        folder = folder or create_report_folder(report_folder(prepared.options))
        asyncio.run(_Run(prepared, found, folder, listener).play(stop))
        done = finish_run(folder, with_page=with_page)
    return done, folder


def notices(options: RunOptions, without: Iterable[str] = ()) -> list[str]:
    """What every report of such a run says first; it was played `without` some features of its profile."""
    left_out = ", ".join(sorted(without))
    return [
        *([INSECURE] if options.insecure else []),
        *([KEPT] if options.keep_personal_data else []),
        *([WITHOUT.format(left_out)] if left_out else []),
    ]


def run_name() -> str:
    """What makes a run's people its own: eight letters and digits, drawn at random whatever the seed."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def run_info(options: RunOptions, parallel: int) -> RunInfo:
    """A run that begins now, under a name of its own; its seed is drawn where none was said."""
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    return RunInfo(
        name=run_name(),
        seed=seed,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        parallel=parallel,
        strict=options.strict,
        version=__version__,
    )


def beginning(  # noqa: PLR0913 -- what a run is, each by its name
    options: RunOptions,
    profile: Profile,
    *,
    run: RunInfo,
    target: TargetInfo,
    checks: Sequence[Check],
    known: Sequence[Entry],
) -> Beginning:
    """What its journal says of it first; `known` is its baseline."""
    ids = [each.id for each in checks]
    return Beginning(
        run,
        target,
        profiles.text(options.profile or DEFAULT_PROFILE),
        ids,
        options.fail_on or Severity.COSMETIC,
        [{**asdict(each), "expires": each.expires.isoformat()} for each in known],
        notices(options, profile.without),
        sorted(profile.without),
        [word for word in options.only if word in ids],
    )


class _Run:
    """What a run is made of."""

    def __init__(self, prepared: Prepared, chosen: Target, folder: Path, listener: Listener) -> None:
        options, profile = prepared.options, prepared.profile
        self.listener = listener
        self.profile = profile
        self.target = chosen
        self.raised = options.app.raised if options.app else {}
        self.parallel = options.parallel or PARALLEL
        self.deadline = options.deadline or DEADLINE
        info = run_info(options, self.parallel)
        self.name, self.seed = info.name, info.seed
        self.checks = prepared.checks
        play = scenes(profile, self.name, self.seed, prepared.people)
        self.scenes = play if len(self.checks) == len(catalogue()) else needed(play, self.checks)
        self.ledger = Ledger(new_ledger(folder))
        if profile.writes:
            place = "" if chosen.info.is_gone else chosen.base_url
            self.ledger.begin(place, profiles.text(options.profile or DEFAULT_PROFILE))
        if profile.reuse_user and profile.writes:
            self.ledger.adopt(profile.reuse_user)
        info = replace(info, left_out=len(catalogue()) - len(self.checks))
        begun = beginning(
            options, profile, run=info, target=chosen.info, checks=self.checks, known=prepared.known
        )
        self.stops = self._first_failure(begun) if options.exitfirst else None
        self.journal = Journal(folder, begun, self._mask(options))

    def _first_failure(self, begun: Beginning) -> Stops:
        """Tells a failure that fails the run, by its severity and its baseline."""
        gate, *_ = gate_of(begun)
        checks = {each.id: each for each in self.checks}
        return lambda said: any(
            gate.counts(checks[name], each, self.profile.capabilities) for name, each in said.items()
        )

    def _mask(self, options: RunOptions) -> Mask | None:
        """What hides people whom no run made; a bundled server has none."""
        if options.keep_personal_data or self.target.bundled:
            return None
        made_up = () if options.people else strangers(self.profile, self.seed)
        names = [each.user_name for each in made_up]  # whom an import is matched with
        return Mask(of_a_run(self.name, self.scenes, names, self.ledger.made))

    async def play(self, stop: Stop | None) -> None:
        """Play and judge; whatever comes of it stands in the journal."""
        clock = time.perf_counter()
        judge = Judge(self.checks)
        timeout, connections = self.profile.limits.timeout, max(self.parallel, OVERLAP)
        way = self.target.access.client(
            self.target.base_url,
            self.ledger,
            timeout,
            password=placeholder(),
            connections=connections,
            transport=self.target.transport,
        )
        async with way as client:
            conductor = Conductor(
                client.send,
                judge,
                self.listener,
                parallel=self.parallel,
                patience=patience,
                sink=self.journal,
            )
            with Interruption(self.listener, stop) as interruption:
                try:
                    await interruption.may_take(self.deadline, conductor.play(self.scenes, self.stops))
                finally:
                    await interruption.may_end(clean_up(conductor, self.profile, self.ledger))
        judge.conclude(conductor.transcript)
        cut = [TOO_LONG.format(self.deadline)] if interruption.too_long else []
        cut += [STOPPED] if conductor.stopped else []
        cut += [RAISED.format(each) for each in list(self.raised)[:RAISED_SHOWN]]
        self.journal.ended(judge, conductor, round(time.perf_counter() - clock, 3), cut)


def needed(play: Iterable[Scene], checks: Sequence[Check]) -> list[Scene]:
    """The scenes these checks look at, with those they need and whoever they are to see; in the order of the play."""
    play = list(play)
    acts = {act.name for act in ACTS}
    patterns = tuple({pattern for check in checks for pattern in _acts_of(check, acts)})
    wanted = {scene.name for scene in play if fits(scene.act.name, patterns)}
    if fits("clean_up", patterns):  # it comes after every play
        wanted.add(TO_LOOK_AT)
    for scene in reversed(play):
        if scene.name in wanted:
            wanted.update(scene.needs, scene.looks_at)
    return [scene for scene in play if scene.name in wanted]


def _acts_of(check: Check, acts: set[str]) -> set[str]:
    """Patterns of the acts a check needs; an act's own check needs that act alone, wherever else it would look."""
    if check.act not in acts:
        return {place.partition(".")[0] for place in check.on} if check.judges_exchanges else {"*"}
    places = {place.partition(".")[0] for place in check.on} - {"*", PLAY}
    return places if places and check.act not in places else {check.act}


def placeholder() -> str:
    """A password as Okta makes them: 8 letters and digits (okta:SUP-PW), none of them twice."""
    return "".join(
        random.SystemRandom().sample(string.ascii_letters, 6) + random.SystemRandom().sample(string.digits, 2)
    )


def check_names(profile: Profile) -> None:
    """UsageError where the profile leaves out an act that there is not: nobody may believe it is left out."""
    known = {act.name for act in ACTS}
    for name in sorted(profile.leave_out - known):
        message = f"The profile {profile.name} leaves out {name!r}, but there is no such act."
        raise UsageError("bad-profile", message, did_you_mean(name, known))
