"""The pages Where and To App: what is typed is mended or refused at its field, and nothing is written before it is agreed to."""

import os
import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from commanding import TOKEN
from serving import Counting
from visiting import Shown, Visit

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.record.file import read_record
from scim_tests.session.intent import intended
from scim_tests.session.run import profile_of
from scim_tests.ui.pages.where import CALLED
from scim_tests.ui.practice import FAULTS
from scim_tests.wire.address import base_url

pytestmark = pytest.mark.usefixtures("no_page")

ZIFLOW = "https://api.ziflow.io/v1/scim/v2"


def at(visit: Visit, url: str, profile: str = "okta", token: str = TOKEN) -> Shown:
    """To App, where a target and a key are chosen."""
    visit.desk.choose(profile=profile, target_url=url, token=token)
    return visit.get("/to-app")


def test_ziflow_at_its_address_is_one_click(visit: Visit) -> None:
    """The page begins with it; its form as it stands leads on to the key, and its limits will be asked about."""
    sent = visit.post("/where", visit.get("/where"))
    assert (sent.status, sent.place) == (303, "/key")
    options = visit.desk.options
    assert (options.profile, options.target_url, options.probe_unsupported) == ("ziflow", ZIFLOW, True)


def test_after_a_part_all_is_judged_again(visit: Visit) -> None:
    """Going on from Where everything is played, with the limits asked about, also where the part did not."""
    visit.desk.choose(profile="ziflow", target_url=ZIFLOW, only=("push_user",), probe_unsupported=False)
    visit.post("/where", visit.get("/where"))
    assert (visit.desk.options.only, visit.desk.options.probe_unsupported) == ((), True)
    visit.desk.choose(probe_unsupported=False)  # as it was chosen for a whole run, it stays
    visit.post("/where", visit.get("/where"))
    assert not visit.desk.options.probe_unsupported


