"""The pages of runs that are over: the list, two compared, a result, its files, its report apart, again, clean-up, and recordings."""

import html
import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from commanding import TOKEN as KEY
from keeping import _beginning
from knocking import opened
from playwright.sync_api import Browser
from serving import listed, make, serving
from visiting import TOKEN, Visit

from reference_server.app import application
from reference_server.settings import Settings, Token
from scim_tests import profiles
from scim_tests.model.plan_record import PlanRecord
from scim_tests.model.record import RunRecord, SinceRecord
from scim_tests.model.scim import USER
from scim_tests.personas.okta.ours import GROUPS
from scim_tests.report.comparing import compare, markdown
from scim_tests.report.reproduction.scripts import LEAVES
from scim_tests.session.finish import finish
from scim_tests.session.journal import Journal
from scim_tests.session.report_folder import JOURNAL, LEDGER, PAGE, hold
from scim_tests.ui.pages import recording
from tests.unit.report.sample import HOSTILE, of_verdict, sample

SHARED = "scim-tests.shared-by-all-runs@example.com"
FAILED = of_verdict(sample(), "fail").id
CAUSE = sample().root_causes[0].check
KNOWN = "push_user.create-answers-201"  # of those in the sample the one that there is


def ran(folder: Path, record: RunRecord, page: str = "<h1>The report</h1>") -> RunRecord:
    """The folder of that run as it leaves it, but for its page."""
    folder.mkdir(parents=True)
    (folder / JOURNAL).touch()
    done = finish(record, folder, with_page=False)
    (folder / PAGE).write_text(page)
    return done


def held(folder: Path, url: str, *names: str, profile: str = "okta") -> None:
    """A ledger of a run that made these at that target."""
    events = [{"event": "run", "target": url, "profile": profiles.text(profile)}]
    events += [{"event": "intended", "user_name": each} for each in names]
    (folder / LEDGER).write_text("".join(json.dumps(each) + "\n" for each in events))


def apart_of(visit: Visit, run: str) -> str:
    """The address of a run's report."""
    return re.findall(r'<iframe[^>]* src="([^"]+)"', visit.get(f"/runs/{run}").html)[0]


def test_runs_are_listed_with_their_verdicts(visit: Visit) -> None:
    """The words of a target are text, and a run of which somebody may be left says so."""
    reports = visit.desk.reports
    assert "There is no run in" in visit.get("/runs").text
    ran(reports / "one", replace(sample(), outcome=replace(sample().outcome, sentence=HOSTILE)))
    held(reports / "one", "https://scim.example.com/v2", "scim-tests.a.one@example.com")
    (reports / "bad<b>").mkdir()
    (reports / "bad<b>" / "run.json").write_text("{")
    shown = visit.get("/runs")
    assert "Failed" in shown.text
    assert "1 user or group may still be on the target" in shown.text
    assert "Its files are none that scim-tests wrote." in shown.text
    assert not {"<script>alert", "<b>"} & set(re.findall(r"<script>alert|<b>", shown.html))


def test_two_hundred_runs_are_one_page(visit: Visit) -> None:
    """Each with a link to its result."""
    reports = visit.desk.reports
    ran(reports / "run-0", sample())
    record = (reports / "run-0" / "run.json").read_bytes()
    for number in range(1, 200):
        (reports / f"run-{number}").mkdir()
        (reports / f"run-{number}" / "run.json").write_bytes(record)
    assert visit.get("/runs").html.count('<p class="run-head"><a href=') == 200


def test_two_runs_are_compared_in_the_words_of_the_command(visit: Visit) -> None:
    """Whichever was chosen first, the older one is before; every cell of the Markdown stands in the page."""
    reports = visit.desk.reports
    checks = [replace(each, verdict="pass") if each.id == FAILED else each for each in sample().checks]
    older = replace(sample().run, started="2020-01-01T00:00:00+00:00", name="earlier1")
    old, new = replace(sample(), run=older, checks=checks), sample()
    ran(reports / "old", old)
    ran(reports / "new", new)
    shown = visit.get("/compare?run=new&run=old")
    told = compare(old, new)
    assert [shown.text.count(f" {word}") > 0 for _, word in told.counts] == [True] * 4
    assert re.sub(r"[*#]", "", markdown(told)).split("\n\n")[1].rstrip(".") in shown.text
    assert shown.text.index("run earlier1") < shown.text.index(f"run {new.run.name}")
    for changes in told.changes.values():
        assert all(f"<code>{each.check}</code>" in shown.html for each in changes)


