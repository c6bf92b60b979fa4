"""Each kind of move is the one request that it stands for, in both dialects, and a server that is honest answers it."""

import json
import re
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from scim_tests import profiles
from scim_tests.engine.run_state import SceneRun, State
from scim_tests.model.act import NOBODY
from scim_tests.model.conversation import KINDS
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import ENTERPRISE_USER, Json, get
from scim_tests.model.scim import USER as CORE
from scim_tests.personas.explore.memory import kinds_of
from scim_tests.personas.rfc.operations import set_
from tests.holding import hold
from tests.playing import no_disk  # noqa: F401 -- a fixture

MADE = "create:0 read:0"
TWO = f"{MADE} create:1 read:1"
GROUP = f"{TWO} create-group:0+0 read-group:0"
DEPARTMENT = f"{ENTERPRISE_USER}:department"
MAIL = '"scim-tests.(run).mail@example.com"'  # whichever run and conversation it is
FAX = '{"type":"fax","value":"+1-201-555-0189"}'


class Case(NamedTuple):
    """A conversation whose last move is looked at: form, body and status of its request."""

    line: str
    form: str
    body: Json = None  # of a PATCH its operations, of a PUT what is new in it
    status: int = 200


def value(**more: Json) -> list[Json]:
    return [{"op": "replace", "value": more}]


def members(op: str, *places: int) -> dict[str, Json]:
    return {
        "op": op,
        "path": "members",
        "value": [{"value": f"<{each}>", "display": f"~-{each}@example.com"} for each in places],
    }


def left(place: int) -> dict[str, Json]:
    return {"op": "remove", "path": f'members[value eq "<{place}>"]'}


def shown(*places: int) -> list[Json]:
    return [{"value": f"<{each}>", "display": f"~-{each}@example.com"} for each in places]


def with_nobody(op: str, place: int) -> dict[str, Json]:
    changed = members(op, place)
    return {**changed, "value": [*changed["value"], {"value": NOBODY, "display": "nobody"}]}


USER, GROUP_PATH = "/Users/<0>", "/Groups/<g0>"
ASKS_USERS, ASKS_GROUPS = "GET /Users?filter=", "GET /Groups?filter="
PAGE = "&startIndex=1&count=100"

