"""How Okta would match the people an import found (okta:H-MATCH, okta:LAB-KR, okta:CONC); no request is sent for it.

Exact: the userName or the e-mail address is that of an Okta user. Partial: first and last name are.
Inactive people are not imported, and one who was linked before then counts as removed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from scim_tests.model.act import OktaPerson
from scim_tests.model.record import ImportRecord, ImportRow, trips_the_safeguard
from scim_tests.model.scim import Json, Resource, get, primary

ROWS = 10_000  # of a larger import the rest is counted, not listed


class Directory:
    """Okta's people, by what a match goes by. Attribute values are compared as they are written (okta:H-MATCH)."""

    def __init__(self, people: Iterable[OktaPerson]) -> None:
        known = list(people)
        self.assigned = frozenset(each.user_name for each in known if each.assigned)
        self.by_user_name = {each.user_name: each for each in known}
        self.by_email = {each.email: each for each in known}
        self.by_name = {(each.given_name, each.family_name): each for each in known}

    def match(self, user: Resource) -> tuple[str, str, str]:
        """How a person on the target matches: (exact, partial or none; by what; the Okta user's name)."""
        email = text(get(primary(get(user, "emails")), "value"))
        names = text(get(user, "name", "givenName")), text(get(user, "name", "familyName"))
        if found := self.by_user_name.get(text(get(user, "userName"))):
            return "exact", "userName", found.user_name
        if found := self.by_email.get(email):
            return "exact", "email", found.user_name
        if all(names) and (found := self.by_name.get(names)):
            return "partial", "name", found.user_name
        return "none", "", ""


@dataclass
class Import:
    """The import as it goes: who was met, and what would become of each."""

    directory: Directory
    rows: list[ImportRow] = field(default_factory=list)
    tally: Counter[str] = field(default_factory=Counter)
    met: set[str] = field(default_factory=set)  # assigned people who were met, active

    def meet(self, users: Sequence[Resource]) -> None:
        """Count what would become of each, and list it while there are fewer than `ROWS`."""
        for user in users:
            row = self._row(user)
            self.tally[row.outcome] += 1
            if len(self.rows) < ROWS:
                self.rows.append(row)

    def _row(self, user: Resource) -> ImportRow:
        match, by, okta_user = self.directory.match(user)
        return ImportRow(
            user_name=text(get(user, "userName")),
            name=f"{text(get(user, 'name', 'givenName'))} {text(get(user, 'name', 'familyName'))}".strip(),
            email=text(get(primary(get(user, "emails")), "value")),
            match=match,
            by=by,
            okta_user=okta_user,
            outcome=self._outcome(user, match, okta_user),
        )

    def _outcome(self, user: Resource, match: str, okta_user: str) -> str:
        if get(user, "active") is False:
            return "not imported: inactive"
        if match == "exact" and okta_user in self.directory.assigned:
            self.met.add(okta_user)
            return "linked already"
        return {"exact": "linked", "partial": "admin decides", "none": "created in Okta"}[match]

    @property
    def removed(self) -> int:
        """Assigned people who are gone from the list or inactive on it."""
        return len(self.directory.assigned - self.met)

    @property
    def trips_the_safeguard(self) -> bool:
        """Whether so many assigned people are gone that Okta halts the import."""
        return trips_the_safeguard(len(self.directory.assigned), self.removed)

    def record(self) -> ImportRecord:
        """What became of it, as reports tell it."""
        return ImportRecord(
            self.rows, dict(self.tally), len(self.directory.assigned), self.removed, self.trips_the_safeguard
        )


def text(value: Json) -> str:
    """The value where it is a string, else empty."""
    return value if isinstance(value, str) else ""
