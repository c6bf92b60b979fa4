"""What leaves holds the secrets, what comes back holds none, and nothing else is touched."""

import base64
import html
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.model.exchange import PASSWORD, TOKEN
from scim_tests.model.slots import PASSWORD_SLOT, TOKEN_SLOT
from scim_tests.wire.vault import Vault

SECRET = 'tök"en/+&=42\\ x'
DISGUISES = {
    "plain": SECRET,
    "JSON": json.dumps(SECRET),
    "JSON, UTF-8": json.dumps(SECRET, ensure_ascii=False),
    "JSON, slashes escaped": json.dumps(SECRET).replace("/", "\\/"),
    "HTML": html.escape(SECRET),
    "URL": quote(SECRET, safe=""),
    "URL path": quote(SECRET),
    "form": quote_plus(SECRET),
    "URL, lower case": "t%c3%b6k%22en%2f%2b%26%3d42%5c%20x",
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "Basic": base64.b64encode(b"okta:" + SECRET.encode()).decode(),
    "Basic, longer user": base64.b64encode(b"okta-x:" + SECRET.encode()).decode(),
    "base64 for URLs": base64.urlsafe_b64encode(b"okta:" + SECRET.encode()).decode().rstrip("="),
}


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_lifts_every_disguise(disguise: str) -> None:
    """The placeholder stands where the secret came back, in whatever form, and its surroundings stay."""
    said = f"Authorization: Basic {disguise} was refused"
    if disguise.startswith('"'):
        assert Vault(SECRET, "").hide(said) == f'Authorization: Basic "{TOKEN}" was refused'
    else:
        assert Vault(SECRET, "").hide(said) == f"Authorization: Basic {TOKEN} was refused"


@given(
    secret=st.text(string.printable, min_size=8, max_size=40),
    before=st.binary(max_size=9),
    after=st.binary(max_size=9),
)
def test_no_long_secret_survives_in_base64(secret: str, before: bytes, after: bytes) -> None:
    """A long secret is hidden in base64 wherever it lies in what was encoded."""
    encoded = base64.b64encode(before + secret.encode() + after)
    assert Vault(secret, "").hide(b'{"a": "' + encoded + b'"}') == b'{"a": "' + TOKEN.encode() + b'"}'


@given(st.text(min_size=8), st.text(), st.text())
def test_no_long_secret_survives(secret: str, before: str, after: str) -> None:
    """Whatever a long secret looks like and wherever it stands, it does not come through."""
    if secret not in TOKEN and not any(secret in piece for piece in (before, after)):
        assert secret not in Vault(secret, "").hide(before + secret + after).replace(TOKEN, "\0")


@pytest.mark.parametrize(
    "said",
    [
        "administrator",
        "urn:example:admin:2.0",
        '{"emails": [{"value": "admin@example.com"}]}',
        "/Users/admin/",
        "non-admin",
        "admins",
    ],
)
def test_leaves_words_that_contain_a_short_secret(said: str) -> None:
    """A short secret that is part of a longer word, URN, path or address is not taken out."""
    assert Vault("admin", "").hide(said) == said


@pytest.mark.parametrize("body", ['{"totalResults": 1234}', '{"totalResults":1234}', '{"id":"00u1234"}'])
def test_leaves_json_numbers_alone(body: str) -> None:
    """A short secret of digits does not turn a JSON number into something that is no JSON."""
    assert Vault("1234", "").hide(body) == body


@pytest.mark.parametrize(
    "said",
    ['{"got": "%s"}', "Authorization: %s", "Bearer %s", "?token=%s&a=1", "<b>%s</b>", "%s", "`%s`, no"],
)
def test_hides_a_short_secret_that_is_a_whole_word(said: str) -> None:
    """A short secret on its own is taken out like a long one."""
    assert Vault("admin", "").hide(said % "admin") == said % TOKEN


