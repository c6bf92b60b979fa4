"""Docs that fall behind fail: what the README shows is what the command says."""

import re
from functools import cache
from pathlib import Path

import click
import pytest

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.cli import cli
from scim_tests.errors import EXIT_MEANINGS
from scim_tests.options import RUN_OPTIONS
from scim_tests.personas.play import ACTS

ROOT = Path(__file__).parent.parent
PLAYED = " played, "  # in the line of a scene
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def excerpts() -> list[str]:
    return re.findall(r"```text\n(.*?)```", README, flags=re.DOTALL)


def test_the_exit_codes_are_those_of_the_command() -> None:
    """The README's table of exit codes is the one in the code."""
    rows = re.findall(r"^\| (\d) \| (.+) \|$", README, flags=re.MULTILINE)
    assert rows == [(str(code.value), said) for code, said in EXIT_MEANINGS.items()]


def test_every_profile_is_told() -> None:
    """The README's table of profiles names those that come along."""
    rows = re.findall(r"^\| `([a-z-]+)` \| .+ \|$", README, flags=re.MULTILINE)
    assert sorted(rows) == profiles.names()


def test_the_excerpt_shows_the_play_as_it_is() -> None:
    """The scenes in the README's excerpt are the acts that are played, and no count of checks in it can grow old."""
    excerpt, okta = excerpts()[0], profiles.load("okta")
    scenes = {line.split()[0].partition(":")[0] for line in excerpt.splitlines() if PLAYED in line}
    left_out = {act.name for act in ACTS if okta.why_not(act.name, act.capability, writes=act.writes)}
    assert scenes == {act.name for act in ACTS} - left_out
    assert f"\nnot asked: {len(left_out)} scenes\n" in excerpt
    assert "… checks: … not asked, … passed." in excerpt


def test_the_failing_excerpt_is_a_check_of_the_catalogue() -> None:
    """Check, consequence and fix in the second excerpt are those of the catalogue."""
    excerpt = " ".join(excerpts()[1].split())
    check = next(each for each in catalogue() if f" {each.id} " in excerpt)
    for text in (check.consequence.text, check.fix):
        assert text in excerpt
    message = ".+".join(map(re.escape, check.consequence.admin_sees.split("…")))
    assert re.search(f"admin sees “{message}” System Log ", excerpt)


def test_every_option_and_command_in_the_readme_exists() -> None:
    """The README names no command and no option that the command line does not have."""
    commands = set(
        re.findall(r"scim-tests (run|[a-z]+) ", " ".join(re.findall(r"```sh\n(.*?)```", README, re.DOTALL)))
    )
    context = click.Context(cli)
    known_commands = [cli.get_command(context, name) for name in cli.list_commands(context)]
    assert commands <= {command.name for command in known_commands}
    known = {option.flag for option in RUN_OPTIONS} | {
        name for command in known_commands for parameter in command.params for name in parameter.opts
    }
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", README)) - {"--pyargs"} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page leads to a file of the project."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_fragments_lead_somewhere(page: Path) -> None:
    """Every relative link into a page leads to a heading or an anchor of that page."""
    links = re.findall(r"\]\((?!https?:)([^)#]*)#([^)]+)\)", page.read_text(encoding="utf-8"))
    assert [
        f"{file}#{name}"
        for file, name in links
        if name not in _anchors((page.parent / file) if file else page)
    ] == []


@cache
def _anchors(page: Path) -> frozenset[str]:
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return frozenset(re.findall(r'<a id="([^"]+)"', text)) | {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }


RECIPES = [*PAGES, ROOT / "Dockerfile", ROOT / "action.yml", ROOT / "Makefile", ROOT / "pyproject.toml"]
BY_NAME = re.compile(r"\b(?:pip3?|pipx|uvx?|poetry|pdm|conda)\b[^\n;&|#]*(?<![\w/])scim[-_]tests(?![\w@*/-])")


@pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.name)
def test_nothing_is_installed_by_a_name_that_anybody_may_take(page: Path) -> None:
    """scim-tests is on no index: recipes install a checkout, a wheel file or the reader's own copy of the repository."""
    assert BY_NAME.findall(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "- pip install scim-tests",
        "sh 'pip install -q scim_tests && x'",
        "uvx scim-tests run",
        "pipx run scim-tests",
    ],
)
def test_an_install_by_name_is_seen(line: str) -> None:
    """However it is spelt."""
    assert BY_NAME.search(line)


@pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.name)
def test_the_action_and_the_image_are_the_readers_own(page: Path) -> None:
    """A page names them as what a reader keeps or builds, never as something that is there to be fetched."""
    text = page.read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S*scim\S*)", text)
    assert [name for name in used if not name.startswith("your-organisation/")] == []
    assert re.findall(r"(?:docker|podman) pull|(?:ghcr|docker)\.io/|FROM scim|image: *scim", text) == []
