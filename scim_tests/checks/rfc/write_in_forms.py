"""The forms in which clients write. What they leave behind the rules for every write judge."""

from scim_tests.checks.reading.compare import is_another_moment
from scim_tests.checks.reading.groups import member_ids, members_of
from scim_tests.checks.rfc.patch_user import UNSUPPORTED
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get

PATCHES = tuple(
    f"write_in_forms.{step}"
    for step in (
        "two_of_a_type", "several_match", "one_after_the_other", "chosen_*", "by_rank", "two_clauses", "words", "inactive", "active",
        "external_id*", "extension_gone", "extension_again", "extension_emptied",
        "extension_by_its_part", "without_manager", "group_named", "group_put", "group_emptied", "by_address", "same_values", "complex",
        "list_replaced", "nothing_new*", "added_over", "removed", "replaced_without_value", "password_too", "manager", "managers_value", "group_one_member", "group_members_apart",
    )
)  # fmt: skip
CREATES = (
    "write_in_forms.create_reversed",
    "write_in_forms.create_in_capitals",
    "write_in_forms.create_with_id",
)
NO_PATCH = "the target takes no PATCH"


def is_known(exchange: Exchange) -> bool:
    return exchange.status not in UNSUPPORTED


@check(
    "write_in_forms.create-is-taken",
    on=CREATES,
    when=lambda exchange: exchange.earlier("create").is_success,
    otherwise="a plain create is refused",
    title="A create is taken in whatever order and letters its attributes stand, with read-only ones among them",
    references=("RFC7643-2.1-03", "RFC7643-2.3.8-01", "RFC7643-3-04"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Match attribute names without regard to letter case, go by no order, and pass over id and meta in a create.",
)
def create_is_taken(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 201 else Finding("201 Created", exchange.answer.phrase)


@check(
    "write_in_forms.id-is-the-targets",
    on="write_in_forms.create_with_id",
    when=lambda exchange: exchange.is_success,
    otherwise="a create with an id is refused",
    title="An id that a client sends with a create is passed over",
    references=("RFC7644-3.3-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give every new resource an id of the server's own.",
)
def id_is_the_targets(exchange: Exchange) -> Finding | None:
    sent, given = get(exchange.request.resource, "id"), get(exchange.resource, "id")
    return (
        Finding("an id of the target's own", f"{describe(given)}, as the client sent it", "$.id")
        if sent == given
        else None
    )


@check(
    "write_in_forms.meta-has-its-dates",
    on=("write_in_forms.read", "write_in_forms.group_read"),
    when=lambda exchange: exchange.is_success,
    otherwise="nobody was shown",
    title="The meta of a user and of a group says when it was created and last changed",
    references=("RFC7643-3.1-02",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Show meta.created and meta.lastModified with every resource.",
)
def meta_has_its_dates(exchange: Exchange) -> Finding | None:
    for name in ("created", "lastModified"):
        if get(exchange.resource, "meta", name) is None:
            return Finding("a date and time", "no value", f"$.meta.{name}")
    return None


@check(
    "write_in_forms.is-taken",
    on=PATCHES,
    when=is_known,
    otherwise=NO_PATCH,
    title="A change in any of the RFC's forms is answered with 200 or 204",
    references=("RFC7644-3.5.2-21",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept add, replace and remove with and without path, of whole attributes, entries and parts.",
    follows=("deactivate_user.patch-is-taken", "patch_user.is-taken", "patch_entries.is-taken"),
)
def is_taken(exchange: Exchange) -> Finding | None:
    """Advice: a target may have no such attribute to write; what it takes is judged by what it leaves."""
    return None if exchange.status in {200, 204} else Finding("200 or 204", exchange.answer.phrase)


@check(
    "write_in_forms.nothing-new-is-no-change",
    on=("write_in_forms.after_nothing_new", "write_in_forms.after_nothing_new_without_path"),
    when=lambda exchange: exchange.previous.is_success,
    otherwise=NO_PATCH,
    title="A PATCH that adds what is there already moves no lastModified",
    references=("RFC7644-3.5.2.1-09",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare before you save: what changes nothing has no new lastModified and no new version.",
)
def nothing_new_is_no_change(exchange: Exchange) -> Finding | None:
    before = exchange.before[-2].resource
    was, now = (get(each, "meta", "lastModified") for each in (before, exchange.resource))
    if is_another_moment(was, now):
        return Finding(f"{describe(was)}, as before", describe(now), "$.meta.lastModified")
    was, now = (get(each, "meta", "version") for each in (before, exchange.resource))
    return None if was == now else advice(f"{describe(was)}, as before", describe(now), "$.meta.version")


@check(
    "write_in_forms.member-is-not-exchanged",
    on="write_in_forms.group_after_exchange_member",
    title="The value of a member is immutable: a PATCH puts nobody else in its place",
    references=("RFC7643-4.2-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Refuse a PATCH of members[…].value with 400 mutability; members come and go as a whole.",
)
def member_is_not_exchanged(exchange: Exchange) -> Finding | None:
    before, now = (member_ids(each.resource) for each in (exchange.before[-2], exchange))
    strange = sorted(now - before)
    return Finding("the members as before", f"also {strange[0]}", "$.members") if strange else None


@check(
    "write_in_forms.gone-group-is-no-member",
    on="write_in_forms.group_after_delete_inner",
    when=lambda exchange: exchange.previous.is_success,
    otherwise="no group was deleted that was in another",
    title="A group that was deleted is no member of another one any more",
    references=("RFC7643-2.3.7-06",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take a group out of all groups when it is deleted.",
)
def gone_group_is_no_member(exchange: Exchange) -> Finding | None:
    gone = exchange.previous.request.endpoint.rpartition("/")[2]
    return (
        Finding("no member who is gone", f"{gone}, which was deleted", "$.members")
        if gone in member_ids(exchange.resource)
        else None
    )


@check(
    "write_in_forms.group-is-no-user",
    on="write_in_forms.group_as_user",
    title="The id of a group leads to no user",
    references=("RFC7644-3.4.1-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look for an id among the resources of the type that the path names; answer 404 where it is of another.",
)
def group_is_no_user(exchange: Exchange) -> Finding | None:
    """Somebody else may have the same id, where ids are of their kind alone."""
    is_it = exchange.is_success and get(exchange.resource, "userName") is None
    return Finding("404 Not Found", f"{exchange.answer.phrase} with the group") if is_it else None


@check(
    "write_in_forms.inner-group-is-a-group",
    on="write_in_forms.group_after_with_inner",
    when=lambda exchange: exchange.previous.is_success,
    otherwise="groups are no members of groups",
    title="A member that is a group is shown as one",
    references=("RFC7643-2.3.7-05",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Give a member that is a group the type Group and a $ref below /Groups.",
)
def inner_group_is_a_group(exchange: Exchange) -> Finding | None:
    wanted = exchange.previous.request.operations[0]["value"][0]["value"]
    for each in members_of(exchange.resource):
        if get(each, "value") == wanted:
            kind, reference = get(each, "type"), get(each, "$ref")
            if kind is not None and str(kind).lower() != "group":
                return Finding("Group", describe(kind), "$.members[*].type")
            if isinstance(reference, str) and "/Users/" in reference:
                return Finding(f"…/Groups/{wanted}", describe(reference), "$.members[*].$ref")
    return None


@check(
    "write_in_forms.reports-stay",
    on="write_in_forms.after_delete_manager",
    when=lambda exchange: exchange.earlier("delete_manager").is_success,
    otherwise="nobody was deleted who is a manager",
    title="Who has somebody as manager is there when that one is deleted",
    references=("RFC7644-3.5.2.3-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Let a DELETE delete whom it names: a reference to a manager must not cascade.",
)
def reports_stay(exchange: Exchange) -> Finding | None:
    return Finding("200 OK", exchange.answer.phrase) if exchange.status in {404, 410} else None
