"""Filters at random about the people of `make_specimens`, as templates that `asking.filled` fills for a run."""

import json
import random
from collections.abc import Iterator, Sequence
from unicodedata import normalize

from scim_tests.checks.reading.filters import steps
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get

OWN = (
    "userName",
    "displayName",
    "name.familyName",
    "name.givenName",
    "externalId",
    "id",
)  # other ones in every run
DRAWN = frozenset(
    {"id", "externalId", f"{ENTERPRISE_USER}:manager.value"}
)  # by chance, so that their order says nothing
TEXTS = (
    "title",
    "nickName",
    "userType",
    "preferredLanguage",
    *(
        f"{ENTERPRISE_USER}:{name}"
        for name in ("department", "employeeNumber", "costCenter", "division", "organization")
    ),
)
LISTS = {"emails": ("value", "type", "primary"), "phoneNumbers": ("value", "type")}
PARTS = ("co", "sw", "ew")
ORDERS = ("gt", "ge", "lt", "le")
TRAPS = ("%", "_lpha", "*", "", "true", "null", "0%", "a", "B", "102", "R&D", "#1", "00 ")


def unaccented(text: str) -> str:
    return normalize("NFKD", text).encode("ascii", "ignore").decode()


class Questions:
    """A generator with a seed, of people as they are shown."""

    def __init__(self, people: Sequence[Resource], seed: int) -> None:
        self.people, self.random = people, random.Random(seed)  # noqa: S311 -- nothing secret

    def all(self, number: int) -> Iterator[str]:
        """So many."""
        for _ in range(number):
            yield self._alone() if self.random.random() < 0.6 else self._tree()

    def _alone(self) -> str:
        choose = self.random.random()
        if choose < 0.8:
            return self._clause(is_denied=choose < 0.08)
        if choose < 0.87:  # of two entries
            return f"{self._term('emails.type')} and {self._term('emails.value')}"
        return f"{self._clause()} {self.random.choice(('and', 'or'))} {self._clause()}"

    def _tree(self) -> str:
        found = self._clause(is_denied=self.random.random() < 0.3)
        for _ in range(self.random.choice((0, 0, 0, 1, 1, 1, 2))):
            if self.random.random() < 0.3:
                found = f"({found})"
            found = f"{found} {self.random.choice(('and', 'or'))} {self._clause(is_denied=self.random.random() < 0.3)}"
        return f"not ({found})" if self.random.random() < 0.3 else found

    def _clause(self, *, is_denied: bool = False) -> str:
        found = self._entry() if self.random.random() < 0.2 else self._term()
        return f"not ({found})" if is_denied else found

    def _entry(self) -> str:
        name = self.random.choice(("emails", "emails", "phoneNumbers"))
        one, other = (self._term(f"{name}.{part}", part) for part in self.random.choices(LISTS[name], k=2))
        form = self.random.choice(
            ("{0}", "{0} and {1}", "{0} or {1}", "{0} and not ({1})", "not ({0})", "not ({0}) and {1}")
        )
        return f"{name}[{form.format(one, other)}]"

    def _term(self, path: str = "", name: str = "") -> str:
        path = path or self._path()
        name = name or path
        if self.random.random() < 0.15:
            name = name.upper()
        if self.random.random() < 0.1:
            return f"{name} pr"
        if path in {"active", "emails.primary"}:
            return f"{name} {self.random.choice(('eq', 'eq', 'ne')) if path == 'active' else 'eq'} {self.random.choice(('true', 'false'))}"
        op = self.random.choice(("eq", "eq", "ne", *PARTS, *PARTS, *(() if path in DRAWN else ORDERS)))
        value = self._value(path, op)
        op = op.upper() if self.random.random() < 0.05 else op
        return f"{name} {op} {value}"

    def _path(self) -> str:
        kind = self.random.random()
        if kind < 0.35:
            return self.random.choice(OWN)
        if kind < 0.7:
            return self.random.choice(TEXTS)
        if kind < 0.9:
            return self.random.choice(
                (
                    "emails",
                    "emails.value",
                    "emails.value",
                    "emails.type",
                    "emails.primary",
                    "phoneNumbers.value",
                    "phoneNumbers.type",
                )
            )
        return self.random.choice(
            (
                "active",
                "active",
                "schemas",
                "meta.resourceType",
                "name",
                "groups",
                f"{ENTERPRISE_USER}:manager.value",
            )
        )

    def _value(self, path: str, op: str) -> str:
        number = self.random.randrange(len(self.people))
        case = self.random.choice(("", "", "", " upper", " lower", " swapcase"))
        if path in OWN or path in {"emails", "emails.value", f"{ENTERPRISE_USER}:manager.value"}:
            place = path
            if path.startswith("emails"):
                place = f"emails.{self.random.randrange(len(self.people[number]['emails']))}.value"
            if "manager" in path:
                number, place = 0, "id"
            cut = self.random.choice(
                {
                    "co": ("3:-3", "5:-9", "1:", ":-1"),
                    "sw": (":-1", ":6", ":-14", "2:"),
                    "ew": ("4:", "-6:", "1:", ":-1"),
                }.get(op, ("", "", "", ":-1"))
            )
            cut = "" if place == "id" else cut  # a part of an id is nobody's
            return f"<{number + 1} {place}{case}{' ' + cut if cut else ''}>"
        found = self._texts(path)
        found += [unaccented(each) for each in found if not each.isascii()]
        text = (
            self.random.choice([*found, *found, self.random.choice(TRAPS)])
            if found
            else self.random.choice(TRAPS)
        )
        if op in PARTS and len(text) > 2 and self.random.random() < 0.8:
            start = self.random.randrange(len(text) - 1)
            text = {
                "co": text[start : start + self.random.randrange(1, 6)],
                "sw": text[: start + 1],
                "ew": text[start:],
            }[op]
        if op in ORDERS and self.random.random() < 0.4:
            text = self.random.choice("bcdfhgrw")
        return json.dumps(getattr(text, case.strip())() if case else text, ensure_ascii=False)

    def _texts(self, path: str) -> list[str]:
        found: list[Json] = []
        for each in self.people:
            here: list[Json] = [each]
            for name in steps(path):
                here = [
                    one
                    for value in here
                    for got in [get(value, name)]
                    for one in (got if isinstance(got, list) else [got])
                ]
            found += here
        return sorted({each for each in found if isinstance(each, str)})
