"""A bulk request leaves only where each of its operations could leave alone; the ledger hears of each of them."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.bulk import operation
from scim_tests.model.exchange import Heard
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, State
from scim_tests.wire.vault import Vault
from scim_tests.wire.write_guard import check

OKTA = (("Accept", "application/scim+json"),)
ANN, BOB = "scim-tests.unittest.ann@example.com", "scim-tests.unittest.bob@example.com"
TEAM, CREW = "scim-tests.unittest.team", "scim-tests.unittest.crew"
BULK_FORMS = FORMS | {"POST /Bulk"}
PATCH = {"schemas": [], "Operations": [{"op": "replace", "path": "title", "value": "x"}]}


def part(method: str, path: str, data: Any = None, **more: Any) -> Step:
    body = b"" if data is None else json.dumps(data).encode()
    about = path.rpartition("/")[2] if method != "POST" else ""
    return Step("", method, path, (), body, **{"about": about, "removes": method == "DELETE", **more})


def user(name: str = ANN, id_: str = "unittestann", **more: Any) -> Step:
    return replace(part("POST", "/Users", {"userName": name, **more}, creates=name), name=id_)


def group(name: str = TEAM, id_: str = "unittestteam", *members: Any, **more: Any) -> Step:
    data = {"displayName": name, "members": list(members), **more}
    return replace(part("POST", "/Groups", data, creates=name), name=id_)


def bulk(*parts: Step, **more: Any) -> Step:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], **more}
    if parts:
        body.setdefault("Operations", [operation(each) for each in parts])
    return Step("step", "POST", "/Bulk", OKTA, json.dumps(body).encode(), parts=parts)


ANNS = {"type": "User", "value": "bulkId:unittestann"}


def joined(*members: Any) -> dict[str, Any]:
    """The body of a PATCH that puts these into a group."""
    return {"Operations": [{"op": "add", "path": "members", "value": [*members]}]}


@pytest.fixture
def proven(ledger: Ledger) -> Ledger:
    """User 1 and group 5 are ours; user 5 and group 1 are somebody's."""
    for id_, name in (("1", ANN), ("/Groups/5", f"/Groups/{TEAM}")):
        ledger.intend(name)
        ledger.created(name, id_)
        ledger.prove(id_, name)
    return ledger


def refused(ledger: Ledger, step: Step) -> str:
    """The code of the refusal; empty where the step may leave."""
    try:
        check(ledger, step, BULK_FORMS)
    except OwnError as error:
        return error.code
    return ""


def test_what_the_act_sends_may_leave(proven: Ledger) -> None:
    """Creates with references to each other, changes of what is ours, what fails for sure, and no operation at all."""
    nested = {"type": "Group", "value": "bulkId:unittestteam"}
    for step in (
        bulk(group(TEAM, "unittestteam", ANNS, {"value": "1"}), user(), group(CREW, "unittestcrew", nested)),
        bulk(user(**{"urn:x": {"manager": {"value": "bulkId:unittestbob"}}}), user(BOB, "unittestbob")),
        bulk(
            part("PATCH", "/Users/1", PATCH),
            replace(part("PUT", "/Users/1", {"id": "1", "userName": ANN}), headers=(("If-Match", 'W/"1"'),)),
            part("DELETE", "/Groups/5"),
            part("DELETE", f"/Users/{NOBODY}"),
            part("GET", "/Users/1"),
            failOnErrors=1,
        ),
        bulk(user(), part("PATCH", "/Groups/5", joined(ANNS))),
        bulk(user(), user(BOB)),
        bulk(),
    ):
        assert refused(proven, step) == "", step.body


def with_body(step: Step, **more: Any) -> Step:
    return replace(step, body=json.dumps({**json.loads(step.body), **more}).encode())


HARMLESS = bulk(part("DELETE", f"/Users/{NOBODY}"))
HIDDEN = {"method": "DELETE", "path": "/Users/5"}


