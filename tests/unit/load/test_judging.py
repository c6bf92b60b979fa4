"""A load's answers are judged as they come: counted, with a few examples that name no stranger."""

import json
from dataclasses import replace
from typing import Any

from scim_tests import profiles
from scim_tests.load.judging import KEPT, Judging
from scim_tests.model.exchange import Answer, Exchange, Heard, Request
from scim_tests.model.scim import ERROR, LIST_RESPONSE, USER
from scim_tests.model.tally import EXAMPLES, GroupTally, Tally, Walk
from scim_tests.record.masking.mask import of_recorded

OURS = "scim-tests.7f3a9c2e.u-000012@example.com"
STRANGER = "wilhelmina.oosterdijk@corporation.example"
HEADERS = (("Content-Type", "application/scim+json"),)
SERVER_ERROR = "every_answer.is-no-server-error"


def judging() -> tuple[Judging, Tally]:
    """A judge of answers that has heard nothing yet, 100 seconds after the load began."""
    tally = Tally()
    return Judging(tally, profiles.load("okta"), of_recorded(), lambda: 100.0), tally


def heard(
    step: str, status: int, body: Any, *, method: str = "GET", path: str = "/Users", sent: Any = None, seconds: float = 0.02
) -> Exchange:  # fmt: skip
    """An exchange of a job about one of ours."""
    request = Request(
        method,
        path,
        (("Accept", "application/scim+json"), *HEADERS),
        json.dumps(sent).encode() if sent else b"",
    )
    answer = Answer(status, HEADERS, json.dumps(body).encode())
    return Exchange(step, f"{step.partition('.')[0]}:u-000012", Heard(request, answer, seconds=seconds))


def error(status: int, detail: str = "no") -> dict[str, Any]:
    """A SCIM error."""
    return {"schemas": [ERROR], "status": str(status), "detail": detail}


def user(user_name: str = OURS, **more: Any) -> dict[str, Any]:
    """A user as a server shows them."""
    meta = {"resourceType": "User", "location": "https://scim.example.com/Users/77"}
    return {"schemas": [USER], "id": "77", "userName": user_name, "active": True, "meta": meta, **more}


def created(status: int, body: Any) -> Exchange:
    """A create of one of ours."""
    sent = {"schemas": [USER], "userName": OURS, "active": True}
    return heard("push_user.create", status, body, method="POST", sent=sent)


def red(tally: Tally) -> set[str]:
    """The checks that failed."""
    return {name for name, check in tally.checks.items() if "fail" in check.verdicts}


def test_of_others_only_refusals_are_judged() -> None:
    """A good answer about somebody who is not judged costs nothing; one that is not 2xx is judged whoever it is about."""
    judge, tally = judging()
    judge.heard(created(200, {}), whole=False)
    assert (tally.judged, tally.checks) == (0, {})
    judge.heard(created(500, error(500)), whole=False)
    assert tally.judged == 1
    assert red(tally) == {SERVER_ERROR}


def test_what_needs_earlier_answers_is_not_held_against_a_refusal() -> None:
    """Without the earlier exchanges of its job nothing is blocked: they were there, and were not kept."""
    judge, tally = judging()
    judge.heard(created(400, error(400)), whole=False)
    assert all("blocked" not in each.verdicts for each in tally.checks.values())
    judge.heard(created(400, error(400)), whole=True)
    assert tally.checks["push_user.create-returns-the-user"].verdicts == {"blocked": 1}
    assert "400" in tally.checks["push_user.create-returns-the-user"].why


def test_an_act_that_is_played_in_part_blocks_nothing() -> None:
    """Whom a load looks up once more it has not read in the same breath, for which nobody blames the target."""
    judge, tally = judging()
    found = {"schemas": [LIST_RESPONSE], "totalResults": 1, "Resources": [user()]}
    judge.heard(heard("push_user.find", 200, found), whole=True)
    assert "push_user.find-hits-exactly-once" not in tally.checks
    assert all("blocked" not in each.verdicts for each in tally.checks.values())


def test_a_finding_says_what_follows_and_shows_the_exchange() -> None:
    """An example has the severity, consequence and aftermath that a run tells, the request and the answer."""
    judge, tally = judging()
    judge.heard(created(500, error(500, "pool exhausted")), whole=False)
    (found,) = tally.checks[SERVER_ERROR].found
    assert (found.verdict, found.severity) == ("fail", "stops-provisioning")
    assert "does not retry" in found.consequence.text
    assert {fact.about for fact in found.aftermath} >= {"message", "task"}
    sample = found.sample
    assert sample is not None
    assert (sample.method, sample.path, sample.status, sample.second) == ("POST", "/Users", 500, 99.98)
    assert OURS in sample.request
    assert "pool exhausted" in sample.answer


def test_what_okta_never_sends_stops_nothing() -> None:
    """A failure is as grave as what Okta meets of it, as in a run."""
    judge, tally = judging()
    judge.heard(heard("read_user.unknown_id", 500, error(500)), whole=False)
    assert tally.checks[SERVER_ERROR].found[0].severity == "degraded"


