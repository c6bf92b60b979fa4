"""Wrong servers nobody has reported yet: functions in the words of the faults, put around the honest server."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
from playing import BASE_URL, TOKEN, Play, play

from reference_server.app import application
from reference_server.faults.bending import Answer, Asked, Fault, Honest
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.verdict import Verdict

Lie = Callable[[Asked, Honest], Awaitable[Answer]]
Said = TypeVar("Said", Asked, Answer)


class Lying(Fault):
    """The fault that a function is."""

    def __init__(self, lie: Lie) -> None:
        self.lie = lie

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        return await self.lie(asked, honest)


def lying(honest: httpx.ASGITransport, lie: Lie) -> httpx.ASGITransport:
    """The transport to an honest server with the lie in front of it."""
    return httpx.ASGITransport(Lying(lie).apply(honest.app))


Where = Callable[[Asked], bool]
Change = Callable[[Any], object]


def anywhere(asked: Asked) -> bool:  # noqa: ARG001 -- one of several answers to one question
    return True


def changed(said: Said, change: Change) -> Said:
    """With the body changed in place."""
    document = said.json
    change(document)
    return said.saying(document)


def stores(change: Change, where: Where = anywhere, kind: str = "Users") -> Lie:
    """Stores something other than was sent in a create or PUT."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        writes = asked.method == "PUT" or (asked.method == "POST" and not asked.id)
        return await honest(
            changed(asked, change) if writes and asked.kind == kind and where(asked) else asked
        )

    return lie


def shows(change: Change, where: Where = anywhere, kind: str = "Users") -> Lie:
    """Shows something other than is stored."""
    return answers(lambda _, answer: answer.each(change), lambda asked: asked.kind == kind and where(asked))


def answers(change: Callable[[Asked, Answer], Answer], where: Where = anywhere) -> Lie:
    """Answers otherwise."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        return change(asked, answer) if where(asked) else answer

    return lie


def one_behind(where: Where, kind: str = "Users") -> Lie:
    """A cache: shows what was there at the read before."""
    seen: dict[str, Any] = {}

    def change(asked: Asked, answer: Answer) -> Answer:
        if not answer.ok:
            return answer
        key = asked.place + asked.query_string
        before, seen[key] = seen.get(key, answer.json), answer.json
        return answer.saying(before)

    return answers(change, lambda asked: asked.kind == kind and where(asked))


def together(*lies: Lie) -> Lie:
    """A target that does all of these: each asks the next one, the last the honest server."""
    if not lies:
        return lambda asked, honest: honest(asked)
    first, rest = lies[0], together(*lies[1:])
    return lambda asked, honest: first(asked, lambda other: rest(other, honest))


as_it_is = answers(lambda _, answer: answer)

CROWD = 4  # people assigned at once: enough to show a lie, and quick
RED = {Verdict.FAIL, Verdict.ADVICE}


def played_against(lie: Lie, profile: str, folder: Path, *, probes: bool = False) -> Play:
    """A judged play against the liar."""
    chosen = profiles.load(profile).with_overrides(probes=probes)
    app = application(Settings(tokens=(Token(TOKEN),), public_url=BASE_URL))
    try:
        return play(
            lying(httpx.ASGITransport(app), lie),
            folder / f"{profile}.jsonl",
            profile=replace(chosen, limits=replace(chosen.limits, crowd=CROWD)),
            judge=Judge(catalogue()),
        )
    finally:
        app.state.server.database.close()


def noticed(lie: Lie, profile: str, folder: Path) -> list[str]:
    """The checks that a play against the liar turns red; none may break over it."""
    done = played_against(lie, profile, folder)
    broken = [each.check.id for each in done.results if each.verdict is Verdict.BROKEN]
    assert broken == []
    return [each.check.id for each in done.results if each.verdict in RED]
