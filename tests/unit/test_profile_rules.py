"""A profile may be a stranger's file: it is refused with a sentence, or plays and makes nobody of others."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scim_tests import profiles
from scim_tests.errors import ExitCode, UsageError
from scim_tests.knowledge.reference import OKTA, fixtures, references
from scim_tests.model.act import Step
from scim_tests.model.names import PREFIX, is_made_here
from scim_tests.model.profile import Profile
from scim_tests.personas.okta.requests import create, dump, new_user
from scim_tests.personas.play import FORMS, scenes
from scim_tests.report.text import printable
from scim_tests.session.intent import Intent, screen
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.write_guard import check

URL = "https://scim.example.com/scim/v2"
WHOLE: dict[str, Any] = {
    "name": "own", "title": "An own one", "dialect": "oin", "clean_up": "delete",
    "capabilities": ["push_users", "push_groups", "import_users"],
    "writes": True, "marks_requests": True, "authorization": ["bearer", "X-Api-Key"], "leave_out": ["sync_password"],
    "people": {
        "email_domain": "example.org", "reuse_user": "scim-tests.shared@example.org",
        "attributes": {"title": "Dr.", "roles": [{"value": "a", "primary": True}], "urn:example:2.0:User": {"level": 7}},
    },
    "limits": {
        "new_users": 2, "crowd": 1, "group_size": 3, "page_size": 9, "import_pages": 2, "small_page_requests": 1, "judged_people": 3,
        "timeout": 1.5, "throttle_scale": 0.5, "longest_wait": 0,
    },
    "guide": {
        "title": "Guide", "lead": "Step by step.", "source": "ZIF-OKTA", "notes": ["A word."],
        "section": [{"name": "One", "cases": [
            {"title": "Push", "steps": ["push_user.*"], "scenes": ["push_user:plain"], "text": "t", "remark": True},
            {"title": "None", "limit": "push_groups", "unseen": "why"},
        ]}],
    },
    "reasons": {"sync_password": "no"},
    "cost": [{"text": "A seat.", "link": "https://example.org/seats"}],
}  # fmt: skip


def toml(value: Any, *, top: bool = False) -> str:
    """As TOML writes it."""
    if isinstance(value, dict):
        pairs = [f"{toml(str(key))} = {toml(member)}" for key, member in value.items()]
        return "\n".join(pairs) if top else "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return value.isoformat() if isinstance(value, date | time) else str(value).lower()


def parsed(document: dict[str, Any]) -> Profile:
    return profiles.parse(toml(document, top=True), "own.toml")


def saying(**people: Any) -> dict[str, Any]:
    return {**WHOLE, "people": people}


def works(profile: Profile) -> None:
    """It can be shown, asked about and played: every create may leave, and is JSON."""
    shown = screen(Intent(URL, profile))
    assert printable(shown) == shown
    everybody = [each.person for each in scenes(profile, "abcd1234", 1) if each.person]
    for person in everybody:
        assert json.loads(dump(new_user(person)))["userName"] == person.user_name
        assert is_made_here(person.user_name) or person.user_name == profile.reuse_user
    assert profile.guide is None or OKTA + profile.guide.source in references()


ODD = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from([
        float("nan"), float("inf"), -float("inf"), 1e308, -1, 0, 1, 3.0, 10**30, 10**400, True, False, "", "\x00", "a\n", "\x1b[2J",
        date(2020, 1, 1), time(1, 2), datetime(2020, 1, 1), datetime(2020, 1, 1, tzinfo=UTC), "oin", "bearer", "Host", "id",  # noqa: DTZ001
        "ceo@example.org", "../x", "$SCIM_TESTS_TOKEN", [[]], [{}], {"a": {"b": {}}},
    ]),
)  # fmt: skip
VALUES = st.recursive(
    ODD,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.just("id")),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to everything in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, member in inside for found in places(member, (*way, key)))]


def changed(value: Any, way: tuple[Any, ...], instead: Any) -> Any:
    """The document with something else in one place."""
    if not way:
        return instead
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[way[0]] = changed(value[way[0]], way[1:], instead)
    return copy


@settings(max_examples=500)
@given(st.sampled_from(places(WHOLE)[1:]), VALUES)
def test_whatever_stands_at_a_key_is_refused_or_works(way: tuple[Any, ...], value: Any) -> None:
    """Any value TOML has, at any key: a usage error of a line or two, or a profile that can be played."""
    try:
        profile = parsed(changed(WHOLE, way, value))
    except UsageError as error:
        said = str(error)
    else:
        said = ""
        works(profile)
    assert len(said) < 2000


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9), VALUES))
def test_whatever_is_mapped_besides_is_refused_or_works(attributes: dict[str, Any]) -> None:
    """Attributes of any name with any value are refused, or every create with them is one that may leave."""
    with suppress(UsageError):
        works(parsed(saying(attributes=attributes)))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_refused_or_works(text: str) -> None:
    """What is no TOML, or no profile, is a usage error."""
    with pytest.raises(UsageError):
        profiles.parse(text, "own.toml")


@pytest.mark.parametrize("text", ["x = " + "[" * 5000, "x = " + "{a=" * 5000, f"x = {'9' * 5000}"])
def test_what_no_reader_can_take_is_a_sentence(text: str) -> None:
    """Ten thousand brackets, or digits: Python's own limits are said as ours."""
    with pytest.raises(UsageError, match="own"):
        profiles.parse(text, "own.toml")


