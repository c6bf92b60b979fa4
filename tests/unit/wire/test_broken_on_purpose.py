"""What is meant to be broken or odd leaves as it stands, about what is proven to be ours, and nothing like it does."""

import json
import re

import pytest

from scim_tests.errors import OwnError
from scim_tests.model.act import Step
from scim_tests.model.forms import Forms
from scim_tests.model.scim import PATCH_OP
from scim_tests.model.unreadable import DEEP, ONE, OTHER, UNREADABLE
from scim_tests.personas.play import FORMS
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.write_guard import check

OKTA = (("Accept", "application/scim+json"),)
ANN = "scim-tests.unittest.ann@example.com"


@pytest.fixture
def proven(ledger: Ledger) -> Ledger:
    """A ledger that owns the user 1; all others are somebody's."""
    ledger.intend(ANN)
    ledger.created(ANN, "1")
    ledger.prove("1", ANN)
    return ledger


def request(method: str, path: str, body: bytes = b"", *, creates: str = "") -> Step:
    about = path.rpartition("/")[2] if path.count("/") > 1 else ""
    return Step("step", method, path, OKTA, body, creates=creates, about=about)


def refused(ledger: Ledger, step: Step, sends: Forms = FORMS) -> str:
    """The code of the refusal; empty where the step may leave."""
    try:
        check(ledger, step, sends)
    except OwnError as error:
        return error.code
    return ""


@pytest.mark.parametrize("body", sorted(UNREADABLE - {DEEP}))  # which has a meaning
def test_what_is_meant_to_be_broken_leaves_for_a_user_of_ours_alone(proven: Ledger, body: bytes) -> None:
    """As it stands, in a PUT or PATCH of a user that is proven; with a byte more it is any other body."""
    for method in ("PUT", "PATCH"):
        assert refused(proven, request(method, "/Users/1", body)) == ""
        assert refused(proven, request(method, "/Users/2", body)) == "not-ours"
        assert refused(proven, request(method, "/Groups/5", body)) == "not-ours"
        assert refused(proven, request(method, "/Users/1", body + b"{")) == "not-ours"
    assert refused(proven, request("POST", "/Users", body, creates=ANN)) == "not-ours"


def test_what_is_meant_to_be_broken_names_nobody() -> None:
    """However it is read, no word of it can be an id, a name, a member or a group: two letters, and words of a PATCH."""
    known = {"title", "schemas", "operations", "op", "add", "path", "value", "null", ONE, OTHER}
    known |= set(re.findall(r"\w+", PATCH_OP.lower()))
    for body in UNREADABLE:
        assert set(re.findall(r"\w+", body.decode("ascii", "ignore").lower())) <= known


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/Users?count=1&scimTestsUnknown=x", ""),
        ("/Users?count=1&scimTestsUnknown2=x", "no-form"),
        ("/Me", "no-form"),
    ],
)
def test_one_unknown_parameter_leaves(proven: Ledger, path: str, code: str) -> None:
    """Its name is ours alone, so that no framework can mean anything by it; /Me is asked for by its own act."""
    assert refused(proven, request("GET", path)) == code


def test_only_its_own_act_posts_to_a_user(proven: Ledger) -> None:
    """To one that is proven, with a name of ours for whoever is made of it; suites and recordings never do."""
    sends = frozenset({"POST /Users/{id}"})
    named = b'{"userName":"%s"}'
    for about, body, code in (
        ("1", named % ANN.encode(), ""),
        ("2", named % ANN.encode(), "not-ours"),
        ("1", named % b"Real.Person@example.com", "not-ours"),
        ("1", b'{"id":"5"}', "not-ours"),
    ):
        step = request("POST", f"/Users/{about}", body, creates=ANN)
        assert refused(proven, step) == "no-form"
        assert refused(proven, step, sends) == code


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_id_that_bears_the_name_of_a_run_is_nobody_elses(proven: Ledger, method: str) -> None:
    """So a write may ask for it, to see that the target refuses; any other than that of the path may not leave."""
    own = ANN.partition("@")[0]
    bodies = {
        "PUT": lambda id_: {"id": id_, "userName": ANN},
        "PATCH": lambda id_: {"Operations": [{"op": "replace", "path": "id", "value": id_}]},
    }
    for id_, code in (("1", ""), (own, ""), ("5", "not-ours"), ("real.person", "not-ours")):
        step = request(method, "/Users/1", json.dumps(bodies[method](id_)).encode())
        assert refused(proven, step, frozenset({f"{method} /Users/{{id}}"})) == code, id_
