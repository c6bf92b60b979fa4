"""What a run is about to do is said as it will be, and agreed to as it was said."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from playing import ENTITLEMENTS, play, reference_transport

from scim_tests import profiles
from scim_tests.model.profile import CAPABILITIES, Cost, Profile
from scim_tests.options import RunOptions
from scim_tests.session.intent import Intent, intended, is_reserved, screen

URL = "https://scim.example.com/scim/v2"


def told(name: str = "okta", **said: object) -> Profile:
    return profiles.load(name).with_overrides(**said)  # type: ignore[arg-type]


def lines(profile: Profile) -> dict[str, str]:
    return {heading: text for heading, text in Intent(URL, profile).lines() if heading}


def test_as_many_are_announced_as_are_made(tmp_path: Path) -> None:
    """Of the largest play, with everything that is declared: each name of a user once, each create of a group."""
    ledger = tmp_path / "ledger.jsonl"
    play(reference_transport(ENTITLEMENTS), ledger, profile="scim")
    events = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    made = [each["user_name"] for each in events if each["event"] == "intended"]
    users = {name.casefold() for name in made if not name.startswith("/Groups")}
    intent = Intent(URL, told("scim"))
    assert len(users) <= intent.users <= len(users) + 1
    assert intent.groups == sum(name.startswith("/Groups") for name in made)


@pytest.mark.parametrize("without", CAPABILITIES)
@pytest.mark.parametrize("name", ["okta", "scim", "ziflow"])
def test_what_is_not_enabled_is_not_announced(name: str, without: str) -> None:
    """Nobody is created without Create Users, and no group then, nor without Push Groups; what is left out is noted."""
    profile = told(name, without=[without])
    intent = intended(RunOptions(), profile, URL)
    whole = Intent(URL, told(name))
    assert bool(intent.users) is (without != "push_users")
    kept = without not in {"push_users", "push_groups"}
    assert bool(intent.groups) is (kept and whole.groups > 0)
    assert ("groups" in lines(profile)["after"]) is bool(intent.groups)
    assert any(without in each for each in intent.notes) is (without in whole.profile.capabilities)


def test_a_create_that_a_shared_user_keeps_from_being_sent_is_noted() -> None:
    """Before anything is sent, where a check of the create is named; of another check, or profile, nothing is."""
    named = "push_user.create-returns-the-user"
    for profile, only, is_noted in (
        ("ziflow", named, True),
        ("ziflow", "push_user", False),
        ("okta", named, False),
    ):
        notes = intended(RunOptions(only=(only,)), told(profile), URL).notes
        assert any("delete that user in the app's list of people first" in each for each in notes) is is_noted


def test_it_says_which_requests_are_sent() -> None:
    """Updates and creates are named where there are some, and of a profile that only reads nothing is written."""
    assert lines(told())["sends"] == (
        "what Okta sends: lookups, creates, reads, updates and lists of users and groups"
    )
    assert lines(told("ziflow"))["sends"] == "what Okta sends: lookups, creates, reads and lists of users"
    assert lines(told(without=["push_users"]))["sends"] == (
        "what Okta sends: lookups, reads and lists of users and groups"
    )
    reading = lines(told("read-only"))
    assert (reading["creates"], reading["touches"]) == ("nobody", "nobody: nothing is ever written")
    assert "after" not in reading


def test_costs_are_those_of_the_profile_or_not_known() -> None:
    """Of Ziflow each with its page; of others that nothing is known; of a run that creates nobody there are none."""
    of_ziflow = Intent(URL, told("ziflow")).costs
    assert len(of_ziflow) == 4
    assert all(each.link.startswith("https://") for each in of_ziflow)
    unknown, mail = Intent(URL, told()).costs
    assert "is not known" in unknown.text
    assert "example.com reaches nobody" in mail.text
    [_, mail] = Intent(URL, told(email_domain="mail.acme.io")).costs
    assert mail.text.startswith("An e-mail to mail.acme.io may arrive")
    assert Intent(URL, told(without=["push_users"])).costs == ()
    assert Intent(URL, told("read-only")).costs == ()


@pytest.mark.parametrize(
    ("domain", "reserved"),
    [
        ("example.com", True), ("scim.EXAMPLE.org", True), ("a.test", True), ("localhost", True),
        ("example.com.evil.io", False), ("notexample.com", False), ("acme.io", False), ("example.co", False),
    ],
)  # fmt: skip
def test_reserved_domains_are_those_of_the_rfc(domain: str, *, reserved: bool) -> None:
    """RFC 2606: what nobody can have, in any letters, and nothing that merely looks like it."""
    assert is_reserved(domain) is reserved


def test_the_screen_says_what_it_may_cost_and_what_is_unusual() -> None:
    """Each on a line of its own, in the words of the profile on one line, with its page."""
    profile = replace(
        told(), costs=(Cost("A seat.\n  touches   nobody", "https://example.org/s"), Cost("B.", ""))
    )
    shown = screen(intended(RunOptions(insecure=True, keep_personal_data=True), profile, URL))
    assert (
        "\n  may cost  A seat. touches nobody https://example.org/s\n            B.\n            An e-mail"
        in shown
    )
    assert "\n  note      the target's certificate is not verified" in shown
    assert len([each for each in shown.splitlines() if each.startswith("  touches")]) == 1


CHANGES = (
    {"new_users": 3}, {"email_domain": "example.net"}, {"probes": True}, {"without": ["sync_password"]},
    {"authorization": "raw"}, {"writes_every_attribute": True},
)  # fmt: skip


def test_another_choice_is_another_intent() -> None:
    """Each has a digest of its own, another address and another note too; the same choice has the same one."""
    intents = [Intent(URL, told(**each)) for each in ({}, *CHANGES)]  # type: ignore[arg-type]
    intents += [Intent(f"{URL}/", told()), Intent(URL, told(), ("a note",)), Intent(URL, told("scim"))]
    assert len({each.digest for each in intents}) == len(intents)
    assert Intent(URL, told()).digest == intents[0].digest
