"""Bulk: many operations in one request, with references to resources that are still to come (RFC 7644 section 3.7).

Operations run in their order, those that refer to a later one after it. What is left then refers to itself in
a circle; ids promised beforehand let such operations succeed together, or fail together with 409.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from reference_server.database import savepoint
from reference_server.errors import ScimError, invalid_syntax, invalid_value, not_found
from reference_server.messages import require_match
from reference_server.resources import Resource
from reference_server.schema import ResourceType
from reference_server.server import Server, Unit

REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
PREFIX = "bulkId:"


@dataclass(frozen=True, slots=True)
class Job:
    """One operation of a bulk request; `refers_to` are the bulkIds it needs."""

    number: int
    method: str
    path: str
    bulk_id: str | None
    version: str | None
    data: Any
    refers_to: frozenset[str]


class Bulk:
    """One bulk request of one tenant, within one transaction."""

    def __init__(self, server: Server, unit: Unit, message: Mapping[str, Any]) -> None:
        self.server = server
        self.unit = unit
        self.jobs = _jobs(message, server.settings.limits.max_bulk_operations)
        self.most_errors = _most_errors(message)
        self.errors = 0
        self.results: dict[int, dict[str, Any]] = {}
        # The id of each resource to come, and what became of its creation.
        self.ids = {job.bulk_id: str(uuid4()) for job in self.jobs if job.bulk_id and job.method == "POST"}
        self.created: dict[str, bool] = {}

    def run(self) -> dict[str, Any]:
        """The BulkResponse."""
        waiting = self.jobs
        while waiting and not self._enough():
            left = [job for job in waiting if not self._ran(job)]
            if len(left) == len(waiting):
                self._run_together(left)
                break
            waiting = left
        return {
            "schemas": [RESPONSE_SCHEMA],
            "Operations": [self.results[key] for key in sorted(self.results)],
        }

    def _enough(self) -> bool:
        return self.most_errors is not None and self.errors >= self.most_errors

    def _is_settled(self, bulk_ids: Iterable[str]) -> bool:
        return all(bulk_id in self.created or bulk_id not in self.ids for bulk_id in bulk_ids)

    def _ran(self, job: Job) -> bool:
        """Run an operation, unless what it refers to is still to come."""
        if self._enough() or not self._is_settled(job.refers_to):
            return False
        try:
            with savepoint(self.unit.service.resources.connection):
                resource = self._perform(job)
        except ScimError as error:
            self._fail(job, error)
        else:
            self._succeed(job, resource)
        return True

    def _run_together(self, jobs: list[Job]) -> None:
        """Operations that refer to each other in a circle: all of them or none (section 3.7.1)."""
        done: list[tuple[Job, Resource | None]] = []
        try:
            with savepoint(self.unit.service.resources.connection):
                self._promise(jobs)
                done.extend((job, self._perform(job)) for job in jobs)
        except ScimError as error:
            for job in jobs:
                self._fail(job, ScimError(409, f"an operation of the same circle failed: {error.detail}"))
        else:
            for job, resource in done:
                self._succeed(job, resource)
        self.unit.service.promised.clear()

    def _promise(self, jobs: Iterable[Job]) -> None:
        """Let resources refer to those that these operations will create."""
        for job in jobs:
            if job.bulk_id in self.ids:
                self.unit.service.promised[self.ids[job.bulk_id or ""]] = self._place(job)[0].name

    def _perform(self, job: Job) -> Resource | None:
        """Do what one operation says, its references replaced by ids."""
        missing = [bulk_id for bulk_id in job.refers_to if not self.created.get(bulk_id, bulk_id in self.ids)]
        if missing:
            raise invalid_value(f"{PREFIX}{missing[0]} is no resource created by this request")
        kind, identifier = self._place(job)
        service, data = self.unit.service, self._resolved(job.data)
        if job.method == "POST":
            return service.create(kind, data, self.ids[job.bulk_id or ""])
        precondition = require_match(job.version)
        if job.method == "DELETE":
            service.delete(kind, identifier, precondition)
            return None
        change = service.replace if job.method == "PUT" else service.patch
        return change(kind, identifier, data, precondition)

    def _place(self, job: Job) -> tuple[ResourceType, str]:
        """The resource type and the id that a path names; POST has no id, and all others have one."""
        for kind in self.server.catalogue.resource_types.values():
            below = job.path.removeprefix(kind.endpoint)
            if below != job.path and (
                below == "" if job.method == "POST" else below[:1] == "/" and len(below) > 1
            ):
                return kind, self._resolved(below[1:])
        raise not_found(f"{job.method} {job.path}")

    def _resolved(self, value: Any) -> Any:
        """A value with every reference in it replaced by the id it stands for."""
        if isinstance(value, dict):
            return {name: self._resolved(part) for name, part in value.items()}
        if isinstance(value, list):
            return [self._resolved(part) for part in value]
        if isinstance(value, str) and value.startswith(PREFIX):
            return self.ids.get(value.removeprefix(PREFIX), value)
        return value

    def _succeed(self, job: Job, resource: Resource | None) -> None:
        result = self._result(job, {"POST": 201, "DELETE": 204}.get(job.method, 200))
        if resource:
            result["location"] = self.unit.presenter.location(resource.type, resource.id)
            result["version"] = resource.etag
        if job.bulk_id in self.ids:
            self.created[job.bulk_id or ""] = True

    def _fail(self, job: Job, error: ScimError) -> None:
        self._result(job, error.status)["response"] = error.body()
        self.errors += 1
        if job.bulk_id in self.ids:
            self.created[job.bulk_id or ""] = False

    def _result(self, job: Job, status: int) -> dict[str, Any]:
        result = {"method": job.method, "status": str(status)}
        if job.bulk_id:
            result["bulkId"] = job.bulk_id
        if job.method != "POST":
            result["location"] = f"{self.server.settings.base_url}{job.path}"
        self.results[job.number] = result
        return result


def _jobs(message: Mapping[str, Any], limit: int) -> list[Job]:
    """The operations of a BulkRequest, or a refusal of all of it."""
    schemas, operations = message.get("schemas"), message.get("Operations")
    if not isinstance(schemas, list) or REQUEST_SCHEMA not in schemas:
        raise invalid_syntax(f"schemas must contain {REQUEST_SCHEMA}")
    if not isinstance(operations, list):
        raise invalid_syntax("Operations must be an array")
    if len(operations) > limit:
        raise ScimError(413, f"there are more operations than maxOperations, {limit}")
    jobs = [_job(number, operation) for number, operation in enumerate(operations)]
    bulk_ids = [job.bulk_id for job in jobs if job.bulk_id]
    if len(set(bulk_ids)) != len(bulk_ids):
        raise invalid_syntax("each bulkId must be given once")
    return jobs


def _job(number: int, operation: Any) -> Job:
    if not isinstance(operation, dict):
        raise invalid_syntax("an operation must be an object")
    method, path = operation.get("method"), operation.get("path")
    bulk_id, version = operation.get("bulkId"), operation.get("version")
    if not isinstance(method, str) or method.upper() not in METHODS or not isinstance(path, str):
        raise invalid_syntax("an operation needs a method and a path")
    if not isinstance(bulk_id, str | None) or not isinstance(version, str | None):
        raise invalid_syntax("bulkId and version must be strings")
    if method.upper() == "POST" and not bulk_id:
        raise invalid_syntax("a POST needs a bulkId")
    data = operation.get("data")
    return Job(
        number, method.upper(), path, bulk_id, version, data, frozenset(_references([data, *path.split("/")]))
    )


def _references(value: Any) -> Iterable[str]:
    """The bulkIds that a value refers to."""
    if isinstance(value, str) and value.startswith(PREFIX):
        yield value.removeprefix(PREFIX)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        yield from _references(part)


def _most_errors(message: Mapping[str, Any]) -> int | None:
    errors = message.get("failOnErrors")
    if errors is not None and (not isinstance(errors, int) or isinstance(errors, bool) or errors < 1):
        raise invalid_syntax("failOnErrors must be a positive integer")
    return errors
