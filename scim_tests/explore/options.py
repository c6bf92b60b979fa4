"""What an exploration is told, and what keeps it from beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from scim_tests.errors import UsageError
from scim_tests.explore.features import features
from scim_tests.explore.preparing import people_made, plain
from scim_tests.model.conversation import Conversation, read_line
from scim_tests.model.loopback import is_loopback
from scim_tests.model.profile import CleanUp, Profile
from scim_tests.options import MINUTES, STEPS, RunOptions
from scim_tests.personas.explore.explore import explore, scene_of
from scim_tests.personas.explore.memory import kinds_of
from scim_tests.personas.explore.talk import Talk
from scim_tests.personas.okta.people import Casting
from scim_tests.personas.okta.push_user import push_user

LEAST_STEPS, MOST_STEPS = 4, 200  # in one conversation
MOST_MINUTES = 24 * 60
MOST_ELSEWHERE = (
    300  # people whom it creates on a target that is not on this machine, unless it is said otherwise
)
OF_OTHERS = "under the profile {} moves of it are not made, and there is nobody for the others"
NOBODY_THERE = "there is nobody for any of its moves, since it makes nobody first"
COPY = (
    "Copy the whole line that a report shows, and the --profile beside it; --profile scim makes every move."
)
STAYS = "none of them could be deleted"
SHARED = "all runs share one user"
BY_THE_HUNDRED = "Exploring makes people by the hundred, and under the profile {} {}."
TOO_FEW = "--max-users is {:,}, and the first conversation of an exploration creates up to {:,} people."


@dataclass(frozen=True)
class ExploreOptions:
    """As the command took them; `run` holds what it shares with a run. With `replay` that conversation is held alone."""

    run: RunOptions = field(default_factory=RunOptions)
    minutes: float = MINUTES
    steps: int = STEPS
    replay: Conversation = ()
    max_users: int | None = None

    def people(self, where: str) -> int | None:
        """How many people may be created at this base URL while it looks; None where nobody counts them."""
        return MOST_ELSEWHERE if self.max_users is None and not is_loopback(where) else self.max_users


def explore_options(said: Mapping[str, Any]) -> ExploreOptions:
    """By the names of the options. UsageError where one cannot be so, or Hypothesis is missing."""
    minutes, steps = said["minutes"], said["steps"]
    if not 0 < minutes <= MOST_MINUTES:
        hint = f"{MINUTES:g} is what it takes unless told otherwise; 0.5 is half a minute."
        raise UsageError("bad-number", f"--minutes has to be above 0 and up to {MOST_MINUTES:,}.", hint)
    if not LEAST_STEPS <= steps <= MOST_STEPS:
        message = f"--steps has to be between {LEAST_STEPS} and {MOST_STEPS}: so many moves has the longest conversation."
        raise UsageError("bad-number", message, f"{STEPS} are usual.")
    line = said["replay"]
    replay = () if line is None else read_line(line)
    most, made = said["max_users"], people_made(replay)
    if most is not None and made > most:
        message = (
            f"The conversation of --replay creates up to {made:,} people, and --max-users allows {most:,}."
        )
        raise UsageError("bad-number", message, f"--max-users {made} lets it be held.")
    if find_spec("hypothesis") is None:
        message = "Exploring needs Hypothesis, which is not installed."
        raise UsageError("no-hypothesis", message, "pip install 'hypothesis>=6.140'")
    return ExploreOptions(RunOptions.from_mapping(dict(said)), minutes, steps, replay, most)


def refuse_profile(profile: Profile) -> None:
    """UsageError where nobody can be created under this profile, or nobody can be removed again."""
    why = push_user.why_not(profile) or explore.why_not(profile)
    hint = f"`scim-tests run --profile {profile.name}` plays what such an app allows."
    if why:
        message = f"Under the profile {profile.name} nothing can be explored: {why}."
        raise UsageError("not-in-profile", message, hint)
    is_kept = profile.clean_up is not CleanUp.DELETE
    if is_kept or profile.reuse_user:
        said = BY_THE_HUNDRED.format(profile.name, STAYS if is_kept else SHARED)
        raise UsageError("not-in-profile", said, hint)


def refuse_too_few(options: ExploreOptions, profile: Profile) -> None:
    """UsageError where there would be no room for the first conversation: nothing would be looked for."""
    least = people_made(plain(features(profile, {})))
    if options.max_users is not None and options.max_users < least and not options.replay:
        message = TOO_FEW.format(options.max_users, least)
        raise UsageError("bad-number", message, f"--max-users {least} is room for that one alone.")


def refuse_silence(conversation: Conversation, profile: Profile) -> None:
    """UsageError where a line would send nothing: none of its moves is of the profile, or there is nobody for any of them."""
    talk = Talk(scene_of(Casting(profile, "", 0), "", conversation))
    if conversation and not any(map(talk.step, conversation)):
        others = any(each.kind not in kinds_of(profile) for each in conversation)
        raise silence(OF_OTHERS.format(profile.name) if others else NOBODY_THERE)


def silence(why: str) -> UsageError:
    """Nothing was sent, so that nothing was judged: never green."""
    return UsageError("nothing-sent", f"--replay sends nothing: {why}.", COPY)
