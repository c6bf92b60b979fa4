"""What leaves holds the secrets, what comes back holds none, and nothing else is touched."""

import base64
import html
import json
import string
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from searching import found_in

from scim_tests.model.exchange import PASSWORD, TOKEN
from scim_tests.model.slots import IN_OTHER_LETTERS, PASSWORD_SLOT, TOKEN_SLOT
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


TOLD = "k9XvQ2mTb7LrPz4NcW8s"
BYTES = TOLD.encode()
EIGHT = [base64.b64encode(BYTES).decode()[at : at + 8] for at in range(0, 28, 8)]  # digits a line


def escaped(text: str, spelling: str) -> str:
    return "".join(spelling % ord(each) for each in text)


SPELLINGS = {
    "upper case": TOLD.upper(),
    "lower case": TOLD.lower(),
    "JSON escapes": escaped(TOLD, "\\u%04x"),
    "JSON escapes in capitals": escaped(TOLD, "\\u%04X"),
    "one JSON escape": TOLD.replace("X", "\\u0058"),
    "JSON escapes twice": escaped(TOLD, "\\u%04x").replace("\\", "\\\\"),
    "JSON escapes three times": escaped(TOLD, "\\u%04x").replace("\\", "\\\\\\\\"),
    "percent": escaped(TOLD, "%%%02x"),
    "percent, upper case": escaped(TOLD, "%%%02X"),
    "percent twice": escaped(TOLD, "%%25%02X"),
    "percent in JSON escapes": escaped(escaped(TOLD, "%%%02X"), "\\u%04x"),
    "HTML, decimal": escaped(TOLD, "&#%d;"),
    "HTML, hexadecimal": escaped(TOLD, "&#x%x;"),
    "HTML of percent": escaped(escaped(TOLD, "%%%02X"), "&#%d;"),
    "quoted-printable": escaped(TOLD, "=%02X"),
    "UTF-16": "\0".join(TOLD),
    "UTF-16 in JSON": "\\u0000".join(TOLD),
    "hexadecimal": BYTES.hex(),
    "hexadecimal, upper case": BYTES.hex().upper(),
    "base32": base64.b32encode(BYTES).decode(),
    "base32, lower case": base64.b32encode(b"okta:" + BYTES).decode().lower(),
    "base64 of capitals": base64.b64encode(TOLD.upper().encode()).decode(),
    "base64 twice": base64.b64encode(base64.b64encode(BYTES)).decode(),
    "base64 twice, with others": base64.b64encode(b"x" + base64.b64encode(b"okta:" + BYTES) + b", y").decode(),
    "base64 of UTF-16": base64.b64encode(TOLD.encode("utf-16-le")).decode(),
    "base64 of percent": base64.b64encode(escaped(TOLD, "%%%02x").encode()).decode(),
    "base64 of JSON": base64.b64encode(escaped(TOLD, "\\u%04x").encode()).decode(),
    "base64 of hexadecimal": base64.b64encode(BYTES.hex().encode()).decode(),
    "hexadecimal of base64": base64.b64encode(BYTES).hex(),
    "base32 of base64": base64.b32encode(base64.b64encode(BYTES)).decode(),
    "base64 in JSON escapes": escaped(base64.b64encode(BYTES).decode(), "\\u%04x"),
    "base64 in percent": escaped(base64.b64encode(BYTES).decode(), "%%%02x"),
    "base64 in lines": "\n".join(EIGHT),
    "base64 in indented lines": "\r\n  ".join(EIGHT),
    "base64 in lines of JSON": "\\r\\n".join(EIGHT),
    "half of it in base64": base64.b64encode(BYTES[:10]).decode(),
    "half of it, upper case": TOLD[10:].upper(),
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_reads_before_it_looks(spelling: str) -> None:
    """The placeholder stands exactly where the secret was spelt in one of these ways, in a value, a name and a text."""
    vault = Vault(TOLD, "")
    assert vault.hide(f'{{"a": "{spelling}", "{spelling}": [1.0, "b\\u00e9"]}}') == (
        f'{{"a": "{TOKEN}", "{TOKEN}": [1.0, "b\\u00e9"]}}'
    )
    assert vault.hide(spelling.encode()) == TOKEN.encode()


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_what_is_hidden_is_hidden(spelling: str) -> None:
    """Hiding again changes nothing, and the searcher finds nothing any more."""
    vault = Vault(TOLD, "")
    hidden = vault.hide(f"{spelling} {TOLD}{spelling} {TOKEN}{spelling}, {spelling}".encode())
    assert vault.hide(hidden) == hidden
    assert found_in(hidden, [TOLD]) == []


def test_what_another_reader_sees_is_no_escape() -> None:
    """Each kind of escape is undone alone, too: no other one swallows the secret's first letters."""
    secret = "41b2c3d4"
    for spelling in ("%41\\u0062", "\\u0041%62", "&#41%62", "\\x41\\u0062"):
        said = f'"{spelling}2c3d4"'
        assert TOKEN in Vault(secret, "").hide(said), said


def test_numbers_of_json_become_strings() -> None:
    """A secret of digits alone that stands as a number is replaced by a string, so that JSON stays JSON."""
    said = '{"a": 12345678, "b": [9912345678, 1], "c": "x, 12345678, y", "d": "\\"12345678"}'
    hidden = json.loads(Vault("12345678", "").hide(said))
    assert hidden == {"a": TOKEN, "b": [TOKEN, 1], "c": f"x, {TOKEN}, y", "d": f'"{TOKEN}'}


def test_a_secret_within_a_placeholder_leaves_it_alone() -> None:
    """Whoever calls a secret as its placeholder reads placeholders still."""
    vault = Vault("SCIM_TESTS_TOKEN", "")
    assert vault.hide(f"{TOKEN} scim_tests_token") == f"{TOKEN} {TOKEN}"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.booleans(),
)
def test_leaves_all_else_alone(document: object, in_ascii: bool) -> None:
    """A document without a secret comes back byte for byte."""
    body = json.dumps(document, ensure_ascii=in_ascii).encode(errors="surrogatepass")
    assert Vault("a-rather-long-token-1", "pa55wörd", {"$X": "pa55"}).hide(body) == body


