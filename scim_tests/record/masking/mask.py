"""Masks, on the way to disk, what the target shows of people whom nobody here made.

Who is hidden is decided by where something comes from: which request it answers, whose id and name it
stands under, and whether the run wrote it. Checks judge what the target said; only what is kept is masked.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote, unquote

from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.record import ImportRow
from scim_tests.model.scim import Json
from scim_tests.model.unreadable import UNREADABLE
from scim_tests.record.masking.bodies import Unread
from scim_tests.record.masking.filters import Filters
from scim_tests.record.masking.ours import OfRecorded, Ours, Owns, nobody
from scim_tests.record.masking.pseudonyms import Pseudonyms
from scim_tests.record.masking.resources import Place, Resources
from scim_tests.record.masking.strangers import Strangers
from scim_tests.record.masking.telling import Tells

# A string of a JSON object, in a body that is no JSON as a whole.
MEMBER = re.compile(r'"([\w.:$-]+)"(\s*:\s*")((?:[^"\\]|\\.)*)')
CUT = re.compile(r'"(?:[^"\\]|\\.)*…')  # a value of which a sentence shows only the beginning
QUOTED = "; it begins with "  # before what a check quotes of a body that is no JSON
KEPT = "Personal data of people whom no run created is kept in this report (--keep-personal-data)."


class Mask:
    """Stand-ins for what is personal. Strangers whom an exchange shows are known from then on, in texts, too."""

    def __init__(self, ours: Ours, pseudonyms: Pseudonyms | None = None) -> None:
        self._ours = ours
        self._strangers = Strangers(ours, pseudonyms or Pseudonyms())
        self._resources = Resources(ours, self._strangers)
        self._filters = Filters(ours, self._strangers)
        self._unread = Unread(ours, self._strangers)
        self._quoted: dict[str, str] = {}  # how bodies that were masked word by word begin, and as it is kept

    def text(self, text: str) -> str:
        """A sentence without what was said of strangers, as far as they are known by now."""
        said, mark, quoted = text.partition(QUOTED)
        if mark and quoted in self._quoted:
            return f"{said}{mark}{self._quoted[quoted]}"
        return self._strangers.text(CUT.sub(lambda cut: self._unread.masked(cut[0]), text))

    def surely(self, text: str) -> str:
        """A text that may quote anything, without any word that may name somebody, known or not."""
        return self._unread.surely(text)

    def heard(self, heard: Heard) -> Heard:
        """The exchange as it may be kept, as far as strangers are known by now."""
        request = self._request(heard.request)
        answer = self._answer(heard.answer, heard.request) if heard.answer else None
        return replace(heard, request=request, answer=answer, failure=self.text(heard.failure))

    def rows(self, rows: Iterable[ImportRow]) -> list[ImportRow]:
        """Whom an import met, and whom in Okta they match."""
        return [self._row(row) for row in rows]

    def _row(self, row: ImportRow) -> ImportRow:
        ours = self._ours.names(row.user_name)
        user_name, name, email = (
            each if ours and self._ours.wrote(each) else self._strangers.hide(each, Tells.NAME)
            for each in (row.user_name, row.name, row.email)
        )
        okta_user = self._strangers.hide(row.okta_user, Tells.NAME)
        return replace(row, user_name=user_name, name=name, email=email, okta_user=okta_user)

    def _request(self, request: Request) -> Request:
        place = _place(request)
        kind, _, id_ = request.endpoint.removeprefix("/").partition("/")

        def read(document: Json) -> Json:
            self._ours.sent(id_, document)
            if ".search" in {kind, id_} and isinstance(document, dict):
                return self._resources.searched(document)
            if place not in {Place.PEOPLE, Place.GROUPS}:
                return self._resources.anything(document)
            if request.method == "PATCH" and isinstance(document, dict):
                return self._resources.patched(document, place, id_)
            return self._resources.masked(document, place, written=True)

        says_nothing = request.body in UNREADABLE  # of anybody, whoever sent it
        body = request.body if says_nothing else self._body(Answer(200, (), request.body), place, read)
        return replace(
            request, path=self._path(request.path, place), headers=self._headers(request.headers), body=body
        )

    def _answer(self, answer: Answer, asked: Request) -> Answer:
        """A refusal may be about anything, so people are known in it by their looks."""
        place = _place(asked)
        created = asked.method == "POST" and asked.endpoint == "/Users"

        def read(document: Json) -> Json:
            if not answer.is_success:
                return self._resources.anything(document)
            if place is not Place.DISCOVERY:
                self._ours.heard(document)
            return self._resources.masked(document, place, written=created)

        return replace(answer, headers=self._headers(answer.headers), body=self._body(answer, place, read))

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._resources.ids.located(value)) for name, value in headers)

    def _body(self, message: Answer, place: Place, read: Callable[[Json], Json]) -> bytes:
        """The body as it came where nothing in it is masked."""
        if not message.body:
            return b""
        try:
            document = message.parsed
        except ValueError:
            return self._unreadable(message, place)
        if message.repeated_keys:
            document = json.loads(message.body, object_pairs_hook=_all_of_them)
        masked = read(document)
        if masked == document:
            return message.body
        return json.dumps(masked, ensure_ascii=False).encode(errors="surrogatepass")

    def _unreadable(self, message: Answer, place: Place) -> bytes:
        """A body that is no JSON, in its encoding. A refusal is a text; whatever else is about people stays in words that name nobody."""
        text, encoding = _decoded(message.body)
        if message.is_success and place is not Place.DISCOVERY:
            masked = self._unread.masked(text)
        else:
            masked = self.text(MEMBER.sub(self._member, text) if place is Place.PEOPLE else text)
        if masked == text:
            return message.body
        kept = masked.encode(encoding, errors="surrogateescape")
        self._quoted[message.beginning] = Answer(message.status, (), kept).beginning
        return kept

    def _member(self, found: re.Match[str]) -> str:
        return f'"{found[1]}"{found[2]}{self._resources.member(found[1], found[3])}'

    def _path(self, path: str, place: Place) -> str:
        """A request's path and query, encoded as they were where nobody is named in them."""
        asked, mark, query = path.partition("?")
        kind, *ids = asked.removeprefix("/").split("/")
        named = (_encoded(each, lambda id_: self._id(id_, place), safe="") for each in ids)
        asks = (_encoded(each, lambda part: self._asked(part, place), safe="=+") for each in query.split("&"))
        return "/".join(["", kind, *named]) + mark + "&".join(asks)

    def _asked(self, query: str, place: Place) -> str:
        """A part of a query."""
        if place is Place.GROUPS and "displayname" in query.lower():
            return self._strangers.addresses(query)  # a group's own name stays
        return self.text(self._filters.compared(query) if place is Place.PEOPLE else query)

    def _id(self, id_: str, place: Place) -> str:
        known = place is not Place.PEOPLE or id_.startswith(".") or self._ours.wrote(id_)
        return self._resources.ids.masked(id_, ours=known)


