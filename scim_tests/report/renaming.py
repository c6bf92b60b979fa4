"""Puts other names and ids into recorded requests, wherever and however they are spelt there."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from scim_tests.model.scim import strings

ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")
# A name begins and ends as a word, but in a query the quote before it is written %22.
BEFORE, AFTER = r"(?:(?<=%22)|(?<![\w.]))", r"(?!\w)"


def addresses_in(body: str) -> Iterator[str]:
    """The e-mail addresses in a JSON body: whoever reads mail there must hear nothing of a test."""
    try:
        yield from filter(ADDRESS.fullmatch, strings(json.loads(body)))
    except (ValueError, RecursionError):
        return


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The text with each name's new one, in whatever letter case, percent-encoded or not; capitals stay capitals.

    The longest name goes first, as one may begin like another.
    """
    for old in sorted(filter(None, names), key=len, reverse=True):
        new = names[old]
        for one, other in ((old, new), (quote(old, safe=""), quote(new, safe="$_"))):
            text = re.sub(BEFORE + re.escape(one) + AFTER, _in_the_case_of(other), text, flags=re.IGNORECASE)
    return text


def with_ids(text: str, ids: Mapping[str, str]) -> str:
    """A path or a JSON body with each id's new one, where it stands as a whole; in a query its quotes are %22."""
    for old, new in ids.items():
        text = re.sub(rf'(?:(?<=["/])|(?<=%22)){re.escape(old)}(?=["\\/?]|%22|$)', _as_it_is(new), text)
    return text


def _as_it_is(new: str) -> Callable[[re.Match[str]], str]:
    return lambda _: new


def _in_the_case_of(new: str) -> Callable[[re.Match[str]], str]:
    return lambda found: new.upper() if found[0].isupper() and "$" not in new else new
