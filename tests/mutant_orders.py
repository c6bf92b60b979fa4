"""Orders, each wrong in one way, of attributes of one kind alone, or of all: see `mutant_answers`."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from mutant_answers import (
    Asked,
    Cut,
    Key,
    Server,
    at,
    comparable,
    hearing,
    in_order,
    key_of,
    value_of,
)

from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get, primary

E = ENTERPRISE_USER.lower()
TEXTS = ("title", "nickname", "usertype", "preferredlanguage", "locale", "displayname")
LISTS = ("emails", "phonenumbers", "addresses")
# By kind, the paths that go through code of their own in many a target.
KINDS: dict[str, Callable[[str], bool]] = {
    "any": lambda _: True,
    "userName": lambda path: path == "username",
    "text": lambda path: path in TEXTS,
    "displayName": lambda path: path == "displayname",
    "part of name": lambda path: path.startswith("name."),
    "list": lambda path: path in LISTS,
    "part of a list": lambda path: path.startswith(tuple(f"{each}." for each in LISTS)),
    "extension": lambda path: path.startswith(f"{E}:"),
    "part in an extension": lambda path: path == f"{E}:manager.value",
    "created": lambda path: path == "meta.created",
    "lastModified": lambda path: path == "meta.lastmodified",
    "caseExact": lambda path: path in {"id", "externalid"},
}
Order = Callable[[Asked, Sequence[Resource], Callable[[Resource, str], Key]], list[Resource]]


def narrowed(wrong: Server, is_meant: Callable[[str], bool], is_meant_at: Callable[[Asked], bool]) -> Server:
    """The order of some attributes alone."""

    def hear(asked: Asked) -> Asked | None:
        is_wrong = (
            asked.is_of_many and asked.sort_by and is_meant(plain(asked.sort_by)) and is_meant_at(asked)
        )
        return wrong.hear(asked) if is_wrong else asked

    def arrange(server: Server, asked: Asked) -> Cut | None:
        is_wrong = asked.sort_by and is_meant(plain(asked.sort_by)) and is_meant_at(asked)
        if not is_wrong:
            return Server().arranged(asked)
        return wrong.arrange(server, asked) if wrong.arrange else wrong.arranged(asked)

    return replace(wrong, hear=hear, arrange=arrange)


def missing_first(
    asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
) -> list[Resource]:
    right = in_order(asked, people, key)
    if not asked.sort_by:
        return right
    return sorted(right, key=lambda each: (key(each, asked.sort_by) is not None) != asked.descends)


def missing_where(*, is_first: bool) -> Order:
    """Whoever has no value always first, or always last."""

    def order(
        asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
    ) -> list[Resource]:
        right = in_order(asked, people, key)
        return sorted(right, key=lambda each: (key(each, asked.sort_by) is None) != is_first)

    return order


def left_out(asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]) -> list[Resource]:
    return [each for each in in_order(asked, people, key) if key(each, asked.sort_by) is not None]


def one_per_key(
    asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
) -> list[Resource]:
    found = in_order(asked, people, key)
    return [list(each)[-1] for _, each in groupby(found, key=lambda each: key(each, asked.sort_by))]


def one_per_text(
    asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
) -> list[Resource]:
    by_text = {str(value_of(each, asked.sort_by, primary)): each for each in people}
    return [each for each in in_order(asked, people, key) if each in by_text.values()]


def ends_exchanged(
    asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
) -> list[Resource]:
    """Merged wrongly: the last one stays where it was."""
    return [*in_order(asked, people[:-1], key), *people[-1:]]


def first_by_first(
    asked: Asked, people: Sequence[Resource], key: Callable[[Resource, str], Key]
) -> list[Resource]:
    """By the first letter alone."""

    def short(resource: Resource, path: str) -> Key:
        found = key(resource, path)
        return found[:1] if isinstance(found, str) else found

    return in_order(asked, people, short)


def by(path: str) -> Callable[[Resource, str], Key]:
    """Sorted by another attribute."""
    return lambda resource, _: key_of(resource, path)


def instead(change: Callable[[str], str]) -> Callable[[Resource, str], Key]:
    return lambda resource, path: key_of(resource, change(plain(path)))


def of_entry(choose: Callable[[Json], Json]) -> Callable[[Resource, str], Key]:
    return lambda resource, path: comparable(value_of(resource, path, choose))


def least(*, greatest: bool = False) -> Callable[[Resource, str], Key]:
    """By the least, or greatest, of several values."""

    def key(resource: Resource, path: str) -> Key:
        root, _, part = plain(path).partition(".")
        values = get(resource, root)
        if not isinstance(values, list):
            return key_of(resource, path)
        found = [comparable(get(each, part or "value")) for each in values]
        known = [each for each in found if each is not None]
        return (max(known) if greatest else min(known)) if known else None

    return key


def as_number(resource: Resource, path: str) -> Key:
    found = key_of(resource, path)
    if not isinstance(found, str):
        return found
    return (0, int(found), "") if found.isdecimal() else (1, 0, found)


def by_length(resource: Resource, path: str) -> Key:
    found = key_of(resource, path)
    return (len(found), found) if isinstance(found, str) else found


def as_text(resource: Resource, path: str) -> Key:
    """With no value as the text of none."""
    found = key_of(resource, path)
    return str(found if found is not None else "none").lower()


def bytes_of(resource: Resource, path: str) -> Key:
    return value_of(resource, path, primary)


def day(resource: Resource, path: str) -> Key:
    found = value_of(resource, path, primary)
    return (
        found[:10] if isinstance(found, str) and path.lower().startswith("meta") else key_of(resource, path)
    )


def paged_first(server: Server, asked: Asked) -> Cut | None:
    page = server.page(asked, asked.whole)
    return page and replace(page, shown=server.order(asked, page.shown, server.key))


def projected_first(server: Server, asked: Asked) -> Cut | None:
    """Sorted by what is shown."""

    def key(resource: Resource, path: str) -> Key:
        return key_of(server.show(asked, resource), path)

    return server.page(asked, in_order(asked, asked.whole, key))


def sorted_after(size: int) -> Callable[[Server, Asked], Cut | None]:
    """Only the first so many are sorted."""

    def arrange(server: Server, asked: Asked) -> Cut | None:
        found = [*server.order(asked, asked.whole[:size], server.key), *asked.whole[size:]]
        return server.page(asked, found)

    return arrange


def total_of_valued(server: Server, asked: Asked) -> Cut | None:
    found = server.arranged(asked)
    count = sum(1 for each in asked.whole if key_of(each, asked.sort_by) is not None)
    return found and replace(found, total=count)


def turned_after(server: Server, asked: Asked) -> Cut | None:
    """Cut first, then turned round where descending."""
    page = server.page(asked, in_order(replace(asked, order=""), asked.whole, server.key))
    return page and (replace(page, shown=page.shown[::-1]) if asked.descends else page)


UNSORTED = hearing(lambda asked: replace(asked, sort_by=""))
ASCENDING = hearing(lambda asked: replace(asked, order=""))
TURNED = hearing(lambda asked: replace(asked, order="ascending" if asked.descends else "descending"))
# Of each kind of attribute, what can be wrong.
OF_KINDS: dict[str, Server] = {
    "not sorted": UNSORTED,
    "refused": hearing(lambda _: None),
    "always ascending": ASCENDING,
    "turned round": TURNED,
    "missing first where ascending": Server(order=missing_where(is_first=True)),
    "missing last where descending": Server(order=missing_where(is_first=False)),
    "missing the wrong way": Server(order=missing_first),
    "missing left out": Server(order=left_out),
    "missing is a text": Server(key=as_text),
    "one of each key": Server(order=one_per_key),
    "by code points": Server(key=bytes_of),
    "by the first letter": Server(order=first_by_first),
    "by length": Server(key=by_length),
    "page sorted": Server(arrange=paged_first),
    "what is shown sorted": Server(arrange=projected_first),
    "page turned round": Server(arrange=turned_after),
    "total of those with a value": Server(arrange=total_of_valued),
    "by creation": Server(key=by("meta.created")),
    "by userName": Server(key=by("userName")),
    "by lastModified": Server(key=by("meta.lastModified")),
    "last one stays": Server(order=ends_exchanged),
}
OF_LISTS: dict[str, Server] = {
    "first entry": Server(key=of_entry(lambda values: values[0] if values else None)),
    "last entry": Server(key=of_entry(lambda values: values[-1] if values else None)),
    "least entry": Server(key=least()),
    "greatest entry": Server(key=least(greatest=True)),
    "work entry": Server(
        key=of_entry(lambda values: next((each for each in values if get(each, "type") == "work"), None))
    ),
    "type of the entry": Server(key=instead(lambda path: f"{path.partition('.')[0]}.type")),
    "not primary entry": Server(
        key=of_entry(lambda values: next((each for each in values if not get(each, "primary")), None))
    ),
}
# What is wrong of one attribute, or in any.
ALIKE: dict[str, Server] = {
    "as a number": Server(key=as_number),
    "dates by day": Server(key=day),
    "name in capitals is unknown": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: asked.sort_by.isupper()
    ),
    "name in small letters is unknown": hearing(
        lambda asked: replace(asked, sort_by=""),
        lambda asked: (
            asked.sort_by.islower() and plain(asked.sort_by) in {"username", "displayname", "nickname"}
        ),
    ),
    "urn of the core is unknown": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: ":core:" in asked.sort_by.lower()
    ),
    "urn of the core before a part": hearing(
        lambda asked: replace(asked, sort_by=""),
        lambda asked: ":core:" in asked.sort_by.lower() and "." in asked.sort_by.rpartition(":")[2],
    ),
    "urn of an extension in capitals": hearing(
        lambda asked: replace(asked, sort_by=""),
        lambda asked: "enterprise" in asked.sort_by.lower() and f"{ENTERPRISE_USER}:" not in asked.sort_by,
    ),
    "part is its root": Server(
        key=lambda resource, path: (
            key_of(resource, plain(path).partition(".")[0] + ".formatted")
            if plain(path).startswith("name.")
            else key_of(resource, path)
        )
    ),
    "family name by given name": Server(key=instead(lambda path: path.replace("family", "given"))),
    "given name by family name": Server(key=instead(lambda path: path.replace("given", "family"))),
    "department by cost center": Server(key=instead(lambda path: path.replace("department", "costcenter"))),
    "extension by the core": Server(key=instead(lambda path: path.replace(f"{E}:department", "displayname"))),
    "displayName by userName": Server(
        key=instead(lambda path: "username" if path == "displayname" else path)
    ),
    "displayName by family name": Server(
        key=instead(lambda path: "name.familyname" if path == "displayname" else path)
    ),
    "emails by userName": Server(key=instead(lambda path: "username" if path.startswith("emails") else path)),
    "title by userType": Server(key=instead(lambda path: "usertype" if path == "title" else path)),
    "created by lastModified": Server(key=instead(lambda path: path.replace("created", "lastmodified"))),
    "lastModified by created": Server(key=instead(lambda path: path.replace("lastmodified", "created"))),
    "descending where none is said": hearing(
        lambda asked: replace(asked, order="descending"),
        lambda asked: bool(asked.sort_by) and not asked.order,
    ),
    "ascending is unknown": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: asked.order == "ascending"
    ),
    "descending is refused": hearing(lambda _: None, lambda asked: asked.order == "descending"),
    "ascending is refused": hearing(lambda _: None, lambda asked: asked.order == "ascending"),
    "first four sorted": Server(arrange=sorted_after(4)),
    "not sorted where excluded": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: bool(asked.excluded)
    ),
    "not sorted where named": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: bool(asked.attributes)
    ),
    "not sorted on further pages": hearing(
        lambda asked: replace(asked, sort_by=""), lambda asked: (asked.start or 1) > 1
    ),
    "always ascending on further pages": hearing(
        lambda asked: replace(asked, order=""), lambda asked: (asked.start or 1) > 1
    ),
    "one of each text": Server(order=one_per_text),
    "what is excluded is not sorted by": hearing(
        lambda asked: replace(asked, sort_by=""),
        lambda asked: plain(asked.sort_by) in {plain(each) for each in asked.excluded},
    ),
}
DOORS = {
    "": lambda _: True,
    " in a search": at("search"),
    " of groups": at("list", kind="/Groups"),
    " of groups in a search": at("search", kind="/Groups"),
}
AT_DOORS = (
    "not sorted",
    "always ascending",
    "turned round",
    "refused",
    "page sorted",
    "what is shown sorted",
)
ORDERS: dict[str, Server] = (
    {
        f"{name} ({kind})": narrowed(server, is_meant, lambda _: True)
        for name, server in OF_KINDS.items()
        for kind, is_meant in KINDS.items()
    }
    | {f"{name} ({kind})": narrowed(server, KINDS[kind], lambda _: True) for name, server in OF_LISTS.items() for kind in ("any", "list", "part of a list")}
    | {f"{name}{door}": narrowed(OF_KINDS[name], KINDS["any"], is_meant_at) for name in AT_DOORS for door, is_meant_at in DOORS.items() if door}
    | ALIKE
)  # fmt: skip
GENERAL = {f"{name} (any)": ORDERS[f"{name} (any)"] for name in (*OF_KINDS, *OF_LISTS)} | ALIKE
