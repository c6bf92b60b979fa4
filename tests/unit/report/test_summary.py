"""summary.md says what a reviewer needs, in Markdown that a target cannot bend."""

from dataclasses import replace

from scim_tests.report.summary import markdown
from tests.unit.report.sample import LOOKUP_MISS, all_good, sample


def _headings(text: str) -> list[str]:
    return [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]


def test_it_leads_with_verdict_counts_and_root_causes() -> None:
    """The sections stand in the order in which a reader needs them."""
    text = markdown(sample())
    assert text.startswith("# scim-tests: failed\n\n**2 of 5 judged checks failed")
    assert "8 checks: **2** failed · **1** broken · **1** advice" in text
    expected = [
        "Okta's suite",
        "Root causes",
        "Failed",
        "Advice",
        "Blocked",
        "Left behind",
        "The import, as Okta would see it",
        "Not looked at",
    ]
    assert expected == _headings(text)


def test_a_root_cause_has_consequence_and_fix() -> None:
    """It names the check, what Okta does, what its admin sees, the fix, and what it explains."""
    text = markdown(sample())
    for said in (
        f"`{LOOKUP_MISS.check}`, stops provisioning",
        "In Okta (captured): Okta stops",
        "The admin sees (inferred): “Automatic provisioning of user zoë to app",
        "Retry: No: Okta does not repeat a failed push by itself (captured).",
        "Okta never sends this: it asks for pages of 100. (documented)",
        'Fix: Answer 200 and `"totalResults": 0`: an empty',
        "Explains: `push_user.create-answers-201`",
    ):
        assert said in text


def test_nothing_a_target_says_becomes_markup() -> None:
    """Tags, links, code fences and table bars arrive as text, controls are spelt out."""
    text = markdown(sample())
    assert "<script>" not in text
    assert r"&lt;script&gt;alert('x')&lt;/script&gt;\\x1b\[31mred" in text
    assert r"\[bold\]\|pipe\`" in text


def test_a_good_run_has_no_empty_sections() -> None:
    """Where there is nothing to say, there is no heading either."""
    text = markdown(all_good())
    assert _headings(text) == []
    assert "2 checks: **2** passed." in text


def test_many_blocked_checks_take_one_line() -> None:
    """They are listed by the step to blame, and no more than a few by name."""
    blocked = next(check for check in sample().checks if check.verdict == "blocked")
    several = [replace(blocked, id=f"push_user.x-{number}") for number in range(9)]
    text = markdown(replace(sample(), checks=[*sample().checks, *several]))
    assert "`push_user.x-3` and 5 checks more" in text


def test_the_bundled_server_is_called_so() -> None:
    """Its address changes from run to run and tells a reader nothing."""
    record = replace(sample(), target=replace(sample().target, bundled=True))
    assert "Target the bundled reference server" in markdown(record)
