"""docs/okta-spec-suite.md answers every assertion of Okta's official suite with a check that exists."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scim_tests.checks import catalogue

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "okta-spec-suite.md").read_text(encoding="utf-8")
SUITE = ROOT.parent / "shared" / "okta" / "Okta-SCIM-20-SPEC-Test.json"
CHECKS = {check.id: check for check in catalogue()}


def sections() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """For each step of the page: its note, our step, and (assertion, check) rows."""
    found = []
    for section in PAGE.split("\n## ")[1:]:
        note = section.partition("\n")[0].partition(": ")[2]
        [step] = re.findall(r"^Played by `(.+)`\.$", section, flags=re.MULTILINE)
        found.append((note, step, re.findall(r"^\| (.+?) \| `(.+)` \|$", section, flags=re.MULTILINE)))
    return found


def wording(assertion: dict[str, Any]) -> str:
    """An assertion as the page words it."""
    subject = assertion.get("property") or assertion["source"]
    value = assertion.get("value")
    return f"`{subject}` {assertion['comparison']}" + (f" `{value}`" if value is not None else "")


@pytest.mark.parametrize(("note", "step", "rows"), sections(), ids=[each[0] for each in sections()])
def test_every_check_named_exists_and_judges_the_step(
    note: str, step: str, rows: list[tuple[str, str]]
) -> None:
    """Each row names a check of the catalogue that looks at the step which plays the suite's request."""
    assert rows, f"{note} has no rows"
    for _, check_id in rows:
        assert check_id in CHECKS, f"{note}: there is no check {check_id}"
        looked_at = CHECKS[check_id].is_about(step) or CHECKS[check_id].is_about(step.partition(".")[0])
        assert looked_at, f"{note}: {check_id} does not look at {step}"


@pytest.mark.skipif(
    not SUITE.exists(), reason="Okta's suite is not part of the project; it is read where present"
)
def test_no_assertion_of_the_suite_is_left_out() -> None:
    """Steps and assertions of the page are those of the suite, in its order."""
    requests = [each for each in json.loads(SUITE.read_text())["steps"] if each["step_type"] == "request"]
    theirs = [(each["note"].strip(), [wording(one) for one in each["assertions"]]) for each in requests]
    ours = [
        (note.strip(), [text for text, _ in rows if text.startswith("`")]) for note, _, rows in sections()
    ]
    assert theirs == ours
