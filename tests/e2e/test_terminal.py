"""Whatever a target says, no command lets it move the cursor, name the window or turn the text around."""

import json
from pathlib import Path
from typing import Any

import pytest
from commanding import at_a_terminal
from serving import serving

from scim_tests.model.scim import LIST_RESPONSE, USER

pytestmark = pytest.mark.usefixtures("no_page")

NASTY = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil"
ANSWER = {
    "schemas": [LIST_RESPONSE], "totalResults": NASTY, "detail": NASTY, "id": NASTY,
    "Resources": [{"schemas": [USER, NASTY], "id": NASTY, "userName": NASTY, "active": NASTY, NASTY: NASTY}],
}  # fmt: skip


async def nasty(scope: Any, _: Any, send: Any) -> None:
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/scim+json"), (b"location", NASTY.encode())]
        await send(
            {
                "type": "http.response.start",
                "status": 201 if scope["method"] == "POST" else 200,
                "headers": headers,
            }
        )
        await send({"type": "http.response.body", "body": json.dumps(ANSWER, ensure_ascii=False).encode()})


def test_no_escape_sequence_reaches_a_terminal(program: Path, tmp_path: Path) -> None:
    """Played, rendered, compared, judged, replayed, cleaned: the sequences are spelt out where they are shown at all."""
    with serving(lambda _: nasty) as (url, _):
        said = [
            at_a_terminal(program, tmp_path, "run", "--target-url", url, "--report-dir", "out"),
            at_a_terminal(
                program, tmp_path, "replay", "out/exchanges.har", "--target-url", url, "--report-dir", "again"
            ),
            at_a_terminal(program, tmp_path, "clean", "out", "--yes"),
        ]
    said += [
        at_a_terminal(program, tmp_path, "render", "out"),
        at_a_terminal(program, tmp_path, "compare", "out", "again"),
        at_a_terminal(program, tmp_path, "compare", "out", "again", "--json"),
        at_a_terminal(program, tmp_path, "judge", "out/exchanges.har", "--report-dir", "judged"),
        at_a_terminal(program, tmp_path, "explain", NASTY),
        at_a_terminal(program, tmp_path, "render", NASTY),
    ]
    for each in said:
        assert each.strip()
        assert "Traceback" not in each
        assert not [bad for bad in ("\x1b[2J", "\x1b]0", "\x07", "\x9b", "\u202e") if bad in each], each
