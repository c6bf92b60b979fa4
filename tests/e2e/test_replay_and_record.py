"""`replay` and `record` on real sockets: what differs is shown, and a recording proxy changes nothing."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from commanding import TOKEN, Command, record_in
from playwright.sync_api import Browser
from serving import serving

from reference_server import faults
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.model.scim import ERROR, LIST_RESPONSE, PATCH_OP, USER
from scim_tests.traffic.har_reader import Entry, Recording
from scim_tests.traffic.judge import judged, recording_in

FOLDER = Path(__file__).parent.parent.parent / "fixtures" / "recordings"


def people(base_url: str) -> int:
    """How many people the server holds."""
    answer = httpx.get(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"})
    total: int = answer.json()["totalResults"]
    return total


@pytest.mark.usefixtures("no_page")
def test_a_replay_to_a_healthy_server_changes_no_verdict_to_red(command: Command, reference_url: str) -> None:
    """Ids and names are mapped, so that every exchange of the recording is answered as it was; nobody is left."""
    done = command(
        "replay", str(FOLDER / "oin-healthy.har"), "--target-url", reference_url, "--report-dir", "out"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not sent" not in done.stdout
    assert "→ fail" not in done.stdout
    assert "reactivate_user.finds-the-inactive-user" not in done.stdout  # found under the new name, as before
    assert people(reference_url) == 0


@pytest.mark.usefixtures("no_page")
def test_a_token_that_was_refused_is_refused_again(command: Command, reference_url: str) -> None:
    """One that is ours with more behind it is not sent as ours, which would be let in."""
    target = ("--target-url", reference_url)
    command("run", *target, "--profile", "read-only", "--only", "test_credentials", "--report-dir", "run")
    done = command("replay", "run/exchanges.har", *target, "--report-dir", "out")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "differs" not in done.stdout


@pytest.mark.usefixtures("no_page")
def test_a_replay_to_a_faulty_server_shows_where_it_differs(command: Command) -> None:
    """The exchange that is answered otherwise stands with both answers, and the check with both verdicts."""
    with running(Settings(tokens=(Token(TOKEN),)), around=faults.bent(["create-returns-200"])) as server:
        done = command(
            "replay",
            str(FOLDER / "custom-healthy.har"),
            "--target-url",
            server.base_url,
            "--report-dir",
            "out",
        )
    assert "201 Created → 200 OK" in done.stdout, done.stdout
    assert "push_user.create-answers-201: pass → fail" in done.stdout
    assert done.returncode == 1


@pytest.mark.usefixtures("no_page")
def test_a_replay_writes_to_nobody_it_did_not_create(
    command: Command, reference_url: str, tmp_path: Path
) -> None:
    """A recorded PUT or PATCH to somebody whom the recording does not create is not sent."""
    har = json.loads((FOLDER / "oin-healthy.har").read_text(encoding="utf-8"))
    har["log"]["entries"] = [each for each in har["log"]["entries"] if each["request"]["method"] != "POST"]
    (tmp_path / "writes.har").write_text(json.dumps(har), encoding="utf-8")
    done = command("replay", "writes.har", "--target-url", reference_url, "--report-dir", "out")
    assert done.stdout.count("  not sent  ") == 5, done.stdout


@contextmanager
def recording(
    folder: Path, target_url: str, *options: str, number: signal.Signals = signal.SIGINT
) -> Iterator[tuple[str, list[str]]]:
    """The proxy as a user starts and ends it: its address, and what it said once it is over."""
    arguments = [sys.executable, "-m", "scim_tests", "record", "--target-url", target_url, "--port", "0"]
    environment = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}
    said: list[str] = []
    with subprocess.Popen(
        [*arguments, "--report-dir", "kept", *options],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as proxy:
        assert proxy.stdout
        assert "Recording" in proxy.stdout.readline()
        yield proxy.stdout.readline().split()[-1], said
        proxy.send_signal(number)
        said.append(proxy.stdout.read())
    assert proxy.returncode == 0, said


@pytest.mark.usefixtures("no_page")
def test_a_recording_proxy_changes_nothing_and_keeps_no_secret(
    reference_url: str, tmp_path: Path, command: Command
) -> None:
    """A whole run through it is as green as without; the HAR it wrote is judged, and holds no token."""
    with recording(tmp_path, reference_url) as (address, said):
        through = command("run", "--target-url", address, "--only", "push_user", "--report-dir", "through")
    assert through.returncode == 0, through.stdout
    assert record_in(tmp_path / "through").counts.failed == 0
    assert "201 Created" in said[0]
    kept = (tmp_path / "kept" / "recording.har").read_text(encoding="utf-8")
    assert json.loads(kept)["log"]["entries"]
    assert TOKEN not in kept
    assert command("judge", "kept/recording.har", "--report-dir", "judged").returncode == 0


class Tactless:
    """Refuses by telling whose it is, and shows only in its list that somebody is called so."""

    def __init__(self, _: str) -> None:
        """It needs no address."""

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        listed = scope["path"].endswith("/Users")
        meta = {"resourceType": "User"}
        shown = {
            "schemas": [USER],
            "id": "7",
            "userName": "q7",
            "displayName": "Thurzo Wystrach",
            "meta": meta,
        }
        refusal = {"schemas": [ERROR], "status": "404", "detail": "Owner is Thurzo Wystrach"}
        body = (
            {
                "schemas": [LIST_RESPONSE],
                "totalResults": 1,
                "itemsPerPage": 1,
                "startIndex": 1,
                "Resources": [shown],
            }
            if listed
            else refusal
        )
        headers = [(b"content-type", b"application/scim+json")]
        status = 200 if listed else 404
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whom_an_error_named_first_is_known_when_a_recording_ends(
    tmp_path: Path, number: signal.Signals
) -> None:
    """A list shows only later that it is a name; Ctrl-C and a cancelled job write the HAR once more, and the reports."""
    with (
        serving(Tactless) as (url, _),
        recording(tmp_path, url, number=number) as (address, _),
        httpx.Client(base_url=address) as client,
    ):
        statuses = [client.get(path).status_code for path in ("/Users/nobody", "/Users")]
    assert statuses == [404, 200]
    assert len(recording_in(tmp_path / "kept" / "recording.har").entries) == 2
    assert record_in(tmp_path / "kept").exchanges
    naming = [
        path.name
        for path in (tmp_path / "kept").rglob("*")
        if path.is_file() and re.search("thurzo|wystrach", path.read_text("utf-8"), re.IGNORECASE)
    ]
    assert naming == []


@pytest.mark.parametrize("options", [(), ("--keep-personal-data",)])
def test_nobody_is_named_in_what_is_kept_of_a_recording(
    reference_url: str, tmp_path: Path, command: Command, options: tuple[str, ...]
) -> None:
    """Neither the HAR nor any report of it, nor of `judge`, names the people in it, unless that was asked for."""
    person = {
        "schemas": [USER],
        "userName": "kim.vandermeer@corp.example.org",
        "name": {"givenName": "Kimberley", "familyName": "Vandermeer"},
        "emails": [{"value": "kim.vandermeer@corp.example.org", "primary": True}],
    }
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with (
        recording(tmp_path, reference_url, *options) as (address, said),
        httpx.Client(headers=headers, base_url=address) as client,
    ):
        client.get("/Users", params={"filter": 'userName eq "kim.vandermeer@corp.example.org"'})
        made = client.post("/Users", json=person).json()
        again = client.post("/Users", json=person)
        value = {"name": {"familyName": "Vandermeer-Jones"}}
        change = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": value}]}
        client.patch(f"/Users/{made['id']}", json=change)
        client.delete(f"/Users/{made['id']}")
    assert again.status_code == 409
    assert bool(re.search("vandermeer|kimberley", said[0], re.IGNORECASE)) is bool(options), said[0]
    (tmp_path / "judge-me.har").write_bytes((tmp_path / "kept" / "recording.har").read_bytes())
    command("judge", "judge-me.har", "--report-dir", "judged", *options)
    files = [path for name in ("kept", "judged") for path in (tmp_path / name).rglob("*") if path.is_file()]
    naming = {
        path.name
        for path in files
        if re.search("vandermeer|kimberley", path.read_text(encoding="utf-8"), re.IGNORECASE)
    }
    assert bool(naming) is bool(options), naming
    for name in ("kept", "judged"):
        assert bool(options) is any(
            "--keep-personal-data" in each for each in record_in(tmp_path / name).notices
        )


@pytest.mark.usefixtures("no_page")
def test_a_replay_sends_mail_to_nobody_of_the_recording(
    command: Command, reference_url: str, tmp_path: Path
) -> None:
    """No e-mail address that was recorded reaches the target, be it the userName or not."""
    har = (FOLDER / "oin-healthy.har").read_text(encoding="utf-8")
    real = har.replace(
        '\\"emails\\": [{\\"primary\\": true, \\"value\\": \\"alice@',
        '\\"emails\\": [{\\"primary\\": true, \\"value\\": \\"ceo@',
    )
    assert "ceo@example.com" in real
    (tmp_path / "real.har").write_text(real, encoding="utf-8")
    command("replay", "real.har", "--target-url", reference_url, "--report-dir", "out")
    sent = [each.request.body for each in record_in(tmp_path / "out").exchanges]
    assert [body for body in sent if "ceo@" in body or "alice@" in body] == []


@pytest.mark.parametrize("options", [(), ("--keep-personal-data",)])
def test_nobody_is_named_in_what_is_kept_and_told_of_a_replay(
    command: Command, reference_url: str, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Neither its files nor the terminal name whom the recording holds, although the replay sends what is said of them."""
    har = (FOLDER / "custom-healthy.har").read_text(encoding="utf-8")
    real = har.replace("Alice", "Ottoline").replace("Ames", "Quillfeather").replace("alice@", "quillo@")
    answers = json.loads(real)
    for each in answers["log"]["entries"]:  # so that the terminal shows both
        text = each["response"]["content"].get("text", "")
        each["response"]["content"]["text"] = text.replace("Quillfeather", "Zandervliet-Quillfeather")
    (tmp_path / "real.har").write_text(json.dumps(answers), encoding="utf-8")
    done = command("replay", "real.har", "--target-url", reference_url, "--report-dir", "out", *options)
    assert "$.name.familyName: " in done.stdout, done.stdout + done.stderr
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    for text in (done.stdout, "".join(path.read_text(encoding="utf-8") for path in files)):
        named = re.search("ottoline|quillfeather|zandervliet|quillo", text, re.IGNORECASE)
        assert bool(named) is bool(options), named


