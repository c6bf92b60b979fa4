"""A root cause of an earlier run, played again by itself: the options of that run, as far as its folder tells them.

The folder may be anybody's, so what would weaken a run is not taken from it: no consent, no secret, and no TLS that
is not verified.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.errors import UsageError
from scim_tests.model.profile import Profile
from scim_tests.model.record import RootCause, RunRecord
from scim_tests.model.typed import typed
from scim_tests.options import RunOptions
from scim_tests.report.record_index import RecordIndex, replay_option
from scim_tests.session.intent import CREATE, before_the_create, is_of_the_create
from scim_tests.session.journal_shapes import Began, Scenes
from scim_tests.session.report_folder import JOURNAL
from scim_tests.session.run import PARALLEL, profile_of
from scim_tests.session.runs import RECORDED
from scim_tests.wire import private_file

IN_A_BEGINNING = 1_000_000  # bytes, of the first two lines of a journal
PROBING = "probe_unsupported"  # the act
KEY = "The key of {}, which no report holds."
UNTOLD = (
    "In which form the key was sent, further headers and certificates, and what a terminal can say besides (--people, "
    "--max-new-users, --write-every-attribute, --deadline, --baseline): choose them anew where you had chosen them."
)
INSECURE = "That run did not verify the target's certificate; this one does."
OWN_PROFILE = (
    "It was played under a profile {} that does not come along, or was another then: choose that file."
)


@dataclass(frozen=True)
class CauseAgain:
    """`options` are those of then. `asks` says what has to be given before that can be played, `untold` what else is not known.

    `first` says what to do on the target before, so that the cause is judged again; empty where nothing is.
    """

    options: RunOptions
    asks: list[str]
    untold: list[str]
    first: str


def again(record: RunRecord, folder: Path, check: str) -> CauseAgain:
    """How only this root cause, and the checks that it explains, are played again.

    UsageError where it is none of that run, or the run was played against nothing that could be asked again.
    """
    cause = next((each for each in record.root_causes if each.check == check), None)
    if cause and (held := RecordIndex(record).conversation(cause)):
        hint = f"`scim-tests explore` holds its conversation again with {replay_option(held.conversation, record.profile.name)}"
        raise UsageError(
            "explored", "This was found by exploring, and no run of this page would show it.", hint
        )
    only = _known([cause.check, *cause.explains]) if cause else ()
    if not cause or check not in only:
        raise UsageError("no-cause", "That is no root cause of this run.", "Choose one that it names.")
    if record.run.name == RECORDED:
        hint = "Choose the target, and play all of it."
        raise UsageError("not-played", "This was judged from what others sent, and not played.", hint)
    if record.target.is_gone:
        hint = f"Start it anew, and give --only {check}."
        raise UsageError("target-gone", "The target of this run ended with it.", hint)
    began, scenes = _beginning(folder, record.run.name)
    profile, asked = _profile(record, began)
    options = RunOptions(
        target_url=record.target.base_url,
        profile=profile,
        only=only,
        seed=record.run.seed,
        parallel=record.run.parallel if record.run.parallel != PARALLEL else None,
        strict=record.run.strict,
        without=tuple(began.without) if began else (),
        email_domain=_domain(scenes, profiles.load(profile)) if scenes and profile else None,
        probe_unsupported=any(each.act == PROBING and each.state != "not asked" for each in record.scenes),
    )
    insecure = any("--insecure" in each for each in record.notices)
    return CauseAgain(
        options,
        [KEY.format(record.target.base_url), *asked],
        [UNTOLD, *([INSECURE] if insecure else [])],
        _first(record, cause, options) if profile else "",
    )


def _first(record: RunRecord, cause: RootCause, options: RunOptions) -> str:
    """What to do before a cause that shows at the create alone is played again."""
    steps = {each.step for each in record.exchanges if each.number in cause.at}
    shows_there = is_of_the_create(cause.check) or steps == {CREATE}
    return before_the_create([cause.check] if shows_there else [], profile_of(options))


def _known(checks: list[str]) -> tuple[str, ...]:
    """Those that there still are: the record may be of an older version."""
    known = {each.id for each in catalogue()}
    return tuple(each for each in checks if each in known)


def _beginning(folder: Path, run: str) -> tuple[Began | None, Scenes | None]:
    """The first two lines of the run's journal; none where it has no such journal."""
    with suppress(OSError, ValueError, TypeError, LookupError, RecursionError):
        first, second, *_ = private_file.head(folder / JOURNAL, IN_A_BEGINNING).split(b"\n")
        began, scenes = typed(Began, json.loads(first)), typed(Scenes, json.loads(second))
        if began.run.name == run:
            return began, scenes
    return None, None


def _profile(record: RunRecord, began: Began | None) -> tuple[str | None, list[str]]:
    """The name of the profile where it comes along as it was then, else what to ask for."""
    name = record.profile.name
    if name in profiles.names() and (began is None or began.profile == profiles.text(name)):
        return name, []
    return None, [OWN_PROFILE.format(name)]


def _domain(scenes: Scenes, profile: Profile) -> str | None:
    """The domain of the people of that run, where it was not the profile's."""
    names = (each.person.user_name for each in scenes.scenes if each.person)
    domain = next(names, "").rpartition("@")[2]
    return domain if domain and domain.lower() != profile.email_domain.lower() else None
