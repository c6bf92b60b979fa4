"""The scenes of a run that explores: what comes before it, and what was found, held once more."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from scim_tests.engine.run_state import SceneRun
from scim_tests.explore.features import Features, features
from scim_tests.model.act import Scene
from scim_tests.model.conversation import Conversation
from scim_tests.model.exchange import Exchange
from scim_tests.model.scene_result import SceneResult
from scim_tests.personas.explore.explore import scene_of
from scim_tests.personas.okta.discovery import discovery
from scim_tests.personas.okta.people import Casting, cast
from scim_tests.personas.okta.push_user import push_user
from scim_tests.personas.okta.test_credentials import test_credentials

TESTED, PUSHED = "test_credentials", "push_user:plain"  # without these nothing is explored


def first_scenes(casting: Casting) -> list[Scene]:
    """The credentials, somebody who shows what has to be unmapped, and what the target says of itself."""
    profile = casting.profile
    return [
        Scene(test_credentials, profile),
        Scene(push_user, profile, cast(casting)["plain"], needs=(TESTED,)),
        Scene(discovery, profile, needs=(TESTED,), after=(PUSHED,)),
    ]


def held_again(casting: Casting, conversations: Iterable[tuple[str, Conversation]]) -> list[Scene]:
    """A scene for each conversation, by its key, one after the other: none is to see the people of another change."""
    scenes: list[Scene] = []
    for key, conversation in conversations:
        after = (scenes[-1].name,) if scenes else ()
        scenes.append(replace(scene_of(casting, key, conversation), needs=(PUSHED,), after=after))
    return scenes


def known_by(scene_runs: Sequence[SceneRun]) -> dict[str, SceneResult]:
    """What these scenes found out, by their names."""
    return {each.scene.name: each.result for each in scene_runs}


def features_by(scene_runs: Sequence[SceneRun]) -> Features:
    """What may be said in conversations, by what the first scenes found out and were told."""
    heard: dict[str, Exchange] = {
        exchange.step: exchange for each in scene_runs for exchange in each.exchanges
    }
    config, schemas = heard.get("discovery.config"), heard.get("discovery.schemas")
    return features(scene_runs[0].scene.profile, known_by(scene_runs), config, schemas)
