"""The vocabulary of the faults: what is asked and answered goes through unbent unless a fault concerns it."""

import asyncio

import httpx
import pytest
from click.testing import CliRunner

from reference_server.app import application
from reference_server.faults import bent, faults
from reference_server.settings import Settings, Token
from scim_tests.cli import cli
from scim_tests.errors import UsageError
from scim_tests.session.target import bent as bent_or_said

USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a+b@example.com"}


def conversation(*fault_ids: str) -> list[tuple[int, str]]:
    """Status and media type of a few answers."""

    async def talk() -> list[tuple[int, str]]:
        app = application(Settings(tokens=(Token("secret"),)))
        transport = httpx.ASGITransport(bent(fault_ids)(app))
        headers = {"Authorization": "Bearer secret"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost/scim/v2", headers=headers
        ) as client:
            answers = [
                await client.post("/Users", json=USER),
                await client.post("/Users", json=USER),
                await client.get('/Users?filter=userName+eq+"a%2Bb@example.com"'),
                await client.get("/Nowhere"),
            ]
        app.state.server.database.close()
        return [(each.status_code, each.headers["content-type"].partition(";")[0]) for each in answers]

    return asyncio.run(talk())


def test_without_a_fault_nothing_is_bent() -> None:
    """No fault is the honest server; so is one whose situation does not come up."""
    assert conversation() == conversation("patch-null-value-500")


def test_several_faults_bend_together() -> None:
    """Each fault has its situation, whatever others are there."""
    told = conversation("create-returns-200", "create-duplicate-500", "response-content-type-plain-json")
    assert told[0] == (200, "application/json")
    assert told[1] == (500, "application/json")
    assert told[2] == (200, "application/json")


def test_there_are_many_faults_each_with_its_own_id() -> None:
    """At least 130, and every id names one class."""
    assert len(faults()) >= 130
    assert len({fault.__module__ + fault.__name__ for fault in faults().values()}) == len(faults())


def test_an_unknown_fault_is_explained() -> None:
    """Whoever misspells a fault is told the nearest ones."""
    with pytest.raises(UsageError, match="create-returns-20'"):
        bent_or_said(["create-returns-20"])


def test_the_faults_are_listed() -> None:
    """`scim-tests list faults` has a line for each."""
    said = CliRunner().invoke(cli, ["list", "faults"], standalone_mode=False).output
    assert all(fault.says() in said for fault in faults().values())
