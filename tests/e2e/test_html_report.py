"""report.html, as pytest-html writes it: one file that runs nothing of the target's and loads nothing."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from scim_tests.errors import OwnError
from scim_tests.model.record import RunRecord
from scim_tests.pytest_door.render import render_html
from tests.unit.report.sample import HOSTILE, all_good, large, sample

ROOT = Path(__file__).parents[2]
LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "xlink:href"}


class Seen(HTMLParser):
    """The tags of a document with their attributes, its text outside of style and script, its ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"style", "script"}:
            self.within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_data(self, data: str) -> None:
        if not self.within:
            self.text.append(data)

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.tags if "id" in attributes]


def _written(record: RunRecord, folder: Path) -> Path:
    (folder / "run.json").write_text(json.dumps(record.to_json()), encoding="utf-8")
    render_html(folder / "run.json", folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _written(sample(), tmp_path_factory.mktemp("run")).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def seen(page: str) -> Seen:
    return Seen(page)


@pytest.fixture(scope="module")
def rows(seen: Seen) -> dict[str, Any]:
    """What pytest-html puts into its table, by the id of the check."""
    blob = next(attributes["data-jsonblob"] for _, attributes in seen.tags if "data-jsonblob" in attributes)
    data: dict[str, Any] = json.loads(blob or "")
    return {test["testId"]: test for tests in data["tests"].values() for test in tests}


def _fragments(rows: dict[str, Any]) -> list[str]:
    """All the HTML that the page's script inserts."""
    cells = [cell for row in rows.values() for cell in row["resultsTableRow"]]
    return cells + [extra["content"] for row in rows.values() for extra in row["extras"]]


def test_nothing_is_loaded(seen: Seen, rows: dict[str, Any]) -> None:
    """No element has an address but links a reader may follow; styles import nothing."""
    tags = [*seen.tags, *(tag for text in _fragments(rows) for tag in Seen(text).tags)]
    for tag, attributes in tags:
        assert tag not in {"link", "iframe", "object", "embed", "base", "form"}
        assert not {name for name in attributes if name in LOADS and attributes[name]}
        assert "href" not in attributes or tag == "a"


def test_style_and_script_ask_for_nothing(page: str) -> None:
    """Neither our style nor our script holds an address or a way to reach one."""
    ours = "".join(re.findall(r"<(?:style|script)>\n.*?</(?:style|script)>", page, re.DOTALL))
    assert "--paper" in ours
    for word in ("http:", "https:", "url(", "@import", "fetch(", "XMLHttpRequest", "import("):
        assert word not in ours


def test_nothing_of_the_target_s_can_run(seen: Seen, rows: dict[str, Any]) -> None:
    """Two scripts, ours and pytest-html's; no handlers, no script addresses, also in inserted rows."""
    assert [tag for tag, _ in seen.tags].count("script") == 2
    inserted = [tag for text in _fragments(rows) for tag in Seen(text).tags]
    assert "script" not in {tag for tag, _ in inserted}
    for tag, attributes in [*seen.tags, *inserted]:
        handlers = {name for name in attributes if name.startswith("on")}
        assert handlers <= ({"onclick"} if attributes.get("onclick") == "location.reload()" else set()), tag
        assert not (attributes.get("href") or "").startswith("javascript:")


def test_what_the_target_said_is_shown_as_it_was(seen: Seen, page: str) -> None:
    """Its markup is readable text, its control characters are spelt out."""
    assert r"<script>alert('x')</script>\x1b[31mred\x07 \u202egnp.exe" in "".join(seen.text)
    assert HOSTILE not in page
    assert not {character for character in "\x00\x07\x1b\u202e" if character in page}


def test_verdict_and_root_causes_come_before_the_table(seen: Seen) -> None:
    """Verdict, root causes, left behind, not looked at, calls, checks, table: in this order."""
    text = "".join(seen.text)
    assert text.index("2 of 5 judged checks failed") < text.index("Root causes")
    order = ["root-causes", "left-behind", "not-looked-at", "calls", "checks", "results-table"]
    assert order == [identity for identity in seen.ids if identity in order]


def test_a_root_cause_is_whole(seen: Seen) -> None:
    """Sentence, expected, got, consequence, how it is known, the admin's text, fix, and links."""
    text = " ".join("".join(seen.text).split())
    for said in (
        "A lookup of somebody unknown",
        "Expected200 with totalResults 0",
        "In Okta Okta stops before creating the person. captured",
        "Error while verifying if user zoë exists",
        'Fix Answer 200 and "totalResults": 0: an empty',
        "Explains 2 other checks",
    ):
        assert said in text


def test_every_check_has_its_row(rows: dict[str, Any]) -> None:
    """One row a check in our own words, with requirement, consequence, fix and evidence inside.

    Of what was not asked it says why, and where to look up the rest: another profile may have it.
    """
    assert {check.id for check in sample().checks} == set(rows)
    for check in sample().checks:
        row = rows[check.id]
        (extra,) = row["extras"]
        assert re.search(f'data-verdict="?{check.verdict}"?[ >]', "".join(row["resultsTableRow"]))
        strength = "A MUST" if check.strength == "must" else "A SHOULD"
        asked = (strength, "RFC 7644 §3.4.2", "Fix")
        for said in (check.why, f"explain {check.id}") if check.verdict == "not asked" else asked:
            assert said in extra["content"]
        assert ("data-exchange=" in extra["content"]) == bool(check.at)


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        ("pass", "Passed"),
        ("advice", "XFailed"),
        ("fail", "Failed"),
        ("blocked", "Skipped"),
        ("not asked", "Skipped"),
        ("broken", "Error"),
    ],
)
def test_pytest_html_counts_what_it_knows(rows: dict[str, Any], verdict: str, outcome: str) -> None:
    """Each verdict is one of its fixed outcomes, so that its own script takes the row."""
    ids = [check.id for check in sample().checks if check.verdict == verdict]
    assert {outcome} == {rows[identity]["result"] for identity in ids}


