"""Comparisons, each wrong in one way, of attributes of one kind alone, or of all: see `mutant_readers`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from unicodedata import normalize

from mutant_readers import Clause, Fits, Of, Truth, all_of

from scim_tests.checks.reading.filters import values_at
from scim_tests.checks.reading.parameters import plain
from scim_tests.model.scim import ENTERPRISE_USER, USER, Resource

LISTS = ("emails", "phonenumbers", "addresses")
E = ENTERPRISE_USER.lower()
Meant = Callable[[str], bool]
# By kind, the paths that go through code of their own in many a target.
KINDS: dict[str, Meant] = {
    "any": lambda _: True,
    "userName": lambda path: path == "username",
    "core texts": lambda path: path in {"title", "nickname", "usertype", "displayname", "preferredlanguage"},
    "parts of names": lambda path: path.startswith("name"),
    "lists": lambda path: path.partition(".")[0] in LISTS,
    "extension": lambda path: path.startswith(E),
    "ids": lambda path: path in {"id", "externalid"},
    "active": lambda path: path == "active",
}


def operators(**read_as: str) -> Of:
    """One operator read as another."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        return fits(replace(clause, op=read_as.get(clause.op.lower(), clause.op)), resource)

    return of


def lists_cut(choose: Callable[[list[Any]], list[Any]]) -> Of:
    """Of every list some entries."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        cut = {
            key: choose(value) if isinstance(value, list) and value else value
            for key, value in resource.items()
        }
        return fits(clause, cut)

    return of


def every_entry(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    name = next((key for key in resource if key.lower() == plain(clause.path).partition(".")[0]), "")
    values = resource.get(name)
    if not isinstance(values, list) or not values:
        return fits(clause, resource)
    return all_of(fits(clause, {**resource, name: [each]}) for each in values)


def joined(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    """The values of a list as one text."""
    values = [str(each) for each in values_at(resource, plain(clause.path))]
    if len(values) < 2 or not isinstance(clause.value, str):
        return fits(clause, resource)
    return fits(replace(clause, path="title"), {"title": ",".join(values)})


def _shown(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _shown(each, change) for key, each in value.items()}
    return [_shown(each, change) for each in value] if isinstance(value, list) else value


def texts(wanted: Callable[[str], str], shown: Callable[[str], str] = lambda text: text) -> Of:
    """What is asked for, and what somebody has, changed before they are compared."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        if not isinstance(clause.value, str) or plain(clause.path).startswith("meta."):
            return fits(clause, resource)
        return fits(replace(clause, value=wanted(clause.value)), _shown(resource, shown))

    return of


def plainly(compare: Callable[[str, str, str], bool], ops: str = "eq co sw ew") -> Of:
    """Texts compared otherwise: by the operator, what is shown and what is wanted."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        if not isinstance(clause.value, str) or clause.op.lower() not in ops.split():
            return fits(clause, resource)
        values = [each for each in values_at(resource, plain(clause.path)) if isinstance(each, str)]
        return any(compare(clause.op.lower(), each, clause.value) for each in values)

    return of


def simply(op: str, shown: str, wanted: str) -> bool:
    return {
        "eq": shown == wanted, "co": wanted in shown, "sw": shown.startswith(wanted), "ew": shown.endswith(wanted),
        "gt": shown > wanted, "ge": shown >= wanted, "lt": shown < wanted, "le": shown <= wanted,
    }[op]  # fmt: skip


def like(op: str, shown: str, wanted: str) -> bool:
    """SQL's LIKE, whose wildcards nobody escaped."""
    pattern = "".join({"%": ".*", "_": "."}.get(each, re.escape(each)) for each in wanted.lower())
    return _by_pattern(op, shown.lower(), pattern)


def stars(op: str, shown: str, wanted: str) -> bool:
    return _by_pattern(op, shown.lower(), ".*".join(map(re.escape, wanted.lower().split("*"))))


def regex(op: str, shown: str, wanted: str) -> bool:
    try:
        return _by_pattern(op, shown.lower(), wanted.lower())
    except re.error:
        return False


def _by_pattern(op: str, shown: str, pattern: str) -> bool:
    around = {"eq": "{}", "co": ".*(?:{}).*", "sw": "(?:{}).*", "ew": ".*(?:{})"}[op]
    return bool(re.fullmatch(around.format(pattern), shown, re.DOTALL))


def first_place(op: str, shown: str, wanted: str) -> bool:
    """What ends with it has it at its end where it first stands."""
    shown, wanted = shown.lower(), wanted.lower()
    return shown.find(wanted) == len(shown) - len(wanted) if op == "ew" else simply(op, shown, wanted)


