"""What the ledger is told before a step leaves, and when the answer is there."""

from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import Answer, Heard
from scim_tests.model.forms import SEARCH, Place, is_plain_id, place_of
from scim_tests.model.scim import get
from scim_tests.wire.identities import Identity, identities, is_plain
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_keys import entry, is_alike

# Answers that say nothing was created. After any other error somebody may well have been.
REFUSED = frozenset({400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 429, 501})
GONE = frozenset({404, 410})


def announce(ledger: Ledger, step: Step) -> None:
    """Tell the ledger of a name that is about to be ours, by a create or by a new name for what is ours."""
    endpoint, id_ = _place(step)
    if name := _makes(ledger, step):
        ledger.intend(name)
    elif step.creates:
        ledger.rename(entry(endpoint, id_), entry(endpoint, step.creates))


def note(ledger: Ledger, step: Step, heard: Heard) -> None:
    """Tell the ledger what came of what was asked, then whom the answer shows."""
    answer, (endpoint, id_) = heard.answer, _place(step)
    if creates := _makes(ledger, step):
        _note_create(ledger, creates, endpoint, heard)
    if answer is None:
        return
    # A search, say, that some router took for a create.
    if step.method == "POST" and not creates and answer.status == 201 and (given := _id(answer)):
        ledger.created(f"POST {step.path}", entry(endpoint, given))
    if step.removes and (answer.is_success or answer.status in GONE):
        ledger.removed(entry(endpoint, step.about))
    shown = identities(endpoint, answer.body)
    about = entry(endpoint, id_) if id_ and id_ != SEARCH else ""
    if about and answer.is_success and _is_mixed_up(ledger, step, about, shown):
        ledger.distrust(f"{step.method} {step.path} showed somebody else")
    for each in shown:  # what stands in an answer by id without an id of its own is said of that id
        if each.id or about:
            ledger.witness(each.id or about, each.name)
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
    elif answer and answer.status in REFUSED:
        ledger.refused(name)
    elif answer and answer.is_success and (given := _id(answer)):
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
    elif reads or (shown and not is_it):
        ledger.doubt(asked, shown[0].name if shown else "")


def _place(step: Step) -> tuple[str, str]:
    """`/Users` or its kin, and the id behind it."""
    place = place_of(step.path) or Place("", "")
    return f"/{place.endpoint}", place.id


def _id(answer: Answer) -> str:
    """The id that a create was answered with; empty where it tells none in one way."""
    try:
        value = get(answer.parsed, "id")
    except ValueError:
        return ""
    return str(value) if isinstance(value, str | int) else ""


def _is_readable(answer: Answer) -> bool:
    try:
        return isinstance(answer.parsed, dict)
    except ValueError:
        return False
