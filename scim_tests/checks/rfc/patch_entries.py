"""PATCHes of one entry among several. What they leave behind the rules for every write judge."""

from scim_tests.checks.rfc.patch_user import UNSUPPORTED
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange


@check(
    "patch_entries.is-taken",
    on=tuple(
        f"patch_entries.{step}"
        for step in (
            "value_of_one",
            "one_more",
            "one_more_email",
            "one_less",
            "part_of_one",
            "part_less",
            "all_less",
            "other_primary",
            "value_of_primary",
            "typed_less",
            "part_of_name",
            "part_of_name_less",
            "extension",
            "extension_less",
            "manager_less",
            "last_wins",
            "letters",
            "with_urn",
            "several",
            "to_null",
        )
    ),
    when=lambda exchange: exchange.status not in UNSUPPORTED,
    otherwise="the target takes no PATCH",
    title="A PATCH of one part, one entry or one attribute among several is answered with 200 or 204",
    references=("RFC7644-3.5.2-21", "RFC7644-3.5.2-07", "RFC7644-3.5.2.2-05", "RFC7644-3.5.2.2-06"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept add, remove and replace with every path of RFC 7644 3.5.2, a filter of entries included.",
    follows=("deactivate_user.patch-is-taken", "patch_user.is-taken"),
)
def is_taken(exchange: Exchange) -> Finding | None:
    """Advice: a target may have no such attribute to write; what it takes is judged by what it leaves."""
    return None if exchange.status in {200, 204} else Finding("200 or 204", exchange.answer.phrase)


@check(
    "patch_entries.required-attribute-stays",
    on="patch_entries.no_user_name",
    when=lambda exchange: exchange.status not in UNSUPPORTED,
    otherwise="the target takes no PATCH",
    title="A PATCH that removes the userName is refused",
    references=("RFC7644-3.5.2.2-07", "RFC7643-4.1.1-01", "RFC7644-3.5.2-11", "RFC7644-3.5.2-19"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 400 mutability where a required or read-only attribute would be removed.",
)
def required_attribute_stays(exchange: Exchange) -> Finding | None:
    return Finding("400 Bad Request", exchange.answer.phrase) if exchange.is_success else None
