"""What conditional requests come to (RFC 7644 3.14, RFC 9110 13): judged where the target says that it has versions."""

from scim_tests.knowledge.consequences import OTHERS_MISLED
from scim_tests.model.check import COSMETIC, DEGRADED, MUST, RFC, SHOULD, WRONG_DATA, Finding, advice, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.json_text import describe
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

READS = (
    "keep_versions.read", "keep_versions.after_*", "keep_versions.group_read", "keep_versions.group_after_*",
)  # fmt: skip
CURRENT = (
    "keep_versions.patch", "keep_versions.put_first", "keep_versions.put", "keep_versions.delete",
    "keep_versions.group_patch", "keep_versions.group_put_first", "keep_versions.group_delete",
)  # fmt: skip
OUTDATED = (
    "keep_versions.outdated_patch", "keep_versions.outdated_put", "keep_versions.outdated_delete",
    "keep_versions.group_outdated_patch", "keep_versions.group_outdated_put", "keep_versions.group_outdated_delete",
)  # fmt: skip
UNCHANGED_PART = "keep_versions.unchanged_part"
UNCHANGED = ("keep_versions.unchanged", UNCHANGED_PART, "keep_versions.group_unchanged")
NOT_SUPPORTED = "the target does not say that it has versions"
NOT_MODIFIED, FAILED = 304, 412
ANY = ("If-Match", "*")


def has_versions(exchange: Exchange) -> bool:
    """Whether the target says so."""
    return get(exchange.earlier("config").resource, "etag", "supported") is True


def shows_with_versions(exchange: Exchange) -> bool:
    """Whether it does, and a user was shown."""
    return has_versions(exchange) and exchange.status == 200


