"""Puts what a script knows only when it runs into the requests of a run: the name of the run, new names, new ids."""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from scim_tests.model.record import ExchangeRecord
from scim_tests.report.renaming import AFTER, BEFORE
from scim_tests.report.reproduction.asked import CONDITIONS
from scim_tests.wire.curl import Call
from scim_tests.wire.parts import Spot, Text, Variable, header_parts, in_words, passwords, put_in

RUN = Variable("SCIM_TESTS_RUN")
DECLARED = frozenset({
    "host", "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "connection",
    "content-type", "content-length", "if-match", "if-none-match", "user-agent", "x-scim-tests",
})  # fmt: skip
OVERRIDES = re.compile(r"(?i)override|http-?method")


class Rewording:
    """What stands in a request of a run for what: a `run`'s name, `fresh` names by those that are taken, `ids`."""

    def __init__(self, run: str, fresh: Mapping[str, Text], exchanges: Sequence[ExchangeRecord]) -> None:
        self.run = run
        self.fresh = fresh
        self.ids: dict[str, Variable] = {}
        self.versions: dict[str, Variable] = {}  # that conditions name, in an explored conversation
        self.everywhere = _in_every_request(exchanges)

    def call(self, each: ExchangeRecord) -> Call:
        """The request with new names, and variables for ids and secrets; headers that no act declares are left out."""
        headers = [
            (name, parts)
            for name, value in each.request.headers
            for parts in (self._header(name, value),)
            if self._is_sent(name, parts)
        ]
        body = each.request.body
        spots = [*passwords(body), *self._spots(body)]
        return Call(each.method, self.worded(each.path), headers, put_in(body, spots))

    def _header(self, name: str, value: str) -> Text:
        is_known = name.lower() in CONDITIONS and value in self.versions
        return (self.versions[value],) if is_known else header_parts(name, value)

    def _is_sent(self, name: str, value: Text) -> bool:
        """Whether it is a header that our acts send, or that the run was told to send with every request."""
        known = name.lower() in DECLARED or name.lower() in self.everywhere
        return (known or any(isinstance(part, Variable) for part in value)) and not OVERRIDES.search(name)

    def lookup(self, kind: str, name: str) -> Text:
        """What finds by its name whom a create made without telling an id."""
        attribute = "userName" if kind == "/Users" else "displayName"
        value = in_words(
            self.worded(name),
            lambda word: quote(word.replace("\\", "\\\\").replace('"', '\\"'), safe="", errors="replace"),
        )
        return put_in("", [(0, 0, (f"{kind}?filter={attribute}%20eq%20%22", *value, "%22"))])

    def worded(self, text: str) -> Text:
        """A path, a body or a name in parts: new names, and variables for the ids that are known by now."""
        return put_in(text, self._spots(text))

    def _spots(self, text: str) -> list[Spot]:
        """Where names and ids stand in a path, a body or a name."""
        return [*(self._of_the_run(text) or self._of_names(text)), *self._of_ids(text)]

    def _of_the_run(self, text: str) -> list[Spot]:
        found = re.finditer(re.escape(self.run), text, re.IGNORECASE) if self.run else ()
        return [(*each.span(), (RUN,)) for each in found]

    def _of_names(self, text: str) -> Iterator[Spot]:
        """In whatever letter case, percent-encoded or not; capitals stay capitals."""
        for old, new in self.fresh.items():
            encoded = in_words(new, lambda word: quote(word, safe=""))
            for one, other in ((old, new), (quote(old, safe="", errors="replace"), encoded)):
                for found in re.finditer(BEFORE + re.escape(one) + AFTER, text, re.IGNORECASE) if one else ():
                    yield *found.span(), in_words(other, str.upper) if found[0].isupper() else other

    def _of_ids(self, text: str) -> Iterator[Spot]:
        """Where an id stands as a whole; in a query its quotes are %22, and a number has none."""
        for old, new in self.ids.items():
            either = "|".join({re.escape(old), re.escape(quote(old, safe=""))})
            pattern = (
                rf'(?:(?<=["/])|(?<=%22))(?:{either})(?=["\\/?]|%22|$)|(?<="id":){re.escape(old)}(?=[,}}])'
            )
            yield from ((*found.span(), (new,)) for found in re.finditer(pattern, text))


def _in_every_request(exchanges: Sequence[ExchangeRecord]) -> frozenset[str]:
    names = [frozenset(name.lower() for name, _ in each.request.headers) for each in exchanges]
    return frozenset.intersection(*names) if names else frozenset()
