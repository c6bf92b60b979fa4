"""Choices of what is shown, each wrong in one way, by one door or by all: see `mutant_answers`."""

from collections.abc import Callable
from dataclasses import replace

from mutant_answers import Asked, Names, Server, at, hearing, parts, renamed, without
from mutant_shown import (
    E,
    at_the_top,
    columns_of_first,
    emptied,
    empty_is_whole,
    extension_at_the_top,
    first_alone,
    is_extensions,
    is_part,
    left_out_in_part,
    named_in_part,
    no_false,
    of_lists,
    parts_of_that_name,
    root,
    root_of_part,
    showing,
    then,
    who_has_all,
    within_the_text,
    without_extension,
)

from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import ENTERPRISE_USER, get

WRITES = ("POST", "PUT", "PATCH")
DOORS: dict[str, Callable[[Asked], bool]] = {
    "": lambda _: True,
    " (read)": at("read", kind="/Users"),
    " (list)": at("list", kind="/Users"),
    " (search)": at("search", kind="/Users"),
    **{f" ({each})": at(each, kind="/Users") for each in WRITES},
    " (group)": at("read", kind="/Groups"),
    " (groups)": at("list", kind="/Groups"),
    " (groups searched)": at("search", kind="/Groups"),
    " (group written)": at(*WRITES, kind="/Groups"),
}


def names_kind(is_meant: Callable[[str], bool]) -> Callable[[Asked], bool]:
    return lambda asked: any(map(is_meant, (*asked.attributes, *asked.excluded)))


def dropping(is_meant: Callable[[str], bool]) -> Server:
    """Names of one kind name nothing; where none is left nothing is shown but the id."""

    def hear(asked: Asked) -> Asked:
        found = renamed(asked, lambda name: None if is_meant(name) else name)
        is_empty = asked.attributes and not found.attributes
        return replace(found, attributes=("id",)) if is_empty else found

    return Server(hear=hear)


def shown_whole(is_meant: Callable[[str], bool]) -> Server:
    """Names of one kind are lost, so that where there are no others nothing was asked."""
    return hearing(lambda asked: renamed(asked, lambda name: None if is_meant(name) else name))


def refusing(is_meant: Callable[[str], bool]) -> Server:
    return hearing(lambda _: None, names_kind(is_meant))


def renaming(change: Callable[[str], str]) -> Server:
    return hearing(lambda asked: renamed(asked, change))


def choosing(attributes: Callable[[Names], Names], excluded: Callable[[Names], Names]) -> Server:
    return hearing(
        lambda asked: replace(
            asked, attributes=attributes(asked.attributes), excluded=excluded(asked.excluded)
        )
    )


def named(change: Callable[[str], str]) -> Server:
    return choosing(lambda names: tuple(map(change, names)), lambda names: names)


def left_out(change: Callable[[str], str]) -> Server:
    return choosing(lambda names: names, lambda names: tuple(map(change, names)))


def lacking(name: str, is_meant: Callable[[Asked], bool] = lambda _: True) -> Server:
    return then(
        lambda asked, shown, _: (
            {key: each for key, each in shown.items() if key != name} if is_meant(asked) else shown
        )
    )


def adding(name: str, is_meant: Callable[[Asked], bool]) -> Server:
    return then(
        lambda asked, shown, whole: (
            {**shown, **({name: whole[name]} if name in whole else {})} if is_meant(asked) else shown
        )
    )


