"""One user in different answers: what was written, what is shown, and where two views differ.

RFC 7643 7 lets a server change the letter case of attributes that are not case-exact, and 2.5 makes
null, an empty array and an absent attribute the same; neither counts as a difference here. Nor does
the Unicode form of a text: composed and decomposed letters are the same ones (NFC).
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

from scim_tests.checks.reading.users import user_of
from scim_tests.model.check import Finding, advice
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ENTERPRISE_USER, Json, Resource, get

READ_ONLY = frozenset({"id", "meta", "groups", "schemas"})  # the server's own, or not comparable
SECRET = frozenset({"password"})
# What only the client says (RFC 7643 4.1: readWrite), and what a server may make of it or manage itself.
CLIENTS = frozenset({
    "username", "externalid", "name", "nickname", "title", "usertype", "preferredlanguage", "locale",
    "timezone", "active", "emails", "phonenumbers", "ims", "addresses",
})  # fmt: skip
SHARED = frozenset({"displayname", "roles", "entitlements", "x509certificates", "id"})
SECOND = timedelta(seconds=1)  # what databases and formats take off a date
MADE_UP = "$.name.formatted"  # the server's, in what is the client's else
NOT_A_DIGIT = re.compile(r"[^0-9;]")
EXTENSION = re.compile(r"(?i)(?<=\d)[\s,)]*(?:;ext=|ext(?:ension)?\b|x|#)(?=\W*\d)")  # of a telephone number
MANAGERS = ".manager.displayname"  # RFC 7643 4.3: read-only, and said of another user


def sent(exchange: Exchange) -> Resource:
    """The user Okta last wrote in this scene: the body of a create or a PUT. NotObserved where that was refused."""
    for each in reversed((*exchange.before, exchange)):
        if each.request.method in {"POST", "PUT"}:
            if not each.is_success:
                raise NotObserved(each.step, f"answered {each.answer.phrase}")
            return each.request.resource
    raise NotObserved("", "no user was created, so there is nothing to compare with")


def kept(exchange: Exchange, *path: str) -> Finding | None:
    """A finding where one attribute does not show as it was sent; a change of letter case only is advice.

    What was not sent is not looked at.
    """
    wanted, shown = get(sent(exchange), *path), get(user_of(exchange), *path)
    if wanted is None or wanted == shown:
        return None
    where = "$." + ".".join(path)
    expected = json.dumps(wanted, ensure_ascii=False)
    if fold(wanted) == fold(shown):
        return advice(expected, f"{describe(shown)}, in another letter case or Unicode form", where)
    return Finding(expected, describe(shown), where)


def is_the_clients(path: str) -> bool:
    """Whether only the client says what stands at a path; RFC 7643 8.7.1 lets a server make up the rest."""
    return path.lower() != MADE_UP and (_is_enterprise(path) or _root(path) in CLIENTS)


def is_made_up(path: str) -> bool:
    """Whether servers make an attribute of a user of the others, such as a full name."""
    return path.lower() in {MADE_UP, "$.displayname"}


def is_shared(path: str) -> bool:
    """Whether a server may set an attribute itself besides the client, such as a role that everybody has."""
    return _root(path) in SHARED


def may_come_from_groups(path: str) -> bool:
    """Whether an attribute of a user may move with a group, which gives roles and rights to its members."""
    return _root(path) in {"roles", "entitlements"}


def is_the_rfcs(path: str) -> bool:
    """Whether RFC 7643 defines an attribute; of others nobody knows how they move."""
    return _is_enterprise(path) or _root(path) in CLIENTS | SHARED


def _is_enterprise(path: str) -> bool:
    return path.lower().startswith(f"$.{ENTERPRISE_USER.lower()}.")


def _root(path: str) -> str:
    return re.split(r"[.\[]", path.lower().removeprefix("$."), maxsplit=1)[0]


def weightiest(findings: Iterator[Finding]) -> Finding | None:
    """The first finding that is not mild, else the first."""
    found = list(findings)
    return min(found, key=lambda finding: finding.mild) if found else None


def moment(date: Json) -> datetime | None:
    """A date and time, or None where there is none; without a zone it is taken for UTC."""
    try:
        read = datetime.fromisoformat(str(date))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def is_another_moment(was: Json, now: Json) -> bool:
    """Whether it is another moment; where dates are written to another number of digits, by more than a second."""
    one, other = moment(was), moment(now)
    if one is None or other is None or one == other:
        return False
    return len(str(was)) == len(str(now)) or abs(other - one) > SECOND


def changes(before: Resource, after: Resource) -> Iterator[tuple[str, Json, Json]]:
    """Attributes whose value is another one in `after`, or gone: (path, before, after or None)."""
    if before == after:
        return
    shown = {path.lower(): value for path, value in leaves(after)}
    for path, value in leaves(before):
        now = shown.get(path.lower())
        if _has_values(value) and _has_values(now):
            yield from _value_changes(path, value, now)
        elif fold(value) != fold(now):
            yield path, value, now


def _has_values(values: Json) -> bool:
    return isinstance(values, list) and all(get(each, "value") is not None for each in values)


def _value_changes(path: str, before: Json, after: Json) -> Iterator[tuple[str, Json, Json]]:
    """Of a multi-valued attribute: other values, or for each value other sub-attributes."""
    key = _key(before, after)
    were, are = ({key(each): each for each in values} for values in (before, after))
    if were.keys() != are.keys():
        yield path, [get(each, "value") for each in before], [get(each, "value") for each in after]
        return
    for name, element in were.items():
        shown = json.dumps(get(element, "value"), ensure_ascii=False)
        for part, was, now in changes(element, are[name]):
            yield f"{path}[?(@.value=={shown})]{part.removeprefix('$')}", was, now


def _key(*lists: list[Resource]) -> Callable[[Resource], str]:
    """What tells values apart: the value itself, with its type where a value stands twice (RFC 7643 2.4)."""

    def by_value(element: Resource) -> str:
        return json.dumps(fold(get(element, "value")), sort_keys=True)

    def by_type_too(element: Resource) -> str:
        return json.dumps(fold([get(element, "type"), get(element, "value")]), sort_keys=True)

    twice = any(most > 1 for values in lists for most in Counter(map(by_value, values)).values())
    return by_type_too if twice else by_value


def leaves(value: Resource, path: str = "$") -> Iterator[tuple[str, Json]]:
    """Each attribute with a value, complex ones by their sub-attributes; arrays are one value.

    The name of a manager is the manager's, and moves as that user does.
    """
    for key, member in value.items():
        here = f"{path}.{key}"
        if not isinstance(member, str) and isinstance(
            member, Mapping
        ):  # most are texts, which is seen at once
            yield from leaves(member, here)
        elif member is not None and member != [] and not here.lower().endswith(MANAGERS):
            yield here, member


def holds(shown: Json, wanted: Json, path: str = "$") -> bool:
    """Whether all that was sent is there; what a server adds, such as a display name, is its own, as is what is read-only."""
    if isinstance(wanted, list):
        values = shown if isinstance(shown, list) else []
        return all(any(holds(value, each) for value in values) for each in wanted)
    if isinstance(wanted, Mapping):
        return all(holds(get(shown, name), value, f"{path}.{name}") for name, value in wanted.items())
    return is_alike(path, shown, wanted)


def is_alike(path: str, one: Json, other: Json) -> bool:
    """The same, or another form of the same: letter case, Unicode, a phone number's punctuation (RFC 7643 4.1.2), `primary` false or absent.

    A manager's name is the manager's, and addresses of resources are the server's.
    """
    if one == other:
        return True
    name = path.lower()
    if name.endswith((MANAGERS, ".$ref")) or fold(one) == fold(other):
        return True
    if name.endswith(".primary"):
        return bool(one) is bool(other)
    if name.startswith("$.phonenumbers") and isinstance(one, str) and isinstance(other, str):
        return _digits(one) == _digits(other) != ""
    return not one and not other and not isinstance(one, bool) and not isinstance(other, bool)


def _digits(number: str) -> str:
    """Those of a telephone number, a semicolon before its extension."""
    return NOT_A_DIGIT.sub("", EXTENSION.sub(";", number))


def fold(value: Json) -> Json:
    """For comparison: letter case and Unicode form folded, array order and nulls of no account."""
    if isinstance(value, str):
        return normalize("NFC", normalize("NFC", value).casefold())
    if isinstance(value, Mapping):
        return {key.lower(): fold(each) for key, each in value.items() if each is not None and each != []}
    if isinstance(value, list):
        return sorted(
            (fold(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True, default=str)
        )
    return value


def without(user: Resource, *names: frozenset[str]) -> Resource:
    """The user less some top-level attributes."""
    left_out = {name.lower() for group in names for name in group}
    return {key: value for key, value in user.items() if key.lower() not in left_out}
