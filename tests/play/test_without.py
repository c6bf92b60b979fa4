"""What a run is told not to enable (`--without`) it does not ask for, whatever else its profile plays."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playing import ENTITLEMENTS, Play, play, reference_transport

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.exchange import Exchange
from scim_tests.model.profile import CAPABILITIES
from scim_tests.model.verdict import Verdict

TOGETHER = (  # few plays, in which no feature hides another
    ("push_groups", "import_users", "import_groups", "entitlements"),
    ("push_profile_updates",),
    ("push_deactivation",),
    ("reactivate", "sync_password"),
    ("push_users",),
)


def features(exchange: Exchange) -> Iterator[str]:
    """The features of Okta's whose request this is; each bulk request of the play is of three."""
    request, act = exchange.request, exchange.scene.partition(":")[0]
    place, wrote = request.path.partition("?")[0], request.body.lower().replace(b" ", b"")
    of_a_user = place.startswith("/Users/") and request.method in {"PUT", "PATCH"}
    if act in {"import_users", "import_groups", "entitlements"}:
        yield act
    if (place, request.method) == ("/Users", "POST") or place == "/Bulk":
        yield "push_users"
    if place == "/Bulk" or (
        place.startswith("/Groups") and request.method != "GET" and b"filter" not in wrote
    ):
        yield "push_groups"
    if of_a_user and b'"password":' in wrote:
        yield "sync_password"
    switches = (
        of_a_user and b'"active"' in wrote and (request.method == "PATCH" or b'"active":false' in wrote)
    )
    if switches:
        yield "push_deactivation" if b"false" in wrote else "reactivate"
    alone = switches and act in {"deactivate_user", "reactivate_user", "delete_user"}
    if place == "/Bulk" or (of_a_user and not alone and act != "sync_password"):
        yield "push_profile_updates"


def asked(done: Play) -> Counter[str]:
    """How often each feature was asked for before the clean-up, which is none of Okta's."""
    played = (each for each in done.conductor.transcript if each.scene != "clean_up")
    return Counter(feature for each in played for feature in features(each))


@pytest.mark.parametrize("without", TOGETHER, ids="+".join)
def test_no_request_of_what_is_not_enabled_leaves(without: tuple[str, ...], tmp_path: Path) -> None:
    """Nor of what would have nobody to act on; all the rest is asked for as ever, and whoever was made is removed."""
    chosen = profiles.load("scim").with_overrides(without=without)
    done = play(reference_transport(ENTITLEMENTS), tmp_path / "ledger.jsonl", profile=chosen)
    assert set(asked(done)) == set(CAPABILITIES) - chosen.without
    assert set(without) <= chosen.without
    assert all(each.result.left_behind == () for each in done.conductor.scene_runs)


@pytest.mark.parametrize("without", [("push_groups", "reactivate", "sync_password"), ("push_users",)])
def test_nothing_else_is_kept_from_being_judged(without: tuple[str, ...], tmp_path: Path) -> None:
    """On an honest server every check passes or is not asked, and says that the feature was not enabled."""
    chosen = profiles.load("okta").with_overrides(without=without)
    judge = Judge(catalogue())
    done = play(reference_transport(), tmp_path / "ledger.jsonl", profile=chosen, judge=judge)
    quiet = {Verdict.PASS, Verdict.NOT_ASKED}
    assert {each.check.id: each.verdict for each in done.results if each.verdict not in quiet} == {}
    why = {each.why for each in done.results if each.check.act in {"push_group", "sync_password"}}
    assert all("(--without " in each for each in why)


def test_what_has_nobody_to_act_on_goes_along() -> None:
    """Without Create Users nobody is updated or deactivated, and each says why; what was named itself says so."""
    chosen = profiles.load("okta").with_overrides(without=["push_users", "sync_password"])
    assert chosen.capabilities == {"import_users", "import_groups", "entitlements"}
    assert chosen.reasons["push_profile_updates"] == "nobody is created (--without push_users)"
    assert chosen.reasons["sync_password"] == "not enabled (--without sync_password)"
    alone = profiles.load("okta").with_overrides(without=["push_deactivation"])
    assert alone.without == {"push_deactivation", "reactivate"}


def test_what_the_profile_lacks_is_left_out_already() -> None:
    """Naming it is no error and changes no reason; what the target is said to lack is still asked about, and nothing else."""
    ziflow = profiles.load("ziflow")
    told = ziflow.with_overrides(without=["push_groups", "import_users"], probes=True)
    assert told.without == {"import_users"}
    assert told.reasons["push_groups"] == ziflow.reasons["push_groups"]
    assert told.lacking == ziflow.lacking
