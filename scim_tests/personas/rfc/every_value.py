"""A valid value of our own for every attribute that a target's /Schemas declares, in two versions (RFC 7643 2.3, 7).

Made up by the definition alone; where RFC 7643 says what an attribute holds, such a thing. No two attributes
get one text, so that one that is stored in the place of another is seen.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from string import ascii_lowercase

from scim_tests.model.act import Person
from scim_tests.model.scim import Json, Resource, get
from scim_tests.personas.okta.whole_profile import ADDRESSES, EMPLOYMENT, NAMES, TEXTS
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.certificates import CERTIFICATES

FIRST, SECOND = 0, 1
# Whose value the server makes, or the play holds fast.
SERVERS = frozenset({"schemas", "id", "meta", "username", "externalid", "active"})
# What could grant something, lock our own people out, or be a secret: nobody knows what a target makes of it.
RISKY = re.compile(
    r"role|entitle|group|member|permission|privilege|admin|licen[cs]e|scope|grant|access|polic|passw|secret|token"
    r"|credential|delegat|owner|report|active|enable|disable|lock|suspend|expir|status|state|consent|mfa",
    re.IGNORECASE,
)
LETTERS = [f"Q{one}{other}" for one in ascii_lowercase for other in ascii_lowercase]
MOMENTS = ("2011-05-13T04:42:{:02}Z", "2019-11-29T23:30:{:02}Z")
COMPATIBLE = (
    "Head of \ufb01ne print\u00b2",
    "Proofreader\u00b9",
)  # letters that a normal form beyond NFC would change
KNOWN: Mapping[str, tuple[Json, Json]] = {
    "title": COMPATIBLE,
    "preferredlanguage": ("en-US,en;q=0.8", "fr-FR"),
    **{name.lower(): (TEXTS[FIRST][name], TEXTS[SECOND][name]) for name in ("displayName", "nickName", "userType")},
    **{name.lower(): (TEXTS[FIRST][name], TEXTS[SECOND][name]) for name in ("locale", "timezone")},
    **{f"name.{part}".lower(): (NAMES[FIRST][part], NAMES[SECOND][part]) for part in NAMES[FIRST]},
    **{name.lower(): (EMPLOYMENT[FIRST][name], EMPLOYMENT[SECOND][name]) for name in EMPLOYMENT[FIRST]},
    "name.formatted": (NAMES[SECOND]["formatted"], TEXTS[FIRST]["displayName"]),
    "name.givenname": (Wording.GIVEN_NAME.value, TEXTS[SECOND]["nickName"]),
    "name.familyname": (Wording.AFTER_THE_WEDDING.value, NAMES[SECOND]["middleName"]),
    "addresses.country": ("NO", "DE"),  # the first is false to some readers
    **{
        f"addresses.{part}".lower(): (ADDRESSES[FIRST][0][part], ADDRESSES[SECOND][0][part])
        for part in ("locality", "region", "postalCode")
    },
}  # fmt: skip
PHONE = "tel:+1-201-555-01{:02}"  # RFC 3966; set aside for fiction
URL = "https://example.com/{}/A%20bC?Mark={}"
WEB = frozenset({"external", "uri"})
KINDS = ("work", "home", "other")
# Types that targets suggest, after RFC 7643 4.1.2 and 8.7.1, and that nobody is called by.
SUGGESTED = ("default", "photo", "thumbnail", "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo")
MOST = 8  # entries of a multi-valued attribute
SEVERAL = 2  # entries where no type tells them apart, and at the second time
Definition = Resource


class Writer:
    """Writes the values of one version for one person; `manager` is the id of one, where there is somebody."""

    def __init__(self, person: Person, version: int, manager: str = "") -> None:
        self.person = person
        self.version = version
        self.manager = manager
        self.letters: dict[tuple[int, int], str] = {}  # that an attribute was given before, by place

    def value(self, attribute: Definition, path: str = "") -> Json:
        """What is written of an attribute, by itself or in each entry; None where it is better not written."""
        name = str(get(attribute, "name"))
        path = f"{path}.{name}".strip(".").lower()
        if path == "manager":
            return {"value": self.manager} if self.manager and get(attribute, "type") == "complex" else None
        if not is_writable(attribute) or RISKY.search(name):
            return None
        if get(attribute, "multiValued") is not True:
            return self._one(attribute, path, 0)
        values = [self._one(attribute, path, place) for place in range(self._size(attribute))]
        return [each for each in values if each is not None] or None

    def not_theirs(self, attribute: Definition) -> Json:
        """A text for an attribute that clients may not write; None where it is better left alone."""
        name = str(get(attribute, "name"))
        plain = get(attribute, "type") == "string" and get(attribute, "multiValued") is not True
        fixed = get(attribute, "mutability") == "readOnly" and name.lower() not in SERVERS
        return self._text(attribute) if plain and fixed and not RISKY.search(name) else None

    def _size(self, attribute: Definition) -> int:
        kinds = self._kinds(attribute)
        return min(len(kinds), MOST) if kinds and self.version == FIRST else SEVERAL

    @staticmethod
    def _kinds(attribute: Definition) -> Sequence[str]:
        """The types that entries have, as far as there is a type."""
        kind = next((each for each in _parts(attribute) if str(get(each, "name")).lower() == "type"), None)
        told = canonical_values(kind) if kind else []
        return told or (KINDS if kind else ())

    def _one(self, attribute: Definition, path: str, place: int) -> Json:
        if get(attribute, "type") == "complex":
            return self._complex(attribute, path, place)
        known, kind = KNOWN.get(path), get(attribute, "type") or "string"
        if known and kind == "string" and not is_unique(attribute):
            return known[self.version]
        told = canonical_values(attribute)
        if told:
            return told[(place + self.version) % len(told)]
        return self._simple(attribute, path, place)

    def _complex(self, attribute: Definition, path: str, place: int) -> Json:
        several, kinds = get(attribute, "multiValued") is True, self._kinds(attribute)
        found: dict[str, Json] = {}
        for part in _parts(attribute):
            name = str(get(part, "name"))
            if name.lower() == "primary" and several:
                found[name] = place == self.version  # in each version another one is
            elif name.lower() == "type" and kinds and several:
                found[name] = kinds[place % len(kinds)]
            elif name != "$ref" and (value := self._part(part, path, place)) is not None:
                found[name] = value
        return found or None

    def _part(self, part: Definition, path: str, place: int) -> Json:
        name = str(get(part, "name"))
        if not is_writable(part) or RISKY.search(name) or get(part, "type") == "complex":
            return None
        here = f"{path}.{name}".lower()
        one = self._one(part, here, place)
        return [one] if get(part, "multiValued") is True and one is not None else one

    def _simple(self, attribute: Definition, path: str, place: int) -> Json:
        kind = str(get(attribute, "type") or "string")
        if path == "x509certificates.value":
            return CERTIFICATES[(place + self.version) % len(CERTIFICATES)]
        if path in {"emails.value", "phonenumbers.value", "ims.value"}:
            return self._address(attribute, path, place)
        if kind in {"boolean", "integer", "decimal", "dateTime"}:
            return self._number(kind, place)
        if kind == "reference" or path in {"profileurl", "photos.value"}:
            return self._url(attribute, place)
        return self._own(attribute, place) if kind in {"string", "binary"} else None

    def _number(self, kind: str, place: int) -> Json:
        """Another one at each place."""
        return {
            "boolean": (place + self.version) % 2 == 0,
            "integer": (4711, 815)[self.version] + place,
            "decimal": (47.11, 8.25)[self.version] + place,
            "dateTime": MOMENTS[self.version].format(place),
        }[kind]

    def _own(self, attribute: Definition, place: int) -> str:
        """A text that no other attribute has, and nobody else where it is to be unique."""
        text = self._text(attribute, place)
        if get(attribute, "type") == "binary":
            return b64encode(text.encode()).decode()
        return f"{text} {self.person.key}" if is_unique(attribute) else text

    def _address(self, attribute: Definition, path: str, place: int) -> str:
        local, _, domain = self.person.email.partition("@")
        if path == "emails.value":
            return (
                f"{local}.{self._letters(attribute, place).lower()}@{domain}" if place else self.person.email
            )
        phone = PHONE.format(10 * self.version + place + 50)
        return phone if path == "phonenumbers.value" else self._letters(attribute, place).lower()

    def _url(self, attribute: Definition, place: int) -> str | None:
        """Of a page; a reference to resources of the target is not for us to make up."""
        kinds = get(attribute, "referenceTypes")
        told = {str(each) for each in kinds} if isinstance(kinds, list) else {str(kinds or "uri")}
        return URL.format(Wording.MARKED, self._letters(attribute, place)) if told & WEB else None

    def _text(self, attribute: Definition, place: int = 0) -> str:
        return f"{Wording.MARKED} {self._letters(attribute, place)}"

    def _letters(self, attribute: Definition, place: int) -> str:
        number = self.version * len(LETTERS) // 2 + len(self.letters)
        return self.letters.setdefault((id(attribute), place), LETTERS[number % len(LETTERS)])


def is_writable(attribute: Definition) -> bool:
    """Whether clients may write it and see it; without a word of it they may (RFC 7643 2.2)."""
    name = str(get(attribute, "name")).lower()
    is_theirs = get(attribute, "mutability") in (None, "readWrite", "immutable")
    return name not in SERVERS and is_theirs and get(attribute, "returned") in (None, "default", "always")


def is_unique(attribute: Definition) -> bool:
    """Whether no two people may have the same value."""
    return get(attribute, "uniqueness") in ("server", "global")


def canonical_values(attribute: Definition) -> list[str]:
    """The values that are suggested for an attribute of strings."""
    told = get(attribute, "canonicalValues")
    return [each for each in (told if isinstance(told, list) else []) if isinstance(each, str) and each]


def _parts(attribute: Definition) -> list[Definition]:
    told = get(attribute, "subAttributes")
    return [each for each in (told if isinstance(told, list) else []) if isinstance(each, Mapping)]


def texts() -> Iterator[Json]:
    """All that is so written, for whoever has to know our own words."""
    yield from (Wording.MARKED, *LETTERS, *CERTIFICATES, *SUGGESTED, URL)
    yield from (each for both in KNOWN.values() for each in both)
    yield from (b64encode(f"{Wording.MARKED} {each}".encode()).decode() for each in LETTERS)
    yield from (PHONE.format(number) for number in range(50, 70))
