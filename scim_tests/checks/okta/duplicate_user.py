"""The same create again: refused as a conflict, with the first user untouched."""

from scim_tests.checks.reading.history import history
from scim_tests.checks.reading.users import ids_of
from scim_tests.checks.rules.every_error import error_body
from scim_tests.knowledge.consequences import DUPLICATES, NO_REASON, WRONG_PROFILE
from scim_tests.model.check import BOTH, DEGRADED, MUST, PLAY, RFC, STOPS, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

AGAIN = ("duplicate_user.again", "duplicate_user.again_in_capitals")


@check(
    "duplicate_user.same-user-name-is-refused",
    on="duplicate_user.again",
    title="A second create of the same userName is answered with 409",
    references=(
        "RFC7644-3.3-08",
        "RFC7643-4.1.1-02",
        "RFC7644-3.12-12",
        "INTEROP-6.9.1-01",
        "RFC7643-7-27",
        "okta:SPEC",
        "okta:SUP-SNOW",
    ),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Make userName unique in the database and answer the conflict with 409.",
)
def same_user_name_is_refused(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 409 else Finding("409 Conflict", exchange.answer.phrase)


@check(
    "duplicate_user.other-letter-case-is-refused",
    on="duplicate_user.again_in_capitals",
    title="A create of the same userName in capital letters is answered with 409",
    references=("RFC7643-4.1.1-03", "RFC7643-4.1.1-02", "RFC7644-3.3-08", "INTEROP-5.2-01"),
    strength=MUST,
    severity=STOPS,
    demanded_by=RFC,
    consequence=DUPLICATES,
    fix="Ignore letter case when userName is checked for uniqueness, as filters do.",
    follows=("duplicate_user.same-user-name-is-refused",),
)
def other_letter_case_is_refused(exchange: Exchange) -> Finding | None:
    return None if exchange.status == 409 else Finding("409 Conflict", exchange.answer.phrase)


@check(
    "duplicate_user.refusal-is-called-uniqueness",
    on=AGAIN,
    when=lambda exchange: exchange.status == 409,
    otherwise="no create was refused with 409",
    title="The 409 has the scimType uniqueness",
    references=("RFC7644-3.3-09", "RFC7644-3.12-19", "INTEROP-6.9.1-02"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=NO_REASON,
    fix='Put `"scimType": "uniqueness"` into the error.',
    follows=("every_error.has-the-error-schema",),
)
def refusal_is_called_uniqueness(exchange: Exchange) -> Finding | None:
    scim_type = get(error_body(exchange), "scimType")
    return None if scim_type == "uniqueness" else Finding("uniqueness", describe(scim_type), "$.scimType")


@check(
    "duplicate_user.first-user-stays",
    on="duplicate_user.find",
    title="After the refusals there is still one user of that name, the first one",
    references=("RFC7643-4.1.1-02", "RFC7643-3.1-06", "RFC7644-3.3-08"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Refuse before anything is written, in one transaction.",
    follows=("duplicate_user.same-user-name-is-refused", "duplicate_user.other-letter-case-is-refused"),
)
def first_user_stays(exchange: Exchange) -> Finding | None:
    first = get(exchange.earlier("read_first").resource, "id")
    ids = () if exchange.status == 404 else exchange.page.ids
    return None if ids == (first,) else Finding(f"only the user {first}", ids_of(exchange))


@check(
    "duplicate_user.first-user-is-untouched",
    on=PLAY,
    title="The refused creates do not change the first user",
    references=("RFC7644-3.3-08", "RFC7643-4.1.1-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Never turn a conflicting create into an update.",
    follows=("duplicate_user.same-user-name-is-refused",),
)
def first_user_is_untouched(transcript: Transcript) -> Finding | None:
    """Letter by letter: other changes of a user nobody wrote to are found by `every_view`."""
    reads = transcript.of("duplicate_user.read_first")
    if not reads:
        raise NotObserved("", "no person was created twice")
    user_id, shown = str(get(reads[0].resource, "id")), get(reads[0].resource, "userName")
    seen = history(transcript).observations.get(("/Users", user_id), [])
    earlier = [each for each in seen if each.exchange.scene != reads[0].scene]
    before = [each for each in earlier if each.exchange.heard.started < reads[0].heard.started]
    if not before:
        raise NotObserved(reads[0].step, "shows a user who was not seen before")
    where = (before[-1].exchange, reads[0])
    wanted = get(before[-1].resource, "userName")
    return (
        None
        if shown == wanted
        else Finding(f"{describe(wanted)}, as before", describe(shown), "$.userName", where)
    )
