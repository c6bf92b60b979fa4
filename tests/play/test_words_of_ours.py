"""Whatever a run itself writes is known to the mask, so an honest target's report hides nothing of it."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest
from keeping import kept
from playing import reference_transport

from scim_tests import profiles
from scim_tests.engine.run_state import RunState
from scim_tests.model.record import ExchangeRecord

CURSORS = re.compile(
    r"(?<=nextCursor\":\")[^\"]+|(?<=cursor=)[^&]+"
)  # which may hold anybody's data, so they are hidden everywhere
SCHEMAS = "/Schemas"  # whose descriptions have addresses as examples, and these are hidden everywhere


def _told(body: str) -> str:
    """What is in it, cursors aside."""
    if "nextCursor" not in body:
        return body
    return CURSORS.sub("", json.dumps(json.loads(body), separators=(",", ":")))


def heard(run_state: RunState) -> list[tuple[str, str, list[tuple[str, str]], str, list[tuple[str, str]]]]:
    """Each exchange as it was."""
    return [
        (
            CURSORS.sub("", each.request.path),
            each.request.text,
            [*each.request.headers],
            "" if each.request.path.startswith(SCHEMAS) else _told(each.answer.text),
            [*each.answer.headers],
        )
        for each in run_state.transcript
    ]


def in_the_record(exchanges: list[ExchangeRecord]) -> object:
    """Each exchange as it was kept."""
    return [
        (
            CURSORS.sub("", each.path),
            each.request.body,
            [(name, value) for name, value in each.request.headers],
            "" if each.path.startswith(SCHEMAS) else _told(each.response.body),
            [(name, value) for name, value in each.response.headers],
        )
        for each in exchanges
    ]


@pytest.mark.parametrize("name", profiles.names())
def test_an_honest_play_is_kept_to_the_byte(name: str, tmp_path: Path) -> None:
    """Under every profile, with all that may be asked: no request, answer or finding about our people is masked."""
    done = kept(reference_transport(), tmp_path, profiles.load(name).with_overrides(probes=True))
    assert in_the_record(done.record.exchanges) == heard(done.conductor)
    told = {key: value for key, value in asdict(done.record).items() if key != "exchanges"}
    assert "masked" not in json.dumps(told)