def test_every_exchange_stands_once_and_links_lead_somewhere(seen: Seen, rows: dict[str, Any]) -> None:
    """Ids are unique, and each link inside the page has its target."""
    ids = [*seen.ids, *rows]
    assert len(ids) == len(set(ids))
    assert {f"x{number}" for number in range(1, 15)} <= set(ids)
    tags = [*seen.tags, *(tag for text in _fragments(rows) for tag in Seen(text).tags)]
    inner = {href[1:] for _, attributes in tags if (href := attributes.get("href") or "").startswith("#")}
    gone = {"link_user.put-keeps-the-id"}  # the sample's root cause explains a check it does not hold
    assert gone == {target for target in inner if target not in ids and not target.startswith("checks/")}


def test_the_page_tells_nothing_of_the_machine(page: str, tmp_path: Path) -> None:
    """No path of this machine, no environment."""
    assert str(ROOT) not in page
    assert str(tmp_path.parent.parent) not in page
    assert sys.version.split()[0] not in page


def test_a_good_run_shows_no_empty_sections(tmp_path: Path) -> None:
    """Where there are no root causes and nothing is left, nothing is said of them."""
    ids = Seen(_written(all_good(), tmp_path).read_text(encoding="utf-8")).ids
    assert not {"root-causes", "left-behind", "not-looked-at"} & set(ids)


def test_a_full_run_stays_small(tmp_path: Path) -> None:
    """120 failed checks on 100 exchanges make a page well under 2 MB."""
    assert _written(large(100), tmp_path).stat().st_size < 1_500_000


def test_a_real_run_stays_below_two_megabytes(reference_run: Callable[[str], Path]) -> None:
    """The whole play against the bundled server makes a page that a ticket takes."""
    assert (reference_run("okta") / "report.html").stat().st_size < 2_000_000


def test_a_run_in_which_half_of_all_fails_stays_below_two_megabytes(tmp_path: Path) -> None:
    """As many scripts stand in the page as there is room for, the others beside it."""
    record = large(300)
    script = (
        "#!/bin/sh\ncurl -sS -H \"Authorization: Bearer $SCIM_TESTS_TOKEN\" 'https://a.example/?a=1&b=2'\n"
        * 80
    )
    failed = replace(record.checks[0], verdict="fail", reproduction=script)
    passed = replace(record.checks[0], verdict="pass", findings=[], aftermath=[])
    checks = [
        replace(failed if number % 2 else passed, id=f"import_users.check-{number}") for number in range(250)
    ]
    written = _written(replace(record, checks=checks), tmp_path)
    page = written.read_text(encoding="utf-8")
    assert written.stat().st_size < 2_000_000
    assert 10 <= page.count("Show it again: a shell script") < 125
    assert "sh reproduce/import_users.check-249.sh" in page


def test_thousands_of_exchanges_are_all_there(tmp_path: Path) -> None:
    """Each has its arrow; bodies are kept for those with findings and as many more as there is room for."""
    written = _written(large(5_000), tmp_path)
    ids = Seen(written.read_text(encoding="utf-8")).ids
    assert "x5000" in ids
    assert written.stat().st_size < 5_000_000


def test_rendering_says_and_leaves_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No word on the terminal, no file but the page, and the environment as it was."""
    before = dict(os.environ)
    _written(sample(), tmp_path)
    assert capfd.readouterr() == ("", "")
    assert {"run.json", "report.html"} == {path.name for path in tmp_path.iterdir()}
    assert before == dict(os.environ)
    assert (tmp_path / "report.html").stat().st_mode & 0o777 == 0o600


def test_the_user_s_own_pytest_does_not_interfere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither their pytest.ini nor PYTEST_ADDOPTS nor PYTEST_PLUGINS has a say."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    assert _written(sample(), tmp_path).exists()


@pytest.mark.parametrize("document", ["", "{}", "[]", '{"run": 1}'])
def test_what_is_no_record_is_refused(tmp_path: Path, document: str) -> None:
    """Another file is our error, with the reason, and no page is left that could be taken for one."""
    (tmp_path / "run.json").write_text(document, encoding="utf-8")
    (tmp_path / "report.html").write_text("an earlier page", encoding="utf-8")
    with pytest.raises(OwnError, match="could not be written") as error:
        render_html(tmp_path / "run.json", tmp_path / "report.html")
    assert "is not a run record" in error.value.hint
    assert not (tmp_path / "report.html").exists()


@pytest.mark.parametrize(
    "broken",
    [
        "scim_tests.pytest_door.page.page",
        "scim_tests.pytest_door.session.RecordedRun.checks_of",
        "scim_tests.report.details.details",
    ],
)
def test_our_own_failure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    """Where the page breaks half-way, the reason reaches whoever asked for it."""

    def give_up(*_: object) -> None:
        raise ArithmeticError("the page gave up")

    monkeypatch.setattr(broken, give_up)
    with pytest.raises(OwnError) as error:
        _written(sample(), tmp_path)
    assert "the page gave up" in error.value.hint


def test_a_checkout_shows_a_record_through_pytest(tmp_path: Path) -> None:
    """`pytest scim_tests --present run.json` works from the root, as its own process."""
    (tmp_path / "run.json").write_text(json.dumps(sample().to_json()), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "scim_tests", "--present", str(tmp_path / "run.json")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 failed, 2 passed, 2 skipped, 1 xfailed, 1 error" in done.stdout
    assert (tmp_path / "report.html").exists()
