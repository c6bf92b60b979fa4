"""Whom a filter looks for, whether or not somebody is found."""

import re

from scim_tests.record.masking.ours import Ours
from scim_tests.record.masking.strangers import Strangers
from scim_tests.record.masking.telling import Tells, dotted, names_nobody

SHORTEST = 16  # characters of an id that Okta gives: 20
GROUPS = "/Groups"  # with this the ids of groups begin in a ledger
# A comparison in a filter: its attribute, and the string it is compared with (RFC 7644 3.4.2.2). A plus is a blank in a query.
COMPARED = re.compile(r'([A-Za-z][\w.:$-]*)([ +]+[a-z]{2}[ +]+")((?:[^"\\]|\\.)*)(?=")', re.IGNORECASE)


class Filters:
    """Filters of people."""

    def __init__(self, ours: Ours, strangers: Strangers) -> None:
        self._ours = ours
        self._strangers = strangers

    def compared(self, filter_: str) -> str:
        """The filter (RFC 7644 3.4.2.2), decoded, with stand-ins for strangers whom it compares with."""
        return COMPARED.sub(lambda found: found[1] + found[2] + self._value(found[1], found[3]), filter_)

    def _value(self, attribute: str, value: str) -> str:
        plain = value.replace('\\"', '"').replace("\\\\", "\\")
        if (self._ours.by_words or _is_an_external_id(attribute, plain)) and self._ours.wrote(plain):
            return value
        if self._ours.owns(f"{GROUPS}/{plain}"):
            return value
        known = names_nobody(dotted(attribute), plain)
        hidden = self._strangers.text(plain) if known else self._strangers.hide(plain, Tells.MUCH)
        return value if hidden == plain else hidden


def _is_an_external_id(attribute: str, value: str) -> bool:
    """Whether it is an externalId too long and too odd to be anybody's name: one that was written of ours is ours."""
    return attribute.lower() == "externalid" and len(value) >= SHORTEST and value.isalnum()
