"""Masks, on the way to disk, what the target shows of people whom nobody here made.

Who is hidden is decided by where something comes from: which request it answers, whose id and name it
stands under, and whether the run wrote it. Checks judge what the target said; only what is kept is masked.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import quote, unquote

from scim_tests.masked_filters import Filters
from scim_tests.masked_resources import Place, Resources
from scim_tests.model.exchange import Answer, Headers, Heard, Request
from scim_tests.model.record import ImportRow
from scim_tests.model.scim import Json
from scim_tests.ours import OfRecorded, Ours, Owns, nobody
from scim_tests.strangers import Strangers
from scim_tests.telling import Tells

# A string of a JSON object, in a body that is no JSON as a whole.
MEMBER = re.compile(r'"([\w.:$-]+)"(\s*:\s*")((?:[^"\\]|\\.)*)')
KEPT = "Personal data of people whom no run created is kept in this report (--keep-personal-data)."


class Mask:
    """Stand-ins for what is personal. Strangers whom an exchange shows are known from then on, in texts, too."""

    def __init__(self, ours: Ours) -> None:
        self._ours = ours
        self._strangers = Strangers(ours)
        self._resources = Resources(ours, self._strangers)
        self._filters = Filters(ours, self._strangers)
        self.text = self._strangers.text

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
            if ".search" in {kind, id_} and isinstance(document, dict):
                return self._resources.searched(document)
            if (
                request.method == "PATCH"
                and isinstance(document, dict)
                and place in {Place.PEOPLE, Place.GROUPS}
            ):
                return self._resources.patched(document, place, id_)
            return self._resources.told(document, place, written=True)

        body = self._body(Answer(0, (), request.body), place, read)
        return replace(
            request, path=self._path(request.path, place), headers=self._headers(request.headers), body=body
        )

    def _answer(self, answer: Answer, asked: Request) -> Answer:
        """A refusal may be about anything, so people are known in it by their looks."""
        place = _place(asked)
        created = asked.method == "POST" and asked.endpoint == "/Users"
        about = place if answer.is_success else Place.ELSEWHERE
        body = self._body(answer, place, lambda shown: self._resources.told(shown, about, written=created))
        return replace(answer, headers=self._headers(answer.headers), body=body)

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self.text(value)) for name, value in headers)

    def _body(self, message: Answer, place: Place, read: Callable[[Json], Json]) -> bytes:
        """The body as it came where nothing in it is masked."""
        try:
            document = message.parsed if message.body else None
        except ValueError:
            return self._unreadable(message.body, place)
        masked = read(document)
        if masked != document:
            return json.dumps(masked, ensure_ascii=False).encode(errors="surrogatepass")
        return (
            self._unreadable(message.body, place) if message.body and message.repeated_keys else message.body
        )

    def _unreadable(self, body: bytes, place: Place) -> bytes:
        """A body that is no JSON, or of which a reader sees only a part: people's values are known by the names before them."""
        text = _decoded(body)
        masked = MEMBER.sub(self._member, text) if place is Place.PEOPLE else text
        masked = self.text(masked)
        return body if masked == text else masked.encode(errors="surrogateescape")

    def _member(self, found: re.Match[str]) -> str:
        return f'"{found[1]}"{found[2]}{self._resources.member(found[1], found[3])}'

    def _path(self, path: str, place: Place) -> str:
        """A request's path and query, encoded as they were where nobody is named in them."""
        asked, mark, query = path.partition("?")
        kind, *ids = asked.removeprefix("/").split("/")
        named = (_encoded(each, self._id, safe="") for each in ids)
        asks = (_encoded(each, lambda part: self._asked(part, place), safe="=+") for each in query.split("&"))
        return "/".join(["", kind, *named]) + mark + "&".join(asks)

    def _asked(self, query: str, place: Place) -> str:
        """A part of a query."""
        if place is Place.GROUPS and "displayname" in query.lower():
            return self._strangers.addresses(query)  # a group's own name stays
        return self.text(self._filters.compared(query) if place is Place.PEOPLE else query)

    def _id(self, id_: str) -> str:
        return self._resources.ids.get(id_) or self._strangers.addresses(id_)


def of_recorded(owns: Owns = nobody) -> Mask:
    """For traffic that somebody recorded; `owns` says what else is known of ids."""
    return Mask(OfRecorded(owns))


def _place(request: Request) -> Place:
    kind = request.endpoint.removeprefix("/").partition("/")[0].lower()
    return next((place for place in Place if kind in place.value), Place.ELSEWHERE)


def _encoded(text: str, mask: Callable[[str], str], safe: str) -> str:
    plain = unquote(text, errors="surrogateescape")
    masked = mask(plain)
    return text if masked == plain else quote(masked, safe=safe, errors="surrogateescape")


def _decoded(body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError:
        return body.decode(errors="surrogateescape")
