"""The clean-up between two conversations, at the honest server in process."""

import asyncio
from pathlib import Path

from scim_tests import profiles
from scim_tests.explore.playing import Player
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault
from tests.playing import BASE_URL, PASSWORD, TOKEN, reference_transport

NAME = "scim-tests.abcd1234.1-0@example.com"


def test_a_create_that_was_not_answered_is_looked_up_twice_before_it_is_let_go(tmp_path: Path) -> None:
    """The target may still be at it at the first look; who was not found at the second is not left behind."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.intend(NAME)
    with asyncio.Runner() as runner:
        client = Client(
            BASE_URL, Vault(TOKEN, PASSWORD), ledger=ledger, timeout=30, transport=reference_transport()
        )
        runner.run(client.__aenter__())
        profile, loop = profiles.load("okta"), runner.get_loop()
        player = Player(loop, client.send, profile, "abcd1234", 1, ledger=ledger, known={}, parallel=1)
        left = []
        for _ in range(2):
            assert player.clean_up() == ""
            left.append([each.user_name for each in ledger.entries()])
        runner.run(client.__aexit__(None, None, None))
    assert left == [[NAME], []]
