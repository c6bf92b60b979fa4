"""Masks, on the way to disk, the personal data of people whom the run did not create.

Checks judge what the target said; only what is kept is masked. A stand-in depends on the value and
on a key that lives as long as the run: equal values get equal stand-ins, values that differ in letter
case get stand-ins that do, and nobody can guess back. So what is masked can still be judged.
"""

import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from unicodedata import normalize
from urllib.parse import quote, unquote

from scim_tests.model.exchange import PASSWORD, REFUSED_TOKEN, TOKEN, Answer, Request
from scim_tests.model.names import PREFIX
from scim_tests.model.record import ExchangeRecord, ImportRow, MessageRecord, RunRecord
from scim_tests.model.scim import USER, Json, get, has
from scim_tests.standins import Standins
from scim_tests.wire.curl import curl

# Lengths are bounded (RFC 5321 4.5.3.1), so that a long text without an address takes no long time.
ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,255}(?:\.[\w-]{1,255})+")
# Attributes of a person that say nothing about who it is (RFC 7643 3.1, 4.1.1, 4.1.2).
IMPERSONAL = frozenset({
    "schemas", "id", "meta", "type", "$ref", "groups", "roles", "entitlements", "usertype",
    "locale", "timezone", "preferredlanguage", "active", "primary",
})  # fmt: skip
OF_A_PERSON = ("userName", "emails", "phoneNumbers", "givenName", "familyName")  # of nobody and nothing else
# What a record quotes of a conversation, by the name of the field.
QUOTED = frozenset({"expected", "got", "why", "sentence", "scene", "name", "text", "failure"})
# Parts of a record that say nothing of what was said in it.
OURS = frozenset({"run", "target", "profile", "consequence", "references", "sources"})
LETTERS = str.maketrans("0123456789", "ghijklmnop")  # of a hexadecimal digest, so that each has a letter case
# A comparison in a filter: its attribute, and the string it is compared with (RFC 7644 3.4.2.2).
COMPARED = re.compile(r'([A-Za-z][\w.:$-]*) +[a-z]{2} +"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
NOBODY = Standins()
PLACEHOLDERS = frozenset({TOKEN, PASSWORD, REFUSED_TOKEN})
KEPT = "Personal data of people whom no run created is kept in this report (--keep-personal-data)."
MASKED, AT_MASKED, URL_MASKED = "masked-", "@masked.invalid", "https://masked.invalid/"


class Mask:
    """Stand-ins for what is personal. `is_ours` says of a name, an address or an id that the run made it.

    Of a run's own requests only whom they look for may be somebody else. In traffic that was `recorded`
    they write whom nobody made, too.
    """

    def __init__(self, is_ours: Callable[[str], bool], *, recorded: bool = False) -> None:
        self._is_ours = is_ours
        self._recorded = recorded
        self._own: set[str] = set()  # ids that were shown with a name of ours
        self._key = secrets.token_bytes(16)

    def answer(self, answer: Answer, known: Standins = NOBODY) -> tuple[Answer, Standins]:
        """The answer as it may be kept, and the stand-ins in it. An error may name those `known` already."""
        headers = tuple((name, self.text(value, known)) for name, value in answer.headers)
        standins = Standins()
        try:
            document = answer.parsed
        except ValueError:
            return replace(answer, headers=headers, body=self._bytes(answer.body, known)), standins
        masked = self._document(document, standins)
        if not answer.is_success:
            masked = self._texts(masked, known)
        return replace(answer, headers=headers, body=_written(masked, document, answer.body)), standins

    def request(self, request: Request, known: Standins = NOBODY) -> tuple[Request, Standins]:
        """The request as it may be kept, and the stand-ins in it: it may look for somebody whom an answer showed."""
        said = Standins(known)
        if self._recorded and request.endpoint.startswith("/Users"):
            self._looked_for(request.query.get("filter", ""), said)
        try:
            document = request.parsed
        except ValueError:
            body = self._bytes(request.body, said)
            return replace(request, path=self._path(request.path, said), body=body), said
        masked = self._sent(request, document, said) if self._recorded else document
        asks = request.endpoint.endswith("/.search")  # any other body is about whom the run made
        body = _written(self._texts(masked, said if asks else NOBODY), document, request.body)
        return replace(request, path=self._path(request.path, said), body=body), said

    def text(self, text: str, known: Standins = NOBODY) -> str:
        """A sentence or a header without addresses of others, and without the values that have a stand-in."""
        text = known.put_into(text)
        return ADDRESS.sub(lambda found: self._standin(found[0]), text) if "@" in text else text

    def _looked_for(self, filter_: Json, said: Standins) -> None:
        """Whom a filter compares with, whether or not somebody is found."""
        for attribute, value in COMPARED.findall(filter_ if isinstance(filter_, str) else ""):
            if attribute.rpartition(":")[2].partition(".")[0].lower() not in IMPERSONAL:
                self._about(value.replace('\\"', '"'), said)

    def _sent(self, request: Request, document: Json, said: Standins) -> Json:
        """What a recorded request wrote of people, or asked for."""
        kind, _, id_ = request.endpoint.removeprefix("/").partition("/")
        operations = get(document, "Operations")
        if id_ == ".search":
            self._looked_for(get(document, "filter"), said)
        if request.method != "PATCH" or not isinstance(operations, list):
            return self._document(document, said)
        if kind == "Users" and self._made({"id": id_}, "id"):
            return document
        part = self._of_user if kind == "Users" else self._of_group
        return {
            **document,
            **{
                key: [part(each, said) for each in operations]
                for key in document
                if document[key] is operations
            },
        }

    def _of_user(self, operation: Json, said: Standins) -> Json:
        """A PATCH operation on a person: what it writes is personal, unless its path says otherwise."""
        path = get(operation, "path")
        root = re.split(r"[.\[]", str(path or "").rpartition(":")[2], maxsplit=1)[0]
        if not isinstance(operation, dict) or root.lower() in IMPERSONAL:
            return operation
        self._looked_for(path, said)
        return {
            key: self._about(each, said) if key.lower() == "value" else self._texts(each, said)
            for key, each in operation.items()
        }

    def _of_group(self, operation: Json, said: Standins) -> Json:
        """A PATCH operation on a group may name its members."""
        if not isinstance(operation, dict):
            return operation
        return {
            key: self._members(each, said) if key.lower() == "value" else each
            for key, each in operation.items()
        }

    def _path(self, path: str, known: Standins) -> str:
        """A request's path and query, encoded as they were where nobody is named in them."""
        place, mark, query = path.partition("?")
        endpoint, *ids = place.removeprefix("/").split("/")
        segments = [
            "",
            endpoint,
            *(self._encoded(each, known if each in known else NOBODY, safe="") for each in ids),
        ]
        pairs = [self._encoded(each, known, safe="=+") for each in query.split("&")]
        return "/".join(segments) + mark + "&".join(pairs)

    def _encoded(self, text: str, known: Standins, safe: str) -> str:
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

    def _bytes(self, body: bytes, known: Standins) -> bytes:
        text = body.decode(errors="surrogateescape")
        return self.text(text, known).encode(errors="surrogateescape")

    def _texts(self, value: Json, known: Standins) -> Json:
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
            return self._texts(value, NOBODY)
        if _is_a_person(value):
            return (
                self._texts(value, NOBODY) if self._made(value, "userName") else self._person(value, standins)
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
        """Whether the run made it, by its name or by an id that was shown with one."""
        ids = [str(get(resource, key)) for key in ("id", "value") if get(resource, key)]
        if self._is_ours(str(get(resource, name))):
            self._own.update(ids)
            return True
        return any(each in self._own or self._is_ours(each) for each in ids)

    def _person(self, person: Mapping[str, Json], standins: Standins) -> Json:
        """A person's resource; its id is personal, too, where it is a name or an address."""
        said = Standins()
        masked = self._about(person, said, IMPERSONAL)
        id_ = get(person, "id")
        if isinstance(id_, str) and ("@" in id_ or id_ in said):
            own = Standins()
            for spelt in (id_, quote(id_, safe="", errors="replace")):
                own[spelt] = self._about(id_, said)
            said.update(own)
            masked = self._texts(masked, own)
        standins.update(said)
        return masked

    def _about(self, value: Json, standins: Standins, kept: Iterable[str] = IMPERSONAL) -> Json:
        """What is said of a person, masked but for what is impersonal."""
        if isinstance(value, str):
            if value:
                standins[value] = self._standin(value)
            return self._standin(value)
        if isinstance(value, list):
            return [self._about(each, standins) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: each if key.lower() in kept else self._about(each, standins) for key, each in value.items()
        }

    def _standin(self, value: str) -> str:
        """One for each value, of its form: an address, a URL, or a name. What stands for one stays."""
        if (
            not value
            or self._is_ours(value)
            or value.startswith((MASKED, URL_MASKED))
            or value.endswith(AT_MASKED)
        ):
            return value
        name = self._name(value)
        if "@" in value:
            return f"{name}{AT_MASKED}"
        return f"{URL_MASKED}{name}" if "://" in value else f"{MASKED}{name}"

    def _name(self, value: str) -> str:
        """Letters: the same for values that differ in letter case or Unicode form alone, but not in the same case."""
        plain = normalize("NFC", normalize("NFC", value).casefold())
        letters = self._digest(plain)[:20].translate(
            LETTERS
        )  # so many that no two spellings share their capitals
        if value == plain:
            return letters
        spelt = [
            letter.upper() if odd in "13579bdf" else letter
            for letter, odd in zip(letters, self._digest(value), strict=False)
        ]
        return "".join([spelt[0].upper(), *spelt[1:]])

    def _digest(self, value: str) -> str:
        return hmac.digest(self._key, value.encode(errors="surrogatepass"), "sha256").hex()


def _is_a_person(value: Mapping[str, Json]) -> bool:
    schemas = get(value, "schemas")
    of_a_user = isinstance(schemas, list) and USER in schemas and not has(value, "Resources")
    return of_a_user or isinstance(get(value, "name"), Mapping) or any(has(value, key) for key in OF_A_PERSON)


def _written(masked: Json, document: Json, body: bytes) -> bytes:
    """The body as it came where nothing in it is masked."""
    return (
        body if masked == document else json.dumps(masked, ensure_ascii=False).encode(errors="surrogatepass")
    )


def of_recorded() -> Mask:
    """For traffic that somebody recorded: only whom a run of ours made is nobody."""
    return Mask(lambda text: PREFIX in text.casefold() or text in PLACEHOLDERS, recorded=True)


def masked(record: RunRecord, mask: Mask) -> RunRecord:
    """A record of traffic that was judged whole, as it may be kept."""
    standins = Standins()
    for each in record.exchanges:
        standins.update(mask.answer(_answer(each))[1])
        standins.update(mask.request(_request(each), standins)[1])
    exchanges = [_exchange(each, mask, standins) for each in record.exchanges]
    told = replace(record, exchanges=exchanges).to_json()
    return RunRecord.from_json(_quoted(told, lambda text: mask.text(text, standins)))


def _request(each: ExchangeRecord) -> Request:
    return Request(each.method, each.path, _pairs(each.request), _body(each.request))


def _answer(each: ExchangeRecord) -> Answer:
    return Answer(each.status, _pairs(each.response), _body(each.response))


def _exchange(each: ExchangeRecord, mask: Mask, standins: Standins) -> ExchangeRecord:
    """With its messages masked, and the command that sends it again as it stands then."""
    asked, _ = mask.request(_request(each), standins)
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
