"""What the profile says the target lacks: the target refuses it clearly, or really does it.

A target that does what the profile does not expect of it does nothing wrong: the report then says that the
limit is not confirmed.
"""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import (
    READ_ONLY,
    SECRET,
    changes,
    fold,
    is_the_clients,
    leaves,
    weightiest,
    without,
)
from scim_tests.checks.rules.every_error import error_body, is_not_served
from scim_tests.knowledge.consequences import (
    ALTERED_IN_PASSING,
    REFUSED_WITHOUT_WORDS,
    SUCCESS_WITHOUT_EFFECT,
)
from scim_tests.model.check import BOTH, DEGRADED, MUST, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ERROR, Json, Resource, get

ASKED = tuple(
    f"probe_unsupported.{step}"
    for step in (
        "groups", "group", "resource_types", "update", "password", "deactivate", "deactivate_by_put",
        "activate", "activate_by_put", "delete",
    )
)  # fmt: skip
NOT_SUPPORTED = frozenset({403, 404, 405, 501})  # say that it is the feature that is missing
READS = (
    "probe_unsupported.after_update", "probe_unsupported.after_update_back", "probe_unsupported.after_password",
    "probe_unsupported.after_deactivate", "probe_unsupported.after_activate", "probe_unsupported.after_delete",
)  # fmt: skip


@check(
    "probe_unsupported.refusal-is-a-scim-error",
    on=ASKED,
    when=lambda exchange: not exchange.is_success,
    otherwise="nothing was refused",
    title="What the target does not support, it refuses with 4xx or 501 and a SCIM error",
    references=("RFC7644-3.12-01", "RFC7644-3.12-16", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=REFUSED_WITHOUT_WORDS,
    fix="Answer 501 (or 403, 404, 405) with `schemas`, `status` and a `detail` that says what is not supported.",
    follows=(
        "every_answer.is-no-server-error", "every_answer.is-no-redirect", "every_answer.is-json",
        "every_error.has-an-error-body", "every_error.has-the-error-schema",
    ),
)  # fmt: skip
def refusal_is_a_scim_error(exchange: Exchange) -> Finding | None:
    if not (400 <= exchange.status < 500 or exchange.status == 501):
        return Finding("4xx or 501", exchange.answer.phrase)
    schemas = get(error_body(exchange), "schemas") if not is_not_served(exchange) else [ERROR]
    if not isinstance(schemas, list) or ERROR not in schemas:
        return Finding(f"[{ERROR}]", describe(schemas), "$.schemas")
    told = exchange.status in NOT_SUPPORTED
    return None if told else advice("501 Not Implemented", exchange.answer.phrase)


@check(
    "probe_unsupported.success-has-its-effect",
    on=(*READS, "probe_unsupported.after_group"),
    when=lambda exchange: any(each.is_success for each in _asked_before(exchange)),
    otherwise="everything that writes was refused",
    title="If the target answers an unexpected request with success, it does what was asked",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.2.3-02", "RFC7644-3.6-02", "RFC7644-3.1-05"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=SUCCESS_WITHOUT_EFFECT,
    fix="Do what is asked, or refuse it with 501; Okta believes a success also if nothing changes.",
    follows=("every_answer.is-no-server-error",),
)
def success_has_its_effect(exchange: Exchange) -> Finding | None:
    taken = [each for each in _asked_before(exchange) if each.is_success][-1]
    if taken.request.method == "DELETE":
        return None if exchange.status in {404, 410} else Finding("404 Not Found", exchange.answer.phrase)
    of_a_group = exchange.request.endpoint.startswith("/Groups")
    shown = {path.lower(): value for path, value in leaves(exchange.resource)}
    return weightiest(
        Finding(
            f"{describe(wanted)}, since {taken.answer.phrase} was answered",
            describe(shown.get(path.lower())),
            path,
            mild=not of_a_group and not is_the_clients(path),  # the target's own may move by itself
        )
        for path, wanted in _wanted(taken).items()
        if fold(shown.get(path.lower())) != fold(wanted)
    )


@check(
    "probe_unsupported.changes-nothing-else",
    on=(*READS, "probe_unsupported.group_by_name"),
    title="A request for what the target lacks changes only what the target says it changed",
    references=("RFC7644-3.5.2.3-01", "RFC7644-3.5.2-18", "RFC7644-3.5.1-03"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=ALTERED_IN_PASSING,
    fix="Change what the request names and nothing else; what is refused changes nothing.",
    follows=("every_write.changes-nothing-else", "every_answer.is-no-server-error"),
)  # fmt: skip
def changes_nothing_else(exchange: Exchange) -> Finding | None:
    if exchange.request.endpoint == "/Groups":
        made = len(exchange.page.ids)
        return (
            Finding("no group, since its create was refused", f"{made} groups of that name", "$.Resources")
            if made
            else None
        )
    asked = _asked_before(exchange)
    if any(each.request.method == "DELETE" and each.is_success for each in asked):
        raise NotObserved("", "the user was deleted")
    if not exchange.is_success:
        return Finding("200 OK, as before", exchange.answer.phrase)
    return next(_altered(_seen_before(asked[0]), asked, exchange), None)


def _altered(before: Resource, asked: list[Exchange], exchange: Exchange) -> Iterator[Finding]:
    """What differs between two reads beyond what the requests between them were granted, of what is the client's."""
    granted = {path.lower() for each in asked if each.is_success for path in _wanted(each)}
    for path, old, new in _differences(before, exchange.resource):
        if is_the_clients(path) and path.lower() not in granted:
            yield Finding(f"{describe(old)}, as before", describe(new), path)


def _differences(before: Resource, after: Resource) -> Iterator[tuple[str, Json, Json]]:
    """What is another value, gone or new: (path, before, after)."""
    was, now = (without(user, READ_ONLY, SECRET) for user in (before, after))
    yield from changes(was, now)
    yield from ((path, None, new) for path, new, old in changes(now, was) if old is None)


def _asked_before(exchange: Exchange) -> list[Exchange]:
    """The requests to write between this read and the one before it."""
    asked: list[Exchange] = []
    for each in reversed(exchange.before):
        if each.request.method == "GET":
            break
        asked.insert(0, each)
    return asked


def _seen_before(asked: Exchange) -> Resource:
    """The user as last read before a request."""
    for each in reversed(asked.before):
        if (
            each.request.endpoint == asked.request.endpoint
            and each.request.method == "GET"
            and each.is_success
        ):
            return each.resource
    raise NotObserved(asked.step, "came before the user was read")


def _wanted(asked: Exchange) -> dict[str, Json]:
    """What a request means to change, by path; a password is never shown, so nobody can compare it."""
    match asked.request.method:
        case "DELETE":
            return {}
        case "PUT":
            return {path: new for path, _, new in _differences(_seen_before(asked), asked.request.resource)}
        case "PATCH":
            written = get(asked.request.operations[0], "value")
        case _:
            written = asked.request.resource
    return dict(leaves(without(written, READ_ONLY, SECRET)))
