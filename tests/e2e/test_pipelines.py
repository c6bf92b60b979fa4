"""The recipes for pipelines, as far as a plain machine can run them. No container is built here, and no GitHub runner starts."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from commanding import TOKEN, inherited, record_in
from junitparser import Error, Failure, JUnitXml, Skipped

from scim_tests.options import RUN_OPTIONS
from scripts.steady import unsteady

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
BIN = Path(sys.executable).parent


def _play(tmp_path: Path, program: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's own step, its inputs filled in as GitHub does, in a shell as GitHub starts it."""
    step = next(each for each in ACTION["runs"]["steps"] if "scim-tests run" in each.get("run", ""))
    values = {name: said["default"] for name, said in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for name, text in step["env"].items()
    }
    github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md")}
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tmp_path, env={**inherited(), **github, **filled, "PATH": f"{program.parent}:{BIN}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_action_asks_for_options_there_are() -> None:
    """Every input but the token is an option of a run, and every input reaches the step."""
    flags = {option.flag for option in RUN_OPTIONS}
    assert {f"--{name}" for name in ACTION["inputs"]} - {"--token"} <= flags
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all(f"${{{{ inputs.{name} }}}}" in text for name in ACTION["inputs"])


def test_the_action_passes_a_good_target(tmp_path: Path, program: Path, reference_url: str) -> None:
    """Its step plays against a target, keeps reports, writes the job's page, and never shows the token."""
    done = _play(
        tmp_path,
        program,
        target_url=reference_url,
        token=TOKEN,
        only="discovery,test_credentials",
        strict="true",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# scim-tests: passed" in (tmp_path / "page.md").read_text()
    assert record_in(tmp_path / "scim-tests-report").run.strict
    assert TOKEN not in done.stdout + done.stderr


def test_the_action_fails_a_bad_target(tmp_path: Path, program: Path, web_page_url: str) -> None:
    """A failure fails the step, with an annotation that says what to mend."""
    done = _play(
        tmp_path, program, target_url=web_page_url, token=TOKEN, fail_on="security", skip="import_users"
    )
    assert done.returncode == 1
    assert "::error title=scim-tests" in done.stdout


def test_junit_is_read_as_meant(tmp_path: Path, program: Path, web_page_url: str) -> None:
    """A reader that pipelines use finds stories, ids, failures with consequence and fix, and the same numbers."""
    _play(tmp_path, program, target_url=web_page_url, token=TOKEN)
    record = record_in(tmp_path / "scim-tests-report")
    suites = JUnitXml.fromfile(str(tmp_path / "scim-tests-report" / "junit.xml"))
    cases = {case.name: case for suite in suites for case in suite}
    assert {suite.name for suite in suites} == {check.story for check in record.checks}
    assert set(cases) == {check.id for check in record.checks}
    failed = {name for name, case in cases.items() if any(isinstance(each, Failure) for each in case.result)}
    assert failed == {check.id for check in record.checks if check.verdict == "fail"}
    assert not any(isinstance(each, Error) for case in cases.values() for each in case.result)
    unjudged = {
        name for name, case in cases.items() if any(isinstance(each, Skipped) for each in case.result)
    }
    assert unjudged == {check.id for check in record.checks if check.verdict in {"blocked", "not asked"}}
    text = cases[min(failed)].result[0].text
    assert "In Okta" in text
    assert "Fix: " in text


def test_the_container_recipe_installs_what_there_is() -> None:
    """What it copies exists and is all the package is built from; its entry is the console script. It is not built here."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [word for line in lines if line.startswith("COPY") for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "scim_tests", "reference_server", "fixtures"} <= set(
        copied
    )
    assert 'ENTRYPOINT ["scim-tests"]' in lines
    assert any(line.startswith("USER ") and "root" not in line for line in lines)


def test_a_verdict_never_changes() -> None:
    """A few runs with other people and another order give the same verdicts; `make steady` plays more."""
    assert list(unsteady(3, (), "okta")) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_snippets_for_pipelines_are_yaml(page: Path) -> None:
    """Whatever a page shows as YAML can be read as YAML."""
    for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        assert yaml.safe_load(text)
