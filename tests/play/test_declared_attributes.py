"""Whatever a target declares of users is written, and what it does otherwise than it says is noticed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import normalize

import httpx
import playing
import pytest
from playing import Play, no_disk, play, reference_transport, specifying
from prepared_schema import LAB, lab

from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict
from scim_tests.personas.rfc.follow_references import path_under

__all__ = ["no_disk"]
ACT = "write_every_attribute"
Change = Callable[[Any], object]
SCIM = {"Content-Type": "application/scim+json"}
REFUSAL = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "400", "detail": "No."}


class Mishearing(httpx.AsyncBaseTransport):
    """The honest server, which is told something else than was sent: `change` gets each user that is written."""

    def __init__(self, transport: httpx.AsyncBaseTransport, change: Change, absent: str = "") -> None:
        self.transport = transport
        self.change = change
        self.absent = absent  # an endpoint that is not served

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Refuses what the change raises ValueError for."""
        if self.absent and self.absent in request.url.path:
            return httpx.Response(404, json={**REFUSAL, "status": "404"}, headers=SCIM)
        user = _written(request.method, request.url.path, await request.aread())
        if user is not None:
            try:
                self.change(user)
            except ValueError:
                return httpx.Response(400, json=REFUSAL, headers=SCIM)
            headers = [each for each in request.headers.raw if each[0].lower() != b"content-length"]
            request = httpx.Request(
                request.method, request.url, headers=headers, content=json.dumps(user).encode()
            )
        return await self.transport.handle_async_request(request)


def _written(method: str, path: str, body: bytes) -> Any:
    """The user whom a request writes; None where it writes none that can be read."""
    if method not in {"POST", "PUT"} or "/Users" not in path or path.endswith(".search"):
        return None
    try:
        user = json.loads(body)
    except ValueError:
        return None
    return user if isinstance(user, dict) else None


def played(
    folder: Path,
    change: Change | None = None,
    *,
    writes: bool = False,
    absent: str = "",
    acts: tuple[str, ...] = (ACT, "look_up_discovery"),
) -> Play:
    """The act, with what it reads of the target, against a server with the extension; all acts where none is named."""
    honest = reference_transport(lab(folder))
    profile = replace(specifying(*acts), writes_every_attribute=writes)
    transport = Mishearing(honest, change or (lambda _: None), absent)
    return play(transport, folder / "ledger.jsonl", profile=profile, judge=Judge(catalogue()))


def wrong(run: Play) -> dict[str, Verdict]:
    return {
        each.check.id: each.verdict
        for each in run.results
        if each.verdict in {Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN, Verdict.BLOCKED}
    }


def sent(run: Play) -> list[Exchange]:
    return [each for each in run.conductor.transcript if each.step.startswith(f"{ACT}.")]


def test_an_honest_server_with_every_type_is_content(tmp_path: Path) -> None:
    """No failure and no advice in any act: values are of their types, what is immutable is defended, what is read-only ignored."""
    run = played(tmp_path, acts=())
    assert wrong(run) == {}
    for check in (
        "immutable-values-stay",
        "immutable-values-are-defended",
        "first-immutable-value-is-applied",
    ):
        assert run.result(f"{ACT}.{check}").verdict is Verdict.PASS


def test_every_writable_attribute_is_written_and_nothing_that_grants(tmp_path: Path) -> None:
    """Of an extension all that can be read back, but for what might grant something; a password only as its slot."""
    written = next(each for each in sent(played(tmp_path)) if each.step == f"{ACT}.create").request.resource
    assert set(written[LAB]) == {
        "ratio", "floor", "remote", "hired", "picture", "homepage", "badge", "number", "color", "tags", "floors",
        "desk", "devices", "site",
    }  # fmt: skip
    assert written.keys().isdisjoint({"roles", "entitlements"})
    assert written["groups"] == []
    assert written["password"] == "$SCIM_TESTS_PASSWORD"


def forget(user: Any) -> None:
    user.pop(LAB, None)


def round_off(user: Any) -> None:
    if LAB in user and user[LAB].get("ratio"):
        user[LAB]["ratio"] = float(int(user[LAB]["ratio"]))


def cut_off(user: Any) -> None:
    if LAB in user and user[LAB].get("homepage"):
        user[LAB]["homepage"] = user[LAB]["homepage"].partition("?")[0]


def weigh(user: Any) -> None:
    if LAB in user and user[LAB].get("devices"):
        user[LAB]["devices"][0]["weight"] = 1.0


def forget_photos(user: Any) -> None:
    user.pop("photos", None)


def move(user: Any) -> None:
    entries = user.get("addresses") or []
    for one, other in zip(entries, entries[1:] + entries[:1], strict=True):
        one["kept"] = other.get("locality"), other.get("formatted")
    for each in entries:
        _, each["formatted"] = each.pop("kept")


