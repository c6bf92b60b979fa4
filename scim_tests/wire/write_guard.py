"""What keeps a request from leaving: it has no declared form, or it would write to what the run did not make.

Everything here says what may be sent, and refuses the rest, for a list of what may not is never complete.
"""

import re
from typing import NoReturn

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import MADE_UP_TOKENS, Headers
from scim_tests.model.forms import SEARCH, Forms, Place, changes_the_method, is_plain_id, place_of
from scim_tests.model.slots import MARK
from scim_tests.wire import written
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_keys import GROUPS, entry

HEADERS = frozenset({
    "accept", "accept-charset", "accept-encoding", "authorization", "connection", "content-type", "user-agent",
    "x-scim-tests",
})  # fmt: skip
# What would be filled in where a request is shown as a command, although no code of ours wrote it.
PLACEHOLDER = re.compile(rf"\$\{{?SCIM_TESTS_\w+(?!\w|{re.escape(MARK)})")
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
    if ledger.distrusted:
        _refuse(step, "not-ours", f"{ledger.distrusted}, so nothing is written to this target any more")
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
        is_filled_in = name.lower() == "content-length" and not value
        if changes_the_method(name) or not (holds_a_token or is_filled_in or name.lower() in listed):
            _refuse(step, "no-form", f"its header {name} is none that its sender declares")
        if PLACEHOLDER.search(value):
            _refuse(step, "no-form", f"its header {name} has a placeholder that no act of ours wrote")


def _check_place(ledger: Ledger, step: Step, place: Place) -> None:
    makes = step.method == "POST" and not place.id
    if (makes or step.creates) and not ledger.may_name(step.creates):
        _refuse(step, "not-ours", "what it makes would have no name by which it could be told and removed")
    if makes and ledger.proves_nobody():
        why = "by a GET, the target showed none of those the run made as the run's own, so it makes nobody more whom it could not remove"
        _refuse(step, "not-ours", why)
    if makes:
        return
    ours = _may_write_to(ledger, entry(f"/{place.endpoint}", place.id))
    if not ours or place.id != step.about or not is_plain_id(place.id):
        _refuse(
            step,
            "not-ours",
            f"{step.method} {step.path} would write to what this run did not create, as far as is proven",
        )


def _check_body(ledger: Ledger, step: Step, place: Place) -> None:
    body = written.read(step.body)
    if not isinstance(body, dict):
        _refuse(
            step, "not-ours", "its body is no object with one meaning, so nobody can say whom it is about"
        )
    if any(id_ != place.id for id_ in written.own_ids(body)):
        _refuse(step, "not-ours", "its body has another id than its path, and some server may go by it")
    for name in written.names(body, NAMES[place.endpoint]) if place.endpoint in NAMES else ():
        if not ledger.may_name(name):
            why = f"it would give the name {name}, by which nobody could tell it is the run's"
            _refuse(step, "not-ours", why)
    users, groups = written.members(body), written.others(body)
    strangers = (
        [each for each in users if not _may_write_to(ledger, each)]
        if place.endpoint == "Groups"
        else [each for each in groups if not _may_write_to(ledger, entry(GROUPS, each))]
    )
    if strangers:
        _refuse(step, "not-ours", f"it would put {strangers[0]}, whom this run did not create, into a group")


def _may_write_to(ledger: Ledger, id_: str) -> bool:
    """Whether it is ours, or the id that nobody has as far as the target has shown."""
    is_nobody = id_ in {NOBODY, entry(GROUPS, NOBODY)} and not ledger.is_a_strangers(id_)
    return is_nobody or ledger.owns(id_)
