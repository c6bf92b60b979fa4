"""Takes the credentials and passwords out of traffic that somebody else's client sent, wherever they stand.

What stands under a name that means a credential is secret, and is hidden wherever else it stands, too.
Which credential is the right one, the answers tell: one that was only ever answered 401 while another
opened the door is a wrong one, and stands as `$REFUSED_TOKEN`, so that nobody takes its refusal for a fault.
"""

import base64
import binascii
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote

from scim_tests.model.exchange import (
    MADE_UP_TOKENS,
    PASSWORD,
    REFUSED_TOKEN,
    TOKEN,
    Heard,
    Request,
)
from scim_tests.model.slots import HIDDEN
from scim_tests.traffic.credential_names import is_the_password, may_open_the_door, means_a_credential
from scim_tests.traffic.placeholders import is_no_token
from scim_tests.traffic.secret_places import USERINFO, swapped
from scim_tests.wire.effort import Effort, TooMuch
from scim_tests.wire.reading import readings
from scim_tests.wire.vault import Vault

AUTHORIZATION = "authorization"
COOKIES = frozenset({"cookie", "set-cookie", "cookie2", "set-cookie2"})
SCHEMES = ("bearer ", "basic ")
GRAM = 6  # bytes of a secret that are looked up, before anything is looked for
NO_SECRETS = frozenset({"", "true", "false", "null"})
LONGEST = 16_384  # characters; what is longer is hidden under its name and looked for nowhere else
_WORD = re.compile(r"[A-Za-z][a-z]{0,10}|\d{1,11}")  # what may stand anywhere by chance
_TELLING = re.compile(r"(?=.*\d)(?=.*[A-Za-z]).{5,}|.{8,}", re.DOTALL)
_OF_ITS_OWN = re.compile(
    r"(?i)https?://\S*|urn:\S*|[^@\s]+@[^@\s]+\.\w+|\d{4}-\d\d-\d\d\S*"
)  # no secret, where it is named so
_COOKIE = re.compile(r"(?:^|;)\s*([^=;\s]+)=\"?([^;\"]*)")
# A long mix of letters and digits that nobody reads.
_OPAQUE = re.compile(
    r".*(?=[A-Za-z]*\d)(?=\d*[A-Za-z])[A-Za-z0-9]{16}.*|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[^\s@]{20,}"
)
_UUID = re.compile(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Hidden already, or put there by a run of ours.
_PLACEHOLDER = re.compile(r"\$(?:SCIM_TESTS_[A-Z]|REFUSED_TOKEN|HIDDEN)")
# What the command that sends a request again would fill in, were it ours. A stranger's words are data, and a
# recording may be a stranger's whatever it says of itself: of what is in the environment it is told the token alone.
_FILLED_IN = re.compile(r"\$\{?SCIM_TESTS_(?!(?:TOKEN|PASSWORD)(?![A-Z0-9_]))[A-Z0-9_]*\}?")
_A_TOKEN = re.compile(rf"{re.escape(TOKEN)}(?![A-Z0-9_])|\$\{{SCIM_TESTS_TOKEN\}}")
# Headers that every client sends, in which no act of ours has a token.
_NO_TOKEN_IN = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "connection", "content-length", "content-type", "host",
    "if-match", "if-none-match", "origin", "referer", "user-agent", "x-scim-tests",
})  # fmt: skip
Credential = tuple[str, str]  # a header's name in lower case, and its value