ALONE = (lambda names: names[:1], lambda names: names[:1])
KINDS_OF_NAMES: dict[str, Callable[[str], bool]] = {
    "plain": lambda name: not is_part(name) and ":" not in name,
    "in capitals": lambda name: name.isupper() and ":" not in name and "." not in name,
    "part in capitals": lambda name: name.isupper() and "." in name and ":" not in name,
    "in small letters": lambda name: name.islower() and name in {"displayname", "username", "nickname", "externalid"},
    "with the core's urn": lambda name: ":core:" in name.lower() and "." not in name.rpartition(":")[2],
    "a part with the core's urn": lambda name: ":core:" in name.lower() and "." in name.rpartition(":")[2],
    "part of one": lambda name: plain(name).startswith("name."),
    "part of several": lambda name: plain(name).startswith(("emails.", "phonenumbers.", "members.")),
    "complex": lambda name: plain(name) in {"name", "meta"},
    "several": lambda name: plain(name) in {"emails", "phonenumbers", "members"},
    "boolean": lambda name: plain(name) == "active",
    "extension": lambda name: name.lower() == E,
    "extension in capitals": lambda name: name.isupper() and is_extensions(name),
    "one of an extension": lambda name: name.lower().startswith(f"{E}:") and "." not in name[len(E):],
    "complex of an extension": lambda name: name.lower() == f"{E}:manager",
    "part in an extension": lambda name: name.lower().startswith(f"{E}:manager."),
    "meta": lambda name: plain(name) == "meta",
    "part of meta": lambda name: plain(name).startswith("meta."),
    "location": lambda name: plain(name) == "meta.location",
    "groups": lambda name: plain(name) == "groups",
    "externalId": lambda name: plain(name) == "externalid",
    "userName": lambda name: plain(name) == "username",
    "unknown": lambda name: plain(name) == "nosuchattribute",
    "behind a blank": lambda name: name != name.strip(),
}  # fmt: skip
WAYS: dict[str, Server] = {
    "attributes passed over": choosing(lambda _: (), lambda names: names),
    "excluded passed over": choosing(lambda names: names, lambda _: ()),
    "attributes show the id alone": hearing(lambda asked: replace(asked, attributes=("id",)), lambda asked: bool(asked.attributes)),
    "refused where attributes are named": hearing(lambda _: None, lambda asked: bool(asked.attributes)),
    "refused where some are excluded": hearing(lambda _: None, lambda asked: bool(asked.excluded)),
    "excluded are attributes": hearing(lambda asked: replace(asked, attributes=asked.excluded, excluded=()), lambda asked: bool(asked.excluded)),
    "attributes are excluded": hearing(lambda asked: replace(asked, excluded=asked.attributes, attributes=()), lambda asked: bool(asked.attributes)),
    "first name alone": choosing(*ALONE),
    "first attribute alone": choosing(lambda names: names[:1], lambda names: names),
    "first excluded alone": choosing(lambda names: names, lambda names: names[:1]),
    "last name alone": choosing(lambda names: names[-1:], lambda names: names[-1:]),
    "no id with attributes": lacking("id", lambda asked: bool(asked.attributes)),
    "no id unless named": lacking("id", lambda asked: bool(asked.attributes) and "id" not in asked.attributes),
    "no id where excluded": lacking("id", lambda asked: "id" in asked.excluded),
    "meta always": adding("meta", lambda asked: bool(asked.attributes)),
    "meta never left out": adding("meta", lambda asked: bool(asked.excluded)),
    "meta lost where some are excluded": lacking("meta", lambda asked: bool(asked.excluded)),
    "userName always": adding("userName", lambda asked: bool(asked.attributes)),
    "userName never left out": adding("userName", lambda asked: bool(asked.excluded)),
    "displayName always": adding("displayName", lambda asked: bool(asked.attributes)),
    "active always": adding("active", lambda asked: bool(asked.attributes)),
    "emails always": adding("emails", lambda asked: bool(asked.attributes)),
    "name always": adding("name", lambda asked: bool(asked.attributes)),
    "extension always": adding(ENTERPRISE_USER, lambda asked: bool(asked.attributes)),
    "extension never left out": adding(ENTERPRISE_USER, lambda asked: bool(asked.excluded)),
    "extension lost where some are excluded": then(without_extension),
    "emptied where excluded": then(emptied),
    "nothing is everything": then(empty_is_whole),
    "false is nothing": then(lambda _, shown, __: {key: no_false(each) for key, each in shown.items() if each not in (False, "")}),
    "named within the text": showing(within_the_text),
    "urn cut at the last point": renaming(lambda name: "noSuch" if ":core:" in name.lower() and "." in name.rpartition(":")[2] else name),
}  # fmt: skip
COARSER: dict[str, Callable[[str], str]] = {
    "part": root_of_part,
    "part of several": lambda name: root(name) if KINDS_OF_NAMES["part of several"](name) else name,
    "part of one": lambda name: root(name) if KINDS_OF_NAMES["part of one"](name) else name,
    "part of an extension": lambda name: root(name) if is_extensions(name) else name,
    "part of a manager": lambda name: name.removesuffix(".value") if is_extensions(name) else name,
    "part of meta": lambda name: root(name) if plain(name).startswith("meta.") else name,
}
ALIKE: dict[str, Server] = {f"{name} shows the whole": named(change) for name, change in COARSER.items()}
ALIKE |= {f"{name} leaves out the whole": left_out(change) for name, change in COARSER.items()}
ALIKE |= {
    "last part of one alone": choosing(lambda names: tuple({plain(each).partition(".")[0]: each for each in names}.values()), lambda names: names),
    "last part left out alone": choosing(lambda names: names, lambda names: tuple({plain(each).partition(".")[0]: each for each in names}.values())),
    "first entry alone": of_lists(lambda found: found[:1], named_in_part),
    "last entry alone": of_lists(lambda found: found[-1:], named_in_part),
    "first entry alone where a part is left out": of_lists(lambda found: found[:1], left_out_in_part),
    "part left out of the first entry alone": showing(first_alone),
    "one entry as an object": then(lambda asked, shown, _: {key: each[0] if isinstance(each, list) and each and named_in_part(asked, key) else each for key, each in shown.items()}),
    "values without entries": then(lambda asked, shown, _: {key: [next(iter(one.values())) for one in each] if isinstance(each, list) and each and isinstance(each[0], dict) and named_in_part(asked, key) else each for key, each in shown.items()}),
    "parts of that name": showing(parts_of_that_name),
    "part at the top": then(at_the_top),
    "extension at the top": then(extension_at_the_top),
    "core with the extension": showing(lambda asked, whole: {**without(whole, (ENTERPRISE_USER,)), **parts(asked, whole)} if E in map(str.lower, asked.attributes) else parts(asked, whole)),
    "columns of the first": Server(arrange=columns_of_first),
    "who has nothing is not listed": Server(arrange=who_has_all),
    "further pages whole": hearing(lambda asked: replace(asked, attributes=(), excluded=()), lambda asked: (asked.start or 1) > 1),
    "sorted lists whole": hearing(lambda asked: replace(asked, attributes=(), excluded=()), lambda asked: bool(asked.sort_by)),
    "paged lists whole": hearing(lambda asked: replace(asked, attributes=(), excluded=()), lambda asked: asked.count is not None),
    "two names swapped": renaming(lambda name: {"title": "userType", "userType": "title"}.get(name, name)),
    "displayName is formatted": renaming(lambda name: "name.formatted" if plain(name) == "displayname" else name),
    "emails are one": of_lists(lambda found: [each for each in found if get(each, "primary")] or found, lambda asked, key: key == "emails" and bool(asked.attributes)),
    "primary lost": of_lists(lambda found: [{key: each for key, each in one.items() if key != "primary"} for one in found], lambda asked, _: bool(asked.attributes or asked.excluded)),
    "type lost": of_lists(lambda found: [{key: each for key, each in one.items() if key != "type"} for one in found], lambda asked, _: bool(asked.excluded)),
    "extension of another": choosing(lambda names: tuple(each.replace("department", "costCenter") for each in names), lambda names: tuple(each.replace("department", "costCenter") for each in names)),
    "inactive people whole": showing(lambda asked, whole: whole if get(whole, "active") is False else parts(asked, whole)),
}  # fmt: skip


