"""The one place that knows the secrets, and so the one place where they are put in and taken out.

A step has slots (`scim_tests.model.slots`); the vault puts the secrets there when the bytes leave, and puts the
placeholder `$SCIM_TESTS_TOKEN` wherever the token comes back in an answer or an error, in whatever disguise.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import TypeVar

from scim_tests.model.exchange import PASSWORD, REFUSED_TOKEN, TOKEN
from scim_tests.model.slots import as_kept, slot
from scim_tests.wire.disguise import LONG, LongSecret, ShortSecret
from scim_tests.wire.effort import OF_A_PIECE, OF_A_RUN, Effort, TooMuch
from scim_tests.wire.escapes import Span, View, uncut, views
from scim_tests.wire.reading import RUN, decoded, folded, readings, runs, without_repetition

Text = TypeVar("Text", str, bytes)

Hit = tuple[Span, bytes]  # and the placeholder for what stands there
LINE = 256  # bytes of a text that is remembered: a target's headers are mostly the same in every answer
AT_ONCE = 200_000  # hits: a hostile answer may hold millions, and then it is looked through again

_STRING_OR_BARE = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\d.eE+-]*(\$[A-Z_]+)[\d.eE+-]*', re.DOTALL)

_BASE_16 = re.compile(r"[0-9A-Fa-f-]*")  # a UUID, too
_BASE_32 = re.compile(r"[0-9A-Za-z]*=*")  # of whatever alphabet


class Vault:
    """Holds a target's token, the placeholder password of creates, and `more` by their placeholders. An empty one is not known.

    A `repr` does not show them.
    """

    def __init__(self, token: str, password: str, more: Mapping[str, str] | None = None) -> None:
        secrets = {TOKEN: token, PASSWORD: password, **(more or {})}
        self._secrets = {placeholder: secret for placeholder, secret in secrets.items() if secret}
        self._long: list[tuple[LongSecret, bytes]] = []
        self._short: list[tuple[ShortSecret, bytes]] = []
        self._placeholder = re.compile(
            "|".join(map(re.escape, sorted(secrets, key=len, reverse=True))).encode()
        )
        self._has_quotes = False
        self._hide_again = lru_cache(maxsize=512)(self._hide)
        for placeholder, secret in self._secrets.items():
            self._know(secret, placeholder.encode())

    def _know(self, secret: str, placeholder: bytes) -> None:
        self._hide_again.cache_clear()
        self._has_quotes |= '"' in secret
        if len(secret) >= LONG:
            self._long.append((LongSecret(secret), placeholder))
        else:
            self._short.append((ShortSecret(secret), placeholder))

    def renew(self, token: str) -> None:
        """From here on another token is put in; those before it are still taken out."""
        if self._secrets.get(TOKEN) != token:
            self._secrets[TOKEN] = token
            self._know(token, TOKEN.encode())

    @property
    def traces(self) -> set[bytes]:
        """One of these stands in one of the `readings` of every text that holds a secret whole."""
        known: list[tuple[LongSecret | ShortSecret, bytes]] = [*self._long, *self._short]
        return {form for secret, _ in known for form in secret.forms}

    def reveal(self, text: Text) -> Text:
        """The real secrets where the slots are; the placeholder, where a secret is not known, or no other can be made of it.

        A str is a header or a path and takes them as they are; bytes are JSON, where they are escaped (RFC 8259 7).
        """
        refused = in_other_letters(self._secrets.get(TOKEN, ""))
        for placeholder, secret in (*self._secrets.items(), (REFUSED_TOKEN, refused)):
            if isinstance(text, bytes):
                escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
                text = text.replace(slot(placeholder).encode(), escaped.encode())
            else:
                text = text.replace(slot(placeholder), secret)
        return as_kept(text)

    def can_be_read_in(self, text: str) -> bool:
        """Whether a long secret stands whole in a text, in whatever spelling or code.

        TooMuch where looking for it costs more than one text may.
        """
        said = readings(text.encode(), Effort())
        return any(any(long.whole(each)) for each in said for long, _ in self._long)

    def hide(self, text: Text) -> Text:
        """The placeholders where a secret stands, in whatever spelling or code, or a third of it and more.

        What has secrets in a code is replaced whole, with what was encoded beside them. Bytes that can be read in
        too many ways raise TooMuch; a str, which is only ever shown, gives way to saying so.
        """
        if isinstance(text, str):
            try:
                return self.hide(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")
            except TooMuch as too_much:
                return str(too_much)
        if not self._secrets:
            return text
        return self._hide_again(text) if len(text) <= LINE else self._hide(text)

    def _hide(self, data: bytes) -> bytes:
        """Looks until nothing is found any more; what has been put in is never looked at again."""
        effort = Effort()
        hidden, before = self._hidden_once(data, effort), data
        while hidden != before:
            hidden, before = self._hidden_once(hidden, effort), hidden
        return _still_json(hidden) if hidden != data and data.lstrip()[:1] in {b"{", b"["} else hidden

    def _hidden_once(self, data: bytes, effort: Effort) -> bytes:
        hidden, position = bytearray(), 0
        looked_at = self._placeholder.sub(lambda found: _blanks(len(found[0])), data)
        if not self._found(self._gist(looked_at), effort):
            return data
        hits = [(*uncut(data, span), placeholder) for span, placeholder in self._found(looked_at, effort)]
        for start, end, placeholder in sorted(hits, key=lambda hit: (hit[0], -hit[1])):
            if start >= position:
                hidden += data[position:start] + placeholder
                position = end
        return bytes(hidden + data[position:])

    def _gist(self, data: bytes) -> bytes:
        """Each string once: a page says much the same of many people, and is seldom to be looked through whole."""
        data = without_repetition(data)
        return data if self._has_quotes else b'",'.join(dict.fromkeys(data.split(b'"')))

    def _found(self, data: bytes, effort: Effort) -> list[Hit]:
        """Whole secrets in the plainest view that shows one; else parts of them, and what is encoded."""
        others: list[Hit] = []
        seen: set[bytes] = set()
        for view in views(data, effort):
            text = folded(view.text)
            if hits := _some(self._whole(view, text), effort):
                return _in_raw(view, hits)
            new = runs(view.text) - seen
            seen |= new
            others = others or _in_raw(
                view, _some(self._parts(view, text), effort) or _some(self._encoded(view, new), effort)
            )
        return others

    def _whole(self, view: View, text: bytes) -> Iterator[Hit]:
        for long, placeholder in self._long:
            yield from ((span, placeholder) for span in long.whole(text))
        for short, placeholder in () if view.has_joined_lines else self._short:
            yield from ((span, placeholder) for span in short.whole(view.text))

    def _parts(self, view: View, text: bytes) -> Iterator[Hit]:
        for long, placeholder in self._long:
            yield from ((span, placeholder) for span in long.parts(text, view.effort))

    def _encoded(self, view: View, new: set[bytes]) -> Iterator[Hit]:
        """All runs of the view that hold a secret, if any of those does that are new in it."""
        if self._told_by(new, view.effort):
            for run in RUN.finditer(view.text):
                view.effort.cost(OF_A_RUN)
                if placeholder := self._told_by(runs(run[0]), view.effort):
                    yield run.span(), placeholder

    def _told_by(self, runs: set[bytes], effort: Effort) -> bytes:
        """The placeholder of the secret that runs of digits encode, or nothing."""
        for reading in decoded(runs, effort) if self._long else ():
            for long, placeholder in self._long:
                if any(long.whole(reading)) or any(long.parts(reading, effort)):
                    return placeholder
        return b""


def in_other_letters(token: str) -> str:
    """Another token of the same letters; `$REFUSED_TOKEN` where their case may say nothing: of digits to the base of 16 or 32."""
    other = token.swapcase()
    is_in_one_case = token in {token.lower(), token.upper()}
    is_a_number = _BASE_16.fullmatch(token) or (is_in_one_case and _BASE_32.fullmatch(token))
    return REFUSED_TOKEN if other == token or is_a_number or not token.isascii() else other


@cache
def _blanks(length: int) -> bytes:
    return b"\xff" * length  # in no text, and in no secret


def _some(hits: Iterator[Hit], effort: Effort) -> list[Hit]:
    some = list(islice(hits, AT_ONCE))
    effort.cost(len(some) * OF_A_PIECE)
    return some


def _in_raw(view: View, hits: list[Hit]) -> list[Hit]:
    spans = view.raw([span for span, _ in hits]) if hits else []
    return [(span, placeholder) for span, (_, placeholder) in zip(spans, hits, strict=True)]


def _still_json(hidden: bytes) -> bytes:
    """With quotes around placeholders of JSON that stand where a bare number stood."""
    return _STRING_OR_BARE.sub(lambda found: found[0] if found[1] is None else b'"%b"' % found[1], hidden)
