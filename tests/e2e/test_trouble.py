"""What goes wrong is said in one sentence, with its own exit code, and leaves a report all the same."""

import socket
from html import unescape
from pathlib import Path

import pytest
from commanding import TOKEN, Command, record_in

from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode


def test_no_target_is_refused_in_two_lines(command: Command) -> None:
    """Naming no target is a usage error that shows both ways to name one."""
    done = command("run")
    assert done.returncode == ExitCode.USAGE
    assert len(done.stderr.splitlines()) == 2
    assert "--reference" in done.stderr
    assert "--target-url" in done.stderr


def test_both_targets_are_refused(command: Command) -> None:
    """Naming the bundled server and a URL is a usage error."""
    done = command("run", "--reference", "--target-url", "http://127.0.0.1:9/")
    assert done.returncode == ExitCode.USAGE


def test_an_unknown_profile_names_the_nearest(command: Command) -> None:
    """A misspelt profile is a usage error that suggests the right one."""
    done = command("run", "--reference", "--profile", "zifflow")
    assert done.returncode == ExitCode.USAGE
    assert "Did you mean ziflow?" in done.stderr


def test_a_wrong_key_in_a_profile_is_named_with_its_line(command: Command, tmp_path: Path) -> None:
    """A profile file with a wrong key is a usage error with key, line and nearest right name."""
    text = 'name = "mine"\ntitle = "Mine"\ndialect = "oin"\ncapabilities = []\nclean_up = "delete"\nwrite = false\n'
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    done = command("run", "--reference", "--profile", "mine.toml")
    assert done.returncode == ExitCode.USAGE
    assert "mine.toml, line 6: there is no key 'write'" in done.stderr
    assert "Did you mean writes?" in done.stderr


def test_no_token_says_where_one_may_come_from(command: Command) -> None:
    """Without a token and a terminal, a usage error names the variable and the option."""
    done = command("run", "--target-url", "http://127.0.0.1:9/scim", token="")
    assert done.returncode == ExitCode.USAGE
    assert "SCIM_TESTS_TOKEN" in done.stderr
    assert "--token-file" in done.stderr


def test_a_target_elsewhere_is_not_written_to_without_consent(command: Command) -> None:
    """A URL that is not this machine needs a yes; the refusal says what would have been done."""
    done = command("run", "--target-url", "https://scim.example.com/scim/v2")
    assert done.returncode == ExitCode.USAGE
    assert "creates" in done.stderr
    assert "--yes" in done.stderr


@pytest.mark.parametrize("profile", ["okta", "ziflow"])
def test_a_dead_port_is_unreachable(command: Command, tmp_path: Path, profile: str) -> None:
    """Nobody listening gives exit code 6, one sentence, and what becomes of it in Okta, in a report."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}/scim/v2"
    done = command("run", "--target-url", url, "--profile", profile, "--report-dir", "out")
    assert done.returncode == ExitCode.TARGET_UNREACHABLE, done.stdout + done.stderr
    assert "gave no answer" in done.stdout
    assert "1. every_answer.arrives  stops provisioning" in done.stdout
    assert "Error authenticating: " in done.stdout
    assert_reported(tmp_path / "out", "unreachable")


def test_a_wrong_token_is_credentials_refused(command: Command, tmp_path: Path, reference_url: str) -> None:
    """A refused token gives exit code 6, one sentence, one request more than none, and a report."""
    done = command("run", "--target-url", reference_url, "--report-dir", "out", token="not-the-token")
    assert done.returncode == ExitCode.TARGET_UNREACHABLE, done.stdout + done.stderr
    assert "refused the credentials" in done.stdout
    assert len(assert_reported(tmp_path / "out", "refused").exchanges) == 1


def test_a_refused_key_says_what_was_tried_and_what_to_try(command: Command, tmp_path: Path) -> None:
    """Every report names each form that was sent and `--auth`, none says “Unreachable”; the form it names lets us in."""
    with running(Settings(tokens=(Token(TOKEN),), token_forms=("x-api-key",))) as server:
        told = ("run", "--target-url", server.base_url, "--profile", "ziflow", "--report-dir")
        done = command(*told, "out")
        assert done.returncode == ExitCode.TARGET_UNREACHABLE, done.stdout + done.stderr
        let_in = command(*told, "in", "--auth", "x-api-key")
    assert let_in.returncode == ExitCode.ALL_GOOD, let_in.stdout + let_in.stderr
    assert_reported(tmp_path / "out", "refused")
    files = [tmp_path / "out" / name for name in ("report.html", "summary.md", "junit.xml", "run.json")]
    for said in (done.stdout, *(path.read_text(encoding="utf-8") for path in files)):
        told_once = " ".join(unescape(said).split())
        for form in ("Authorization: Bearer <token>", "Authorization: <token>", "apikey: <token>"):
            assert f"“{form}”" in told_once
        assert "such as --auth raw, basic or x-api-key." in told_once
        assert "Unreachable" not in told_once
    assert "<h2>Token refused</h2>" in files[0].read_text(encoding="utf-8")


def test_a_web_page_is_a_failure_with_one_cause(command: Command, tmp_path: Path, web_page_url: str) -> None:
    """A server that answers HTML fails on that alone; the rest is blocked, and nobody is created."""
    done = command("run", "--target-url", web_page_url, "--report-dir", "out")
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    record = assert_reported(tmp_path / "out", "failed")
    assert [cause.check for cause in record.root_causes] == ["every_answer.is-json"]
    assert {exchange.method for exchange in record.exchanges} == {"GET"}
    assert record.outcome.sentence.endswith("was no JSON: is the base URL right?")
    assert "Traceback" not in done.stdout + done.stderr


def test_a_wrong_base_url_is_asked_about(command: Command, tmp_path: Path, reference_url: str) -> None:
    """Where nothing at all is found, the verdict asks for the base URL first; where something is, it does not."""
    host = reference_url.removesuffix("/scim/v2")
    done = command("run", "--target-url", f"{host}/elsewhere", "--profile", "ziflow", "--report-dir", "out")
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    assert "Nothing was found there (404 Not Found): is the base URL right?" in done.stdout
    assert_reported(tmp_path / "out", "failed")
    played = command("run", "--target-url", reference_url, "--profile", "read-only", "--report-dir", "in")
    assert "base URL" not in played.stdout


def assert_reported(folder: Path, verdict: str):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """The reports are there and tell that verdict; gives the record."""
    record = record_in(folder)
    assert record.outcome.verdict == verdict
    assert record.outcome.sentence in unescape((folder / "summary.md").read_text(encoding="utf-8"))
    assert (folder / "report.html").stat().st_size
    return record
