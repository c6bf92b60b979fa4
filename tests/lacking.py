"""Servers that lack what a profile says they lack, honestly or not; and plays in which they are asked for it."""

from pathlib import Path

from imagining import Lie, lying
from playing import Play, honest_play, play, reference_transport

from reference_server.faults import bending
from reference_server.faults.bending import Answer, Asked, Honest
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.profile import Profile
from scim_tests.model.verdict import Verdict

DOUBTED = profiles.load("ziflow").with_overrides(probes=True)


def is_lacked(asked: Asked) -> bool:
    """What Ziflow's guide does not list: groups, and any change of a user."""
    return asked.kind == "Groups" or asked.method in {"PUT", "PATCH", "DELETE"}


def refusal(status: int) -> Answer:
    return bending.refusal(status, "Not supported.")


def refusing(status: int, *, does_it: bool = False) -> Lie:
    """Refuses whatever the profile lacks, and may do it all the same."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if not is_lacked(asked):
            return await honest(asked)
        if does_it:
            await honest(asked)
        return refusal(status)

    return lie


def pretending(*methods: str, status: int = 200) -> Lie:
    """Answers these methods with success and does nothing."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method in methods and is_lacked(asked):
            shown = await honest(asked.of("GET"))
            return Answer(status, shown.headers, shown.body if status != 204 else b"")
        return await honest(asked)

    return lie


def played(folder: Path, lie: Lie, profile: Profile = DOUBTED) -> Play:
    liar = lying(reference_transport(), lie)
    return play(liar, folder / "ledger.jsonl", profile=profile, judge=Judge(catalogue()))


def honestly() -> Play:
    """The same with a server that does all it is asked for."""
    return honest_play(DOUBTED.name, probes=True)


def red(done: Play) -> list[str]:
    wrong = {Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN}
    return [each.check.id for each in done.results if each.verdict in wrong]
