"""Where nobody knows in which form Okta's app sends the token, the forms are tried in the order the profile says."""

from dataclasses import replace
from pathlib import Path

import pytest
from imagining import Lie, lying
from playing import TOKEN, Play, play, reference_transport

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests import profiles
from scim_tests.engine.results import ending
from scim_tests.errors import ExitCode

HEADERS = {
    "bearer": ("authorization", f"Bearer {TOKEN}"),
    "raw": ("authorization", TOKEN),
    "apikey": ("apikey", TOKEN),
}
PROFILE = replace(profiles.load("read-only"), authorization=("bearer", "raw", "apikey"))


def taking(form: str) -> Lie:
    """A door before the server, that takes the token in one form alone."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if form not in HEADERS or HEADERS[form] not in asked.headers.items():
            return refusal(401, "No such key.")
        return await honest(replace(asked, headers={**asked.headers, "authorization": f"Bearer {TOKEN}"}))

    return lie


def played(form: str, folder: Path) -> Play:
    return play(lying(reference_transport(), taking(form)), folder / "ledger.jsonl", profile=PROFILE)


@pytest.mark.parametrize(("form", "tries"), [("bearer", 1), ("raw", 2), ("apikey", 3)])
def test_the_first_form_taken_is_used_from_then_on(form: str, tries: int, tmp_path: Path) -> None:
    """The forms come in order until one is taken; all that follows is sent in it, and the scene says so."""
    conductor = played(form, tmp_path).conductor
    forms = [each.step for each in conductor.transcript.of("test_credentials.form_*")]
    assert forms == [f"test_credentials.form_{each}" for each in PROFILE.authorization[:tries]]
    refused = {
        "test_credentials.wrong_token",
        "test_credentials.longer_token",
        "test_credentials.other_letters",
        "test_credentials.no_token",
        "test_credentials.no_token_filter",
        "test_credentials.no_token_groups",
        "read_user.no_token",
        "test_credentials.lower_case",
        "test_credentials.unsigned_token",
        "discovery.filtered",
    }
    later = [each for each in list(conductor.transcript)[tries:] if each.step not in refused]
    assert len(later) > 10
    assert {each.status for each in later if each.status in {401, 403}} == set()
    remark = conductor.scene_runs[0].why
    name, value = HEADERS[form]
    taken = f"{name.capitalize() if name == 'authorization' else name}: {value.replace(TOKEN, '<token>')}"
    assert remark.startswith(f"the target takes the token as “{taken}”")
    assert remark.count("was answered 401 Unauthorized") == tries - 1
    assert ending(conductor, [], strict=False).exit_code is not ExitCode.TARGET_UNREACHABLE


def test_a_wrong_token_comes_in_the_form_that_is_taken(tmp_path: Path) -> None:
    """A stranger knocks as the right one does, so that its refusal is one of the token and not of the form."""
    knock = played("apikey", tmp_path).conductor.transcript.one("test_credentials.wrong_token")
    assert knock.request.header("apikey") == "scim-tests-wrong-token"
    assert knock.request.header("Authorization") is None


def test_no_form_taken_ends_the_play(tmp_path: Path) -> None:
    """Where every form is refused nothing but the credentials is asked, and the run says that they were refused."""
    conductor = played("none", tmp_path).conductor
    assert {each.step for each in conductor.transcript} == {
        "test_credentials.form_bearer", "test_credentials.form_raw", "test_credentials.form_apikey",
        "test_credentials.probe",
    }  # fmt: skip
    assert ending(conductor, [], strict=False).exit_code is ExitCode.TARGET_UNREACHABLE


def test_a_known_form_is_not_tried(tmp_path: Path) -> None:
    """With one form in the profile Okta's one probe is all that is sent."""
    play_of_one = play(reference_transport(), tmp_path / "ledger.jsonl", profile="read-only")
    first = next(iter(play_of_one.conductor.transcript))
    assert first.step == "test_credentials.probe"
    assert play_of_one.conductor.scene_runs[0].why == ""


def test_no_form_of_the_token_is_kept(tmp_path: Path) -> None:
    """Whatever the header, the token stands as its placeholder in what is kept."""
    for form in HEADERS:
        (tmp_path / form).mkdir()
        for each in played(form, tmp_path / form).conductor.transcript:
            assert TOKEN not in repr(each.heard)
