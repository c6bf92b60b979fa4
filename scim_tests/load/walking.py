"""Looks at the pages of an import as they come, and keeps of each of a million people some twenty bytes, on disk.

No id of a stranger is written anywhere: what is kept is a number that only this walk can make of it.
"""

import hashlib
import secrets
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from itertools import islice
from types import TracebackType
from typing import Self

from scim_tests.load.crowd import Crowd, Made
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get
from scim_tests.model.tally import EXAMPLES, MOST, NAMES, Walk


class Walking:
    """One walk of the list: hears of each page, and at its end of whom it had to show. A context manager.

    `now` gives the seconds since the load began; `crowd` is whom this process has made.
    """

    def __init__(self, crowd: Crowd, now: Callable[[], float]) -> None:
        self.walk = Walk()
        self.shown: dict[int, list[str]] = {}  # ids under which each of ours was shown, by number
        self.active: set[int] = set()  # of ours, those shown active
        self.order: list[int] = []  # ours, as they were shown first
        self._missed: list[Made] = []  # of ours, those who had to be shown
        self._crowd = crowd
        self._now = now
        self._began = now()
        self._expected = [made for made in crowd if not made.left]
        self._numbers = {made.name.lower(): made.number for made in crowd}
        self._key = secrets.token_bytes(16)
        self._seen = sqlite3.connect("")  # a file without a name, gone with its connection
        self._seen.execute("CREATE TABLE seen (id INTEGER PRIMARY KEY, start INTEGER)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._seen.close()
        self.shown.clear()
        self._numbers.clear()

    def page(self, exchange: Exchange) -> None:
        """One page has come, or did not."""
        start = int(exchange.request.query.get("startIndex", 1))
        milliseconds = round(1000 * exchange.heard.seconds, 1)
        try:
            page, people = exchange.page, exchange.resources
        except NotObserved as unseen:
            self.walk.ended = str(unseen)
            return
        total = page.total if isinstance(page.total, int) and 0 <= page.total <= MOST else -1
        self.walk.pages.append([start, milliseconds, len(page.ids), total])
        for an_id in page.ids:
            self._meet(an_id, start)
        for person in people:
            self._meet_ours(
                str(get(person, "userName")), str(get(person, "id")), get(person, "active") is not False
            )

    def _meet(self, an_id: str, start: int) -> None:
        digest = hashlib.blake2b(an_id.encode(errors="surrogatepass"), digest_size=8, key=self._key).digest()
        number = int.from_bytes(digest, signed=True)
        if self._seen.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (number, start)).rowcount:
            self.walk.people += 1
            return
        self.walk.again += 1
        if len(self.walk.again_examples) < EXAMPLES:
            with closing(self._seen.execute("SELECT start FROM seen WHERE id = ?", (number,))) as found:
                self.walk.again_examples.append(f"startIndex {found.fetchone()[0]} and {start}")

    def _meet_ours(self, name: str, an_id: str, active: bool) -> None:  # noqa: FBT001 -- as it is shown
        made = self._crowd.by_id.get(an_id)
        number = made.number if made else self._numbers.get(name.lower())
        if number is None:
            return
        ids = self.shown.setdefault(number, [])
        if not ids:
            self.order.append(number)
        if an_id not in ids:
            ids.append(an_id)
        if active:
            self.active.add(number)

    def over(self, *, whole: bool, before: Collection[int] = ()) -> None:
        """It has come to its end; `before` is the order of ours in an earlier walk."""
        walk = self.walk
        walk.whole = whole and not walk.ended
        touched = [made for made in self._crowd if made.touched >= self._began or made.at >= self._began]
        walk.writes_meanwhile = len(touched)
        if walk.whole:
            self._missed = [made for made in self._expected if made.number not in self.shown]
        walk.out_of_order = moved(before, self.order)

    def tell(self, absent: Collection[int]) -> None:
        """Whom it had to show and did not, when all was looked at: all but those who are `absent`, or who could not be looked for."""
        walk, there = self.walk, [made for made in self._expected if made.number not in absent]
        missed = [made for made in self._missed if made.number not in absent]
        still = [made for made in missed if made.touched < self._began]
        walk.expected = len(there)
        walk.untouched = sum(made.touched < self._began for made in there)
        walk.not_shown, walk.missed = len(still), _names(still)
        walk.missed_touched = _names(made for made in missed if made.touched >= self._began)


def moved(before: Collection[int], now: Collection[int]) -> int:
    """How many of those who are in both stand elsewhere among the others: the least that had to move."""
    place = {number: index for index, number in enumerate(before)}
    ends: list[int] = []  # of the longest rising run so far, by its length (Fredman 1975)
    both = [place[number] for number in now if number in place]
    for each in both:
        index = bisect_left(ends, each)
        ends[index : index + 1] = [each]
    return len(both) - len(ends)


def _names(people: Iterable[Made]) -> list[str]:
    return [made.name for made in islice(people, NAMES)]
