"""Rules for versions (RFC 7643 3.1, RFC 7644 3.14): how they are written, and that an answer shows the present one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scim_tests.checks.reading.compare import weightiest
from scim_tests.checks.reading.history import (
    Observation,
    ObservationPair,
    ResourceHistory,
    history,
    is_between,
    may_empty_groups,
    resources_of,
)
from scim_tests.checks.reading.metadata import another_place
from scim_tests.checks.reading.parameters import shows_parts
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, PLAY, RFC, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

ENTITY_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\uffff]*"')  # RFC 9110 8.8.3
NOT_MODIFIED = 304


def _version(exchange: Exchange) -> str:
    """The meta.version of the one resource that an answer shows; empty where it shows none, or several."""
    shown = resources_of(exchange)
    version = get(shown[0], "meta", "version") if len(shown) == 1 else None
    return version if isinstance(version, str) else ""


def has_a_version(exchange: Exchange) -> bool:
    """Whether an answer has an ETag, or its resource a version."""
    return bool(exchange.answer.header("ETag") or _version(exchange))


@check(
    "every_version.is-an-entity-tag",
    on="*.*",
    when=has_a_version,
    otherwise="no answer had a version",
    title="Every version is an entity-tag: in quotes, and with W/ in capitals where it is weak",
    references=("RFC7643-3.1-23",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix='Write `"…"`, or `W/"…"` where the version is a weak one, in ETag and in meta.version alike.',
)
def is_an_entity_tag(exchange: Exchange) -> Finding | None:
    """A version that stands in the body alone, without quotes, can be read all the same: advice."""
    tag, version = exchange.answer.header("ETag"), _version(exchange)
    if tag is not None and not ENTITY_TAG.fullmatch(tag):
        return Finding('an entity-tag like W/"1"', tag or "nothing", "ETag")
    if version and not ENTITY_TAG.fullmatch(version):
        mild = not version.startswith("w/")
        return Finding('an entity-tag like W/"1"', describe(version), "$.meta.version", mild=mild)
    return None


@check(
    "every_version.not-modified-has-no-body",
    on="*.*",
    when=lambda exchange: exchange.status == NOT_MODIFIED,
    otherwise="nothing was answered with 304",
    title="An answer with 304 has no body",
    references=("RFC7644-3.14-04",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Send headers alone with 304.",
)
def not_modified_has_no_body(exchange: Exchange) -> Finding | None:
    return Finding("no body", exchange.answer.beginning, "$") if exchange.answer.has_body else None


@check(
    "every_version.content-location-is-the-location",
    on="*.*",
    when=lambda exchange: (
        bool(exchange.answer.header("Content-Location"))
        and len(resources_of(exchange)) == 1
        and get(exchange.resource, "meta", "location") is not None
    ),
    otherwise="no resource came with both Content-Location and meta.location",
    title="The meta.location of a resource is the same as the answer's Content-Location",
    references=("RFC7643-3.1-21",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Write the same URL into both, or leave Content-Location out.",
)
def content_location_is_the_location(exchange: Exchange) -> Finding | None:
    return another_place(exchange, "Content-Location")


@check(
    "every_version.of-a-write-is-the-new-one",
    on=PLAY,
    title="The ETag of the answer to a write is not that of the state before",
    references=("RFC7644-3.14-06", "RFC7643-3.1-22"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Work out the ETag from the resource as it is after the write.",
    follows=("every_resource.has-a-new-version-after-a-change",),
)
def of_a_write_is_the_new_one(transcript: Transcript) -> Finding | None:
    told = history(transcript)
    found = [(pair, write) for pair, write in _written(told) if _tag(write) and _tag(pair.before.exchange)]
    if not found:
        raise NotObserved("", "no write that changed a user or group was answered with an ETag")
    return weightiest(finding for pair, write in found for finding in _outdated(pair, write))


def _written(told: ResourceHistory) -> Iterator[tuple[ObservationPair, Exchange]]:
    """Each write that alone stands between two reads by id, of which the second shows another state."""
    for key, pair in told.pairs(by_id=True):
        between = [each for each in told.writes[key] if is_between(each, pair)]
        is_alone = len(between) == 1 and between[0].is_success and between[0].request.method != "DELETE"
        if key[0] == "/Groups":
            others = (each for _, each in told.writes_between(pair))
            is_alone = is_alone and not any(map(may_empty_groups, others))
        if is_alone and pair.is_another:
            yield pair, between[0]


def _outdated(pair: ObservationPair, write: Exchange) -> Iterator[Finding]:
    before, now = _tag(pair.before.exchange), _tag(pair.after.exchange)
    if _tag(write) == before != now:
        at = (pair.before.exchange, write, pair.after.exchange)
        yield Finding(f"{now}, as the next read shows", f"{before}, as before", "ETag", at=at)


def _tag(exchange: Exchange) -> str:
    return (exchange.answer.header("ETag") or "") if exchange.heard.answer else ""


@check(
    "every_version.stands-in-a-header",
    on=PLAY,
    title="Where versions are supported, the answer to a create or a PATCH has the version that it shows as ETag, too",
    references=("RFC7644-3.14-02",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Send ETag with every answer that shows one user or group, by the code that writes meta.version.",
    follows=("keep_versions.sends-an-etag",),
)
def stands_in_a_header(transcript: Transcript) -> Finding | None:
    """Not of a PUT, after which a server sends none where it changed what it stored (RFC 9110 9.3.4)."""
    if not any(_advertises(each) for each in transcript):
        raise NotObserved("", "the target does not say that it has versions")
    written = [
        each for each in transcript if _creates_or_patches(each) and each.is_success and _version(each)
    ]
    if not written:
        raise NotObserved("", "no create and no PATCH was answered with a version")
    lacking = (each for each in written if not _tag(each))
    return next((Finding("an ETag", "no such header", "ETag", at=(each,)) for each in lacking), None)


@check(
    "every_version.is-one-through-every-door",
    on=PLAY,
    title="While nothing is written, a list shows a resource in the version that reads by its id show",
    references=("RFC7643-3.1-22", "RFC7644-3.14-03"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Show the version that the resource has now wherever it is shown: clients send it back in If-Match.",
)
def is_one_through_every_door(transcript: Transcript) -> Finding | None:
    """Of whole resources, between two reads by id with one version, since some have another at each look; that of a user may move with groups, and back."""
    if not any(_advertises(each) for each in transcript):
        raise NotObserved("", "the target does not say that it has versions")
    told = history(transcript)
    beside = [
        (key[0], *each) for key, seen in told.stretches if key in told.ours for each in _beside_reads(seen)
    ]
    if not beside:
        raise NotObserved("", "nobody was listed between two reads by id with one version")
    for kind, one, listed, other in beside:
        was, now = one.meta("version"), listed.meta("version")
        quiet = (ObservationPair(one, listed), ObservationPair(listed, other))
        stands = kind == "/Groups" or any(map(told.is_quiet, quiet))
        if now and now != was and not quiet[0].is_another and stands:
            expected = f"{was}, as reads by id show it before and after"
            at = (one.exchange, listed.exchange, other.exchange)
            return Finding(expected, now, "$.meta.version", at=at)
    return None


def _creates_or_patches(exchange: Exchange) -> bool:
    method = exchange.request.method
    return method == "PATCH" or (method == "POST" and exchange.request.endpoint in {"/Users", "/Groups"})


def _advertises(exchange: Exchange) -> bool:
    """Whether it is the configuration, and has versions among what is supported."""
    answer = exchange.heard.answer
    if exchange.request.endpoint != "/ServiceProviderConfig" or answer is None or not answer.is_json:
        return False
    return answer.is_success and get(answer.parsed, "etag", "supported") is True


def _beside_reads(seen: Sequence[Observation]) -> Iterator[tuple[Observation, Observation, Observation]]:
    """Each whole view that is none by id, with the reads by id before and after it where these show one version."""
    reads = [place for place, each in enumerate(seen) if each.is_by_id and not shows_parts(each.exchange)]
    for start, end in pairwise(reads):
        version = seen[start].meta("version")
        if version and version == seen[end].meta("version"):
            whole = (each for each in seen[start + 1 : end] if not shows_parts(each.exchange))
            yield from ((seen[start], each, seen[end]) for each in whole if not each.is_by_id)
