"""badge.svg says the verdict in a picture that any page may show."""

from dataclasses import replace
from xml.etree.ElementTree import fromstring

import pytest

from scim_tests.model.record import Outcome, RunRecord
from scim_tests.report.badge import GREEN, GREY, RED, badge
from tests.unit.report.sample import all_good, sample

LOST = replace(all_good(), outcome=Outcome(6, "unreachable", "No answer."))


@pytest.mark.parametrize(
    ("record", "said", "colour"),
    [
        (all_good(), "passed: 2 of 2 pass", GREEN),
        (sample(), "failed: 3 of 5 pass", RED),
        (LOST, "unreachable", GREY),
    ],
    ids=["passed", "failed", "unreachable"],
)
def test_it_says_how_the_run_ended(record: RunRecord, said: str, colour: str) -> None:
    """In words for whoever does not see it, in its own text, and in a colour; the numbers are those of the run."""
    picture = fromstring(badge(record))  # noqa: S314 -- our own
    texts = [each.text for each in picture.iter() if each.text and each.text.strip()]
    assert picture.get("aria-label") == f"SCIM for Okta: {said}"
    assert texts == [f"SCIM for Okta: {said}", "SCIM for Okta", said]
    assert colour in {each.get("fill") for each in picture.iter()}
    assert int(picture.get("width") or 0) == sum(
        int(each.get("width") or 0) for each in picture if each.tag.endswith("rect")
    )
