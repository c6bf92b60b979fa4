"""From a text that Okta shows to what is known of it: which request failed, how, and what is behind it.

Okta fills names into its messages, cuts them, and puts an app's name around them. So what stands in a text
decides literally: words of Okta's say which request it was, the status and the words behind them why it failed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from http import HTTPStatus

from scim_tests.knowledge.causes import Cause, Said, about, asked, ordered, spoken_for
from scim_tests.knowledge.messages import (
    Message,
    causes_of,
    of_kind,
    of_requests,
    of_type,
    plain,
    standing,
)
from scim_tests.knowledge.okta_effect import Kind, kinds

FAILS = re.compile(
    r"\b(?:fail|error|unable|problem|could ?n[o\u2019']t|could not|can ?not|can[\u2019']t)", re.IGNORECASE
)
# What speaks for itself where Okta's banner shows it: the words of its client, in Java, or a proxy's page. Other programs word it in their own way.
OF_THE_WIRE = {"unreachable", "tls", "silent", "throttled", "not_json", "gateway"}
BANNER = re.compile(
    r"\b(?:javax?|sun|org\.apache|com)\.[\w.$]+(?:Exception|Error)\b"
    r"|^\W*(?:(?:read|connect|connection) timed out|connect to \S+:\d+ |connection (?:refused|reset)|received fatal alert|PKIX path"
    r"|remote host|unrecognized token|<!?(?:doctype|html|head)|too many requests|bad gateway|service unavailable|gateway time-?out)",
    re.IGNORECASE,
)
OF_THE_TARGET = "no word of it is Okta's, so it is taken for the target's"
TARGET = re.compile(r"Errors reported by (?:the )?(?:remote server|connector) ?:?", re.IGNORECASE)
PHRASES = {status.phrase: status.value for status in HTTPStatus if status >= 400}
_PHRASE = "|".join(sorted(map(re.escape, PHRASES), key=len, reverse=True))
STATUS = re.compile(
    r"(?i:\b(?:HTTP|status|(?:status|error|response) ?code|code|error|returned|received)\b)[\s\"':=(-]{0,5}(?P<number>[45]\d\d)\b"
    rf"|\b(?P<before>[45]\d\d)\W{{1,3}}(?:{_PHRASE})\b"
    rf"|\b(?P<phrase>{_PHRASE})(?=[.,:;)]?(?: |$))"
)
NUMBER = re.compile(r"\b[45]\d\d\b")  # of a status
LONGEST = 5000  # characters: no message is longer, and a pattern takes its time over more
# A job about one person, as it stands before the reason why it failed.
JOB = re.compile(
    r"(?:An error occurred while assigning this app[. ]*)?(?:Automatic provisioning of user[^:]*:?)?",
    re.IGNORECASE,
)
CUT_OFF = 18  # so many of the characters of words tell them, where a text ends there
# After a connector's own words, where no answer is meant; and as the outcome of a whole job, which has no reason then.
NO_CODE = re.compile(
    r"\.? Error Code: null\.?|(?<=Sync user in external application FAILURE): null\.?$", re.IGNORECASE
)
NOTHING = re.compile(r": null[. ]*$")  # where the reason stands
# What Okta's JSON reader says of itself, which is none of the target's words.
READER = re.compile(r" '[^']*': was expecting \([^)]*\)?|: expected a valid value \([^)]*\)?")
# How an answer is called in steps.toml that speaks for a cause.
WAYS = {
    "silent": "silent",
    "unreachable": "unreachable",
    "tls": "unreachable",
    "empty": "empty",
    "not_json": "unreadable",
}


@dataclass(frozen=True)
class Recognised:
    """What a text is: its message, the causes with the likeliest first, and by which words or status that one is first."""

    message: Message
    causes: list[Cause]
    because: str = ""


def recognised(text: str, event_type: str = "") -> Recognised | None:
    """What a text is, or the reason of an event of that type; None where it is not known."""
    told = READER.sub("", NO_CODE.sub("", " ".join(text[:LONGEST].split())))
    okta, *target = TARGET.split(told, maxsplit=1)
    alone = _alone(okta)
    if alone and not _is_a_code(alone):
        return Recognised(alone, alone.causes)
    kind = _phrase(okta) or (_phrase(told) if target else None)
    of_event = of_type(event_type) if event_type else None
    if of_event and (kind is None or kind.name in {"everywhere", "sync"}):
        kind = of_event.kind or kind
    if cut_off(text) and not event_type:
        return None
    if kind and kind.name == "everywhere":
        kind = about(okta) or about(" ".join(target)) or kind
    if kind is None:
        return Recognised(alone, alone.causes) if alone else _of_a_target(told)
    return _failure(told, kind, Said(okta, " ".join(target), _status(okta, " ".join(target))))


def cut_off(text: str) -> list[str]:
    """How Okta's messages go on that begin as a text which ends before it says what failed; empty where it is none."""
    told = " ".join(text.split())
    rest = JOB.sub("", told, count=1).strip(" .…")
    if rest == told.strip(" .…") or len(rest) >= CUT_OFF:
        return []
    whole = [each.text for each in of_requests() if each.text.startswith("Automatic provisioning of user")]
    ends = dict.fromkeys(JOB.sub("", each, count=1).split(":")[0].strip() for each in whole)
    return [each for each in ends if plain(each).startswith(plain(rest))]


