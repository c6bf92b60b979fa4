"""Push Users: a new person is created as Okta sent it, and a lookup then finds it."""

from scim_tests.checks.reading.compare import fold, holds, kept, sent
from scim_tests.checks.reading.metadata import another_place
from scim_tests.checks.reading.users import user_of
from scim_tests.knowledge.consequences import (
    CREATE_FAILS,
    EMPTY_CREATE,
    NOT_FOUND_AGAIN,
    OKTA_INDIFFERENT,
    REVIEW_FAILS,
    WRONG_PROFILE,
)
from scim_tests.model.check import (
    BOTH,
    COSMETIC,
    DEGRADED,
    MUST,
    OKTA,
    RFC,
    SHOULD,
    STOPS,
    WRONG_DATA,
    Finding,
    advice,
    check,
)
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import ENTERPRISE_USER, Json, get, has, primary
from scim_tests.model.transcript import Transcript

VIEWS = ("push_user.create", "push_user.read", "push_user.find")


# What else Okta maps by default (okta:LAB-KR).
BY_DEFAULT = frozenset({"displayname", "locale"})
WHOLE = frozenset(
    {"push_user:whole", "push_user:mixed"}
)  # for whom this run maps what it maps for nobody else


@check(
    "push_user.create-answers-201",
    on="push_user",
    title="A create is answered with 201",
    references=("RFC7644-3.3-04", "IPSIE-6.1-03", "okta:S20", "okta:SPEC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=CREATE_FAILS,
    fix="Accept the body as Okta sends it (placeholder password, empty groups, externalId) and answer 201.",
    follows=("every_answer.takes-the-scim-media-type",),
)
def create_answers_201(scene: Transcript) -> Finding | None:
    """Where the same person is created without an attribute, that one is the admin's to unmap (okta:SUP-ROLES)."""
    creates = scene.of("push_user.create")
    if not creates:
        raise NotObserved("", "nobody was created")
    first, last = creates[0], creates[-1]
    if last.status == 429:
        raise NotObserved(last.step, f"answered {last.answer.phrase}")
    if last.status != 201:
        tried = first.status == 400 and (
            _is_whole(first) or _is_tried(ENTERPRISE_USER, first)
        )  # RFC 7643 3.3
        return Finding("201 Created", first.answer.phrase, at=(first,), mild=tried)
    if first is last:
        return None
    less = sorted(first.request.written.keys() - last.request.written.keys())
    more = sorted(last.request.written.keys() - first.request.written.keys())
    how = " and ".join(
        [f"{word} {', '.join(names)}" for word, names in (("without", less), ("with", more)) if names]
    )
    said = f"{first.answer.phrase}; 201 Created {how or _with_less(last, first)}"
    may_be = _is_whole(first) or (bool(how) and all(_may_be_unmapped(name, first) for name in less))
    return Finding("201 Created", said, at=(first,), mild=may_be)


def _with_less(last: Exchange, first: Exchange) -> str:
    emails = [get(each.request.written, "emails") for each in (last, first)]
    return "when it was sent again" if emails[0] == emails[1] else "with one e-mail address"


def _may_be_unmapped(name: str, create: Exchange) -> bool:
    """Whether Okta maps an attribute by default, or this run for one person alone; all others the app's admin mapped."""
    return _is_tried(name, create) or name.lower() in BY_DEFAULT


def _is_tried(name: str, create: Exchange) -> bool:
    """Whether an attribute is sent to see what becomes of it, since this run maps it for nobody else."""
    tried = _is_whole(create) or (name == ENTERPRISE_USER and create.scene == "push_user:enterprise")
    return tried and has(create.request.json, name)


def _is_whole(create: Exchange) -> bool:
    """Whether it sends more than Okta maps for anybody else."""
    return create.scene in WHOLE


@check(
    "push_user.create-returns-the-user",
    on="push_user.create",
    title="The answer to a create shows the new user, with its id",
    references=("RFC7644-3.3-05", "RFC7643-3.1-02", "okta:SUP-EMPTY", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=EMPTY_CREATE,
    fix="Answer with the full user as stored, with the id the server gave.",
    follows=("every_user.has-an-id",),
)
def create_returns_the_user(exchange: Exchange) -> Finding | None:
    if exchange.is_success and not exchange.answer.has_body:
        return Finding("the user", f"{exchange.answer.phrase} with an empty body")
    user_id = get(exchange.resource, "id")
    return (
        None
        if isinstance(user_id, str) and user_id
        else Finding("a user with an id", describe(user_id), "$.id")
    )


@check(
    "push_user.create-says-where-the-user-is",
    on="push_user.create",
    when=lambda exchange: exchange.is_success,
    otherwise="no create succeeded",
    title="The answer to a create has the user's URL in Location",
    references=("RFC7644-3.3-06",),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Send `Location` with the URL of the new user.",
)
def create_says_where_the_user_is(exchange: Exchange) -> Finding | None:
    location = exchange.answer.header("Location")
    return None if location else Finding("the user's URL", "no such header", "Location")


@check(
    "push_user.create-says-the-same-place-twice",
    on="push_user.create",
    when=lambda exchange: exchange.is_success and bool(exchange.answer.header("Location")),
    otherwise="no create named a Location",
    title="Location and meta.location are the same",
    references=("RFC7644-3.3-07", "RFC7643-3.1-02"),
    strength=MUST,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Take both from the same URL.",
    follows=("every_user.has-a-user-name",),
)
def create_says_the_same_place_twice(exchange: Exchange) -> Finding | None:
    return another_place(exchange)


@check(
    "push_user.keeps-the-user-name",
    on=VIEWS,
    title="The userName is stored as it was sent",
    references=("RFC7643-2.3.1-01", "RFC7643-7-18", "okta:SPEC", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Store userName apart from e-mail and login, and show it as it was sent.",
    follows=("every_user.has-a-user-name",),
)
def keeps_the_user_name(exchange: Exchange) -> Finding | None:
    return kept(exchange, "userName")


@check(
    "push_user.keeps-the-letter-case",
    on=VIEWS,
    when=lambda exchange: (
        str(get(sent(exchange), "userName")) != str(get(sent(exchange), "userName")).lower()
    ),
    otherwise="no userName with capital letters was created",
    title="A userName keeps the letter case in which it was sent",
    references=("okta:CRUD", "RFC7643-7-18"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=REVIEW_FAILS,
    fix="Store userName as it was sent, and compare without regard to case; the RFC lets a server change it, Okta's review does not.",
    follows=("push_user.keeps-the-user-name",),
)
def keeps_the_letter_case(exchange: Exchange) -> Finding | None:
    wanted, shown = get(sent(exchange), "userName"), get(user_of(exchange), "userName")
    is_otherwise = isinstance(shown, str) and shown != wanted and fold(shown) == fold(wanted)
    return Finding(describe(wanted), describe(shown), "$.userName") if is_otherwise else None


@check(
    "push_user.keeps-the-names",
    on=VIEWS,
    title="First and last name are stored as they were sent, in any alphabet",
    references=("RFC7643-2.3.1-01", "RFC7644-3.8-01", "RFC7644-3.1-05", "RFC7644-3.8-02", "okta:SPEC"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store names as Unicode text; do not split, trim, escape or shorten them.",
    follows=("every_user.has-a-user-name",),
)
def keeps_the_names(exchange: Exchange) -> Finding | None:
    """The RFC lets a server show name.formatted alone; Okta's suite wants the parts."""
    shown = get(user_of(exchange), "name") or {}
    formatted = str(get(shown, "formatted"))
    given = get(sent(exchange), "name", "givenName")
    if isinstance(given, str) and get(shown, "givenName") is None and fold(given) in fold(formatted):
        return advice("givenName and familyName", f"formatted alone: {formatted}", "$.name")
    return kept(exchange, "name", "givenName") or kept(exchange, "name", "familyName")


@check(
    "push_user.keeps-the-email",
    on=VIEWS,
    title="The e-mail address is stored as it was sent",
    references=("RFC7644-3.1-05", "okta:SPEC", "okta:S20"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store every value of `emails`, plus signs and dots included; only the letter case of the domain may change.",
    follows=("every_user.has-a-user-name",),
)
def keeps_the_email(exchange: Exchange) -> Finding | None:
    wanted = get(primary(get(sent(exchange), "emails")), "value")
    values = get(user_of(exchange), "emails")
    shown = [get(each, "value") for each in values] if isinstance(values, list) else []
    if _canonical(wanted) in map(_canonical, shown):
        return None
    if fold(wanted) in [fold(each) for each in shown]:
        return advice(
            f"the address {wanted}", f"{describe(shown)}, in another letter case or Unicode form", "$.emails"
        )
    return Finding(f"the address {wanted}", describe(shown), "$.emails")


def _canonical(address: Json) -> str:
    """With the domain in small letters, as a server should write it (RFC 7643 4.1.2)."""
    local, at, domain = str(address).rpartition("@")
    return f"{local}{at}{domain.lower()}"


@check(
    "push_user.keeps-the-user-active",
    on=VIEWS,
    title="A user who is created active is active",
    references=("RFC7643-4.1.1-12", "RFC7644-3.1-05", "okta:SPEC"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store `active` and show it as stored, also while an invitation is still open.",
    when=lambda exchange: get(user_of(exchange), "active") is not None,
    otherwise="no user showed active",
)
def keeps_the_user_active(exchange: Exchange) -> Finding | None:
    sent(exchange)  # NotObserved where the person was there already, so that nothing was sent
    active = get(user_of(exchange), "active")
    if not isinstance(active, bool):
        raise NotObserved(exchange.step, f"has {describe(active)} as active")
    return None if active else Finding("true, as it was sent", "false", "$.active")


@check(
    "push_user.keeps-the-external-id",
    on=VIEWS,
    title="The externalId is stored as it was sent, in its letter case, and none is made up",
    references=("RFC7643-3.1-15", "RFC7643-3.1-11", "RFC7643-7-17", "okta:S20"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OKTA_INDIFFERENT,
    fix="Store externalId and show it; it is the client's own key for the user.",
)
def keeps_the_external_id(exchange: Exchange) -> Finding | None:
    """Mild where none is shown: a server need not have it."""
    wanted, shown = get(sent(exchange), "externalId"), get(user_of(exchange), "externalId")
    if wanted == shown or not (wanted or shown):
        return None
    return Finding(str(wanted or "no value"), describe(shown), "$.externalId", mild=shown is None)


@check(
    "push_user.keeps-what-else-was-sent",
    on=VIEWS,
    title="displayName and locale are stored as they were sent",
    references=("RFC7644-3.1-05", "okta:LAB-KR"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=OKTA,
    consequence=WRONG_PROFILE,
    fix="Store the attributes Okta maps by default, or remove them from the app's mapping.",
)
def keeps_what_else_was_sent(exchange: Exchange) -> Finding | None:
    return kept(exchange, "displayName") or kept(exchange, "locale")


@check(
    "push_user.keeps-the-enterprise-attributes",
    on=VIEWS,
    when=lambda exchange: bool(get(sent(exchange), ENTERPRISE_USER)),
    otherwise="no user with enterprise attributes was created",
    title="The attributes of the enterprise extension are stored as they were sent",
    references=("RFC7643-3-06", "RFC7643-4.3-01", "RFC7643-3.3-03"),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=BOTH,
    consequence=WRONG_PROFILE,
    fix="Store the attributes under the extension's URN, or do not list the extension in /ResourceTypes.",
)
def keeps_the_enterprise_attributes(exchange: Exchange) -> Finding | None:
    employee = get(sent(exchange), ENTERPRISE_USER)
    for name, wanted in employee.items():
        shown = get(user_of(exchange), ENTERPRISE_USER, name)
        if not holds(shown, wanted, f"$.{name}"):
            return Finding(
                f"{describe(wanted)}, as it was sent", describe(shown), f"$['{ENTERPRISE_USER}'].{name}"
            )
    return None


@check(
    "push_user.create-invents-nothing",
    on=VIEWS,
    title="Every e-mail address in an answer was sent before",
    references=("RFC7644-3.3-02", "RFC7644-3.1-05"),
    strength=SHOULD,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=WRONG_PROFILE,
    fix="Do not put made-up addresses into `emails`; Okta sends them back as the person's own.",
)
def create_invents_nothing(exchange: Exchange) -> Finding | None:
    given = get(sent(exchange), "emails")
    wanted = [fold(str(get(each, "value"))) for each in given] if isinstance(given, list) else []
    shown = get(user_of(exchange), "emails")
    values = [fold(str(get(each, "value"))) for each in shown] if isinstance(shown, list) else []
    strange = [value for value in values if value not in wanted]
    return Finding("only addresses that were sent", ", ".join(strange), "$.emails") if strange else None
