"""PATCHes of other clients: an accepted PATCH is done, and a refused one changes nothing (RFC 7644 3.5.2)."""

from scim_tests.checks.reading.patching import patched
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Resource, attribute, get

UNSUPPORTED = frozenset({404, 405, 501})  # PATCH is optional (RFC 7644 3.5.2)


def patch_before(exchange: Exchange) -> Exchange:
    """The PATCH that a read follows."""
    if exchange.previous.request.method != "PATCH":
        raise NotObserved("", "no PATCH came before")
    return exchange.previous


def read_before(patch: Exchange) -> Resource:
    """The user as it was shown before a PATCH."""
    for each in reversed(patch.before):
        if each.request.method == "GET":
            return each.resource
    raise NotObserved(patch.step, "came before the user was read")


@check(
    "patch_user.is-taken",
    on=("patch_user.same_value", "patch_user.email", "patch_user.add", "patch_user.remove"),
    when=lambda exchange: exchange.status not in UNSUPPORTED,
    otherwise="the target takes no PATCH",
    title="A PATCH with a path is answered with 200 or 204, also if it changes nothing",
    references=("RFC7644-3.5.2-21", "RFC7644-3.5.2-07", "RFC7644-3.5.2-12"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept add, remove and replace with the paths of RFC 7644 3.5.2, also if the value is there already.",
    follows=("deactivate_user.patch-is-taken",),
)
def is_taken(exchange: Exchange) -> Finding | None:
    """Mild where the target may not have the attribute, or shows no work address."""
    if exchange.status in {200, 204}:
        return None
    path = str(get(exchange.request.operations[0], "path"))
    before = read_before(exchange)
    has_it = (
        get(before, attribute(path)) is not None and patched(before, exchange.request.operations) is not None
    )
    return Finding("200 or 204", exchange.answer.phrase, mild=not has_it)


@check(
    "patch_user.nonsense-is-refused",
    on=("patch_user.unknown_attribute", "patch_user.unknown_operation"),
    title="A PATCH with an unknown attribute or an unknown operation is refused",
    references=("RFC7644-3.5.2-11", "RFC7644-3.5.2-19"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400, with scimType invalidPath for the attribute and invalidSyntax for the operation.",
)
def nonsense_is_refused(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None


@check(
    "patch_user.version-is-the-servers",
    on="patch_user.after_version",
    title="A client cannot set the version of a user",
    references=("RFC7643-3.1-16", "RFC7644-3.5.2-08"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Ignore or refuse what clients write into meta.",
)
def version_is_the_servers(exchange: Exchange) -> Finding | None:
    written = get(patch_before(exchange).request.operations[0], "value")
    shown = get(exchange.resource, "meta", "version")
    return Finding("a version of the server's own", written, "$.meta.version") if shown == written else None


@check(
    "patch_user.active-as-a-string-is-taken",
    on="patch_user.active_as_a_string",
    title="The target accepts active as a string too, as some clients send it",
    references=("RFC7643-2.3.2-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read the strings true and false, in any letter case, as booleans when they are written.",
)
def active_as_a_string_is_taken(exchange: Exchange) -> Finding | None:
    """Advice at most: the RFC has booleans, and it is Entra that sends strings."""
    if exchange.is_success or exchange.status in UNSUPPORTED:
        return None
    return Finding("200 or 204", exchange.answer.phrase)


@check(
    "patch_user.put-without-active-keeps-the-user-active",
    on="patch_user.after_put_without_active",
    title="A PUT without active leaves an active user active",
    references=("RFC7644-3.5.1-04",),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Set active to true unless a client sends false.",
)
def put_without_active_keeps_the_user_active(exchange: Exchange) -> Finding | None:
    put = exchange.previous
    if not put.is_success:
        raise NotObserved(put.step, f"answered {put.answer.phrase}")
    active = get(exchange.resource, "active")
    return advice("true, or nothing", describe(active), "$.active") if active is False else None