def test_hides_a_short_secret_in_basic_credentials() -> None:
    """Basic credentials with a short secret are taken out; other base64 that happens to hold it is not."""
    vault = Vault("admin", "")
    assert vault.hide(b"Basic " + base64.b64encode(b"root:admin")) == b"Basic " + TOKEN.encode()
    assert vault.hide("YWRtaW4 YWRtaW4=") == f"{TOKEN} {TOKEN}"
    innocent = base64.b64encode(b"administrator, administrator")
    assert vault.hide(innocent) == innocent
    assert vault.hide(b"AYWRtaW4AA YWRtaW4AA") == b"AYWRtaW4AA YWRtaW4AA"


@given(st.integers(1, 31), st.text(string.printable, max_size=9))
def test_hides_a_secret_that_is_split(cut: int, between: str) -> None:
    """Of a secret split over two fields the larger part is hidden, and what is left of it is less than a third."""
    secret = "k9XvQ2mTb7LrPz4NcW8sYd1GhJ6fAe3R"
    hidden = Vault(secret, "").hide(json.dumps({"a": secret[:cut], "b": between, "c": secret[cut:]}))
    left = [secret[at : at + 11] for at in range(len(secret) - 10) if secret[at : at + 11] in hidden]
    assert left == []
    assert TOKEN in hidden


def test_leaves_words_that_are_part_of_a_long_secret() -> None:
    """What has no digit may be an ordinary word, and the names we make must come back as they were sent."""
    said = '{"userName": "scim-tests.ab12.plain@example.com"}'
    assert Vault("scim-tests-token-0815", "").hide(said) == said


def test_an_earlier_token_stays_hidden() -> None:
    """Renewed, the new token is put in, and both are taken out."""
    vault = Vault("first-token-1", "")
    vault.renew("second-token-2")
    assert vault.reveal(TOKEN_SLOT) == "second-token-2"
    assert vault.hide("first-token-1 second-token-2") == f"{TOKEN} {TOKEN}"


def test_hides_both_secrets() -> None:
    """Token and password each come back as their own placeholder."""
    hidden = Vault("the-token", "the-password").hide('{"password":"the-password","token":"the-token"}')
    assert hidden == f'{{"password":"{PASSWORD}","token":"{TOKEN}"}}'


def test_reveals_in_headers_and_bodies() -> None:
    """A header gets the secret as it is, a body gets it escaped for JSON."""
    vault = Vault("t", 'pass"wörd')
    assert vault.reveal(f"Bearer {TOKEN_SLOT}") == "Bearer t"
    body = vault.reveal(json.dumps({"password": PASSWORD_SLOT}).encode())
    assert json.loads(body) == {"password": 'pass"wörd'}


def test_only_a_slot_is_filled() -> None:
    """A placeholder that a target, a suite or a recording wrote is sent as it stands."""
    vault = Vault("the-token", "the-password", {"$SCIM_TESTS_CLIENT_SECRET": "the-secret"})
    for said in (TOKEN, PASSWORD, "$SCIM_TESTS_CLIENT_SECRET", "$SCIM_TESTS_HEADER_KEY"):
        assert vault.reveal(said) == said
        assert vault.reveal(f'{{"nickName":"{said}"}}'.encode()) == f'{{"nickName":"{said}"}}'.encode()


def test_unknown_secrets_are_left_alone() -> None:
    """Without a token nothing is put in and nothing is taken out; the slot's mark never leaves."""
    vault = Vault("", "")
    assert vault.reveal(f"Bearer {TOKEN_SLOT}") == f"Bearer {TOKEN}"
    assert vault.hide("anything at all") == "anything at all"


def test_does_not_show_secrets() -> None:
    """A vault in a traceback or a debugger line shows no secret."""
    assert "hunter22" not in repr(Vault("hunter22", "")) + str(Vault("hunter22", ""))


@given(st.binary())
def test_takes_any_bytes(data: bytes) -> None:
    """Bytes without a secret come through unchanged, whether they are text or not."""
    assert Vault("a-rather-long-token", "pa55").hide(data + b"\xff\x00") == data + b"\xff\x00"
