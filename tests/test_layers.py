"""Who may import whom, and where each module stands (ARCHITECTURE.md), with the reason in the failure."""

import ast
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
OURS = ("scim_tests", "reference_server")
STANDARD = sys.stdlib_module_names

# part -> (what it may import besides the standard library and itself, why); the longest name that fits rules
RULES: dict[str, tuple[tuple[str, ...], str]] = {
    "scim_tests.errors": ((), "errors are at the bottom, so that everybody can raise them"),
    "scim_tests.options": (("scim_tests.errors",), "both doors read the options, before anything heavy is loaded"),
    "scim_tests.model": (("scim_tests.errors",), "the nouns read no file and know no other room, so that every room can share them"),
    "scim_tests.knowledge": (("scim_tests.model", "scim_tests.errors"), "what is known beforehand does not hang on what a run does"),
    "scim_tests.personas": (("scim_tests.model", "faker"), "a persona only speaks: it has no opinion and no socket"),
    "scim_tests.checks.reading": (("scim_tests.model", "scim_tests.knowledge", "jsonschema"), "what checks share judges nothing itself"),
    "scim_tests.checks": (("scim_tests.model", "scim_tests.knowledge", "jsonschema"), "a check cannot send anything, so it can judge a recording too"),
    "scim_tests.profiles": (("scim_tests.model", "scim_tests.errors", "scim_tests.knowledge", "jsonschema"), "profiles are data and their reader"),
    "scim_tests.wire": (("scim_tests.model", "scim_tests.errors", "httpx", "a2wsgi"), "the wire does not know what is said over it"),
    "scim_tests.engine": (("scim_tests.model", "scim_tests.errors", "scim_tests.knowledge"), "the engine is handed its acts, checks and wire, and knows how Okta takes an answer"),
    "scim_tests.record": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.knowledge", "scim_tests.engine", "scim_tests.checks", "scim_tests.personas", "scim_tests.wire.curl", "tomlkit", "jsonschema"),
        "the record is made of what the engine found; masking knows the words that acts and checks write",
    ),
    "scim_tests.report": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.knowledge", "scim_tests.engine.listener", "scim_tests.wire.curl", "scim_tests.wire.parts", "rich", "click", "jinja2", "markupsafe"),
        "reports read the record and nothing else; a request as a command is a format they share with the record",
    ),
    "scim_tests.session": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.options", "scim_tests.knowledge", "scim_tests.personas", "scim_tests.checks", "scim_tests.profiles", "scim_tests.wire", "scim_tests.engine", "scim_tests.record", "scim_tests.report", "scim_tests.pytest_door.render", "reference_server"),
        "a session puts all rooms together, has pytest-html write its page, and knows neither the command line nor recorded traffic",
    ),
    **{
        f"scim_tests.load{module}": (
            ("scim_tests.load", "scim_tests.model", "scim_tests.errors", "scim_tests.options", "scim_tests.knowledge", "scim_tests.personas", "scim_tests.checks", "scim_tests.profiles", "scim_tests.wire", "scim_tests.engine", "scim_tests.record", "scim_tests.report", "scim_tests.session", *further),
            "a load does at size what a session does once, and Locust stays where it is named",
        )
        for module, further in {
            "": (),
            **dict.fromkeys((".hive", ".coordinator", ".member"), ("locust", "gevent")),
            **dict.fromkeys((".leading", ".session"), ("locust",)),
            ".work": ("psutil",),
            ".cast": ("faker",),
        }.items()
    },
    **{
        f"scim_tests.explore{module}": (
            ("scim_tests.explore", "scim_tests.model", "scim_tests.errors", "scim_tests.options", "scim_tests.knowledge", "scim_tests.personas", "scim_tests.checks", "scim_tests.profiles", "scim_tests.wire", "scim_tests.engine", "scim_tests.record", "scim_tests.report", "scim_tests.session", *further),
            "an exploration holds conversations as a session plays acts, and Hypothesis stays where it is named",
        )
        for module, further in {"": (), ".talks": ("hypothesis",), ".searching": ("hypothesis",), ".values": ("hypothesis",)}.items()
    },
    "scim_tests.traffic": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.personas", "scim_tests.checks", "scim_tests.profiles", "scim_tests.wire", "scim_tests.engine", "scim_tests.record", "scim_tests.report", "scim_tests.session", "httpx", "starlette", "mitmproxy"),
        "recorded traffic is judged and sent as a session does it, and no session knows of recordings",
    ),
    "scim_tests.recorder": (("scim_tests.model.scim",), "it stands in somebody else's app, so it is light; what is heavy is in a process of its own"),
    **{
        f"scim_tests.recorder.{apart}": (
            ("scim_tests.recorder", "scim_tests.model", "scim_tests.errors", "scim_tests.record", "scim_tests.wire", "scim_tests.traffic"),
            "the process that masks what an app saw does it as any recording is masked",
        )
        for apart in ("writer", "tape")
    },
    "scim_tests.pytest_door": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.options", "scim_tests.record", "scim_tests.report", "scim_tests.session", "scim_tests.wire.private_file", "pytest", "pytest_html", "rich", "markupsafe"),
        "the door presents what a session gives it",
    ),
    "scim_tests.ui": (
        ("scim_tests.model", "scim_tests.errors", "scim_tests.options", "scim_tests.knowledge", "scim_tests.profiles", "scim_tests.record", "scim_tests.report", "scim_tests.session", "scim_tests.traffic", "scim_tests.engine.listener", "scim_tests.wire.address", "scim_tests.wire.private_file", "reference_server", "starlette", "uvicorn", "markupsafe"),
        "the pages ask a session for what they show, as the command does",
    ),
    "scim_tests.plugin": (("scim_tests", "pytest", "pytest_html"), "the door's entry: pytest loads it"),
    "scim_tests.testing": (("scim_tests.model", "scim_tests.errors", "scim_tests.record", "scim_tests.report", "scim_tests.session", "rich"), "the door for a suite of one's own: it presents what a session gives it"),
    "scim_tests.cli": (("scim_tests", "click"), "the command's entry"),
    "scim_tests.__main__": (("scim_tests.cli",), "the same as a module"),
    "scim_tests.commands": (("scim_tests", "reference_server", "click", "rich", "starlette", "uvicorn"), "a command calls what does the work"),
    **{
        f"scim_tests.test_{group}": (("scim_tests.plugin",), "the files pytest shows only present verdicts")
        for group in ("credentials", "discovery", "entitlements", "every_answer", "import_users", "push_groups", "push_users", "specification", "unsupported")
    },
    "reference_server": (("starlette", "uvicorn", "h11", "orjson"), "the control group shares no code with the judge"),
}  # fmt: skip
AT_THE_ROOT = (
    "at the root of scim_tests stand only the three doors, options, errors and the files pytest shows"
)
FILE, FUNCTION = 350, 45  # lines
UNMAPPED = {
    "checks",
    "personas",
    "commands",
}  # their files are found by their names: one an act, rule or command


