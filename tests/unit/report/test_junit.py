"""junit.xml says failure, error and skipped where pipelines mean failure, error and skipped."""

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import pytest

from scim_tests.model.record import Outcome, RunRecord
from scim_tests.report.junit import junit
from tests.unit.report.sample import all_good, of_verdict, sample, strict


def _case(record: RunRecord, verdict: str) -> Element:
    identity = of_verdict(record, verdict).id
    root = fromstring(junit(record))  # noqa: S314 -- our own
    return next(case for case in root.iter("testcase") if case.get("name") == identity)


@pytest.mark.parametrize(
    ("verdict", "plain", "strictly"),
    [
        ("pass", [], []),
        ("advice", ["system-out"], ["failure"]),
        ("fail", ["failure"], ["failure"]),
        ("blocked", ["skipped"], ["failure"]),
        ("not asked", ["skipped"], ["skipped"]),
        ("broken", ["error"], ["error"]),
    ],
)
def test_each_verdict_is_what_a_pipeline_takes_it_for(
    verdict: str, plain: list[str], strictly: list[str]
) -> None:
    """The target's failures are failures, ours are errors, what was not judged is skipped."""
    assert plain == [child.tag for child in _case(sample(), verdict)]
    assert strictly == [child.tag for child in _case(strict(sample()), verdict)]


def test_a_failure_says_all_there_is_to_say() -> None:
    """Its text has expected, got, place, consequence and fix; its message fits one line."""
    failure = _case(sample(), "fail")[0]
    text = failure.text or ""
    for said in ("Expected at status: 200", "Got: 500", "exchange #6", "In Okta (captured)", "Fix: "):
        assert said in text
    assert "\n" not in (failure.get("message") or "")


def test_what_was_seen_in_several_scenes_is_in_none() -> None:
    """The numbers of the exchanges say where it was."""
    record = sample()
    failed = of_verdict(record, "fail")
    everywhere = replace(failed, findings=[replace(each, scene="") for each in failed.findings])
    record = replace(record, checks=[everywhere if each is failed else each for each in record.checks])
    assert "Seen in: exchange #6\n" in (_case(record, "fail")[0].text or "")


def test_a_skip_says_why_and_whom_to_blame() -> None:
    """Blocked names the step, not asked gives the profile's reason."""
    assert "push_user.lookup" in (_case(sample(), "blocked")[0].get("message") or "")
    assert "does not have import_groups" in (_case(sample(), "not asked")[0].get("message") or "")


def test_stories_are_suites_and_the_numbers_add_up() -> None:
    """Suites are the stories in order, and every count is that of the cases inside."""
    root = fromstring(junit(sample()))  # noqa: S314 -- our own
    names = [suite.get("name") for suite in root]
    assert names == ["credentials", "push users", "import users", "discovery", "every answer"]
    counts = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "8", "failures": "2", "errors": "1", "skipped": "2"}
    for name, number in counts.items():
        assert int(number or 0) == sum(int(suite.get(name) or 0) for suite in root)


@pytest.mark.parametrize("verdict", ["unreachable", "empty", "broken", "interrupted"])
def test_a_run_that_came_to_nothing_is_red(verdict: str) -> None:
    """One error more says so, because a file of nothing but skips reads as green."""
    nothing = replace(all_good(), checks=[], outcome=Outcome(6, verdict, "No connection\x00 <here>."))
    root = fromstring(junit(nothing))  # noqa: S314 -- our own
    (error,) = root.iter("error")
    assert error.get("message") == r"No connection\x00 <here>."
    assert root.get("errors") == "1"


def test_a_good_run_is_green() -> None:
    """Nothing is added to a run that came to something."""
    root = fromstring(junit(all_good()))  # noqa: S314 -- our own
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "0", "0")


def test_times_are_shares_of_the_requests_that_were_judged() -> None:
    """A request's seconds are shared out equally among its checks, so that all cases add up to the judged requests."""
    record = sample()
    root = fromstring(junit(record))  # noqa: S314 -- our own
    times = {case.get("name") or "": float(case.get("time") or 0) for case in root.iter("testcase")}
    judged = {number for check in record.checks for number in check.at}
    seconds = {each.number: each.seconds for each in record.exchanges}
    assert sum(times.values()) == pytest.approx(sum(seconds[number] for number in judged), abs=1e-5)
    lookup = next(check for check in record.checks if check.verdict == "fail")
    alone = [number for number in lookup.at if sum(number in each.at for each in record.checks) == 1]
    assert alone == lookup.at
    assert times[lookup.id] == pytest.approx(sum(seconds[number] for number in alone))
    for part in (root, *root):
        cases = [times[case.get("name") or ""] for case in part.iter("testcase")]
        assert float(part.get("time") or 0) == pytest.approx(sum(cases), abs=1e-5)


def test_a_message_begins_with_the_title_and_has_no_id_of_the_run() -> None:
    """Of failures, errors, skips and what is tolerated alike."""
    known = [replace(each, tolerated="known until 2027-01-01") for each in sample().checks]
    passed = replace(sample(), checks=known, outcome=Outcome(0, "passed", "No failure counts."))
    for record in (sample(), strict(sample()), passed):
        titles = {check.id: check.title for check in record.checks}
        for case in fromstring(junit(record)).iter("testcase"):  # noqa: S314 -- our own
            for told in case:
                if told.tag != "system-out":
                    assert (told.get("message") or "").startswith(f"{titles[case.get('name') or '']}: ")
        assert record.run.name not in junit(record)


def test_what_is_outdated_in_the_baseline_stands_at_its_case() -> None:
    """A pipeline shows it where the check is."""
    identity = of_verdict(sample(), "pass").id
    line = f"{identity} no longer fails: remove its entry from the baseline."
    [told] = _case(replace(sample(), baseline=[line]), "pass")
    assert (told.tag, told.text) == ("system-out", line)