@pytest.mark.parametrize(
    "step",
    [
        replace(HARMLESS, parts=()),
        replace(HARMLESS, body=b""),
        replace(bulk(), body=b"[]"),
        with_body(HARMLESS, Operations=[HIDDEN]),
        with_body(HARMLESS, Operations=[*json.loads(HARMLESS.body)["Operations"], HIDDEN]),
        with_body(HARMLESS, operations=[HIDDEN]),
        with_body(HARMLESS, path="/Users/5"),
        with_body(bulk(), Operations=[HIDDEN]),
        with_body(bulk(), OPERATIONS=[HIDDEN]),
        replace(HARMLESS, body=HARMLESS.body[:-1] + b',"Operations":[]}'),
        replace(HARMLESS, body=HARMLESS.body.replace(b'"method"', b'"method":"DELETE","METHOD"')),
        replace(HARMLESS, body=HARMLESS.body.replace(b'"path"', b'"path":"/Users/5","path"')),
        replace(HARMLESS, body=HARMLESS.body.replace(b'"path"', b'"Path"')),
        replace(HARMLESS, body=HARMLESS.body.decode().encode("utf-16")),
        replace(HARMLESS, path=f"/Users/{NOBODY}", method="PUT", about=NOBODY),
        replace(HARMLESS, about=NOBODY),
        replace(HARMLESS, creates=ANN),
    ],
    ids=lambda step: f"{step.path} {step.body[:200]!r}",
)
def test_no_body_but_what_its_parts_say(proven: Ledger, step: Step) -> None:
    """A body with more, less or other operations, or one that could be read in a second way, does not leave."""
    assert refused(proven, step) == "no-form"


