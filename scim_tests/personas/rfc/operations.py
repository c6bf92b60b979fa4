"""Operations of a PATCH (RFC 7644 3.5.2), and PATCHes that one read shows."""

from collections.abc import Generator, Iterable, Iterator
from itertools import zip_longest

from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import Json
from scim_tests.personas.okta.requests import operate, read

Operation = dict[str, Json]
Operations = list[Operation]
Change = tuple[str, Operations]  # one PATCH, by its step


def set_(path: str, value: Json) -> Operation:
    """A replace."""
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Json) -> Operation:
    """An add."""
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Operation:
    """A remove."""
    return {"op": "remove", "path": path}


def abreast(*columns: Iterable[Change]) -> Iterator[list[Change]]:
    """One change of each column at a time: they are of other attributes, so that one read after them tells them apart."""
    for row in zip_longest(*columns):
        yield [each for each in row if each]


def patched(scene: Scene, user_id: str, changes: Iterable[Change]) -> Generator[Step, Exchange, Exchange]:
    """One PATCH after the other, and the read, which is called after the last of them."""
    step = ""
    for step, operations in changes:
        yield operate(scene, step, user_id, *operations)
    return (yield read(scene, f"after_{step}", user_id))
