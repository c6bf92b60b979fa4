"""Pages, each wrong in one way, of users or groups, by GET or by POST: see `mutant_answers`."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mutant_answers import Asked, Cut, Server, at, cut

from scim_tests.model.scim import Json, Resource

Page = Callable[[Asked, Sequence[Resource]], Cut | None]


def when(is_meant: Callable[[Asked], bool], page: Page) -> Page:
    return lambda asked, people: page(asked, people) if is_meant(asked) else cut(asked, people)


def saying(change: Callable[[Asked, Cut], Cut], is_meant: Callable[[Asked], bool] = lambda _: True) -> Page:
    """Cut rightly, and told wrongly."""

    def page(asked: Asked, people: Sequence[Resource]) -> Cut | None:
        found = cut(asked, people)
        return change(asked, found) if found and is_meant(asked) else found

    return page


def heard(
    change: Callable[[Asked, Sequence[Resource]], Asked | None],
    is_meant: Callable[[Asked], bool] = lambda _: True,
) -> Page:
    """Of other numbers than those asked for; the answer repeats those."""

    def page(asked: Asked, people: Sequence[Resource]) -> Cut | None:
        other = change(asked, people) if is_meant(asked) else asked
        if other is None:
            return None
        right, found = cut(asked, people), cut(other, people)
        return found and right and replace(found, start=right.start)

    return page


def truly(change: Callable[[Asked], Asked], is_meant: Callable[[Asked], bool] = lambda _: True) -> Page:
    """Of other numbers, as the answer says."""
    return lambda asked, people: cut(change(asked) if is_meant(asked) else asked, people)


def from_(start: int) -> Callable[[Asked, Sequence[Resource]], Asked]:
    return lambda asked, _: replace(asked, start=start)


def starts(*, below: int | None = None, over: int | None = None) -> Callable[[Asked], bool]:
    def is_meant(asked: Asked) -> bool:
        start = 1 if asked.start is None else asked.start
        return (below is None or start < below) and (over is None or start > over)

    return is_meant


def past(asked: Asked) -> bool:
    return asked.start is not None and asked.start > len(asked.whole)


def shorter(asked: Asked) -> bool:
    return asked.count is not None and asked.count < len(asked.whole)


def counts(number: int) -> Callable[[Asked], bool]:
    return lambda asked: asked.count == number


def last_page(asked: Asked, people: Sequence[Resource]) -> Asked:
    count = max(1, asked.count or 1)
    return replace(asked, start=max(1, len(people) - count + 1))


def aligned(asked: Asked, _: Sequence[Resource]) -> Asked:
    count = max(1, asked.count or 1)
    return replace(asked, start=(max(1, asked.start or 1) - 1) // count * count + 1)


def by_number(asked: Asked, _: Sequence[Resource]) -> Asked:
    return replace(asked, start=(max(1, asked.start or 1) - 1) * max(1, asked.count or 1) + 1)


def filled_up(asked: Asked, people: Sequence[Resource]) -> Asked:
    count, start = asked.count or 0, max(1, asked.start or 1)
    return (
        replace(asked, start=max(1, min(start, len(people) - count + 1)))
        if count and start <= len(people)
        else asked
    )


def to_place(asked: Asked, _: Sequence[Resource]) -> Asked:
    return (
        replace(asked, count=max(0, (asked.count or 0) - max(1, asked.start or 1) + 1))
        if asked.count
        else asked
    )


def from_the_end(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    """A negative place counts from the end."""
    begin = (1 if asked.start is None else asked.start) - 1
    count = len(people) if asked.count is None else max(0, asked.count)
    return Cut(
        people[begin : (begin + count) or None] if begin < 0 else people[begin : begin + count],
        len(people),
        max(1, begin + 1),
    )


def filtered_later(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    """Of everybody the page is cut, and of that those are shown who fit: others stand before them."""
    everybody = [*asked.others, *people]
    found = cut(asked, everybody)
    right = cut(asked, people)
    return found and right and replace(right, shown=[each for each in found.shown if each in people])


def twice_cut(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    found = cut(asked, people)
    return found and replace(found, shown=found.shown[found.start - 1 :])


def less(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    found = cut(asked, people)
    return found and (
        replace(found, shown=found.shown[:-1]) if shorter(asked) and len(found.shown) > 1 else found
    )


def one_more(asked: Asked, people: Sequence[Resource]) -> Cut | None:
    return cut(replace(asked, count=(asked.count or 0) + 1) if asked.count else asked, people)


def refuse(_: Asked, __: Sequence[Resource]) -> None:
    return None


def total(of: Callable[[Asked, Cut], int]) -> Callable[[Asked, Cut], Cut]:
    return lambda asked, found: replace(found, total=of(asked, found))


def begins(of: Callable[[Asked, Cut], int]) -> Callable[[Asked, Cut], Cut]:
    return lambda asked, found: replace(found, start=of(asked, found))


def holds(of: Callable[[Asked, Cut], int]) -> Callable[[Asked, Cut], Cut]:
    return lambda asked, found: replace(found, items=of(asked, found))


NOBODY = saying(lambda _, found: replace(found, shown=[]))
WAYS: dict[str, Page] = {
    "startIndex from 0": heard(lambda asked, _: replace(asked, start=(asked.start or 0) + 1), lambda asked: asked.start is not None and asked.start > 0),
    "startIndex is passed over": heard(from_(1), starts(over=1)),
    "startIndex is passed over, and said": truly(lambda asked: replace(asked, start=1), starts(over=1)),
    "startIndex without count is passed over": heard(from_(1), lambda asked: asked.count is None),
    "startIndex is a number of pages": heard(by_number),
    "begins at a multiple of count": heard(aligned),
    "last page is filled up": heard(filled_up),
    "count is the last place": heard(to_place),
    "from the end": from_the_end,
    "0 is refused": when(lambda asked: asked.start == 0, refuse),
    "0 is nobody": when(lambda asked: asked.start == 0, NOBODY),
    "0 is before the first": when(lambda asked: asked.start == 0, heard(lambda asked, _: replace(asked, start=1, count=max(0, (asked.count or 50) - 1)))),
    "below 0 is refused": when(starts(below=0), refuse),
    "below 0 is nobody": when(starts(below=0), NOBODY),
    "below 1 is said": saying(begins(lambda asked, _: asked.start or 0), starts(below=1)),
    "below 1 cuts the count": when(starts(below=1), heard(lambda asked, _: replace(asked, start=1, count=max(0, (asked.count or 50) + (asked.start or 0) - 1)))),
    "past the end is the last page": when(past, heard(last_page)),
    "past the end is the first page": when(past, heard(from_(1))),
    "past the end is refused": when(past, refuse),
    "past the end there is no total": saying(total(lambda _, __: 0), past),
    "past the end the total is more": saying(total(lambda asked, found: (asked.start or 1) - 1 + len(found.shown)), past),
    "count is passed over": heard(lambda asked, _: replace(asked, count=None), lambda asked: bool(asked.count)),
    "count without startIndex is passed over": heard(lambda asked, _: replace(asked, count=None), lambda asked: asked.start is None and bool(asked.count)),
    "count 0 is none": when(counts(0), heard(lambda asked, _: replace(asked, count=None))),
    "count 0 is 1": when(counts(0), heard(lambda asked, _: replace(asked, count=1))),
    "count 0 is refused": when(counts(0), refuse),
    "count 0 has no total": saying(total(lambda _, __: 0), counts(0)),
    "count below is none": when(counts(-1), heard(lambda asked, _: replace(asked, count=None))),
    "count below is refused": when(counts(-1), refuse),
    "count below is turned": when(counts(-1), heard(lambda asked, _: replace(asked, count=1))),
    "count below has no total": saying(total(lambda _, __: 0), counts(-1)),
    "a large count is refused": when(lambda asked: (asked.count or 0) > 100, refuse),
    "a large count is none": when(lambda asked: (asked.count or 0) > 100, NOBODY),
    "total of the page": saying(total(lambda _, found: len(found.shown))),
    "total to the end of the page": saying(total(lambda _, found: found.start - 1 + len(found.shown)), shorter),
    "total from the page on": saying(total(lambda asked, found: max(0, len(asked.whole) - found.start + 1))),
    "total of everybody": saying(total(lambda asked, _: len(asked.whole) + len(asked.others)), lambda asked: asked.count is not None),
    "total of everybody, where paged": saying(total(lambda asked, _: len(asked.whole) + len(asked.others)), starts(over=1)),
    "total is the count": saying(total(lambda asked, found: asked.count or found.total), lambda asked: shorter(asked) and (asked.count or 0) > 0),
    "total is the number of pages": saying(total(lambda asked, found: -(-found.total // max(1, asked.count or found.total))), shorter),
    "total is one more": saying(total(lambda _, found: found.total + 1)),
    "itemsPerPage is the count": saying(holds(lambda asked, found: asked.count if asked.count is not None else len(found.shown))),
    "itemsPerPage is the total": saying(holds(lambda _, found: found.total)),
    "itemsPerPage is 0 on the last page": saying(holds(lambda _, __: 0), lambda asked: (asked.start or 1) > 2),
    "startIndex is 1": saying(begins(lambda _, __: 1)),
    "startIndex is the page": saying(begins(lambda asked, found: (found.start - 1) // max(1, asked.count or 1) + 1)),
    "startIndex is the next": saying(begins(lambda _, found: found.start + len(found.shown))),
    "filtered later": when(lambda asked: asked.count is not None or asked.start is not None, filtered_later),
    "cut twice": twice_cut,
    "one less": less,
    "one more": one_more,
    "further pages turned round": when(starts(over=1), lambda asked, people: cut(asked, people[::-1])),
    "further pages unfiltered": when(starts(over=1), lambda asked, people: cut(asked, [*asked.others, *people])),
}  # fmt: skip
DOORS: dict[str, Callable[[Asked], bool]] = {
    "": lambda _: True,
    " (list)": at("list", kind="/Users"),
    " (search)": at("search", kind="/Users"),
    " (groups)": at("list", "search", kind="/Groups"),
    " (sorted)": lambda asked: bool(asked.sort_by),
    " (in parts)": lambda asked: bool(asked.attributes or asked.excluded),
}


def no_counters(name: str) -> Server:
    def say(asked: Asked, document: dict[str, Json]) -> dict[str, Json]:
        return (
            {key: each for key, each in document.items() if key != name}
            if asked.is_of_many and shorter(asked)
            else document
        )

    return Server(say=say)


PAGES: dict[str, Server] = {
    f"{name}{door}": Server(page=when(is_meant, page))
    for name, page in WAYS.items()
    for door, is_meant in DOORS.items()
} | {f"no {name}": no_counters(name) for name in ("totalResults", "startIndex", "itemsPerPage")}
GENERAL = {name: PAGES[name] for name in WAYS}
