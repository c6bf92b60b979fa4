"""WWW-Authenticate is read as RFC 9110 11.6.1 has it, and whatever else a target writes there breaks nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.checks.reading.challenge import Challenge, challenges


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("Bearer", [("Bearer", [], "")]),
        ('Bearer realm="scim"', [("Bearer", [("realm", "scim")], "")]),
        ("bearer realm=scim", [("bearer", [("realm", "scim")], "")]),
        (
            'Bearer realm="a, b", error = "invalid_token" ,ERROR_description="it\\"s"',
            [("Bearer", [("realm", "a, b"), ("error", "invalid_token"), ("error_description", 'it"s')], "")],
        ),
        (
            'Basic realm="x", Bearer error="invalid_token"',
            [("Basic", [("realm", "x")], ""), ("Bearer", [("error", "invalid_token")], "")],
        ),
        ("Negotiate, Bearer", [("Negotiate", [], ""), ("Bearer", [], "")]),
        ("Negotiate a8dk/+==, NTLM", [("Negotiate", [], "a8dk/+=="), ("NTLM", [], "")]),
        ('Bearer realm="a", realm="b"', [("Bearer", [("realm", "a"), ("realm", "b")], "")]),
        (
            'Newauth realm="a", Basic realm=""',
            [("Newauth", [("realm", "a")], ""), ("Basic", [("realm", "")], "")],
        ),
        ('realm="lost"', []),
        ('Bearer realm="unended', [("Bearer", [], "")]),
        (
            " , ,Bearer error_uri=https://t.example/e?a",
            [("Bearer", [("error_uri", "https://t.example/e?a")], "")],
        ),
    ],
)
def test_challenges_are_told_apart(
    header: str, expected: list[tuple[str, list[tuple[str, str]], str]]
) -> None:
    """Each with its scheme, its parameters in their order, or its token."""
    assert challenges(header)[: len(expected)] == [Challenge(*each) for each in expected]


@given(st.text(alphabet='Bearer ,="\\\u00e9\x00', max_size=40))
def test_nothing_breaks_it(header: str) -> None:
    """Whatever stands there, it is read to its end."""
    for each in challenges(header):
        assert each.scheme
