"""What stands before every request: `check` says whether it may leave, `before` and `after` keep the ledger.

Everything here says what may be sent, and refuses the rest, for a list of what may not is never complete.
"""

import re
from dataclasses import replace
from typing import NoReturn

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.bulk import BULK
from scim_tests.model.exchange import MADE_UP_TOKENS, Answer, Headers, Heard
from scim_tests.model.forms import SEARCH, Forms, Place, changes_the_method, is_plain_id, place_of
from scim_tests.model.refusal import is_refusal
from scim_tests.model.scim import GONE
from scim_tests.model.slots import MARK
from scim_tests.model.unreadable import UNREADABLE
from scim_tests.wire import operations, written
from scim_tests.wire.identities import Identity, identities, is_plain
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_keys import GROUPS, entry, is_alike

HEADERS = frozenset({
    "accept", "accept-charset", "accept-encoding", "authorization", "connection", "content-type", "user-agent",
    "if-match", "if-none-match", "x-scim-tests",
})  # fmt: skip
# What would be filled in where a request is shown as a command, although no code of ours wrote it.
PLACEHOLDER = re.compile(rf"\$\{{?SCIM_TESTS_\w+(?!\w|{re.escape(MARK)})")
NAMES = {"Users": "username", "Groups": "displayname"}
UNPROVEN = "would write to what this run did not create, as far as is proven"
LONG = 16  # characters of an id that counts nothing up


def check(ledger: Ledger, step: Step, sends: Forms, given: Headers = ()) -> None:
    """OwnError for a step that may not leave; `given` are headers that the user adds to every request.

    `no-form`: nothing that its sender declares. `not-ours`: it would write to somebody whom the ledger has
    not proven to be the run's own, put such a person into a group, or give a name nobody could tell it by.
    """
    place = _check_form(step, sends)
    _check_headers(step, given)
    if step.method == "GET" or SEARCH in {place.id, place.endpoint}:
        return
    if ledger.distrusted:
        _refuse(step, "not-ours", f"{ledger.distrusted}, so nothing is written to this target any more")
    if place.form == BULK:
        _check_parts(ledger, step, sends)
    else:
        _check_write(ledger, step, place)


def _check_form(step: Step, sends: Forms) -> Place:
    place = place_of(step.path)
    if place is None or f"{step.method} {place.form}" not in sends:
        _refuse(step, "no-form", f"{step.method} {step.path} is no form of request that its sender declares")
    if step.parts and place.form != BULK:
        _refuse(step, "no-form", "only a bulk request has parts")
    return place


def _check_write(ledger: Ledger, step: Step, place: Place) -> None:
    _check_place(ledger, step, place)
    if step.body:
        _check_body(ledger, step, place)


def _check_parts(ledger: Ledger, step: Step, sends: Forms) -> None:
    """Each operation of a bulk request is looked at as the request that it stands for."""
    if why := operations.misread(step):
        _refuse(step, "no-form", why)
    for each in step.parts:
        part = replace(operations.without_references(each, step.parts), name=step.name)
        place = _check_form(part, sends)
        if part.method != "GET":
            _check_write(ledger, part, place)


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
            f"{step.method} {step.path} {UNPROVEN}",
        )


def _check_body(ledger: Ledger, step: Step, place: Place) -> None:
    is_meant_to_be_broken = step.method in {"PUT", "PATCH"} and step.body in UNREADABLE
    if is_meant_to_be_broken and place.endpoint == "Users":  # whose path names one of ours
        return
    body = written.read(step.body)
    if not isinstance(body, dict):
        _refuse(
            step, "not-ours", "its body is no object with one meaning, so nobody can say whom it is about"
        )
    if any(
        # What bears the run's name is nobody else's id; whom the run made it may write to.
        id_ != place.id and not (ledger.may_name(id_) or ledger.owns(entry(f"/{place.endpoint}", id_)))
        for id_ in written.own_ids(body)
    ):
        _refuse(step, "not-ours", "its body has another id than its path, and some server may go by it")
    for name in written.names(body, NAMES[place.endpoint]) if place.endpoint in NAMES else ():
        if not (ledger.may_name(name) or (name == "" and _puts_to_ours(ledger, step, place))):
            why = f"it would give the name {name}, by which nobody could tell it is the run's"
            _refuse(step, "not-ours", why)
    users, groups = written.members(body), written.others(body)
    strangers = (
        [each for each in users if not _may_be_a_member(ledger, each)]
        if place.endpoint == "Groups"
        else [each for each in groups if not _may_write_to(ledger, entry(GROUPS, each))]
    )
    if strangers:
        _refuse(step, "not-ours", f"it would put {strangers[0]}, whom this run did not create, into a group")


def _puts_to_ours(ledger: Ledger, step: Step, place: Place) -> bool:
    """Whether it is a PUT to what is proven, by whose id alone it can be told: one without a name may leave as well."""
    return step.method == "PUT" and ledger.owns(entry(f"/{place.endpoint}", place.id))


def _may_be_a_member(ledger: Ledger, id_: str) -> bool:
    """Whether it is a user of ours, or a group of ours whose id is too long for a user to have it by chance."""
    return _may_write_to(ledger, id_) or (len(id_) >= LONG and ledger.owns(entry(GROUPS, id_)))


