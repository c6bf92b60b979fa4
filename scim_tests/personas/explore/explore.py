"""A conversation that nobody wrote, held move by move, with people and groups of its own."""

from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.conversation import KINDS, Conversation, Move, in_brief
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.slots import as_kept
from scim_tests.personas.explore.people import crowd
from scim_tests.personas.explore.talk import Talk, step_name, turns
from scim_tests.personas.okta.people import Casting

STEPS = frozenset(step_name(kind) for kind in KINDS)


@act(
    title="Hold a conversation that nobody wrote",
    group="explore",
    capability="push_users",
    sends=(
        "GET /Users", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}", "DELETE /Users/{id}",
        "GET /Groups", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
        "POST /Bulk",
    ),
)  # fmt: skip
def explore(scene: Scene) -> Performance:
    """Make each move of the scene's conversation, one request at most; what cannot be made, or may not leave, is passed over.

    Gives the `ids` of the people it made.
    """
    talk = Talk(scene)
    for turn in turns(scene.conversation):
        saying = _said(talk, turn)
        if not saying:
            continue
        with suppress(NotObserved):  # none of them may leave
            heard = yield Independent(step for _, step in saying)
            for (move, _), exchange in zip(saying, heard.at_once, strict=True):
                talk.hear(move, exchange)
    return SceneResult(ids=tuple(talk.ids))


def sent(scene: Scene, exchanges: Sequence[Exchange]) -> list[Move]:
    """The moves of a scene that is over which led to a request that was answered for good, one for each of these exchanges.

    An exchange that asked to come again later stands for no move.
    """
    left = deque(each for each in exchanges if each.step.partition(".")[2] in STEPS)
    talk, moves = Talk(scene), list[Move]()
    for turn in turns(scene.conversation):
        if not left:  # nor is a turn worked out in which the act failed
            break
        for move, step in _said(talk, turn):
            if left and _is_of(step, left[0]):
                moves.append(move)
                talk.hear(move, left.popleft())
    return moves


def scene_of(casting: Casting, key: str, conversation: Conversation) -> Scene:
    """A scene that holds a conversation, `explore:<key>`, with people of its own."""
    people = crowd(casting, key)
    about = replace(people[0], key=key, trait=in_brief(conversation))
    return Scene(explore, casting.profile, about, people, needs=(), conversation=conversation)


def _said(talk: Talk, turn: Conversation) -> list[tuple[Move, Step]]:
    return [(move, step) for move in turn if (step := talk.step(move))]


def _is_of(step: Step, exchange: Exchange) -> bool:
    """Whether the exchange is that of this step."""
    asked = exchange.request
    is_named_so = exchange.step.partition(".")[2] == step.name
    return is_named_so and (asked.method, asked.path, asked.body) == (
        step.method,
        step.path,
        as_kept(step.body),
    )