@pytest.mark.parametrize(
    "chosen", ["", "?run=one", "?run=one&run=one&run=one", "?run=one&run=..", "?run=one&run=bad"]
)
def test_what_cannot_be_compared_is_said(visit: Visit, chosen: str) -> None:
    """Not two, or one that is no run or has no record."""
    ran(visit.desk.reports / "one", sample())
    (visit.desk.reports / "bad").mkdir()
    (visit.desk.reports / "bad" / "run.json").write_text("{")
    shown = visit.get(f"/compare{chosen}")
    assert shown.status == 422
    assert 'role="alert"' in shown.html
    if chosen.count("run=") != 2:
        assert "Earlier runs" in shown.text
        assert [value for name, value in shown.fields if name == "run"] == (["one"] if chosen else [])


def test_a_result_says_what_to_do(visit: Visit) -> None:
    """Verdict, what changed, causes with fixes, who is left, the files with what each is for, the report in a frame."""
    since = SinceRecord("2020-01-01T00:00:00+00:00", [FAILED], [], [], [])
    guide = PlanRecord("Its guide, step by step", "", "A guide", "https://example.com", [], [], [])
    done = ran(visit.desk.reports / "one", replace(sample(), since=[since], plans=[guide]))
    shown = visit.get("/runs/one")
    assert f"Since the run of 1 January 2020, 00:00 UTC New failures 1: {FAILED}" in re.sub(
        r" +", " ", shown.text
    )
    fix = next(each.fix for each in done.checks if each.id == CAUSE)
    assert all(part in html.unescape(shown.text) for part in fix.split("`"))
    assert "summary.md the same in short, for the text of a ticket" in shown.text
    assert "report.html enough for a ticket" in shown.text
    assert shown.text.index("Files for programs") < shown.text.index("run.json")
    found = next(each.findings[0] for each in done.checks if each.id == CAUSE)
    assert f"Expected {found.expected}, got {found.got[:5]}" in html.unescape(shown.text)
    assert "Failed: " not in shown.text
    assert f"{done.counts.not_asked} check" in shown.text
    assert re.search(r'href="[^"]+/one/report.html#plan-0"[^>]*>Its guide, step by step', shown.html)
    assert done.left_behind[0].user_name in shown.html
    assert visit.get("/result").place == "/runs/one"
    assert 'sandbox="allow-scripts allow-popups allow-popups-to-escape-sandbox"' in shown.html
    assert "<script>alert" not in shown.html


def test_a_refused_key_leads_to_the_forms_of_the_page(visit: Visit) -> None:
    """The report names an option of the command; the page says where another form is chosen."""
    outcome = replace(sample().outcome, verdict="refused")
    ran(visit.desk.reports / "one", replace(sample(), outcome=outcome))
    assert "API key, How the key is sent , another form can be chosen" in visit.get("/runs/one").text


def test_a_script_that_leaves_users_says_so(visit: Visit) -> None:
    """As its own header does; the others say that they remove whom they make."""
    ran(visit.desk.reports / "one", sample())
    found = list((visit.desk.reports / "one" / "reproduce").iterdir())
    assert visit.get("/runs/one").text.count("removes or deactivates whom it makes") == len(found)
    found[0].write_text(f"#!/bin/sh\n# {LEAVES}\n")
    assert visit.get("/runs/one").text.count("makes users whom the target cannot remove") == 1