def guarded(server: Server, is_meant: Callable[[Asked], bool]) -> Server:
    """Wrong by one door alone."""
    return replace(
        server,
        hear=lambda asked: server.hear(asked) if is_meant(asked) else asked,
        show=lambda asked, whole: server.show(asked, whole) if is_meant(asked) else parts(asked, whole),
    )


OF_NAMES: dict[str, Callable[[Callable[[str], bool]], Server]] = {
    "names nothing": dropping, "is lost": shown_whole, "is refused": refusing,
}  # fmt: skip
AT_DOORS = (
    "attributes passed over",
    "excluded passed over",
    "attributes show the id alone",
    "first attribute alone",
    "first excluded alone",
    "no id with attributes",
    "no id where excluded",
    "refused where attributes are named",
    "refused where some are excluded",
    "meta never left out",
    "excluded are attributes",
    "nothing is everything",
)
SIDES: dict[str, Callable[[Asked], bool]] = {
    " named": lambda asked: bool(asked.attributes),
    " excluded": lambda asked: bool(asked.excluded),
}
PARTS: dict[str, Server] = (
    WAYS
    | ALIKE
    | {f"{name}{door}": guarded(WAYS[name], is_meant) for name in AT_DOORS for door, is_meant in DOORS.items() if door}
    | {f"{kind} {way}{side}": guarded(make(is_meant), is_side) for kind, is_meant in KINDS_OF_NAMES.items() for way, make in OF_NAMES.items() for side, is_side in SIDES.items()}
)  # fmt: skip
GENERAL = WAYS | ALIKE
