"""What Okta would make of imported people: matched, linked, created or left out, without a request."""

import json
from pathlib import Path

import pytest
from playing import play, reference_transport

from scim_tests.errors import UsageError
from scim_tests.model.act import OktaPerson
from scim_tests.personas.okta.matching import Directory, Import
from scim_tests.session.people_file import read_people

ANN = OktaPerson("ann@okta.example", "Ann", "Ames", "ann@example.com")
BOB = OktaPerson("bob@okta.example", "Bob", "Boon", "bob@example.com", assigned=True)


def user(
    user_name: str, given: str = "", family: str = "", email: str = "", *, active: bool = True
) -> dict[str, object]:
    return {
        "id": user_name,
        "userName": user_name,
        "name": {"givenName": given, "familyName": family},
        "emails": [{"value": email}],
        "active": active,
    }


@pytest.mark.parametrize(
    ("found", "match", "by", "outcome"),
    [
        (user("ann@okta.example"), "exact", "userName", "linked"),
        (user("ann", email="ann@example.com"), "exact", "email", "linked"),
        (user("ann", email="ANN@example.com"), "none", "", "created in Okta"),
        (user("a.ames", "Ann", "Ames"), "partial", "name", "admin decides"),
        (user("a.ames", "Ann"), "none", "", "created in Okta"),
        (user("zoe"), "none", "", "created in Okta"),
        (user("ann@okta.example", active=False), "exact", "userName", "not imported: inactive"),
        (user("bob@okta.example"), "exact", "userName", "linked already"),
    ],
)
def test_each_person_is_matched_as_okta_does(
    found: dict[str, object], match: str, by: str, outcome: str
) -> None:
    """By userName and e-mail people match exactly, by first and last name partially; inactive people are left out."""
    importing = Import(Directory([ANN, BOB]))
    importing.meet([found])
    [row] = importing.rows
    assert (row.match, row.by, row.outcome) == (match, by, outcome)


@pytest.mark.parametrize(
    ("assigned", "gone", "trips"), [(200, 40, False), (200, 41, True), (100, 100, False)]
)
def test_the_safeguard_halts_when_more_than_a_fifth_is_gone(assigned: int, gone: int, trips: bool) -> None:
    """Of more than a hundred assigned people a fifth may be missing, no more."""
    people = [
        OktaPerson(f"p{number}", "", "", f"p{number}@example.com", assigned=True)
        for number in range(assigned)
    ]
    importing = Import(Directory(people))
    importing.meet([user(person.user_name) for person in people[gone:]])
    assert importing.removed == gone
    assert importing.trips_the_safeguard is trips


def test_whom_the_run_pushed_is_linked_already(tmp_path: Path) -> None:
    """After a play everybody it pushed is met as linked, the one who left is not imported, nobody is created."""
    done = play(reference_transport(), tmp_path / "ledger.jsonl")
    [scene] = [each for each in done.conductor.scene_runs if each.scene.act.name == "import_users"]
    importing = scene.result.imported
    outcomes = {row.user_name: row.outcome for row in importing.rows}
    assert outcomes.pop("scim-tests.unittest.leaver@example.com") == "not imported: inactive"
    assert set(outcomes.values()) == {"linked already"}
    assert importing.removed == 1


def test_people_come_from_csv_and_json(tmp_path: Path) -> None:
    """Both forms give the same people; a missing e-mail is the login."""
    (tmp_path / "p.csv").write_text(
        "login,firstName,lastName,email,assigned\nann@x,Ann,Ames,,yes\n", encoding="utf-8"
    )
    rows = [{"login": "ann@x", "firstName": "Ann", "lastName": "Ames", "assigned": True}]
    (tmp_path / "p.json").write_text(json.dumps(rows), encoding="utf-8")
    wanted = [OktaPerson("ann@x", "Ann", "Ames", "ann@x", assigned=True)]
    assert read_people(tmp_path / "p.csv") == wanted
    assert read_people(tmp_path / "p.json") == wanted


@pytest.mark.parametrize(
    "content", [b"login\n\n,x\n", b"[{}]", b"{}", b"[1", b"\xff\xfe", b'["ann"]', b"name\nann\n"]
)
def test_a_people_file_that_is_none_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    """Whatever is wrong with the file is said in one sentence that names it."""
    path = tmp_path / "people"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=str(path)):
        read_people(path)
