"""reproduce/<check>.sh and .py: they exit with 1 while the fault is there, with 0 when it is gone, and leave nobody behind.

A few faults are tried with every run of the suite, all of them by `make reproductions`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from commanding import TOKEN
from reproducing import Served, bent, served

pytestmark = pytest.mark.usefixtures("no_page")

EVERY = os.environ.get("REPRODUCE") == "all"
# Each with a part of the run that shows it.
SOME = {
    "patch-active-noop-200": ("deactivate_user", "reactivate_user"),
    "deactivated-user-404": ("deactivate_user", "every_read"),
    "filter-ignored-returns-all": ("push_user", "query_users"),
    "startindex-ignored": ("import_users",),
    "group-patch-add-replaces": ("push_group",),
}
# By fault and check: exit codes on the faulty and the honest server, where they are not 1 and 0.
UNLIKE = {
    # Who does not show the script's name when read by id is not written to, and so nothing can be shown.
    **{
        (fault, check): (2, 0)
        for fault, checks in {
            "deactivate-deletes-user": (
                "clean_up.delete-answers-204", "import_users.lists-whom-the-run-created", "reactivate_user.patch-is-taken",
            ),
            "create-returned-id-not-stored-id": (
                "clean_up.delete-answers-204", "deactivate_user.keeps-the-user-findable", "deactivate_user.keeps-the-user-readable",
                "deactivate_user.patch-is-taken", "push_group.create-answers-201", "push_group.members-come-and-go",
            ),
            "group-patch-rename-deletes-group": (
                "import_groups.lists-what-the-run-pushed", "link_group.list-has-the-group",
                "push_group.change-without-path-is-taken", "push_group.members-are-replaced", "push_group.members-come-and-go",
            ),
            "response-id-integer": ("clean_up.delete-answers-204",),
            "update-deletes-then-reads-404": ("clean_up.delete-answers-204",),
        }.items()
        for check in checks
    },
    # It takes more people than a script makes.
    ("totalresults-capped-at-server-limit", "import_users.lists-whom-the-run-created"): (0, 0),
    # The honest server refuses the write before it.
    ("meta-version-writable", "patch_user.version-is-the-servers"): (1, 2),
    # The request repeats what the faulty server had shown, and so is bad itself.
    ("response-user-without-schemas", "link_user.put-answers-200"): (1, 1),
    ("create-id-equals-username", "query_users.finds-the-person"): (1, 1),
}  # fmt: skip
# Which group is first, and so which is missed, is as the server's ids fall; a date is old enough where the run was slow.
BY_CHANCE = frozenset({
    ("group-unknown-member-stored", "every_resource.has-a-new-last-modified-after-a-change"),
    ("startindex-zero-based", "import_groups.lists-what-the-run-pushed"), ("startindex-zero-based", "link_group.list-has-the-group"),
    ("order-unstable-across-pages", "import_groups.small-page-shows-the-same-group"),
    ("order-depends-on-cache", "import_groups.small-page-shows-the-same-group"),  # one answer alone shows no order
    ("group-patch-add-replaces", "every_write.ends-in-some-order-at-once"),  # a script asks for one thing after the other
})  # fmt: skip
EXCUSES = (
    "Deactivated, for DELETE was answered ",
    "Still on the target, for DELETE was answered ",
    "Still on the target, where it can be read although DELETE was answered ",
    "Perhaps still on the target",
    "Not touched, ",
)
# Pages behind all whom a script makes, a create that could not be found again, and members nobody made.
NO_SCRIPT = frozenset({
    "every_list.totals-at-least-what-it-shows", "every_list.shows-somebody-where-somebody-is",
    "every_answer.is-no-server-error", "every_group.has-members-with-ids",
})  # fmt: skip
RACES = ("create-race-500", "create-race-two-accounts")  # a script asks for one thing after the other
AT_ONCE = ("every_write.ends-in-some-order-at-once",)
IN_PROCESS = ("rate-limit-without-retry-after",)  # on a socket the wait is over before anybody asks again
KILLS = json.loads((Path(__file__).parent.parent / "mutation" / "kills.json").read_text(encoding="utf-8"))
# By fault: the first profile under which a check fails. What is only advised has no script.
PROFILES = {
    fault: next((profile for profile, said in found.items() if "fail" in said), "")
    for fault, found in KILLS.items()
}


@pytest.fixture(scope="module")
def honest() -> Iterator[Served]:
    with served() as server:
        yield server


@pytest.mark.parametrize(
    "fault", [fault for fault, profile in PROFILES.items() if profile] if EVERY else SOME
)
def test_the_scripts_say_whether_the_fault_is_there(fault: str, honest: Served, tmp_path: Path) -> None:
    """Every failed check has both scripts: they exit with 1 at the faulty server, with 0 at the honest one."""
    part = () if EVERY else SOME[fault]
    with bent(fault, tmp_path / "out", PROFILES[fault], part) as (faulty, run):
        assert run.failed or fault in IN_PROCESS
        for place, check in enumerate(run.failed if EVERY else run.failed[:3]):
            if not check.reproduction:
                assert check.id in NO_SCRIPT or (fault, check.id) in BY_CHANCE
                continue
            for suffix in (".sh", ".py") if EVERY or not place else (".py",):
                script = run.folder / "reproduce" / f"{check.id}{suffix}"
                codes = (_code(script, faulty), _code(script, honest))
                if check.id in AT_ONCE:
                    assert codes[1] == 2, script  # one after the other is no answer to what came at once
                by_chance = fault in RACES or (fault, check.id) in BY_CHANCE
                assert by_chance or codes == UNLIKE.get((fault, check.id), (1, 0)), script


WORDS = {0: "Gone: ", 1: "Still there: ", 2: "Not asked: "}


def _code(script: Path, server: Served) -> int:
    """Its exit code, after it has left nobody without a word."""
    before = len(server.everybody)
    said = server.run(script)
    lines = said.complaint.splitlines()
    assert all(line.startswith(EXCUSES) for line in lines), (script, said)
    assert said.last.startswith(WORDS[said.code]), said
    assert TOKEN not in said.text + said.complaint
    assert lines or len(server.everybody) == before
    return said.code
