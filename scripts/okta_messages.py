"""Writes docs/okta-messages.md: the public messages of Okta's, and how `scim-tests explain` answers each today."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from scim_tests.knowledge.recognition import Recognised, of_event, recognised
from scim_tests.knowledge.reference import fixtures
from scim_tests.knowledge.system_log import export

PAGE = Path(__file__).parent.parent / "docs" / "okta-messages.md"
PLACES = {
    "tasks": "Tasks",
    "test": "Test API Credentials",
    "push_groups": "Push Groups",
    "import": "Import",
    "system_log": "System Log",
    "target": "the target",
}
# Of each set: what it is, and how many the version that had not seen it recognised, and gave the right first cause.
FIRST_SIGHT = {
    "tuning": ("that were there while `explain` was written, by the version before", 41, 24),
    "after": ("found when that was done", 10, 6),
    "second": ("of targets' own words, with none of Okta's", 0, 0),
    "third": ("found when those were answered", 10, 9),
}
LONGEST = 160  # characters of a message
HEAD = """# Messages of Okta's, and how explain answers them

Each was published by somebody: in Okta's help, on its support pages, by a vendor, or in an issue of a SCIM server.
Those shown in “the target” have only a target's words, as somebody finds them in its answer, its log or its docs.
People, apps, hosts and ids are replaced; the cause is the source's, in our words, behind its link.
`fixtures/okta/public-messages.toml` has them whole, and `tests/test_public_messages.py` holds that at least 90 % are recognised, and get the right first cause.
`make docs` writes this page anew.

## How many are answered right

| messages | recognised at first sight | first cause right | recognised now | first cause right |
|---|---|---|---|---|
{counts}
What a version is worth shows at first sight. A text with none of Okta's words was not known at all before the second set.
Most of the third is short, and of targets' words; so it tells less of Okta's own wording than the first two sets do.

## What is answered wrong, and why

{wrong}
## All of them

| shown in | message | cause that the source gives | recognised as | first cause |
|---|---|---|---|---|
"""
WHY = {
    "Sync user in external": "Okta shows the same for two causes, each of which has a source; `explain` names both, this one second.",
    "Error authenticating: Forbidden": "A 403 with a page says that something refuses; that a new token helped, only the source knows.",
    "Automatic provisioning of user to app Example failed: com.saasure": "The target says 400 where it means the credentials.",
    "FAILURE: javax.ws.rs.Bad": "The target says 400 where it means the credentials.",
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"detail":"Bad': "That the numbers are members, only the source knows.",
    "insert new scim group": "That it is one member named twice, only the source knows.",
    "403 Forbidden": "The target says 403 where it means that there is no such user.",
    "The application account": "Okta tells that the deactivation failed, not why; the second cause is the source's.",
}


@dataclass(frozen=True)
class Public:
    """A message somebody published, and how it has to be answered."""

    shown: str
    where: str
    says: str
    source: str
    about: str
    cause: str
    seen: str

    @cached_property
    def answer(self) -> Recognised | None:
        """How it is answered today."""
        log = export(self.shown)
        found = [each for event in log.events for each in of_event(event.type, event.text)] if log else []
        return found[-1] if found else recognised(self.shown)

    @property
    def is_recognised(self) -> bool:
        """Whether it is taken for what it is."""
        return bool(self.answer and _about(self.answer) == self.about)

    @property
    def is_right(self) -> bool:
        """Whether, besides, the first cause is the source's."""
        return bool(self.is_recognised and self.answer and self.answer.causes[0].name == self.cause)


def _about(found: Recognised) -> str:
    return found.message.key.partition(".")[0]


def published() -> list[Public]:
    """Every message of the file."""
    text = (fixtures() / "okta" / "public-messages.toml").read_text(encoding="utf-8")
    return [Public(**row) for row in tomllib.loads(text)["message"]]


def table(rows: list[Public]) -> str:
    """The messages with their answers, in Markdown."""
    return "".join(map(_row, rows))


def _row(row: Public) -> str:
    found = row.answer
    about, first = (_about(found), found.causes[0].name) if found else ("not known", "")
    if row.is_right:
        said = [about, first]
    else:
        said = [
            about if row.is_recognised else f"**{about}**, not {row.about}",
            f"**{first or '-'}**, not {row.cause}",
        ]
    cells = [PLACES[row.where], f"`{_cut(row.shown)}`", f"[{row.says}]({row.source})", *said]
    return f"| {' | '.join(cells)} |\n"


def _cut(text: str) -> str:
    text = text.replace("|", "/")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def page() -> str:
    """The whole page as it is to be today."""
    rows = published()
    return HEAD.format(counts="".join(_counts(rows)), wrong=_wrong(rows)) + table(rows)


def _counts(rows: list[Public]) -> Iterator[str]:
    """A line of each set."""
    for seen, (what, known, right) in FIRST_SIGHT.items():
        some = [row for row in rows if row.seen == seen]
        now = f"{sum(row.is_recognised for row in some)} | {sum(row.is_right for row in some)}"
        yield f"| {len(some)} {what} | {known} | {right} | {now} |\n"


def _wrong(rows: list[Public]) -> str:
    said = []
    for row in rows:
        if not row.is_right:
            [why] = [text for start, text in WHY.items() if row.shown.startswith(start)]
            said.append(f"- `{_cut(row.shown)}`: {why}\n")
    return "".join(said)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
