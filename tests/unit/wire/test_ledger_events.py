"""The ledger is told before a step leaves, and what came of it; what an answer shows proves or disproves whose an id is."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import Heard
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, State
from scim_tests.wire.vault import Vault

OKTA = (("Accept", "application/scim+json"),)
GET = Step("read", "GET", "/Users/1", OKTA)
GET_TEAM = Step("read", "GET", "/Groups/1", OKTA)


def with_transport(
    respond: Callable[[httpx.Request], httpx.Response], ledger: Ledger, *steps: Step
) -> list[Heard]:
    async def play() -> list[Heard]:
        transport = httpx.MockTransport(respond)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            return [await client.send(step, FORMS) for step in steps]

    return asyncio.run(play())


NAME = "scim-tests.unittest.ann@example.com"
CREATE = Step("create", "POST", "/Users", OKTA, b"{}", creates=NAME)
ANN = {"id": "1", "userName": NAME}


def test_intent_is_on_disk_before_a_create_leaves(ledger: Ledger) -> None:
    """The file names the userName already while the request is under way, and the id afterwards."""
    seen = []

    def respond(_: httpx.Request) -> httpx.Response:
        seen.append(Ledger(ledger.path).entries())
        return httpx.Response(201, json=ANN)

    with_transport(respond, ledger, CREATE)
    assert seen == [[Entry(NAME, "", State.UNACKNOWLEDGED)]]
    assert Ledger(ledger.path).entries() == [Entry(NAME, "1", State.CREATED)]


@pytest.mark.parametrize(
    ("response", "left"),
    [
        (httpx.Response(201, json=ANN), ("1", State.CREATED)),
        (httpx.Response(201, json={**ANN, "id": 1}), ("1", State.CREATED)),
        (httpx.Response(201), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(201, headers={"Location": "http://t.example/Users/1"}), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(201, text="<html>"), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(500), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(302), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(400), ("", State.REFUSED)),
        (httpx.Response(408), ("", State.UNACKNOWLEDGED)),
        (httpx.Response(409), ("", State.REFUSED)),
        (httpx.Response(429), ("", State.REFUSED)),
        (httpx.Response(409, json=ANN), ("1", State.CREATED)),
        (httpx.Response(401), ("", State.REFUSED)),
    ],
)
def test_ledger_hears_what_came_of_a_create(
    ledger: Ledger, response: httpx.Response, left: tuple[str, State] | None
) -> None:
    """After each kind of answer the ledger lists exactly who may be there."""
    with_transport(lambda _: response, ledger, CREATE)
    assert ledger.entries() == ([Entry(CREATE.creates, *left)] if left else [])


def test_nobody_is_made_any_more_where_no_id_can_be_asked_for(ledger: Ledger) -> None:
    """Whom a target gives an id that is no plain one could never be proven, nor removed."""
    answers = (httpx.Response(201, json={**ANN, "id": f"a/{number}"}) for number in range(3))
    with_transport(lambda _: next(answers), ledger, CREATE, CREATE, CREATE)
    with pytest.raises(OwnError, match="makes nobody more"):
        with_transport(lambda _: next(answers), ledger, CREATE)


def test_location_is_believed_once_the_user_is_shown(ledger: Ledger) -> None:
    """A 201 without a body leads to an id of ours as soon as a GET shows it under our userName."""
    answers = iter([httpx.Response(201, headers={"Location": "/Users/1"}), httpx.Response(200, json=ANN)])
    with_transport(lambda _: next(answers), ledger, CREATE)
    assert not ledger.owns("1")
    with_transport(lambda _: next(answers), ledger, GET)
    assert ledger.owns("1")
    assert ledger.entries() == [Entry(CREATE.creates, "1", State.CREATED)]


def test_a_create_that_never_left_leaves_nothing(ledger: Ledger) -> None:
    """Without a connection nobody can have been created."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    (heard,) = with_transport(refuse, ledger, CREATE)
    assert heard.unreachable
    assert ledger.entries() == []


