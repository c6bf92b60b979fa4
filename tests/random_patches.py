"""PATCHes at random of whoever `write_in_forms` changes, as templates that `operations.filled` fills for a run."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scim_tests.checks.reading.patching import patched
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.personas.okta.whole_profile import (
    ADDRESSES,
    ANOTHER_FAX,
    EMPLOYMENT,
    FAX,
    LINES,
    NAMES,
    OTHER_PLACES,
    PAGER,
    PHONES,
    POSTAL_CODE,
    REGION,
    SIGN,
    STREET,
    TEXTS,
)  # fmt: skip
from scim_tests.personas.okta.wording import Wording

EMAIL = "$email"
NAME, EXTENSION, ROLES = "name", "extension", "roles"
FAMILY = str(Wording.AFTER_THE_WEDDING)
KINDS = ("work", "home", "other")
NUMBERS = sorted({each["value"] for each in (*PHONES[0], *PHONES[1], FAX, PAGER, ANOTHER_FAX)})
VALUES: Mapping[str, Mapping[str, Sequence[Any]]] = {
    "emails": {"value": [EMAIL, f"{Wording.NEW_ADDRESS}.{EMAIL}", f"{Wording.PATCHED_ADDRESS}.{EMAIL}"], "type": KINDS, "primary": [True, False]},
    "phoneNumbers": {"value": NUMBERS, "type": [*KINDS, "mobile", "fax", "pager"], "primary": [True, False]},
    "addresses": {
        "type": KINDS, "streetAddress": [SIGN, SIGN, STREET, *(each["streetAddress"] for each in (*ADDRESSES[0], *ADDRESSES[1]))], "region": [REGION, "CA"],
        "postalCode": [POSTAL_CODE, "10203", "80331"], "country": ["US", "DE"], "locality": [each["locality"] for each in OTHER_PLACES], "formatted": [LINES],
    },
    NAME: {**{key: [NAMES[0][key], NAMES[1][key]] for key in NAMES[0]}, "familyName": [FAMILY, FAMILY.upper()], "givenName": [str(Wording.GIVEN_NAME)]},
    EXTENSION: {key: [EMPLOYMENT[0][key], EMPLOYMENT[1][key], EMPLOYMENT[1][key].upper()] for key in EMPLOYMENT[0]},
    "texts": {key: [TEXTS[0][key], TEXTS[1][key], TEXTS[1][key].upper()] for key in ("nickName", "userType", "displayName")},
}  # fmt: skip
LISTS = ("emails", "phoneNumbers", "addresses")
Operation = dict[str, Json]
Operations = list[Operation]


def is_sound(user: Resource) -> bool:
    """Whether no target has a reason to refuse it: one primary entry at most, each with a value and of one value each with a type of its own."""
    for kind in LISTS:
        entries = get(user, kind) or []
        if not isinstance(entries, list) or any(one in entries[:place] for place, one in enumerate(entries)):
            return False
        own = [(get(each, "value"), get(each, "type")) for each in entries if kind != "addresses"]
        if None in dict(own) or len(own) > len({*own}):
            return False
        if sum(get(each, "primary") is True for each in entries) > 1:
            return False
    return True


class Patches:
    """A generator with a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 -- nothing secret

    def of(self, kind: str, shown: Resource, number: int) -> Iterator[list[Operation]]:
        """So many tries to change one kind of attributes of somebody; each operation changes something, and leaves no doubt."""
        for _ in range(number):
            state, found = shown, []
            for _ in range(self.random.choice((1, 1, 1, 2, 2, 3))):
                one = self._entries(kind, state) if kind in LISTS else self._parts(kind, state)
                after = patched(state, [one]) if one else None
                if (
                    one
                    and after is not None
                    and after != state
                    and self._changes(state, one)
                    and is_sound(after)
                ):
                    found.append(one)
                    state = after
            if found:
                yield found

    def _changes(self, state: Resource, operation: Operation) -> bool:
        """Each value of an object by itself."""
        value = operation.get("value")
        if "path" in operation or not isinstance(value, dict):
            return True
        return all(
            patched(state, [{"op": operation["op"], "value": {key: each}}]) not in (None, state)
            for key, each in value.items()
        )

    def _chance(self, share: float) -> bool:
        return self.random.random() < share

    def _written(self, op: str, path: str, value: Json = None, *, is_given: bool = True) -> Operation:
        op = self.random.choice((op.capitalize(), op.upper())) if self._chance(0.12) else op
        head, bracket, tail = path.partition("[")
        if self._chance(0.1):
            head = self.random.choice((head.upper(), head.lower()))
        if op.lower() != "remove" and not bracket and self._chance(0.25):
            return {"op": op, "value": {head: value}}
        if self._chance(0.1) and not head.lower().startswith("urn:"):
            head = f"{USER}:{head}"
        path = head + bracket + tail
        return {"op": op, "path": path, **({"value": value} if is_given else {})}

    def _parts(self, kind: str, state: Resource) -> Operation:
        name = self.random.choice(list(VALUES[kind]))
        path = {NAME: f"name.{name}", EXTENSION: f"{ENTERPRISE_USER}:{name}"}.get(kind, name)
        chance = self.random.random()
        if chance < 0.2:
            return self._written("remove", path, is_given=False)
        if chance < 0.27:
            return self._written("replace", path)
        if kind in {NAME, EXTENSION} and chance < 0.5:
            parts = self.random.sample(list(VALUES[kind]), self.random.choice((1, 2)))
            value = {
                (each.upper() if self._chance(0.1) else each): self.random.choice(VALUES[kind][each])
                for each in parts
            }
            op = self.random.choice(("add", "replace"))
            return (
                {"op": op, "value": {ENTERPRISE_USER: value}}
                if kind == EXTENSION
                else self._written(op, "name", value)
            )
        if kind == "texts" and chance < 0.4:
            parts = self.random.sample(list(VALUES[kind]), 2)
            return {
                "op": self.random.choice(("add", "replace")),
                "value": {
                    (each.upper() if self._chance(0.1) else each): self.random.choice(
                        [*VALUES[kind][each], None]
                    )
                    for each in parts
                },
            }
        now = get(state, ENTERPRISE_USER, name) if kind == EXTENSION else get(state, *path.split("."))
        wanted = (
            now.swapcase()
            if isinstance(now, str) and self._chance(0.2)
            else self.random.choice(VALUES[kind][name])
        )
        return self._written(self.random.choice(("add", "replace")), path, wanted)

    def _entries(self, kind: str, state: Resource) -> Operation | None:
        entries = [each for each in get(state, kind) or [] if isinstance(each, dict)]
        chance = self.random.random()
        if chance < 0.3 or not entries:
            return self._list(kind, entries)
        path = f"{kind}[{self._filter(entries)}]"
        if chance < 0.45:
            return self._written("remove", path, is_given=False)
        if chance < 0.55:
            return self._written(
                self.random.choice(("add", "replace")), path, self._entry(kind, self.random.choice(entries))
            )
        part = self.random.choice([*VALUES[kind]])
        named = f"{path}.{part.upper() if self._chance(0.1) else part}"
        if chance < 0.65 and part != "value":
            return self._written("remove", named, is_given=False)
        return self._written(
            self.random.choice(("add", "replace")), named, self.random.choice(VALUES[kind][part])
        )

    def _list(self, kind: str, entries: list[Any]) -> Operation:
        new = [self._entry(kind, {}) for _ in range(self.random.choice((1, 1, 2)))]
        if entries and self._chance(0.3):
            new.append(self.random.choice(entries))
        value: Json = new[0] if len(new) == 1 and self._chance(0.3) else new
        chance = self.random.random()
        if chance < 0.06:
            return self._written("replace", kind, self.random.choice(([], None)))
        if chance < 0.09:
            return self._written("remove", kind, is_given=False)
        return self._written("add" if chance < 0.75 else "replace", kind, value if chance < 0.75 else new)

    def _entry(self, kind: str, old: Mapping[str, Any]) -> dict[str, Json]:
        chosen = {
            name: self.random.choice(list(values))
            for name, values in VALUES[kind].items()
            if name != "formatted"
        }
        if chosen.get("primary") is False or self._chance(0.5):
            chosen.pop("primary", None)
        if kind != "addresses" and self._chance(0.15):
            chosen.pop("type", None)
        if kind == "addresses":
            chosen = {name: each for name, each in chosen.items() if name == "type" or self._chance(0.6)}
        return (
            {**old, **chosen}
            if self._chance(0.8)
            else {name: each for name, each in chosen.items() if self._chance(0.7) or name == "value"}
        )

    def _filter(self, entries: list[Any]) -> str:
        one, two, three = (self._term(entries) for _ in range(3))
        form = self.random.choice((
            *["{0}"] * 7, *["{0} and {1}"] * 3, *["{0} or {1}"] * 3, "not ({0})", "{0} and not ({1})", "not ({0}) and {1}", "not ({0} or {1})", "not ({0} and {1})",
            "({0} or {1}) and {2}", "{0} and ({1} or {2})", "{0} or {1} and {2}", "{0} and {1} or {2}", "({0}) and ({1})", "not ({0}) or {1}",
        ))  # fmt: skip
        form = form.replace(" and ", " AND ").replace(" or ", " OR ") if self._chance(0.1) else form
        return str(form).format(one, two, three)

    def _term(self, entries: list[Any]) -> str:
        entry = self.random.choice(entries)
        name = self.random.choice([key for key in entry if key != "formatted"] or ["type"])
        written = name.upper() if self._chance(0.1) else name
        if self._chance(0.12):
            return f"{written} pr"
        value = entry.get(name)
        if not isinstance(value, str):
            return f"{written} eq true"
        op = self.random.choice(("eq", "eq", "eq", "ne", "co", "sw", "ew"))
        if len(value) < 4:
            op = "eq"
        elif op in {"co", "sw", "ew"} and EMAIL in value:
            value = {"co": f".{EMAIL}", "sw": value.partition(EMAIL)[0] or EMAIL, "ew": f".{EMAIL}"}[op]
        elif op in {"co", "sw", "ew"}:
            value = {
                "co": value[1:-1],
                "sw": value[: max(1, len(value) // 2)],
                "ew": value[len(value) // 2 :],
            }[op]
        value = value.upper() if self._chance(0.1) and EMAIL not in value else value
        return f"{written} {op.upper() if self._chance(0.08) else op} {json.dumps(value, ensure_ascii=False)}"