def test_files_are_given_away_as_they_are(visit: Visit) -> None:
    """Each by itself and all for a ticket in one archive, without ledger and journal unless they are asked for."""
    folder = visit.desk.reports / "one"
    ran(folder, sample())
    held(folder, "https://scim.example.com/v2")
    (folder / "passwords.txt").write_text("not of a run")
    answer = visit.answer("GET", f"/{TOKEN}/runs/one/files/report.html")
    assert (answer.text, answer.headers["content-disposition"][:10]) == ("<h1>The report</h1>", "attachment")
    script = visit.answer("GET", f"/{TOKEN}/runs/one/files/reproduce/{CAUSE}.sh").content
    assert script == (folder / "reproduce" / f"{CAUSE}.sh").read_bytes()
    for query, more in (("", set()), ("?all", {LEDGER, JOURNAL})):
        packed = ZipFile(BytesIO(visit.answer("GET", f"/{TOKEN}/runs/one/all.zip{query}").content))
        top = {name.removeprefix("one/") for name in packed.namelist() if "reproduce/" not in name}
        assert {"report.html", "summary.md", "run.json"} <= top
        assert top & {LEDGER, JOURNAL, "passwords.txt"} == more


PLACES = (
    "/runs/{0}", "/runs/{0}/clean", "/runs/{0}/again", "/runs/{0}/all.zip", "/runs/{0}/files/run.json",
    "/runs/one/files/{0}", "/runs/one/files/{0}/run.json", "/compare?run=one&run={0}",
)  # fmt: skip
NAMES = ("%2e%2e", "..%2f..", "%2fetc%2fpasswd", "%2e%2e%2f%2e%2e%2fsecret", "latest", "link", "out", "%2e", "%00", "a" * 3000, "%ff", "secret.txt", "link.txt")  # fmt: skip


def test_no_name_leads_out_of_the_folder(visit: Visit) -> None:
    """Dots, slashes, links and files that are none of a run's: nothing of them is shown, here and in what stands apart."""
    reports = visit.desk.reports
    ran(reports / "one", sample())
    for place in (reports.parent / "secret", reports / "one"):
        place.mkdir(exist_ok=True)
        (place / "secret.txt").write_text("SECRET")
    (reports.parent / "run.json").write_text("SECRET")
    (reports / "one" / "link.txt").symlink_to(reports.parent / "secret" / "secret.txt")
    (reports / "one" / "badge.svg").unlink()
    (reports / "one" / "badge.svg").symlink_to(reports.parent / "secret" / "secret.txt")
    (reports / "link").symlink_to(reports.parent)
    (reports / "out").symlink_to(reports.parent / "secret")
    (reports / "latest").symlink_to("one")
    word = apart_of(visit, "one").split("/")[1]
    paths = [f"/{TOKEN}{place.format(name)}" for place in PLACES for name in NAMES]
    for name in NAMES:
        paths += [f"/{word}/one/{name}", f"/{word}/{name}/report.html", f"/{name}/one/report.html"]
    for path in (*paths, f"/{TOKEN}/runs/one/files/badge.svg", f"/{word}/one/badge.svg"):
        answer = visit.answer("GET", path)
        assert answer.status_code in {303, 404, 422}, path
        assert "SECRET" not in answer.text


