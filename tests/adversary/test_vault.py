"""Answers by the thousand at the vault alone: whatever spells the secret is hidden, and nothing else is touched.

EXAMPLES=10000 pytest tests/adversary/test_vault.py
"""

import base64
import html
import json
import os
import random
import string
from collections.abc import Callable

import pytest
from searching import found_in

from scim_tests.wire.vault import Vault

EXAMPLES = int(os.environ.get("EXAMPLES", "800"))
PARTS = 20  # so that many are tried at once, and one failure does not hide another
ONCE_MISSED = (8841, 9103)
ALPHABETS = (
    string.ascii_letters + string.digits,
    string.ascii_letters + string.digits + "-._~+/",
    "".join(map(chr, range(33, 127))),
)
WORDS = (
    "Kim", "urn:example:2.0:User", "2024-01-05T10:11:12Z", "José", 'W/"3694e05e9dff590"', "100 %", "R&D", "a\nb", "+1 555",
    "北京", "2819c223-7f76-453a-919d-413861904646", "C:\\new", "%41%zz&amp;", "displayName eq", "", "&", "\\", "%4", "/Users/",
)  # fmt: skip
Chance = random.Random


def spelt(chance: Chance, text: bytes, must: bytes, spell: Callable[[int], bytes]) -> bytes:
    """The text with some of its letters spelt otherwise, all or only what must be."""
    share = chance.choice((0.0, 0.3, 1.0))
    return b"".join(
        spell(byte) if byte in must or (byte < 128 and chance.random() < share) else bytes([byte])
        for byte in text
    )


def in_json(chance: Chance, text: bytes) -> bytes:
    long = chance.choice((b"\\u%04x", b"\\u%04X"))
    short = {ord(each): json.dumps(each)[1:-1].encode() for each in '"\\\b\f\n\r\t'} | {ord("/"): b"\\/"}
    return spelt(
        chance,
        text,
        b'"\\' + bytes(range(32)),
        lambda byte: short[byte] if byte in short and chance.random() < 0.7 else long % byte,
    )


def in_a_url(chance: Chance, text: bytes) -> bytes:
    return spelt(chance, text, b"%", lambda byte: chance.choice((b"%%%02x", b"%%%02X")) % byte)


def in_html(chance: Chance, text: bytes) -> bytes:
    forms = (b"&#%d;", b"&#x%x;", b"&#X%X;", b"&#%03d;")
    return spelt(
        chance,
        text,
        b"&",
        lambda byte: (
            html.escape(chr(byte)).encode()
            if byte in b"&<>\"'" and chance.random() < 0.7
            else chance.choice(forms) % byte
        ),
    )


def in_base64(chance: Chance, text: bytes) -> bytes:
    code = chance.choice((base64.b64encode, base64.urlsafe_b64encode))(text)
    return code.rstrip(b"=") if chance.random() < 0.5 else code


def in_lines(chance: Chance, text: bytes) -> bytes:
    """MIME's base64, of any width."""
    code, width = base64.b64encode(text), chance.choice((76, 64, 20, 12))
    return chance.choice((b"\n", b"\r\n", b"\n  ")).join(
        code[at : at + width] for at in range(0, len(code), width)
    )


def in_base32(chance: Chance, text: bytes) -> bytes:
    code = base64.b32encode(text)
    return chance.choice((code, code.lower(), code.rstrip(b"=")))


def in_hexadecimal(chance: Chance, text: bytes) -> bytes:
    code = text.hex().encode()
    return chance.choice((code, code.upper()))


def in_utf_16(_: Chance, text: bytes) -> bytes:
    return text.decode("latin-1").encode("utf-16-le")


ESCAPES = (in_json, in_a_url, in_html)
CODES = (in_base64, in_base64, in_lines, in_base32, in_hexadecimal)


def some_text(chance: Chance) -> str:
    return "".join(chance.choices(WORDS, k=chance.randrange(3)))


def disguised(chance: Chance, secret: str) -> str:
    """The secret in letters of any case, under at most two codes and three escapes in any order, amid other text."""
    spell = chance.choice((str, str.upper, str.lower, str.swapcase))
    text = spell(secret).encode()
    for step in chance.sample(["escape", "escape", "escape", "code", "code"], k=chance.randrange(6)):
        if step == "escape":
            text = chance.choice(ESCAPES)(chance, text)
        else:
            around = some_text(chance).encode(), some_text(chance).encode()
            text = chance.choice(CODES)(chance, text.join(around))
    return text.decode("latin-1")


def answer(chance: Chance, secret: str) -> bytes:
    """A JSON document, a header or a page with the secret in some of its places."""

    def place() -> str:
        text = some_text(chance)
        return f"{text} {disguised(chance, secret)}{chance.choice(WORDS)}" if chance.random() < 0.3 else text

    form = chance.choice(("json", "json", "header", "page"))
    if form == "json":
        people = [
            {
                place() or "userName": place(),
                "emails": [{"value": place()}],
                "active": True,
                "count": 12345678,
            }
            for _ in range(chance.randrange(1, 4))
        ]
        indent = chance.choice((None, 2))
        return json.dumps({"Resources": people}, ensure_ascii=chance.random() < 0.5, indent=indent).encode()
    if form == "header":
        return f"Bearer realm={place()}, error={disguised(chance, secret)}".encode()
    return f"<p>{place()}</p>\n<a href={disguised(chance, secret)}>{html.escape(place())}</a>".encode()


def a_secret(chance: Chance) -> str:
    return "".join(chance.choices(chance.choice(ALPHABETS), k=chance.choice((8, 9, 12, 16, 24, 40))))


@pytest.mark.parametrize("part", range(PARTS))
def test_hides_whatever_spells_the_secret(part: int) -> None:
    """Nothing of it can be read any more, hiding again changes nothing, JSON stays JSON; another vault finds nothing."""
    numbers = [*range(EXAMPLES), *ONCE_MISSED]  # which are the seeds
    for number in numbers[part::PARTS]:
        chance = Chance(number)
        secret, other = a_secret(chance), a_secret(chance)
        said = answer(chance, secret)
        hidden = Vault(secret, "").hide(said)
        assert found_in(hidden, [secret]) == [], number
        assert Vault(secret, "").hide(hidden) == hidden, number
        assert Vault(other, "").hide(said) == said, number
        if said.startswith(b"{"):
            assert shape(json.loads(hidden)) == shape(json.loads(said)), number


def shape(value: object) -> object:
    """A document without its strings: a name may be a secret, too."""
    if isinstance(value, dict):
        return [shape(member) for member in value.values()]
    if isinstance(value, list):
        return [shape(member) for member in value]
    return str if isinstance(value, str) else value


def test_the_searcher_finds_what_was_put_in() -> None:
    """What the vault is tried with can be read before it is hidden: few answers have the secret in no place at all."""
    read = 0
    for number in range(100):
        chance = Chance(number)
        secret, _ = a_secret(chance), a_secret(chance)
        read += bool(found_in(answer(chance, secret), [secret]))
    assert read >= 90
