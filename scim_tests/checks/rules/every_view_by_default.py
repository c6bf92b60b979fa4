"""What the target's own schemas say comes with every answer comes with every answer (RFC 7643 7: `returned`)."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import SECRET, changes, without
from scim_tests.checks.reading.history import Observation, ResourceHistory, history
from scim_tests.checks.reading.holdings import plain
from scim_tests.checks.reading.parameters import shows_parts
from scim_tests.checks.reading.published import shown_by_default
from scim_tests.knowledge.consequences import WRONG_PROFILE
from scim_tests.model.check import DEGRADED, MUST, PLAY, RFC, Finding, check
from scim_tests.model.exchange import NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, get
from scim_tests.model.transcript import Transcript

SHOWN = {"/Users": ("POST", "PUT", "PATCH"), "/Groups": ("POST",)}  # by which writes


@check(
    "every_view.shows-what-is-returned-by-default",
    on=PLAY,
    title="What /Schemas declares as returned by default is in the answers to writes of users, and to creates of groups",
    references=("RFC7643-7-24", "RFC7644-3.5.1-11"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Build every answer from the stored resource with the same code, memberships included, or declare the attribute as returned on request.",
    follows=("every_view.agrees-with-the-others",),
)
def shows_what_is_returned_by_default(transcript: Transcript) -> Finding | None:
    """A read by id right after it shows a value, and it shows none. Of lists many show less on purpose, and of changed groups (Okta)."""
    declared = shown_by_default(transcript)
    if not declared:
        raise NotObserved("", "the target does not declare what it returns by default")
    told = history(transcript)
    pairs = ((kind, *pair) for kind in SHOWN for pair in _after_writes(told, kind))
    for kind, one, other in pairs:
        for path, value, now in changes(*(without(each.resource, SECRET) for each in (one, other))):
            if now is None and (kind, plain(path)) in declared and not _is_of_others(path, value):
                expected = f"{describe(value)}, as {one.exchange.step} shows it"
                got = f"no value in {other.exchange.step}"
                return Finding(expected, got, path, at=(one.exchange, other.exchange))
    return None


def _is_of_others(path: str, value: Json) -> bool:
    """Whether it is groups which the user is in by way of other groups alone."""
    return path == "$.groups" and all(get(each, "type") == "indirect" for each in value)


def _after_writes(told: ResourceHistory, kind: str) -> Iterator[tuple[Observation, Observation]]:
    """A read by id, and the answer to a write before it, with no other write in between."""
    for key, pair in told.between_writes(kind):
        whole = not any(shows_parts(each.exchange) for each in pair)
        writes = pair.before.exchange.request.method in SHOWN[kind]
        if key in told.ours and pair.after.is_by_id and whole and writes and told.is_quiet(pair):
            yield pair.after, pair.before
