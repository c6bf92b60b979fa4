"""A recording stands in for a socket without the client noticing."""

import asyncio
from typing import Any

import httpx
import pytest

from scim_tests.errors import OwnError
from scim_tests.model.act import Step
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.transports import Recorded
from scim_tests.wire.vault import Vault

BASE = "http://127.0.0.1/scim/v2"
LOOKUP = "/Users?filter=userName%20eq%20%22a%40b%22"


def send(transport: httpx.AsyncBaseTransport, ledger: Ledger, *steps: Step) -> list[Heard]:
    async def play() -> list[Heard]:
        async with Client(BASE, Vault("", "x7Kp2LqZ"), ledger=ledger, transport=transport) as client:
            return [await client.send(step, FORMS) for step in steps]

    return asyncio.run(play())


def test_a_recording_answers_in_order(ledger: Ledger) -> None:
    """Equal requests get their answers in the order they were recorded, whatever came between."""
    recorded = Recorded(
        BASE,
        [
            (Request("GET", LOOKUP), Answer(200, body=b"1")),
            (Request("GET", "/Users/1"), Answer(404)),
            (Request("GET", LOOKUP), Answer(200, body=b"2")),
        ],
    )
    look, read = Step("lookup", "GET", LOOKUP, ()), Step("read", "GET", "/Users/1", ())
    heard = send(recorded, ledger, look, look, read)
    assert [(each.answer.status, each.answer.body) for each in heard if each.answer] == [
        (200, b"1"),
        (200, b"2"),
        (404, b""),
    ]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity"])
def test_a_recorded_answer_is_heard_as_it_was(ledger: Ledger, coding: str) -> None:
    """Status, headers and body come back just as they were kept, packed answers too."""
    headers: Any = (("Content-Encoding", coding), ("X-Set", "ä"), ("x-set", "b"))
    answer = Answer(200, headers, b'{"id": "1"}')
    recorded = Recorded(BASE, [(Request("GET", "/Users/1"), answer)])
    (heard,) = send(recorded, ledger, Step("read", "GET", "/Users/1", ()))
    assert heard.answer == answer


def test_what_was_not_recorded_is_our_error(ledger: Ledger) -> None:
    """A request the recording has no answer to is not held against the target."""
    with pytest.raises(OwnError) as missing:
        send(Recorded(BASE, []), ledger, Step("read", "GET", "/Users/1", ()))
    assert missing.value.code == "not-recorded"
