"""Operations of a PATCH (RFC 7644 3.5.2)."""

from scim_tests.model.scim import Json

Operation = dict[str, Json]
Operations = list[Operation]


def set_(path: str, value: Json) -> Operation:
    """A replace."""
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Json) -> Operation:
    """An add."""
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Operation:
    """A remove."""
    return {"op": "remove", "path": path}
