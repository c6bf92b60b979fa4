"""What keeps a request from leaving: it has no declared form, or it would write to what the run did not make.

Everything here says what may be sent, and refuses the rest, for a list of what may not is never complete.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import MADE_UP_TOKENS, Headers
from scim_tests.model.forms import SEARCH, Forms, Place, changes_the_method, is_plain_id, place_of
from scim_tests.model.scim import Json, get
from scim_tests.model.slots import MARK
from scim_tests.wire.ledger import Ledger, entry

HEADERS = frozenset({
    "accept", "accept-charset", "accept-encoding", "authorization", "connection", "content-length", "content-type",
    "host", "user-agent", "x-scim-tests",
})  # fmt: skip
# What the body of a request about a group may say. An id can stand in no other place.
KEYS = frozenset({
    "schemas", "id", "externalid", "displayname", "members", "meta", "operations", "op", "path", "value", "display",
    "type", "$ref",
})  # fmt: skip
TEXTS = frozenset({"schemas", "externalid", "displayname", "op", "display"})  # no id is read there
PATH = re.compile(r'[\w:.-]+(?:\[[\w.]+ eq "((?:[^"\\]|\\.)*)"\](?:\.\w+)?)?', re.IGNORECASE)
# What would be filled in where a request is shown as a command, although no code of ours wrote it.
PLACEHOLDER = re.compile(rf"\$\{{?SCIM_TESTS_\w+(?!\w|{re.escape(MARK)})")
REFERENCE = re.compile(r"(?:https?://[^?#%;\\@]+/)?Users/([^/?#%;\\]+)")
NAMES = {"Users": "username", "Groups": "displayname"}


def check(ledger: Ledger, step: Step, sends: Forms, given: Headers = ()) -> None:
    """OwnError for a step that may not leave; `given` are headers that the user adds to every request.

    `no-form`: nothing that its sender declares. `not-ours`: it would write to somebody whom the ledger has
    not proven to be the run's own, put such a person into a group, or give a name nobody could tell it by.
    """
    place = place_of(step.path)
    if place is None or f"{step.method} {place.form}" not in sends:
        _refuse(step, "no-form", f"{step.method} {step.path} is no form of request that its sender declares")
    _check_headers(step, given)
    if step.method == "GET" or place.id == SEARCH:
        return
    _check_place(ledger, step, place)
    if step.body:
        _check_body(ledger, step, place)


def _refuse(step: Step, code: str, why: str) -> NoReturn:
    raise OwnError(code, f"{step.name} was not sent: {why}.")


def _check_headers(step: Step, given: Headers) -> None:
    """Those that are listed, the user's own, and one that holds a secret of ours: some targets name it as they like."""
    listed = HEADERS | {name.lower() for name, _ in given}
    for name, value in step.headers:
        holds_a_token = MARK in value or value in MADE_UP_TOKENS
        if changes_the_method(name) or not (holds_a_token or name.lower() in listed):
            _refuse(step, "no-form", f"its header {name} is none that its sender declares")
        if PLACEHOLDER.search(value):
            _refuse(step, "no-form", f"its header {name} has a placeholder that no act of ours wrote")


def _check_place(ledger: Ledger, step: Step, place: Place) -> None:
    makes = step.method == "POST" and not place.id
    if (makes or step.creates) and not ledger.may_name(step.creates):
        _refuse(step, "not-ours", "what it makes would have no name by which it could be told and removed")
    if makes:
        return
    ours = ledger.owns(entry(f"/{place.endpoint}", place.id)) or place.id == NOBODY
    if not ours or place.id != step.about or not is_plain_id(place.id):
        _refuse(
            step,
            "not-ours",
            f"{step.method} {step.path} would write to what this run did not create, as far as is proven",
        )


def _check_body(ledger: Ledger, step: Step, place: Place) -> None:
    try:
        body = json.loads(step.body.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError):
        _refuse(step, "not-ours", "its body cannot be read, so nobody can say whom it is about")
    if not isinstance(body, dict):
        _refuse(step, "not-ours", "its body is no object, so nobody can say whom it is about")
    if any(id_ != place.id for id_ in _own_ids(body)):
        _refuse(step, "not-ours", "its body has another id than its path, and some server may go by it")
    for name in _named(body, NAMES[place.endpoint]) if place.endpoint in NAMES else ():
        if not ledger.may_name(name):
            _refuse(
                step, "not-ours", f"it would give the name {name}, by which nobody could tell it is the run's"
            )
    if place.endpoint == "Groups":
        stranger = next((each for each in _ids(body) if each != NOBODY and not ledger.owns(each)), None)
        if stranger is not None:
            _refuse(step, "not-ours", f"it would put {stranger}, whom this run did not create, into a group")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are unique in any letter case: of two, who knows which one a server reads."""
    if len({name.casefold() for name, _ in pairs}) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return dict(pairs)


def _own_ids(body: Json) -> Iterator[str]:
    """The ids that a body says its resource has: on top, or as what a PATCH sets."""
    operations = get(body, "Operations")
    sets = [get(each, "value") for each in operations] if isinstance(operations, list) else []
    for each in (body, *sets):
        if isinstance(each, dict) and (found := get(each, "id")) is not None:
            yield str(found)


def _named(value: Json, attribute: str, *, given: bool = False) -> Iterator[str]:
    """Every name that a body gives, in any shape: in a member, or in what a PATCH sets at that path."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each, attribute, given=given)
    elif isinstance(value, dict):
        known = {key.casefold(): member for key, member in value.items()}
        at_path = attribute in str(known.get("path")).casefold()
        for key, member in known.items():
            names_it = attribute in key or (at_path and key == "value")
            yield from _named(member, attribute, given=given or names_it)
    elif given:
        yield str(value)


def _ids(value: Json, key: str = "", *, about_the_group: bool = True) -> Iterator[str]:
    """Whatever in a group's body could be the id of a member, in any shape.

    `about_the_group`: its own id may stand there, too, which is compared with that of the path.
    """
    if isinstance(value, list):
        for each in value:
            yield from _ids(each, key, about_the_group=about_the_group and key == "operations")
    elif isinstance(value, dict):
        members = {name.casefold(): member for name, member in value.items()}
        yield from _ids_in_object(members, about_the_group=about_the_group)
    elif value is None or isinstance(value, bool) or value == "" or key in TEXTS:
        return
    elif key == "path":
        yield from _ids_in_path(str(value))
    elif key == "$ref":
        found = REFERENCE.fullmatch(str(value))
        yield found[1] if found else str(value)
    elif key != "type" or value != "User":  # the id of a group may be that of a user of ours, too
        yield str(value)


def _ids_in_object(members: dict[str, Json], *, about_the_group: bool) -> Iterator[str]:
    yield from members.keys() - KEYS
    path = str(members.get("path", "")).casefold()
    for key, member in members.items():
        if key == "meta" or (key == "id" and about_the_group):
            continue
        read_as = "display" if path in TEXTS and key == "value" else key
        goes_on = about_the_group and not path and key in {"operations", "value"}
        yield from _ids(member, read_as, about_the_group=goes_on)


def _ids_in_path(path: str) -> Iterable[str]:
    """The id a path selects by; a path that is no attribute's, as a whole."""
    found = PATH.fullmatch(path)
    try:
        return [json.loads(f'"{found[1]}"')] if found and found[1] is not None else [] if found else [path]
    except ValueError:
        return [path]
