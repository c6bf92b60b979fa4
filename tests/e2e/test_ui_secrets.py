"""The whole way through the page with secrets and people in it, and every byte that it leaves searched for them."""

import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from knocking import Visitor, opened
from searching import found_in
from telling import Telling, telling

from scim_tests.errors import ExitCode
from scim_tests.model.scim import ERROR, LIST_RESPONSE, USER, Json

FEW = 'name = "few"\ntitle = "Few"\ndialect = "oin"\ncapabilities = ["push_users"]\nclean_up = "delete"\n'
KEY = "rk-5fWz8Kq3TnYb6Xd1"
SECRETS = ("bearer-8Kd2Wq7ZsX4f", "cookie-3Gh6Lp9TbN1c", "query-7Rt5Vm2YjD8k", "login-4Fx9Cw6HnS3q")
PEOPLE = (
    "Marlene",
    "Dietzelmann",
    "m.dietzelmann@corp.example",
    "Oluwaseun",
    "Adeyemi-Clark",
    "oac@corp.example",
)


def recorded() -> Json:
    """A HAR of somebody's: two people, and a secret under each name of one."""
    at = f"https://scim.corp.example/scim/v2/Users?access_token={SECRETS[2]}"
    people = [
        {"id": "17", "userName": PEOPLE[2], "name": {"givenName": PEOPLE[0], "familyName": PEOPLE[1]}},
        {
            "id": "18",
            "userName": PEOPLE[5],
            "displayName": f"{PEOPLE[3]} {PEOPLE[4]}",
            "emails": [{"value": PEOPLE[5]}],
        },
    ]
    schema = {"schemas": [USER], "active": True}
    listed = {
        "schemas": [LIST_RESPONSE],
        "totalResults": 2,
        "startIndex": 1,
        "itemsPerPage": 2,
        "Resources": [{**schema, **each} for each in people],
    }
    made = {**schema, **people[0], "password": SECRETS[3]}
    return {
        "log": {
            "version": "1.2",
            "creator": {},
            "entries": [
                _entry("GET", f"{at}&startIndex=1&count=100", "", 200, listed),
                _entry(
                    "POST",
                    at,
                    json.dumps(made),
                    409,
                    {
                        "schemas": [ERROR],
                        "status": "409",
                        "detail": f"{PEOPLE[2]} is {PEOPLE[0]} {PEOPLE[1]}",
                    },
                ),
            ],
        }
    }


def _entry(method: str, url: str, body: str, status: int, answer: Json) -> Json:
    sent = [
        {"name": "Authorization", "value": f"Bearer {SECRETS[0]}"},
        {"name": "Cookie", "value": f"session={SECRETS[1]}"},
    ]
    head = [{"name": "Content-Type", "value": "application/scim+json"}]
    return {
        "startedDateTime": "2026-01-05T09:00:00.000Z", "time": 9,
        "request": {"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": [*sent, *head], "queryString": [], "cookies": [], "postData": {"mimeType": "application/scim+json", "text": body}},
        "response": {"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": head, "cookies": [], "content": {"mimeType": "application/scim+json", "text": json.dumps(answer)}},
    }  # fmt: skip


def everything(folder: Path, visitor: Visitor) -> dict[str, bytes]:
    """All that a page gave, that was written below the folder, and that is seen of the process."""
    about = Path("/proc", str(visitor.page.process.pid))
    seen = {each: (about / each).read_bytes() for each in ("cmdline", "environ") if about.exists()}
    files = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for place, data in visitor.given.items():
        if data.startswith(b"PK"):
            with zipfile.ZipFile(BytesIO(data)) as packed:
                files |= {f"{place} {name}": packed.read(name) for name in packed.namelist()}
    return {**seen, **files, **visitor.given}


def told(folder: Path, visitor: Visitor, secrets: Sequence[str]) -> dict[str, list[str]]:
    """Which of the secrets can be read in what; of what is there often, one is enough."""
    places = everything(folder, visitor)
    if not found_in(b'"'.join(places.values()), secrets):
        return {}
    return {place: found for place, data in places.items() if (found := found_in(data, secrets))}


def test_no_byte_of_the_page_tells_the_key(tmp_path: Path) -> None:
    """Entered, tested, refused, and played with at a server that tells it in every answer: it is nowhere, nor a password."""
    profile, temporary = tmp_path / "few.toml", tmp_path / "temporary"
    profile.write_text(FEW)
    temporary.mkdir()
    with telling() as url, opened(tmp_path, TMPDIR=str(temporary)) as page, Visitor(page) as visitor:
        where = {"profile": "own", "own_profile": str(profile), "base_url": url, "looked_at": url}
        assert visitor.sends("where", **where).status_code == 303
        assert visitor.sends("key", key=f"{KEY}\r\nX: y", form="", do="test").status_code == 422
        assert visitor.sends("key", key=KEY, form="", do="test").status_code == 303
        assert 'id="tested"' in visitor.get("key").text
        assert visitor.agrees().headers["location"].endswith("/run")
        run = visitor.get("run").headers["location"]
        visitor.goes(run)
        assert visitor.goes(f"{run}/events").text.endswith("event: over\ndata: {}\n\n")
        asked = Telling.asked
        shown = visitor.walks()
        assert Telling.asked == asked, "reading asks the target nothing"
        assert {"report.html", "run.json", "ledger.jsonl", "journal.jsonl"} <= {
            each.rpartition("/")[2] for each in shown
        }
        secrets = list(Telling.secrets)
        assert KEY in secrets
        assert len(secrets) > 1, "at least one password was told, too"
        assert told(tmp_path, visitor, secrets) == {}
    assert (page.process.returncode, page.said, list(temporary.iterdir())) == (ExitCode.ALL_GOOD, [], [])


def test_no_byte_of_the_page_tells_what_a_recording_holds(tmp_path: Path) -> None:
    """Its credentials are nowhere, and whom it is about is there by a pseudonym alone."""
    with opened(tmp_path) as page, Visitor(page) as visitor:
        sent = visitor.post("recording", params={"name": "of-okta.har"}, content=json.dumps(recorded()))
        assert sent.status_code == 200, sent.text
        while "This page goes on by itself" in visitor.goes(sent.text).text:
            pass
        visitor.walks()
        assert told(tmp_path, visitor, [*SECRETS, *PEOPLE]) == {}
    assert "masked" in (tmp_path / "reports" / "latest" / "run.json").read_text()