@pytest.mark.parametrize(
    ("typed", "chosen", "said"),
    [
        (" https://scim.acme.io/scim/v2/ ", "https://scim.acme.io/scim/v2", ""),
        ("scim.acme.io/scim/v2", "https://scim.acme.io/scim/v2", "https:// was put in front"),
        ("localhost:8080/scim/v2", "http://localhost:8080/scim/v2", "http:// was put in front"),
        ("https://acme.io/scim/v2/Users", "https://acme.io/scim/v2", "/Users at its end was left out"),
        ("https://acme.io/scim/v2/Users/77?count=2", "https://acme.io/scim/v2", "/Users at its end was left out"),
        ("“https://acme.io/scim/v2”,", "https://acme.io/scim/v2", ""),
        ("https:/acme.io/scim/v2", "https://acme.io/scim/v2", "What stands behind https was put right"),
        ("https//acme.io/scim/v2", "https://acme.io/scim/v2", "What stands behind https was put right"),
        ("\ufeffhttps://acme.io/scim/v2\u200b\u200f", "https://acme.io/scim/v2", ""),
        ("http://acme.io/scim/v2", "http://acme.io/scim/v2", "anybody on the way can read it"),
        ("https://app.acme.io/login", "https://app.acme.io/login", "address of a web page"),
        ("https://acme.okta.com/scim/v2", "https://acme.okta.com/scim/v2", "an address of Okta"),
        ("https://scim.acme.io", "https://scim.acme.io", "It has no path"),
        ("http://127.0.0.1:8484/scim/v2", "http://127.0.0.1:8484/scim/v2", ""),
    ],
)  # fmt: skip
def test_an_address_is_mended_and_doubts_are_told_once(
    visit: Visit, typed: str, chosen: str, said: str
) -> None:
    """What was mended or is doubtful is shown first, in the field as it will be used; sent once more, it is taken."""
    sent = visit.post("/where", visit.get("/where"), profile="okta", base_url=typed)
    assert (sent.status == 200) is bool(said)
    if said:
        assert said in sent.text
        assert visit.desk.options.target_url is None
        sent = visit.post("/where", sent)
    assert (sent.place, visit.desk.options.target_url) == ("/key", chosen)
    assert base_url(chosen) == chosen


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"base_url": ""}, "base_url", "An empty URL"),
        ({"base_url": "https://a b.io/x"}, "base_url", "blank"),
        ({"base_url": "ftp://acme.io/scim"}, "base_url", "no http:// or https:// in front"),
        ({"base_url": "https://acme.io:scim/v2"}, "base_url", "its port is no number"),
        ({"base_url": "https://acme.io/sc\u200bim"}, "base_url", "an invisible character in it (U+200B)"),
        ({"base_url": "https://acme.io/scim#top"}, "base_url", "query or a fragment"),
        ({"base_url": ZIFLOW}, "base_url", "This is Ziflow&#39;s base URL"),
        ({"base_url": "https://api.ziflow.io/v1/scim"}, "base_url", "This is Ziflow&#39;s base URL"),
        ({"profile": "no-such"}, "profile", "There is no profile"),
        ({"profile": None}, "profile", "There is no profile"),
        ({"profile": "own", "own_profile": "my-app"}, "own_profile", "whole path"),
        ({"profile": "own", "own_profile": "/no/such.toml"}, "own_profile", "there is no such file. Name it by its whole path"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_said_at_its_field(
    visit: Visit, changes: dict[str, str | None], field: str, said: str
) -> None:
    """One sentence there, what was typed stays, and nothing is chosen."""
    typed = {"profile": "okta", "base_url": "https://acme.io/scim/v2", **changes}
    sent = visit.post("/where", visit.get("/where"), **typed)
    assert sent.status == 422
    assert said in sent.wrong(field)
    kept = dict(sent.fields)
    assert {name: kept.get(name) for name, value in changes.items() if value and value != "no-such"} == {
        name: value for name, value in changes.items() if value and value != "no-such"
    }
    assert visit.desk.options.target_url is None


def test_a_profile_of_ones_own_is_named_by_its_file(visit: Visit, tmp_path: Path) -> None:
    """It is read when it is named: what is wrong in it is said there with its line, and a good one is played."""
    own = tmp_path / "my-app.toml"
    own.write_text(
        'name = "mine"\ntitle = "Mine"\ndialect = "oin"\nclean_up = "delete"\ncapabilities = ["push_user"]\n'
    )
    typed = {"profile": "own", "own_profile": str(own), "base_url": "https://acme.io/scim/v2"}
    sent = visit.post("/where", visit.get("/where"), **typed)
    assert "push_user" in sent.wrong("own_profile")
    own.write_text(own.read_text().replace("push_user", "push_users"))
    assert visit.post("/where", sent).place == "/key"
    assert visit.desk.options.profile == str(own)
    assert dict(visit.get("/where").fields)["own_profile"] == str(own)


@pytest.mark.parametrize(
    "typed", ["https://ann:s3cret@acme.io/scim", "ann:s3cret@acme.io/scim", "“https:ann:s3cret@acme.io/scim”"]
)
def test_a_password_in_an_address_is_not_shown_again(visit: Visit, typed: str) -> None:
    """It is refused in the page's own words, and the field keeps the rest."""
    sent = visit.post("/where", visit.get("/where"), base_url=typed)
    assert "is entered on the next page" in sent.wrong("base_url")
    assert "s3cret" not in sent.html
    assert dict(sent.fields)["base_url"].endswith("acme.io/scim")
    assert visit.desk.options.target_url is None


def test_what_is_no_profile_is_not_waited_for(visit: Visit, tmp_path: Path) -> None:
    """A pipe that nobody writes into, a device that never ends, a folder and a long file are refused at once, each in a sentence."""
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "endless.toml").symlink_to("/dev/zero")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "long.toml").write_bytes(b"#" * 1_000_001)
    for name, said in {
        "pipe": "no ordinary file",
        "endless": "no ordinary file",
        "folder": "Is a directory",
        "long": "longer than 1 MB",
        "no\0name": "a character that no file&#39;s name has",
    }.items():
        typed = {"profile": "own", "own_profile": str(tmp_path / f"{name}.toml")}
        sent = visit.post("/where", visit.get("/where"), **typed)
        assert (sent.status, said in sent.wrong("own_profile")) == (422, True)


