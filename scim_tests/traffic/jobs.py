"""A job of Okta's as it was heard, and what single requests and answers say of it."""

from dataclasses import dataclass, field

from scim_tests.model.exchange import Heard
from scim_tests.model.scim import Json, get
from scim_tests.traffic.subjects import asked_for, body_of, place, shown_by


@dataclass
class Job:
    """One act as it was heard: its scene's name, and a step for each exchange."""

    act: str
    about: str
    steps: list[tuple[str, Heard]] = field(default_factory=list)

    @property
    def started(self) -> float:
        """When its first request left, in seconds since the epoch."""
        return self.steps[0][1].started


def hits(each: Heard) -> list[Json]:
    """Those in the answer to a lookup who have the name that it asks for."""
    asked = asked_for(each).lower()
    name = "userName" if place(each)[0] == "/Users" else "displayName"
    return [shown for shown in shown_by(each) if str(get(shown, name)).lower() == asked]


def set_by(each: Heard) -> Json:
    """What a PATCH without path, or with one path, sets; as one object."""
    found: dict[str, Json] = {}
    operations = get(body_of(each), "Operations")
    for operation in operations if isinstance(operations, list) else ():
        path, value = get(operation, "path"), get(operation, "value")
        if isinstance(path, str):
            found[path] = value
        elif isinstance(value, dict):
            found.update(value)
    return found


def is_good(each: Heard) -> bool:
    """Whether it was answered with success."""
    return each.answer is not None and each.answer.is_success
