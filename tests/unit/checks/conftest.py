"""An honest conversation to bend: the whole play against the reference server, in process."""

from dataclasses import replace

import pytest
from bending import as_kept
from playing import ENTITLEMENTS, honest_play, play, reference_transport, specified_play

from scim_tests import profiles
from scim_tests.model.exchange import Exchange


@pytest.fixture(scope="session")
def doubted(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """The same under a profile that lacks most, and is doubted: all it lacks is asked for, and done; a role is mapped."""
    role = {"roles": [{"value": "reviewer", "type": "work", "primary": True}]}
    profile = replace(profiles.load("ziflow").with_overrides(probes=True), attributes=role)
    folder = tmp_path_factory.mktemp("doubted")
    played = play(reference_transport(), folder / "ledger.jsonl", profile=profile)
    return as_kept(list(played.conductor.transcript))


@pytest.fixture(scope="session")
def specified() -> list[Exchange]:
    return as_kept(list(specified_play().conductor.transcript))


@pytest.fixture(scope="session")
def honest() -> list[Exchange]:
    return as_kept(list(honest_play(schema_file=ENTITLEMENTS).conductor.transcript))


@pytest.fixture(scope="session")
def conversations(
    honest: list[Exchange], doubted: list[Exchange], specified: list[Exchange]
) -> dict[str, list[Exchange]]:
    """By the names that tests/lies gives them."""
    return {"honest": honest, "doubted": doubted, "specified": specified}