def _of_a_target(told: str) -> Recognised | None:
    """A text with no words of Okta's, where it says why something failed, and about what; None where it does not."""
    said = Said("", told, _status(told))
    name, because = spoken_for(said, None)
    kind = about(told)
    if not kind and ((name in OF_THE_WIRE and BANNER.search(told)) or (said.status and NUMBER.search(told))):
        kind = kinds()["everywhere"]
    if not kind or not (name or said.status or (kind.name != "everywhere" and FAILS.search(told))):
        return None
    message = replace(of_kind(kind, told), known="inferred")
    causes = ordered(name, message.causes, said, kind)
    return Recognised(message, causes, "; ".join(filter(None, (because, OF_THE_TARGET))))


def _is_a_code(message: Message) -> bool:
    return message.key == message.text and message.key.startswith("E0")


def _failure(text: str, kind: Kind, said: Said) -> Recognised:
    first, because = spoken_for(said, kind)
    message = _message(text, kind, WAYS.get(first, ""), said.status)
    kind = asked(kind, said.target)
    return Recognised(message, ordered(first, _own(message, kind, said), said, kind), because)


def _own(message: Message, kind: Kind, said: Said) -> list[Cause]:
    """The causes of such a request and status, of the message, or of the request; before them those of a reason that is null."""
    own = message.key if message.key.startswith((f"{kind.name}.", "everywhere.")) else ""
    keys = [f"{kind.name}.{said.status}", own, kind.name, "everywhere"]
    if kind.name != "probe" and not said.target and NOTHING.search(said.okta):
        return [*causes_of("everywhere.silent"), *(causes_of(kind.name) or causes_of("everywhere"))]
    return next(filter(None, map(causes_of, keys)))


def _alone(okta: str) -> Message | None:
    """The message that stands alone whose literal parts are all in Okta's words, the longest of several."""
    text = plain(okta)
    lengths = [(each.length_in(text) or 0, each) for each in standing()]
    length, message = max(lengths, key=lambda each: each[0])
    return message if length else None


def _phrase(okta: str) -> Kind | None:
    """The kind of request that Okta's words are about: of several words the last, which are the innermost."""
    text = plain(okta)
    found = [
        (kind.name != "everywhere", *at, kind)
        for kind in kinds().values()
        for words in kind.says
        if (at := _last(text, plain(words)))
    ]
    return max(found, key=lambda each: each[:3])[3] if found else None


def _last(text: str, words: str) -> tuple[int, int] | None:
    """Where a text has those words last, and how many of their characters: it may be cut off within them."""
    at, cut = text.rfind(words), text.rstrip(" .…")
    if at >= 0:
        return at, len(words)
    begun = [number for number in range(CUT_OFF, len(words)) if cut.endswith(words[:number])]
    return (len(cut) - begun[-1], begun[-1]) if begun and cut != text else None


def _status(*texts: str) -> int | None:
    """The status that Okta names, else the one in what it shows of the answer; one that is not known is its class (RFC 9110, 15)."""
    for found in filter(None, map(STATUS.search, texts)):
        number = found["number"] or found["before"]
        status = int(number) if number else PHRASES[found["phrase"]]
        return status if status in PHRASES.values() else status // 100 * 100
    return None


def _message(text: str, kind: Kind, way: str, status: int | None) -> Message:
    """The message that is in the text literally: of its kind of request if any is, else of every one."""
    ways = [way, *(["bare", "silent"] if ": null" in text else []), str(status), "refused"]
    for name in (kind.name, "everywhere"):
        fit = [
            (length, -ways.index(answer) if answer in ways else -len(ways), each)
            for each in of_requests()
            if each.key.startswith(f"{name}.") and (length := each.length_in(plain(text))) is not None
            for answer in [each.key.rpartition(".")[2]]
        ]
        if fit:
            length, _, best = max(fit, key=lambda each: each[:2])
            return best if length or name == kind.name else _about(best, kind, str(status))
    return of_kind(kind, text)


def _about(message: Message, kind: Kind, answer: str) -> Message:
    """A message of every request, about one of them that was answered so."""
    key = f"{kind.name}.{answer}" if answer in kind.answers else kind.name
    return Message(key, message.text, message.known, message.sources, message.causes, kind)


def nearest(text: str) -> Message:
    """For a text that is not known, the message most like it; it may be quite unlike."""
    matcher = SequenceMatcher(None, b=plain(text), autojunk=False)

    def likeness(message: Message) -> float:
        matcher.set_seq1(plain(" ".join(message.pieces)))
        return matcher.quick_ratio()

    return max([*standing(), *of_requests()], key=likeness)


def of_event(event_type: str, reason: str) -> list[Recognised]:
    """What an event of the System Log is about: what Okta did by it, where it has done something, then what failed."""
    about = of_type(event_type)
    if about is None and not event_type.startswith(
        "app"
    ):  # a sign-in, say, whose reason is of the same words
        return []
    by_reason = recognised(reason, event_type) if reason else None
    if about is None:
        return [by_reason] if by_reason else []
    if by_reason is None:
        return [Recognised(about, about.causes)]
    return [Recognised(about, about.causes), by_reason] if about.is_told_in_any_case else [by_reason]


def checks_of(causes: Sequence[Cause]) -> Iterator[str]:
    """The ids that tell the causes apart, each once, likeliest first."""
    yield from dict.fromkeys(check for cause in causes for check in cause.checks)
