"""Bulk: many operations in one request, with references to resources that are still to come (RFC 7644 section 3.7).

Operations run in their order, each after those whose resources it refers to. Those that refer to each other in
a circle succeed together by ids promised beforehand, or fail together.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from reference_server.database import savepoint
from reference_server.documents import folded, message
from reference_server.errors import ScimError, TookTooLongError, invalid_syntax, invalid_value, not_found
from reference_server.messages import require_match
from reference_server.resources import Resource
from reference_server.schema import ResourceType
from reference_server.server import Server, Unit

REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})


# Where bulkIds are references: the whole of a value, a part of a URI or path, a string in the filter of a PATCH path.
REFERENCES = {
    "value": re.compile(r"^bulkId:(.+)", re.DOTALL),
    "$ref": re.compile(r"(?<![^/])bulkId:([^/]+)"),
    "path": re.compile(r'(?<=")bulkId:([^"]+)'),
}


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """One operation of a bulk request; `refers_to` are the bulkIds it needs."""

    number: int  # its place in the request, from 0
    method: str  # in upper case
    path: str
    bulk_id: str | None  # never None in a POST
    version: str | None  # the ETag that the resource must have
    data: Any
    refers_to: frozenset[str]


class Bulk:
    """One bulk request of one tenant, within one transaction.

    Raises invalidSyntax for what is no BulkRequest, 413 for too many operations (RFC 7644 section 3.7.4).
    """

    def __init__(self, server: Server, unit: Unit, document: Mapping[str, Any]) -> None:
        self.server = server
        self.unit = unit
        request = message(document, REQUEST_SCHEMA)
        self.jobs = _jobs(request.get("operations"), server.settings.limits.max_bulk_operations)
        errors = request.get("failonerrors")
        self.most_errors = len(self.jobs) + 1 if errors is None else errors
        if type(self.most_errors) is not int or self.most_errors < 1:
            raise invalid_syntax("failOnErrors must be a positive integer")
        self.errors = 0
        self.results: dict[int, dict[str, Any]] = {}
        # The id of each resource to come, and the bulkIds of those that have come.
        self.ids: dict[str | None, str] = {
            job.bulk_id: str(uuid4()) for job in self.jobs if job.method == "POST"
        }
        self.created: set[str | None] = set()
        self.promised = unit.service.promised

    def run(self) -> dict[str, Any]:
        """Do the operations until failOnErrors of them have failed; the BulkResponse, in the request's order."""
        for circle in _circles(self.jobs):
            if self.errors < self.most_errors:
                self._run(circle)
        return {
            "schemas": [RESPONSE_SCHEMA],
            "Operations": [self.results[key] for key in sorted(self.results)],
        }

    def _run(self, circle: list[Job]) -> None:
        """Run one operation, or several that refer to each other: all of them or none (section 3.7.1)."""
        done: list[Resource | None] = []
        job = circle[0]
        try:
            with savepoint(self.unit.service.resources.connection):
                for job in circle:
                    if job.method == "POST":
                        self.promised[self.ids[job.bulk_id]] = self._place(job)[0].name
                for job in circle:
                    done.append(self._perform(job))
        except TookTooLongError:
            raise
        except ScimError as error:
            other = ScimError(409, f"an operation of the same circle failed: {error.detail}")
            for each in circle:
                self._fail(each, error if each is job else other)
        else:
            for each, resource in zip(circle, done, strict=True):
                self._succeed(each, resource)
        self.promised.clear()

    def _perform(self, job: Job) -> Resource | None:
        """Do what one operation says, its references replaced by ids."""
        for bulk_id in job.refers_to - self.created:
            if self.ids.get(bulk_id) not in self.promised:
                raise invalid_value(f"bulkId:{bulk_id} is no resource created by this request")
        kind, identifier = self._place(job)
        service, data = self.unit.service, self._resolved(job.data, "")
        if job.method == "POST":
            return service.create(kind, data, self.ids[job.bulk_id])
        precondition = partial(require_match, job.version)
        if job.method == "DELETE":
            service.delete(kind, identifier, precondition)
            return None
        change = service.replace if job.method == "PUT" else service.patch
        return change(kind, identifier, data, precondition)

    def _place(self, job: Job) -> tuple[ResourceType, str]:
        """The resource type and the id that a path names; POST has no id, and all others have one."""
        for kind in self.server.catalogue.resource_types.values():
            below = job.path.removeprefix(kind.endpoint)
            fits = below == "" if job.method == "POST" else below[:1] == "/" and len(below) > 1
            if fits and below != job.path:
                return kind, self._resolved(below[1:], "$ref")
        raise not_found(f"{job.method} {job.path}")

    def _resolved(self, value: Any, name: str) -> Any:
        """The value of a member with every reference in it replaced by the id it stands for."""
        if isinstance(value, dict):
            return {key: self._resolved(part, key) for key, part in value.items()}
        if isinstance(value, list):
            return [self._resolved(part, name) for part in value]
        pattern = REFERENCES.get(name.casefold()) if isinstance(value, str) else None
        return pattern.sub(lambda match: self.ids.get(match[1], match[0]), value) if pattern else value

    def _succeed(self, job: Job, resource: Resource | None) -> None:
        result = self._result(job, {"POST": 201, "DELETE": 204}.get(job.method, 200))
        if resource:
            result["location"] = self.unit.presenter.location(resource.type, resource.id)
            result["version"] = resource.etag
        if job.method == "POST":
            self.created.add(job.bulk_id)

    def _fail(self, job: Job, error: ScimError) -> None:
        self._result(job, error.status)["response"] = error.body()
        self.errors += 1

    def _result(self, job: Job, status: int) -> dict[str, Any]:
        result = {"method": job.method, "status": str(status)}
        if job.bulk_id:
            result["bulkId"] = job.bulk_id
        if job.method != "POST":
            result["location"] = self.server.settings.base_url + self._resolved(job.path, "$ref")
        self.results[job.number] = result
        return result