@pytest.mark.parametrize(
    "path",
    [
        "/Users/5", "/Users/1?x=y", "/Users/1?_method=DELETE", "/Users/../Users/1", "/Users/./1", "/Users//1",
        "/Users/%31", "/users/1", "Users/1", "http://other.example/Users/1", "//other.example/Users/1",
        "/Users/1/", "/Users/1/members", "/Users", "/Users/1#", "/Users/1;x", "/Users/bulkId:unittestann",
        "/Users/..", "/Users/.search", "/Bulk", "/Me", "/Users/1\n", "/Users/\u0661", "",
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH"])
def test_each_operation_goes_where_it_might_go_alone(proven: Ledger, method: str, path: str) -> None:
    """No other place, and no path that a server could take for another one, also where a part stands before it."""
    odd = part(method, path, None if method == "DELETE" else {"title": "x"})
    assert refused(proven, bulk(part("DELETE", f"/Users/{NOBODY}"), user(BOB, "unittestbob"), odd))


@pytest.mark.parametrize("method", ["MERGE", "delete", "LINK", ""])
def test_no_other_method_leaves(proven: Ledger, method: str) -> None:
    """An operation has a declared form like any request."""
    assert refused(proven, bulk(part(method, "/Users/1"))) == "no-form"


def test_an_operation_needs_its_own_form(proven: Ledger) -> None:
    """Who may send bulk requests may not therefore send everything in them."""
    with pytest.raises(OwnError):
        check(proven, bulk(part("DELETE", "/Users/1")), frozenset({"POST /Bulk", "PATCH /Users/{id}"}))


@pytest.mark.parametrize(
    "odd",
    [
        user("Real.Person@example.com", "unittestann"), user("", "unittestann"), user(ANN, "1"), user(ANN, "ann"),
        user(ANN, "unittest ann"), user(ANN, ""), replace(user(), creates=BOB), replace(user(), creates=""),
        part("POST", "/Users/1", {"userName": ANN}, creates=ANN), user(ANN, "unittestann", id="5"),
        part("POST", "/Users", creates=ANN), user(ANN, "unittestann", UserName="x"),
        replace(user(), headers=(("X-HTTP-Method-Override", "DELETE"),)), replace(user(), method="PUT"),
        user(ANN, "unittestann", groups=[{"value": "1"}]), user(ANN, "unittestann", groups=["bulkId:unittestann"]),
    ],
    ids=lambda step: f"{step.name} {step.creates} {step.body!r}",
)  # fmt: skip
def test_each_create_is_one_that_can_be_told_again(proven: Ledger, odd: Step) -> None:
    """Under a name of ours that the ledger hears of, with a bulkId that is nobody's id, and in nobody's group."""
    assert refused(proven, bulk(user(BOB, "unittestbob"), odd))


@pytest.mark.parametrize(
    "member",
    [
        {"value": "9"}, {"value": "bulkId:nobody"}, {"value": "bulkId:unittestnobody"}, {"value": "BULKID:unittestann"},
        {"value": "bulkId:unittestann", "display": {"value": "9"}}, {"value": "bulkId:unittestann", "$ref": "/Users/9"},
        {"type": "Group", "value": "bulkId:unittestann"}, {"type": "Group", "value": "5"}, "9", "bulkId:unittestann",
        {"value": ["bulkId:unittestann"]}, {"value": "bulkId:unittestann", "x": "9"}, {"value": "bulkId: unittestann"},
        {"value": "bulkId:unittesttwice"}, {"value": "xbulkId:unittestann"},
    ],
    ids=str,
)  # fmt: skip
def test_members_are_ours_or_made_by_the_same_request(proven: Ledger, member: Any) -> None:
    """Nobody else is put into a group, whatever shape the member has and wherever it stands."""
    twice = [user(BOB, "unittesttwice"), group(CREW, "unittesttwice")]
    for made in (
        group(TEAM, "unittestteam", member),
        group(TEAM, "unittestteam", ANNS, member),
        group(TEAM, "unittestteam", **{"urn:ietf:params:scim:schemas:core:2.0:Group:members": [member]}),
        part("PUT", "/Groups/5", {"members": [member]}),
        part("PATCH", "/Groups/5", joined(member)),
        part("PATCH", "/Groups/5", joined(ANNS, member)),
    ):
        assert refused(proven, bulk(user(), *twice, made)), made.body


def test_a_target_that_mixes_up_ids_gets_no_bulk_request(proven: Ledger) -> None:
    """No write leaves to it any more, however it is put."""
    proven.distrust("DELETE /Users/1 showed somebody else")
    assert refused(proven, HARMLESS) == "not-ours"


IDS = ("1", "5", "9", NOBODY, "%31", "../1", "bulkId:unittestann")
MEMBERS = st.sampled_from(
    [ANNS, {"value": "1"}, {"value": "9"}, {"value": "bulkId:unittestbob"}, {"value": "5"}]
)
DATA = st.one_of(
    st.builds(lambda name: {"userName": name}, st.sampled_from([ANN, BOB, "Real.Person@example.com"])),
    st.builds(lambda some: {"displayName": TEAM, "members": some}, st.lists(MEMBERS, max_size=2)),
    st.builds(lambda id_: {"id": id_}, st.sampled_from(IDS)),
    st.none(),
)
PARTS = st.builds(
    lambda method, place, id_, data, name, creates, about: Step(
        name, method, f"{place}{id_ and '/'}{id_}", (), b"" if data is None else json.dumps(data).encode(),
        creates=creates, about=about or id_, removes=method == "DELETE",
    ),
    st.sampled_from(["POST", "POST", "PUT", "PATCH", "DELETE", "GET", "MERGE"]),
    st.sampled_from(["/Users", "/Groups", "/Users", "/users", "/Bulk", ""]),
    st.sampled_from(["", "", *IDS]),
    DATA,
    st.sampled_from(["unittestann", "unittestbob", "unittestteam", "9", ""]),
    st.sampled_from([ANN, BOB, TEAM, "Real.Person@example.com", ""]),
    st.sampled_from(["", "", "1", "9"]),
)  # fmt: skip
OURS = {"/Users/1", "/Groups/5", f"/Users/{NOBODY}", f"/Groups/{NOBODY}"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=400)
@given(st.lists(PARTS, min_size=1, max_size=4), st.sampled_from([None, None, None, HIDDEN]))
def test_whatever_leaves_is_about_ours_alone(proven: Ledger, parts: list[Step], hidden: Any) -> None:
    """Of any operations in any order, declared or not: a request that leaves writes to nobody else, and puts nobody else in."""
    step = bulk(*parts)
    if hidden:
        step = with_body(step, Operations=[*json.loads(step.body)["Operations"], hidden])
    if refused(proven, step):
        return
    operations = json.loads(step.body)["Operations"]
    made = {f"bulkId:{each['bulkId']}" for each in operations if each["method"] == "POST"}
    for each in operations:
        data = each.get("data") or {}
        named = [member["value"] for member in data.get("members", [])]
        assert each["method"] == "GET" or each["path"] in (
            {"/Users", "/Groups"} if each["method"] == "POST" else OURS
        )
        assert {data.get("userName", ANN), data.get("displayName", TEAM)} <= {ANN, BOB, TEAM}
        assert {*named} <= {"1"} | made


def with_transport(
    respond: Callable[[httpx.Request], httpx.Response], ledger: Ledger, *steps: Step
) -> list[Heard]:
    async def play() -> list[Heard]:
        transport = httpx.MockTransport(respond)
        async with Client("http://t.example", Vault("", ""), ledger=ledger, transport=transport) as client:
            return [await client.send(step, BULK_FORMS) for step in steps]

    return asyncio.run(play())


BOTH = bulk(group(TEAM, "unittestteam", ANNS), user(), user(BOB, "unittestbob"))
NAMES = [f"/Groups/{TEAM}", ANN, BOB]


def test_each_name_is_on_disk_before_the_request_leaves(ledger: Ledger) -> None:
    """All of them, while it is under way."""
    seen: list[list[Entry]] = []

    def respond(_: httpx.Request) -> httpx.Response:
        seen.append(Ledger(ledger.path).entries())
        return httpx.Response(500)

    with_transport(respond, ledger, BOTH)
    assert seen == [[Entry(name, "", State.UNACKNOWLEDGED) for name in NAMES]]


def results(*said: Any) -> httpx.Response:
    return httpx.Response(200, json={"schemas": [], "Operations": list(said)})


def made(bulk_id: str, location: str = "", status: Any = "201", **more: Any) -> dict[str, Any]:
    led = {"location": f"http://t.example{location}"} if location else {}
    return {"method": "POST", "bulkId": bulk_id, "status": status, **led, **more}


GROUP_9, ANN_1, BOB_2 = (
    made("unittestteam", "/Groups/9", response={"id": "9", "displayName": TEAM}),
    made("unittestann", "/Users/1", response={"id": "1", "userName": ANN}),
    made("unittestbob", "/Users/2", response={"id": "2", "userName": BOB}),
)
LED = made("unittestann", "/Users/1"), made("unittestbob", "/Users/2")
OPEN = ("", State.UNACKNOWLEDGED)
CONFLICT = {"response": {"schemas": [], "status": "409", "detail": "is taken"}}


@pytest.mark.parametrize(
    ("response", "left"),
    [
        (results(GROUP_9, ANN_1, BOB_2), [("/Groups/9",), ("1",), ("2",)]),
        (results(BOB_2, ANN_1, GROUP_9), [("/Groups/9",), ("1",), ("2",)]),
        (results(made("unittestteam", "/Groups/9"), made("unittestann", "/Users/1")), [OPEN, OPEN, OPEN]),
        (results({**GROUP_9, "status": {"code": "201"}}, {**ANN_1, "status": 201}), [("/Groups/9",), ("1",), OPEN]),
        (results(made("unittestteam", response={"id": 9})), [("/Groups/9",), OPEN, OPEN]),
        (results(made("unittestteam", "/Groups/9", response={"id": "8"})), [OPEN, OPEN, OPEN]),
        (results(made("unittestteam", "/Users/9")), [OPEN, OPEN, OPEN]),
        (results(GROUP_9, made("unittestann", "/Users/2", response={"id": "2"}), BOB_2), [("/Groups/9",), OPEN, ("2",)]),
        (results(LED[0], LED[0]), [OPEN, OPEN, OPEN]),
        (results(made("unittestann", status="409", **CONFLICT)), [OPEN, ("", State.REFUSED), OPEN]),
        (results(made("unittestann", status="500"), made("unittestbob", status="x")), [OPEN, OPEN, OPEN]),
        (results({**LED[0], "bulkId": None}, {**LED[1], "bulkId": "other"}, 7, None), [OPEN, OPEN, OPEN]),
        (httpx.Response(200, json={"Operations": {"a": 1}}), [OPEN, OPEN, OPEN]),
        (httpx.Response(200, json=[]), [OPEN, OPEN, OPEN]),
        (httpx.Response(200, text="<html>"), [OPEN, OPEN, OPEN]),
        (httpx.Response(200), [OPEN, OPEN, OPEN]),
        (httpx.Response(500), [OPEN, OPEN, OPEN]),
        (httpx.Response(302), [OPEN, OPEN, OPEN]),
        (httpx.Response(408), [OPEN, OPEN, OPEN]),
        (httpx.Response(413), [("", State.REFUSED)] * 3),
        (httpx.Response(404), [("", State.REFUSED)] * 3),
        (httpx.Response(400, json={"Operations": [LED[0]]}), [("", State.REFUSED)] * 3),
    ],
)  # fmt: skip
def test_the_ledger_hears_what_came_of_each_create(
    ledger: Ledger, response: httpx.Response, left: Sequence[Any]
) -> None:
    """By its bulkId alone; what cannot be told for sure stays open, so that the clean-up looks for the name."""
    with_transport(lambda _: response, ledger, BOTH)
    told = [(*each, State.UNACKNOWLEDGED) if len(each) == 1 else each for each in left]
    shown = [Entry(name, *each) for name, each in zip(NAMES, told, strict=True)]
    assert [
        each._replace(state=State.UNACKNOWLEDGED if each.id else each.state) for each in ledger.entries()
    ] == shown
    assert not ledger.owns("1")


def test_a_create_behind_the_last_failure_is_as_good_as_refused(ledger: Ledger) -> None:
    """The target says that it had stopped; with fewer failures than are allowed nobody knows why there is no result."""
    failed = {"method": "DELETE", "location": f"/Users/{NOBODY}", "status": "404", "response": {}}
    for most, state in ((1, State.REFUSED), (2, State.UNACKNOWLEDGED)):
        step = bulk(part("DELETE", f"/Users/{NOBODY}"), user(), failOnErrors=most)
        with_transport(lambda _: results(failed), ledger, step)
        assert ledger.entries() == [Entry(ANN, "", state)]
    with_transport(lambda _: results(), ledger, bulk(user(BOB, "unittestbob"), failOnErrors=1))
    assert Entry(BOB, "", State.UNACKNOWLEDGED) in ledger.entries()


def test_a_bulk_request_that_never_left_made_nobody(ledger: Ledger) -> None:
    """Without a connection the ledger has nobody to look for."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with_transport(refuse, ledger, BOTH)
    assert ledger.entries() == []


def test_whom_two_creates_were_answered_with_is_found_and_nobody_is_lost(ledger: Ledger) -> None:
    """The location of the last told of all: a GET shows whose it is, and the other is looked for by name."""
    last = made("unittestann", "/Users/2"), LED[1], made("unittestteam", "/Groups/9")
    read = Step("read", "GET", "/Users/2", OKTA)
    answers = iter([results(*last), httpx.Response(200, json={"id": "2", "userName": BOB})])
    with_transport(lambda _: next(answers), ledger, BOTH, read)
    assert ledger.owns("2")
    assert [each[:2] for each in ledger.entries()] == [
        (f"/Groups/{TEAM}", ""), (ANN, ""), (BOB, "2"),
    ]  # fmt: skip


def test_what_an_operation_removes_is_gone_and_what_it_does_not_is_ours_yet(proven: Ledger) -> None:
    """By the result of that very operation; where the request failed as a whole nothing is removed."""
    step = bulk(part("DELETE", "/Groups/5"), part("DELETE", "/Users/1"))
    gone = {"method": "DELETE", "location": "http://t.example/Groups/5", "status": "204"}
    stays = {"method": "DELETE", "location": "http://t.example/Users/1", "status": "412", "response": {}}
    with_transport(lambda _: httpx.Response(404), proven, step)
    assert not proven.is_gone("/Groups/5")
    assert proven.owns("1")
    with_transport(lambda _: results(stays, gone), proven, step)
    assert proven.is_gone("/Groups/5")
    assert proven.owns("1")


def test_somebody_else_in_a_result_is_never_written_to(proven: Ledger) -> None:
    """A result that shows another person under an id of ours takes the proof away."""
    shown = {"id": "1", "userName": "eve@real.example.com"}
    said = {"method": "PATCH", "location": "http://t.example/Users/1", "status": "200", "response": shown}
    with_transport(lambda _: results(said), proven, bulk(part("PATCH", "/Users/1", PATCH)))
    assert not proven.owns("1")
    assert proven.distrusted
