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
from scim_tests.model.transcript import Transcript


@check(
    "every_view.shows-what-is-returned-by-default",
    on=PLAY,
    title="What /Schemas declares as returned by default is in every answer that shows the user or group whole",
    references=("RFC7643-7-24", "RFC7644-3.5.1-11"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Build every answer from the stored resource with the same code, memberships included, or declare the attribute as returned on request.",
    follows=("every_view.agrees-with-the-others",),
)
def shows_what_is_returned_by_default(transcript: Transcript) -> Finding | None:
    """Of what the run made, while it writes nothing: a read by id shows a value, and the answer beside it none."""
    declared = shown_by_default(transcript)
    if not declared:
        raise NotObserved("", "the target does not declare what it returns by default")
    told = history(transcript)
    for kind, one, other in _beside_reads(told):
        for path, value, now in changes(*(without(each.resource, SECRET) for each in (one, other))):
            if now is None and (kind, plain(path)) in declared:
                expected = f"{describe(value)}, as {one.exchange.step} shows it"
                got = f"no value in {other.exchange.step}"
                return Finding(expected, got, path, at=(one.exchange, other.exchange))
    return None


def _beside_reads(told: ResourceHistory) -> Iterator[tuple[str, Observation, Observation]]:
    """A read by id, and another whole view of the same one beside it."""
    for kind in ("/Users", "/Groups"):
        for key, pair in told.between_writes(kind):
            whole = not any(shows_parts(each.exchange) for each in pair)
            if key in told.ours and whole and told.is_quiet(pair):
                yield from ((kind, one, other) for one, other in (pair, reversed(pair)) if one.is_by_id)
