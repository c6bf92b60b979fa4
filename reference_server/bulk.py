"""Bulk: many operations in one request, with references to resources that are still to come (RFC 7644 section 3.7).

Operations run in their order, each after those whose resources it refers to. Those that refer to each other in
a circle succeed together by ids promised beforehand, or fail together.
"""

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

from reference_server.database import savepoint
from reference_server.documents import folded, message
from reference_server.errors import ScimError, TookTooLongError, invalid_syntax, invalid_value, not_found
from reference_server.messages import require_match
from reference_server.paragraphs import Paragraph
from reference_server.references import URI, References
from reference_server.resources import Resource
from reference_server.schema import ResourceType
from reference_server.server import Server, Unit
from reference_server.settings import Reading

REQUEST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
RESPONSE_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
METHODS = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, eq=False, slots=True)
class Job:
    """One operation of a bulk request; `refers_to` are the bulkIds it needs."""

    number: int  # its place in the request, from 0
    method: str  # in upper case
    path: str
    kind: ResourceType | None  # None where the path is that of no resource
    bulk_id: str | None  # never None in a POST
    version: str | None  # the ETag that the resource must have
    data: Any
    refers_to: frozenset[str]

    @property
    def named(self) -> ResourceType:
        """The type of the resource it is about; 404 where the path is that of none."""
        if self.kind is None:
            raise not_found(f"{self.method} {self.path}")
        return self.kind


class Bulk:
    """One bulk request of one tenant, within one transaction.

    Raises invalidSyntax for what is no BulkRequest, 413 for too many operations (RFC 7644 section 3.7.4).
    """

    def __init__(self, server: Server, unit: Unit, document: Mapping[str, Any]) -> None:
        self.server = server
        self.unit = unit
        request = message(document, REQUEST_SCHEMA)
        self.jobs = _jobs(request.get("operations"), server)
        errors = request.get("failonerrors")
        self.most_errors = len(self.jobs) + 1 if errors is None else errors
        if type(self.most_errors) is not int or self.most_errors < 1:
            raise invalid_syntax("failOnErrors must be a positive integer", Paragraph.BULK)
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
                        self.promised[self.ids[job.bulk_id]] = job.named.name
                for job in circle:
                    done.append(self._perform(job))
        except TookTooLongError:
            raise
        except ScimError as error:
            other = ScimError(
                409, f"an operation of the same circle failed: {error.detail}", Paragraph.CIRCLES
            )
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
                raise invalid_value(
                    f"bulkId:{bulk_id} is no resource created by this request", Paragraph.BULK_IDS
                )
        kind, service = job.named, self.unit.service
        identifier = URI.sub(self._id, job.path).removeprefix(f"{kind.endpoint}/")
        data = References(kind, self._id).sent(job.method, job.data)
        if job.method == "POST":
            return service.create(kind, data, self.ids[job.bulk_id])
        precondition = partial(require_match, job.version)
        if job.method == "DELETE":
            service.delete(kind, identifier, precondition)
            return None
        change = service.replace if job.method == "PUT" else service.patch
        return change(kind, identifier, data, precondition)

    def _id(self, reference: re.Match[str]) -> str:
        """The id that a reference stands for, or the reference where there is none."""
        return self.ids.get(reference[1], reference[0])

    def _succeed(self, job: Job, resource: Resource | None) -> None:
        patched = 204 if Reading.PATCH_204 in self.server.settings.readings else 200
        result = self._result(job, {"POST": 201, "PATCH": patched, "DELETE": 204}.get(job.method, 200))
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
            result["location"] = self.server.settings.base_url + URI.sub(self._id, job.path)
        self.results[job.number] = result
        return result


def _jobs(operations: Any, server: Server) -> list[Job]:
    """The operations of a BulkRequest, or a refusal of all of it."""
    if not isinstance(operations, list):
        raise invalid_syntax("Operations must be an array", Paragraph.BULK)
    limit = server.settings.limits.max_bulk_operations
    if len(operations) > limit:
        raise ScimError(413, f"there are more operations than maxOperations, {limit}", Paragraph.BULK_LIMITS)
    types = server.catalogue.resource_types.values()
    jobs = [_job(number, operation, types) for number, operation in enumerate(operations)]
    bulk_ids = [job.bulk_id for job in jobs if job.bulk_id]
    if len(set(bulk_ids)) != len(bulk_ids):
        raise invalid_syntax("each bulkId must be given once", Paragraph.BULK_IDS)
    return jobs


def _job(number: int, operation: Any, types: Collection[ResourceType]) -> Job:
    if not isinstance(operation, dict):
        raise invalid_syntax("an operation must be an object", Paragraph.BULK)
    operation = folded(operation)
    method, path = operation.get("method"), operation.get("path")
    bulk_id, version = operation.get("bulkid"), operation.get("version")
    if not isinstance(method, str) or not isinstance(path, str):
        raise invalid_syntax("an operation needs a method and a path", Paragraph.BULK)
    if method.upper() not in METHODS:
        raise invalid_syntax(
            f"the method of an operation is one of {', '.join(METHODS)}, not {method}", Paragraph.BULK
        )
    if not isinstance(bulk_id, str | None) or not isinstance(version, str | None):
        raise invalid_syntax("bulkId and version must be strings", Paragraph.BULK)
    if method.upper() == "POST" and not bulk_id:
        raise invalid_syntax("a POST needs a bulkId", Paragraph.BULK)
    data, kind = operation.get("data"), _kind(method.upper(), path, types)
    refers_to = set(URI.findall(path))

    def note(reference: re.Match[str]) -> str:
        refers_to.add(reference[1])
        return reference[0]

    if kind:
        References(kind, note).sent(method.upper(), data)
    return Job(number, method.upper(), path, kind, bulk_id, version, data, frozenset(refers_to))


def _kind(method: str, path: str, types: Collection[ResourceType]) -> ResourceType | None:
    """The resource type that a path names; POST has no id, and all others have one."""
    form = r"(/[^/]+)" if method == "POST" else r"(/[^/]+)/.+"
    named = re.fullmatch(form, path, re.DOTALL)
    return next((kind for kind in types if named and kind.endpoint == named[1]), None)


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