def test_somebody_elses_id_is_not_written_to(ledger: Ledger) -> None:
    """A create answered with somebody else's user does not make that user ours; a list shows it, too."""
    bob = {"id": "7", "userName": "bob@real.example.com"}
    listed = {"Resources": [{"id": "8", "userName": "eve@real.example.com"}, {**ANN, "id": "8"}]}
    answers = iter([httpx.Response(201, json=bob), httpx.Response(200, json=listed)])
    with_transport(lambda _: next(answers), ledger, CREATE, GET)
    for id_ in ("7", "8"):
        with pytest.raises(OwnError) as refused:
            with_transport(lambda _: httpx.Response(204), ledger, write("PUT", f"/Users/{id_}", id_))
        assert refused.value.code == "not-ours"
    assert Entry(CREATE.creates, "7", State.DISPUTED) in ledger.entries()


def proven(ledger: Ledger, shown: Any, step: Step = GET) -> bool:
    """Whether id 1 is ours after that answer to a create's user's GET."""
    made = httpx.Response(201, json=ANN)
    answers = iter([made, httpx.Response(200, json=shown)])
    with_transport(lambda _: next(answers), ledger, CREATE, step)
    return ledger.owns("1")


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        (ANN, True),
        ({**ANN, "id": 1}, True),
        ({**ANN, "userName": NAME.upper()}, True),
        ({"userName": NAME}, False),
        ({**ANN, "id": "2"}, False),
        ({**ANN, "id": ["1"]}, False),
        ({**ANN, "userName": "bob@real.example.com"}, False),
        ({"id": "1"}, False),
        ({"Resources": [ANN]}, False),
        ({"createdBy": ANN, "id": "7"}, False),
        ([ANN], False),
        (None, False),
    ],
)
def test_only_a_get_that_shows_id_and_name_proves(ledger: Ledger, shown: Any, *, ours: bool) -> None:
    """Neither the answer to the create nor a list, another id, another shape or another name makes an id ours."""
    assert proven(ledger, shown) is ours


@pytest.mark.parametrize(
    "step",
    [
        Step("find", "GET", "/Users?filter=id%20eq%20%221%22", OKTA),
        Step("read", "GET", "/Users/2", OKTA),
        Step("read", "GET", "/Groups/1", OKTA),
    ],
)
def test_a_get_of_something_else_proves_nothing(ledger: Ledger, step: Step) -> None:
    """Our user in the answer to another request is a sighting."""
    assert not proven(ledger, ANN, step)


def test_proof_is_taken_away_at_once(ledger: Ledger) -> None:
    """A stranger in any answer to a request by our id, or our id under a stranger's name in any list, ends it."""
    bob = {"id": "7", "userName": "bob@real.example.com"}
    assert proven(ledger, ANN)
    with_transport(lambda _: httpx.Response(200, json=bob), ledger, GET)
    assert not ledger.owns("1")


REAL = "bob@real.example.com"


@pytest.mark.parametrize(
    "shown",
    [
        b'{"id": "1", "userName": "%(real)s", "userName": "%(ours)s"}',
        b'{"id": "1", "userName": "%(ours)s", "username": "%(real)s"}',
        b'{"ID": "1", "USERNAME": "%(real)s", "id": "1", "userName": "%(ours)s"}',
        b'{"id": "7", "id": "1", "userName": "%(ours)s"}',
        b'{"id": "1", "userName": "%(ours)s", "user": {"userName": "%(real)s"}}',
        b'{"id": "1", "userName": "%(ours)s", "Resources": [{"id": "1", "userName": "%(real)s"}]}',
        b'{"id": "1", "userName": "%(ours)s", "urn:ietf:params:scim:schemas:core:2.0:User": {"userName": "%(real)s"}}',
        b'{"id": "1", "userName": "%(ours)s", "urn:ietf:params:scim:schemas:core:2.0:User:userName": "%(real)s"}',
        b'{"id": "1", "userName": ["%(ours)s"]}',
        b'{"id": "1", "userName": "%(ours)s"} and more',
        b'\xef\xbb\xbf{"id": "1", "userName": "%(ours)s"}',
        b'[{"id": "1", "userName": "%(ours)s"}]',
    ],
    ids=str,
)
def test_what_can_be_read_in_two_ways_proves_nothing(ledger: Ledger, shown: bytes) -> None:
    """A GET that shows our name and something else beside it, or that is no plain JSON, leaves it open whose id it is."""
    body = shown % {b"ours": NAME.encode(), b"real": REAL.encode()}
    answers = iter([httpx.Response(201, json=ANN), httpx.Response(200, content=body)])
    with_transport(lambda _: next(answers), ledger, CREATE, GET)
    assert not ledger.owns("1")


