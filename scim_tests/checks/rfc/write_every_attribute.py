"""Whatever a target declares of users is written: what it calls writable it takes and keeps, what it calls otherwise it does not."""

from collections.abc import Iterator
from dataclasses import replace
from unicodedata import normalize

from scim_tests.checks.reading.compare import fold, is_shared, weightiest
from scim_tests.checks.reading.declarations import (
    Name,
    definitions,
    entries,
    parts,
    shown,
    where,
    write_before,
    written,
)
from scim_tests.checks.reading.exact_values import (
    EXACT,
    PHOTO,
    are_elsewhere,
    decoded,
    differs_in_letter_case,
    is_one_certificate,
    is_same,
)
from scim_tests.checks.reading.users import each_user
from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, check
from scim_tests.model.exchange import Exchange
from scim_tests.model.json_text import describe
from scim_tests.model.scim import Json, Resource, get

ACT = "write_every_attribute"
WHOLE = tuple(
    f"{ACT}.{step}"
    for step in ("create", "put_one", "change", "put_all", "add_all", "replace_all", "letters")
)
SHOWN = tuple(f"{ACT}.{step}" for step in ("read", "after_change", "after_put_all", "after_add_all", "after_replace_all"))  # fmt: skip
WRITABLE = (None, "readWrite", "immutable")
VISIBLE = (None, "default", "always")
SERVERS = frozenset({"schemas", "id", "meta", "password", "groups"})
MADE_UP = frozenset({"formatted", "display", "$ref", "type", "primary", "displayname"})
STORED = ("every_write.shows-in-the-next-read",)


