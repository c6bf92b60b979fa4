"""What becomes of a failed step in Okta is told for every step, from sources, and of this very answer."""

import re
import tomllib
from fnmatch import fnmatchcase

import pytest

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.knowledge.okta_effect import Kind, aftermath, cited, fails_in_okta, kinds, stumbling
from scim_tests.knowledge.reference import OKTA, fixtures, references
from scim_tests.model.check import Known
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.fact import ABOUT
from scim_tests.personas.play import scenes

LOOKUP = "/Users?filter=userName%20eq%20%22zo%C3%AB%40example.com%22&startIndex=1&count=100"
KINDS = pytest.mark.parametrize("kind", [each for each in kinds().values() if each.name != "everywhere"], ids=lambda kind: kind.name)  # fmt: skip
PLACEHOLDERS = {"user", "name", "group", "id", "host", "reason", "detail", "trouble"}
WAYS = {"unreachable", "silent", "empty", "unreadable", "bare", "refused"}


def heard(step: str, answer: Answer | None, *, path: str = LOOKUP, body: bytes = b"") -> Exchange:
    request = Request("POST" if body else "GET", path, body=body)
    return Exchange(step, "scene", Heard(request, answer, base_url="https://scim.example.com/v2"))


def refused(status: int, body: bytes = b'{"detail":"Go away."}') -> Answer:
    return Answer(status, body=body)


def said(exchange: Exchange, about: str = "message") -> str:
    return next(fact.text for fact in aftermath(exchange) if fact.about == about)


def test_every_act_is_told() -> None:
    """No act of the play is without a table, even where no profile that comes along plays it."""
    acts = {scene.act.name for scene in scenes(profiles.load("okta"), "run", 1)}
    patterns = [step for kind in kinds().values() for step in kind.steps]
    assert [
        act for act in acts if not any(fnmatchcase(act, each.partition(".")[0]) for each in patterns)
    ] == []


def test_every_source_is_known() -> None:
    """Every key stands in sources.toml."""
    assert {key for key in cited() if OKTA + key not in references()} == set()


@KINDS
def test_a_kind_is_complete(kind: Kind) -> None:
    """What Okta sends has all that is to be said, from when to what is left to do; what it never sends, when alone."""
    expected = {"when"} if kind.never else set(ABOUT) - {"message"}
    if kind.name == "throttled":  # only ever answered with 429
        expected = {"when"}
    assert set(kind.facts) - {"message"} == expected
    for facts in (kind.facts, *kind.answers.values()):
        for fact in facts.values():
            assert fact.known in set(Known)
            assert fact.sources
            assert fact.about in {"message", "event"} or fact.text.endswith((".", "”.", "…"))
            assert set(re.findall(r"\{(\w*)\}", fact.text)) <= PLACEHOLDERS


def test_the_file_holds_nothing_unknown() -> None:
    """Tables and keys are those that are read; no pattern stands twice."""
    tables = tomllib.loads((fixtures() / "okta" / "steps.toml").read_text(encoding="utf-8"))
    for name, table in tables.items():
        rest = set(table) - {
            "steps",
            "never",
            "in_place",
            "only_with",
            "like",
            "accepts",
            "fails",
            "well",
            "says",
            "checks",
            *ABOUT,
        }
        assert {each for each in rest if each not in WAYS and not each.isdigit()} == set(), name
    patterns = [step for kind in kinds().values() for step in kind.steps]
    assert sorted(set(patterns)) == sorted(patterns)


def test_consequences_point_at_a_kind_of_request() -> None:
    """Where a check says at which request Okta stumbles, Okta sends that request."""
    named = {check.consequence.at for check in catalogue()} - {""}
    assert {name for name in named if name not in kinds() or kinds()[name].never} == set()


def test_the_message_is_okta_s_with_the_target_s_words() -> None:
    """It holds the person, the HTTP reason and the target's detail."""
    assert said(heard("push_user.lookup", refused(401))) == (
        "Automatic provisioning of user zoë@example.com to app … failed: Error while verifying if user "
        "zoë@example.com exists: Unauthorized. Errors reported by remote server: Go away."
    )


def test_the_facts_come_in_a_fixed_order() -> None:
    """When, message, event, task, retry and do; a throttled step has those of throttling."""
    exchange = heard("push_user.lookup", refused(429))
    assert [fact.about for fact in aftermath(exchange)] == list(ABOUT)
    assert said(exchange, "event") == "application.integration.rate_limit_exceeded"
    assert said(exchange, "retry").startswith("Yes, 10 attempts")


def test_a_body_that_is_not_json_is_told_as_okta_tells_it() -> None:
    """By its first word, where it begins with one."""
    exchange = heard("push_user.lookup", refused(502, b"error: no such thing"))
    assert said(exchange).endswith("Bad Gateway. Errors reported by remote server: Invalid JSON: Unrecognized token 'error' …")  # fmt: skip
    assert "Invalid JSON: …" in said(heard("push_user.lookup", Answer(200, body=b"<html>")))


def test_a_conflict_and_an_empty_create_have_messages_of_their_own() -> None:
    """Both name the person by displayName, as Okta's reference does."""
    body = '{"userName":"zoë","displayName":"Zoë Z"}'.encode()
    conflict = heard("push_user.create", refused(409), path="/Users", body=body)
    assert "failed: Error while creating user Zoë Z: Conflict." in said(conflict)
    assert said(conflict, "retry") == "No: a conflict ends the job."
    empty = heard("push_user.create", Answer(201), path="/Users", body=body)
    assert said(empty).endswith("Create new user returned empty user.")


def test_silence_and_a_bare_refusal_are_told() -> None:
    """No answer, and a refusal without a SCIM error, are told as they were captured."""
    assert said(heard("push_user.lookup", None)) == "Error while verifying if user exists: null"
    assert said(heard("test_credentials.probe", refused(403, b""))).startswith("Error authenticating: null.")


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("push_user.lookup", refused(404)),
        ("push_user.lookup", Answer(200, body=b"{}")),
        ("deactivate_user.patch", Answer(204)),
        ("no_such_act.step", refused(500)),
    ],
)
def test_nothing_is_told_where_okta_goes_on(step: str, answer: Answer) -> None:
    """A miss, a success, a 204 without a body, and a step nobody wrote about."""
    exchange = heard(step, answer)
    assert aftermath(exchange) == []
    assert not fails_in_okta(exchange)


def test_a_step_of_ours_says_so() -> None:
    """Okta never sends it, and that is all."""
    exchange = heard("clean_up.delete", refused(500))
    assert [fact.about for fact in aftermath(exchange)] == ["when"]
    assert not fails_in_okta(exchange)
    assert stumbling("", "…", "captured", exchange) == aftermath(exchange)


def test_several_hits_are_counted_and_one_is_taken() -> None:
    """Okta stops at two people; a single one it links, so it says nothing."""
    message = "Multiple users found by userName. Expected 0 or 1 results but was [n]"
    two = heard("push_user.lookup", Answer(200, body=b'{"Resources":[{},{}]}'))
    facts = {fact.about: fact.text for fact in stumbling("lookup", message, "documented", two)}
    assert facts["message"].endswith("but was [2]")
    assert facts["event"] == "application.provision.user.verify_exists"
    one = heard("push_user.lookup", Answer(200, body=b'{"Resources":[{}]}'))
    assert stumbling("lookup", message, "documented", one) == []