@pytest.mark.usefixtures("no_page")
def test_somebody_renamed_in_a_replay_is_removed_all_the_same(
    command: Command, reference_url: str, tmp_path: Path
) -> None:
    """A PUT with another userName is mapped and known to the ledger, and POSTs of other kinds are not sent."""
    har = (FOLDER / "custom-healthy.har").read_text(encoding="utf-8")
    entries = json.loads(har)["log"]["entries"]
    for entry in (
        each for each in entries if each["request"]["method"] == "PUT" and "/Users" in each["request"]["url"]
    ):
        text = entry["request"]["postData"]["text"]
        entry["request"]["postData"]["text"] = text.replace('"userName": "alice@', '"userName": "alicia@')
    bulk = json.loads(json.dumps(entries[3]))
    bulk["request"]["url"] = bulk["request"]["url"].replace("/Users", "/Bulk")
    (tmp_path / "renamed.har").write_text(
        json.dumps({"log": {"entries": [*entries, bulk]}}), encoding="utf-8"
    )
    done = command("replay", "renamed.har", "--target-url", reference_url, "--report-dir", "out")
    assert "POST /Bulk was not sent" in done.stdout, done.stdout + done.stderr
    assert people(reference_url) == 0
    assert "Still on the target" not in done.stdout


def test_what_a_browser_recorded_is_judged(browser: Browser, reference_url: str, tmp_path: Path) -> None:
    """Chromium's own HAR of a page that speaks SCIM: every body is read, and the token is not kept."""
    context = browser.new_context(record_har_path=tmp_path / "chromium.har", record_har_content="embed")
    page = context.new_page()
    page.goto(f"{reference_url}/ServiceProviderConfig")
    for path in ("/Users?startIndex=1&count=2", "/Users?startIndex=1&count=100", "/Schemas"):
        page.evaluate(
            "([url, token]) => fetch(url, {headers: {Authorization: `Bearer ${token}`}}).then(answer => answer.text())",
            [reference_url + path, TOKEN],
        )
    context.close()
    record = judged(recording_in(tmp_path / "chromium.har"))
    assert {scene.act for scene in record.scenes} >= {"test_credentials", "import_users", "discovery"}
    assert record.counts.judged > 30
    assert [check.id for check in record.checks if check.verdict in {"fail", "broken"}] == []
    assert TOKEN not in json.dumps(record.to_json())


@pytest.mark.usefixtures("no_page")
def test_a_part_of_a_run_is_no_failure(command: Command, tmp_path: Path) -> None:
    """Whatever is missing of a recording that was green: nothing fails, and no check of ours breaks."""
    command("run", "--reference", "--max-new-users", "8", "--report-dir", "out")
    whole = recording_in(tmp_path / "out" / "exchanges.har")
    assert judged(whole).counts.judged == record_in(tmp_path / "out").counts.judged
    parts = [[each] for each in whole.entries[::12]]
    for missing in (1, 2, 3):
        scenes: dict[str, list[Entry]] = {}
        for each in whole.entries:
            scenes.setdefault(each.scene, []).append(each)
        parts.append([each for said in scenes.values() for each in said[missing:]])
    for part in parts:
        record = judged(Recording(whole.base_url, part))
        assert [check.id for check in record.checks if check.verdict in {"fail", "broken"}] == []
