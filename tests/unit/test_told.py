"""What a run is told changes the profile it plays: how many users are made, and whether the profile is doubted."""

from dataclasses import replace
from pathlib import Path

import pytest
from playing import honest_play, play, reference_transport

from scim_tests import profiles
from scim_tests.errors import UsageError
from scim_tests.knowledge.reference import fixtures
from scim_tests.model.act import Scene
from scim_tests.model.profile import CAPABILITIES
from scim_tests.options import RunOptions
from scim_tests.personas.play import scenes
from scim_tests.session.intent import Intent, screen
from scim_tests.session.run import profile_of


def new_people(profile: str, most: int | None) -> set[str]:
    """UserNames of all that a play may create."""
    told = profile_of(RunOptions(profile=profile, max_new_users=most))
    return {person.user_name for scene in scenes(told, "run", 1) for person in created_in(scene)}


def created_in(scene: Scene) -> tuple[object, ...]:
    if scene.act.name == "push_user":
        return (scene.person,)
    return () if scene.act.name.startswith("import_") else scene.crowd


@pytest.mark.parametrize("most", [0, 1, 3, 8, 20, 29])
@pytest.mark.parametrize("profile", ["okta", "ziflow"])
def test_no_more_people_are_made_than_was_said(profile: str, most: int) -> None:
    """As many people are assigned as --max-new-users allows, and no more."""
    assert len(new_people(profile, most)) == most


def test_ziflow_stays_at_one_unless_told_more() -> None:
    """Without a word about it the shared user is the only one; told more, he is among them."""
    shared = profiles.load("ziflow").reuse_user
    assert new_people("ziflow", None) == {shared}
    assert shared in new_people("ziflow", 4)


def test_everybody_is_of_the_domain_that_was_said() -> None:
    """With --email-domain all new people have it, the shared user too, whose name is otherwise the same."""
    told = profile_of(RunOptions(profile="ziflow", email_domain="scim-test.example.org", max_new_users=8))
    assert told.reuse_user == "scim-tests.shared-by-all-runs@scim-test.example.org"
    names = {person.user_name for scene in scenes(told, "run", 1) for person in created_in(scene)}
    assert {name.casefold().rpartition("@")[2].endswith("scim-test.example.org") for name in names} == {True}


@pytest.mark.parametrize(
    "domain",
    ["", "ann@example.org", "example.org\n", "a" * 33, "exämple.org", "-a.com", "a..b", "example.com."],
)
def test_a_domain_that_is_none_is_refused(domain: str) -> None:
    """What a profile could not have, the option cannot either."""
    with pytest.raises(UsageError, match="--email-domain cannot be"):
        profile_of(RunOptions(email_domain=domain))


def test_a_shared_user_means_one_user() -> None:
    """A profile that shares one user between runs makes no others, although it says no number."""
    text = """
        name = "own"
        title = "An own one"
        dialect = "oin"
        capabilities = []
        clean_up = "nothing"
        people = { reuse_user = "scim-tests.shared@example.com" }
    """
    assert profiles.parse(text, "own").limits.new_users == 1


def test_fewer_than_nobody_cannot_be() -> None:
    """A number below 0 is a usage error."""
    with pytest.raises(UsageError, match="below 0"):
        profile_of(RunOptions(max_new_users=-1))


@pytest.mark.parametrize(
    ("most", "said"),
    [
        (None, "one user at most, scim-tests.shared"),
        (5, "up to 5 users, named scim-tests.<run>"),
        (0, "nobody"),
    ],
)
def test_consent_is_asked_for_the_number_told(most: int | None, said: str) -> None:
    """The screen before the first write says how many users come."""
    told = profile_of(RunOptions(profile="ziflow", max_new_users=most))
    assert f"creates   {said}" in screen(Intent("https://api.ziflow.io/v1/scim/v2", told))


def created(endpoint: str) -> list[str]:
    """The names of all whom the play of the profile okta asks to create; one who has none is somebody, too."""
    posts = [each for each in honest_play("okta").conductor.transcript if each.request.method == "POST"]
    bodies = [each.request.json for each in posts if each.request.endpoint == endpoint]
    return [str(body.get("userName") or body.get("displayName")).casefold() for body in bodies]


def test_consent_is_asked_for_as_many_as_are_made() -> None:
    """Of users each name counts once, in any letters; of groups each create."""
    shown = screen(Intent("https://scim.example.com/scim/v2", profiles.load("okta")))
    assert f"creates   up to {len(set(created('/Users')))} users, named" in shown
    assert f"up to {len(created('/Groups'))} groups, named" in shown


@pytest.mark.parametrize("profile", ["okta", "okta-custom-app"])
def test_a_profile_sets_the_size_of_the_largest_group(profile: str, tmp_path: Path) -> None:
    """As many as it says are in one group, if it lets a run make so many people."""
    chosen = profiles.load(profile)
    limits = replace(chosen.limits, group_size=40, crowd=40, new_users=60)
    done = play(
        reference_transport(), tmp_path / "ledger.jsonl", profile=replace(chosen, limits=limits), parallel=8
    )
    [filled] = done.conductor.transcript.of("resize_group.after_fill")
    assert len(filled.resource["members"]) == 40


def test_doubt_is_off_unless_told() -> None:
    """What a profile lacks is asked for only where the run was told so."""
    assert not profile_of(RunOptions(profile="ziflow")).probes
    assert profile_of(RunOptions(profile="ziflow", probe_unsupported=True)).probes


def test_whatever_is_declared_is_written_far_away_only_if_told() -> None:
    """Of a target on another machine, and then the screen that asks for consent says so."""
    url, said = "https://scim.example.com", "every attribute that the target declares"
    unsaid = profile_of(RunOptions(profile="scim"))
    assert said not in screen(Intent(url, unsaid))
    told = profile_of(RunOptions(profile="scim", write_every_attribute=True))
    assert said in screen(Intent(url, told))


def test_the_capabilities_are_those_of_the_schema() -> None:
    """The names a profile may give are the ones its schema lists."""
    text = (fixtures() / "schemas" / "profile.schema.json").read_text(encoding="utf-8")
    assert [each for each in CAPABILITIES if f'"{each}"' not in text] == []
    assert profiles.load("okta").missing == ()