def test_a_profile_is_taken_as_it_is_copied_and_missed_with_a_way_on(visit: Visit, tmp_path: Path) -> None:
    """Its path may stand in quotes, and its text may begin with a mark; once it is gone, the pages lead back to Where."""
    own = tmp_path / "my-app.toml"
    own.write_text(f"\ufeff{profiles.text('okta')}")
    typed = {"profile": "own", "own_profile": f'"{own}"', "base_url": "https://acme.io/scim/v2"}
    assert visit.post("/where", visit.get("/where"), **typed).place == "/key"
    own.unlink()
    gone = visit.get("/key")
    assert (gone.status, "there is no such file" in gone.text) == (422, True)
    assert re.search(r'<h1>.*href="[^"]*/where">Choose another', gone.html)
    assert visit.get("/where").status == 200


def test_the_key_of_one_server_is_not_kept_for_another(visit: Visit) -> None:
    """Where another address is chosen, it is asked for anew."""
    at(visit, "https://acme.io/scim/v2")
    visit.post("/where", visit.get("/where"), base_url="https://evil.io/scim/v2")
    assert (visit.desk.options.target_url, visit.desk.options.token) == ("https://evil.io/scim/v2", "")


def test_a_server_of_our_own_is_started_filled_in_and_stopped(visit: Visit) -> None:
    """It is like the kind that is chosen and has five people; its key opens it, and is on no page."""
    started = visit.post("/where/practice", visit.get("/where"), fault=FAULTS[0])
    assert started.place == "/where"
    practice, options = visit.desk.practice, visit.desk.options
    assert practice
    assert (options.target_url, options.token) == (practice.base_url, practice.token)
    page = visit.get("/where")
    assert f"running at {practice.base_url}, like ziflow" in page.text
    assert practice.token not in page.html + visit.get("/to-app").html
    agreement = visit.get("/to-app").text
    assert "Nothing: this server is on this machine, and ends with this page." in agreement
    assert "takes a paid one" not in agreement
    bearer = {"Authorization": f"Bearer {practice.token}"}
    assert httpx.get(f"{practice.base_url}/Users", headers=bearer).json()["totalResults"] == 5
    assert httpx.get(f"{practice.base_url}/Groups", headers=bearer).status_code == 404
    visit.post("/where/practice/stop")
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{practice.base_url}/Users")
    assert (visit.desk.practice, visit.desk.options.target_url, visit.desk.options.token) == (None, None, "")


def test_another_server_of_our_own_takes_the_place_of_the_first(visit: Visit) -> None:
    """Only one runs; coming back to its address, its key is there again, and a fault that there is not is refused."""
    visit.post("/where/practice", visit.get("/where"))
    first = visit.desk.practice
    visit.post("/where/practice", visit.get("/where"), profile="okta")
    second = visit.desk.practice
    assert first
    assert second
    with pytest.raises(httpx.ConnectError):
        httpx.get(first.base_url)
    visit.post("/where", visit.get("/where"), base_url="https://acme.io/scim/v2")
    visit.post("/where", visit.get("/where"), base_url=second.base_url)
    assert visit.desk.options.token == second.token
    refused = visit.post("/where/practice", visit.get("/where"), fault="no-such-fault")
    assert "no such fault" in refused.wrong("fault")


def test_the_boxes_are_those_of_okta_with_what_the_profile_lacks_and_why(visit: Visit) -> None:
    """Each has Okta's name; of Ziflow two can be chosen, and the others say what its guide says."""
    page = at(visit, ZIFLOW, "ziflow")
    for name in (
        "Create Users",
        "Update User Attributes",
        "Deactivate Users",
        "Sync Password",
        "Push Groups",
    ):
        assert name in page.text
    assert [value for name, value in page.fields if name == "feature"] == ["push_users", "import_users"]
    assert page.html.count('type="checkbox" id="feature-') == 9
    assert page.html.count(" disabled") == 7
    assert "Ziflow&#39;s guide says that pushing groups is not supported" in page.html
    assert "specification" in [value for _, value in at(visit, ZIFLOW, "scim").fields]


