"""What can be done to resources, whoever asks: the endpoints, `/Me` and `/Bulk` all end here (RFC 7644 section 3)."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from reference_server import membership
from reference_server.errors import ScimError, not_found
from reference_server.intake import Intake, check_complete, keep_immutable
from reference_server.matching import Shown
from reference_server.operations import read_operations
from reference_server.paragraphs import Paragraph
from reference_server.patch import Patch
from reference_server.resources import Resource, Resources
from reference_server.schema import ResourceType
from reference_server.settings import Reading, Settings

Precondition = Callable[[Resource], None]


def always(_: Resource) -> None:
    """The precondition that any resource meets."""


@dataclass
class Service:
    """The operations on the resources of one tenant, within one transaction."""

    resources: Resources
    intake: Intake
    settings: Settings
    shown: Shown
    # The ids, and the types, of resources a bulk request has still to create.
    promised: dict[str, str] = field(default_factory=dict)

    def read(self, resource_type: ResourceType, identifier: str) -> Resource:
        """The resource of that type and id, or 404 (RFC 7644 section 3.4.1)."""
        found = self.resources.get(identifier, resource_type)
        if found is None:
            raise not_found(f"{resource_type.name} {identifier}")
        return found

    def create(self, resource_type: ResourceType, sent: Any, identifier: str | None = None) -> Resource:
        """Store a new resource from a POST's body, under the id promised to it if any (RFC 7644 section 3.3).

        Raises invalidSyntax, invalidValue, or 409 uniqueness.
        """
        data = self._finished(resource_type, {}, self.intake.resource(resource_type, sent))
        created = self.resources.insert(resource_type, data, identifier)
        membership.keep(self.resources, created, {})
        return created

    def replace(
        self, resource_type: ResourceType, identifier: str, sent: Any, precondition: Precondition = always
    ) -> Resource:
        """Put what was sent in the place of a resource; what is readOnly stays, and what is immutable and left out
        (RFC 7644 section 3.5.1).

        Raises 404, what the precondition raises, mutability, and all that `create` raises.
        """
        old = self.read(resource_type, identifier)
        precondition(old)
        old = membership.whole(self.resources, old)
        data = self.intake.resource(resource_type, sent)
        keep_immutable(resource_type, old.data, data, omitted=True)
        return self._store(old, data)

    def patch(
        self,
        resource_type: ResourceType,
        identifier: str,
        message: Any,
        precondition: Precondition = always,
    ) -> Resource:
        """Apply a PatchOp message, all of it or nothing (RFC 7644 section 3.5.2).

        Raises 404, what the precondition raises, invalidPath, noTarget, invalidFilter, mutability, and all
        that `create` raises.
        """
        old = self.read(resource_type, identifier)
        precondition(old)
        operations = read_operations(message, self.settings.limits)
        members = membership.stored(self.resources, old)
        patch = Patch(resource_type, self.intake, self.settings, self.shown, self.resources.effort)
        data = patch.apply({**old.data, **members}, operations)
        old = membership.known(old, members)
        keep_immutable(resource_type, old.data, data, omitted=False)
        return self._store(old, data)

    def delete(
        self, resource_type: ResourceType, identifier: str, precondition: Precondition = always
    ) -> None:
        """Remove a resource, and take it out of every group (RFC 7644 section 3.6); 404 where it is not there."""
        old = self.read(resource_type, identifier)
        precondition(old)
        membership.leave_all(self.resources, old)
        self.resources.delete(old)

    def _store(self, old: Resource, data: dict[str, Any]) -> Resource:
        """The resource with these attributes; without a change it stays at its version."""
        secret = old.type.write_only & data.keys()
        new = self._finished(old.type, old.data, data)
        if new == old.data and not secret:
            return old
        if old.type.name == "User":
            self._check_can_change(old.data, new, secret)
        stored = self.resources.update(old, new)
        membership.keep(self.resources, stored, old.data)
        return stored

    def _check_can_change(
        self, old: Mapping[str, Any], new: Mapping[str, Any], secret: Collection[str]
    ) -> None:
        """Refuse with 501 to change what cannot be changed here (RFC 7644 section 3.12)."""
        changed = {name for name in {*old, *new} if old.get(name) != new.get(name)} - {"schemas"}
        for name in sorted({*changed, *secret}):
            if not self.settings.offer.can_change(name):
                raise ScimError(501, f"this server does not change {name}", Paragraph.ERRORS)

    def _finished(
        self, resource_type: ResourceType, old: Mapping[str, Any], data: dict[str, Any]
    ) -> dict[str, Any]:
        """The attributes as they are stored, complete and consistent."""
        check_complete(resource_type, data)
        extensions = [extension.id for extension in resource_type.extensions if extension.id in data]
        # Nobody logs in here: a password is checked and forgotten, which no hash is safer than.
        unkept = {"schemas", *resource_type.write_only}
        kept = {name: value for name, value in data.items() if name not in unkept}
        unchecked = Reading.MEMBERS_UNCHECKED in self.settings.readings
        membership.settle(self.resources, old, kept, self.promised, unchecked=unchecked)
        return {"schemas": [resource_type.schema.id, *extensions], **kept}
