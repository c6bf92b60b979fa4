"""The reports of a load: its file and schema, the page, JUnit, Markdown, the terminal, and two loads side by side."""

import json
from dataclasses import asdict, fields, is_dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from markupsafe import escape
from rich.console import Console

from scim_tests.errors import UsageError
from scim_tests.knowledge.reference import fixtures
from scim_tests.model import load_plan, load_record
from scim_tests.model import tally as counts
from scim_tests.model.load_record import LoadRecord, LoadSoFar
from scim_tests.model.record import LeftBehind, TargetInfo
from scim_tests.model.tally import FinalLook, Tally
from scim_tests.record.file import read_load, read_record
from scim_tests.report.comparing import markdown as compared
from scim_tests.report.junit import junit
from scim_tests.report.load.as_run import as_run
from scim_tests.report.load.comparing import compare_alike, compare_loads
from scim_tests.report.load.console import LoadProgress, conclusion
from scim_tests.report.load.html import page
from scim_tests.report.load.plot import Plot, Series, steps
from scim_tests.report.load.series import plots
from scim_tests.report.load.summary import markdown
from scim_tests.report.load.words import step_in_words
from tests.unit.report.load_sample import ANOTHER, OF_LOADS, plan, record, tally, troubled, walk
from tests.unit.report.sample import sample

