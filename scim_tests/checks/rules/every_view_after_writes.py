"""Rules for what a user shows once it was written: what was sent is kept, and nothing else changes."""

from collections.abc import Iterator

from scim_tests.checks.reading.compare import (
    READ_ONLY,
    SECRET,
    changes,
    is_the_clients,
    leaves,
    weightiest,
    without,
)
from scim_tests.checks.reading.users import USER_PUTS
from scim_tests.knowledge.consequences import WRONG_PROFILE
from scim_tests.model.check import BOTH, MUST, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource

READS_AFTER_A_PUT = (
    "link_user.read_back", "deactivate_user.read_back", "reactivate_user.read_*", "update_user.read_*",
)  # fmt: skip


@check(
    "every_view.shows-what-was-put",
    on=USER_PUTS,
    when=lambda exchange: exchange.is_success,
    otherwise="no PUT succeeded",
    title="The answer to a PUT shows what the PUT sent",
    references=("RFC7644-3.5.1-03", "RFC7644-3.5.1-11", "RFC7644-3.1-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store every attribute of the PUT that the schema knows, and answer with the stored user.",
    follows=("push_user.keeps-the-user-name",),
)
def shows_what_was_put(exchange: Exchange) -> Finding | None:
    return written_and_shown(exchange.request.resource, exchange)


@check(
    "every_view.still-shows-what-was-put",
    on=READS_AFTER_A_PUT,
    title="Reading after a PUT shows what the PUT sent",
    references=("RFC7644-3.5.1-03", "RFC7644-3.1-05", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store the user before answering; otherwise Okta believes in a change that did not happen.",
    when=lambda exchange: bool(_puts_before(exchange)),
    otherwise="no PUT succeeded before a read",
    follows=("every_view.shows-what-was-put",),
)
def still_shows_what_was_put(exchange: Exchange) -> Finding | None:
    put = _puts_before(exchange)[-1]
    return written_and_shown(put.request.resource, exchange, known=shown_before(put))


def _puts_before(exchange: Exchange) -> list[Exchange]:
    return [each for each in exchange.before if each.request.method == "PUT" and each.is_success]


def shown_before(put: Exchange) -> frozenset[str]:
    """The attributes, by path, that the target showed by id right before a PUT: it does have these."""
    reads = [
        each for each in put.before if each.request.method == "GET" and each.request.endpoint != "/Users"
    ]
    if not reads or not reads[-1].is_success:
        return frozenset()
    return frozenset(path.lower() for path, _ in leaves(reads[-1].resource))


def written_and_shown(
    written: Resource, exchange: Exchange, known: frozenset[str] = frozenset()
) -> Finding | None:
    """What is shown other than it was written.

    What a server may make up itself is no more than advice, and so is an attribute that is not shown
    at all, since the server may not have it; unless it is `known` to have it.
    """

    def differences() -> Iterator[Finding]:
        for path, was, now in changes(without(written, READ_ONLY, SECRET), exchange.resource):
            sure = is_the_clients(path) and (now is not None or path.lower() in known)
            shown = describe(now) if now is not None else "nothing"
            yield Finding(f"{describe(was)}, as it was sent", shown, path, mild=not sure)

    return weightiest(differences())
