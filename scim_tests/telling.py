"""What the attributes of a person tell of who it is."""

import re
from enum import Enum, auto
from functools import lru_cache


class Tells(Enum):
    """How much a value tells of whom it is said of."""

    NAME = auto()  # and so does each word of it
    MUCH = auto()  # a number, a place
    LITTLE = auto()  # a title, a department: one word of it may be said of anything


# Attributes of a person that say nothing about who it is (RFC 7643 3.1, 4.1.1, 4.1.2).
IMPERSONAL = frozenset({
    "schemas", "id", "meta", "type", "$ref", "groups", "roles", "entitlements", "usertype",
    "locale", "timezone", "preferredlanguage", "active", "primary",
})  # fmt: skip
# What the others tell (RFC 7643 4.1.1, 4.1.2, 4.3); their parts tell as much.
TELLING = {
    Tells.NAME: ("username", "name", "displayname", "nickname", "display", "manager"),
    Tells.MUCH: (
        "profileurl", "emails", "phonenumbers", "ims", "photos", "addresses", "externalid", "employeenumber",
        "x509certificates",
    ),
    Tells.LITTLE: ("title", "department", "division", "costcenter", "organization"),
}  # fmt: skip
TELLS = {name: tells for tells, names in TELLING.items() for name in names}

Told = Tells | None  # None where no schema says what an attribute tells


@lru_cache(maxsize=1000)
def root(attribute: str) -> str:
    """`name` of `urn:…:User:name.givenName`, folded."""
    return re.split(r"[.\[]", attribute.rpartition(":")[2], maxsplit=1)[0].lower()


def tells_of(attribute: str, within: Told) -> Told:
    """What an attribute tells that is a part of another."""
    return within if within is Tells.NAME or within is Tells.MUCH else TELLS.get(root(attribute), within)
