"""What the ledger is told before a step leaves, and when the answer is there."""

from collections.abc import Iterator

from scim_tests.model.act import Step
from scim_tests.model.exchange import Answer, Heard
from scim_tests.model.forms import Place, place_of
from scim_tests.model.scim import Json, get
from scim_tests.wire.ledger import GROUPS, Ledger, entry

# Answers that say nothing was created. After any other error somebody may well have been.
REFUSED = frozenset({401, 403, 404, 405, 409, 413, 415, 429, 501})
GONE = frozenset({404, 410})


def announce(ledger: Ledger, step: Step) -> None:
    """Tell the ledger of a name that is about to be ours, by a create or by a new name for what is ours."""
    if not step.creates:
        return
    endpoint, id_ = _place(step)
    name = entry(endpoint, step.creates)
    if step.method == "POST":
        ledger.intend(name)
    else:
        ledger.rename(entry(endpoint, id_), name)


def note(ledger: Ledger, step: Step, heard: Heard) -> None:
    """Tell the ledger what came of what was asked, then whom the answer shows."""
    answer, (endpoint, id_) = heard.answer, _place(step)
    creates = entry(endpoint, step.creates) if step.creates and step.method == "POST" else ""
    if creates and heard.unreachable:
        ledger.not_created(creates)
    if answer is None:
        return
    if creates and answer.status in REFUSED:
        ledger.refused(creates)
    if creates and answer.is_success and (given := _id(_json(answer))):
        ledger.created(creates, entry(endpoint, given))
    if step.removes and (answer.is_success or answer.status in GONE):
        ledger.removed(entry(endpoint, step.about))
    for shown, name in _shown(endpoint, answer):
        ledger.witness(shown, name)
    if id_ and step.method == "GET" and answer.status in GONE:
        ledger.gone(entry(endpoint, id_))
    elif id_ and answer.is_success:
        _weigh(ledger, step, entry(endpoint, id_), _one(endpoint, _json(answer)))


def _weigh(ledger: Ledger, step: Step, asked: str, shown: tuple[str, str]) -> None:
    """What an answer to a request by id says of whose id it is: only a GET can prove it, everything can disprove it."""
    id_, name = shown
    reads = step.method == "GET"
    if id_ != asked or not ledger.claims(name, asked):
        if reads or name:
            ledger.doubt(asked, name)
    elif reads:
        ledger.prove(asked, name)


def _place(step: Step) -> tuple[str, str]:
    """`/Users` or its kin, and the id behind it."""
    place = place_of(step.path) or Place("", "")
    return f"/{place.endpoint}", place.id


def _shown(endpoint: str, answer: Answer) -> Iterator[tuple[str, str]]:
    """Id and name, as the ledger calls them, of all that an answer shows, in whatever shape and whatever its status."""
    unread = [_json(answer)]
    while unread:
        value = unread.pop()
        id_, name = _one(endpoint, value)
        if id_ and name:
            yield id_, name
        elif isinstance(value, dict | list):
            unread += value.values() if isinstance(value, dict) else value


def _one(endpoint: str, resource: Json) -> tuple[str, str]:
    """Id and name of a resource as the ledger calls them; each empty where it shows none."""
    user_name, display_name, id_ = get(resource, "userName"), get(resource, "displayName"), _id(resource)
    if isinstance(user_name, str) and user_name:  # an empty one is nobody's
        return id_, user_name
    if isinstance(display_name, str) and endpoint == GROUPS:
        return id_ and entry(endpoint, id_), entry(endpoint, display_name)
    return id_, ""


def _id(resource: Json) -> str:
    value = get(resource, "id")
    if isinstance(value, float) and value.is_integer():  # some write numbers so
        value = int(value)
    return str(value) if isinstance(value, str | int) else ""


def _json(answer: Answer) -> Json:
    try:
        return answer.parsed
    except ValueError:
        return None
