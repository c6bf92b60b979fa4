"""What looking for secrets costs is bounded, whatever a target sends, and what is not looked through is not kept."""

import asyncio
import base64
import json
import random
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from searching import found_in

from scim_tests.model.act import Step
from scim_tests.model.exchange import Heard
from scim_tests.personas.play import FORMS
from scim_tests.traffic.har_reader import read_har
from scim_tests.wire import effort
from scim_tests.wire.client import Client
from scim_tests.wire.effort import Effort, TooMuch
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.reading import without_repetition
from scim_tests.wire.vault import Vault

SECRET = "k9XvQ2mTb7LrPz4NcW8sYd1GhJ6fAe3R"
MIB = 1024 * 1024
Spelling = Callable[[bytes], bytes]
REPEATED = (
    b"x", b"\\", b'\\"', b"\\\\", b"\\u0041", b"%41", b"%25", b"%252525", b"&amp;", b"&#65;", b"=41", b"\0", b"=\n", b'"', b'":"',
    b"aaaaaaaaaaaaaaaaaaa\n", b"\n   ", SECRET[:5].encode() + b" ", base64.b64encode(b"\\u0041%41&amp;"),
)  # fmt: skip


def escapes(chance: random.Random, size: int) -> bytes:
    """Without any rhythm, and in a few layers."""
    signs = (b"\\u005c", b"%5c", b"&amp;", b"=3D", b"\\x41", b"%25", b"&#92;", b"a7")
    return b"".join(chance.choices(signs, k=size // 4))


@pytest.mark.parametrize("what", REPEATED, ids=repr)
def test_what_only_repeats_is_looked_through(what: bytes) -> None:
    """Sixteen mebibytes of the same are no effort, and come through as they are."""
    said = what * (16 * MIB // len(what))
    assert Vault(SECRET, "pa55").hide(said) == said


def test_what_can_be_read_in_too_many_ways_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Escapes in escapes without any rhythm, and pieces of the secret by the thousand: nothing of it is kept."""
    monkeypatch.setattr(effort, "MOST", MIB)
    chance = random.Random(1)  # noqa: S311 -- no secret
    pieces = b"".join(chance.choices((SECRET[:5].encode(), SECRET[5:12].encode(), b"-"), k=100_000))
    for said in (escapes(chance, MIB), pieces):
        with pytest.raises(TooMuch):
            Vault(SECRET, "").hide(said)
        assert "too many ways" in Vault(SECRET, "").hide(said.decode())


def test_digits_of_codes_are_looked_through() -> None:
    """A picture in base64 is no reason to refuse an answer."""
    picture = base64.b64encode(random.Random(1).randbytes(2 * MIB))  # noqa: S311 -- no secret
    said = b'{"photos": [{"value": "' + picture.replace(b"/", b"\\/") + b'"}]}'
    assert Vault(SECRET, "").hide(said) == said


SPELLINGS = st.sampled_from([
    lambda text: text,
    lambda text: text.upper(),
    lambda text: b"".join(b"\\u%04x" % byte for byte in text),
    lambda text: b"".join(b"\\\\u%04x" % byte for byte in text),
    lambda text: b"".join(b"%%%02X" % byte for byte in text),
    lambda text: b"".join(b"%%25%02x" % byte for byte in text),
    lambda text: b"".join(b"&#%d;" % byte for byte in text),
    base64.b64encode,
    lambda text: base64.b64encode(base64.b64encode(text)),
    base64.b32encode,
    lambda text: text.hex().encode(),
    lambda text: text.decode().encode("utf-16-le"),
])  # fmt: skip


@settings(max_examples=25)
@given(st.sampled_from(REPEATED), st.integers(0, 420_000), SPELLINGS, st.binary(max_size=9))
def test_no_repetition_hides_a_secret(what: bytes, place: int, spelling: Spelling, before: bytes) -> None:
    """Wherever in a long repetition it stands, in whatever spelling: it is found without most of what repeats."""
    run = what * (420_000 // len(what))
    said = before + run[:place] + b" " + spelling(SECRET.encode()) + b" " + run[place:]
    hidden = Vault(SECRET, "").hide(said)
    assert hidden != said
    assert found_in(hidden[max(0, place - 2000) : place + 4000], [SECRET]) == []


@given(
    st.binary(min_size=1, max_size=12),
    st.integers(0, 2_000_000),
    st.binary(max_size=40),
    st.binary(max_size=40),
)
def test_what_stands_beside_a_repetition_stays(what: bytes, size: int, before: bytes, after: bytes) -> None:
    """Its beginning and its end, and a whole number of times what repeats."""
    said = before + what * (size // len(what)) + after
    kept = without_repetition(said)
    assert kept.startswith(said[:1000])
    assert kept.endswith(said[-1000:])
    assert (len(said) - len(kept)) % (32 * 5040) == 0


def test_a_secret_across_what_is_left_out_is_found() -> None:
    """A line break and a million blanks within it mean nothing to a reader of base64; nor do halves of UTF-16."""
    half = base64.b64encode(SECRET.encode())
    for nothing in (b"\n" + b" " * MIB, b"=\n" * MIB, b"\0" * MIB):
        said = b'{"a": "' + half[:20] + nothing + half[20:] + b'"}'
        assert Vault(SECRET, "").hide(said) != said


def test_an_effort_ends() -> None:
    """All that may be spent, and no more."""
    spent = Effort()
    spent.cost(effort.MOST)
    with pytest.raises(TooMuch):
        spent.cost(1)


def test_such_an_answer_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target's body of that kind is told as what it is, and the run goes on."""
    monkeypatch.setattr(effort, "MOST", MIB)
    body = escapes(random.Random(2), MIB)  # noqa: S311 -- no secret
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))

    async def ask() -> Heard:
        ledger = Ledger(tmp_path / "l")
        async with Client("http://t", Vault(SECRET, ""), ledger=ledger, transport=transport) as client:
            return await client.send(Step("read", "GET", "/Users", ()), FORMS)

    heard = asyncio.run(ask())
    assert heard.answer is None
    assert "too many ways" in heard.failure


def test_such_an_exchange_of_a_recording_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a note, and the others are judged."""
    monkeypatch.setattr(effort, "MOST", MIB)
    file = Path(__file__).parents[2] / "fixtures" / "recordings" / "oin-healthy.har"
    told = json.loads(file.read_text(encoding="utf-8"))
    whole = len(read_har(json.dumps(told), "some.har").entries)
    told["log"]["entries"][0]["response"]["content"]["text"] = escapes(random.Random(3), MIB).decode()  # noqa: S311 -- no secret
    left = read_har(json.dumps(told), "some.har")
    assert len(left.entries) == whole - 1
    assert any("too many ways" in note for note in left.notes)
