"""Whoever chooses checks gets them judged: nothing that the whole play judges is out of reach of `--only`."""

from pathlib import Path

import pytest
from playing import Play, honest_play, play, reference_transport

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.session import run
from scim_tests.session.selection import selected


def judged(done: Play) -> set[str]:
    return {each.check.id for each in done.results if each.verdict.is_judged}


@pytest.mark.parametrize("act", ["read_user", "query_users", "import_users", "import_groups", "clean_up"])
def test_checks_are_judged_where_nobody_is_yet(
    act: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an empty target the play makes whom the chosen checks are to see, and judges each that a whole play judges."""
    checks = selected(catalogue(), [f"{act}.*"], [])
    whole = judged(honest_play())
    monkeypatch.setattr("playing.scenes", lambda *asked: run.needed(run.scenes(*asked), checks))
    done = play(reference_transport(), tmp_path / "ledger.jsonl", judge=Judge(checks))
    assert judged(done) == whole & {each.id for each in checks}


def test_a_profile_that_only_reads_makes_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choosing checks lets nothing be written that the profile does not allow."""
    checks = selected(catalogue(), ["query_users"], [])
    monkeypatch.setattr("playing.scenes", lambda *asked: run.needed(run.scenes(*asked), checks))
    done = play(
        reference_transport(),
        tmp_path / "ledger.jsonl",
        profile=profiles.load("read-only"),
        judge=Judge(checks),
    )
    assert {each.request.method for each in done.conductor.transcript} == {"GET"}