def numbers(op: str, shown: str, wanted: str) -> bool:
    if shown.isdecimal() and wanted.isdecimal() and op in {"eq", "gt", "ge", "lt", "le"}:
        one, other = int(shown), int(wanted)
        return {
            "eq": one == other,
            "gt": one > other,
            "ge": one >= other,
            "lt": one < other,
            "le": one <= other,
        }[op]
    return simply(op, shown.lower(), wanted.lower())


def words(op: str, shown: str, wanted: str) -> bool:
    """A full-text index: whole words of letters and digits, in any order."""
    found = set(re.findall(r"\w+", shown.lower()))
    return (
        simply("eq", shown.lower(), wanted.lower())
        if op == "eq"
        else set(re.findall(r"\w+", wanted.lower())) <= found
    )


def ascii_lower(text: str) -> str:
    return "".join(each.lower() if each.isascii() else each for each in text)


def unaccented(text: str) -> str:
    return "".join(each for each in normalize("NFKD", text) if each.isascii())


def present(value: bool, when: Callable[[list[Any]], bool]) -> Of:
    """`pr`, which says so where this is so of the values."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        values = values_at(resource, plain(clause.path))
        return value if clause.op.lower() == "pr" and when(values) else fits(clause, resource)

    return of


def path(change: Callable[[str], str]) -> Of:
    """The attribute read as another."""

    def of(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        return fits(replace(clause, path=change(clause.path)), resource)

    return of


def as_typed(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    """Names are case exact; whom nobody knows has no value."""
    found: Any = [resource]
    bare = clause.path.removeprefix(f"{USER}:")
    for name in (
        (ENTERPRISE_USER, *bare.removeprefix(f"{ENTERPRISE_USER}:").split("."))
        if bare.startswith(ENTERPRISE_USER)
        else bare.split(".")
    ):
        found = [
            one for each in found for one in ([each[name]] if isinstance(each, dict) and name in each else [])
        ]
        found = [one for each in found for one in (each if isinstance(each, list) else [each])]
    is_somewhere = bool(values_at(resource, plain(clause.path)))
    return False if is_somewhere and not found else fits(clause, resource)


def empty_is_all(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    return True if clause.value == "" and clause.op.lower() == "eq" else fits(clause, resource)


def bools_are_texts(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    """Everything is text: "true" is true, and a flag that is not there is false."""
    if isinstance(clause.value, bool) and not values_at(resource, plain(clause.path)):
        return clause.value is False
    return fits(clause, resource)


def bare(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    """A list without a part has no value of its own."""
    return False if plain(clause.path) in LISTS else fits(clause, resource)


def capital_operators(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    return fits(clause, resource) if clause.op.islower() else False


def schemas_first(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    return fits(clause, {**resource, "schemas": resource.get("schemas", [])[:1]})


def inactive_hidden(clause: Clause, resource: Resource, fits: Fits) -> Truth:
    """Who is inactive is found by `active` alone."""
    hidden = plain(clause.path) != "active" and resource.get("active") is False
    return False if hidden else fits(clause, resource)


OF_KINDS: dict[str, Of] = {
    "eq is co": operators(eq="co"), "eq is sw": operators(eq="sw"), "co is sw": operators(co="sw"), "co is ew": operators(co="ew"),
    "co is eq": operators(co="eq"), "sw is co": operators(sw="co"), "sw is eq": operators(sw="eq"), "ew is co": operators(ew="co"),
    "ew is eq": operators(ew="eq"), "ne is eq": operators(ne="eq"), "gt is ge": operators(gt="ge"), "ge is gt": operators(ge="gt"),
    "lt is le": operators(lt="le"), "le is lt": operators(le="lt"), "gt is lt": operators(gt="lt", lt="gt"), "ge is le": operators(ge="le", le="ge"),
    "every operator is eq": operators(ne="eq", co="eq", sw="eq", ew="eq", gt="eq", ge="eq", lt="eq", le="eq"),
    "as it is written": plainly(simply), "order by code points": plainly(simply, "gt ge lt le"),
    "in no case": plainly(lambda op, shown, wanted: simply(op, shown.casefold(), wanted.casefold())),
    "exact in parts of texts": plainly(simply, "co sw ew"), "exact in eq": plainly(simply, "eq"),
    "asked in small letters": plainly(lambda op, shown, wanted: simply(op, shown, wanted.lower())),
    "shown in small letters": plainly(lambda op, shown, wanted: simply(op, shown.lower(), wanted)),
    "LIKE": plainly(like), "stars": plainly(stars), "a pattern": plainly(regex), "where it first stands": plainly(first_place), "numbers": plainly(numbers, "eq"), "order of numbers": plainly(numbers, "gt ge lt le"),
    "words": plainly(words, "co sw ew"),
    "blanks are one": texts(lambda text: re.sub(" +", " ", text), lambda text: re.sub(" +", " ", text)),
    "without accents": texts(unaccented, unaccented), "case of ASCII": plainly(lambda op, shown, wanted: simply(op, ascii_lower(shown), ascii_lower(wanted))),
    "plus is a blank": texts(lambda text: text.replace("+", " ")), "cut at &": texts(lambda text: text.partition("&")[0]), "cut at #": texts(lambda text: text.partition("#")[0]),
    "percent is decoded": texts(lambda text: text.replace("%;", ";")), "cut at a quote": texts(lambda text: text.partition('"')[0]),
    "backslash goes": texts(lambda text: text.replace("\\", "")), "quotes keep theirs": texts(lambda text: text.replace('"', '\\"')),
    "cut at a bracket": texts(lambda text: re.split(r"[()\[\]]", text)[0]), "cut at a word": texts(lambda text: re.split(r" (?:and|or|not|eq) ", text)[0]),
    "asked blanks are one": texts(lambda text: re.sub(" +", " ", text)), "cut at eq": texts(lambda text: text.split("eq")[0]),
    "cut at a blank": texts(lambda text: text.split(" ")[0] or text), "small letters in values": texts(str.lower), "dash is an underscore": texts(lambda text: text.replace("-", "_")),
    "the first of a list": lists_cut(lambda found: found[:1]), "the last of a list": lists_cut(lambda found: found[-1:]),
    "the primary of a list": lists_cut(lambda found: [each for each in found if isinstance(each, dict) and each.get("primary")] or found[:1]),
    "all of a list": every_entry, "a list as one text": joined, "no bare lists": bare,
    "everybody is present": present(value=True, when=lambda _: True), "nobody is present": present(value=False, when=lambda _: True), "false is not present": present(value=False, when=lambda values: False in values),
    "absent is present": present(value=True, when=lambda values: not values), "present is absent in many": present(value=False, when=lambda values: len(values) > 1),
    "names case exact": as_typed, "empty is all": empty_is_all, "operators in small letters": capital_operators,
    "unknown": lambda *_: False, "left out": lambda *_: True, "inactive hidden": inactive_hidden, "first schema alone": schemas_first,
}  # fmt: skip
ALIKE: dict[str, Of] = {
    "given name is family name": path(
        lambda name: re.sub("familyname", "givenName", name, flags=re.IGNORECASE)
    ),
    "family name is given name": path(
        lambda name: re.sub("givenname", "familyName", name, flags=re.IGNORECASE)
    ),
    "a part is the last word": path(
        lambda name: re.sub(r"^name\.\w+$", "displayName", name, flags=re.IGNORECASE)
    ),
    "type is value": path(lambda name: re.sub(r"emails\.type", "emails.value", name, flags=re.IGNORECASE)),
    "phones are addresses": path(lambda name: re.sub(r"phoneNumbers", "emails", name, flags=re.IGNORECASE)),
    "externalId is id": path(lambda name: "id" if name.lower() == "externalid" else name),
    "department is costCenter": path(lambda name: name.replace("department", "costCenter")),
    "number is costCenter": path(lambda name: name.replace("employeeNumber", "costCenter")),
    "nickName is displayName": path(lambda name: "displayName" if name.lower() == "nickname" else name),
    "title is userType": path(lambda name: "userType" if name.lower() == "title" else name),
    "userType is title": path(lambda name: "title" if name.lower() == "usertype" else name),
    "displayName is formatted": path(
        lambda name: "name.familyName" if name.lower() == "displayname" else name
    ),
    "userName is an address": path(lambda name: "emails.value" if name.lower() == "username" else name),
    "addresses are userName": path(
        lambda name: "userName" if name.lower() in {"emails", "emails.value"} else name
    ),
    "created is lastModified": path(lambda name: name.replace("created", "lastModified")),
    "lastModified is created": path(lambda name: name.replace("lastModified", "created")),
}


def remembered(of: Of) -> Of:
    """The comparison, made once of each clause and person."""
    known: dict[tuple[str, str, str, str, int], Truth] = {}

    def remember(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        key = (fits.root, clause.path, clause.op, repr(clause.value), id(resource))
        if key not in known:
            known[key] = of(clause, resource, fits)
        return known[key]

    return remember


def narrowed(of: Of, is_meant: Meant) -> Of:
    """The comparison of some attributes alone."""

    def narrow(clause: Clause, resource: Resource, fits: Fits) -> Truth:
        meant = of if is_meant(fits.root + plain(clause.path)) else honest
        return meant(clause, resource, fits)

    return narrow


honest = remembered(lambda clause, resource, fits: fits(clause, resource))
# By name, the comparison and of which attributes it is made.
COMPARISONS: dict[str, tuple[Of, Meant]] = {
    f"{name} ({kind})": (of, is_meant)
    for name, of in {name: remembered(each) for name, each in OF_KINDS.items()}.items()
    for kind, is_meant in KINDS.items()
} | {name: (remembered(of), KINDS["any"]) for name, of in ALIKE.items()}
