"""Masks, on the way to disk, the personal data of people whom the run did not create.

Checks judge what the target said; only what is kept is masked. A stand-in depends on the value and
on a key that lives as long as the run: equal values get equal stand-ins, and nobody can guess back.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from urllib.parse import quote, unquote

from scim_tests.model.exchange import Answer, Request
from scim_tests.model.record import ExchangeRecord, ImportRow, MessageRecord, RunRecord
from scim_tests.model.scim import USER, Json, get, has
from scim_tests.wire.curl import curl

# Lengths are bounded (RFC 5321 4.5.3.1), so that a long text without an address takes no long time.
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,255}(?:\.[\w-]{1,255})+")
# Attributes of a person that say nothing about who it is (RFC 7643 3.1, 4.1.1, 4.1.2).
IMPERSONAL = frozenset({
    "schemas", "id", "meta", "type", "$ref", "groups", "roles", "entitlements", "usertype",
    "locale", "timezone", "preferredlanguage",
})  # fmt: skip
OF_A_PERSON = ("userName", "emails", "phoneNumbers", "givenName", "familyName")  # of nobody and nothing else
# What a record quotes of a conversation, by the name of the field.
QUOTED = frozenset({"expected", "got", "why", "sentence", "scene", "name", "text", "failure"})
# Parts of a record that say nothing of what was said in it.
OURS = frozenset({"run", "target", "profile", "consequence", "references", "sources"})
SHORT = 3  # characters; a shorter value in a sentence may be any word, unless it is quoted

Standins = dict[str, str]  # by what they stand for


class Mask:
    """Stand-ins for what is personal. `is_ours` says of a name, an address or an id that the run made it."""

    def __init__(self, is_ours: Callable[[str], bool]) -> None:
        self._is_ours = is_ours
        self._key = secrets.token_bytes(16)

    def answer(self, answer: Answer, known: Mapping[str, str] | None = None) -> tuple[Answer, Standins]:
        """The answer as it may be kept, and the stand-ins in it. An error may name those `known` already."""
        headers = tuple((name, self.text(value, known)) for name, value in answer.headers)
        standins: Standins = {}
        try:
            document = answer.parsed
        except ValueError:
            return replace(answer, headers=headers, body=self._bytes(answer.body, known)), standins
        masked = self._document(document, standins)
        if not answer.is_success:
            masked = self._texts(masked, known)
        return replace(answer, headers=headers, body=_written(masked, document, answer.body)), standins

    def request(self, request: Request, known: Mapping[str, str]) -> Request:
        """The request as it may be kept: it may look for somebody whom an answer showed, in its path or its body."""
        path = self._path(request.path, known)
        try:
            document = request.json
        except ValueError:
            return replace(request, path=path, body=self._bytes(request.body, known))
        asks = request.endpoint.endswith("/.search")  # any other body is about whom the run made
        body = _written(self._texts(document, known if asks else None), document, request.body)
        return replace(request, path=path, body=body)

    def text(self, text: str, known: Mapping[str, str] | None = None) -> str:
        """A sentence or a header without addresses of others, and without the values that have a stand-in."""
        folded = text.casefold()
        named = {
            value.casefold(): each for value, each in (known or {}).items() if value.casefold() in folded
        }
        if named:
            by_length = sorted(named, key=len, reverse=True)
            pattern = "|".join(
                rf'(?<="){re.escape(each)}(?=")' if len(each) < SHORT else re.escape(each)
                for each in by_length
            )
            text = re.sub(
                rf"(?<!\w)(?:{pattern})(?!\w)",
                lambda found: named.get(found[0].casefold(), found[0]),
                text,
                flags=re.IGNORECASE,
            )
        return ADDRESS.sub(lambda found: self._standin(found[0]), text) if "@" in text else text

    def _path(self, path: str, known: Mapping[str, str]) -> str:
        """A request's path and query, encoded as they were where nobody is named in them."""
        place, mark, query = path.partition("?")
        endpoint, *ids = place.removeprefix("/").split("/")
        segments = [
            "",
            endpoint,
            *(self._encoded(each, known if each in known else {}, safe="") for each in ids),
        ]
        pairs = [self._encoded(each, known, safe="=+") for each in query.split("&")]
        return "/".join(segments) + mark + "&".join(pairs)

    def _encoded(self, text: str, known: Mapping[str, str], safe: str) -> str:
        plain = unquote(text, errors="surrogateescape")
        masked = self.text(plain, known)
        return text if masked == plain else quote(masked, safe=safe, errors="surrogateescape")

    def rows(self, rows: Iterable[ImportRow]) -> list[ImportRow]:
        """Whom an import met, and whom in Okta they match."""
        return [self._row(row) for row in rows]

    def _row(self, row: ImportRow) -> ImportRow:
        okta_user = self._standin(row.okta_user)
        if self._is_ours(row.user_name):
            return replace(row, okta_user=okta_user)
        user_name, name, email = (self._standin(each) for each in (row.user_name, row.name, row.email))
        return replace(row, user_name=user_name, name=name, email=email, okta_user=okta_user)

    def _bytes(self, body: bytes, known: Mapping[str, str] | None) -> bytes:
        text = body.decode(errors="surrogateescape")
        return self.text(text, known).encode(errors="surrogateescape")

    def _texts(self, value: Json, known: Mapping[str, str] | None) -> Json:
        """Every string in it as a sentence would be masked."""
        if isinstance(value, str):
            return self.text(value, known)
        if isinstance(value, list):
            return [self._texts(each, known) for each in value]
        return (
            {key: self._texts(each, known) for key, each in value.items()}
            if isinstance(value, dict)
            else value
        )

    def _document(self, value: Json, standins: Standins) -> Json:
        if isinstance(value, list):
            return [self._document(each, standins) for each in value]
        if not isinstance(value, dict):
            return self._texts(value, None)
        if _is_a_person(value):
            return (
                self._texts(value, None) if self._made(value, "userName") else self._person(value, standins)
            )
        return {
            key: self._members(each, standins) if key.lower() == "members" else self._document(each, standins)
            for key, each in value.items()
        }

    def _members(self, value: Json, standins: Standins) -> Json:
        if not isinstance(value, list):
            return self._document(value, standins)
        return [
            self._about(each, standins, {*IMPERSONAL, "value"})
            if isinstance(each, dict) and not self._made(each, "display")
            else each
            for each in value
        ]

    def _made(self, resource: Mapping[str, Json], name: str) -> bool:
        return any(self._is_ours(str(get(resource, key))) for key in (name, "id", "value"))

    def _person(self, person: Mapping[str, Json], standins: Standins) -> Json:
        """A person's resource; its id is personal, too, where it is a name or an address."""
        said: Standins = {}
        masked = self._about(person, said, IMPERSONAL)
        id_ = get(person, "id")
        if isinstance(id_, str) and ("@" in id_ or id_.casefold() in map(str.casefold, said)):
            own = {spelt: self._about(id_, said) for spelt in (id_, quote(id_, safe="", errors="replace"))}
            said.update(own)
            masked = self._texts(masked, own)
        standins.update(said)
        return masked

    def _about(self, value: Json, standins: Standins, kept: Iterable[str] = IMPERSONAL) -> Json:
        """What is said of a person, masked but for what is impersonal."""
        if isinstance(value, str):
            return standins.setdefault(value, self._standin(value)) if value else value
        if isinstance(value, list):
            return [self._about(each, standins) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: each if key.lower() in kept else self._about(each, standins) for key, each in value.items()
        }

    def _standin(self, value: str) -> str:
        if not value or self._is_ours(value):
            return value
        digest = hmac.digest(self._key, value.encode(errors="surrogatepass"), "sha256").hex()[:8]
        return f"{digest}@masked.invalid" if "@" in value else f"masked-{digest}"