@check(
    "keep_versions.sends-an-etag",
    on=READS,
    when=shows_with_versions,
    otherwise=NOT_SUPPORTED,
    title="Where versions are supported, a user or group comes with an ETag",
    references=("RFC7644-3.14-02",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Send the version of the user as ETag, or set etag.supported to false.",
)
def sends_an_etag(exchange: Exchange) -> Finding | None:
    return None if exchange.answer.header("ETag") else Finding("an ETag", "no such header", "ETag")


@check(
    "keep_versions.shows-the-version",
    on=READS,
    when=shows_with_versions,
    otherwise=NOT_SUPPORTED,
    title="Where versions are supported, a user shows the version in meta",
    references=("RFC7644-3.14-03",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Show the ETag as meta.version, too: a list has no other place for it.",
)
def shows_the_version(exchange: Exchange) -> Finding | None:
    version = get(exchange.resource, "meta", "version")
    return None if version else Finding("the ETag", describe(version), "$.meta.version")


@check(
    "keep_versions.unchanged-is-304",
    on=UNCHANGED,
    when=has_versions,
    otherwise=NOT_SUPPORTED,
    title="A read with If-None-Match of the present version is answered with 304",
    references=("RFC7644-3.14-04",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare If-None-Match with the ETag of the user, and answer 304 without a body if it is the same.",
    follows=("keep_versions.sends-an-etag",),
)
def unchanged_is_304(exchange: Exchange) -> Finding | None:
    """Of a part of the user only where the answer itself says that it has that version."""
    asked = exchange.request.header("If-None-Match")
    if exchange.step == UNCHANGED_PART and exchange.is_success and exchange.answer.header("ETag") != asked:
        raise NotObserved("", "a part of the user has a version of its own")
    shown = (each for each in exchange.before if each.request.endpoint == exchange.request.endpoint)
    has_one = any(each.status == 200 and each.answer.header("ETag") for each in shown)
    if exchange.status == NOT_MODIFIED and has_one and not exchange.answer.header("ETag"):
        return Finding("the ETag beside it (RFC 9110 15.4.5)", "no such header", "ETag")
    return _not_modified(exchange)


def _not_modified(exchange: Exchange) -> Finding | None:
    return None if exchange.status == NOT_MODIFIED else Finding("304 Not Modified", exchange.answer.phrase)


@check(
    "keep_versions.unchanged-is-304-in-every-form",
    on="keep_versions.unchanged_in_list",
    when=has_versions,
    otherwise=NOT_SUPPORTED,
    title="If-None-Match is also understood as a list, and in the weak or the strong form",
    references=("RFC7644-3.14-04",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare every entity-tag of the list without regard to W/ (RFC 9110 13.1.2).",
    follows=("keep_versions.unchanged-is-304",),
)
def unchanged_is_304_in_every_form(exchange: Exchange) -> Finding | None:
    return _not_modified(exchange)


@check(
    "keep_versions.changed-is-shown",
    on=("keep_versions.changed", "keep_versions.never_so"),
    when=has_versions,
    otherwise=NOT_SUPPORTED,
    title="A read with If-None-Match of another version than the present one shows the user or group",
    references=("RFC7644-3.14-04", "RFC7644-3.14-06"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Answer 304 only if If-None-Match has the present version.",
)
def changed_is_shown(exchange: Exchange) -> Finding | None:
    """What else is wrong with a refusal other rules say."""
    if exchange.status == NOT_MODIFIED:
        return Finding("200 OK", exchange.answer.phrase)
    return None if exchange.is_success else advice("200 OK", exchange.answer.phrase)


@check(
    "keep_versions.outdated-write-is-refused",
    on=OUTDATED,
    when=has_versions,
    otherwise=NOT_SUPPORTED,
    title="A write with If-Match of an earlier version is refused with 412",
    references=("RFC7644-3.14-05", "RFC7644-3.12-13"),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare If-Match with the ETag of the user before PUT, PATCH and DELETE, and answer 412 if it is another.",
)
def outdated_write_is_refused(exchange: Exchange) -> Finding | None:
    """Of DELETE the RFC's text says nothing, and only its table of errors does: advice."""
    if exchange.status == FAILED:
        return None
    mild = not exchange.is_success or exchange.request.method == "DELETE"
    return Finding("412 Precondition Failed", exchange.answer.phrase, mild=mild)


@check(
    "keep_versions.current-write-is-done",
    on=CURRENT,
    when=has_versions,
    otherwise=NOT_SUPPORTED,
    title="A write with If-Match of the present version is done",
    references=("RFC7644-3.14-05",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Take the ETag as it was sent, weak ones too: RFC 7644 3.14 shows one in If-Match.",
)
def current_write_is_done(exchange: Exchange) -> Finding | None:
    """By RFC 9110 13.1.1 a weak version never matches; and another refusal may have other reasons."""
    if exchange.is_success:
        return None
    is_weak = (exchange.request.header("If-Match") or "").startswith("W/")
    mild = is_weak or exchange.status != FAILED
    return Finding("success", exchange.answer.phrase, mild=mild)


@check(
    "keep_versions.configuration-admits-it",
    on="keep_versions.unchanged",
    when=lambda exchange: not has_versions(exchange),
    otherwise="the target says that it has versions",
    title="A target that answers If-None-Match with 304 says that it has versions",
    references=("RFC7643-5-19",),
    strength=SHOULD,
    severity=COSMETIC,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Set etag.supported to true.",
)
def configuration_admits_it(exchange: Exchange) -> Finding | None:
    if exchange.status != NOT_MODIFIED or not get(exchange.previous.resource, "meta", "version"):
        return None  # a proxy, or a framework, may hash what it sends
    shown = get(exchange.earlier("config").resource, "etag", "supported")
    return Finding("true, since it works", describe(shown), "$.etag.supported")


@check(
    "keep_versions.one-of-several-is-enough",
    on=("keep_versions.put_of_several", "keep_versions.put_of_any"),
    when=lambda exchange: (
        has_versions(exchange) and (exchange.earlier("put").is_success or ANY in exchange.request.headers)
    ),
    otherwise=NOT_SUPPORTED,
    title="A write is done where one of several versions in If-Match is the present one, or any will do",
    references=("RFC7644-3.14-05",),
    strength=MUST,
    severity=DEGRADED,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Read If-Match as a list (RFC 9110 13.1.1).",
)
def one_of_several_is_enough(exchange: Exchange) -> Finding | None:
    return Finding("success", exchange.answer.phrase) if exchange.status == FAILED else None


@check(
    "keep_versions.only-one-of-two-is-done",
    on="keep_versions",
    title="Of two writes at once with If-Match of one version only one is done",
    references=("RFC7644-3.14-05",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Compare the version in the statement that writes, or in one transaction with it.",
)
def only_one_of_two_is_done(transcript: Transcript) -> Finding | None:
    done = transcript.of("keep_versions.put_at_once")
    if len(done) < 2 or not has_versions(done[0]):
        raise NotObserved("", NOT_SUPPORTED)
    if any(_shows_what_was_asked_for(each) for each in done):  # versions by the second, say (RFC 9110 8.8.1)
        raise NotObserved("", "the version was the same after a write, so that it was no earlier one")
    if all(each.is_success for each in done):
        return Finding("412 to the second", "success to both", at=tuple(done))
    return None


def _shows_what_was_asked_for(write: Exchange) -> bool:
    shown = write.answer.header("ETag") if write.is_success else None
    return shown is not None and shown == write.request.header("If-Match")


@check(
    "keep_versions.gone-is-not-unchanged",
    on=("keep_versions.gone", "keep_versions.group_gone"),
    when=lambda exchange: exchange.previous.status in {204, 404, 410},
    otherwise="nobody was deleted",
    title="A read with If-None-Match of a user or group that was deleted is answered with 404",
    references=("RFC7644-3.14-04",),
    strength=MUST,
    severity=WRONG_DATA,
    demanded_by=RFC,
    consequence=OTHERS_MISLED,
    fix="Look whether the user is there before versions are compared.",
)
def gone_is_not_unchanged(exchange: Exchange) -> Finding | None:
    return (
        Finding("404 Not Found", exchange.answer.phrase) if exchange.status in {200, NOT_MODIFIED} else None
    )
