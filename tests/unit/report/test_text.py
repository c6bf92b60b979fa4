"""Whatever a target says can be shown, and is shown as it was."""

import json

import pytest

from scim_tests.report.text import blanks_seen, one_line, pretty, printable, shortened
from tests.unit.report.sample import HOSTILE


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain", "plain"),
        ("zoë ゾエ 🌍", "zoë ゾエ 🌍"),
        ("a\x1b[31mb", r"a\x1b[31mb"),
        ("\x00\x07\x7f\x9b", r"\x00\x07\x7f\x9b"),
        ("\u202eexe", r"\u202eexe"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        ("one\r\ntwo\tthree\rfour", "one\ntwo\tthree\\x0dfour"),
    ],
)
def test_what_is_not_plain_text_is_spelt_out(said: str, shown: str) -> None:
    """Controls, lone surrogates and direction overrides are visible; line breaks and tabs stay."""
    assert shown == printable(said)


def test_printable_text_can_be_written() -> None:
    """The worst string a target can send encodes as UTF-8 once it is printable."""
    assert b"\x1b" not in printable(HOSTILE).encode("utf-8")


def test_one_line_is_one_line() -> None:
    """Line breaks become blanks, and several blanks one."""
    assert one_line("a\n  b\tc ") == "a b c"


def test_several_blanks_are_seen() -> None:
    """They may be all that tells one value from another; one blank is a blank."""
    assert blanks_seen('the string "two  blanks"') == 'the string "two␣␣blanks"'


def test_shortened_says_what_is_missing() -> None:
    """Text within the limit is untouched; longer text says how much was cut."""
    assert shortened("abc", 3) == "abc"
    assert shortened("abcde", 2) == "ab… (3 more characters)"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"a":[1,{}],"b":[]}', '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}'),
        ('{"id":1.0,"id":"{,:\\""}', '{\n  "id": 1.0,\n  "id": "{,:\\""\n}'),
        ('"\\u00eb"', '"\\u00eb"'),
        ("not json", "not json"),
        ("", ""),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_pretty_keeps_every_token(body: str, shown: str) -> None:
    """Repeated keys, number spellings and escapes stay; what is not JSON is left alone."""
    assert shown == pretty(body)


def test_pretty_changes_blanks_only() -> None:
    """A laid out body means what the body means."""
    body = json.dumps({"a": {"b": ["x, y", {"c": None}]}, "d": ["[", "]"], "e": -1.5e3})
    assert json.loads(body) == json.loads(pretty(body))