def test_what_is_not_ticked_is_left_out_and_shown_at_once(visit: Visit) -> None:
    """What goes along with it says so, and comes back with it."""
    page = at(visit, "https://acme.io/scim/v2")
    kept = [value for name, value in page.fields if name == "feature" and value != "push_users"]
    assert visit.post("/to-app", page, feature=kept).place == "/to-app"
    assert visit.desk.options.without == ("push_users",)
    page = visit.get("/to-app")
    assert "creates nobody" in page.text
    assert "Not here: nobody is created (--without push_users)." in page.text
    assert "--without push_users" in page.text
    ticked = [value for name, value in page.fields if name == "feature"]
    visit.post("/to-app", page, feature=[*ticked, "push_users"])
    assert visit.desk.options.without == ()
    assert profile_of(visit.desk.options).without == set()


def test_the_command_does_the_same(visit: Visit) -> None:
    """It has every choice, quoted for a shell, and no key."""
    visit.desk.choose(
        without=("import_groups",), probe_unsupported=True, email_domain="mail.acme.io", auth="X-Key"
    )
    page = at(visit, "https://acme.io/scim/v2?", "okta")
    command = page.html.partition("scim-tests run ")[2].partition("</pre>")[0]
    assert command == (
        "--target-url &#39;https://acme.io/scim/v2?&#39; --profile okta --email-domain mail.acme.io "
        "--without import_groups --probe-unsupported --auth X-Key"
    )
    assert TOKEN not in page.html


def test_a_domain_that_is_none_is_said_at_its_field(visit: Visit) -> None:
    """And what was ticked beside it stays."""
    page = at(visit, "https://acme.io/scim/v2")
    sent = visit.post("/to-app", page, email_domain="ann@acme.io", feature=["push_users"])
    assert (sent.status, "Name the domain alone" in sent.wrong("email_domain")) == (422, True)
    assert dict(sent.fields)["email_domain"] == "ann@acme.io"
    assert [value for name, value in sent.fields if name == "feature"] == ["push_users"]
    assert visit.desk.options.email_domain is None
    assert 'href="#email_domain"' in sent.html
    assert "What will happen" not in sent.text


def test_the_domain_that_is_taken_else_is_the_profiles(visit: Visit) -> None:
    """Also once another one is chosen; where nobody is created no domain is asked for, and the box says what is read."""
    visit.desk.choose(email_domain="mycompany.com")
    assert "of its own domain; otherwise example.com." in at(visit, "https://acme.io/scim/v2").text
    page = at(visit, "https://acme.io/scim/v2", "read-only")
    assert ("Look users up" in page.text, "Create Users" in page.text) == (True, False)
    assert "email_domain" not in dict(page.fields)


def test_nothing_is_written_without_agreement(visit: Visit, counted: tuple[str, Counting]) -> None:
    """Neither by showing nor by starting: not without the tick, not with another digest, not after another choice."""
    url, server = counted
    before = server.asked
    page = at(visit, url)
    unticked = visit.post("/to-app/run", page)
    assert (unticked.status, "Agree" in unticked.wrong("agreed")) == (422, True)
    assert "Nothing was done" in unticked.text.partition("What may Okta do?")[0]
    assert 'id="agreed" name="agreed" value="yes" autofocus aria-invalid="true"' in unticked.html
    changes = (
        {"digest": "0" * 64},
        {"digest": None},
        {"feature": ["push_users"]},
        {"email_domain": "acme.io"},
    )
    for each in changes:
        visit.desk.choose(without=(), email_domain=None)
        stale = visit.post("/to-app/run", page, agreed="yes", **each)
        assert (stale.status, "no longer what was shown" in stale.text) == (409, True)
        assert "agreed" not in dict(stale.fields)
    visit.desk.choose(target_url="https://evil.io/scim/v2", token=TOKEN, without=(), email_domain=None)
    assert visit.post("/to-app/run", page, agreed="yes").status == 409
    assert (server.asked, visit.desk.work, visit.desk.reports.exists()) == (before, None, False)


