"""What `arrange_users` and `project_users` ask tells wrong servers from a right one."""

import json
from collections.abc import Iterator, Mapping

import pytest
from listed import asked
from mutant_answers import RIGHT, Asked, Server
from mutant_orders import GENERAL as ORDERS
from mutant_pages import GENERAL as PAGES
from mutant_parts import GENERAL as PARTS
from playing import specified_play

from scim_tests.model.transcript import Transcript


@pytest.fixture(scope="module")
def transcript() -> Transcript:
    return specified_play().conductor.transcript


def test_the_right_server_answers_as_the_honest_one(transcript: Transcript) -> None:
    """What a server has to answer is worked out from reads by id, and comes to the same."""
    for exchange, request in asked(transcript):
        assert (exchange.step, RIGHT.answer(request)) == (exchange.step, exchange.answer.parsed)


@pytest.mark.parametrize("servers", [ORDERS, PAGES, PARTS])
def test_every_wrong_server_is_told(servers: Mapping[str, Server], transcript: Transcript) -> None:
    """Whoever sorts, pages or chooses all attributes alike in a wrong way answers one of them at least otherwise."""
    requests = [request for _, request in asked(transcript)]
    rights = [_text(RIGHT, each) for each in requests]

    def untold() -> Iterator[str]:
        for name, server in servers.items():
            if all(_text(server, each) == right for each, right in zip(requests, rights, strict=True)):
                yield name

    assert list(untold()) == []


def _text(server: Server, request: Asked) -> str:
    return json.dumps(server.answer(request), sort_keys=True)
