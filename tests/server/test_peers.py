"""Other people's conformance tools and client library judge the server on a real socket."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from reference_server.running import running
from reference_server.settings import Settings, Token

from .conftest import Client

TOOLS = Path(sys.executable).parent
REVIEWED = tomllib.loads((Path(__file__).parent / "reviewed_findings.toml").read_text())["finding"]


@pytest.fixture
def base_url() -> Iterator[str]:
    """A server on a socket, with the token `secret`."""
    with running(Settings(tokens=(Token("secret"),))) as server:
        yield server.base_url


def _ran(*command: str, **environment: str) -> str:
    """What a tool printed."""
    everything = {**os.environ, **environment}
    return subprocess.run(
        command, capture_output=True, text=True, env=everything, timeout=100, check=False
    ).stdout


def _reviewed(tool: str) -> list[str]:
    return sorted(finding["check"] for finding in REVIEWED if finding["tool"] == tool)


def test_scim2_tester_finds_nothing_unreviewed(base_url: str) -> None:
    """Every one of its checks is a success but those on the reviewed list, which are all still found."""
    printed = _ran(
        str(TOOLS / "scim2"), "--url", base_url, "test", SCIM_CLI_HEADERS="Authorization: Bearer secret"
    )
    results = re.findall(r"^([A-Z]+) (\S.*)$", printed, re.MULTILINE)
    assert sum(status == "SUCCESS" for status, _ in results) > 100, printed
    assert sorted(title for status, title in results if status != "SUCCESS") == _reviewed("scim2-tester"), (
        printed
    )


def test_scim_sanity_finds_nothing_unreviewed(base_url: str) -> None:
    """Every one of its probes passes, or is skipped for resources not offered, but those on the reviewed list."""
    command = [
        str(TOOLS / "scim-sanity"),
        "probe",
        base_url,
        "--token",
        "secret",
        "--json-output",
        "--i-accept-side-effects",
    ]
    printed = _ran(*command)
    results = json.loads(printed)["results"]
    assert sum(result["status"] == "pass" for result in results) > 20, printed
    found = sorted(result["name"] for result in results if result["status"] not in {"pass", "skip"})
    assert found == _reviewed("scim-sanity"), printed


def test_the_reviewed_list_gives_its_reasons() -> None:
    """Each entry names a paragraph and says why."""
    assert all(finding["paragraph"].startswith("RFC ") and finding["reason"].strip() for finding in REVIEWED)


@pytest.mark.parametrize(
    "finding", [each for each in REVIEWED if "sent" in each], ids=lambda each: each["check"]
)
def test_what_other_suites_find_is_still_so(scim: Client, finding: dict[str, str]) -> None:
    """Their request is answered as the reviewed list says."""
    user = scim.user()
    here = {"{user}": user["id"], "{group}": scim.group("Team", user["id"])["id"]}
    sent, body = finding["sent"], finding.get("body", "")
    for name, identifier in here.items():
        sent, body = sent.replace(name, identifier), body.replace(name, identifier)
    method, _, path = sent.partition(" ")
    answer = scim.request(method, path, content=body, headers={"Content-Type": "application/scim+json"})
    told = [str(answer.status_code), answer.json().get("scimType", "")]
    assert " ".join(filter(None, told)) == finding["answered"]


def test_scim2_client_drives_the_server(base_url: str) -> None:
    """The library discovers, creates, finds, changes, pages and deletes, and validates every answer on the way."""
    import httpx2  # these take seconds, which every process of the suite would spend if they stood above
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_models import PatchOp, PatchOperation, SearchRequest

    with httpx2.Client(base_url=base_url, headers={"Authorization": "Bearer secret"}) as http:
        scim = SyncSCIMClient(http)
        scim.discover()
        user_model, group_model = scim.get_resource_model("User"), scim.get_resource_model("Group")
        ann, bob = (scim.create(user_model(user_name=name, active=True)) for name in ("ann", "bob"))
        group = scim.create(group_model(display_name="Team", members=[{"value": ann.id}]))
        assert scim.query(user_model, ann.id).groups[0].value == group.id
        found = scim.query(user_model, query_parameters=SearchRequest(filter='userName eq "BOB"'))
        assert [user.id for user in found.resources] == [bob.id]
        bob.display_name = "Bob"
        assert scim.replace(bob).display_name == "Bob"
        operation = PatchOperation(op="add", path="members", value=[{"value": bob.id}])
        changed = scim.modify(group_model, group.id, PatchOp[group_model](operations=[operation]))
        assert [member.value for member in changed.members] == [ann.id, bob.id]
        page = scim.query(user_model, query_parameters=SearchRequest(start_index=2, count=1))
        assert (page.total_results, [user.id for user in page.resources]) == (2, [bob.id])
        scim.delete(user_model, ann.id)
        assert [member.value for member in scim.query(group_model, group.id).members] == [bob.id]
