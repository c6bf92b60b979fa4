"""reproduce/<check>.sh and .py: run against a faulty server they show the wrong answer, and leave nobody behind.

A few faults are tried with every run of the suite, all of them by `make reproductions`.
"""

import json
import os
from pathlib import Path

import pytest
from commanding import TOKEN
from reproducing import bent

EVERY = os.environ.get("REPRODUCE") == "all"
SOME = (
    "patch-active-noop-200", "location-header-missing-on-create", "deactivated-user-404", "filter-ignored-returns-all",
    "startindex-ignored", "group-patch-add-replaces", "response-totalresults-string", "count-negative-500",
)  # fmt: skip
# What a few requests cannot show: it takes more people than a page holds, or what other acts did before.
NOT_SHOWN = frozenset({
    "every_list.totals-at-least-what-it-shows",
    "import_users.lists-whom-the-run-created", "import_users.total-counts-everybody", "import_users.second-walk-keeps-the-order",
    "import_groups.lists-what-the-run-pushed", "link_group.list-has-the-group",
})  # fmt: skip
EXCUSES = (
    "Deactivated, for DELETE was answered ",
    "Still on the target, for DELETE was answered ",
    "Not touched, ",
)
NO_SCRIPT = (
    "response-id-integer",
    "group-unknown-member-stored",
)  # nothing may be sent to what is not the run's own
RACES = ("create-race-500", "create-race-two-accounts")  # a script asks for one thing after the other
IN_PROCESS = ("rate-limit-without-retry-after",)  # on a socket the wait is over before anybody asks again
KILLS = json.loads((Path(__file__).parent.parent / "mutation" / "kills.json").read_text(encoding="utf-8"))
# By fault: the first profile under which a check fails. What is only advised has no script.
PROFILES = {
    fault: next((profile for profile, said in found.items() if "fail" in said), "")
    for fault, found in KILLS.items()
}


@pytest.mark.parametrize(
    "fault", [fault for fault, profile in PROFILES.items() if profile] if EVERY else SOME
)
def test_the_scripts_show_the_wrong_answer_again(fault: str, tmp_path: Path) -> None:
    """Every failed check has both scripts; neither complains, what they are answered is as wrong, and nobody is left."""
    with bent(fault, tmp_path / "out", PROFILES[fault]) as server:
        assert server.failed or fault in IN_PROCESS
        excused, before = False, server.people
        for check in server.failed:
            if not check.reproduction and fault in NO_SCRIPT:
                continue
            for suffix in (".sh", ".py"):
                script = tmp_path / "out" / "reproduce" / f"{check.id}{suffix}"
                said, complaint, heard = server.run(script)
                assert all(line.startswith(EXCUSES) for line in complaint.splitlines()), (script, complaint)
                excused = excused or bool(complaint)
                assert TOKEN not in said
                if check.id not in NOT_SHOWN and fault not in RACES:
                    assert server.shows_again(check, heard), said
        assert excused or server.people == before