def _is_a_person(value: Mapping[str, Json]) -> bool:
    schemas = get(value, "schemas")
    of_a_user = isinstance(schemas, list) and USER in schemas and not has(value, "Resources")
    return of_a_user or isinstance(get(value, "name"), Mapping) or any(has(value, key) for key in OF_A_PERSON)


def _written(masked: Json, document: Json, body: bytes) -> bytes:
    """The body as it came where nothing in it is masked."""
    return (
        body if masked == document else json.dumps(masked, ensure_ascii=False).encode(errors="surrogatepass")
    )


def masked(record: RunRecord, mask: Mask) -> RunRecord:
    """A record of traffic that was judged whole, as it may be kept."""
    standins: Standins = {}
    for each in record.exchanges:
        standins.update(mask.answer(_answer(each))[1])
    exchanges = [_exchange(each, mask, standins) for each in record.exchanges]
    told = replace(record, exchanges=exchanges).to_json()
    return RunRecord.from_json(_quoted(told, lambda text: mask.text(text, standins)))


def _answer(each: ExchangeRecord) -> Answer:
    return Answer(each.status, _pairs(each.response), _body(each.response))


def _exchange(each: ExchangeRecord, mask: Mask, standins: Standins) -> ExchangeRecord:
    """With its messages masked, and the command that sends it again as it stands then."""
    asked = mask.request(Request(each.method, each.path, _pairs(each.request), _body(each.request)), standins)
    answer, _ = mask.answer(_answer(each), standins)
    base_url = each.url.removesuffix(each.path)
    return replace(
        each,
        path=asked.path,
        url=base_url + asked.path,
        request=MessageRecord(each.request.headers, asked.text),
        response=MessageRecord([list(pair) for pair in answer.headers], answer.text),
        curl=curl(asked, base_url),
    )


def _pairs(message: MessageRecord) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in message.headers)


def _body(message: MessageRecord) -> bytes:
    return message.body.encode(errors="surrogatepass")


def _quoted(value: Json, mask: Callable[[str], str], key: str = "") -> Json:
    if isinstance(value, dict):
        return {
            name: member if name in OURS else _quoted(member, mask, name) for name, member in value.items()
        }
    if isinstance(value, list):
        return [_quoted(member, mask, key) for member in value]
    return mask(value) if isinstance(value, str) and key in QUOTED else value
