"""What a filter comes to is what a naive reader makes of it, or is left open; how it is written changes nothing."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_filters import CONDITIONS, USERS, Condition, holds, written

from scim_tests.checks.reading.filters import Filter, UnreadableFilterError, order_of, read
from scim_tests.checks.reading.filters import holds as judged
from scim_tests.model.scim import USER


class Known:
    """Letter case counts in externalId alone, and nothing is hidden."""

    def is_case_exact(self, path: str) -> bool | None:
        return path == "externalid"

    def is_shown(self, _: str) -> bool:
        return True


@given(users=USERS, condition=CONDITIONS, letters=st.randoms(use_true_random=False))
def test_who_is_said_to_fit_is_who_fits(
    users: list[dict[str, Any]], condition: Condition, letters: random.Random
) -> None:
    """Whatever is not left open agrees with the naive reader; no server shows an entry of a list in which nothing stands."""
    found = read(written(condition, letters))
    for user in users:
        user["emails"] = [each for each in user.get("emails", ()) if each]
        assert judged(found, user, Known()) in {None, holds(condition, user)}


@given(
    condition=CONDITIONS, letters=st.randoms(use_true_random=False), others=st.randoms(use_true_random=False)
)
def test_letters_of_names_and_operators_are_of_no_account(
    condition: Condition, letters: random.Random, others: random.Random
) -> None:
    """In whatever letters it is written, it is the same one."""
    assert read(written(condition, letters)) == read(written(condition, others))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('userName eq "a"', f'{USER}:userName eq "a"'),
        ('title pr and userName eq "a"', '(userName EQ "a") AND TITLE PR'),
        ('a eq "x" or (b eq "y" or c eq "z")', 'c eq "z" or b eq "y" or a eq "x"'),
        ("not (not (a pr))", "a pr"),
        ('a eq "Zo\u00eb"', r'a eq "Zo\u00eb"'),
    ],
)
def test_what_means_the_same_is_the_same(one: str, other: str) -> None:
    """Brackets, order, URNs and escapes say nothing of their own."""
    assert read(one) == read(other)


@pytest.mark.parametrize(
    "text",
    ["", "a", "a eq", '"x" eq a', "a = 1", "(a pr", "a pr)", "a[b pr", 'a eq "x', "a eq x y", "not a pr"],
)
def test_what_is_none_is_not_read(text: str) -> None:
    """What the grammar does not give has no meaning here."""
    with pytest.raises(UnreadableFilterError):
        read(text)


class Hidden(Known):
    """No answer shows anything but what is named."""

    def is_shown(self, _: str) -> bool:
        return False


@pytest.mark.parametrize(
    "text", ['members[value eq "x"]', 'not (members[value eq "x"])', 'members.value eq "x"']
)
def test_what_is_never_shown_may_fit(text: str) -> None:
    """A list that is returned on request alone (RFC 7643 7) may have an entry that fits, in brackets too."""
    assert judged(read(text), {"displayName": "a"}, Hidden()) is None


def fits(text: str, **resource: Any) -> bool | None:
    found: Filter = read(text)
    return judged(found, resource, Known())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('d gt "2020-01-01T00:00:00Z"', True),
        ('d gt "2020-01-01T14:00:00.2+02:00"', None),  # less than a second later than it is shown
        ('d lt "2020-01-01T14:00:02+02:00"', True),
        ('d eq "2020-01-01T12:00:00Z"', True),
        ("n gt 3", True),
        ("n eq 4.5", True),
        ("n le -4.5", False),
        ("active gt true", None),
        ('manager co "x"', None),
        ('password eq "x"', None),
        ("none eq true", None),
        ('none ne "x"', None),
        ('not (none eq "x")', True),
        ("emails.primary eq false", True),
        ('s gt "é"', None),
        ('externalId gt "B"', None),
        ('externalId gt "b"', False),
        ('addresses.region ne "CA"', None),
        ('addresses.type ne "x"', None),
        ('phones.type ne "x"', True),
    ],
)
def test_what_is_open_is_left_open(text: str, expected: bool | None) -> None:
    """Dates by their moments and to a second, numbers as numbers; what the RFC does not say is nobody's fault."""
    lists = {
        "emails": [{"value": "a@x"}],
        "addresses": [{"type": "work", "region": "CA"}, {"type": "home"}],
        "phones": [{"type": "work"}],
    }
    texts = {"s": "e", "externalId": "a", "d": "2020-01-01T12:00:00Z"}
    assert fits(text, n=4.5, active=True, manager={"value": {}}, **texts, **lists) is expected


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [("a", "B", -1), ("a1", "a2", -1), ("a", "A", 0), ("a", "ab", -1), ("a-b", "ab", None), ("é", "f", None)],
)
def test_only_what_every_alphabet_agrees_on_is_an_order(one: str, other: str, order: int | None) -> None:
    """Letters of a to z and digits, letter case aside."""
    assert order_of(one, other, is_case_exact=False) == order


@pytest.mark.parametrize("is_case_exact", [True, None])
@pytest.mark.parametrize(
    ("one", "other", "order"),
    [("a", "b", -1), ("A", "b", -1), ("a", "B", None), ("a", "A", None), ("a", "a", 0)],
)
def test_where_letter_case_counts_nobody_can_say_which_comes_first(
    one: str, other: str, order: int | None, *, is_case_exact: bool | None
) -> None:
    """Code points have capitals first, and no sentence of the RFCs says that they decide; nor is it said of what may be either."""
    assert order_of(one, other, is_case_exact=is_case_exact) == order