def test_the_whole_profile_works() -> None:
    """What is changed above is a good one before."""
    works(parsed(WHOLE))


@pytest.mark.parametrize(
    "name",
    [
        "ceo@example.org", "Ottoline.Quillfeather@example.org", "xscim-tests.a@example.org", "scim-tests@example.org",
        "scim-tests-a@example.org", " scim-tests.a@example.org", "scim-tests.a@example.org\n", "scim-tests.a\x00@example.org",
        'scim-tests."a"@example.org', "scim-tests.a,ceo@example.org", "/Groups/scim-tests.a", "scim-tests./../ceo",
        "scim-tests.", " ", "ceo+scim-tests.a@example.org", "\u017fcim-tests.a@example.org", "scim-tests." + "a" * 200,
    ],
)  # fmt: skip
def test_nobody_real_is_shared(name: str) -> None:
    """The user every run shares has a name that begins as ours do: else one sentence that names the key, and exit code 4."""
    with pytest.raises(UsageError, match=r"people\.reuse_user") as refused:
        parsed(saying(reuse_user=name))
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_shared_name_begins_as_ours_do() -> None:
    """The pattern of the schema is the prefix that the names of runs have."""
    schema = json.loads((fixtures() / "schemas" / "profile.schema.json").read_text(encoding="utf-8"))
    pattern = schema["properties"]["people"]["properties"]["reuse_user"]["pattern"]
    assert pattern.startswith(rf"^{PREFIX}\.")
    assert all(
        parsed(saying(reuse_user=name)) for name in ("scim-tests.shared", "scim-tests.o_n+e@example.org")
    )


@pytest.mark.parametrize(
    "attributes",
    [
        {"id": "77"}, {"ID": "77"}, {"meta": {"location": "http://x/Users/77"}}, {"schemas": []}, {"groups": [{"value": "7"}]},
        {"emails": [{"value": "ceo@example.org"}]}, {"USERNAME": "ceo@example.org"}, {"externalId": "1"}, {"active": False},
        {"password": "$SCIM_TESTS_TOKEN"}, {"displayName": "The Chief"}, {"name": {"familyName": "Chief"}}, {"members": ["7"]},
        {"memberOf": "7"}, {"urn:example:2.0:User:userName": "ceo@example.org"}, {"urn:example:2.0:User": {"id": "77"}},
        {"urn:ietf:params:scim:schemas:core:2.0:User": {"nickName": "x"}}, {"URN:ietf:params:scim:api:messages:2.0:PatchOp": {}},
        {"urn:example:2.0:User": {"Members": [{"value": "7"}]}}, {"roles": [{"value": "a", "groups": [1]}]},
        {'emails[type eq "work"].value': "ceo@example.org"}, {"name.familyName": "Chief"}, {" id": "77"}, {"id\u0000": "77"}, {"": "77"},
        {"title": "a", "Title": "b"}, {"Locale": "de-DE"}, {"roles": {"a": 1, "A": 2}},
    ],
)  # fmt: skip
def test_nobody_is_made_somebody_else(attributes: dict[str, Any]) -> None:
    """What a run knows its people by, and memberships of any kind, are not the profile's to set: one sentence and exit code 4."""
    with pytest.raises(UsageError, match=r"people\.attributes cannot have") as refused:
        parsed(saying(attributes=attributes))
    assert refused.value.exit_code == ExitCode.USAGE


@pytest.mark.parametrize(
    "name", ["Host", "content-length", "X-HTTP-Method-Override", "Transfer-Encoding", "ACCEPT"]
)
def test_a_token_stands_in_no_header_that_means_something_else(name: str) -> None:
    """Neither in what HTTP or Okta says elsewhere, nor in what makes another request of it."""
    with pytest.raises(UsageError, match="authorization cannot be"):
        parsed({**WHOLE, "authorization": [name]})


def test_what_an_admin_maps_may_leave(tmp_path: Path) -> None:
    """Ordinary attributes and extensions are sent with everybody, and the guard lets them through."""
    profile = parsed(WHOLE)
    ledger = Ledger(tmp_path / "ledger.jsonl")
    scene = next(
        each for each in scenes(profile, "abcd1234", 1) if each.person and each.person.key == "leaver"
    )
    assert scene.person
    step: Step = create(scene, "create", scene.person)
    check(ledger, step, FORMS)
    assert b'"urn:example:2.0:User":{"level":7}' in step.body


@pytest.mark.parametrize("profile", ["okta", "ziflow"])
def test_the_consent_screen_says_who_is_written_to(profile: str) -> None:
    """Only whom this run made, and by name the one user that it shares with earlier runs."""
    chosen = profiles.load(profile)
    line = next(each for each in screen(Intent(URL, chosen)).splitlines() if each.startswith("  touches"))
    assert ("of earlier runs" in line) is bool(chosen.reuse_user)
    assert chosen.reuse_user in line


def test_a_title_forges_no_line_of_the_consent_screen() -> None:
    """A title of several lines stands on one, and moves no cursor."""
    shown = screen(Intent(URL, parsed({**WHOLE, "title": "x\n  touches   nobody\x1b[2J"})))
    assert len([line for line in shown.splitlines() if line.startswith("  touches")]) == 1
    assert "\x1b" not in shown
