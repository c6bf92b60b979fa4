"""In a suite of one's own: what `play` gives to a test, and what a fixture `scim_target` makes of `pytest --pyargs scim_tests`."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, cast

import pytest
from commanding import TOKEN, Command, record_in
from frameworks import on_flask, on_starlette, scim

from scim_tests.errors import ExitCode, UsageError
from scim_tests.options import RunOptions
from scim_tests.pytest_door.session import FixtureRun
from scim_tests.testing import Result, play

FAULT, NOTICED = "create-returns-200", "push_user.create-answers-201"
PLAYED = ("--pyargs", "scim_tests", "-q")
OF_CREDENTIALS = ("--pyargs", "scim_tests.test_credentials", "-q")
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
TEST, CONFTEST = re.findall(
    r"```python\n(.*?)```", README.partition("## In your own suite")[2].partition("\n## ")[0], re.DOTALL
)
MAIN = """
from reference_server.app import application
from reference_server.settings import Settings, Token

app = application(Settings(tokens=(Token("{token}"),), public_url="http://localhost/scim/v2"))
"""
Suite = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def suite(command: Command, tmp_path: Path) -> Suite:
    """Runs pytest in a folder that has an app, and the README's conftest.py with another profile in it, or in another place."""

    def run(*arguments: str, profile: str = "okta", place: str = ".") -> subprocess.CompletedProcess[str]:
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "main.py").write_text(MAIN.format(token=TOKEN))
        (tmp_path / place).mkdir(exist_ok=True)
        conftest = CONFTEST.replace("…", TOKEN).replace('"okta"', f'"{profile}"')
        (tmp_path / place / "conftest.py").write_text(conftest)
        return command(
            "-p", "scim_tests.plugin", "-p", "no:cacheprovider", *arguments, module="pytest", token=""
        )

    return run


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The result of a play against an app with a fault."""
    folder = tmp_path_factory.mktemp("failed")
    app = on_starlette(scim("http://localhost/scim/v2", FAULT))
    return play(app, base_path="/scim/v2", token=TOKEN, only=NOTICED, seed=5, report_dir=folder)


def test_a_result_tells_the_root_cause(failed: Result) -> None:
    """A failed result is false, and its text is what the command says: cause, fix, counts, verdict and report."""
    assert not failed
    assert [check.id for check in failed.failures] == [cause.check for cause in failed.causes] == [NOTICED]
    assert failed.verdicts == {NOTICED: "fail"}
    for said in (
        f"1. {NOTICED}",
        "in Okta",
        "fix",
        "1 failed",
        "Failed.",
        f"Report: {failed.folder / 'report.html'}",
    ):
        assert said in failed.text
    assert "\x1b" not in failed.text
    assert (failed.folder / "report.html").stat().st_size
    assert repr(failed).startswith("<failed: 1 of 1 judged checks failed")


def test_reports_say_that_the_app_is_gone(failed: Result) -> None:
    """A script needs the URL of a server, as no address of an app leads anywhere once the process is over; nor does `clean`."""
    assert failed.record.target.in_process
    assert f"{NOTICED}.shURL" in "".join(failed.text.split())  # wherever the line is folded
    assert "an app, in its own process" in (failed.folder / "report.html").read_text(encoding="utf-8")
    assert '"target": ""' in (failed.folder / "ledger.jsonl").read_text(encoding="utf-8")


def test_no_secret_reaches_the_folder(tmp_path: Path) -> None:
    """Neither the token nor what an exception says is in any file, and the kind and place of the exception are in the first lines."""

    def app(environ: dict[str, str], _: Any) -> None:
        raise ValueError(environ.get("HTTP_AUTHORIZATION"), "bob@example.org")

    result = play(app, token=TOKEN, only="test_credentials", report_dir=tmp_path)
    files = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    assert [text for text in files if TOKEN in text or "bob@" in text] == []
    [notice] = [
        each for each in result.record.notices if each.startswith("The app raised or logged ValueError in ")
    ]
    assert notice.endswith(f"test_own_suite.py, line {app.__code__.co_firstlineno + 1}.")
    assert notice in " ".join(result.text.split())
    [raised] = result.raised
    assert "bob@example.org" in str(raised)


def test_known_failures_and_severities_count_as_in_a_run(tmp_path: Path) -> None:
    """`fail_on` and `skip` are those of the command."""
    app = on_flask(scim("http://localhost/scim/v2", FAULT))
    chosen = {
        "base_path": "/scim/v2",
        "token": TOKEN,
        "only": [NOTICED, "test_credentials"],
        "report_dir": tmp_path,
    }
    tolerated = play(app, **chosen, fail_on="stops-provisioning")
    assert (tolerated.passed, tolerated.failures, tolerated.verdicts[NOTICED]) == (True, [], "fail")
    assert NOTICED not in play(app, **chosen, skip=NOTICED).verdicts


def test_a_running_loop_is_told(tmp_path: Path) -> None:
    """In a coroutine it says how it can be called, and called so it plays."""

    async def test() -> Result:
        told = {"base_path": "/scim/v2", "token": TOKEN, "only": "test_credentials", "report_dir": tmp_path}
        with pytest.raises(UsageError, match=r"await asyncio\.to_thread"):
            play(scim(), **told)
        return await asyncio.to_thread(play, scim(), **told)

    assert asyncio.run(test())


def test_ctrl_c_ends_the_suite_with_its_reports(tmp_path: Path) -> None:
    """It is passed on to whoever runs the suite, once the reports of what was seen are written."""

    async def app(scope: Any, *_: Any) -> None:
        if scope["type"] == "http":
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        play(app, token=TOKEN, only="test_credentials", report_dir=tmp_path)
    assert record_in(tmp_path).outcome.exit_code == ExitCode.INTERRUPTED


def test_an_app_may_be_asked_at_another_host(tmp_path: Path) -> None:
    """A header of the user's takes the place of ours, so that an app that tells its tenants apart by host is played."""
    hosts = set()

    def app(environ: dict[str, str], start_response: Callable[..., Any]) -> list[bytes]:
        hosts.add(environ["HTTP_HOST"])
        start_response("404 Not Found", [])
        return []

    host = "Host: tenant.example.com"
    assert not play(app, token=TOKEN, only="test_credentials", header=host, report_dir=tmp_path)
    assert hosts == {"tenant.example.com"}


