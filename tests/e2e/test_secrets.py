"""No secret is in anything a run leaves, prints or shows, however the target spells it."""

from collections.abc import Callable
from pathlib import Path

from commanding import TOKEN, Command, record_in
from searching import found_in
from telling import CLIENT_SECRET, GATEWAY, Telling, telling

from scim_tests.errors import ExitCode


def test_planted_secrets_are_found_nowhere(
    command: Command, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Of all that a run leaves and prints, no byte tells the token, the password or another secret in any reading."""
    with telling() as url:
        done = command(
            "run", "--target-url", url, "--report-dir", "out", "--token-url", f"{url}/token",
            "--header", "X-Gateway: $SCIM_TESTS_HEADER_GATEWAY",
            environment={
                "SCIM_TESTS_CLIENT_ID": "okta", "SCIM_TESTS_CLIENT_SECRET": CLIENT_SECRET,
                "SCIM_TESTS_HEADER_GATEWAY": GATEWAY,
            },
        )  # fmt: skip
    assert done.returncode == ExitCode.CONFORMANCE_FAILURES, done.stdout + done.stderr
    secrets = list(Telling.secrets)
    assert {TOKEN, CLIENT_SECRET, GATEWAY} < set(secrets), "and at least one password was told, too"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"run.json", "report.html", "exchanges.har", "ledger.jsonl"} <= {path.name for path in files}
    assert {path.name: found_in(path.read_bytes(), secrets) for path in files} == {
        path.name: [] for path in files
    }
    assert found_in((done.stdout + done.stderr).encode(), secrets) == []
    record_property("bytes searched for secrets", sum(path.stat().st_size for path in files))
    failed = {check.id for check in record_in(tmp_path / "out").checks if check.verdict == "fail"}
    assert failed >= {"every_answer.shows-no-token", "every_answer.shows-no-password"}
