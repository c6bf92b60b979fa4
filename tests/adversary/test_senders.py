"""Suites and recordings that strangers wrote, sent to a target with real people on it: whatever they ask for, none is harmed."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from lying import PROGRAMS, SECRETS, Liar
from playing import BASE_URL, PASSWORD, TOKEN

from scim_tests import profiles
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.errors import UsageError
from scim_tests.model.slots import TOKEN_SLOT
from scim_tests.session.removing import clean_up
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.okta_suite import play, read_suite, variables
from scim_tests.traffic.replay import mapping, replay
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

EXAMPLES = int(os.environ.get("EXAMPLES", "40"))
SEED = int(os.environ.get("SEED", "20261127"))
CREDENTIALS = ("Authorization", f"Bearer {TOKEN_SLOT}")
METHODS = st.sampled_from([
    "GET", "POST", "PUT", "PATCH", "DELETE", "MERGE", "PURGE", "MOVE", "LINK", "delete", "DÉLÉTE", "", "HEAD", "OPTIONS",
])  # fmt: skip
# A real person's id, a real group's, one that an answer of the suite gave, and the like; put in when the target is there.
IDS = st.sampled_from(
    [
        "<user>",
        "<group>",
        "{{made}}",
        "%2e%2e",
        "..;",
        "<user>%00",
        "<user>/x",
        "010101001010101011001010101011",
    ]
)
PLACES = st.sampled_from(
    [
        "/Users",
        "/Groups",
        "/groups",
        "//Groups",
        "/Bulk",
        "/Me",
        "/Users/.search",
        "@other.example/Users",
        "",
        "/Users/",
    ]
)
NAMES = st.sampled_from(
    [
        "{{randomUsername}}",
        "Ottoline.Quillfeather@real.example.org",
        "Finance",
        "/Users",
        "x",
        "",
        "scim-tests.a.b@example.com",
    ]
)
WORDS = st.sampled_from(
    ["$SCIM_TESTS_TOKEN", "$SCIM_TESTS_PASSWORD", *SECRETS, "{{auth}}", "{{made}}", "x", "<user>"]
)
MEMBERS = st.recursive(
    st.sampled_from(["<user>", "{{made}}", 7, None, True]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["value", "Value", "$ref", "id", "display", "x"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        "userName": NAMES, "username": NAMES, "displayName": NAMES, "members": MEMBERS, "Members": MEMBERS, "nickName": WORDS, "password": WORDS,
        "Operations": st.lists(
            st.fixed_dictionaries(
                {"op": st.sampled_from(["add", "replace", "remove", "Add", "purge"])},
                optional={
                    "path": st.sampled_from(["members", "userName", "displayName", 'members[value eq "<user>"]', "password", "x"]),
                    "value": MEMBERS | NAMES | st.fixed_dictionaries({"members": MEMBERS}),
                },
            ),
            max_size=2,
        ),
    },
)  # fmt: skip
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            "Authorization",
            "X-HTTP-Method-Override",
            "X-Method-Override",
            "Content-Type",
            "Accept",
            "X-Http-Method",
            "Cookie",
            "Host",
        ]
    ),
    st.sampled_from(
        [
            "{{auth}}",
            "$SCIM_TESTS_TOKEN",
            "Bearer $SCIM_TESTS_CLIENT_SECRET",
            "DELETE",
            "application/scim+json",
        ]
    ),
    max_size=3,
)
REQUESTS = st.fixed_dictionaries({
    "method": METHODS,
    "path": st.builds(lambda place, id_, query: place + (f"/{id_}" if id_ else "") + query, PLACES, st.none() | IDS, st.sampled_from(["", "?_method=DELETE", '?filter=userName eq "x"', "?count=1"])),
    "headers": HEADERS,
    "body": BODIES.map(json.dumps) | st.sampled_from(["", "{", "[" * 5000, '{"members":["<user>"],"members":[]}', "\\ud800"]),
})  # fmt: skip
LOOK = {"method": "GET", "path": "/Users/<user>", "headers": {"Authorization": "{{auth}}"}, "body": ""}
MAKE = {
    "method": "POST", "path": "/Users", "headers": {"Authorization": "{{auth}}"},
    "body": '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{{randomUsername}}"}',
}  # fmt: skip
CONVERSATIONS = st.tuples(st.lists(REQUESTS, min_size=1, max_size=8), st.booleans()).map(
    lambda pair: [MAKE, LOOK, *pair[0]] if pair[1] else pair[0]
)
Deed = Callable[[Client, Path, list[Any]], Awaitable[None]]


async def as_suite(client: Client, folder: Path, asked: list[Any]) -> None:
    """The conversation as one of Okta's suites."""
    learns = [
        {"name": name, "source": "response_json", "property": "id"}
        for name in ("made", "SCIMBaseURL", "auth")
    ]
    steps = [
        {
            "step_type": "request", "method": each["method"], "url": f"{{{{SCIMBaseURL}}}}{each['path']}", "body": each["body"],
            "headers": {name: [value] for name, value in each["headers"].items()}, "variables": learns,
        }
        for each in asked
    ]  # fmt: skip
    path = folder / "suite.json"
    path.write_text(json.dumps({"name": "x", "steps": steps}), encoding="utf-8")
    await play(read_suite(path), client, {"made": "0", **variables("suitetst", CREDENTIALS[1], {})}, 0.0, [])