def test_no_token_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one nothing is played, and it says where one is looked for."""
    monkeypatch.delenv("SCIM_TESTS_TOKEN", raising=False)
    with pytest.raises(UsageError, match="There is no token for the target") as told:
        play(scim(), base_path="/scim/v2")
    assert told.value.hint == "Give token=…, name a file with token_file=…, or set SCIM_TESTS_TOKEN."


def test_the_readme_s_test_plays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lines play all of Okta's part against an app, and leave the reports where a run leaves them."""
    main = ModuleType("shop.main")
    main.app = on_starlette(scim())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "shop", ModuleType("shop"))
    monkeypatch.setitem(sys.modules, "shop.main", main)
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(TEST.replace("…", TOKEN), names)  # noqa: S102 -- the README's own lines
    names["test_scim"]()
    record = record_in(tmp_path / "reports" / "latest")
    assert len(record.exchanges) > 500
    assert record.outcome.exit_code == ExitCode.ALL_GOOD


def test_at_most_ten_lines_are_the_user_s() -> None:
    """What somebody writes for each of the two ways is shorter than that."""
    assert max(len(each.strip().splitlines()) for each in (TEST, CONFTEST)) <= 10


def test_a_fixture_names_the_target(suite: Suite, tmp_path: Path) -> None:
    """Each check of ours is an item that shows its verdict on the app, beside tests of the suite's own."""
    (tmp_path / "test_mine.py").write_text("def test_mine(): assert 1\n")
    done = suite("test_mine.py", *PLAYED, "-k", f"mine or {NOTICED}", "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    record = record_in(tmp_path / "out")
    assert ([check.id for check in record.checks], record.target.in_process) == ([NOTICED], True)
    assert "Report: out/report.html" in done.stdout
    assert (tmp_path / "out" / "report.html").stat().st_size


def test_a_suite_without_our_tests_is_left_alone(suite: Suite, tmp_path: Path) -> None:
    """Where none of ours is collected, nothing is played and no folder is made."""
    (tmp_path / "test_mine.py").write_text("def test_mine(): assert 1\n")
    done = suite("test_mine.py")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert not (tmp_path / "reports").exists()


def test_the_command_line_wins(suite: Suite, tmp_path: Path) -> None:
    """A target that is named there is played, whatever the fixture says."""
    done = suite(*OF_CREDENTIALS, "--reference", "--report-dir", "out")
    assert done.returncode == ExitCode.ALL_GOOD, done.stdout + done.stderr
    assert record_in(tmp_path / "out").target.bundled


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"profile": "otka"}, "There is no profile 'otka'."),
        ({"place": "tests"}, "These tests do not see the fixture scim_target: it has to stand in "),
    ],
)
def test_what_is_wrong_with_a_fixture_is_said(suite: Suite, told: dict[str, str], says: str) -> None:
    """The session ends with the usage code and one sentence, without a traceback."""
    done = suite(*OF_CREDENTIALS, **told)
    assert done.returncode == ExitCode.USAGE, done.stdout + done.stderr
    assert says in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_workers_are_refused() -> None:
    """With pytest-xdist each worker would play: no item of ours is shown, and it says why."""
    door = FixtureRun(cast(pytest.Config, SimpleNamespace(workerinput={})), RunOptions())
    with pytest.raises(pytest.fail.Exception, match="leave out -n"):
        door.before_the_first(cast(pytest.FixtureRequest, None))