def test_a_report_is_shown_where_it_can_do_nothing(visit: Visit) -> None:
    """Its address has no token of the page, opens no other run, and its policy gives it no origin and no way out."""
    for name in ("one", "two"):
        ran(visit.desk.reports / name, sample())
    place = apart_of(visit, "one")
    assert TOKEN not in place
    answer = visit.answer("GET", place)
    policy = set(answer.headers["content-security-policy"].split("; "))
    assert "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox" in policy
    assert {
        "default-src 'none'",
        "connect-src 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    } <= policy
    assert visit.answer("GET", place.replace("/one/", "/two/")).status_code == 404
    beside = visit.answer("GET", place.replace(PAGE, "summary.md"))
    assert beside.headers["content-type"].startswith("text/plain")
    assert "sandbox" in beside.headers["content-security-policy"]
    assert visit.answer("GET", place, origin="null").status_code == 403


def test_a_run_that_was_cut_off_is_told_from_its_journal(visit: Visit) -> None:
    """Nobody else holds it: its reports are written, and its result is shown."""
    folder = visit.desk.reports / "killed"
    folder.mkdir(parents=True)
    Journal(folder, _beginning(profiles.load("okta"), 1), None)
    assert "cut off" in visit.get("/runs").text
    shown = visit.get("/runs/killed")
    assert "This run was cut off before it could write its reports." in shown.text
    assert visit.post("/runs/killed/finish").place == "/runs/killed"
    assert visit.desk.work
    visit.desk.work.wait()
    assert "Interrupted" in visit.get("/runs/killed").text
    assert (folder / PAGE).exists()


def test_a_cause_is_chosen_to_be_played_again(visit: Visit) -> None:
    """What is not known is said first; the target's key is asked for, and nothing is begun."""
    cause = replace(sample().root_causes[0], check=KNOWN, explains=[])
    profile = replace(sample().profile, name="my-app")
    ran(visit.desk.reports / "one", replace(sample(), root_causes=[cause], profile=profile))
    visit.desk.choose(target_url="https://elsewhere.example.com", token="of-another")
    place = f"/runs/one/again?check={KNOWN}"
    asked = visit.get(place)
    open_to_all = re.sub(r"<details>.*?</details>", "", asked.html, flags=re.DOTALL)
    assert "--" not in re.sub(r"<[^>]+>", "", open_to_all)
    assert KNOWN not in re.sub(r"<[^>]+>", "", open_to_all)
    assert "The key of https://scim.example.com/v2, which no report holds." in asked.text
    refused = visit.post("/runs/one/again", asked, profile="../../etc/passwd")
    assert (refused.status, visit.desk.options.only) == (422, ())
    sent = visit.post("/runs/one/again", asked, profile="okta")
    options = visit.desk.options
    assert (sent.place, options.target_url, options.profile) == (
        "/key",
        "https://scim.example.com/v2",
        "okta",
    )
    assert (options.only, options.token, visit.desk.work) == ((KNOWN,), "", None)
    assert visit.get("/runs/one/again?check=no.such").status == 422


def test_a_server_that_has_ended_is_no_dead_end(visit: Visit) -> None:
    """A run of a server to practise on that is gone asks for no key: nobody is left there, and another can be started."""
    visit.desk.practise("okta")
    url = visit.desk.options.target_url or ""
    cause, profile = (
        replace(sample().root_causes[0], check=KNOWN, explains=[]),
        replace(sample().profile, name="okta"),
    )
    target = replace(sample().target, base_url=url)
    ran(visit.desk.reports / "one", replace(sample(), root_causes=[cause], profile=profile, target=target))
    held(visit.desk.reports / "one", url, "scim-tests.abcdefgh.plain@example.com")
    places = ("/runs/one/clean", f"/runs/one/again?check={KNOWN}", "/runs/one")
    ended = f"The server to practise on at {url} has ended, and its people with it"
    assert not any(ended in visit.get(each).text for each in places)
    visit.desk.stop_practising()
    for place in places:
        shown = visit.get(place)
        assert ended in shown.text
        assert f"/{TOKEN}/where" in shown.html
        assert "key" not in [name for name, _ in shown.fields]
        assert "The key of" not in shown.text


def test_a_server_of_ones_own_that_is_down_may_still_hold_people(visit: Visit) -> None:
    """Nobody is said to be gone with it: the clean-up is offered, for when it is there again."""
    url = "http://127.0.0.1:9/scim/v2"  # where nobody listens
    target = replace(sample().target, base_url=url)
    ran(visit.desk.reports / "one", replace(sample(), target=target))
    held(visit.desk.reports / "one", url, "scim-tests.abcdefgh.plain@example.com")
    shown = visit.get("/runs/one/clean")
    assert "nobody is left" not in shown.text
    assert "key" in [name for name, _ in shown.fields]


def test_what_is_no_whole_run_is_marked(visit: Visit) -> None:
    """In the list and on its result; two compared say it first, and fold what is no longer judged."""
    reports = visit.desk.reports
    older = replace(sample().run, started="2020-01-01T00:00:00+00:00", name="earlier1")
    ran(reports / "old", replace(sample(), run=older))
    checks = [each for each in sample().checks if each.id != FAILED]
    causes = [each for each in sample().root_causes if each.check != FAILED]
    part = replace(
        sample(), run=replace(sample().run, left_out=140), checks=checks, root_causes=causes, plans=[]
    )
    ran(reports / "part", part)
    for place in ("/runs", "/runs/part"):
        assert "only a part: 140 checks were left out" in visit.get(place).text
    assert "only a part" not in visit.get("/runs/old").text
    shown = visit.get("/compare?run=old&run=part")
    assert shown.text.index("The newer run is only a part") < shown.text.index("no longer judged")
    assert re.search(r"<details>\s*<summary>No longer judged: \d+</summary>", shown.html)
    assert "<details>" not in visit.get("/compare?run=old&run=old").html


def test_whom_a_run_left_is_removed_once_that_is_agreed_to(visit: Visit) -> None:
    """Where and whom is shown; without the key, or with a list that changed, nothing is sent; a stranger stays."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        ours = make(url, "Users", schemas=[USER], userName="scim-tests.abcdefgh.plain@example.com")
        make(url, "Users", schemas=[USER], userName="a.real.person@example.org")
        folder = visit.desk.reports / "one"
        ran(folder, sample())
        held(folder, url, ours["userName"])
        plan = visit.get("/runs/one/clean")
        assert all(each in plan.text for each in (url, ours["userName"], "deleted", "API key of"))
        assert "There is no key for" in visit.post("/runs/one/clean", plan, key="").text
        with (folder / LEDGER).open("a") as file:
            file.write(
                json.dumps({"event": "intended", "user_name": "scim-tests.abcdefgh.two@example.com"}) + "\n"
            )
        changed = visit.post("/runs/one/clean", plan, key=KEY)
        assert "Who is left has changed since you looked." in changed.text
        assert len(listed(url, "Users")) == 2
        assert visit.post("/runs/one/clean", changed, key=KEY).place == "/runs/one/clean"
        assert visit.desk.work
        visit.desk.work.wait()
        told = visit.get("/runs/one/clean")
        assert "1 removed, 1 not found, 0 left behind." in told.text
        assert "Nobody is left to be removed" in told.text
        assert [each["userName"] for each in listed(url, "Users")] == ["a.real.person@example.org"]
        assert KEY not in told.html
        assert visit.desk.options.token == ""


def test_everybody_is_counted_once_wherever_it_is_told(visit: Visit) -> None:
    """Made twice, it is one name; one whose create was refused is looked for and not counted: list, plan and outcome agree."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        ours = make(url, "Users", schemas=[USER], userName="scim-tests.abcdefgh.plain@example.com")
        name, folder = ours["userName"], visit.desk.reports / "one"
        ran(folder, sample())
        held(folder, url, name, f"{GROUPS}scim-tests.abcdefgh.team", "scim-tests.abcdefgh.two@example.com")
        with (folder / LEDGER).open("a") as file:
            for each in (
                {"event": "created", "user_name": name, "id": ours["id"]},
                {"event": "seen", "user_name": name, "id": ours["id"]},
                {"event": "intended", "user_name": name},
                {"event": "refused", "user_name": "scim-tests.abcdefgh.two@example.com"},
            ):
                file.write(json.dumps(each) + "\n")
        for place in ("/runs", "/runs/one"):
            assert "2 users or groups may still be on the target" in visit.get(place).text
        plan = visit.get("/runs/one/clean")
        assert "People 1 : deleted" in re.sub("(?=:)", " ", plan.text).replace("  ", " ")
        assert plan.text.count(name) == 1
        assert "Looks for 1 more, whose create was refused" in plan.text
        visit.post("/runs/one/clean", plan, key=KEY)
        assert visit.desk.work
        visit.desk.work.wait()
        assert "1 removed, 1 not found, 0 left behind." in visit.get("/runs/one/clean").text
        assert listed(url, "Users") == []


def test_whom_nobody_can_remove_is_told_with_where_to_delete_them(visit: Visit) -> None:
    """In the words of the profile in the ledger, and no removal is offered; of groups beside them it is."""
    folder, url, shared = visit.desk.reports / "one", "https://api.ziflow.io/v1/scim/v2", SHARED
    ran(folder, sample())
    held(folder, url, shared, profile="ziflow")
    for place in ("/runs/one", "/runs/one/clean"):
        shown = visit.get(place).text
        assert f"Delete {shared} by hand: users made in Ziflow" in re.sub(r" +(?=[:])", "", shown)
        assert "People tab" in shown
        assert not {"Remove them", "Clean up</a>"} & set(re.findall("Remove them|Clean up</a>", shown))
    held(folder, url, shared, f"{GROUPS}scim-tests.abcdefgh.team", profile="ziflow")
    shown = visit.get("/runs/one/clean").text
    assert "Remove the groups" in shown
    assert "The people stay: users made in Ziflow cannot be removed" in shown


def test_a_key_that_is_refused_is_said(visit: Visit) -> None:
    """Then nobody was removed, and it can be entered again."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        ran(visit.desk.reports / "one", sample())
        held(visit.desk.reports / "one", url, "scim-tests.abcdefgh.plain@example.com")
        visit.post("/runs/one/clean", visit.get("/runs/one/clean"), key="wrong")
        assert visit.desk.work
        visit.desk.work.wait()
        told = visit.get("/runs/one/clean")
        assert "Nothing was removed: the server refused the key (401 Unauthorized)." in told.text
        assert "Enter the right one" in told.text
        assert "API key of" in told.text


def test_a_damaged_journal_keeps_nobody_on_the_target(visit: Visit) -> None:
    """The reports cannot be written, and it is said why; whom the ledger holds is removed all the same."""
    with serving(lambda url: application(Settings(tokens=(Token(KEY),), public_url=url))) as (url, _):
        ours = make(url, "Users", schemas=[USER], userName="scim-tests.abcdefgh.plain@example.com")
        folder = visit.desk.reports / "one"
        folder.mkdir(parents=True)
        Journal(folder, _beginning(profiles.load("okta"), 1), None)
        with (folder / JOURNAL).open("a") as file:
            file.write("words\n")
        held(folder, url, ours["userName"])
        visit.post("/runs/one/finish", visit.get("/runs/one"))
        assert visit.desk.work
        visit.desk.work.wait()
        assert "line 2 of journal.jsonl is damaged" in visit.get("/runs/one").text
        visit.post("/runs/one/clean", visit.get("/runs/one/clean"), key=KEY)
        visit.desk.work.wait()
        assert "1 removed, 0 left behind." in visit.get("/runs/one/clean").text
        assert listed(url, "Users") == []


def test_the_key_of_a_server_is_used_for_no_other(visit: Visit) -> None:
    """What is entered for the run is taken for its server alone; a ledger that names another asks for a key."""
    ran(visit.desk.reports / "one", sample())
    held(visit.desk.reports / "one", "https://scim.example.com/v2", "scim-tests.abcdefgh.plain@example.com")
    visit.desk.choose(target_url="https://scim.example.com/v2", token=KEY)
    assert "The API key that you entered for this server is used." in visit.get("/runs/one/clean").text
    visit.desk.choose(target_url="https://elsewhere.example.com/v2", token=KEY)
    assert "API key of" in visit.get("/runs/one/clean").text


def test_a_folder_in_use_is_left_alone(visit: Visit) -> None:
    """While a run holds it, nothing is offered."""
    folder = visit.desk.reports / "one"
    folder.mkdir(parents=True)
    Journal(folder, _beginning(profiles.load("okta"), 1), None)
    held(folder, "https://scim.example.com/v2", "scim-tests.abcdefgh.plain@example.com")
    hold(folder)
    assert "still going" in visit.get("/runs/one/clean").text
    assert "Something is still writing to this folder" in visit.get("/runs/one").text


def test_a_recording_is_judged_and_kept_nowhere(visit: Visit, tmp_path: Path) -> None:
    """Its bytes are the body; of it stays a report, without what it held of people and secrets."""
    ran(tmp_path / "before", sample())
    har = (tmp_path / "before" / "exchanges.har").read_text()
    secret = "a-secret-that-nobody-may-keep"
    spoilt = har.replace(
        '"headers": [', f'"headers": [{{"name": "Authorization", "value": "Bearer {secret}"}}, ', 1
    )
    visit.desk.choose(profile="ziflow")
    assert ("profile", "ziflow") in visit.get("/recording").fields
    query = "name=..%2F..%2Fx%00%3Cb%3E.har&profile=ziflow"
    answer = visit.answer("POST", f"/{TOKEN}/recording?{query}", spoilt.encode())
    assert answer.status_code == 200, answer.text
    assert visit.desk.work
    visit.desk.work.wait()
    assert not visit.desk.work.trouble
    place = answer.text.removeprefix(f"/{TOKEN}")
    assert re.fullmatch(r"/runs/\d{8}-\d{6}-[\w-]+", place)
    assert "judged recording" in visit.get("/runs").text
    shown = visit.get(place).text
    assert "judged recording" in shown
    assert "profile ziflow , recorded 24 November 2026, 03:28 UTC, judged" in shown
    left = [each for each in visit.desk.reports.rglob("*") if each.is_file()]
    assert left
    assert not any(secret.encode() in each.read_bytes() for each in left)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The file"),
        (b"PK\x03\x04", "zip archive"),
        (b'{"root_causes": []}', "run.json of a run"),
        (bytes(2000), "MB"),
    ],
)
def test_what_is_no_recording_is_one_sentence(
    visit: Visit, monkeypatch: pytest.MonkeyPatch, body: bytes, said: str
) -> None:
    """Also what is longer than is taken; no folder is left of it."""
    monkeypatch.setattr(recording, "LARGEST", 1500)
    answer = visit.answer("POST", f"/{TOKEN}/recording", body)
    assert (answer.status_code, said in answer.text) == (422, True)
    assert "Traceback" not in answer.text
    assert not visit.desk.reports.exists()


def test_a_recording_is_judged_as_the_kind_of_app_that_is_chosen(browser: Browser, tmp_path: Path) -> None:
    """In a browser: the kind sends nothing by itself, the file does; its result says that it is a recording."""
    ran(tmp_path / "before", sample())
    with opened(tmp_path) as page:
        window = browser.new_page()
        window.goto(f"{page.link}recording")
        window.select_option("#profile", "ziflow")
        window.set_input_files("#recording", tmp_path / "before" / "exchanges.har")
        window.wait_for_selector("section.verdict")
        told = window.inner_text("section.verdict")
        assert "judged recording" in told
        assert "profile ziflow" in told
        window.close()


SPY = """<title>waiting</title><script>
  const told = [];
  const tries = {
    token: () => [location.href, document.referrer, document.baseURI].join(" "),
    storage: () => String(localStorage),
    parent: () => parent.document.title,
    top: () => { top.location = "about:blank"; return "went"; },
    opener: () => String(opener),
  };
  for (const [name, how] of Object.entries(tries)) {
    try { told.push(`${name}: ${how()}`); } catch (error) { told.push(`${name}: ${error.name}`); }
  }
  fetch("/").then(() => told.push("fetch: went"), () => told.push("fetch: refused")).then(() => { document.title = told.join("\\n"); });
</script>"""


def test_a_hostile_report_stays_in_its_frame(browser: Browser, tmp_path: Path) -> None:
    """In a browser: it knows no token, reaches neither page nor server, and leads nobody away."""
    ran(tmp_path / "reports" / "one", sample(), SPY)
    with opened(tmp_path) as page:
        window = browser.new_page()
        window.goto(f"{page.link}runs/one")
        frame = window.frame_locator("iframe").owner.element_handle().content_frame()
        assert frame
        frame.wait_for_function("document.title !== 'waiting'")
        told = frame.title()
        assert page.token not in told
        for name in (
            "storage: SecurityError",
            "parent: SecurityError",
            "top: SecurityError",
            "fetch: refused",
        ):
            assert name in told, told
        window.close()
