"""What the attributes of a person, or of a thing, tell of who somebody is.

An attribute is told by its names from the outside in, folded, with dots between them: `groups.value`.
"""

import re
from enum import Enum, auto
from functools import lru_cache


class Tells(Enum):
    """How much a value tells of whom it is said of."""

    NAME = auto()  # and so does each word of it
    MUCH = auto()  # a number, a place
    LITTLE = auto()  # a title, a department: one word of it may be said of anything


# Attributes of a person (RFC 7643 4.1.1, 4.1.2, 4.3); their parts tell as much.
TELLING = {
    Tells.NAME: ("username", "name", "displayname", "nickname", "display", "manager", "members"),
    Tells.MUCH: (
        "profileurl", "emails", "phonenumbers", "ims", "photos", "addresses", "externalid", "employeenumber",
        "x509certificates",
    ),
    Tells.LITTLE: (
        "title", "department", "division", "costcenter", "organization", "roles", "entitlements", "groups", "meta",
        "usertype",
    ),
}  # fmt: skip
TELLS = {name: tells for tells, names in TELLING.items() for name in names}

Told = Tells | None  # None where no schema says what an attribute tells

# The outermost name of what a group has, or what is neither that nor a person, such as a role.
GROUP, THING = "group", "thing"
ANY = "(?s).*"
FILTER = re.compile(r"(?s)\[.*\]|\[.*")
ZONE = r"(Z|UTC|GMT|[+-]\d{2}:?\d{2})"
# A value in such a form says nothing of who somebody is (RFC 7643 2.3, 3.1, 4.1.1, 4.1.2; RFC 7644 3.4.2).
FORMS = {
    name: re.compile(form)
    for names, form in {
        "schemas": r"urn:[\w.:+-]+",
        "id members.value manager.value groups.value roles.value entitlements.value thing.value": r"\S{1,256}",
        "$ref location": r"\S*/\S*",
        "version": r'(?=\D*\d)(W/)?"?[\w.:/+=-]*"?',
        "group.displayname groups.display": ANY,
        "thing.displayname thing.display thing.name thing.description thing.type": ANY,
        "created lastmodified": r"\d{4}-?\d\d-?\d\d([T ][\d:.,]*)? ?" + ZONE + r"?|1\d{9}(\d{3})?(\.\d+)?",
        "resourcetype": r"(?i)user|group|enterpriseuser|[a-z]{0,20}(role|entitlement)s?",
        "type": r"(?i)work|home|other|mobile|fax|pager|photo|thumbnail|direct|indirect|user|group|role|entitlement",
        "usertype": r"(?i)contractor|employee|intern|temp|external|unknown|user",
        "locale preferredlanguage": r"[a-z]{2,3}([-_][A-Z][a-z]{3})?([-_]([A-Za-z]{2}|\d{3}))?|[A-Z]{2}([-_][A-Z]{2})?",
        "timezone": r"(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US)"
        r"(/[\w+-]+){1,2}|" + ZONE,
        "active primary": "(?i)true|false|yes|no|0|1",
        "totalresults itemsperpage startindex": r"-?\d{1,15}",
    }.items()
    for name in names.split()
}  # fmt: skip

# What a target says of itself (RFC 7643 5 to 7); whatever else stands there may be somebody's.
DISCOVERED = frozenset({
    "schemas", "id", "meta", "resourcetype", "location", "version", "created", "lastmodified",
    "name", "description", "endpoint", "schema", "schemaextensions", "required", "attributes",
    "subattributes", "type", "multivalued", "canonicalvalues", "caseexact", "mutability",
    "returned", "uniqueness", "referencetypes", "documentationuri", "specuri",
    "authenticationschemes", "primary", "patch", "bulk", "filter", "changepassword", "sort", "etag",
    "supported", "maxoperations", "maxpayloadsize", "maxresults", "pagination", "cursor", "index",
    "defaultpaginationmethod", "defaultpagesize", "maxpagesize", "cursortimeout",
})  # fmt: skip


@lru_cache(maxsize=1000)
def dotted(attribute: str) -> str:
    """`emails.value` of `urn:…:User:emails[type eq "work"].value`, folded."""
    return FILTER.sub("", attribute).rpartition(":")[2].lower()


def root(attribute: str) -> str:
    """`emails` of the same."""
    return dotted(attribute).partition(".")[0]


@lru_cache(maxsize=1000)
def tells(attribute: str) -> Told:
    """How much its values tell: as much as the outermost of its names that is known."""
    return next((TELLS[name] for name in attribute.split(".") if name in TELLS), None)


def names_nobody(attribute: str, value: object) -> bool:
    """Whether a value has the form in which values of this attribute say nothing of who somebody is."""
    form = _form(attribute)
    return form is not None and form.fullmatch(str(value)) is not None


@lru_cache(maxsize=1000)
def _form(attribute: str) -> re.Pattern[str] | None:
    last = attribute.rpartition(".")[2]
    return FORMS.get(".".join(attribute.split(".")[-2:])) or FORMS.get(last)