def _jobs(operations: Any, limit: int) -> list[Job]:
    """The operations of a BulkRequest, or a refusal of all of it."""
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
    operation = folded(operation)
    method, path = operation.get("method"), operation.get("path")
    bulk_id, version = operation.get("bulkid"), operation.get("version")
    if not isinstance(method, str) or method.upper() not in METHODS or not isinstance(path, str):
        raise invalid_syntax("an operation needs a method and a path")
    if not isinstance(bulk_id, str | None) or not isinstance(version, str | None):
        raise invalid_syntax("bulkId and version must be strings")
    if method.upper() == "POST" and not bulk_id:
        raise invalid_syntax("a POST needs a bulkId")
    data = operation.get("data")
    refers_to = frozenset([*_references(data, ""), *_references(path, "$ref")])
    return Job(number, method.upper(), path, bulk_id, version, data, refers_to)


def _references(value: Any, name: str) -> Iterator[str]:
    """The bulkIds that the value of a member refers to."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _references(part, key)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part, name)
    elif isinstance(value, str) and (pattern := REFERENCES.get(name.casefold())):
        yield from pattern.findall(value)


def _circles(jobs: list[Job]) -> Iterator[list[Job]]:
    """The operations in their order, but each after those it needs; those that need each other come together.

    Tarjan's algorithm for strongly connected components, without recursion, for a chain may be very long.
    """
    creating = {job.bulk_id: job for job in jobs if job.method == "POST"}
    needed = {job: iter([creating[key] for key in job.refers_to if key in creating]) for job in jobs}
    found: dict[Job, int] = {}  # in which order each was come upon
    lowest: dict[Job, float] = {}  # the first of them that it leads back to
    waiting: list[Job] = []  # until it is known whom they come with
    for start in jobs:
        path = [] if start in found else [start]
        while path:
            job = path[-1]
            if job not in found:
                found[job] = lowest[job] = len(found)
                waiting.append(job)
            following = next((other for other in needed[job] if _leads_on(job, other, found, lowest)), None)
            if following:
                path.append(following)
                continue
            path.pop()
            if path:
                lowest[path[-1]] = min(lowest[path[-1]], lowest[job])
            if lowest[job] == found[job]:
                yield _closed(waiting, job, lowest)


def _leads_on(job: Job, other: Job, found: Mapping[Job, int], lowest: dict[Job, float]) -> bool:
    """Whether an operation that another needs is yet to be looked at; if not, what it leads back to counts."""
    if other in found:
        lowest[job] = min(lowest[job], lowest[other])
    return other not in found


def _closed(waiting: list[Job], first: Job, lowest: dict[Job, float]) -> list[Job]:
    """The circle that begins with an operation, in the request's order; it leads nowhere any more."""
    circle: list[Job] = []
    while first not in circle[-1:]:
        circle.append(waiting.pop())
        lowest[circle[-1]] = math.inf
    return sorted(circle, key=lambda job: job.number)
