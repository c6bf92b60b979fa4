"""References to resources that a bulk request has still to create, found where the schemas let one stand.

That is the `value` and the `$ref` of an attribute that names resources, such as `members` and `manager`, the filter of
a PATCH path to it, and the path of an operation. Elsewhere `bulkId:…` is text like other text (RFC 7644 section 3.7.2).
"""

import re
from collections.abc import Callable
from typing import Any

from reference_server.schema import ResourceType, Schema, Target

URI = re.compile(r"(?<![^/])bulkId:([^/]+)")
PLACES = {
    "value": re.compile(r"^bulkId:(.+)", re.DOTALL),
    "$ref": URI,
    "path": re.compile(r'(?<=")bulkId:([^"]+)'),
}
Put = Callable[[re.Match[str]], str]  # what takes the place of a reference, whose first group is the bulkId


class References:
    """Puts something in the place of each reference in what is sent for a resource; what is malformed stays."""

    def __init__(self, kind: ResourceType, put: Put) -> None:
        self.kind = kind
        self.put = put

    def sent(self, method: str, data: Any) -> Any:
        """What is sent with a request."""
        return self.patch(data) if method == "PATCH" else self.resource(data)

    def resource(self, sent: Any, prefix: str = "") -> Any:
        """The body of a POST or PUT, or the part of it in an extension."""
        if not isinstance(sent, dict):
            return sent
        return {name: self._named(self.kind.resolve(prefix + name), value) for name, value in sent.items()}

    def patch(self, sent: Any) -> Any:
        """A PatchOp message."""
        if not isinstance(sent, dict):
            return sent
        return {
            name: [self._operation(item) for item in value] if isinstance(value, list) else value
            for name, value in sent.items()
        }

    def _operation(self, sent: Any) -> Any:
        if not isinstance(sent, dict):
            return sent
        path = next((value for name, value in sent.items() if name.casefold() == "path"), None)
        if not path or not isinstance(path, str):
            return {name: self.resource(value) for name, value in sent.items()}
        head, _, rest = path.partition("[")
        target = self.kind.resolve(head + rest.rpartition("]")[2])
        return {
            name: self._named(target, value, "path" if name.casefold() == "path" else None)
            for name, value in sent.items()
        }

    def _named(self, target: Target | Schema | None, value: Any, place: str | None = None) -> Any:
        """What is sent for a target, or said of it in another place."""
        if isinstance(target, Schema):
            return self.resource(value, f"{target.id}:")
        if target is None or target.attribute.sub("$ref") is None:
            return value
        return self._put(value, place or (target.sub.name if target.sub else "value"))

    def _put(self, value: Any, place: str) -> Any:
        if isinstance(value, dict):
            return {name: self._put(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self._put(part, place) for part in value]
        pattern = PLACES.get(place.casefold()) if isinstance(value, str) else None
        return pattern.sub(self.put, value) if pattern else value