def test_examples_stay_few_and_are_the_gravest() -> None:
    """However often a check fails, a few examples stay, and a graver one takes the place of another."""
    judge, tally = judging()
    for _ in range(50):
        judge.heard(heard("read_user.unknown_id", 500, error(500)), whole=False)
    judge.heard(created(500, error(500, "x" * 100_000)), whole=False)
    check = tally.checks[SERVER_ERROR]
    assert check.verdicts == {"fail": 51}
    assert [each.severity for each in check.found] == ["stops-provisioning", *["degraded"] * (EXAMPLES - 1)]
    assert len(check.found[0].sample.answer) <= KEPT + 1 if check.found[0].sample else False


def test_no_stranger_is_kept() -> None:
    """Whom no load made stands neither in a sample nor in the words of a finding; ours do."""
    judge, tally = judging()
    found = {"schemas": [LIST_RESPONSE], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1}
    page = {**found, "Resources": [user(STRANGER, displayName="Wilhelmina Oosterdijk", active="yes")]}
    lookup = heard(
        "push_user.lookup", 200, page, path=f'/Users?filter=userName+eq+"{OURS}"&startIndex=1&count=100'
    )
    judge.heard(lookup, whole=True)
    judge.heard(created(500, error(500, f"duplicate key {STRANGER}")), whole=False)
    assert {"every_lookup.finds-no-stranger", SERVER_ERROR} <= red(tally)
    assert "osterdijk" not in tally.to_json()
    assert OURS in tally.to_json()


def test_only_rules_for_every_answer_judge_a_429() -> None:
    """A 429 says nothing of what was asked: only whether it says when to come again is judged."""
    judge, tally = judging()
    judge.heard(heard("push_user.throttled", 429, error(429)), whole=True)
    told = {name for name, each in tally.checks.items() if {"fail", "advice"} & each.verdicts.keys()}
    assert told == {"every_throttle.says-when-to-come-again"}


def test_a_list_that_moves_is_advice() -> None:
    """Between its total and its resources a list can be written to: that it disagrees with itself fails no load."""
    judge, tally = judging()
    page = {
        "schemas": [LIST_RESPONSE],
        "totalResults": 0,
        "startIndex": 1,
        "itemsPerPage": 1,
        "Resources": [user()],
    }
    judge.heard(heard("bulk_assignment.find", 200, page, path=f'/Users?filter=userName+eq+"{OURS}"&startIndex=1&count=100'), whole=True)  # fmt: skip
    assert tally.checks["every_list.totals-at-least-what-it-shows"].verdicts == {"advice": 1}
    assert "every_list.totals-at-least-what-it-shows" not in red(tally)


def test_how_long_an_answer_takes_is_left_to_the_checks_of_loads() -> None:
    """An answer of a minute is none of a single exchange's."""
    judge, tally = judging()
    judge.heard(heard("push_user.read", 200, user(), path="/Users/77", seconds=59.0), whole=True)
    assert not [name for name in tally.checks if "quick" in name]


def test_whole_scenes_are_judged_where_they_were_kept() -> None:
    """Both creates of one person answered with success are two accounts, as in a run."""
    judge, tally = judging()
    twins = [created(201, user()), created(201, user(id="78"))]
    for each in twins:
        each.step, each.scene = "bulk_assignment.create", "bulk_assignment"
    judge.scene_over(twins)
    assert "bulk_assignment.nobody-is-created-twice" in red(tally)


def test_a_tally_with_findings_is_sent_and_read_back() -> None:
    """What one process found is told to another, and put together: still a few examples, the gravest first."""
    judge, tally = judging()
    for _ in range(EXAMPLES):
        judge.heard(created(500, error(500)), whole=False)
    told = Tally.from_json(tally.to_json())
    assert told.to_json() == tally.to_json()
    told.add(tally)
    assert told.checks[SERVER_ERROR].verdicts == {"fail": 2 * EXAMPLES}
    assert len(told.checks[SERVER_ERROR].found) == EXAMPLES


def test_whom_a_refusal_names_is_masked_though_nobody_showed_them() -> None:
    """Prose, JSON and headers keep the words of servers, of our sentences and of our own people, and no other."""
    judge, tally = judging()
    named = error(500, f"Zebedee Quatermain (ZQ-777123) locked the row of {OURS}, ask zquatermain77")
    judge.heard(created(500, named), whole=False)
    prose = Answer(500, (("X-Owner", "Ottoline"),), b"<html>user Ottoline Farquharson locked the row</html>")
    exchange = created(500, {})
    judge.heard(replace(exchange, heard=replace(exchange.heard, answer=prose)), whole=False)
    tally.stopped, tally.broken = "The load was stopped: KeyError: 'Quatermain'.", ["KeyError: 'Quatermain'"]
    tally.groups.append(GroupTally("ours", 1, 1, 0, 0, "got Farquharson"))
    tally.walks.append(Walk(ended="the total is 'Zebedee Quatermain'"))
    judge.hide_words_of(tally)
    told = tally.to_json()
    assert not any(
        each in told.lower() for each in ("zebedee", "quatermain", "777123", "ottoline", "farquharson")
    )
    assert "locked the row of scim-tests.7f3a9c2e.u-000012@example.com, ask" in told
    assert "The load was stopped:" in told
    judge.hide_words_of(tally)
    assert tally.to_json() == told