SCHEMAS = {
    name: json.loads((fixtures() / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in ("load", "run")
}
SCHEMA = SCHEMAS["load"]
NOUNS = [
    kind
    for room in (load_record, load_plan, counts)
    for kind in vars(room).values()
    if is_dataclass(kind) and kind.__module__ == room.__name__ and kind is not LoadSoFar
]
LOST = "scim-tests.st7f3a9c.u-000107"  # who is not there at the end of a load with troubles
GOOD, BAD = record(tally()), record(troubled(), fails=True)


@pytest.mark.parametrize("kind", NOUNS)
def test_every_field_is_described_and_nothing_more(kind: Any) -> None:
    """Each noun's fields are in the schema, all are required, and no other is allowed."""
    described = SCHEMA if kind is LoadRecord else SCHEMA["$defs"][kind.__name__]
    names = [each.name for each in fields(kind)]
    assert names == list(described["properties"]) == described["required"]
    assert described["additionalProperties"] is False


def test_what_runs_and_loads_share_is_described_alike() -> None:
    """The schema stands alone, so that one download is enough, and agrees with that of a run."""
    Draft202012Validator.check_schema(SCHEMA)
    shared = SCHEMA["$defs"].keys() & SCHEMAS["run"]["$defs"].keys()
    assert "CheckRecord" in shared
    assert [name for name in shared if SCHEMA["$defs"][name] != SCHEMAS["run"]["$defs"][name]] == []


@pytest.mark.parametrize(
    ("status", "path", "cause", "explains"),
    [
        (503, "/Users", "load.answers-without-failing", [ANOTHER]),
        (404, "/Users/7", "load.everybody-made-is-there", [ANOTHER]),
        (200, f"/Users?filter={LOST}", "load.everybody-made-is-there", [ANOTHER]),
        (200, "/Users", "load.everybody-made-is-there", []),
    ],
)
def test_what_a_load_tells_as_a_whole_explains_its_examples(
    status: int, path: str, cause: str, explains: list[str]
) -> None:
    """Whoever is not there, or was not answered, is one cause, whatever answers show of it."""
    counted = troubled()
    found = counted.checks[ANOTHER].found[0]
    counted.checks[ANOTHER].found = [replace(found, sample=replace(found.sample, status=status, path=path))]
    failed = record(counted, fails=True)
    checks = [replace(each, id=cause) if each.id == OF_LOADS else each for each in failed.checks]
    causes = {each.check: each.explains for each in as_run(replace(failed, checks=checks)).root_causes}
    assert causes == {cause: explains} | ({} if explains else {ANOTHER: []})


@pytest.mark.parametrize("load", [GOOD, BAD], ids=["good", "bad"])
def test_a_load_is_valid_and_survives_the_file(load: LoadRecord, tmp_path: Path) -> None:
    """It validates as it is written, and reads back as it was."""
    document = json.loads(json.dumps(asdict(load)))
    assert [each.message for each in Draft202012Validator(SCHEMA).iter_errors(document)] == []
    (tmp_path / "load.json").write_text(json.dumps(document), encoding="utf-8")
    assert read_load(tmp_path) == load


@pytest.mark.parametrize(
    "bend",
    [
        lambda document: document.pop("tally"),
        lambda document: document["tally"].update(slice_seconds=0),
        lambda document: document["tally"]["sent"].update(noon=1),
        lambda document: document["tally"]["steps"]["push_user.create"]["slices"].update({"1": {"-5": 1}}),
        lambda document: document["tally"]["walks"][0]["pages"].append([1]),
        lambda document: document["load"]["plan"]["stages"][0].update(rate=0),
        lambda document: document["load"].update(started="yesterday"),
        lambda document: document["checks"][0].update(verdict="skipped"),
        lambda document: document["outcome"].update(verdict="fine"),
    ],
)
def test_a_damaged_load_is_one_clear_error(bend: Any, tmp_path: Path) -> None:
    """A missing part, a foreign word or a number that nobody counts: it says that it is no load record, without Python's words."""
    document = json.loads(json.dumps(asdict(BAD)))
    bend(document)
    (tmp_path / "load.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UsageError, match="is not a load record: ") as told:
        read_load(tmp_path)
    assert "Error" not in told.value.message


def test_a_run_is_no_load_and_a_load_no_run(tmp_path: Path) -> None:
    """Whoever asks for one and gets the other is told so, and so is who would compare them."""
    (tmp_path / "load.json").write_text(json.dumps(asdict(GOOD)), encoding="utf-8")
    with pytest.raises(UsageError, match="is of a load, and a run is asked for"):
        read_record(tmp_path)
    (tmp_path / "a").write_text(json.dumps(sample().to_json()), encoding="utf-8")
    with pytest.raises(UsageError, match="is of a run, and a load is asked for"):
        read_load(tmp_path / "a")
    with pytest.raises(UsageError, match="The older is of a run, the newer is of a load"):
        compare_alike(sample(), GOOD)


def test_the_page_shows_what_was_said_and_runs_none_of_it() -> None:
    """Verdict, sentences, plots and samples stand there; what a target said is text, and nothing is loaded."""
    said = page(BAD)
    assert all(f'id="{name}"' in said for name in ("told", "root-causes", "samples", "tasks", "plots", "steps", "groups", "final-look", "left-behind", "how", "checks"))  # fmt: skip
    assert "<script" not in said
    assert "pool exhausted" in said
    assert not [each for each in ("src=", "@import", "url(") if each in said]
    assert "nan" not in said.lower().split("<svg", 1)[1].split("</svg>")[0]


def test_every_step_and_plot_is_said_in_words() -> None:
    """A reader who knows no name of ours is told what was asked for, and what to see in a plot."""
    said = page(BAD)
    assert all(
        said.count(step_in_words(each.name)) >= 2 for each in BAD.steps
    )  # in the table, and under its plot
    assert all(each.caption and str(escape(each.caption)) in said for each in plots(BAD))
    assert step_in_words("push_user.throttled") == "answered 429, and sent again"


@pytest.mark.parametrize(
    "counted", [Tally(), tally(2), replace(Tally(), walks=[walk(100)])], ids=["none", "short", "import"]
)
def test_a_load_of_which_little_is_known_has_a_page_too(counted: Tally) -> None:
    """Nothing counted, one slice, or an import alone."""
    assert "How it was done" in page(record(counted))


def test_junit_has_each_check_and_fails_as_the_load_does() -> None:
    """A case a check; the target's failures are failures, what was not asked is skipped."""
    root = ET.fromstring(junit(as_run(BAD)))  # noqa: S314 -- our own file
    assert [case.get("name") for case in root.iter("testcase")] == [each.id for each in BAD.checks]
    assert [root.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["3", "2", "0", "1"]


def test_the_summary_says_it_in_markdown() -> None:
    """What the load comes to, the steps, the tasks, the causes; what a target said is escaped."""
    said = markdown(BAD)
    assert said.startswith("# scim-tests: failed")
    assert all(f"## {title}" in said for title in ("In Okta's terms", "Tasks", "Steps", "Root causes"))
    assert "<script>" not in said


def _console(**how: Any) -> tuple[Console, StringIO]:
    out = StringIO()
    return Console(file=out, width=80, highlight=False, **how), out


def test_the_last_lines_fit_eighty_columns() -> None:
    """Causes, what it comes to, who is left, the verdict and the page; quiet, a good load is one line."""
    console, out = _console()
    conclusion(BAD, Path("reports/x"), console)
    assert max(map(len, out.getvalue().splitlines())) <= 80
    assert all(
        word in out.getvalue()
        for word in (OF_LOADS, "- An assignment of 50,000", "Left behind", "reports/x/load.html")
    )
    console, out = _console()
    conclusion(GOOD, Path("reports/x"), console, quiet=True)
    assert out.getvalue() == "Passed. 2 checks passed.\n"


def test_names_that_were_only_announced_are_no_people() -> None:
    """Terminal, summary and page say how many were created and of how many nothing is known, and how they go away."""
    left = [
        LeftBehind(f"scim-tests.x.u-{n}@example.com", f"{n}" if n < 17 else "", "not reached")
        for n in range(50)
    ]
    load = replace(BAD, left_behind=left)
    console, out = _console()
    conclusion(load, Path("reports/x"), console)
    shown = [" ".join(out.getvalue().split()), markdown(load), page(load)]
    assert all("17 were created; 33 more may be there: no answer is known." in each for each in shown)
    assert "scim-tests clean reports/x" in shown[0]
    assert all("scim-tests clean FOLDER" in each for each in shown[1:])
    gone = replace(load, target=TargetInfo("http://127.0.0.1:1", bundled=True))
    assert "scim-tests clean" not in markdown(gone)


def test_where_nobody_was_looked_for_no_number_is_shown() -> None:
    """Zeros would say that all are there."""
    stopped = replace(tally(20), final=FinalLook(expected=250), stopped="The load was stopped: 5 % of 5xx.")
    said = page(record(stopped))
    assert "Nobody was looked for: the load was stopped." in said
    assert "There more than once" not in said
    assert "There more than once" in page(GOOD)


def test_progress_is_a_line_every_ten_seconds_without_a_terminal() -> None:
    """However often it is told; quiet says nothing."""
    console, out = _console()
    with LoadProgress(console) as progress:
        for second in range(25):
            progress.update(plan(), troubled(), float(second), "Okta assigns people")
    lines = out.getvalue().splitlines()
    assert [line.partition(",")[0] for line in lines] == ["0 ms", "10 s", "20 s"]
    assert all(word in lines[-1] for word in ("25 requests a second of 25 wanted", "of 5,000 created", "429 880", "page 50 of 50", "left about"))  # fmt: skip
    console, out = _console()
    with LoadProgress(console, quiet=True) as progress:
        progress.update(plan(), tally(20), 1.0, "Okta assigns people")
    assert out.getvalue() == ""


@pytest.mark.parametrize(
    ("second", "told"),
    [(0.0, "rate 25 requests a second of 60 wanted"), (12.0, "of 60 wanted"), (9_999.0, "rate 0 requests a second; people")],
)  # fmt: skip
def test_progress_tells_the_rate_of_the_stage(second: float, told: str) -> None:
    """What left beside what was asked for with --rate, until the last stage is over."""
    console, out = _console()
    with LoadProgress(console) as progress:
        progress.update(plan(rate=60.0), tally(20), second, "assigning")
    assert told in out.getvalue()


@pytest.mark.parametrize(
    ("read", "total", "imported", "told"),
    [
        (21, 2_060, 2_000, "page 21 of 21"),  # some were made meanwhile
        (3, 1_000_000, 1_000, "page 3 of 61"),  # the list goes on, and the import does not
        (7, 0, 1_000, "page 7 of 7"),  # a list that tells no total
    ],
)
def test_a_page_is_told_among_those_that_can_come(read: int, total: int, imported: int, told: str) -> None:
    """As many as the list has, and no more than the import reads."""
    counted = Tally(walks=[walk(100 * read)])
    for each in counted.walks[0].pages:
        each[3] = float(total or -1)
    console, out = _console()
    with LoadProgress(console) as progress:
        progress.update(plan(imported=imported), counted, 1.0, "importing")
    assert f"import {told}, which took" in out.getvalue()


def test_progress_is_one_region_on_a_terminal() -> None:
    """It has every figure, and is gone at the end."""
    console, out = _console(force_terminal=True, color_system=None)
    with LoadProgress(console) as progress:
        progress.update(plan(), Tally(), 0.0, "Looking first")
        progress.update(plan(), tally(20), 20.0, "Okta assigns people")
        progress.live.refresh()
    assert all(word in out.getvalue() for word in ("Okta assigns people", "20 s since the start", "rate"))


def test_two_loads_say_what_got_slower_beyond_noise() -> None:
    """Steps with enough answers and pages of the import; what differs less than by half, or by some milliseconds, is not told."""
    comparison = compare_loads(GOOD, BAD)
    assert comparison.exit_code == 1
    assert {each.check for each in comparison.changes["new"]} == {ANOTHER, OF_LOADS}
    assert "push_user.create, median" in [each.what for each in comparison.slower]
    assert comparison.figures["Tasks"] == ("0", "3")
    assert "# scim-tests: two loads compared" in compared(comparison)
    json.dumps(comparison.to_json())
    back = compare_loads(BAD, GOOD)
    assert (back.exit_code, back.slower) == (0, [])
    assert [each.what for each in back.faster].sort() == [each.what for each in comparison.slower].sort()
    noise = compare_loads(GOOD, record(tally(slower=1.3)))
    assert (noise.slower, noise.faster, noise.note) == ([], [], "")
    assert "by more than loads of one target differ by" in compared(noise)


def test_few_answers_and_pages_of_other_places_are_not_compared() -> None:
    """A step of fewer than a hundred answers says nothing; the end of an import is compared with one of the same size."""
    few = compare_loads(record(tally(2)), record(tally(2, slower=9)))
    assert few.speeds == []
    small, large = (record(replace(Tally(), walks=[walk(people, 60.0, 0.01)])) for people in (5_000, 50_000))
    assert [each.what for each in compare_loads(small, large).speeds] == [
        "a page of the import, at its beginning"
    ]
    slow = record(replace(Tally(), walks=[walk(5_000, 600.0)]))
    assert [each.what for each in compare_loads(small, slow).slower] == [
        "a page of the import, at its beginning",
        "a page of the import, at its end",
    ]


def test_loads_of_other_plans_are_said_to_differ() -> None:
    """A higher rate is a reason by itself."""
    other = record(tally(), planned=plan(people=10_000, rate=50.0))
    assert compare_loads(GOOD, other).note.endswith(
        "5,000 people assigned then, 10,000 now; a rate of 25 then, 50 now."
    )


@pytest.mark.parametrize("end", [0.003, 1.0, 4.2, 10.0, 99.0, 4_400.0, 1e7])
def test_an_axis_has_a_few_round_numbers(end: float) -> None:
    """From 0 to the end, two at least and five at most."""
    told = steps(end)
    assert 2 <= len(told) <= 5
    assert told[0] == 0
    assert told[-1] <= end * 1.00001


def test_a_gap_in_a_line_stays_a_gap() -> None:
    """The line begins anew behind it, and the table has an empty cell."""
    plot = Plot("", "", "", [Series("a", "main", [(1.0, 1.0), (2.0, None), (3.0, 2.0)])])
    assert plot.path(plot.series[0]).count("M") == 2
    assert [values for _, values in plot.rows] == [["1"], [""], ["2"]]
