"""Parts of people in what a write answers; what is shown the rules for every projection judge."""

from scim_tests.checks.rfc.patch_user import UNSUPPORTED
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SECURITY, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get


@check(
    "project_users.patch-with-attributes-answers-200",
    on=("project_users.patch_with_attributes", "project_users.patch_of_nothing_with_attributes"),
    when=lambda exchange: exchange.status not in UNSUPPORTED and not _is_fixed(exchange),
    otherwise="the target takes no PATCH, or none of the attribute",
    title="A PATCH that names attributes is answered with 200 and the user",
    references=("RFC7644-3.5.2-22",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer a PATCH with 200 and the resource where its URL has attributes; 204 only without.",
)
def patch_with_attributes_answers_200(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 200 else Finding("200 OK with the user", exchange.answer.phrase)


def _is_fixed(refused: Exchange) -> bool:
    """Whether the attribute is one that a target may call read-only (RFC 7644 3.5.2)."""
    return refused.status == 400 and get(refused.json, "scimType") == "mutability"


@check(
    "project_users.password-is-never-shown",
    on="project_users.password",
    title="A read that names the password shows none",
    references=("RFC7643-4.1.1-21", "RFC7643-7-23"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Never return password, hashed or not, whatever attributes names.",
)
def password_is_never_shown(exchange: Exchange) -> Finding | None:
    if not exchange.is_success:
        return None
    shown = get(exchange.resource, "password")
    return None if shown is None else Finding("no password", describe(shown), "$.password")


@check(
    "project_users.create-says-where-the-user-is",
    on="project_users.create_with_attributes",
    when=lambda exchange: exchange.status == 201,
    otherwise="a create with attributes in its URL is refused",
    title="The answer to a create has the user's URL in Location, whatever attributes its body shows",
    references=("RFC7644-3.3-06",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take Location from the new user itself, not from the meta that is shown.",
    follows=("push_user.create-says-where-the-user-is",),
)
def create_says_where_the_user_is(exchange: Exchange) -> Finding | None:
    return (
        None
        if exchange.answer.header("Location")
        else Finding("the user's URL", "no such header", "Location")
    )
