"""Whom a target lets in without a valid token: only where somebody or a list was shown, or a write was taken, is the door open."""

import pytest
from bending import judged

from scim_tests.checks import catalogue
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.verdict import Verdict

REFUSED = next(each for each in catalogue() if each.id == "test_credentials.strangers-are-refused")


@pytest.mark.parametrize(
    ("step", "method", "status", "body", "verdict"),
    [
        ("test_credentials.no_token", "GET", 401, b"", Verdict.PASS),
        ("test_credentials.no_token", "GET", 302, b"", Verdict.PASS),
        ("test_credentials.no_token", "GET", 200, b'{"totalResults": 0}', Verdict.FAIL),
        ("test_credentials.no_token_groups", "GET", 200, b'{"Resources": []}', Verdict.FAIL),
        ("read_user.no_token", "GET", 200, b'{"id": "1"}', Verdict.FAIL),
        ("send_odd_requests.no_token", "PUT", 204, b"", Verdict.FAIL),
        ("test_credentials.no_token", "GET", 200, b'[{"userName": "ada"}]', Verdict.FAIL),
        ("test_credentials.no_token", "GET", 200, b'{"users": [{"userName": "ada"}]}', Verdict.FAIL),
        ("test_credentials.no_token", "GET", 200, b'{"errors": [{"code": "401"}]}', Verdict.ADVICE),
        ("test_credentials.no_token", "GET", 200, b"<html>Log in</html>", Verdict.ADVICE),
        ("test_credentials.no_token", "GET", 200, b"[[[[", Verdict.ADVICE),
        ("test_credentials.no_token", "GET", 200, b"null", Verdict.ADVICE),
        ("test_credentials.wrong_token", "GET", 200, b"{}", Verdict.ADVICE),
    ],
)
def test_only_what_shows_the_directory_is_an_open_door(
    step: str, method: str, status: int, body: bytes, verdict: Verdict
) -> None:
    """A login page, or JSON that is no list, shows nobody: it is no refusal as it should be, and no open door."""
    heard = Heard(Request(method, "/Users"), Answer(status, (), body))
    assert [each.verdict for each in judged(REFUSED, [Exchange(step, step.partition(".")[0], heard)])] == [
        verdict
    ]


@pytest.mark.parametrize(
    ("there", "gone", "expected"),
    [
        (401, 404, Verdict.FAIL),
        (401, 401, Verdict.PASS),
        (503, 404, Verdict.NOT_ASKED),
        (429, 404, Verdict.NOT_ASKED),
    ],
)
def test_a_target_in_trouble_tells_nobody_who_is_there(there: int, gone: int, expected: Verdict) -> None:
    """One that hides all behind 404, and was too busy to say so of who is there, has told nothing."""
    (check,) = (each for each in catalogue() if each.id == "test_credentials.refusal-tells-not-who-is-there")
    asked = [
        Exchange(step, step.partition(".")[0], Heard(Request("GET", f"/Users/{number}"), Answer(status)))
        for number, (step, status) in enumerate(
            (("read_user.no_token", there), ("send_odd_requests.no_token_gone", gone))
        )
    ]
    assert [each.verdict for each in judged(check, asked)] == [expected]
