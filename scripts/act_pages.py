"""Puts what happens otherwise, from the data in fixtures/okta, under each page of docs/acts: `make docs`."""

import re
from collections.abc import Iterator
from pathlib import Path

from scim_tests.knowledge.okta_effect import Kind, kind_of, kinds
from scim_tests.knowledge.reference import OKTA, Reference, references
from scim_tests.model.fact import Fact

PAGES = Path(__file__).parent.parent / "docs" / "acts"
MARK = "## What happens otherwise"
NAMES = re.compile(r"`([a-z0-9_*]+)`")
KEY = re.compile(r"\b[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\b")
PLACEHOLDER = re.compile(r"\{(\w+)\}")
ANSWERS = {
    "unreachable": "no connection",
    "silent": "no answer",
    "bare": "refused without a SCIM error",
    "refused": "any other refusal",
    "empty": "2xx without a body",
    "unreadable": "2xx, not JSON",
}
THEN = {"event": "System Log", "task": "Tasks", "retry": "Retry", "do": "To do"}


def main() -> None:
    for page in sorted(PAGES.glob("*.md")):
        page.write_text(whole(page), encoding="utf-8")


def whole(page: Path) -> str:
    """The page as it should be: what was written by hand, and below it what follows from the data."""
    told = page.read_text(encoding="utf-8").partition(f"\n{MARK}\n")[0].rstrip()
    text = "\n".join([told, "", MARK, "", *otherwise(page.stem, steps(told))]).rstrip()
    return "\n".join([text, "", "## Sources", "", *sources(text), ""])


def steps(told: str) -> list[str]:
    """The names, and patterns, in the first column of the table of requests."""
    rows = [line for line in told.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in NAMES.findall(row.split("|")[1])]


def otherwise(act: str, names: list[str]) -> Iterator[str]:
    """What becomes of each kind of request that the act sends."""
    groups: dict[str, list[str]] = {}
    for name in names:
        kind = kind_of(f"{act}.{name}")
        if kind is None:
            raise LookupError(f"fixtures/okta/steps.toml does not know {act}.{name}")
        groups.setdefault(kind.name, []).append(name)
    for kind_name, of_kind in groups.items():
        kind = kinds()[kind_name]
        yield from (f"### {', '.join(f'`{name}`' for name in of_kind)}", "", _said(kind.facts["when"]), "")
        yield from _told(kind)
    if not all(kinds()[name].never for name in groups):
        yield from ("### Each of Okta's", "", "Unless the lists above say otherwise:", "")
        yield from _told(kinds()["everywhere"])


def _told(kind: Kind) -> Iterator[str]:
    """What the admin reads, answer by answer; then log, task, retry and what to do, and where an answer has its own."""
    ways = sorted(kind.answers, key=_place)
    messages = [(way, kind.answers[way]["message"]) for way in ways if "message" in kind.answers[way]]
    if messages:
        yield from ("| answer | what the admin reads | known from |", "|---|---|---|")
        for way, fact in messages:
            yield f"| {ANSWERS.get(way, way)} | {_shown(fact.text)} | {_known(fact)} |"
        yield ""
    then = [f"- {label}: {_said(kind.facts[about])}" for about, label in THEN.items() if about in kind.facts]
    for way in ways:
        own = kind.answers[way]
        then += [
            f"- {label}, {ANSWERS.get(way, way)}: {_said(own[about])}"
            for about, label in THEN.items()
            if about in own
        ]
    if then and not kind.never:
        yield from (*then, "")


def _place(way: str) -> tuple[int, str]:
    """Statuses first, then the others in the order they are listed in."""
    return (list(ANSWERS).index(way) + 1, way) if way in ANSWERS else (0, way)


def _said(fact: Fact) -> str:
    text = fact.text if fact.text.endswith((".", "”.")) else f"{fact.text}."
    return f"{_shown(text)} ({_known(fact)})"


def _shown(text: str) -> str:
    named = PLACEHOLDER.sub(lambda found: f"<{found[1]}>", text)
    named = named.replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"((?:application|system)\.[a-z_.]+[a-z_]|…failed(?:\.with\.error)?)", r"`\1`", named)


def _known(fact: Fact) -> str:
    return f"{fact.known}: {', '.join(fact.sources)}"


def sources(text: str) -> list[str]:
    """Every key the page names, with what it stands for."""
    named = sorted({key for key in KEY.findall(text) if OKTA + key in references()})
    return [_source(key, references()[OKTA + key]) for key in named]


def _source(key: str, source: Reference) -> str:
    return f"- {key}: [{source.statement}]({source.url})" if source.url else f"- {key}: {source.statement}"


if __name__ == "__main__":
    main()
