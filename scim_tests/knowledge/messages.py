"""What Okta shows somebody, as far as it is known: `fixtures/okta/messages.toml`, `error-codes.toml`, and the messages of `steps.toml`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from http import HTTPStatus
from typing import Any

from scim_tests.knowledge.causes import Cause, of_the, sign
from scim_tests.knowledge.okta_effect import Facts, Kind, facts_in, kinds
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.fact import Fact

OPEN = re.compile(r"\{\w+\}|…|\[n\]")  # where Okta fills something in
# What a text may lack: the job that failed, and what is the same behind every reason.
FRAME = re.compile(
    r"^(?:Automatic .+? failed|Unable to .+? group \{group\}): | The connector configuration .+$|\. Errors reported by remote server: \{detail\}$"
)
BY = {
    "agent": "The agent of on-premises provisioning says so of the connector, which is then the SCIM server.",
    "api": "Okta's API says so to whoever calls it: a script, Terraform, or another Okta org that pushes into this one. A SCIM server is asked nothing by it.",
}


@dataclass(frozen=True)
class Message:
    """A text Okta shows. `key` is its table in messages.toml or steps.toml, `kind` the request it is about.

    A type of event is such a text, too, where Okta tells by it of what it does without being asked.
    """

    key: str
    text: str
    known: str
    sources: list[str]
    causes: list[Cause]
    kind: Kind | None = None
    own: Facts = field(default_factory=dict)  # that stand in its table
    quiet: bool = False  # an event that says nothing where all is well

    @property
    def facts(self) -> Facts:
        """What is known of the request it is about, or of the event: when it comes, and what is to be done."""
        if self.kind is None:
            return self.own
        return {**self.kind.facts, **self.kind.answers.get(self.key.rpartition(".")[2], {}), **self.own}

    @property
    def is_told_in_any_case(self) -> bool:
        """Whether Okta tells by this event what it did, and not only that it failed."""
        return bool(self.own) and not self.quiet

    @cached_property
    def pieces(self) -> list[str]:
        """Its literal parts, less what a text may lack."""
        parts = [plain(each).strip(" .:[]/") for each in OPEN.split(FRAME.sub("", self.text))]
        return [each for each in parts if re.search(r"\w", each)]

    @cached_property
    def _literally(self) -> re.Pattern[str]:
        return re.compile(".*?".join(rf"(?<!\w){re.escape(each)}(?!\w)" for each in self.pieces))

    def length_in(self, text: str) -> int | None:
        """How much of a plain text is literally it; None where a literal part is missing."""
        return sum(map(len, self.pieces)) if self._literally.search(text) else None


def plain(text: str) -> str:
    """A text as it is compared: quotes, blanks and letter case as one."""
    return " ".join(re.sub("[“”]", '"', re.sub("[\u2018\u2019]", "'", text)).split()).casefold()


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((fixtures() / "okta" / name).read_text(encoding="utf-8"))


@cache
def _told() -> dict[str, Any]:
    return _table("messages.toml")


@cache
def _types_of_old() -> dict[str, str]:
    return _table("legacy-event-types.toml")


@cache
def causes_of(key: str) -> list[Cause]:
    """The causes of a table of messages.toml; empty where it has none."""
    return [
        Cause(each["is"], each["why"], each["checks"], each.get("from", []))
        for each in _told().get(key, {}).get("causes", ())
    ]


@cache
def standing() -> list[Message]:
    """The messages that stand alone: those with a text of their own, and Okta's codes of errors."""
    texts = [_alone(key, table["text"]) for key, table in _told().items() if "text" in table]
    return [*texts, *(_code(code, table) for code, table in _table("error-codes.toml").items())]


def _alone(key: str, text: str) -> Message:
    table = _told()[key]
    kind = kinds()[table["kind"]] if "kind" in table else None
    causes = causes_of(key) or (causes_of(kind.name) if kind else []) or causes_of("everywhere")
    return Message(
        key,
        text,
        table["known"],
        table["from"],
        causes,
        kind,
        facts_in(table),
        table.get("quiet", False),
    )


def _code(code: str, table: Mapping[str, Any]) -> Message:
    known = sign(table["is"])
    cause = (
        of_the(None, known.cause)
        if known and "why" not in table
        else Cause(table["is"], table["why"], table.get("checks", []))
    )
    when = Fact("when", f"“{table['says']}” {BY[table['by']]}", "documented", ["ERRORS"])
    return Message(code, code, "documented", ["ERRORS"], [cause], own={"when": when})


@cache
def of_requests() -> list[Message]:
    """The messages of failed requests, each with the causes of its table, or of its kind of request."""
    found = []
    for kind in kinds().values():
        for answer, facts in kind.answers.items():
            if "message" in facts and not kind.never:
                key, fact = f"{kind.name}.{answer}", facts["message"]
                why = causes_of(key) or causes_of(kind.name)
                text = fact.text.replace("{reason}", _reason(answer))
                found.append(Message(key, text, fact.known, fact.sources, why, kind))
    return found


def _reason(answer: str) -> str:
    """The HTTP phrase where a message is for one status alone."""
    return HTTPStatus(int(answer)).phrase if answer.isdecimal() else "{reason}"


def of_kind(kind: Kind, text: str) -> Message:
    """What is known of such a request where no message of it is: `text` stands for one."""
    event = kind.facts.get("event")
    known, sources = (event.known, event.sources) if event else ("inferred", ["EVENTS"])
    own = causes_of(kind.name) or causes_of("everywhere")
    return Message(kind.name, text, known, sources, own, kind)


@cache
def of_type(event_type: str) -> Message | None:
    """What an event of that type, or of that legacyEventType, is about; None where it has nothing to do with provisioning."""
    old = event_type.replace("app.user_management.grouppush.", "application.provision.group_push.")
    event_type = _types_of_old().get(event_type, old)
    for key, table in _told().items():
        if event_type in table.get("events", ()):
            return _alone(key, event_type)
    for kind in kinds().values():
        event = kind.facts.get("event")
        if event and not kind.never and event.text.split(",")[0] == event_type:
            return of_kind(kind, event_type)
    for key, table in _told().items():
        if event_type.startswith(tuple(table.get("prefixes", ()))):
            return _alone(key, event_type)
    return None
