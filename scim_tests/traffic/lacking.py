"""What a recording lacks: credentials, headers, bodies, whole exchanges. It is said first, and judged neither way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from scim_tests.model.exchange import MADE_UP_TOKENS, TOKEN, Answer, Heard, Request
from scim_tests.model.part import Part
from scim_tests.traffic.credential_names import may_open_the_door
from scim_tests.traffic.placeholders import is_cut
from scim_tests.traffic.redaction import NO_SECRETS, token_of
from scim_tests.traffic.subjects import has_holes, is_refused, is_unrecorded

Message = TypeVar("Message", Request, Answer)
NEITHER_WAY = "what stood there is judged neither way"
PLURAL = {Part.HEADERS: "headers", Part.BODY: "bodies"}


class Credentials(StrEnum):
    """What a recording holds of the credentials that open the door."""

    KEPT = "kept"
    TAKEN_OUT = "taken out"
    REPLACED = "replaced"


SAID = {
    Credentials.TAKEN_OUT: "No request in the recording has a credential: it was taken out, or the server asks for none.",
    Credentials.REPLACED: "In the recording something else stands in the place of every credential.",
}
WRITTEN = frozenset({"POST", "PUT", "PATCH"})  # with a body
UNJUDGED = "Who is let in, and who is refused, is judged neither way."


@dataclass(frozen=True)
class Lacks:
    """`notices` are sentences for the first lines of every report; `unjudged` of its `exchanges` are not judged, or not in full.

    `unknown_writes` are all its writes, where of none it is known what was written.
    """

    credentials: Credentials = Credentials.KEPT
    notices: tuple[str, ...] = ()
    unjudged: int = 0
    exchanges: int = 0
    unknown_writes: int = 0

    @classmethod
    def of_recorded(cls, heard: Sequence[Heard], credentials: Credentials, left_out: int) -> "Lacks":
        """What these exchanges lack, and that others were left out."""
        notices = [f"{SAID[credentials]} {UNJUDGED}"] if credentials in SAID else []
        asked = [each.request for each in heard]
        answers = [each.answer for each in heard if each.answer]
        for part in Part:
            for what, messages in (("requests", asked), ("answers", answers)):
                if missing := sum(part in each.unrecorded for each in messages):
                    having = sum(part in each.unrecorded or _has(each, part) for each in messages)
                    said = f"The recording lacks the {PLURAL[part]} of {missing} of {having} {what}"
                    notices.append(f"{said}: {NEITHER_WAY}.")
        whole = len(heard) + left_out
        if left_out:
            notices.append(
                f"{left_out} of {whole} recorded exchanges were left out, and are judged neither way."
            )
        unknown = credentials is not Credentials.KEPT
        unjudged = left_out + sum(has_holes(each) or (unknown and is_refused(each)) for each in heard)
        writes = [each for each in heard if each.request.method in WRITTEN]
        unknown_writes = len(writes) if all(map(is_unrecorded, writes)) else 0
        return cls(credentials, tuple(notices), unjudged, whole, unknown_writes)

    @property
    def most(self) -> str:
        """A sentence where most of it is not judged, or nothing that was written, so that nobody may call it passed; else empty."""
        if 2 * self.unjudged > self.exchanges:
            lack = f"{self.unjudged} of {self.exchanges} exchanges were not judged, or not in full"
        elif self.unknown_writes:
            lack = f"of no write ({self.unknown_writes}) is the body there, so nothing that was written was judged"
        else:
            return ""
        return f"Too little was recorded to call it passed: {lack}. Record again with bodies and headers."


NOTHING = Lacks()


def credentials_in(heard: Iterable[Heard]) -> Credentials:
    """What all these exchanges tell together; they still hold their secrets."""
    headers = (pair for each in heard for pair in each.request.headers)
    shown = {token_of(value) for name, value in headers if may_open_the_door(name)}
    shown = {token for token in shown if token.lower() not in NO_SECRETS}
    if not shown:
        return Credentials.TAKEN_OUT
    real = {token for token in shown if token == TOKEN or not (token in MADE_UP_TOKENS or is_cut(token))}
    return Credentials.KEPT if real else Credentials.REPLACED


def _has(message: Request | Answer, part: Part) -> bool:
    return bool(message.body if part is Part.BODY else message.headers)


def with_headers(heard: Sequence[Heard]) -> list[Heard]:
    """The same; where no request at all has a header, or no answer, it is said that the recorder kept none."""
    no_requests = not any(each.request.headers for each in heard)
    no_answers = not any(each.answer.headers for each in heard if each.answer)
    return [
        replace(
            each,
            request=_without_headers(each.request) if no_requests else each.request,
            answer=_without_headers(each.answer) if no_answers and each.answer else each.answer,
        )
        for each in heard
    ]


def _without_headers(message: Message) -> Message:
    return replace(message, unrecorded=message.unrecorded | {Part.HEADERS})