async def as_recording(client: Client, _: Path, asked: list[Any]) -> None:
    """The conversation as somebody recorded it."""
    entries = [
        {
            "startedDateTime": "2026-01-01T00:00:00Z",
            "request": {
                "method": each["method"], "url": f"https://old.example/scim{each['path']}", "postData": {"text": each["body"]},
                "headers": [{"name": name, "value": value} for name, value in each["headers"].items()],
            },
            "response": {"status": 200, "content": {"text": '{"id": "{{made}}"}'}},
        }
        for each in asked
    ]  # fmt: skip
    try:
        recording = read_har(json.dumps({"log": {"entries": entries}}), "x.har")
    except UsageError:
        return
    await replay(recording, client, CREDENTIALS, mapping(recording, "replayed"), [])


def sent(deed: Deed, asked: list[Any], program: list[Any], folder: Path) -> Liar:
    """The conversation with a target that may lie, and the clean-up after it."""
    liar, profile = Liar(program), profiles.load("okta")
    ledger = Ledger(folder / "ledger.jsonl")
    ledger.begin(BASE_URL, profiles.text("okta"))

    async def perform() -> None:
        await liar.settle()
        known = {"<user>": liar.strangers["Users"][0]["id"], "<group>": liar.strangers["Groups"][0]["id"]}
        text = json.dumps(asked)
        for name, id_ in known.items():
            text = text.replace(name, id_)
        vault = Vault(TOKEN, PASSWORD, SECRETS)
        async with Client(BASE_URL, vault, ledger=ledger, transport=liar) as client:
            await deed(client, folder, json.loads(text))
            conductor = Conductor(client.send, Judge([]), Silence(), parallel=1)
            await clean_up(conductor, profile, ledger)
        assert conductor.broken == []

    asyncio.run(perform())
    return liar


def tried(deed: Deed) -> None:
    @seed(SEED)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(CONVERSATIONS, st.just([]) | PROGRAMS)
    def harms_nobody(asked: list[Any], program: list[Any]) -> None:
        with TemporaryDirectory() as name:
            liar = sent(deed, asked, program, Path(name))
            assert asyncio.run(liar.harmed()) == []
            assert liar.told_secrets == []

    print(f"SEED={SEED}")  # noqa: T201 -- to have it again
    harms_nobody()


def test_no_suite_harms_a_stranger() -> None:
    """Unknown methods, overrides, /Bulk, other hosts, real names and ids: none is written to, no secret is told."""
    tried(as_suite)


def test_no_recording_harms_a_stranger() -> None:
    """The same, of a recording that is sent again."""
    tried(as_recording)
