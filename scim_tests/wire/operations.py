"""The operations of a bulk request, each as the request it stands for: what is sent, and what came of each.

A step says in its `parts` what its body holds, and the body has to hold exactly that: so each operation is
looked at as if it left alone.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from scim_tests.model.act import Step
from scim_tests.model.bulk import (
    REFERENCE,
    VERSION,
    ids_made,
    is_stopped,
    listed,
    operation,
    paired,
    response_of,
    status_of,
)
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.forms import place_of
from scim_tests.model.names import mark
from scim_tests.model.scim import Json, Resource, get, strings
from scim_tests.wire import written

MEMBERS = frozenset({"schemas", "failOnErrors", "Operations"})
# What is the same before and after decoding: nobody knows whether a server decodes the path of an operation.
PATH = re.compile(r"/[A-Za-z]+(?:/(?!\.+$)[A-Za-z0-9._~-]+)?")
BULK_ID = re.compile(r"[A-Za-z0-9]+")
UNREACHED = 409  # as good as refused: the target says that it had stopped before
TYPES = {"Users": "User", "Groups": "Group"}


def misread(step: Step) -> str:
    """Why the body is not exactly what the step's parts say; empty where it is."""
    body = written.read(step.body)
    if not isinstance(body, dict) or not body.keys() <= MEMBERS or step.creates or step.about or step.removes:
        return "its body is no bulk request with one meaning"
    if json.dumps(body.get("Operations", [])) != json.dumps([operation(each) for each in step.parts]):
        return "its body has operations that its sender does not declare"
    return next(filter(None, (_strange(each, step.parts) for each in step.parts)), "")


def _strange(part: Step, parts: Collection[Step]) -> str:
    """Why an operation could mean something else than what it says; empty where it can not."""
    if not PATH.fullmatch(part.path) or REFERENCE.lower()[:-1] in part.path.lower():
        return f"the path {part.path} of an operation can be read in several ways"
    if {name for name, _ in part.headers} - {VERSION} or (part.method == "GET" and part.body):
        return (
            "an operation has nothing but a version beside its method, path and data, and a read has no data"
        )
    known = {f"{REFERENCE}{bulk_id}" for bulk_id in coming(parts)}
    said = [each for each in strings(data_of(part)) if REFERENCE.lower()[:-1] in each.lower()]
    if set(said) - known:
        return f"it refers to {min(set(said) - known)}, which no operation of it makes"
    return _without_a_name(part) if part.method == "POST" else ""


def _without_a_name(part: Step) -> str:
    """A create has a bulkId that is nobody's id, whatever a server takes it for, and makes whom it announces."""
    place = place_of(part.path)
    is_ours = BULK_ID.fullmatch(part.name) and mark(part.creates) and mark(part.creates) in part.name.lower()
    if place is None or place.id or place.endpoint not in TYPES or not is_ours:
        return "a create of it has no bulkId with the name of the run, or makes what has no name"
    name = get(data_of(part), "userName" if place.endpoint == "Users" else "displayName")
    return "" if name == part.creates else f"a create of it makes {name} and announces {part.creates}"


def coming(parts: Collection[Step]) -> Mapping[str, str]:
    """What is about to be made, by bulkIds that are given once: `Users` or `Groups`."""
    names = [each.name for each in parts if each.method == "POST"]
    return {
        each.name: each.path.removeprefix("/")
        for each in parts
        if each.method == "POST" and names.count(each.name) == 1
    }


def data_of(part: Step) -> Json:
    """The data of an operation; None where it has none."""
    return json.loads(part.body) if part.body else None


def without_references(part: Step, parts: Collection[Step]) -> Step:
    """The same request without the members that it is about to make itself, who can be nobody else."""
    new = [
        {"value": f"{REFERENCE}{bulk_id}", **kind}
        for bulk_id, endpoint in coming(parts).items()
        for kind in ({}, {"type": TYPES[endpoint]})
    ]

    def left(holder: Json, name: str) -> Json:
        members = get(holder, name)
        others = [each for each in members if each not in new] if isinstance(members, list) else members
        return {**holder, name: others}

    data = data_of(part)
    if isinstance(get(data, "members"), list):
        data = left(data, "members")
    elif part.method == "PATCH" and isinstance(get(data, "Operations"), list):
        changes = data["Operations"]
        changed = [left(each, "value") if get(each, "path") == "members" else each for each in changes]
        data = {**data, "Operations": changed}
    else:
        return part
    return replace(part, body=json.dumps(data).encode())


def shared_out(step: Step, heard: Heard) -> Iterator[tuple[Step, Heard]]:
    """Each part with what was heard of it.

    Where the request failed as a whole that is said of every create; where nobody can tell which result is
    whose, no answer came. A location alone says nothing of whom a create made: a GET by its id has to show a name.
    """
    answer = heard.answer
    if not step.parts:
        return
    if answer is None or not answer.is_success or not answer.is_json:
        as_a_whole = Answer(answer.status) if answer and not answer.is_success else None
        for part in step.parts:
            told = as_a_whole if part.method == "POST" else None
            yield part, replace(heard, request=_request(part), answer=told)
        return
    operations = [operation(each) for each in step.parts]
    told_of = listed(answer.parsed)
    results = paired(operations, told_of)
    unreached = Answer(UNREACHED) if is_stopped(written.read(step.body), told_of) else None
    for part, result, made in zip(step.parts, results, ids_made(operations, results), strict=True):
        told = _answer(part, result, made) if result is not None else unreached
        yield part, replace(heard, request=_request(part), answer=told)


def _request(part: Step) -> Request:
    return Request(part.method, part.path, (), part.body)


def _answer(part: Step, result: Resource, made: str) -> Answer | None:
    status, response = status_of(result), response_of(result)
    if not status:
        return None
    if part.method == "POST" and 200 <= status < 300:
        said = response if made and isinstance(response, dict) else {}
        return Answer(status, (), json.dumps(said).encode())
    return Answer(status, (), b"" if response is None else json.dumps(response).encode())
