"""The recipes for pipelines, as far as a plain machine can run them. No GitHub runner starts here."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
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
STEP: dict[str, Any] = next(each for each in ACTION["runs"]["steps"] if each.get("id") == "play")
BIN = Path(sys.executable).parent
# Tells how it was started instead of playing.
STAND_IN = """\
#!{python} -IS
import json, os, sys
with open("started.json", "w") as file:
    json.dump([sys.argv[1:], dict(os.environ)], file)
sys.exit(6)
"""


def _play(tmp_path: Path, program: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's own step, its inputs filled in as GitHub does, in a shell as GitHub starts it."""
    values = {name: said["default"] for name, said in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: values[found[1]], text)
        for name, text in STEP["env"].items()
    }
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "page.md"),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
    }
    return subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=tmp_path, env={**inherited(), **github, **filled, "PATH": f"{program.parent}:{BIN}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def _outputs(tmp_path: Path) -> Mapping[str, str]:
    """What the action gives to later steps."""
    lines = (tmp_path / "outputs").read_text(encoding="utf-8").splitlines()
    step = dict(line.split("=", 1) for line in lines)
    names = {
        name: said["value"].removeprefix("${{ steps.play.outputs.")
        for name, said in ACTION["outputs"].items()
    }
    return {name: step[value.removesuffix(" }}")] for name, value in names.items()}


def test_the_action_asks_for_options_there_are() -> None:
    """Every input but the secrets is an option of a run, and every input reaches the step as a variable."""
    flags = {option.flag for option in RUN_OPTIONS}
    in_env = {"--token", "--client-id", "--client-secret"}
    assert {f"--{name}".replace("--headers", "--header") for name in ACTION["inputs"]} - in_env <= flags
    told = "".join(STEP["env"].values())
    assert [name for name in ACTION["inputs"] if f"${{{{ inputs.{name} }}}}" not in told] == []


def test_every_verdict_is_named_where_pipelines_read_it() -> None:
    """The action's output and the guide list all that a run can end with."""
    schema = json.loads((ROOT / "fixtures" / "schemas" / "run.schema.json").read_text(encoding="utf-8"))
    first, *others = schema["$defs"]["Outcome"]["properties"]["verdict"]["enum"]
    told = f"{', '.join((first, *others[:-1]))} or {others[-1]}"
    guide = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    assert told in ACTION["outputs"]["verdict"]["description"]
    assert told in guide


def test_no_input_stands_in_a_script() -> None:
    """What GitHub fills into a script is run there, so nothing is."""
    assert [each["run"] for each in ACTION["runs"]["steps"] if "${{" in each.get("run", "")] == []


def test_each_input_becomes_its_option(tmp_path: Path) -> None:
    """Whatever stands in an input is one word, several headers are several options, and secrets are in no argument."""
    program = tmp_path / "bin" / "scim-tests"
    program.parent.mkdir()
    program.write_text(STAND_IN.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o700)
    odd = """ '"; touch owned; $(touch owned) `touch owned` --yes"""
    inputs = {
        name: f"{name}{odd}" for name in ACTION["inputs"] if name not in {"headers", "strict", "target-url"}
    }
    secrets = ("token", "client-id", "client-secret")
    headers = "X-Tenant: a\nX-Key: $SCIM_TESTS_HEADER_KEY\n"
    done = _play(
        tmp_path, program, target_url="https://api.example.com", headers=headers, strict="true", **inputs
    )
    words, environment = json.loads((tmp_path / "started.json").read_text(encoding="utf-8"))
    assert sorted(words) == sorted([
        "run", "--yes", "--strict", "--target-url=https://api.example.com",
        "--header=X-Tenant: a", "--header=X-Key: $SCIM_TESTS_HEADER_KEY",
        *(f"--{name}={value}" for name, value in inputs.items() if name not in secrets),
    ])  # fmt: skip
    for name in secrets:
        assert environment[f"SCIM_TESTS_{name.upper().replace('-', '_')}"] == inputs[name]
    assert not (tmp_path / "owned").exists()
    assert (done.returncode, (tmp_path / "outputs").read_text(encoding="utf-8")) == (6, "exit-code=6\n")


@pytest.mark.usefixtures("no_page")
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
    record = record_in(tmp_path / "scim-tests-report")
    assert record.run.strict
    assert TOKEN not in done.stdout + done.stderr
    assert _outputs(tmp_path) == {
        "verdict": "passed",
        "exit-code": "0",
        "judged": str(record.counts.judged),
        "passed": str(record.counts.passed),
        "advice": "0",
        "failed": "0",
        "report-dir": "scim-tests-report",
    }


@pytest.mark.usefixtures("no_page")
def test_the_action_fails_a_bad_target(tmp_path: Path, program: Path, web_page_url: str) -> None:
    """A failure fails the step, with an annotation that says what to mend."""
    done = _play(
        tmp_path, program, target_url=web_page_url, token=TOKEN, fail_on="security", skip="import_users"
    )
    assert done.returncode == 1
    assert "::error title=scim-tests" in done.stdout
    told = _outputs(tmp_path)
    assert (told["verdict"], told["exit-code"]) == ("failed", "1")
    assert int(told["judged"]) == int(told["passed"]) + int(told["advice"]) + int(told["failed"])


@pytest.mark.usefixtures("no_page")
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


DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()


def test_the_container_recipe_installs_what_there_is() -> None:
    """What it copies exists and is all the package is built from; its entry is the console script."""
    copied = [word for line in DOCKERFILE if line.startswith("COPY") for word in line.split()[1:-1]]
    assert [name for name in copied if not (ROOT / name).exists()] == []
    assert {"pyproject.toml", "README.md", "LICENSE", "scim_tests", "reference_server", "fixtures"} <= set(
        copied
    )
    assert 'ENTRYPOINT ["scim-tests"]' in DOCKERFILE


def test_the_container_runs_as_anybody() -> None:
    """Its user is a number without rights, its home and its folder are open to all, and the docs say how to be oneself."""
    said = dict(line.split(maxsplit=1) for line in DOCKERFILE if line.startswith(("USER", "ENV", "WORKDIR")))
    assert said == {"USER": "65534:65534", "ENV": "HOME=/tmp", "WORKDIR": "/work"}
    assert any(line.startswith("RUN ") and "mkdir -m 1777 /work" in line for line in DOCKERFILE)
    page = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    started = [line for line in [*DOCKERFILE, *page.splitlines()] if "docker run" in line]
    assert [line for line in started if '--user "$(id -u):$(id -g)"' not in line] == []
    assert len(started) == 2


def test_a_user_without_account_and_home_may_play(tmp_path: Path) -> None:
    """Under a number that no account has, without HOME, a run ends well and leaves its reports."""
    as_nobody = ["unshare", "--user", "--map-user=12345", "--map-group=12345"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*as_nobody, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("NOT TESTED as a user without an account, for this machine makes no user namespaces")
    told = ("-m", "scim_tests", "run", "--reference", "--only", "discovery", "--report-dir", "out")
    done = subprocess.run(
        [*as_nobody, sys.executable, *told],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out" / "report.html").stat().st_size


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_the_image_plays_as_whoever_starts_it(tmp_path: Path, engine: str) -> None:
    """Where an engine has the base image, the image is built, and writes into a folder of another's as that user."""
    [base] = [line.removeprefix("FROM ") for line in DOCKERFILE if line.startswith("FROM")]
    if (
        not shutil.which(engine)
        or subprocess.run([engine, "image", "inspect", base], capture_output=True, check=False).returncode
    ):
        pytest.skip(f"NOT BUILT with {engine}, which is not here or does not have {base}")
    folder = tmp_path / "mine"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    subprocess.run([engine, "build", "--tag", "scim-tests-tried", str(ROOT)], check=True, capture_output=True)
    run = [engine, "run", "--rm", "--user", "12345:12345", "--volume", f"{folder}:/work", "scim-tests-tried"]
    done = subprocess.run(
        [*run, "run", "--reference", "--report-dir", "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "out" / "report.html").stat().st_uid == 12345


def test_a_badge_gets_a_branch_of_its_own(tmp_path: Path) -> None:
    """The snippet that publishes it leaves one commit with one file there, whatever was in the checkout."""
    page = (ROOT / "docs" / "pipelines.md").read_text(encoding="utf-8")
    [snippet] = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "scim-badge" in text]
    [step] = yaml.safe_load(snippet)
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")
    for words in (["init", "-q", "--bare", "theirs"], ["init", "-q", "ours"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    ours = tmp_path / "ours"
    (ours / "code.py").touch()
    for words in (["add", "."], ["commit", "-qm", "code"], ["remote", "add", "origin", "../theirs"]):
        subprocess.run([*git, *words], cwd=ours, check=True)
    (ours / "scim-tests-report").mkdir()
    (ours / "scim-tests-report" / "badge.svg").write_text("<svg/>", encoding="utf-8")
    subprocess.run(
        ["/bin/bash", "-eo", "pipefail", "-c", step["run"]], cwd=ours, check=True, capture_output=True
    )
    there = subprocess.run(
        [*git, "ls-tree", "-r", "--name-only", "scim-badge"], cwd=tmp_path / "theirs", capture_output=True, text=True, check=True
    )  # fmt: skip
    assert there.stdout.split() == ["scim-tests-report/badge.svg"]


def test_a_verdict_never_changes() -> None:
    """A few runs with other people and another order give the same verdicts; `make steady` plays more."""
    assert list(unsteady(3, (), "okta")) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_snippets_for_pipelines_are_yaml(page: Path) -> None:
    """Whatever a page shows as YAML can be read as YAML."""
    for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        assert yaml.safe_load(text)