SAME = (
    Case("create:0", "POST /Users", {"userName": "~-0@example.com", "title": "Proofreader"}, 201),
    Case(f"{MADE} create:0", "POST /Users", {"userName": "~-0@example.com"}, 409),
    Case(f"{MADE} create:0:=3", "POST /Users", {"userName": "~-3@example.com"}, 201),
    Case(f"{MADE} put:0", f"PUT {USER}", {}),
    Case(f'{MADE} put:0:name.givenName="Ann"', f"PUT {USER}", {"name": {"givenName": "Ann"}}),
    Case(f'{MADE} put:0:{DEPARTMENT}="Ink"', f"PUT {USER}", {ENTERPRISE_USER: {"department": "Ink"}}),
    Case(f"{MADE} put:0:phoneNumbers=[{FAX}]", f"PUT {USER}", {"phoneNumbers": [json.loads(FAX)]}),
    Case(f"{MADE} put:0:userName=2", f"PUT {USER}", {"userName": "~-2@example.com"}),
    Case(f"{MADE} delete:0", f"DELETE {USER}", status=204),
    Case(f"{MADE} delete:0 read:0 delete:0", f"DELETE {USER}", status=404),
    Case(f"{MADE} delete:0 read:0", f"GET {USER}", status=404),
    Case(f"{MADE} delete:0 create:0", "POST /Users", {"userName": "~-0@example.com"}, 201),
    Case(f"{TWO} create-group:0+0.1", "POST /Groups", {"displayName": "~-g0", "members": shown(0, 1)}, 201),
    Case(f"{TWO} create-group:1:=2", "POST /Groups", {"displayName": "~-g2", "members": []}, 201),
    Case(f"{GROUP} put-group:0+1:=2", f"PUT {GROUP_PATH}", {"displayName": "~-g2", "members": shown(1)}),
    Case(f"{GROUP} delete-group:0", f"DELETE {GROUP_PATH}", status=204),
    Case(MADE, f"GET {USER}"),
    Case(GROUP, f"GET {GROUP_PATH}"),
    Case(f"{MADE} lookup:=0", f"{ASKS_USERS}userName%20eq%20%22~-0%40example.com%22{PAGE}"),
    Case(f"{MADE} lookup:=4", f"{ASKS_USERS}userName%20eq%20%22^-0%40EXAMPLE.COM%22{PAGE}"),
    Case(f"{GROUP} lookup-group:=1", f"{ASKS_GROUPS}displayName%20eq%20%22~-g1%22{PAGE}"),
    Case("list", "GET /Users?startIndex=1&count=100"),
    Case("list-groups", "GET /Groups?startIndex=1&count=100"),
    Case("page:=2", "GET /Users?startIndex=2&count=3"),
    Case(
        "create-bare:0",
        "POST /Users",
        {"userName": "~-0@example.com", "schemas": [CORE], "phoneNumbers": None},
        201,
    ),
)
PATCHED = (
    Case(f"{MADE} rename:0:=1", f"PATCH {USER}", value(userName="~-1@example.com")),
    Case(f"{MADE} rename:0:=4", f"PATCH {USER}", value(userName="^-0@EXAMPLE.COM")),
    Case(f"{TWO} rename:0:=1", f"PATCH {USER}", value(userName="~-1@example.com"), 409),
    Case(f'{MADE} set:0:title="Dr%20Who"', f"PATCH {USER}", value(title="Dr Who")),
    Case(f"{MADE} set:0:emails=[{MAIL}]", f"PATCH {USER}", value(emails=["~.mail@example.com"])),
    Case(f'{MADE} set:0:name.givenName="Ann"', f"PATCH {USER}", value(name={"givenName": "Ann"})),
    Case(f'{MADE} set:0:{DEPARTMENT}="Ink"', f"PATCH {USER}", value(**{ENTERPRISE_USER: {"department": "Ink"}})),
    Case(f'{MADE} delete:0 read:0 set:0:title="A"', f"PATCH {USER}", value(title="A"), 404),
    Case(f"{MADE} deactivate:0", f"PATCH {USER}", value(active=False)),
    Case(f"{MADE} deactivate:0 activate:0", f"PATCH {USER}", value(active=True)),
    Case(f"{GROUP} rename-group:0:=1", f"PATCH {GROUP_PATH}", value(id="<g0>", displayName="~-g1")),
    Case(f"{GROUP} add-members:0+1", f"PATCH {GROUP_PATH}", [members("add", 1)]),
    Case(f"{GROUP} remove-members:0+0", f"PATCH {GROUP_PATH}", [left(0)]),
    Case(f"{GROUP} replace-members:0", f"PATCH {GROUP_PATH}", [members("replace")]),
)  # fmt: skip
PUT = (
    Case(f"{MADE} rename:0:=1", f"PUT {USER}", {"userName": "~-1@example.com"}),
    Case(f"{TWO} rename:0:=1", f"PUT {USER}", {"userName": "~-1@example.com"}, 409),
    Case(f'{MADE} set:0:title="Dr%20Who"', f"PUT {USER}", {"title": "Dr Who"}),
    Case(f'{MADE} delete:0 read:0 set:0:title="A"', f"PUT {USER}", {"title": "A"}, 404),
    Case(f"{MADE} deactivate:0", f"PUT {USER}", {"active": False}),
    Case(f"{MADE} deactivate:0 read:0 activate:0", f"PUT {USER}", {"active": True}),
    Case(f"{GROUP} rename-group:0:=1", f"PUT {GROUP_PATH}", {"displayName": "~-g1"}),
    Case(f"{GROUP} add-members:0+1", f"PUT {GROUP_PATH}", {"members": shown(0, 1)}),
    Case(f"{GROUP} remove-members:0+0", f"PUT {GROUP_PATH}", {"members": []}),
    Case(f"{GROUP} replace-members:0+1", f"PUT {GROUP_PATH}", {"members": shown(1)}),
)
CHANGED = f'{MADE} set:0:title="A" read:0'
SPECIFIED = (
    Case(f'{MADE} replace:0:title="A"', f"PATCH {USER}", [{"op": "replace", "path": "title", "value": "A"}]),
    Case(f"{MADE} add:0:phoneNumbers=[{FAX}]", f"PATCH {USER}", [{"op": "add", "path": "phoneNumbers", "value": [json.loads(FAX)]}]),
    Case(f'{MADE} remove:0:phoneNumbers[type%20eq%20"work"]', f"PATCH {USER}", [{"op": "remove", "path": 'phoneNumbers[type eq "work"]'}]),
    Case(f"{GROUP} create-group-alike:1+0", "POST /Groups", {"displayName": "~-g1", "externalId": "<id of 0>", "members": shown(0)}, 201),
    Case(f"{MADE} create-group-spoilt:0+0", "POST /Groups", {"displayName": "~-g0", "members": [*shown(0), {"value": NOBODY, "display": "nobody"}]}, 400),
    Case(f"{GROUP} rename-group-if-current:0:=1", f"PATCH {GROUP_PATH}", value(id="<g0>", displayName="~-g1")),
    Case(f"{GROUP} rename-group:0:=1 rename-group-if-stale:0:=2", f"PATCH {GROUP_PATH}", value(id="<g0>", displayName="~-g2"), 412),
    Case("page-of-groups:=2", "GET /Groups?startIndex=2&count=1"),
    Case(f'{MADE} set:0:title="A" read:0 find-former:0:title', f"{ASKS_USERS}title%20eq%20%22Proofreader%22&count=50"),
    Case("create-inactive:0:=1", "POST /Users", {"userName": "~-1@example.com", "active": False}, 201),
    Case(f"{MADE} create-alike:1+0", "POST /Users", {"userName": "~-1@example.com", "externalId": "<id of 0>"}, 201),
    Case(f"{MADE} delete:0 create-alike:0+0:=2", "POST /Users", {"userName": "~-2@example.com", "externalId": "<id of 0>"}, 201),
    *(
        Case(f"create-spoilt:0:{name}=3", "POST /Users", {"userName": "~-3@example.com", name: wrong}, 400)
        for name, wrong in (("active", NOBODY), ("name", NOBODY), ("emails", NOBODY), ("title", {"value": NOBODY}), ("nickName", {"value": NOBODY}))
    ),
    *(
        Case(f'{MADE} {kind}:0:title="A"', f"PATCH {USER}", [set_("title", "A"), wrong], 400)
        for kind, wrong in (
            ("spoil-op", {**set_("title", NOBODY), "op": "invalid-op"}), ("spoil-path", set_("noSuchAttribute", NOBODY)),
            ("spoil-type", set_("active", NOBODY)), ("spoil-target", set_(f'emails[type eq "{NOBODY}"].value', NOBODY)),
        )
    ),
    Case(f'{MADE} switch-by-text:0:="False"', f"PATCH {USER}", [set_("active", "False")]),
    Case(f"{MADE} put:0:active=false", f"PUT {USER}", {"active": False}),
    Case(f"{CHANGED} put-back:0", f"PUT {USER}", {"title": "Proofreader"}),
    Case(f"{MADE} rename:0:=1 read:0 put-back:0", f"PUT {USER}", {"userName": "~-0@example.com"}),
    Case(f"{GROUP} add-nobody:0+1", f"PATCH {GROUP_PATH}", [with_nobody("add", 1)], 400),
    Case(f"{GROUP} replace-by-nobody:0+1", f"PATCH {GROUP_PATH}", [with_nobody("replace", 1)], 400),
    Case("page-of-one:=2", "GET /Users?startIndex=2&count=1"),
    Case("list-sorted:title", "GET /Users?sortBy=title&startIndex=1&count=100"),
    Case("list-sorted:title=true", "GET /Users?sortBy=title&sortOrder=descending&startIndex=1&count=100"),
    Case("list-active:=false", "GET /Users?filter=active%20eq%20false&startIndex=1&count=100"),
    Case(f"{MADE} find:0:emails", f"{ASKS_USERS}emails.value%20eq%20%22~-0%40example.com%22&count=50"),
    Case(f"{MADE} put-less:0:nickName", f"PUT {USER}", {"nickName": None}),
    Case(f"{MADE} put-less:0:name.middleName", f"PUT {USER}", {"name": {"middleName": None}}),
    Case(f'{TWO} clash:0+1:title="A"', f"PATCH {USER}", value(title="A", userName="~-1@example.com"), 409),
    Case(f'{MADE} set-if-current:0:title="A"', f"PATCH {USER}", value(title="A")),
    Case(f'{CHANGED} set-if-stale:0:title="B"', f"PATCH {USER}", value(title="B"), 412),
    Case(f"{GROUP} clear-members:0", f"PATCH {GROUP_PATH}", [{"op": "remove", "path": "members"}]),
    Case(f"{GROUP} change-members:0+1:=[0]", f"PATCH {GROUP_PATH}", [left(0), members("add", 1)]),
    Case(f'{MADE} bulk-set:0:title="A"', "POST /Bulk", [{"method": "PATCH", "path": USER, "data": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "path": "title", "value": "A"}],
    }}]),
    Case(f'{CHANGED} set:0:title="B" find:0:title', f"{ASKS_USERS}title%20eq%20%22A%22&count=50"),
    Case(f"{MADE} find:0:active", f"{ASKS_USERS}active%20eq%20true&count=50"),
    Case(f"{MADE} find:0:phoneNumbers", f"{ASKS_USERS}phoneNumbers.value%20eq%20%22%2B1-201-555-0123%22&count=50"),
    Case(f'{MADE} set:0:title="a%5C%22b" read:0 find:0:title', f"{ASKS_USERS}title%20eq%20%22a%5C%22b%22&count=50"),
    Case(f"{GROUP} find-group:0+0", f"{ASKS_GROUPS}members.value%20eq%20%22<0>%22&count=50"),
    Case(f"{MADE} read-part:0:title", f"GET {USER}?attributes=userName%2Ctitle"),
    Case(f"{GROUP} read-group-part:0", f"GET {GROUP_PATH}?excludedAttributes=members"),
    Case(f"{MADE} read-if-changed:0", f"GET {USER}", status=304),
    Case(f'{MADE} set:0:title="A" read:0 read-if-changed:0', f"GET {USER}", status=304),
    Case(f"{GROUP} read-group-if-changed:0", f"GET {GROUP_PATH}", status=304),
    Case("count", "GET /Users?startIndex=1&count=0"),
)  # fmt: skip
CASES: Mapping[str, tuple[Case, ...]] = {
    "okta": (*SAME, *PATCHED),
    "okta-custom-app": (*SAME, *PUT),
    "scim": (*SAME, *PATCHED, *SPECIFIED),
}


