"""Texts that are plain to any reader and trip some server: each is stored as it is, or the write is refused (RFC 7643 2.3.1).

Blanks at the ends, and letters that nobody sees, are not among them: who takes these away may call it a canonical form.
"""

from collections.abc import Iterator, Sequence

from scim_tests.model.scim import ENTERPRISE_USER, Json

# Any text may stand in these, as a PATCH names them.
FREE = (
    "displayName", "nickName", "title", "name.givenName", "name.familyName", "name.middleName",
    *(f"{ENTERPRISE_USER}:{each}" for each in ("department", "costCenter", "organization", "division")),
)  # fmt: skip
LETTERS = (
    "Zo\u00eb",
    "Zoe\u0308",  # the same in another form of Unicode
    "\u5c71\u7530 \U00020bb7",
    "\u05e9\u05dc\u05d5\u05dd (abc)",  # from right to left
    "\U0001f469\u200d\U0001f4bb",  # one sign of three characters
)
MARKS = (
    'O\'Neill "Bob" \\ & Co.',
    "A+B %41 100%",
    "two  blanks",
    "R&amp;D <b>1 < 2</b>",
    "${a} {{b}} %s {0}",
    "a,b;c|d/e:f=g?h#i",
    "C:\\new\\table \\u0041",
    "\u2018a\u2019 \u2013 \u20ac",  # which Windows has elsewhere than ISO 8859-1
)
NUMBERS = ("007", "2011-05-13T04:42:34Z", "1e3", "1.10", "+0", "12345678901234567890")
WORDS = ("true", "null", "None", "[]", "{}", "undefined", "=A1+1")
EXTREMES = ("l" * 200, "\u00e9" * 100, "one\ntwo\tthree")  # which a target may well refuse
ORDINARY: tuple[Sequence[str], ...] = (LETTERS, MARKS, NUMBERS, WORDS)
COMMON = (*LETTERS[:3], *MARKS[:3], *NUMBERS[:2], WORDS[0], EXTREMES[0])  # where all would be too many
SIGNS = "+'$&%#=*!"  # which may all stand before the @ of an address (RFC 5322 3.2.3)
# Of several of one type, and of parts of a number that are no digits (RFC 3966 3, 5.3).
PHONES = (
    {"value": "tel:+1-201-555-0171;ext=123", "type": "work", "primary": True},
    {"value": "+1 (201) 555-0172", "type": "work"},
    {"value": "+1.201.555.0173", "type": "mobile"},
)
PLACES = (
    {"type": "work", "streetAddress": "1/2 Testing Lane, #3", "postalCode": "00501", "country": "US"},
    {"type": "work", "locality": "St. John's", "postalCode": "D02 X285", "country": "IE"},
    {"type": "home", "streetAddress": "Door 5\n22 Sample Road", "locality": "\u00c5", "country": "NO"},
)
# In their formats, and seldom seen (RFC 5646, RFC 6557, RFC 3986).
FORMATS: dict[str, Json] = {
    "locale": "zh-Hant-TW",
    "preferredLanguage": "es-419, es;q=0.7",
    "timezone": "America/Argentina/Buenos_Aires",
    "profileUrl": "https://example.com/~a/B%20c?q=%2F+%26&a=1#Top",
}
# A type that no schema suggests: a target may refuse it, or pass over it (RFC 7643 2.3.1, 7).
UNLISTED = "depot"


def spread(turn: int, family: Sequence[str] = ()) -> dict[str, str]:
    """A trap for each free text by its path, another one at each turn: of one family, or of all that anybody takes."""
    found = {}
    for number, path in enumerate(FREE, turn):
        of = family or ORDINARY[number % len(ORDINARY)]
        found[path] = of[number % len(of)]
    return found


def texts() -> Iterator[Json]:
    """All that is so written, for whoever has to know our own words."""
    for family in (*ORDINARY, EXTREMES):
        yield from family
    yield from (*PHONES, *PLACES, FORMATS, UNLISTED)
