"""The words of ARCHITECTURE.md and those of the code agree, so that a reader learns each thing under one name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import resolve_name

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "scim_tests").rglob("*.py"))
ROW = re.compile(r"^\| ([\w ]+) \| `([\w.]+)` \| .+ \|$", re.MULTILINE)
PART = re.compile(r"[A-Z]?[a-z]+")
# Older names, and what took their place.
RETIRED = {
    "Course": "RunState", "Keeper": "RunSink", "Outline": "RecordIndex", "Offer": "EntitlementType",
    "Standins": "Pseudonyms", "Hiding": "HarRedactor", "Unseen": "NotObserved",
    "Sight": "Observation", "Stay": "ObservationPair", "spells": "between_writes", "Again": "ReplayedExchange",
    "Doubt": "Probe", "Closed": "NoTarget", "Open": "Session", "Live": "LiveRun", "Replay": "RecordedRun",
    "Played": "SceneRun", "passed_over": "condition_not_met", "finale": "clean_up_scene",
    "afterplay": "deferred_clean_up", "Errand": "GuardedSession", "errand": "guarded", "deed": "work",
    "Story": "group, Dependencies or ResourceHistory", "bookkeeping": "write_guard",
    "refuse_what_is_not_ours": "write_guard.check", "explaining": "messages", "hiding": "redaction",
}  # fmt: skip
MODULE_ALONE = {"aftermath": "okta_effect"}  # `run.json` has a key of that name
# Those of them that no sentence needs either, as words of a docstring, a comment or a message.
UNSAID = re.compile(r"\b(?:afterplay|bookkeeping|deed|errand|finale|keeper|Unseen|Standins|passed_over)s?\b")


def words() -> list[tuple[str, str]]:
    """Each word of the glossary, with what bears its name in `scim_tests`."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return ROW.findall(text[text.index("## Words") : text.index("## Who may import whom")])


def names_in(path: Path) -> Iterator[str]:
    """What a module defines: classes, functions, arguments and variables."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name


def test_the_first_words_are_there() -> None:
    """The glossary is read as a table, with the words that a reader meets first."""
    assert {"act", "step", "exchange", "check", "finding", "verdict"} < {word for word, _ in words()}


def test_a_word_is_a_name() -> None:
    """A module, a class or a function has the name by which the glossary calls it."""
    for word, place in words():
        resolve_name(f"scim_tests.{place}")
        name = " ".join(PART.findall(place.rpartition(".")[2])).lower()
        assert name in {word.lower(), f"{word.lower()}s"}


def test_no_older_word_is_left() -> None:
    """No module and nothing in it has a retired name, and no sentence in it uses a retired word."""
    for path in MODULES:
        found = {name: RETIRED[name] for name in {path.stem, *names_in(path)} & set(RETIRED)}
        assert found == {}, f"{path}: these names are retired; the ones on the right took their place"
        assert path.stem not in MODULE_ALONE
        assert UNSAID.findall(path.read_text(encoding="utf-8")) == [], path
