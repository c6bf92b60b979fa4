"""Everything that Okta's default app profile can map for a person (okta:PREP, okta:PLAN C9334), in two versions.

The values are made up; telephone numbers are those set aside for fiction. Lists have several entries, and entries
several parts, so that what is written to one of them can be seen to leave the others as they are.
"""

from collections.abc import Mapping
from dataclasses import replace

from scim_tests.model.act import Person
from scim_tests.model.scim import ENTERPRISE_USER, Json

FIRST = 0
SECOND = 1

NAMES: tuple[Mapping[str, str], ...] = (
    {"middleName": "Quincy", "honorificPrefix": "Dr.", "honorificSuffix": "Jr."},
    {
        "middleName": "Ulysses",
        "honorificPrefix": "Prof.",
        "honorificSuffix": "III",
        "formatted": "Prof. Ulysses of Printing, III",
    },
)
TEXTS: tuple[Mapping[str, str], ...] = (
    {
        "displayName": "Quincy of Proofing",
        "nickName": "Quin",
        "title": "Proofreader",
        "userType": "Employee",
        "preferredLanguage": "en-GB",
        "locale": "en-US",
        "timezone": "America/Los_Angeles",
    },
    {
        "displayName": "Ulysses of Printing",
        "nickName": "Uly",
        "title": "Head of proofreading",
        "userType": "Contractor",
        "preferredLanguage": "fr-FR",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
    },
)
PHONES = (
    [
        {"value": "+1-201-555-0123", "type": "work", "primary": True},
        {"value": "+1-201-555-0145", "type": "mobile"},
        {"value": "+1-201-555-0146", "type": "other"},
    ],
    [
        {"value": "+1-201-555-0167", "type": "work", "primary": True},
        {"value": "+1-201-555-0145", "type": "mobile"},
        {"value": "+1-201-555-0147", "type": "other"},
    ],
)
ADDRESSES = (
    [
        _work := {
            "type": "work", "streetAddress": "1 Testing Lane", "locality": "Proofville", "region": "CA",
            "postalCode": "91608", "country": "US",
        },
        {
            "type": "home", "streetAddress": "22 Sample Road", "locality": "Draftham", "postalCode": "10203",
            "country": "US",
        },
    ],
    [
        {**_work, "streetAddress": "333 Checking Street", "postalCode": "80331", "country": "DE"},
        {
            "type": "home", "streetAddress": "22 Sample Road", "locality": "Draftham", "postalCode": "10203",
            "country": "US",
        },
    ],
)  # fmt: skip
EMPLOYMENT: tuple[Mapping[str, str], ...] = (
    {
        "employeeNumber": "004711",
        "costCenter": "4130",
        "organization": "Proofing House",
        "division": "Print",
        "department": "Reading room",
    },
    {
        "employeeNumber": "004712",
        "costCenter": "0815",
        "organization": "Printing House",
        "division": "Web",
        "department": "Writing room",
    },
)
GRANTS = (["scim-tests-reader", "scim-tests-writer"], ["scim-tests-writer"])
CUSTOM = (
    "urn:scim-tests:params:scim:schemas:extension:custom:1.0:User"  # as an admin may name one of their own
)
BADGE: Mapping[str, str] = {"badge": "B-0042"}
FAX = {"value": "+1-201-555-0189", "type": "fax"}  # one more telephone number
PAGER = {"value": "+1-201-555-0190", "type": "pager"}
ANOTHER_FAX = {"value": "+1-201-555-0191", "type": "fax"}
OTHER_PLACES = (
    {"type": "other", "locality": "Draftham", "country": "US"},
    {"type": "other", "locality": "Proofville", "country": "US"},
)
# Parts of values, for which filters ask.
SOUGHT = (
    "ET",
    "TA",
    "g",
    "a",
    "emp",
    "oth",
    "d-",
    "0010",
    "EAD",
    "ak",
    "blanks",
    "nobody",
    "true",
    "Intern",
    "%",
    "0%",
    "_lpha",
    "U",
    ".eta",
    "*",
)
LINES = "22 Sample Road\nDraftham"
SIGN = 'Door [5] "b": Zürich'
STREET = "4 Long  Winding Way, Door 5.b"
REGION = "NV"
POSTAL_CODE = "91609"  # another one
RISKY = frozenset({"roles", "entitlements"})  # what a target is most likely to refuse


def whole(person: Person, version: int = FIRST) -> Person:
    """The person with everything, in one of the two versions."""
    local, _, domain = person.email.partition("@")
    emails = [
        {"value": f"{local}.home{version or ''}@{domain}", "type": "home"},
        {"value": person.email, "type": "work", "primary": True},
        {"value": f"{local}.alone@{domain}"},
        {"value": f"{local}.alone-too@{domain}"},
    ]
    attributes: dict[str, Json] = {
        **person.attributes,
        **TEXTS[version],
        "emails": emails,
        "phoneNumbers": PHONES[version],
        "addresses": ADDRESSES[version],
        "roles": grants(version),
        "entitlements": grants(version),
        ENTERPRISE_USER: EMPLOYMENT[version],
    }
    okta_id = person.external_id[::-1] if version else person.external_id
    return replace(person, external_id=okta_id, names=NAMES[version], attributes=attributes)


def grants(version: int) -> list[dict[str, str]]:
    """Roles or entitlements, which grant nothing where they are not known."""
    return [{"value": each, "display": each.replace("-", " ")} for each in GRANTS[version]]


def texts() -> list[Json]:
    """All that is written of such a person, for whoever has to know our own words."""
    return [
        *NAMES,
        *TEXTS,
        *PHONES,
        *ADDRESSES,
        *EMPLOYMENT,
        *GRANTS,
        grants(FIRST),
        CUSTOM,
        BADGE,
        FAX,
        POSTAL_CODE,
        PAGER,
        ANOTHER_FAX,
        [*OTHER_PLACES],
        REGION,
        SIGN,
        STREET,
        LINES,
        [*SOUGHT],
    ]