def _may_write_to(ledger: Ledger, id_: str) -> bool:
    """Whether it is ours, or the id that nobody has as far as the target has shown."""
    is_nobody = id_ in {NOBODY, entry(GROUPS, NOBODY)} and not ledger.is_a_strangers(id_)
    return is_nobody or ledger.owns(id_)


def before(ledger: Ledger, step: Step) -> None:
    """Tell the ledger of a name that is about to be ours, by a create or by a new name for what is ours.

    WriteError where that cannot be on disk; then the step must not leave.
    """
    for part in step.parts:
        before(ledger, part)
    endpoint, id_ = _place(step)
    if name := _makes(ledger, step):
        ledger.intend(name)
    elif step.creates:
        ledger.rename(entry(endpoint, id_), entry(endpoint, step.creates))


def after(ledger: Ledger, step: Step, heard: Heard) -> None:
    """Tell the ledger what came of what was asked, then whom the answer shows. Never raises for what a target says."""
    for part, said in operations.shared_out(step, heard):
        _hear(ledger, part, said)
    _hear(ledger, step, heard)


def _hear(ledger: Ledger, step: Step, heard: Heard) -> None:
    answer, (endpoint, id_) = heard.answer, _place(step)
    if creates := _makes(ledger, step):
        _note_create(ledger, creates, endpoint, heard)
    if answer is None:
        return
    # A search, say, that some router took for a create.
    if step.method == "POST" and not creates and answer.status == 201 and (given := answer.id):
        ledger.created(f"POST {step.path}", entry(endpoint, given))
    if step.removes and (answer.is_success or answer.status in GONE):
        ledger.removed(entry(endpoint, step.about))
    shown = identities(endpoint, answer.body)
    about = entry(endpoint, id_) if id_ and id_ != SEARCH else ""
    if about and answer.is_success and _is_mixed_up(ledger, step, about, shown):
        ledger.distrust(f"{step.method} {step.path} showed somebody else")
    for each in shown:  # what stands in an answer by id without an id of its own is said of that id
        id_ = each.id or about
        is_as_it_was = step.removes and is_alike(id_, about) and ledger.claims(each.name, id_)
        if id_ and not is_as_it_was:
            ledger.witness(id_, each.name)
    if about and step.method == "GET" and answer.status in GONE:
        ledger.gone(about)
    elif about and answer.is_success:
        _weigh(ledger, step, about, answer, shown)


def _makes(ledger: Ledger, step: Step) -> str:
    """The name, as the ledger calls it, under which a step may make somebody: by POST, or by PUT where nobody is."""
    endpoint, id_ = _place(step)
    if step.method == "POST" and step.creates:
        return entry(endpoint, step.creates)
    if step.method == "PUT" and (id_ == NOBODY or ledger.is_gone(entry(endpoint, id_))):
        return next((each.name for each in identities(endpoint, step.body)), "")
    return ""


def _note_create(ledger: Ledger, name: str, endpoint: str, heard: Heard) -> None:
    answer = heard.answer
    if heard.unreachable:
        ledger.not_created(name)
    elif is_refusal(answer):
        ledger.refused(name)
    elif answer and answer.is_success and (given := answer.id):
        ledger.created(name, entry(endpoint, given))
        if not is_plain_id(given):  # nobody can ask for it
            ledger.doubt(entry(endpoint, given))


def _is_mixed_up(ledger: Ledger, step: Step, about: str, shown: list[Identity]) -> bool:
    """Whether it shows somebody else where it has to show ours: by a GET, or as whom a write reached."""
    if not shown or not ledger.is_somebody_else(shown[0].name):
        return False
    is_under_it = not shown[0].id or is_alike(shown[0].id, about)
    return step.method != "GET" or (is_under_it and ledger.may_not_be_another(about))


def _weigh(ledger: Ledger, step: Step, asked: str, answer: Answer, shown: list[Identity]) -> None:
    """What an answer to a request by id says of whose id it is: only a GET can prove it, everything can disprove it."""
    endpoint, id_ = _place(step)
    reads = step.method == "GET"
    of_it = [each.name for each in shown if not each.id or is_alike(each.id, asked)]
    is_it = shown[:1] and is_alike(shown[0].id, asked) and all(ledger.claims(name, asked) for name in of_it)
    proves = reads and is_plain_id(id_) and _is_readable(answer) and is_plain(endpoint, answer.body)
    if proves and not is_it and ledger.claims(shown[0].name, asked):
        ledger.alias(asked, shown[0].id, shown[0].name)
    if is_it and proves:
        ledger.prove(asked, shown[0].name)
    elif reads or (shown and not is_it and (of_it != [""] or not is_alike(shown[0].id or asked, asked))):
        ledger.doubt(asked, shown[0].name if shown else "")


def _place(step: Step) -> tuple[str, str]:
    """`/Users` or its kin, and the id behind it."""
    place = place_of(step.path) or Place("", "")
    return f"/{place.endpoint}", place.id


def _is_readable(answer: Answer) -> bool:
    return answer.is_json and isinstance(answer.parsed, dict)
