"""Apps on four frameworks, and a server of others, played in this process: the verdicts are those of a real socket."""

import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from commanding import TOKEN
from frameworks import ON, scim, served_on

from scim_tests.testing import play

pytestmark = pytest.mark.usefixtures("no_page")

FAULT, NOTICED = "create-returns-200", "push_user.create-answers-201"
REVIEWED = Path(__file__).parent / "reviewed" / "scim2-server.toml"
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


def test_a_whole_play_passes(tmp_path: Path) -> None:
    """All that Okta does is played against an honest WSGI app, and nothing fails; an ASGI app has the README's test."""
    app = ON["flask"](scim())
    result = play(app, base_path="/scim/v2", token=TOKEN, seed=5, report_dir=tmp_path / "out")
    assert result.passed, result.text
    assert len(result.record.exchanges) > 500


class _Taken(Exception):  # noqa: N818 -- no error: the app is made, and is not served
    """What the command would serve."""


def test_a_server_of_others_is_judged_as_on_its_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of scim2-server's own WSGI app the findings are those that were reviewed on its socket."""
    from scim2_server.testserver import cli  # slow, and so not for every worker of the suite

    def taken(_host: str, _port: int, app: Any, *_: Any, **__: Any) -> None:
        raise _Taken(app)

    monkeypatch.setattr(cli, "make_server", taken)
    monkeypatch.setattr(sys, "argv", ["scim2-server", "--bearer-token", TOKEN])
    with pytest.raises(_Taken) as made:
        cli.main()
    [app] = made.value.args
    acts = ("test_credentials", "delete_user", "patch_group")
    result = play(app, base_path="/v2", token=TOKEN, only=acts, report_dir=tmp_path / "out")
    assert result.passed, result.text
    findings = tomllib.loads(REVIEWED.read_text(encoding="utf-8"))["finding"]
    listed = {
        (each["check"], each["verdict"]) for each in findings if "okta" in each.get("profiles", ["okta"])
    }
    expected = {(check, verdict) for check, verdict in listed if check.startswith(acts)}
    assert {(each, said) for each, said in result.verdicts.items() if said in {"fail", "advice"}} == expected
    assert len(expected) == 4