class HarRedactor:
    """Knows the secrets of the exchanges it was told to `learn`, and hides them.

    An exchange comes as it was recorded; what is given back holds no secret. Where `stands_for` gives each credential a
    name of its own, which of them is the right one is left to whoever reads all that was recorded.
    """

    def __init__(self, stands_for: Callable[[str], str] | None = None) -> None:
        self._named = stands_for
        self._vaults: dict[str, Vault] = {}  # by secret
        self._placeholders: dict[str, str] = {}  # by secret
        self._short: set[str] = set()
        self._by_gram: dict[bytes, set[str]] = defaultdict(set)
        self._opened: set[Credential] = set()
        self._closed: set[Credential] = set()  # never answered with anything but 401
        self._authorized = False  # whether Authorization was seen to open the door, so that nothing else does

    def learn(self, heard: Heard, written: Callable[[], bytes] = bytes) -> bool:
        """Learn an exchange's secrets; whether what is `written` already has to be written anew, since one stands in it."""
        stands = self._hear(heard) and not self._named
        new = []
        for secret, placeholder in _secrets(heard):
            known = self._placeholders.get(secret)
            if known is None or (known == HIDDEN != placeholder):
                new.append(self._know(secret, placeholder))
        text = written() if new else b""
        return stands or any(_may_stand_in(text, vault) for vault in new)

    def _know(self, secret: str, placeholder: str) -> Vault:
        self._placeholders[secret] = placeholder
        vault = self._vaults[secret] = Vault("", "", {placeholder: secret})
        for trace in vault.traces:
            if len(trace) < GRAM:
                self._short.add(secret)
            else:
                self._by_gram[trace[:GRAM]].add(secret)
        return vault

    def _held_in(self, text: bytes) -> Iterator[Vault]:
        """Those that may have something to hide in it, the longest secret first: one may hold another.

        A directory's import knows a password for each of thousands, so it is not asked of each.
        """
        read = b"\n".join(readings(text, Effort()))
        grams = {read[place : place + GRAM] for place in range(len(read) - GRAM + 1)}
        found = self._short.union(*(self._by_gram[gram] for gram in grams & self._by_gram.keys()))
        return (self._vaults[secret] for secret in sorted(found, key=len, reverse=True))

    def _hear(self, heard: Heard) -> bool:
        """Which credentials open the door; whether one that was heard before now shows otherwise."""
        opens = heard.answer is not None and heard.answer.status != 401
        before = bool(self._opened), self._authorized
        moved = False
        for credential in _credentials(heard.request):
            if opens:
                moved |= credential in self._closed
                self._closed.discard(credential)
                self._opened.add(credential)
            elif heard.answer and credential not in self._opened:
                self._closed.add(credential)
        self._authorized |= opens and any(name.lower() == AUTHORIZATION for name, _ in heard.request.headers)
        return moved or (
            before != (bool(self._opened), self._authorized) and bool(self._closed | self._opened)
        )

    def _stands_for(self, name: str, value: str) -> str:
        """What a request's header shows in place of a credential."""
        if self._named and may_open_the_door(name):
            return self._named(token_of(value))
        opens = may_open_the_door(name) and (name == AUTHORIZATION or not self._authorized)
        if not opens:
            return HIDDEN
        return REFUSED_TOKEN if self._opened and (name, value) in self._closed else TOKEN

    def heard(self, heard: Heard, *, ours: bool = False) -> Heard:
        """An exchange without its secrets. In a recording of `ours` the token may stand in a header of any name."""
        asked, answer = heard.request, heard.answer
        inner = self._known if ours else self._known_and_foreign
        request = replace(
            asked,
            method=self._cleaned(asked.method, inner),
            path=self._cleaned(asked.path, inner),
            headers=tuple(
                (self._cleaned(name, inner), self._header(name.lower(), value, ours=ours))
                for name, value in asked.headers
            ),
            body=self._body(asked.body, inner),
        )
        if answer:
            headers = tuple(
                (self.text(name), self._answered(name.lower(), value)) for name, value in answer.headers
            )
            answer = replace(answer, headers=headers, body=self._body(answer.body, self._known))
        return replace(
            heard,
            request=request,
            answer=answer,
            failure=self.text(heard.failure),
            base_url=self.base_url(heard.base_url),
        )

    def base_url(self, url: str) -> str:
        """A base URL that may be shown: without user name and password, and without secrets in its path."""
        scheme, mark, rest = _without_userinfo(url).partition("://")
        host, *segments = self._cleaned(rest, self._known_and_foreign).split("/")
        return scheme + mark + "/".join([host, *(HIDDEN if _is_opaque(each) else each for each in segments)])

    def text(self, text: str) -> str:
        """Any other text without the secrets learnt."""
        return self._cleaned(text, self._known)

    def _header(self, name: str, value: str, *, ours: bool) -> str:
        if name in COOKIES:
            return HIDDEN
        is_a_credential = means_a_credential(name, in_url=True)
        if is_a_credential and _is_secret(value):
            return value[: len(value) - len(token_of(value))] + self._stands_for(name, value)
        if not is_a_credential and (not ours or name in _NO_TOKEN_IN):
            value = _A_TOKEN.sub(HIDDEN, value)
        return self._cleaned(value, self._known_and_foreign)

    def _answered(self, name: str, value: str) -> str:
        if name in COOKIES:
            return HIDDEN
        secret = means_a_credential(name, in_url=True) and _is_secret(value)
        return self._swap(name, token_of(value)) if secret else self.text(value)

    def _cleaned(self, text: str, inner: Callable[[str], str]) -> str:
        return swapped(text, self._swap, inner)

    def _body(self, body: bytes, inner: Callable[[str], str]) -> bytes:
        encoding, errors = _encoding(body)
        text = body.decode(encoding, errors)
        cleaned = self._cleaned(text, inner)
        return body if cleaned == text else cleaned.encode(encoding, errors)

    def _swap(self, name: str, value: str) -> str:
        """What is shown of what stands under a name that means a credential."""
        if not _is_secret(value):
            return value
        return self._placeholders.get(value) or (PASSWORD if is_the_password(name) else HIDDEN)

    def _known(self, text: str) -> str:
        data = text.encode(errors="surrogatepass")
        for vault in self._held_in(data):
            data = vault.hide(data)
        return data.decode(errors="surrogatepass")

    def _known_and_foreign(self, text: str) -> str:
        return _FILLED_IN.sub(HIDDEN, self._known(text)) if "SCIM_TESTS_" in text else self._known(text)