def last_kind(line: str) -> str:
    return re.split("[:+]", line.rsplit(maxsplit=1)[-1])[0]


def plainly(text: str, run: SceneRun) -> str:
    """Ids by their places, `<0>` and `<g0>`, and the names of the conversation's people and groups shortened."""
    made = [
        each.resource["id"] for each in run.exchanges if each.step == "explore.create" and each.is_success
    ]
    groups = [each.resource["id"] for each in run.exchanges if each.step == "explore.create_group"]
    for number, id_ in [*enumerate(made)]:
        text = text.replace(id_, f"<{number}>")
    for number, id_ in enumerate(groups):
        text = text.replace(id_, f"<g{number}>")
    text = text.replace(run.scene.crowd[0].external_id, "<id of 0>")
    before = run.scene.crowd[0].user_name.partition("-0@")[0]
    return text.replace(before, "~").replace(before.upper(), "^")


def body(exchange: Exchange, wanted: Json) -> Json:
    """What is said of a request's body: operations, what a PUT of a user changes, or of others what is asked for."""
    said = exchange.request.parsed
    if operations := get(said, "Operations"):
        return operations
    if exchange.request.method == "PUT" and exchange.request.path.startswith("/Users"):
        path = exchange.request.path
        looks = [
            each for each in exchange.before if (each.request.method, each.request.path) == ("GET", path)
        ]
        shown = next(each.resource for each in reversed(looks) if each.is_success)
        return news(shown, said)
    return said and {key: said.get(key) for key in wanted}


