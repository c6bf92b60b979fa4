"""Bulk requests (RFC 7644 3.7): requests as they would leave alone, put together into one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scim_tests.model.act import NOBODY, Person, Scene, Step
from scim_tests.model.bulk import BULK, BULK_REQUEST, REFERENCE, VERSION, operation
from scim_tests.model.names import mark
from scim_tests.model.scim import ENTERPRISE_USER, GROUP, USER, Json
from scim_tests.personas.okta.requests import as_mapped, delete, dump, headers, new_user, operate


def send(scene: Scene, name: str, parts: Sequence[Step], *, most_errors: int | None = None) -> Step:
    """One request for all the parts; without any it has no operations at all. `most_errors` is its failOnErrors."""
    body = {
        "schemas": [BULK_REQUEST],
        **({} if most_errors is None else {"failOnErrors": most_errors}),
        **({"Operations": [operation(each) for each in parts]} if parts else {}),
    }
    return Step(name, "POST", BULK, headers(scene, body=True), dump(body), parts=tuple(parts))


def part(step: Step, version: str = "") -> Step:
    """A request as an operation; `version` is the one that the resource must have."""
    return replace(step, headers=((VERSION, version),) if version else ())


def bulk_id(person: Person, what: str) -> str:
    """A bulkId that is nobody's id, whatever a target takes it for."""
    return f"{mark(person.user_name)}{what}"


def reference(id_: str, kind: str = "User") -> dict[str, Json]:
    """A member who is only made by the request itself (RFC 7644 3.7.2)."""
    return {"type": kind, "value": f"{REFERENCE}{id_}"}


def new_person(scene: Scene, id_: str, person: Person, manager: str = "") -> Step:
    """A create; `manager` is the id of somebody, or a reference to whom the same request makes."""
    user = as_mapped(scene, new_user(person))
    if manager:
        more = {ENTERPRISE_USER: {**user.get(ENTERPRISE_USER, {}), "manager": {"value": manager}}}
        user = {**user, **more, "schemas": [USER, ENTERPRISE_USER]}
    return Step(id_, "POST", "/Users", (), dump(user), creates=person.user_name)


def new_group(id_: str, name: str, *members: Mapping[str, Json]) -> Step:
    """A create."""
    body = {"schemas": [GROUP], "displayName": name, "members": [*members]}
    return Step(id_, "POST", "/Groups", (), dump(body), creates=name)


def called(scene: Scene, user_id: str, given_name: str, version: str = "") -> Step:
    """A PATCH of one attribute; of the id that nobody has it fails."""
    named = {"op": "replace", "path": "name.givenName", "value": given_name}
    return part(operate(scene, "", user_id, named), version)


def person_called(scene: Scene, person: Person, given_name: str) -> dict[str, Json]:
    """The body of a PUT that changes the same attribute."""
    return as_mapped(scene, new_user(replace(person, given_name=given_name)))


def fails(scene: Scene) -> Step:
    """An operation that is refused with 404 and does no harm."""
    return part(delete(scene, "", NOBODY))
