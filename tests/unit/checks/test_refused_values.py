"""A target may take some values alone: what it refuses for its value is no matter of the form it is written in."""

from typing import Any

import pytest
from bending import bent, judged, user
from lies.words import user_attribute
from sent import read, sent, transcript

from scim_tests.checks import catalogue
from scim_tests.checks.rules.every_write_forms import is_taken_in_any_form
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import ERROR, PATCH_OP
from scim_tests.model.verdict import Verdict

Json = Any


def patched(operation: Json, at: float, reason: str | None = None) -> Exchange:
    """A PATCH that is taken, or refused with a reason, which may be empty."""
    body = {"schemas": [PATCH_OP], "Operations": [operation]}
    refusal = {"schemas": [ERROR], "status": "400", **({"scimType": reason} if reason else {})}
    status, shown = (200, None) if reason is None else (400, refusal)
    return sent("PATCH", body, status=status, shown=shown, at=(at, at + 0.1))


def told(operation: Json, reason: str, was: Json, now: Json) -> bool:
    """Whether a refusal is, after another write of the same attribute that was taken."""
    (name, value) = next(iter(now.items()))
    taken = patched({"op": "replace", "path": name, "value": value}, 1)
    refused = patched(operation, 3, reason)
    return (
        is_taken_in_any_form.judge(transcript(read(was, 0), taken, read(now, 2), refused, read(now, 4)))
        is not None
    )


MANAGER, CLERK, HEAD = ({"userType": each} for each in ("Manager", "Clerk", "Head"))
HOME, WORK, OTHER = ({"addresses": [{"type": "work", "country": each}]} for each in ("DE", "US", "FR"))


@pytest.mark.parametrize("reason", ["invalidValue", ""])
@pytest.mark.parametrize(
    ("value", "was", "now", "expected"),
    [
        (HEAD, CLERK, MANAGER, False),
        (CLERK, CLERK, MANAGER, True),
        (OTHER, WORK, HOME, False),
        (WORK, WORK, HOME, True),
    ],
)
def test_a_value_that_was_never_taken_may_be_refused(
    reason: str, value: Json, was: Json, now: Json, expected: bool
) -> None:
    """One that a read shows of somebody may not, in whatever form it is written."""
    assert told({"op": "replace", "value": value}, reason, was, now) is expected


@pytest.mark.parametrize("reason", ["invalidSyntax", "invalidPath", "noTarget"])
def test_a_refusal_that_blames_the_form_is_told_whatever_the_value(reason: str) -> None:
    """The target says itself that it is not the value."""
    assert told({"op": "replace", "value": HEAD}, reason, CLERK, MANAGER)


def test_a_removal_has_no_value() -> None:
    """What is refused is its form, where another form of it is taken."""
    gone = patched({"op": "replace", "path": "userType", "value": None}, 1)
    back = patched({"op": "replace", "path": "userType", "value": "Head"}, 3)
    refused = patched({"op": "remove", "path": "userType"}, 5, "invalidValue")
    play = (read(CLERK, 0), gone, read({}, 2), back, read(HEAD, 4), refused, read(HEAD, 6))
    assert is_taken_in_any_form.judge(transcript(*play)) is not None


def test_a_rename_that_was_refused_shows_nothing_of_the_name(honest: list[Exchange]) -> None:
    """A target that says that userName is immutable, and refuses another one, is not told that it can be changed."""
    check = next(each for each in catalogue() if each.id == "discovery.schemas-admit-what-works")
    fixed = bent(honest, "discovery.schemas", user_attribute("userName", mutability="immutable"))
    refused = bent(fixed, "update_user.read_renamed", user(userName="as-before@example.com"))
    assert {each.verdict for each in judged(check, fixed)} == {Verdict.ADVICE}
    assert {each.verdict for each in judged(check, refused)} == {Verdict.PASS}
