"""What is told of an exploration beside what any run tells: what it did, and what it found and could not show again."""

from collections.abc import Iterable, Iterator

from scim_tests.engine.judge import Judge
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.explore.features import ADVERTISED, Features
from scim_tests.explore.searching import Discovery, Explored
from scim_tests.model.conversation import KINDS, Conversation, Move
from scim_tests.model.profile import Profile
from scim_tests.model.verdict import Verdict
from scim_tests.personas.explore.explore import explore, sent
from scim_tests.personas.explore.memory import kinds_of
from scim_tests.report.record_index import duration, many

PLAIN = "plain"  # the key of the last conversation, which goes through every door
STAYS = "By now looks alone show {}: what a request did stays on the target, and the line holds that request"
SEEN_ONCE = "Seen once, and not again when the same was held a second time: {}."
NOT_SHORTENED = "Shown by the last conversation through every door alone; not shortened: {}."
NOTHING = "nothing found by the search"


def what_was_done(explored: Explored, steps: int, seed: int) -> Iterator[str]:
    """How long, how much, with which seed, and why it ended early."""
    held = f"{many(explored.conversations, 'conversation')} of up to {many(steps, 'move')}"
    faults = len(conversations(explored))
    found = f"{many(faults, 'fault')} found" if faults else NOTHING
    asked = many(explored.requests, "request")
    yield f"Explored {duration(explored.seconds)} with seed {seed}: {held}, {asked}, {found}."
    if explored.ended_early:
        yield f"Exploring ended early: {explored.ended_early}."
    if stays := sorted(each.kind.check for each in explored.discoveries if each.stays):
        yield f"{STAYS.format(', '.join(stays))}."
    yield from seen_once(kind.check for kind, times in explored.seen_once.items() if times)


def seen_once(checks: Iterable[str]) -> Iterator[str]:
    """What showed once alone, which is no finding."""
    if once := sorted({*checks}):
        yield SEEN_ONCE.format(", ".join(once))


def conversations(explored: Explored) -> dict[Conversation, list[Discovery]]:
    """What was found, by the conversation that shows it, in the order in which they were met."""
    found: dict[Conversation, list[Discovery]] = {}
    for each in explored.discoveries:
        found.setdefault(each.conversation, []).append(each)
    return found


def not_again(judge: Judge, shown: Iterable[Discovery]) -> list[Discovery]:
    """What was to show once more, and failed in no scene. What looks at the whole play is told once, wherever that is."""
    return [each for each in shown if not _failed_in(judge, each.kind.check)]


def not_shortened(judge: Judge) -> Iterator[str]:
    """What failed in the last conversation and in no other scene."""
    alone = [each for each in judge.judgements if _failed_in(judge, each) == {f"{explore.name}:{PLAIN}"}]
    if alone:
        yield NOT_SHORTENED.format(", ".join(sorted(alone)))


def _failed_in(judge: Judge, check: str) -> set[str]:
    """The scenes, by their names, in which it failed."""
    failed = (each for each in judge.judgements.get(check, ()) if each.verdict is Verdict.FAIL)
    return {exchange.scene for each in failed for exchange in each.at}


def not_sent(held: SceneRun, said: Conversation, can: Features) -> str:
    """The first move of a line that led to no request, why, and how many more did not; empty where all of them did."""
    left, omitted = list(sent(held.scene, held.exchanges)), list[Move]()
    for move in said:
        if left and left[0] == move:
            left.pop(0)
        else:
            omitted.append(move)
    if not omitted:
        return ""
    first = omitted[0]
    more = f"; neither {_were(len(omitted) - 1)} of its {len(said)}" if len(omitted) > 1 else ""
    return f"{Move(first.kind, first.who)} was not sent{more}: {_why_not(first, held, can)}."


def _were(number: int) -> str:
    return f"{'was' if number == 1 else 'were'} {many(number, 'more move')}"


def _why_not(move: Move, held: SceneRun, can: Features) -> str:
    profile = held.scene.profile
    if move.kind not in kinds_of(profile):
        return not_said(move, profile)
    if move.kind not in can.kinds:
        return f"the target does not say that it supports {ADVERTISED[move.kind]}"
    if held.state is not State.PLAYED:
        return held.why or held.state.value
    return "nobody was there for it, or nothing of what it names, or it was not read yet"


def not_said(move: Move, profile: Profile) -> str:
    """Why a profile does not make the move."""
    if not KINDS[move.kind].okta and not profile.speaks_at_large:
        return "Okta does not say it; take --profile scim"
    return f"the profile {profile.name} does not make such moves"