def test_who_made_or_manages_our_user_is_somebody_else(ledger: Ledger) -> None:
    """Names of others, told about ours, take no proof away."""
    others = {
        "manager": {"userName": REAL},
        "meta": {"createdBy": {"userName": REAL}},
        "createdBy": {"userName": REAL},
    }
    assert proven(ledger, {**ANN, **others})


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_a_stranger_is_seen_in_any_coding(ledger: Ledger, coding: str, status: int) -> None:
    """Our id under another's name, in bytes that are no JSON by the standard and under any status, bars it for good."""
    body = json.dumps({"id": "1", "userName": REAL}).encode(coding)
    answers = iter(
        [httpx.Response(201, json=ANN), httpx.Response(status, content=body), httpx.Response(200, json=ANN)]
    )
    with_transport(lambda _: next(answers), ledger, CREATE, GET, GET)
    assert not ledger.owns("1")


@pytest.mark.parametrize(
    "listed",
    [
        [{"id": "1", "userName": REAL}],
        {"Resources": [[{"id": "1", "userName": REAL}]]},
        {"1": {"id": 1.0, "userName": REAL}},
    ],
    ids=str,
)
def test_a_stranger_is_seen_in_any_shape(ledger: Ledger, listed: Any) -> None:
    """Our id under another's name bars it wherever a list shows it."""
    assert proven(ledger, ANN)
    with_transport(lambda _: httpx.Response(200, json=listed), ledger, Step("find", "GET", "/Users", OKTA))
    assert not ledger.owns("1")


def test_a_group_is_known_by_its_display_name_alone(ledger: Ledger) -> None:
    """A group whose other members read like the ledger's own words for ours stays the group that it is."""
    shown = {"id": "/Groups/1", "userName": f"/Groups/{TEAM_NAME}", "displayName": "Finance"}
    answers = iter(
        [httpx.Response(201, json={"id": "1", "displayName": TEAM_NAME}), httpx.Response(200, json=shown)]
    )
    with_transport(lambda _: next(answers), ledger, TEAM, GET_TEAM)
    assert not ledger.owns("/Groups/1")


def test_a_put_to_nobody_is_a_create(ledger: Ledger) -> None:
    """A target that makes whom a PUT names makes nobody of whom the ledger does not know."""
    put = write("PUT", f"/Users/{NOBODY}", NOBODY)
    put = replace(put, body=json.dumps({"userName": NAME}).encode())
    with_transport(lambda _: httpx.Response(201, json={**ANN, "id": NOBODY}), ledger, put)
    assert ledger.entries() == [Entry(NAME, NOBODY, State.CREATED)]


def test_whom_a_search_made_is_listed(ledger: Ledger) -> None:
    """A router that takes `/Users/.search` for `/Users` makes somebody without a name."""
    search = Step("search", "POST", "/Users/.search", OKTA, b"{}")
    with_transport(lambda _: httpx.Response(201, json={"id": "7"}), ledger, search)
    assert ledger.entries() == [Entry("POST /Users/.search", "7", State.UNACKNOWLEDGED)]


def write(method: str, path: str, about: str, **more: Any) -> Step:
    return Step("write", method, path, OKTA, about=about, **more)


TEAM_NAME = "scim-tests.unittest.team"
TEAM = Step("create", "POST", "/Groups", OKTA, b"{}", creates=TEAM_NAME)


