"""What is told of an exploration beside what any run tells: what it did, and what it found and could not show again."""

from collections.abc import Iterator, Mapping, Sequence

from scim_tests.engine.judge import Judge
from scim_tests.explore.searching import Discovery, Explored
from scim_tests.model.conversation import Conversation, line
from scim_tests.model.verdict import Verdict
from scim_tests.personas.explore.explore import explore
from scim_tests.report.record_index import duration, many

PLAIN = "plain"  # the key of the last conversation, which goes through every door
NOT_AGAIN = "Found, but not seen when it was held at the end: {} by --replay '{}'"
STAYS = "{} shows by now without any write: what an earlier request did stays on the target. It was met in --replay '{}'"
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
    for each in explored.discoveries:
        if each.stays:
            yield STAYS.format(each.kind.check, line(each.met_in))
    once = sorted({kind.check for kind, times in explored.seen_once.items() if times})
    if once:
        yield SEEN_ONCE.format(", ".join(once))


def conversations(explored: Explored) -> dict[Conversation, list[Discovery]]:
    """What was found, by the conversation that shows it, in the order in which they were met."""
    found: dict[Conversation, list[Discovery]] = {}
    for each in explored.discoveries:
        found.setdefault(each.conversation, []).append(each)
    return found


def not_again(judge: Judge, shown: Mapping[str, Sequence[Discovery]]) -> Iterator[str]:
    """What did not show in the scene, by its name, that was to show it once more."""
    for scene, discoveries in shown.items():
        for each in discoveries:
            if scene not in _failed_in(judge, each.kind.check):
                yield NOT_AGAIN.format(each.kind.check, line(each.conversation))


def not_shortened(judge: Judge) -> Iterator[str]:
    """What failed in the last conversation and in no other scene."""
    alone = [each for each in judge.judgements if _failed_in(judge, each) == {f"{explore.name}:{PLAIN}"}]
    if alone:
        yield NOT_SHORTENED.format(", ".join(sorted(alone)))


def _failed_in(judge: Judge, check: str) -> set[str]:
    """The scenes, by their names, in which it failed."""
    failed = (each for each in judge.judgements.get(check, ()) if each.verdict is Verdict.FAIL)
    return {exchange.scene for each in failed for exchange in each.at}