@check(
    f"{ACT}.what-is-declared-is-taken",
    on=WHOLE,
    title="The target takes every attribute that its /Schemas calls writable, each with a value of its type",
    references=("RFC7643-2.2-01",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Accept what /Schemas declares, or declare it as readOnly, with its canonicalValues, or not at all.",
)
def what_is_declared_is_taken(exchange: Exchange) -> Finding | None:
    """Advice: which values are good a target may know better."""
    return None if exchange.is_success else Finding("a success", exchange.answer.phrase)


def _promised(exchange: Exchange) -> Iterator[tuple[Name, Resource, Json]]:
    """What the write before gave to attributes that the target calls writable and shown."""
    known = definitions(exchange)
    for name, value in written(write_before(exchange)).items():
        attribute = known.get(name)
        if attribute is None or name[1] in SERVERS or value in (None, []):
            continue
        if _is_promised(attribute):
            yield name, attribute, value


def _is_promised(attribute: Resource) -> bool:
    """Whether clients may write it and are shown it; what is not said has its default (RFC 7643 2.2)."""
    return get(attribute, "mutability") in WRITABLE and get(attribute, "returned") in VISIBLE


@check(
    f"{ACT}.what-is-declared-is-kept",
    on=SHOWN,
    title="What a write gave to attributes that /Schemas calls writable comes back: each one, and every part",
    references=("RFC7643-2.2-01", "RFC7644-3.5.1-03", "RFC7644-3.5.2.1-02"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Store every attribute that /Schemas declares, or take it out of /Schemas.",
    follows=STORED,
)
def what_is_declared_is_kept(exchange: Exchange) -> Finding | None:
    """Mild for parts that many servers make up themselves, and after a create, whose content a server may ignore (RFC 7644 3.3)."""
    mild = exchange.step.endswith(".read")
    return weightiest(replace(each, mild=each.mild or mild) for each in _dropped(exchange))


def _dropped(exchange: Exchange) -> Iterator[Finding]:
    for name, attribute, value in _promised(exchange):
        now = shown(exchange.resource, name)
        if now in (None, [], {}):
            yield Finding(f"{describe(value)}, as it was written", "no value", where(name))
            continue
        for part, definition in parts(attribute).items():
            if not _is_promised(definition):
                continue
            sent = [get(each, part) for each in entries(value)]
            gone = all(get(each, part) is None for each in entries(now))
            if gone and any(each not in (None, False) for each in sent):
                first = next(each for each in sent if each not in (None, False))
                said = f"{describe(first)}, as it was written"
                yield Finding(said, "no value", where(name, part), mild=part in MADE_UP)


@check(
    f"{ACT}.exact-values-come-back",
    on=SHOWN,
    title="Numbers, booleans, dates, binary values and references come back as they were written, to the letter",
    references=("RFC7643-2.3.7-03", "RFC7643-2.3.6-01", "RFC7643-4.1.2-14"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Keep values in the type that /Schemas declares: no rounding, no other letters, nothing cut off.",
    follows=STORED,
)
def exact_values_come_back(exchange: Exchange) -> Finding | None:
    """Mild for a photo that moved to another host: a target may return the same image in a size of its own (RFC 7643 4.1.2)."""
    return weightiest(_changed(exchange))


def _changed(exchange: Exchange) -> Iterator[Finding]:
    for name, attribute, value in _promised(exchange):
        now = entries(shown(exchange.resource, name))
        yield from _unlike(attribute, entries(value), now, where(name))
        for part, definition in parts(attribute).items():
            if part not in {"primary", "$ref"} and _is_promised(definition):
                sent, got = ([get(each, part) for each in values] for values in (entries(value), now))
                yield from _unlike(definition, sent, got, where(name, part))


def _unlike(attribute: Resource, sent: list[Json], got: list[Json], path: str) -> Iterator[Finding]:
    """What is not shown at all another check tells."""
    kind, seen = str(get(attribute, "type")), [each for each in got if each is not None]
    for wanted in sent if kind in EXACT and seen else ():
        if wanted is None or any(is_same(kind, wanted, each) for each in seen):
            continue
        nearest = next((each for each in seen if differs_in_letter_case(wanted, each)), None)
        mild = nearest is not None and get(attribute, "caseExact") is False
        mild = mild or (path == PHOTO and all(are_elsewhere(wanted, each) for each in seen))
        got_instead = describe(seen[0] if nearest is None else nearest)
        yield Finding(f"{describe(wanted)}, as it was written", got_instead, path, mild=mild)


@check(
    f"{ACT}.known-forms-come-back",
    on=SHOWN,
    title="Languages, the time zone and countries come back in the forms that the RFC names",
    references=("RFC7643-4.1.1-09", "RFC7643-4.1.1-11", "RFC7643-4.1.2-09"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Keep BCP 47 and Accept-Language values, names of the IANA time zones and ISO 3166-1 alpha-2 codes as they are.",
    follows=STORED,
)
def known_forms_come_back(exchange: Exchange) -> Finding | None:
    """What is not shown at all another check tells; an underscore in a language tag is allowed (RFC 7643 4.1.1)."""
    for name, attribute, value in _promised(exchange):
        now = shown(exchange.resource, name)
        if name in {("", "locale"), ("", "preferredlanguage"), ("", "timezone")} and now is not None:
            if _tag(now) != _tag(value):
                return Finding(f"{describe(value)}, as it was written", describe(now), where(name))
        elif name == ("", "addresses") and "country" in parts(attribute):
            wanted, got = (_countries(each) for each in (value, now))
            if got and wanted != got:
                return Finding(", ".join(wanted), ", ".join(got), where(name, "country"))
    return None


def _tag(value: Json) -> Json:
    return fold(value.replace("_", "-")) if isinstance(value, str) else value


def _countries(addresses: Json) -> list[str]:
    codes = (get(each, "country") for each in entries(addresses))
    return sorted({str(each).upper() for each in codes if each is not None})


@check(
    f"{ACT}.a-certificate-is-one-certificate",
    on=f"{ACT}.*",
    when=lambda exchange: exchange.is_success and bool(get(exchange.resource, "x509Certificates")),
    otherwise="no user was shown with a certificate",
    title="Every value of x509Certificates is base64 of one certificate in DER",
    references=("RFC7643-4.1.2-14", "RFC7643-4.1.2-15", "RFC7643-2.3.6-01"),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Encode the DER of one certificate for each value: no PEM, no bundle.",
)
def a_certificate_is_one_certificate(exchange: Exchange) -> Finding | None:
    def judge(user: Resource) -> Finding | None:
        for each in entries(get(user, "x509Certificates")):
            value = get(each, "value")
            data = decoded(value)
            if value is not None and (data is None or not is_one_certificate(data)):
                return Finding("base64 of one certificate in DER", describe(value), "$.x509Certificates")
        return None

    return each_user(exchange, judge)


@check(
    f"{ACT}.texts-keep-their-letters",
    on=SHOWN,
    title="A text beyond ASCII comes back with the letters with which it was written",
    references=("RFC7643-2.3.1-01",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Store texts in UTF-8 as they are; compare them in a normal form rather than keep them in one.",
    follows=STORED,
)
def texts_keep_their_letters(exchange: Exchange) -> Finding | None:
    """Letter case and composed letters are of no account; mild where a normal form made others of them, fi of \ufb01."""
    for name, attribute, value in _promised(exchange):
        now = shown(exchange.resource, name)
        if get(attribute, "type") != "string" or not isinstance(value, str) or not isinstance(now, str):
            continue
        if not value.isascii() and normalize("NFC", value).lower() != normalize("NFC", now).lower():
            one, other = (normalize("NFKC", each).casefold() for each in (value, now))
            said = f"{describe(value)}, as it was written"
            return Finding(said, describe(now), where(name), mild=one == other)
    return None


@check(
    f"{ACT}.read-only-stays-the-targets",
    on=(f"{ACT}.after_change", f"{ACT}.after_put_all"),
    title="A client cannot set meta, the name of a manager, or what /Schemas calls read-only",
    references=("RFC7643-3.1-03", "RFC7643-3.1-16", "RFC7643-4.3-04", "RFC7643-7-19", "RFC7644-3.5.1-09"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Ignore what clients write there, or declare it as readWrite.",
)
def read_only_stays_the_targets(exchange: Exchange) -> Finding | None:
    write, user = write_before(exchange), exchange.resource
    sent = get(write.request.resource, "meta", "created")
    if sent is not None and get(user, "meta", "created") == sent:
        return Finding("a date of the server's own", str(sent), "$.meta.created")
    known = definitions(exchange) if exchange.step.endswith("after_change") else {}
    for name, value in written(write).items():
        now, attribute = shown(user, name), known.get(name, {})
        if get(attribute, "mutability") == "readOnly" and isinstance(value, str) and now == value:
            return Finding("a value of the server's own", describe(now), where(name))
        named = get(value, "displayName") if name[1] == "manager" else None
        if named is not None and get(now, "displayName") == named:
            return Finding("the name of the manager, or none", describe(named), where(name, "displayName"))
    return None


@check(
    f"{ACT}.what-is-emptied-is-empty",
    on=f"{ACT}.after_empty",
    title="What a PUT sets to null, or to an empty array, has no value any more",
    references=("RFC7643-2.5-02",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Remove the value of an attribute that is null or empty in a PUT.",
    follows=STORED,
)
def what_is_emptied_is_empty(exchange: Exchange) -> Finding | None:
    """Mild where a target may set it itself, or has a value of its own for it."""
    return weightiest(_left(exchange))


def _left(exchange: Exchange) -> Iterator[Finding]:
    was, known = exchange.earlier("after_change").resource, definitions(exchange)
    for name, value in written(write_before(exchange)).items():
        now, before = shown(exchange.resource, name), shown(was, name)
        if value in (None, []) and name in known and now not in (None, [], {}) and fold(now) == fold(before):
            yield Finding("no value", describe(now), where(name), mild=is_shared(f"$.{name[1]}"))


@check(
    f"{ACT}.what-is-not-required-may-be-empty",
    on=(f"{ACT}.empty", f"{ACT}.leave_out"),
    title="A PUT may empty or leave out whatever /Schemas does not call required",
    references=("RFC7644-3.5.1-05",),
    strength=SHOULD,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Declare as required what a user cannot be without.",
)
def what_is_not_required_may_be_empty(exchange: Exchange) -> Finding | None:
    return None if exchange.is_success else Finding("200 OK", exchange.answer.phrase)