def test_a_group_has_entries_of_its_own(ledger: Ledger) -> None:
    """A group's id allows writes to that group and to no user, and a new name of it stays ours."""
    answers = iter([httpx.Response(201, json={"id": "1", "displayName": TEAM_NAME})])
    with_transport(lambda _: next(answers), ledger, TEAM)
    assert ledger.entries() == [Entry(f"/Groups/{TEAM_NAME}", "/Groups/1", State.CREATED)]
    shown = httpx.Response(200, json={"id": "1", "displayName": TEAM_NAME})
    with_transport(lambda _: shown, ledger, GET_TEAM)
    renamed = httpx.Response(200, json={"id": "1", "displayName": f"{TEAM_NAME} renamed"})
    with_transport(
        lambda _: renamed, ledger, write("PATCH", "/Groups/1", "1", creates=f"{TEAM_NAME} renamed")
    )
    assert [entry.id for entry in ledger.entries()] == ["/Groups/1"]
    with pytest.raises(OwnError):
        with_transport(lambda _: httpx.Response(204), ledger, write("DELETE", "/Users/1", "1"))
    with_transport(lambda _: httpx.Response(204), ledger, write("DELETE", "/Groups/1", "1", removes=True))
    assert Ledger(ledger.path).entries() == []


def test_a_group_under_another_name_is_not_written_to(ledger: Ledger) -> None:
    """A create of a group that shows a stranger's group makes it no property of the run."""
    stranger = httpx.Response(201, json={"id": "1", "displayName": "Finance"})
    with_transport(lambda _: stranger, ledger, TEAM)
    with pytest.raises(OwnError):
        with_transport(lambda _: httpx.Response(204), ledger, write("PUT", "/Groups/1", "1"))


@pytest.mark.parametrize(("status", "left"), [(204, 0), (200, 0), (404, 0), (410, 0), (403, 1), (500, 1)])
def test_ledger_hears_of_removals(ledger: Ledger, status: int, left: int) -> None:
    """Who was removed, or is gone, is no longer listed; after any other answer still is."""
    ledger.intend("ann")
    ledger.prove("a:b", "ann")
    with_transport(
        lambda _: httpx.Response(status), ledger, write("DELETE", "/Users/a%3Ab", "a:b", removes=True)
    )
    assert len(ledger.entries()) == left


def test_cancelling_goes_through(ledger: Ledger) -> None:
    """Ctrl-C during a create is no failure of the target, and the intent stays on disk."""

    async def play() -> None:
        under_way = asyncio.Event()

        async def respond(_: httpx.Request) -> httpx.Response:
            under_way.set()
            return await asyncio.Future[httpx.Response]()

        transport = httpx.MockTransport(respond)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            sending = asyncio.ensure_future(client.send(CREATE, FORMS))
            await under_way.wait()
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending

    asyncio.run(play())
    assert ledger.entries() == [Entry(CREATE.creates, "", State.UNACKNOWLEDGED)]


@pytest.mark.parametrize("shown", [{}, {"id": ""}], ids=["no id", "an empty id"])
def test_an_answer_without_an_id_proves_no_id_of_noughts(ledger: Ledger, shown: dict[str, str]) -> None:
    """Ids are compared without the noughts before a number, of which one is left."""
    answers = iter(
        [httpx.Response(201, json={**ANN, "id": "0"}), httpx.Response(200, json={"userName": NAME, **shown})]
    )
    with_transport(lambda _: next(answers), ledger, CREATE, replace(GET, path="/Users/0", about="0"))
    assert not ledger.owns("0")


@pytest.mark.parametrize("said", [{}, {"id": "1", "userName": ""}, {"userName": NAME}, [], None], ids=str)
def test_a_read_that_shows_nobody_proves_nobody(ledger: Ledger, said: Any) -> None:
    """JSON that can be read in one way and tells of nobody ends nothing of ours."""
    answers = iter([httpx.Response(201, json=ANN), httpx.Response(200, json=said)])
    with_transport(lambda _: next(answers), ledger, CREATE, replace(GET, about="1"))
    assert not ledger.owns("1")


def test_who_was_shown_as_somebody_else_is_not_ours_though_a_create_was_answered_alike(
    ledger: Ledger,
) -> None:
    """The id of ours may be written in other letters here and there, but not as somebody else's."""
    stranger = {"id": "a1", "userName": "ottoline@example.org"}
    said = [(200, stranger), (201, {**ANN, "id": "A1"}), (200, {**ANN, "id": "a1"})]
    answers = iter([httpx.Response(status, json=shown) for status, shown in said])
    read = replace(GET, path="/Users/a1", about="a1")
    with_transport(lambda _: next(answers), ledger, read, CREATE, read)
    assert not ledger.owns("a1")
