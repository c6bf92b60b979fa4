"""What a run makes anew is left out of words that a pipeline compares; everything else stays."""

from dataclasses import replace

import pytest

from scim_tests.report.lasting import Lasting
from tests.unit.report.sample import exchange, sample

READ = exchange(1, "push_user.read", "GET /Users/00uAbCdEfG?x=1", 200, "")
RECORD = replace(sample(), exchanges=[READ], run=replace(sample().run, name="39zcv3xf"))


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Conflict: scim-tests.39zcv3xf.plain@x and SCIM-TESTS.39ZCV3XF.", "Conflict: scim-tests.….plain@x and SCIM-TESTS.…."),
        ("members has '00uAbCdEfG', which is no id", "members has '…', which is no id"),
        ("only the user 8, got no user", "only the user …, got no user"),
        ("4 users: 12, 9, 30", "4 users: …"),
        ("“http://inside/Users/1b092b23-6051-48… is another", "“http://inside/Users/… is another"),
        ("Groups/7a6d, not /Groups/7a6d?x", "Groups/…, not /Groups/…?x"),
        ("a28991e1-1a35-4f03-8546-9fac7dfaad66 on two pages", "… on two pages"),
        ('W/"1" before, W/"a2" now, at 2026-11-24T03:28:11.250Z', 'W/"…" before, W/"…" now, at …'),
    ],
)  # fmt: skip
def test_what_a_run_makes_anew_is_left_out(said: str, left: str) -> None:
    """Its name in any letter case, ids long and short, cut off or in a list, versions and moments."""
    assert Lasting(RECORD)(said) == left


@pytest.mark.parametrize(
    "said",
    [
        "expected 201 Created; got 404 Not Found",
        "GET /Users/{id} and POST /Users/.search, the user does not exist",
        "RFC7644-3.5.2-14, an RFC of 2015-09, profile okta, 4 users and 2 groups",
        "http://127.0.0.1:8484/scim/v2 answered",
        "A count of 0 or below is answered with no resources: not asked: profile okta",
        "shown as users, not as groups: blocked; /Schemas has for users: not asked",
    ],
)
def test_everything_else_stays(said: str) -> None:
    """Numbers, forms of requests and the address of a target that keeps its own are the failure itself."""
    assert Lasting(RECORD)(said) == said


def test_the_port_of_the_bundled_server_is_left_out() -> None:
    """Every run has another."""
    target = replace(RECORD.target, base_url="http://127.0.0.1:40001/scim/v2", bundled=True)
    assert Lasting(replace(RECORD, target=target))("http://127.0.0.1:40001/scim/v2/Users") == "…/Users"
