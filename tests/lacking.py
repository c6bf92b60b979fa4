"""Servers that lack what a profile says they lack, honestly or not; and plays in which they are asked for it."""

from pathlib import Path

from imagining import Call, Honest, Liar, Lie, Reply
from playing import Play, honest_play, play, reference_transport

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.profile import Profile
from scim_tests.model.scim import ERROR
from scim_tests.model.verdict import Verdict

DOUBTED = profiles.load("ziflow").with_overrides(probes=True)
HEADERS = {"content-type": "application/scim+json"}


def is_lacked(call: Call) -> bool:
    """What Ziflow's guide does not list: groups, and any change of a user."""
    return call.kind == "Groups" or call.method in {"PUT", "PATCH", "DELETE"}


def refusal(status: int) -> Reply:
    return Reply(status, HEADERS, {"schemas": [ERROR], "status": str(status), "detail": "Not supported."})


def refusing(status: int, *, does_it: bool = False) -> Lie:
    """Refuses whatever the profile lacks, and may do it all the same."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if not is_lacked(call):
            return await honest(call)
        if does_it:
            await honest(call)
        return refusal(status)

    return lie


def pretending(*methods: str, status: int = 200) -> Lie:
    """Answers these methods with success and does nothing."""

    async def lie(call: Call, honest: Honest) -> Reply:
        if call.method in methods and is_lacked(call):
            shown = await honest(Call("GET", call.path, {}, call.headers))
            return Reply(status, shown.headers, shown.body if status != 204 else None)
        return await honest(call)

    return lie


def played(folder: Path, lie: Lie, profile: Profile = DOUBTED) -> Play:
    liar = Liar(reference_transport(), lie)
    return play(liar, folder / "ledger.jsonl", profile=profile, judge=Judge(catalogue()))


def honestly() -> Play:
    """The same with a server that does all it is asked for."""
    return honest_play(DOUBTED.name, probes=True)


def red(done: Play) -> list[str]:
    wrong = {Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN}
    return [each.check.id for each in done.results if each.verdict in wrong]