def test_a_step_that_cannot_be_entered_is_no_link(visit: Visit) -> None:
    """Without an address only Where is one; with it the next two; Run and Result once there is a run."""

    def ways() -> list[str]:
        steps = visit.get("/where").html.partition("<ol>")[2].partition("</ol>")[0]
        return re.findall(r'<a href="[^"]*/([a-z-]+)"', steps)

    assert ways() == ["where"]
    visit.desk.choose(target_url="https://acme.io/scim/v2")
    assert ways() == ["where", "key", "to-app"]
    (visit.desk.reports / "one").mkdir(parents=True)
    (visit.desk.reports / "one" / "run.json").write_text("{")
    assert ways() == ["where", "key", "to-app", "result"]


def test_without_an_address_or_a_key_nothing_can_be_agreed_to(visit: Visit) -> None:
    """The page leads to where they are entered."""
    assert (
        visit.get("/to-app").place
        == visit.post("/to-app").place
        == visit.post("/to-app/run").place
        == "/where"
    )
    page = at(visit, "https://acme.io/scim/v2", token="")
    assert "The API key is missing" in page.text
    assert "Start the run" not in page.text
    sent = visit.post("/to-app/run", page, agreed="yes")
    assert (sent.status, visit.desk.work) == (409, None)


def test_what_was_agreed_to_is_done(visit: Visit) -> None:
    """Against a server of our own: the run has the profile and the choices that were shown, and a second one waits."""
    visit.post("/where/practice", visit.get("/where"))
    page = visit.get("/to-app")
    visit.post("/to-app", page, feature=["push_users"])
    page = visit.get("/to-app")
    assert visit.post("/to-app/run", page, agreed="yes").place == "/run"
    work = visit.desk.work
    assert work
    assert visit.post("/to-app/run", page, agreed="yes").status == 409
    assert "Something else is under way" in visit.post("/where/practice/stop").text
    work.wait()
    assert work.trouble is None
    done = read_record(work.folder / "run.json")
    assert (done.profile.name, done.profile.capabilities) == ("ziflow", ["push_users"])
    assert any("(--without): import_users" in each for each in done.notices)
    files = (each for each in work.folder.rglob("*") if each.is_file())
    assert all(visit.desk.options.token.encode() not in each.read_bytes() for each in files)


def test_every_profile_that_comes_along_can_be_chosen() -> None:
    """The page has a plain name for each, Ziflow first."""
    assert sorted(CALLED) == profiles.names()
    assert next(iter(CALLED)) == "ziflow"


def test_many_checks_are_counted_and_each_choice_of_them_is_agreed_to(visit: Visit) -> None:
    """The page says how many; another choice of as many is another intent."""
    options = visit.desk.options
    some = [each.id for each in catalogue()][:5]
    one, other = (replace(options, only=tuple(each)) for each in (some[:4], some[1:]))
    profile = profile_of(options)
    told = [intended(each, profile, "https://acme.io/scim/v2") for each in (one, other)]
    assert [each.notes for each in told] == [("only 4 checks are judged, and what they need is played",)] * 2
    assert told[0].digest != told[1].digest


def test_what_is_played_again_is_agreed_to_as_well(visit: Visit) -> None:
    """Of a bundled server there is no address and no key; what is judged is said, and Where leads back to a whole run."""
    visit.desk.choose(profile="ziflow", reference=True, only=("test_credentials",), seed=7)
    page = visit.get("/to-app")
    assert "What will happen at the bundled server" in page.text
    assert (
        "only what these words name is judged, and what that needs is played: test_credentials" in page.text
    )
    assert visit.post("/to-app/run", page, agreed="yes").place == "/run"
    assert visit.desk.work
    visit.desk.work.wait()
    assert not visit.desk.work.trouble
    assert visit.post("/where", visit.get("/where")).place == "/key"
    options = visit.desk.options
    assert (options.reference, options.only, options.seed, options.target_url) == (False, (), None, ZIFLOW)
