"""Roles and entitlements of users are among those that the target lists (okta:ENT): Okta skips what it does not know."""

from collections.abc import Iterator

from scim_tests.checks.okta.entitlements import NONE_OFFERED, PAGE
from scim_tests.checks.reading.compare import fold
from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.knowledge.consequences import NOTHING_TO_ASSIGN
from scim_tests.model.check import DEGRADED, OKTA, PLAY, SHOULD, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import Json, Resource, get, strings
from scim_tests.model.transcript import Transcript

NAMES = ("roles", "entitlements")


@check(
    "entitlements.users-have-listed-ones",
    on=PLAY,
    title="The roles and entitlements that users show are among those that the target lists",
    references=("okta:ENT", "RFC7643-4.1.2-01"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=NOTHING_TO_ASSIGN,
    fix="List every role and entitlement that a user can have, and show users with the id of the list as `value`.",
)
def users_have_listed_ones(transcript: Transcript) -> Finding | None:
    """What was sent by this run may be kept without being listed."""
    pages = [each for each in transcript.of(PAGE) if each.is_success and each.resources]
    if not pages:
        raise NotObserved("", NONE_OFFERED)
    listed = {text for page in pages for each in page.resources for text in _texts(each)}
    sent = {text for each in transcript for text in _granted(each.request.written)}
    for exchange, user in _users(transcript):
        strange = [each for each in _granted(user) if each not in listed | sent]
        if strange:
            return Finding("one of those listed", strange[0], "$.roles", at=(pages[0], exchange))
    return None


def _users(transcript: Transcript) -> Iterator[tuple[Exchange, Resource]]:
    for each in transcript:
        if each.request.method == "GET" and kind_of(each) == "/Users":
            yield from ((each, user) for user in resources_of(each))


def _texts(resource: Json) -> Iterator[str]:
    return (str(fold(text)) for text in strings(resource))


def _granted(user: Resource) -> list[str]:
    found = [get(user, name) for name in NAMES]
    return [
        str(fold(str(get(each, "value"))))
        for entries in found
        for each in (entries if isinstance(entries, list) else [])
        if get(each, "value") is not None
    ]