def _may_stand_in(text: bytes, vault: Vault) -> bool:
    try:
        return vault.hide(text) != text
    except TooMuch:
        return True


def _secrets(heard: Heard) -> Iterator[tuple[str, str]]:
    """Every secret of an exchange that can be told from a word, and what is to stand for it."""
    found: dict[str, str] = {}

    def take(name: str, value: str) -> str:
        named = name == USERINFO and value.partition(":")[2]
        found.setdefault(named or value, PASSWORD if is_the_password(name) else HIDDEN)
        return value

    asked, answer = heard.request, heard.answer
    for credential in _credentials(asked):
        yield from (
            (each, TOKEN) for each in (*_parts(credential[1]), *_in_basic(credential[1])) if _tells(each)
        )
    messages = [asked, answer] if answer else [asked]
    for message in messages:
        for name, value in message.headers:
            _in_header(name.lower(), value, take)
        encoding, errors = _encoding(message.body)
        swapped(message.body.decode(encoding, errors), take)
    for text in (asked.path, heard.failure, heard.base_url):
        swapped(text, take)
    for segment in heard.base_url.split("/")[3:]:
        if _is_opaque(segment):
            take("", unquote(segment))
    for value, placeholder in found.items():
        if _tells(value) and not (placeholder == HIDDEN and _OF_ITS_OWN.fullmatch(value)):
            yield value, placeholder


def _in_header(name: str, value: str, take: Callable[[str, str], str]) -> None:
    if name in COOKIES:
        for key, each in _COOKIE.findall(value if name.startswith("cookie") else value.partition(";")[0]):
            if means_a_credential(key, in_url=True) or _OPAQUE.fullmatch(each):
                take(key, unquote(each))
    elif means_a_credential(name, in_url=True):
        for part in _parts(value):
            take(name, part)
    swapped(value, take)


def _parts(value: str) -> Iterator[str]:
    """What is secret in a header's value: all of it, and what follows a scheme that nobody here knows."""
    token = token_of(value)
    yield from (token, token.rpartition(" ")[2])


def _in_basic(value: str) -> Iterator[str]:
    """The password in HTTP's own scheme (RFC 7617)."""
    if value.lower().startswith("basic "):
        with suppress(binascii.Error, ValueError):  # some send a token there
            yield base64.b64decode(token_of(value), validate=True).decode().partition(":")[2]


def _credentials(request: Request) -> list[Credential]:
    """The credentials in the headers that may open the door."""
    return [
        (name.lower(), value)
        for name, value in request.headers
        if may_open_the_door(name) and _is_secret(value)
    ]


def _is_secret(value: str) -> bool:
    """Not so where it stands hidden already, or where a run of ours made it up to be refused."""
    token = token_of(value)
    return token.lower() not in NO_SECRETS and token not in MADE_UP_TOKENS and not _PLACEHOLDER.search(value)


def _tells(secret: str) -> bool:
    """Whether it is long enough to be told from a word, so that it can be looked for anywhere, and no placeholder."""
    told = (
        _is_secret(secret)
        and not is_no_token(secret)
        and bool(_TELLING.match(secret))
        and not _WORD.fullmatch(secret)
    )
    return told and len(secret) <= LONGEST


def token_of(value: str) -> str:
    """What of a header's value is secret: not the scheme in front."""
    scheme = next((each for each in SCHEMES if value.lower().startswith(each)), "")
    return value[len(scheme) :].strip()


def _without_userinfo(url: str) -> str:
    return re.sub(r"^([a-z]+://)[^/?#]*@", r"\1", url)


def _is_opaque(segment: str) -> bool:
    plain = unquote(segment)
    return bool(_OPAQUE.fullmatch(plain)) and not _UUID.fullmatch(plain)


def _encoding(body: bytes) -> tuple[str, str]:
    """How to read a body as text so that all that is not changed stays as it came."""
    encoding = json.detect_encoding(body)  # RFC 4627 3: by where the zeros are
    return ("utf-8", "surrogateescape") if encoding.startswith("utf-8") else (encoding, "replace")
