"""People and filters at random, and what a naive reader makes of them: for whoever carries filters out, and for whoever judges it."""

import json
import random
from typing import Any

from hypothesis import strategies as st

from scim_tests.model.scim import ENTERPRISE_USER

TEXT = st.text("aAbBéÉßüzZ0 '\"\\%_*\n😀", max_size=4)
WORDS = st.one_of(st.sampled_from(["a", "A", "ab", "AB", "work", "home", "é", "É"]), TEXT)
MOMENTS = ["2020-01-01T00:00:00Z", "2999-12-31T23:59:59.5+01:00", "0001-01-01T00:00:00Z"]
# Each path with its type; the naive reader looks it up in the JSON a client sees.
STRINGS = ["title", "nickName", "externalId", "name.familyName", f"{ENTERPRISE_USER}:department"]
VALUES = ["emails", "emails.value", "emails.type"]
EMAIL = st.fixed_dictionaries({}, optional={"value": WORDS, "type": WORDS, "primary": st.booleans()})


def _one_primary(emails: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The values with at most one of them primary, and none like another."""
    seen: set[Any] = set()
    kept = []
    for email in emails:
        key = (
            email.get("value", "").casefold(),
            email.get("type", "").casefold(),
            "value" in email,
            "type" in email,
        )
        if key not in seen and not (email.get("primary") and any(e.get("primary") for e in kept)):
            kept.append(email)
        seen.add(key)
    return kept


USERS = st.lists(
    st.fixed_dictionaries(
        {"active": st.booleans()},
        optional={
            "title": WORDS,
            "nickName": WORDS,
            "externalId": WORDS,
            "name": st.fixed_dictionaries({"familyName": WORDS}),
            "emails": st.lists(EMAIL, max_size=3).map(_one_primary),
            ENTERPRISE_USER: st.fixed_dictionaries({"department": WORDS}),
        },
    ),
    max_size=5,
)
TEXT_OPERATORS = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"]
Condition = tuple[Any, ...]


def _comparisons(strings: list[str], flags: list[str], moments: list[str]) -> st.SearchStrategy[Condition]:
    parts = [
        st.tuples(st.sampled_from(strings), st.sampled_from(TEXT_OPERATORS), WORDS),
        st.tuples(st.sampled_from(strings + flags + moments), st.sampled_from(["eq", "ne"]), st.none()),
        st.tuples(st.sampled_from(strings + flags + moments), st.just("pr"), st.none()),
    ]
    if flags:
        parts.append(st.tuples(st.sampled_from(flags), st.sampled_from(["eq", "ne"]), st.booleans()))
    if moments:
        operators = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
        parts.append(st.tuples(st.sampled_from(moments), operators, st.sampled_from(MOMENTS)))
    return st.one_of(parts)


def _negated(condition: Condition, times: int) -> Condition:
    for _ in range(times):
        condition = ("not", condition)
    return condition


def _combined(leaves: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(_negated, inner, st.integers(1, 3)),
            st.tuples(st.sampled_from(["and", "or"]), inner, inner),
        ),
        max_leaves=5,
    )


INNER = _combined(_comparisons(["value", "type"], ["primary"], []))
CONDITIONS = _combined(
    st.one_of(
        _comparisons(STRINGS + VALUES, ["active"], ["meta.created"]),
        st.tuples(st.just("emails"), st.just("[]"), INNER),
        st.tuples(
            st.just("name"), st.just("[]"), _combined(_comparisons(["familyName", "givenName"], [], []))
        ),
    )
)


def written(condition: Condition, letters: random.Random) -> str:
    """A condition as a filter, with names and operators in any letter case."""

    def spelt(name: str) -> str:
        return "".join(letter.upper() if letters.random() < 0.5 else letter for letter in name)

    match condition:
        case ("not", inner):
            return f"{spelt('not')} ({written(inner, letters)})"
        case ("and" | "or" as word, left, right):
            return f"({written(left, letters)}) {spelt(word)} ({written(right, letters)})"
        case (path, "[]", inner):
            return f"{spelt(path)}[{written(inner, letters)}]"
        case (path, "pr", _):
            return f"{spelt(path)} {spelt('pr')}"
        case (path, operator, value):
            return f"{spelt(path)} {spelt(operator)} {json.dumps(value)}"
    raise AssertionError(condition)


def values_of(resource: dict[str, Any], path: str) -> tuple[bool, list[Any]]:
    """Whether a path has several values, and its values as the client sees them; None for an absent one."""
    if path.startswith("emails"):
        name = path.partition(".")[2] or "value"
        return True, [email.get(name) for email in resource.get("emails", [])]
    container, name = resource, path
    if path.startswith(ENTERPRISE_USER):
        container, name = resource.get(ENTERPRISE_USER, {}), path.removeprefix(f"{ENTERPRISE_USER}:")
    for part in name.split("."):
        container = container.get(part) if container else None
    return False, [False if path == "primary" and container is None else container]


def comparable(path: str, value: Any) -> Any:
    if path == "externalId" or not isinstance(value, str):
        return value
    if path == "meta.created":
        return {MOMENTS[0]: 1, MOMENTS[1]: 3, MOMENTS[2]: 0}.get(value, 2)
    return value.casefold()


def holds(condition: Condition, resource: dict[str, Any]) -> bool:  # noqa: PLR0911 - one for each form
    """What the RFC says, said again without any thought for speed."""
    match condition:
        case ("not", inner):
            return not holds(inner, resource)
        case ("and", left, right):
            return holds(left, resource) and holds(right, resource)
        case ("or", left, right):
            return holds(left, resource) or holds(right, resource)
        case (path, "[]", inner):
            values = resource.get(path, [])
            return any(holds(inner, value) for value in (values if path == "emails" else [values]) if value)
    path, operator, wanted = condition
    if path == "primary" and (operator == "pr" or wanted is None):
        several, values = False, [resource.get(path)]
    elif path == "emails" and operator == "pr":
        return bool(resource.get("emails"))
    else:
        several, values = values_of(resource, path)
    wanted = comparable(path, wanted)
    found = [comparable(path, value) for value in values]
    if operator == "pr":
        return any(value not in {None, ""} for value in found)
    if several and not found and operator in {"eq", "ne"}:
        return (operator == "eq") == (wanted is None)
    return any(_compares(operator, value, wanted) for value in found)


def _compares(operator: str, value: Any, wanted: Any) -> bool:
    if operator in {"eq", "ne"}:
        return (value == wanted) == (operator == "eq")
    if value is None:
        return False
    return {
        "co": lambda: wanted in value,
        "sw": lambda: value.startswith(wanted),
        "ew": lambda: value.endswith(wanted),
        "gt": lambda: value > wanted,
        "ge": lambda: value >= wanted,
        "lt": lambda: value < wanted,
        "le": lambda: value <= wanted,
    }[operator]()
