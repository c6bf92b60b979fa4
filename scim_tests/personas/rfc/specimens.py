"""People who are made to be asked for: their values differ where a query that is read or carried out wrongly shows.

Letter case, blanks, quotes, words of the grammar, letters beyond ASCII, several e-mail addresses of which the last
is primary, attributes that some do not have.
"""

from collections.abc import Sequence
from dataclasses import replace

from scim_tests.model.act import Person
from scim_tests.model.scim import ENTERPRISE_USER, Json
from scim_tests.personas.okta.whole_profile import PAGER

SIZE = 6
QUOTED = 'Says "no" and [(maybe)] \\ or not eq'
SPACED = "Two  blanks"
ACCENTED = "Zoë"
BARE = "Zoe"  # another name
JOINED = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"  # whose joiner, which nobody sees, belongs to the word
SIGNS = "R&D + 100%; #1/2?"  # all that means something in a query or in SQL
TRAITS: tuple[dict[str, Json], ...] = (
    {
        "title": "Alpha",
        "nickName": "zebra",
        "userType": "Employee",
        ENTERPRISE_USER: {
            "department": "Reading",
            "employeeNumber": "99",  # a text: behind 00102 and 102
            "costCenter": "9",
            "organization": "No",
        },
    },
    {
        "title": "beta 9",
        "nickName": SPACED,
        "userType": "Contractor",
        "phoneNumbers": [PAGER],
        ENTERPRISE_USER: {"department": "reading", "employeeNumber": "00102", "organization": "null"},
    },
    {"title": "Gamma", "nickName": QUOTED, "userType": "employee", "active": False},
    {
        "title": "Beta 10",  # before it, as texts are sorted
        "nickName": ACCENTED,
        ENTERPRISE_USER: {
            "department": "Writing",
            "employeeNumber": "102",  # another than 00102
            "costCenter": SIGNS,
            "division": JOINED,
        },
    },
    {"nickName": "Yak yak", "userType": "Intern", "preferredLanguage": "en-GB"},
    {},
)
# Of each, from the work address on: what stands before the primary one, and of which type each is.
ADDRESSES = (
    (("z-work", "work", False), ("a-home", "home", True)),
    (("m-work", "work", True), ("b-home", "home", False)),
    (("y-home", "home", False), ("c-work", "work", True)),
    (("k-work", "work", True),),
    (("x-other", "other", False), ("d-work", "work", True)),
    (("l-work", "work", True),),
)


def specimens(people: Sequence[Person]) -> tuple[Person, ...]:
    """Each person with values of their own."""
    return tuple(
        replace(person, attributes={**person.attributes, **traits, "emails": emails(person, addresses)})
        for person, traits, addresses in zip(people, TRAITS, ADDRESSES, strict=False)
    )


def emails(person: Person, addresses: Sequence[tuple[str, str, bool]]) -> list[Json]:
    """Their addresses, which begin otherwise than they stand."""
    return [
        {
            "value": address(person, local),
            "type": kind,
            **({"primary": True} if is_primary else {}),
        }
        for local, kind, is_primary in addresses
    ]


def address(person: Person, local: str) -> str:
    """One of theirs: it bears the run's name, behind a beginning of its own."""
    name, _, domain = person.email.partition("@")
    return f"{local}.{name}@{domain}"
