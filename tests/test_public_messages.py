"""What people showed of Okta's messages: each is recognised, and the cause that its source gives comes first, or it is told which are not."""

import re
import runpy
import sys
import tomllib
from pathlib import Path

from scim_tests.knowledge.causes import signs
from scim_tests.knowledge.messages import of_requests, standing
from scim_tests.knowledge.okta_effect import kinds
from scim_tests.knowledge.reference import fixtures

ROOT = Path(__file__).parent.parent
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "okta_messages.py"))
ROWS = SCRIPT["published"]()
AT_LEAST = 0.9


def told(file: str) -> dict[str, dict[str, object]]:
    return tomllib.loads((fixtures() / "okta" / file).read_text(encoding="utf-8"))


def test_nine_of_ten_are_recognised_and_get_the_right_first_cause() -> None:
    """At least 90 % are taken for what they are, and for at least 90 % the source's cause comes first; the table says which."""
    sys.stdout.write(SCRIPT["table"](ROWS))
    assert len(ROWS) >= 110
    assert sum(row.is_recognised for row in ROWS) >= AT_LEAST * len(ROWS)
    assert sum(row.is_right for row in ROWS) >= AT_LEAST * len(ROWS)


def test_the_page_shows_them() -> None:
    """docs/okta-messages.md is what the script writes today: run `make docs`."""
    assert SCRIPT["PAGE"].read_text(encoding="utf-8") == SCRIPT["page"]()


def test_every_message_says_where_it_is_from_and_what_it_must_be() -> None:
    """Each has a place, a source with an address, a known kind of answer and a known cause; none comes twice."""
    messages = told("messages.toml")
    causes = {each.cause.name for each in signs()} | {
        cause["is"]  # type: ignore[index]
        for table in messages.values()
        for cause in table.get("causes", ())  # type: ignore[attr-defined]
    }
    abouts = {*kinds(), *messages, *(each.key for each in (*standing(), *of_requests()))}
    for row in ROWS:
        assert row.where in SCRIPT["PLACES"]
        assert row.seen in SCRIPT["FIRST_SIGHT"]
        assert re.fullmatch(r"https://\S+", row.source)
        assert row.says.endswith(".")
        assert row.about in abouts, row
        assert row.cause in causes, row
    assert len({(row.shown, row.source) for row in ROWS}) == len(ROWS)


def test_no_message_holds_a_real_person() -> None:
    """Addresses, hosts and networks in the messages are those that are kept for examples."""
    for row in ROWS:
        for host in re.findall(r"@([\w.-]+\.[a-z]{2,})", row.shown):
            assert host == "example.com", row.shown
        for number in re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", row.shown):
            assert number.startswith("192.0.2."), row.shown
