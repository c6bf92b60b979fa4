"""A check that cannot fail is a defect: each one is seen to fail on a lie, and to pass without it."""

import re

import pytest
from bending import Bend, bent, each_user, judged, put, raw, status, user
from lies import LIES
from lies.words import renamed

from scim_tests.checks import catalogue
from scim_tests.model.check import Check
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

WRONG = {Verdict.FAIL, Verdict.ADVICE}

# What does not fit "expected X, got Y", or is Python: `it is not there`, `None`, `{'type': …`.
NO_NOUN = re.compile(
    r"\b(it|they) (is|are)\b|\b(is|are) (not|on|no|among)\b|\bleaves\b|\bNone\b|\bTrue\b|[{\[]'|^$"
)


def test_each_check_has_its_lie() -> None:
    """The table names every check of the catalogue, and none that is gone."""
    assert sorted(LIES) == sorted(check.id for check in catalogue())


@pytest.mark.parametrize("check", catalogue(), ids=lambda check: check.id)
def test_each_check_sees_its_lie(check: Check, conversations: dict[str, list[Exchange]]) -> None:
    """The check is content with the honest conversation, and names the lie in the bent one."""
    conversation, (step, *bends) = LIES[check.id]
    truth = conversations[conversation]
    assert not any(each.verdict in {*WRONG, Verdict.BROKEN} for each in judged(check, truth))
    found = judged(check, bent(truth, step, *bends))
    assert [each for each in found if each.verdict in WRONG], [each.why for each in found]
    assert not [each for each in found if each.verdict is Verdict.BROKEN]
    told = [text for each in found if each.finding for text in (each.finding.expected, each.finding.got)]
    assert [text for text in told if NO_NOUN.search(text)] == []


@pytest.mark.parametrize("nothing", [b"", b"[]", b"null", b'"yes"'])
def test_no_step_succeeds_with_nothing(
    nothing: bytes, honest: list[Exchange], doubted: list[Exchange]
) -> None:
    """Whichever step is answered with a success that shows no object, some check fails: none only blocks."""
    unseen = [
        step
        for conversation in (honest, doubted)
        for step in {each.step for each in conversation if each.is_success and each.answer.body}
        if not _fails(step, bent(conversation, step, raw(nothing)))
    ]
    assert unseen == []


def _fails(step: str, conversation: list[Exchange]) -> bool:
    """Whether any check does; those of what every answer is are asked first, of that step alone, for one is enough."""
    alone = [each for each in conversation if each.step == step]
    first = [(check, alone) for check in catalogue() if check.act == "every_answer"]
    asked = (*first, *((check, conversation) for check in catalogue()))
    return any(each.verdict is Verdict.FAIL for check, told in asked for each in judged(check, told))


# What Okta's admin would never hear of: here advice is not enough.
GRAVE: dict[str, tuple[str, str, tuple[Bend, ...]]] = {
    "a push loses a value the target had": (
        "every_view.still-shows-what-was-put",
        "link_user.read_back",
        (user(locale=None),),
    ),
    "a push changes a name": (
        "every_view.still-shows-what-was-put",
        "update_user.read_back",
        (each_user(renamed),),
    ),
    "a push that changes nothing loses a value": (
        "update_user.unchanged-push-changes-nothing",
        "update_user.read_unchanged",
        (user(locale=None),),
    ),
    "a deactivation takes the e-mail addresses": (
        "every_write.changes-nothing-else",
        "deactivate_user.*",
        (user(emails=[]),),
    ),
    "after a push nobody is found, with 404": ("link_user.creates-nobody", "link_user.find", (status(404),)),
    "the total is that of the page": (
        "import_users.total-counts-everybody",
        "import_users.pages_of_2",
        (put(totalResults=2),),
    ),
    "count=0 counts nobody": (
        "import_users.count-zero-shows-nobody",
        "import_users.count_zero",
        (put(totalResults=0),),
    ),
    "the day of creation moves": (
        "every_view.keeps-the-day-of-creation",
        "link_user.put",
        (each_user(lambda one: one["meta"].update(created="2031-01-01T00:00:00Z")),),
    ),
}


@pytest.mark.parametrize("lie", GRAVE)
def test_what_is_grave_fails(lie: str, honest: list[Exchange]) -> None:
    """A defect that costs data is a failure, not advice."""
    check_id, step, bends = GRAVE[lie]
    check = next(each for each in catalogue() if each.id == check_id)
    assert Verdict.FAIL in [each.verdict for each in judged(check, bent(honest, step, *bends))]