def of_recorded(owns: Owns = nobody, pseudonyms: Pseudonyms | None = None) -> Mask:
    """For traffic that somebody recorded; `owns` says what else is known of ids."""
    return Mask(OfRecorded(owns), pseudonyms)


def _place(request: Request) -> Place:
    kind = request.endpoint.removeprefix("/").partition("/")[0].lower()
    return next((place for place in Place if kind in place.value), Place.ELSEWHERE)


def _encoded(text: str, mask: Callable[[str], str], safe: str) -> str:
    plain = unquote(text, errors="surrogateescape")
    masked = mask(plain)
    return text if masked == plain else quote(masked, safe=safe, errors="surrogateescape")


def _decoded(body: bytes) -> tuple[str, str]:
    """The text of a body, and its encoding; bytes that are not of it stand as lone surrogates."""
    encoding = json.detect_encoding(body)
    try:
        return body.decode(encoding), encoding
    except UnicodeDecodeError:
        return body.decode(errors="surrogateescape"), "utf-8"


class _Shadowed(str):
    """A name that stands in an object once more: a reader sees the last one, a file holds them all."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def _all_of_them(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    last = {name: place for place, (name, _) in enumerate(pairs)}
    return {
        name if last[name] == place else _Shadowed(name): value for place, (name, value) in enumerate(pairs)
    }
