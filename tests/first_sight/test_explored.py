"""What is told of conversations that show a fault of state: one root cause, and scripts that know the fault from its absence."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from commanding import TOKEN
from fronting import fronted
from pageless import no_page  # noqa: F401 -- a fixture
from reproducing import Served, served
from rich.console import Console

from scim_tests.explore import session
from scim_tests.explore.options import ExploreOptions
from scim_tests.explore.playing import judging
from scim_tests.model.conversation import read_line
from scim_tests.model.record import RunRecord
from scim_tests.options import RunOptions
from scim_tests.report.exploring import ExploreProgress

pytestmark = pytest.mark.usefixtures("no_page")


class Case(NamedTuple):
    """A fault of `tests/first_sight`, the line of a conversation that shows it, and its root cause."""

    fault: str
    line: str
    cause: str
    without: str = ""  # a check that is not there


TWO = "create:0 read:0 create:1 read:1"
MADE, GROUP = "create:0 read:0", "create:0 read:0 create-group:0+0 read-group:0"
TAKEN = f"{MADE} deactivate:0 create:1:=0"
CASES = (
    Case("turns_a:UniqueAmongActive", f"{TAKEN} read:1 delete:1", "explore.taken-name-is-refused"),
    Case(
        "turns_a:UniqueAmongActive", f'{TAKEN} read:1 set:1:title="x"', "every_view.has-one-id-for-one-user-name",
        without="explore.taken-name-is-refused",
    ),
    Case("turns_b:CountedDownToNobody", f"{TWO} create-group:0+0 read-group:0 remove-members:0+1 read-group:0", "explore.group-has-its-members"),
    Case("turns_a:InactiveBeforeInactive", f"{MADE} deactivate:0 deactivate:0 activate:0", "explore.write-answer-shows-what-was-written"),
    # A part proves whose the group is, and a whole read right before the rename would mend it.
    Case("turns_c:RenameStoresWhatWasNotRead", f"{GROUP} read-group-part:0 rename-group:0:=1 read-group:0", "explore.group-has-its-members"),
    # Others were on that target, and are not when the script runs.
    Case("turns_c:LaterPagesAreOfTheFirst", "page-of-one:=1 create:0 list-sorted:userName page-of-one:=2 page-of-one:=2 list-sorted:userName", "explore.count-is-of-who-is-there"),
    # The list shows somebody whom the run made before the conversation.
    Case("turns_c:SecondDeleteCountsToo", f"{MADE} delete:0 read:0 delete:0 list", "every_list.totals-at-least-what-it-shows"),
    Case("turns_b:NameInheritsMemberships", f"{GROUP} delete:0 create:1:=0 read-group:0", "every_membership.is-shown-by-groups-that-have-it"),
)  # fmt: skip
MORE = (
    Case("turns_a:UniqueAmongActive", TAKEN, "explore.taken-name-is-refused"),
    Case("turns_a:RefusedRenameFreesName", f"{TWO} rename:0:=1 create:0:=0", "explore.taken-name-is-refused"),
    Case("turns_a:CacheForgetsNewName", f"{MADE} lookup:=0 rename:0:=3 lookup:=0", "explore.lookup-finds-nobody-else"),
    Case("turns_a:FreedNameIndexedOnce", f"{MADE} rename:0:=1 create:1:=0 lookup:=0", "explore.lookup-finds-who-is-there"),
    Case("turns_a:SnapshotAtDeactivation", f'{MADE} deactivate:0 set:0:title="two" activate:0 read:0', "explore.read-shows-what-was-written"),
    Case("turns_a:TwoFlags", f"{MADE} deactivate:0 put:0", "explore.write-answer-shows-what-was-written"),
    Case("turns_a:ListedForEachActivation", f"{MADE} deactivate:0 activate:0 list", "every_list.shows-nobody-twice"),
    Case("turns_a:CreateReplayed", f"{MADE} delete:0 create:0 read:0", "explore.create-gives-a-new-id"),
    Case("turns_a:ListKeptWhileTotalStays", f"{MADE} list delete:0 create:1 list", "explore.list-shows-who-is-there"),
    Case("turns_b:FirstNameLeavesTheIndex", "create-group:0 read-group:0 create-group:1:=0 delete-group:0 lookup-group:=0", "explore.lookup-finds-who-is-there"),
    Case("turns_b:EmptiedEverywhere", f"{GROUP} create-group:1+0 read-group:1 replace-members:0 read-group:1", "explore.group-has-its-members"),
    Case("turns_c:LaterPagesAreOfTheFirst", f"{TWO} page:=1 delete:1 page:=2", "explore.list-shows-nobody-gone"),
    Case("turns_c:RefusalRestoresTheLastRead", f'{TWO} set:0:title="x" rename:0:=1 read:0', "explore.read-shows-what-was-written"),
    Case("turns_c:BulkSessionIsKept", f'{MADE} bulk-set:0:title="x" set:0:nickName="n" bulk-set:0:title="y" read:0', "explore.read-shows-what-was-written"),
    Case("turns_c:EmailRowsAreOverwritten", f"{MADE} find:0:emails remove:0:emails find:0:emails", "every_query.shows-only-who-matches"),
)  # fmt: skip
ALL = os.environ.get("FIRST_SIGHT") == "all"


@pytest.fixture(scope="module")
def honest() -> Iterator[Served]:
    with served() as server:
        yield server


def held(case: Case, url: str, folder: Path) -> RunRecord:
    """What a run tells that holds this conversation alone."""
    run = RunOptions(target_url=url, profile="scim", report_dir=str(folder), seed=1, keep_personal_data=True)
    options = ExploreOptions(run, replay=read_line(case.line))
    checks = tuple(each for each in judging() if each.id != case.without)
    with (
        patch.dict(os.environ, {"SCIM_TESTS_TOKEN": TOKEN}),
        patch.object(session, "judging", lambda: checks),
        ExploreProgress(Console(file=io.StringIO()), quiet=True) as progress,
    ):
        done, _ = session.play(session.prepare(options), progress)
    return done


@pytest.mark.parametrize(
    "case", (*CASES, *MORE) if ALL else CASES, ids=lambda each: f"{each.fault.partition(':')[2]}-{each.cause}"
)
def test_a_conversation_is_one_trouble_with_scripts_that_know_it(
    case: Case, honest: Served, tmp_path: Path
) -> None:
    """Its root cause explains all that fails there; the cause alone has scripts: 1 at the faulty server, 0 at the honest one."""
    with served(fronted(f"first_sight.{case.fault}")) as faulty:
        done = held(case, faulty.base_url, tmp_path / "out")
        (cause,) = done.root_causes
        assert cause.check == case.cause
        assert {cause.check, *cause.explains} == {each.id for each in done.checks if each.verdict == "fail"}
        assert [each.conversation for each in done.scenes if each.conversation] == [case.line]
        scripts = sorted((tmp_path / "out" / "reproduce").iterdir())
        assert [each.name for each in scripts] == [f"{case.cause}.py", f"{case.cause}.sh"]
        for script in scripts if case is CASES[0] else scripts[:1]:  # what both ask is the same
            assert [server.run(script).code for server in (faulty, honest)] == [1, 0], script
        assert faulty.everybody == honest.everybody == {}


def test_what_the_clean_up_shows_has_a_script_of_the_whole_conversation(
    honest: Served, tmp_path: Path
) -> None:
    """Of whom a conversation made, the looks in it count too where only the clean-up shows what they did."""
    case = Case(
        "turns_c:UserCacheKnowsWhoIsNamed",
        f"{GROUP} read:0",
        "every_membership.is-shown-by-groups-that-have-it",
    )
    with served(fronted(f"first_sight.{case.fault}")) as faulty:
        (cause,) = held(case, faulty.base_url, tmp_path / "out").root_causes
        assert cause.check == case.cause
        script = tmp_path / "out" / "reproduce" / f"{case.cause}.py"
        assert [server.run(script).code for server in (faulty, honest)] == [1, 0]