@cache
def modules() -> list[Path]:
    return sorted(path for part in OURS for path in (ROOT / part).rglob("*.py"))


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports_of(path: Path) -> set[str]:
    """Full names of what a module imports; `from a import b` counts as `a.b` where that is a module."""
    found: set[str] = set()
    for node in ast.walk(parsed(path)):
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


def test_a_part_imports_only_what_it_may() -> None:
    """Each module keeps to the import rule of the part it belongs to."""
    for path in modules():
        name = name_of(path)
        part = max((part for part in RULES if is_under(name, part)), key=len, default="")
        assert part or name == "scim_tests", f"{name} is in no room: {AT_THE_ROOT}"
        allowed, why = RULES.get(part, ((), ""))
        strange = sorted(
            each
            for each in imports_of(path)
            if part
            and each.partition(".")[0] not in {*STANDARD, ""}
            and each != "scim_tests"  # its version
            and not any(is_under(each, good) for good in (part, *allowed))
        )
        assert strange == [], f"{name} imports {', '.join(strange)}; {part} may not, because {why}"


def test_no_file_and_no_function_is_too_long() -> None:
    """A file of the code has 350 lines at most, a function 45: what is longer does several things."""
    lines = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert [name for name, number in lines.items() if number > FILE] == []
    assert [
        f"{name_of(path)}.{node.name}"
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= FUNCTION
    ] == []


def test_the_reference_server_is_only_started_by_the_doors() -> None:
    """Outside its starters nothing in the harness knows the reference server."""
    doors = {
        f"scim_tests.{name}"
        for name in ("session.target", "session.practice", "commands.serve", "commands.list")
    }
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


def mapped() -> dict[str, set[str]]:
    """The folders that ARCHITECTURE.md draws, with the names that stand under each."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    tree = text.split("```")[1]
    found: dict[str, set[str]] = {}
    above: list[tuple[int, str]] = []
    for line in filter(str.strip, tree.splitlines()):
        depth = len(line) - len(line.lstrip())
        names = line.strip().partition("  ")[0].split()
        above = [(each, folder) for each, folder in above if each < depth]
        here = above[-1][1] if above else ""
        for name in names:
            if name.endswith("/"):
                folder = f"{here}{name}"
                found.setdefault(folder, set())
                above.append((depth, folder))
            else:
                found.setdefault(here, set()).add(name)
    return found


def test_the_map_names_every_folder_and_every_module() -> None:
    """ARCHITECTURE.md draws each folder of the code, and each module but acts, checks and commands, where it is."""
    drawn = mapped()
    missing = []
    for path in modules():
        folder, *_ = parts = path.relative_to(ROOT).parts
        place = "/".join(parts[:-1]) + "/"
        if place not in drawn:
            missing.append(place)
        elif (
            folder == "scim_tests"
            and not {*parts[1:2]} & UNMAPPED
            and path.stem not in {"__init__", *drawn[place]}
        ):
            stem = "test_*" if path.stem.startswith("test_") else path.stem
            missing += [f"{place}{stem}"] if stem not in drawn[place] else []
    assert sorted(set(missing)) == [], "ARCHITECTURE.md does not name them where they stand"


def test_the_map_names_nothing_that_is_not_there() -> None:
    """What ARCHITECTURE.md draws under `scim_tests/` exists in that place."""
    gone = [
        f"{folder}{name}"
        for folder, names in mapped().items()
        for name in names
        if folder.startswith("scim_tests/") and not list((ROOT / folder).glob(f"{name}.*"))
    ]
    gone += [folder for folder in mapped() if not (ROOT / folder).is_dir()]
    assert gone == []
