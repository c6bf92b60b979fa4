"""What the ledger is asked before a step leaves, and what it is told when the answer is there."""

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import Answer, Heard
from scim_tests.model.scim import Json, get
from scim_tests.wire.ledger import Ledger

# Answers that mean nothing was created. After any other error somebody may have been.
REFUSED = frozenset({401, 403, 404, 405, 409, 413, 415, 429, 501})
GONE = frozenset({404, 410})


def refuse_what_is_not_ours(ledger: Ledger, step: Step) -> None:
    """OwnError `not-ours` for a step that would write to anything but what the run created.

    The path must name that resource and nothing else: an id with `..` in it may come to mean another one.
    Nobody but the run's own users is put into a group, for that would give them what it grants.
    """
    strangers = [id_ for id_ in _put_into_a_group(step) if id_ != NOBODY and not ledger.owns(id_)]
    if strangers:
        said = f"{step.name} was not sent: it would put {strangers[0]}, whom this run did not create, into a group."
        raise OwnError("not-ours", said)
    if step.method not in {"PUT", "PATCH", "DELETE"}:
        return
    endpoint, _, last = urlsplit(step.path).path.rpartition("/")
    named = unquote(last)
    ours = ledger.owns(_entry(endpoint, step.about))
    astray = any(part.strip() in {"", ".", ".."} for part in re.split(r"[/\\]", named))
    if ours and named == step.about and not astray:
        return
    raise OwnError(
        "not-ours",
        f"{step.name} was not sent: {step.method} {step.path} would write to what this run did not create.",
    )


def _put_into_a_group(step: Step) -> list[str]:
    """The ids of members that a request to a group names."""

    def named(value: Json) -> Iterator[str]:
        if isinstance(value, list):
            yield from (str(each["value"]) for each in value if isinstance(get(each, "value"), str))
        for part in value if isinstance(value, list) else value.values() if isinstance(value, dict) else ():
            yield from named(part)

    return list(named(json.loads(step.body))) if step.body and _endpoint(step) == "/Groups" else []


def announce(ledger: Ledger, step: Step) -> None:
    """Tell the ledger of a name that is about to be ours, by a create or by a new name for what is ours."""
    if not step.creates:
        return
    tell = ledger.intend if step.method == "POST" else ledger.adopt
    tell(_entry(_endpoint(step), step.creates))


def note(ledger: Ledger, step: Step, heard: Heard) -> None:
    """Tell the ledger what came of what was asked, then whom the answer shows."""
    answer, endpoint = heard.answer, _endpoint(step)
    creates = _entry(endpoint, step.creates) if step.creates and step.method == "POST" else ""
    if creates and (heard.unreachable or (answer and answer.status in REFUSED)):
        ledger.not_created(creates)
    if answer is None:
        return
    if creates and answer.is_success and (id_ := _created(answer)):
        ledger.created(creates, _entry(endpoint, id_))
    if step.removes and (answer.is_success or answer.status in GONE):
        ledger.removed(_entry(endpoint, step.about))
    for id_, name in _shown(endpoint, answer):
        ledger.witness(id_, name)


def _endpoint(step: Step) -> str:
    """`/Users` or its kin."""
    return "/" + urlsplit(step.path).path.split("/")[1]


def _entry(endpoint: str, text: str) -> str:
    """How the ledger calls what has this name or id: users by it alone, all else by endpoint and it."""
    return text if endpoint == "/Users" else f"{endpoint}/{text}"


def _created(answer: Answer) -> str:
    """The id that an answer to a create gives: in its body, else at the end of Location; else empty."""
    location = urlsplit(answer.header("Location") or "").path.rstrip("/")
    return _id(_json(answer)) or unquote(location.rpartition("/")[2])


def _shown(endpoint: str, answer: Answer) -> Iterator[tuple[str, str]]:
    """Id and name, as the ledger calls them, of all that an answer shows, alone or in a list, whatever its status."""
    body = _json(answer)
    listed = get(body, "Resources")
    for shown in [body, *(listed if isinstance(listed, list) else [])]:
        user_name, display_name = get(shown, "userName"), get(shown, "displayName")
        if _id(shown) and isinstance(user_name, str) and user_name:  # an empty one is nobody's
            yield _id(shown), user_name
        elif _id(shown) and isinstance(display_name, str) and endpoint == "/Groups":
            yield _entry(endpoint, _id(shown)), _entry(endpoint, display_name)


def _id(user: Json) -> str:
    value = get(user, "id")
    return str(value) if isinstance(value, str | int) else ""


def _json(answer: Answer) -> Json:
    try:
        return answer.parsed
    except ValueError:
        return None
