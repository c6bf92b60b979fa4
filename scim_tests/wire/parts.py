"""A text of a request in parts: what is said as it stands, and what is known only when it is sent.

Only these are ever filled in, and only where our own code put them: a target may show a nickname
`$SCIM_TESTS_TOKEN`, and it stays a word.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from scim_tests.model.exchange import PASSWORD, TOKEN, Headers

OURS = re.compile(r"\$(SCIM_TESTS_(?:TOKEN|HEADER_[A-Z0-9_]+))(?![A-Z0-9_])")
# Their values are what the target said of a resource.
OF_THE_TARGET = frozenset({"if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "cookie"})
A_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True)
class Variable:
    """Stands for a text that is in the environment, or learnt on the way."""

    name: str


Text = tuple[str | Variable, ...]
Spot = tuple[int, int, Text]  # from where to where of a text, and what stands there instead


def variable(placeholder: str) -> Variable:
    """The variable that a placeholder such as `$SCIM_TESTS_TOKEN` names, without its dollar sign."""
    return Variable(placeholder.removeprefix("$"))


def put_in(text: str, spots: Iterable[Spot]) -> Text:
    """The text with other parts at some spots; what begins within an earlier spot, or before it, is left out."""
    parts: list[str | Variable] = []
    position = 0
    for start, end, instead in sorted(spots, key=lambda spot: (spot[0], -spot[1])):
        if start >= position:
            parts += [text[position:start], *instead]
            position = end
    return joined([*parts, text[position:]])


def joined(parts: Iterable[str | Variable]) -> Text:
    """Neighbouring words in one part, and none that is empty."""
    whole: list[str | Variable] = []
    for part in parts:
        if whole and isinstance(part, str) and isinstance(whole[-1], str):
            whole[-1] += part
        elif part:
            whole.append(part)
    return tuple(whole)


def in_words(text: Text, change: Callable[[str], str]) -> Text:
    """With every word part changed."""
    return tuple(change(part) if isinstance(part, str) else part for part in text)


def header_parts(name: str, value: str) -> Text:
    """A header's value: credentials stand in it as our own code wrote them."""
    if name.lower() in OF_THE_TARGET:
        return joined([value])
    return put_in(value, ((*each.span(), (Variable(each[1]),)) for each in OURS.finditer(value)))


def headers_in_parts(headers: Headers) -> list[tuple[str, Text]]:
    """Each header with its value in parts, in order; names are never filled in."""
    return [(name, header_parts(name, value)) for name, value in headers]


def passwords(body: str) -> Iterator[Spot]:
    """Where a JSON body has the placeholder as the whole value of a member `password`."""
    strings = list(A_STRING.finditer(body))
    for key, value in pairwise(strings):
        is_a_member = body[key.end() : value.start()].strip() == ":"
        if is_a_member and key[0].lower() == '"password"' and value[0] == f'"{PASSWORD}"':
            yield value.start() + 1, value.end() - 1, (variable(PASSWORD),)


TOKEN_VARIABLE = variable(TOKEN)