def test_a_secret_in_a_url_is_told() -> None:
    """A long secret can be read in a URL however it is spelt there; a part of it or a short one is none."""
    vault = Vault("tenant-4711-token", "short")
    assert vault.can_be_read_in("https://example.com/%54enant-4711-token/scim")
    assert vault.can_be_read_in(
        f"https://example.com/{base64.urlsafe_b64encode(b'tenant-4711-token').decode()}"
    )
    assert not vault.can_be_read_in("https://tenant-4711.example.com/short")


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


def test_a_secret_within_the_longer_of_two_placeholders_leaves_it_alone() -> None:
    """A placeholder is known whole, also where another one is its beginning."""
    key, longer = "$SCIM_TESTS_HEADER_KEY", "$SCIM_TESTS_HEADER_KEY_OF_THE_APP"
    vault = Vault("", "of_the_app", {key: TOLD, longer: TOLD[::-1]})
    assert vault.hide(f"{longer}: of_the_app") == f"{longer}: {PASSWORD}"


def test_a_secret_that_is_escaped_five_times_is_found() -> None:
    """Our own reports may add two layers to the three of a target."""
    said = escaped(TOLD, "%%%02x")
    for _ in range(4):
        said = said.replace("%", "%25")
    assert Vault(TOLD, "").hide(said) == TOKEN


@pytest.mark.parametrize(("token", "password"), [(TOLD, f"{TOLD}.more"), (f"{TOLD}.more", TOLD)])
def test_of_two_secrets_that_begin_alike_the_longer_is_hidden_whole(token: str, password: str) -> None:
    """Or the rest of it would stay behind the placeholder of the shorter."""
    vault = Vault(token, password)
    assert vault.hide(f"{token} and {password}") == f"{TOKEN} and {PASSWORD}"


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


@pytest.mark.parametrize(
    ("token", "sent"),
    [
        ("a-token-For-tests", "A-TOKEN-fOR-TESTS"),
        ("0b5f6d1e-8c1a-4d6f-9b7e-2f1c3a5d7e9b", "$REFUSED_TOKEN"),
        ("JBSWY3DPEHPK3PXP", "$REFUSED_TOKEN"),
        ("12345-67890", "$REFUSED_TOKEN"),
    ],
)
def test_the_token_is_told_in_other_letters(token: str, sent: str) -> None:
    """Small letters and capitals are exchanged; of a number, in which their case may say nothing, no other token is made."""
    assert Vault(token, "").reveal(f"Bearer {IN_OTHER_LETTERS}") == f"Bearer {sent}"
