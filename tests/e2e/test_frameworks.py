"""Apps on four frameworks, played in this process: the verdicts are those of the same apps on a real socket."""

from pathlib import Path

import pytest
from commanding import TOKEN
from frameworks import ON, scim, served_on

from scim_tests.testing import play

FAULT, NOTICED = "create-returns-200", "push_user.create-answers-201"
SOME = ("test_credentials", "push_user")


@pytest.mark.parametrize("framework", ON)
def test_the_verdicts_are_those_of_a_socket(framework: str, tmp_path: Path) -> None:
    """An app with a fault gets each verdict in process that it gets over HTTP, and the fault is seen."""
    with served_on(framework, FAULT) as (url, _):
        over_http = play(target_url=url, token=TOKEN, only=SOME, seed=5, report_dir=tmp_path / "http")
    app = ON[framework](scim("http://localhost/scim/v2", FAULT))
    result = play(app, base_path="/scim/v2", token=TOKEN, only=SOME, seed=5, report_dir=tmp_path / "here")
    assert result.verdicts == over_http.verdicts
    assert result.raised == over_http.raised == ()
    assert (
        [cause.check for cause in result.causes] == [cause.check for cause in over_http.causes] == [NOTICED]
    )


@pytest.mark.parametrize("framework", ["starlette", "flask"])
def test_a_whole_play_passes(framework: str, tmp_path: Path) -> None:
    """All that Okta does is played against an honest ASGI app and an honest WSGI app, and nothing fails."""
    result = play(
        ON[framework](scim()), base_path="/scim/v2", token=TOKEN, seed=5, report_dir=tmp_path / "out"
    )
    assert result.passed, result.text
    assert len(result.record.exchanges) > 500