def news(was: Json, now: Json) -> dict[str, Json]:
    """What is new in the second object, what is gone being null; what is the server's goes back as it was."""
    keys = [key for key in {**was, **now} if key not in {"groups", "meta"} and get(was, key) != get(now, key)]
    within = {key for key in keys if isinstance(was.get(key), dict) and isinstance(now.get(key), dict)}
    return {key: news(was[key], now[key]) if key in within else now.get(key) for key in keys}


@pytest.mark.parametrize("profile", CASES)
def test_each_kind_is_said_as_it_is_meant(profile: str) -> None:
    """Method, path and body are those of the move, none is held back on the way, and an honest server answers as it has to."""
    cases = CASES[profile]
    assert {last_kind(each.line) for each in cases} == kinds_of(profiles.load(profile))
    runs = hold(*(each.line for each in cases), profile=profile)
    for case, run in zip(cases, runs, strict=True):
        assert run.state is State.PLAYED
        assert len(run.exchanges) == len(run.scene.conversation), case.line
        last = run.exchanges[-1]
        assert last.step == f"explore.{last_kind(case.line).replace('-', '_')}"
        form = plainly(f"{last.request.method} {last.request.path}", run)
        said = json.loads(plainly(json.dumps(body(last, case.body)), run))
        assert Case(case.line, form, said, last.status) == case


def test_groups_go_back_in_a_put() -> None:
    """As Okta sends them: those of the conversation, as they were last shown, and no others."""
    (run,) = hold(f"{GROUP} read:0 remove-members:0+0 put:0 read-group:0", profile="scim")
    said = run.exchanges[-2].request.parsed
    assert json.loads(plainly(json.dumps(said["groups"]), run)) == [{"value": "<g0>", "display": "~-g0"}]
    assert not get(run.exchanges[-1].resource, "members")


def test_together_the_profiles_make_moves_of_every_kind() -> None:
    """No kind is forgotten."""
    assert {last_kind(each.line) for cases in CASES.values() for each in cases} == KINDS.keys()
