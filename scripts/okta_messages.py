"""Writes docs/okta-messages.md: the public messages of Okta's, and how `scim-tests explain` answers each today."""

import tomllib
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
}
LONGEST = 160  # characters of a message
HEAD = """# Messages of Okta's, and how explain answers them

Each was published by somebody: in Okta's help, on its support pages, by a vendor, or in an issue of a SCIM server.
People, apps, hosts and ids are replaced; the cause is the source's, in our words, behind its link.
`fixtures/okta/public-messages.toml` has them whole, and `tests/test_public_messages.py` holds that at least 90 % are recognised, and get the right first cause.
`make docs` writes this page anew.

## How many are answered right

| messages | recognised | first cause right |
|---|---|---|
| the {tuning} that were there while `explain` was written, by the version before | 41 | 24 |
| the same, now | {tuning_known} | {tuning_right} |
| {after} found when that was done, at first sight | 10 | 6 |
| the same, now | {after_known} | {after_right} |

What a version is worth shows at first sight: of the {after}, five were not recognised, for Okta's words around them were not known, and of the ten others four had a wrong cause.

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
    "The request could not be": "Nothing in it is Okta's, and the target's words name no cause.",
    "FAILURE: javax.ws.rs.Bad": "The target says 400 where it means the credentials.",
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
    counts: dict[str, object] = {}
    for seen in ("tuning", "after"):
        some = [row for row in rows if row.seen == seen]
        counts |= {
            seen: len(some),
            f"{seen}_known": sum(row.is_recognised for row in some),
            f"{seen}_right": sum(row.is_right for row in some),
        }
    return HEAD.format(**counts, wrong=_wrong(rows)) + table(rows)


def _wrong(rows: list[Public]) -> str:
    said = []
    for row in rows:
        if not row.is_right:
            [why] = [text for start, text in WHY.items() if row.shown.startswith(start)]
            said.append(f"- `{_cut(row.shown)}`: {why}\n")
    return "".join(said)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