def in_another_form(user: Any) -> None:
    if user.get("title"):
        user["title"] = normalize("NFKC", user["title"])


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (forget, f"{ACT}.what-is-declared-is-kept"),
        (forget_photos, f"{ACT}.what-is-declared-is-kept"),
        (round_off, f"{ACT}.exact-values-come-back"),
        (cut_off, f"{ACT}.exact-values-come-back"),
        (weigh, f"{ACT}.exact-values-come-back"),
        (move, "every_write.shows-in-the-next-read"),
        (in_another_form, "every_write.shows-in-the-next-read"),
    ],
)
def test_what_is_not_kept_as_it_was_written_is_noticed(tmp_path: Path, change: Change, check: str) -> None:
    """What is forgotten, rounded, cut off, moved to another entry, or brought into another normal form."""
    assert wrong(played(tmp_path, change))[check] is Verdict.FAIL


def test_what_a_create_alone_does_not_keep_is_advice(tmp_path: Path) -> None:
    """A server is free to ignore POSTed content (RFC 7644 3.3); a PUT has to replace what was there (3.5.1)."""
    created: set[str] = set()

    def forget_at_first(user: Any) -> None:
        if user.get("userName") not in created:
            created.add(user.get("userName"))
            user.pop("photos", None)

    assert wrong(played(tmp_path, forget_at_first))[f"{ACT}.what-is-declared-is-kept"] is Verdict.ADVICE


def refuse_messengers(user: Any) -> None:
    if user.get("ims"):
        raise ValueError


def test_one_attribute_that_is_refused_leaves_the_others(tmp_path: Path) -> None:
    """Then each is put by itself, so that the report names the one, as advice; the rest is judged all the same."""
    run = played(tmp_path, refuse_messengers)
    found = wrong(run)
    assert found.pop(f"{ACT}.what-is-declared-is-taken") is Verdict.ADVICE
    assert found == {}
    refused = [each for each in sent(run) if each.step == f"{ACT}.put_one" and not each.is_success]
    assert [each for each in refused if not each.request.resource.get("ims")] == []
    assert run.result(f"{ACT}.what-is-declared-is-kept").verdict is Verdict.PASS


def demand_names(user: Any) -> None:
    if not any(each.lower() == "name" and given for each, given in user.items()):
        raise ValueError


def test_what_is_demanded_and_not_declared_so_is_advice(tmp_path: Path) -> None:
    """A user who may not be without a name: the PUTs that empty it are refused, which fails and blocks nothing."""
    assert wrong(played(tmp_path, demand_names)) == {
        f"{ACT}.what-is-not-required-may-be-empty": Verdict.ADVICE
    }


@pytest.mark.parametrize("endpoint", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"])
def test_discovery_that_is_not_served_blocks_nothing(tmp_path: Path, endpoint: str) -> None:
    """RFC 7644 4 lets clients do without: that it is missing is the advice of another act, and no failure."""
    run = played(tmp_path, absent=endpoint)
    ours = [each.verdict for each in run.results if each.check.act in {ACT, "look_up_discovery"}]
    assert {Verdict.FAIL, Verdict.ADVICE, Verdict.BLOCKED, Verdict.BROKEN}.isdisjoint(ours)
    assert run.conductor.broken == []


def test_off_this_machine_it_takes_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it nothing is written, and the checks say why; with it all is."""
    monkeypatch.setattr(playing, "BASE_URL", "https://scim.example.com/scim/v2")
    run = played(tmp_path)
    assert [each.step for each in sent(run)] == [f"{ACT}.config"]
    unasked = run.result(f"{ACT}.what-is-declared-is-kept")
    assert unasked.verdict is Verdict.NOT_ASKED
    assert "--write-every-attribute" in unasked.why
    (tmp_path / "with").mkdir()
    assert any(each.request.method == "PUT" for each in sent(played(tmp_path / "with", writes=True)))


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("https://h.example/scim/v2/Users/7", "/Users/7"),
        ("HTTPS://H.example/scim/v2/Groups/7", "/Groups/7"),
        ("Users/7", "/Users/7"),
        ("/Users/7", "/Users/7"),
        ("/scim/v2/Users/7", "/Users/7"),
        ("https://other.example/scim/v2/Users/7", ""),
        ("https://h.example/scim/v2.evil/Users/7", ""),
        ("../Users/7", ""),
        ("Users/7/../8", ""),
        ("//other.example/Users/7", ""),
        ("Users/7?filter=id", ""),
        ("Bulk/7", ""),
        ("Users", ""),
        (7, ""),
    ],
)
def test_references_are_followed_to_the_target_alone(reference: Any, path: str) -> None:
    """Absolute, or relative to the base URL; to one user or group, and nowhere else."""
    assert path_under("https://h.example/scim/v2", reference) == path
