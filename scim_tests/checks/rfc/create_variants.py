"""Unusual creates: a shared address makes two people, and a taken name is refused."""

from scim_tests.checks.rfc.patch_user import UNSUPPORTED
from scim_tests.knowledge.consequences import CREATE_FAILS, DUPLICATES, OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, SECURITY, SHOULD, STOPS, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import get


@check(
    "create_variants.shared-address-is-another-person",
    on="create_variants.same_email",
    when=lambda exchange: exchange.is_success,
    otherwise="the target refuses a second user with the same e-mail address",
    title="A second person with the same e-mail address is refused, or gets an id of their own",
    references=("RFC7643-3.1-05", "RFC7643-3.1-06", "RFC7644-3.3-08"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=RFC,
    consequence=DUPLICATES,
    fix="Match on userName alone; refuse with 409 where addresses have to be unique.",
)
def shared_address_is_another_person(exchange: Exchange) -> Finding | None:
    first = get(exchange.earlier("read").resource, "id")
    shown = get(exchange.resource, "id")
    return Finding("an id of its own", f"{shown}, the first user's", "$.id") if shown == first else None


@check(
    "create_variants.taken-name-is-refused",
    on=("create_variants.take_name", "create_variants.take_name_by_patch"),
    when=lambda exchange: exchange.request.method == "PUT" or exchange.status not in UNSUPPORTED,
    otherwise="the target takes no PATCH",
    title="A PUT or PATCH that gives a user somebody else's userName is refused",
    references=("RFC7644-3.5.1-12", "RFC7643-4.1.1-02", "RFC7644-3.12-19"),
    strength=MUST,
    severity=SECURITY,
    demanded_by=RFC,
    consequence=DUPLICATES,
    fix="Check the uniqueness of userName in updates as in creates, and answer 409 uniqueness.",
)
def taken_name_is_refused(exchange: Exchange) -> Finding | None:
    if exchange.status == 409:
        return None
    return Finding("409 Conflict", exchange.answer.phrase, mild=400 <= exchange.status < 500)


@check(
    "create_variants.user-without-user-name-is-refused",
    on="create_variants.no_user_name",
    title="A create without userName is refused with 400",
    references=("RFC7643-4.1.1-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 invalidValue where a required attribute is missing.",
)
def user_without_user_name_is_refused(exchange: Exchange) -> Finding | None:
    return None if 400 <= exchange.status < 500 else Finding("400 Bad Request", exchange.answer.phrase)


@check(
    "create_variants.external-id-need-not-be-unique",
    on="create_variants.plain_name",
    title="A create with a new userName meets no conflict, although somebody has the externalId in other letters",
    references=("RFC7643-3.1-13", "RFC7643-3.1-14"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=CREATE_FAILS,
    fix="Check userName alone for uniqueness; externalId is the client's, and its letter case counts.",
)
def external_id_need_not_be_unique(exchange: Exchange) -> Finding | None:
    return Finding("201 Created", exchange.answer.phrase) if exchange.status == 409 else None


@check(
    "create_variants.plain-name-is-taken",
    on="create_variants.plain_name",
    title="The target accepts a userName that is not an e-mail address",
    references=("RFC7643-4.1.1-01", "okta:PREP"),
    strength=SHOULD,
    severity=STOPS,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept any unique string as userName, or say in `detail` that it has to be an e-mail address.",
)
def plain_name_is_taken(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 201 else Finding("201 Created", exchange.answer.phrase)
