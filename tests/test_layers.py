"""Who may import whom (ARCHITECTURE.md), held up with the reason in the failure."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("scim_tests", "reference_server")
STANDARD = sys.stdlib_module_names

# part -> (what it may import besides the standard library and itself, why)
RULES: dict[str, tuple[tuple[str, ...], str]] = {
    "scim_tests.errors": ((), "errors are at the bottom, so that everybody can raise them"),
    "scim_tests.options": (("scim_tests.errors",), "both doors read the options, before anything heavy is loaded"),
    "scim_tests.model": (("scim_tests.errors",), "the nouns know no floor, so that every floor can share them"),
    "scim_tests.okta": (("scim_tests.model", "faker"), "Okta only speaks: it has no opinion and no socket"),
    "scim_tests.checks": (("scim_tests.model", "jsonschema"), "a check cannot send anything, so it can judge a recording too"),
    "scim_tests.wire": (("scim_tests.model", "scim_tests.errors", "httpx"), "the wire does not know what is said over it"),
    "scim_tests.engine": (("scim_tests.model", "scim_tests.errors"), "the engine is handed its acts, checks and wire"),
    "scim_tests.report": (("scim_tests.model", "scim_tests.errors", "rich", "scim_tests.engine.listener"), "reports read the record and nothing else; the console also listens"),
    "scim_tests.profiles": (("scim_tests.model", "scim_tests.errors", "jsonschema"), "profiles are data and their reader"),
    "reference_server": (("starlette", "uvicorn", "orjson"), "the control group shares no code with the judge"),
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(path for part in OURS for path in (ROOT / part).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> set[str]:
    """Full names of what a module imports; `from a import b` counts as `a.b` where that is a module."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {_module(f"{node.module}.{alias.name}", node.module) for alias in node.names}
    return found


def _module(longer: str, shorter: str) -> str:
    path = ROOT / Path(*longer.split("."))
    return longer if path.is_dir() or path.with_suffix(".py").is_file() else shorter


def is_under(name: str, part: str) -> bool:
    return name == part or name.startswith(part + ".")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_part_imports_only_what_it_may(path: Path) -> None:
    """Each module keeps to the import rule of the part it belongs to."""
    name = name_of(path)
    part = next((part for part in RULES if is_under(name, part)), None)
    if part is None:
        return  # a door: plugin, cli, run and their kin may import everything
    allowed, why = RULES[part]
    strange = sorted(
        each
        for each in imports_of(path)
        if each.partition(".")[0] not in STANDARD
        and not any(is_under(each, good) for good in (part, *allowed))
    )
    assert strange == [], f"{name} imports {', '.join(strange)}; {part} may not, because {why}"


def test_the_reference_server_is_only_started_by_the_doors() -> None:
    """Outside the doors nothing in the harness knows the reference server."""
    doors = {"scim_tests.target", "scim_tests.commands.serve", "scim_tests.commands.list"}
    users = {
        name_of(path)
        for path in modules()
        if any(is_under(each, "reference_server") for each in imports_of(path))
    }
    assert {name for name in users if name.startswith("scim_tests")} <= doors


def test_faults_are_unknown_to_the_honest_server() -> None:
    """Nothing in the reference server outside `faults` imports a fault."""
    honest = [
        path
        for path in modules()
        if is_under(name_of(path), "reference_server") and "faults" not in path.parts
    ]
    assert [name_of(path) for path in honest if any("faults" in each for each in imports_of(path))] == []
