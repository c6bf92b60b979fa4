"""After the play: a deleted user is gone. Okta deletes users only with granular deprovisioning switched on (okta:EVENTS); other clients do."""

from scim_tests.knowledge.consequences import NOT_OKTAS
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, Finding, advice, check
from scim_tests.model.exchange import Exchange


@check(
    "clean_up.delete-answers-204",
    on=("clean_up.delete", "delete_user.delete"),
    title="A DELETE of a user is answered with 204",
    references=("RFC7644-3.6-06", "okta:FAQ", "okta:EVENTS"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Answer 204 without a body; if users cannot be deleted, answer 501 with a SCIM error.",
    follows=("every_view.has-one-id-for-one-user-name",),
)
def delete_answers_204(exchange: Exchange) -> Finding | None:
    if exchange.status == 204:
        return None
    if exchange.status in {403, 405, 501}:
        return advice("204 No Content", f"{exchange.answer.phrase}: users cannot be deleted here")
    return Finding("204 No Content", exchange.answer.phrase)


@check(
    "clean_up.deleted-user-is-gone",
    on="clean_up.read_deleted",
    title="Reading a deleted user by id is answered with 404",
    references=("RFC7644-3.6-02", "INTEROP-6.6-03", "INTEROP-6.6-08"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Let GET /Users/{id} answer 404 after the DELETE.",
)
def deleted_user_is_gone(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 404 else Finding("404 Not Found", exchange.answer.phrase)


@check(
    "clean_up.deleted-user-is-found-no-more",
    on="clean_up.find_deleted",
    title="A lookup does not find a deleted user",
    references=("RFC7644-3.6-03",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NOT_OKTAS,
    fix="Leave deleted users out of every query, also if the server keeps their records.",
    follows=(
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        "every_view.has-one-id-for-one-user-name",
        "clean_up.deleted-user-is-gone",
    ),
)
def deleted_user_is_found_no_more(exchange: Exchange) -> Finding | None:
    """Somebody else may go by that name, in another letter case for one."""
    if exchange.status == 404:
        return None
    gone = exchange.earlier("delete").request.endpoint.removeprefix("/Users/")
    return (
        Finding("a list without the deleted user", f"the user {gone}", "$.Resources")
        if gone in exchange.page.ids
        else None
    )
