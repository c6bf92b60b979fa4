"""Recognises what is done to a group by the requests alone: which change of it each one is."""

from collections.abc import Iterator, Sequence

from scim_tests.checks.reading.groups import members_of
from scim_tests.model.act import NOBODY
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import Json, get, name_of
from scim_tests.traffic.jobs import Job, hits, is_good, set_by
from scim_tests.traffic.subjects import WRITES, asked_for, at_once, body_of, is_unrecorded, shown_by

GROUP_BATCH = 50  # operations in one PATCH, from which on it is a batch


def group_jobs(name: str, heard: Sequence[Heard]) -> Iterator[Job]:
    """Everything about one group is one job, whose steps are told by their bodies; but what is written at once is another."""
    job, overlapping, gone = Job("push_group", name), at_once(heard), False
    known = next((name_of(shown) for each in heard for shown in shown_by(each)), name)
    for each in heard:
        act, step = _meaning(each, known, overlaps=id(each) in overlapping, gone=gone)
        if act != job.act and job.steps:
            yield job
            job = Job(act, name)
        job.act = act
        job.steps.append((step, each))
        wanted = set_by(each) if each.request.method == "PATCH" else body_of(each)
        named = get(wanted, "displayName")
        known = named if isinstance(named, str) and is_good(each) else known
        gone = each.request.method == "DELETE" if is_good(each) else gone
    yield job


def _meaning(each: Heard, known: str, *, overlaps: bool, gone: bool) -> tuple[str, str]:
    """The act and the step; of a group that is gone Okta writes nothing, and whoever shows it again has restored it."""
    method = each.request.method
    if overlaps:
        return "overlap_groups", method.lower()
    if _is_odd(each) or is_unrecorded(each) or (gone and method in WRITES):
        return "other", method.lower()
    if gone and method == "GET" and not asked_for(each) and not is_good(each):
        return "push_group", "deleted"
    return "push_group", _group_step(each, known)


def _is_odd(each: Heard) -> bool:
    """Whether members are written that Okta would never name: without an id, or with the one of nobody that a run of ours made up."""
    wanted = set_by(each) if each.request.method == "PATCH" else body_of(each)
    return any(get(member, "value") in (None, NOBODY) for member in members_of(wanted))


def _group_step(each: Heard, known: str) -> str:
    method = each.request.method
    if method == "GET":
        looked = "lookup_linked" if hits(each) else "lookup_new"
        return looked if asked_for(each) else "current"
    if method in {"POST", "DELETE"}:
        return "create" if method == "POST" else "delete"
    if method == "PUT":
        same = get(body_of(each), "displayName") in (None, known)  # it may be of any type
        return "push_now" if same else "rename"
    return _membership(get(body_of(each), "Operations"), known)


def _membership(operations: Json, known: str) -> str:
    """Which change of a group a PATCH is (okta:S20, okta:SDK757, okta:SG111)."""
    operations = operations if isinstance(operations, list) else []
    kinds = {str(get(each, "op")).lower() for each in operations}
    pathless = [get(each, "value") for each in operations if get(each, "path") is None]
    if len(operations) >= GROUP_BATCH:
        return "batch"
    if pathless:
        if any(get(value, "members") == [] for value in pathless):
            return "empty_without_path"
        return "same_name" if all(get(each, "displayName") == known for each in pathless) else "rename"
    if kinds == {"replace"}:
        return "push_now" if any(get(each, "value") for each in operations) else "empty"
    return {frozenset({"add"}): "add", frozenset({"remove"}): "remove"}.get(frozenset(kinds), "swap")
