"""Files that a command is given are strangers': each is read, or refused with a sentence, whatever stands in it."""

import asyncio
import copy
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st
from playing import BASE_URL, PASSWORD, TOKEN, reference_transport
from rich.console import Console

from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.conduct import Conductor
from scim_tests.engine.judge import Judge
from scim_tests.engine.listener import Silence
from scim_tests.errors import UsageError
from scim_tests.model.profile import Limits, Profile
from scim_tests.model.record import RunInfo, TargetInfo
from scim_tests.model.slots import TOKEN_SLOT
from scim_tests.options import RunOptions
from scim_tests.personas.play import scenes
from scim_tests.record.baseline import read_baseline
from scim_tests.record.file import read_record
from scim_tests.record.masking.mask import of_recorded
from scim_tests.report import summary
from scim_tests.report.comparing import compare, markdown
from scim_tests.report.console import conclusion
from scim_tests.report.har import har
from scim_tests.report.html import page
from scim_tests.report.importing import import_csv
from scim_tests.report.junit import junit
from scim_tests.session import cleaning
from scim_tests.session.finish import finish, recorded
from scim_tests.session.journal import Beginning, Journal, read
from scim_tests.session.people_file import read_people
from scim_tests.traffic import okta_suite
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.judge import as_kept, judged
from scim_tests.traffic.okta_suite import Row, read_suite, variables
from scim_tests.traffic.okta_suite_table import suite_record
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.vault import Vault

RECORDINGS = Path(__file__).parent.parent.parent / "fixtures" / "recordings"
ODD = st.sampled_from([
    None, True, False, 0, -1, 7, 1.5, float("nan"), float("inf"), 10**400, "", "x", "\x00", "\ud800", "\x1b[2J", "a\nb", "pass",
    "2026-13-99T99:99:99Z", "2026-01-01", "../../x", "$SCIM_TESTS_TOKEN", [], {}, [[]], [None], [1, 2], {"a": 1}, {"value": None}, "[" * 9000,
])  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to everything in a document; of long lists, to what is in their first items."""
    yield way
    inside = (
        value.items()
        if isinstance(value, dict)
        else list(enumerate(value))[:9]
        if isinstance(value, list)
        else ()
    )
    for key, member in inside:
        yield from places(member, (*way, key))


def changed(value: Any, way: tuple[Any, ...], instead: Any) -> Any:
    """A copy with something else in one place; with nothing there where that is `...`."""
    if not way:
        return instead
    here = copy.copy(value)
    if len(way) == 1 and instead is ...:
        del here[way[0]]
    else:
        here[way[0]] = changed(here[way[0]], way[1:], instead)
    return here


@cache
def run_files() -> dict[str, str]:
    """What a short run leaves: `ledger.jsonl`, `journal.jsonl` and `run.json`, by name."""
    profile = replace(profiles.load("okta"), limits=Limits(new_users=2, crowd=0, import_pages=1))
    names = "push_user", "import_users", "discovery", "test_credentials"
    with TemporaryDirectory() as folder:
        journal_of(Path(folder), profile, names)
        finish(
            recorded(read(Path(folder)), Ledger(Path(folder) / "ledger.jsonl")), Path(folder), with_page=False
        )
        return {
            each.name: each.read_text(encoding="utf-8") for each in Path(folder).iterdir() if each.is_file()
        }


def journal_of(folder: Path, profile: Profile, acts: Sequence[str]) -> None:
    ledger = Ledger(folder / "ledger.jsonl")
    run = RunInfo("abcd1234", 1, datetime.now(UTC).isoformat(), 0.0, 1, strict=False, version="0")
    known = [{"check": "push_user.create-answers-201", "reason": "r", "owner": "o", "expires": "2099-01-01"}]
    checks = [each.id for each in catalogue()]
    toml = profiles.text("okta")
    journal = Journal(
        folder, Beginning(run, TargetInfo(BASE_URL, bundled=False), toml, checks, "cosmetic", known), None
    )
    judge, told = (
        Judge(catalogue()),
        [each for each in scenes(profile, "abcd1234", 1) if each.act.name in acts],
    )

    async def perform() -> None:
        async with Client(
            BASE_URL, Vault(TOKEN, PASSWORD), ledger=ledger, transport=reference_transport()
        ) as client:
            conductor = Conductor(client.send, judge, Silence(), parallel=1, sink=journal)
            await conductor.play(told)
            judge.conclude(conductor.transcript)
            journal.ended(judge, conductor, 1.0)

    asyncio.run(perform())


@cache
def document(name: str) -> Any:
    """A file of that run as JSON, cut down; a journal as the list of its lines, one of each event and further ones."""
    if name == "run.json":
        record = json.loads(run_files()[name])
        judged = [each for each in record["checks"] if each["verdict"] != "not asked"]
        return {**record, "checks": judged[:30]}
    return [json.loads(line) for line in run_files()[name].splitlines()]


def ways(value: Any) -> list[tuple[Any, ...]]:
    """One way of each kind: what stands in the items of a list is much the same."""
    alike = {
        tuple(0 if isinstance(key, int) and key > 2 else key for key in way): way for way in places(value)
    }
    return [way for way in alike.values() if way]


def refused_or(work: Callable[[], object]) -> None:
    """The work is done, or a usage error says in a few lines why not."""
    try:
        work()
    except UsageError as error:
        said = str(error)
    else:
        said = ""
    assert len(said) < 2000


@settings(max_examples=100)
@given(st.data())
def test_a_run_record_is_read_and_shown_or_refused(data: st.DataObject) -> None:
    """Any value in any place of run.json: a page, a summary and a comparison come of it, or a sentence."""
    bent = changed(
        document("run.json"), data.draw(st.sampled_from(ways(document("run.json")))), data.draw(ODD)
    )
    with TemporaryDirectory() as folder:
        (Path(folder) / "run.json").write_text(json.dumps(bent))

        def shown() -> None:
            record = read_record(Path(folder))
            page(record)
            summary.markdown(record)
            har(record)
            junit(record)
            import_csv(record)
            markdown(compare(record, record))
            conclusion(record, Path(folder), Console(file=StringIO()))

        refused_or(shown)


@settings(max_examples=50)
@given(st.data())
def test_a_journal_is_retold_or_refused(data: st.DataObject) -> None:
    """Any value in any place of any line: every report is made of it, or a sentence says why not."""
    lines = document("journal.jsonl")
    some = [data.draw(st.integers(0, len(lines) - 1)) for _ in range(2)]
    for number in some:
        way = data.draw(st.sampled_from(ways(lines[number])))
        lines = changed(lines, (number, *way), data.draw(ODD))
    with TemporaryDirectory() as folder:
        (Path(folder) / "journal.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        refused_or(
            lambda: finish(
                recorded(read(Path(folder)), Ledger(Path(folder) / "ledger.jsonl")),
                Path(folder),
                with_page=False,
            )
        )


@settings(max_examples=30)
@given(st.data())
def test_a_har_is_judged_or_refused(data: st.DataObject) -> None:
    """Any value in any place of a recording: it is judged, an exchange is left out with a note, or a sentence says why not."""
    told = json.loads((RECORDINGS / "oin-healthy.har").read_text(encoding="utf-8"))
    told["log"]["entries"] = told["log"]["entries"][:4]
    for _ in range(2):
        told = changed(told, data.draw(st.sampled_from(list(places(told)))), data.draw(ODD))
    refused_or(lambda: as_kept(judged(read_har(json.dumps(told), "some.har")), of_recorded()))


SUITE: dict[str, Any] = {
    "name": "S",
    "steps": [
        {
            "step_type": "request", "method": "POST", "note": "make", "url": "{{SCIMBaseURL}}/Users", "skipped": False,
            "headers": {"Authorization": ["{{auth}}"], "Accept": ["x"]}, "body": '{"userName":"{{randomUsername}}"}',
            "assertions": [{"source": "response_json", "property": "id", "comparison": "not_empty", "value": "1"}],
            "variables": [{"name": "id", "source": "response_json", "property": "id"}], "scripts": [""],
        },
        {"step_type": "pause", "duration": 0},
        {"step_type": "request", "method": "GET", "url": "{{SCIMBaseURL}}/Users/{{id}}", "headers": {}, "assertions": []},
    ],
}  # fmt: skip


@settings(max_examples=150)
@given(st.data())
def test_a_suite_is_played_or_refused(data: st.DataObject) -> None:
    """Any value in any place of a suite: each of its requests is one row, sent or not, or a sentence says why not."""
    bent = SUITE
    for _ in range(2):
        bent = changed(bent, data.draw(st.sampled_from(list(places(bent)))), data.draw(ODD))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "suite.json"
        path.write_text(json.dumps(bent))
        refused_or(lambda: asyncio.run(suite_played(path)))


async def suite_played(path: Path) -> None:
    suite = read_suite(path)
    transport = httpx.MockTransport(lambda _: httpx.Response(201, json={"id": "7", "userName": "x"}))
    async with Client(
        BASE_URL, Vault(TOKEN, PASSWORD), ledger=Ledger(path.with_name("l")), transport=transport
    ) as client:
        rows: list[Row] = []
        await okta_suite.play(suite, client, variables("abcd1234", TOKEN_SLOT, {}), 0.0, rows)
    suite_record(suite, rows, {})


PEOPLE = [
    {"login": "a@example.com", "firstName": "A", "lastName": "B", "email": "a@example.com", "assigned": True}
]
TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "login\n\x00",
            'login\n"',
            "login,a\nx\n",
            "[" * 9000,
            "[" + "9" * 9000 + "]",
            "login\n" + "x" * 200_000,
        ]
    ),
)


@given(
    st.one_of(
        TEXTS,
        st.builds(
            lambda way, odd: json.dumps(changed(PEOPLE, way, odd)), st.sampled_from(list(places(PEOPLE))), ODD
        ),
    )
)
def test_a_file_of_people_is_read_or_refused(text: str) -> None:
    """Any text, and any value in any place: people, or a sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "people"
        path.write_bytes(text.encode(errors="surrogatepass"))
        refused_or(lambda: read_people(path))


TABLES = st.sampled_from([
    "known = 1", "known = [1]", "known = [[]]", "known = {check = 1}", "[[known]]\ncheck = 1", "[[known]]\nexpires = 2020-01-01T00:00:00",
    "known = " + "[" * 5000, f"known = {'9' * 5000}", "[known]\na = 1", '[[known]]\ncheck = "x\\u0000"\nreason = "a"\nowner = "b"\nexpires = 2027-01-01',
    "[[known]]\n1 = 2", "\x00", "\ufeff",
])  # fmt: skip


@given(st.one_of(TABLES, st.text(max_size=60)))
def test_a_baseline_is_read_or_refused(text: str) -> None:
    """Any text, and tables of any shape: entries, or a sentence."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "known.toml"
        path.write_bytes(text.encode(errors="surrogatepass"))
        refused_or(lambda: read_baseline(path, ["a.b"]))


@settings(max_examples=150)
@given(st.data())
def test_a_ledger_is_read_or_refused(data: st.DataObject) -> None:
    """Any value in any place of any line: what a clean-up would do is shown, or a sentence says why not."""
    lines: Any = [
        {"event": "run", "target": "http://127.0.0.1:9/scim", "profile": profiles.text("okta")},
        {"event": "intended", "user_name": "scim-tests.abcd1234.x@example.com"},
        {"event": "created", "user_name": "scim-tests.abcd1234.x@example.com", "id": "1"},
        {"event": "not ours", "id": "1"},
    ]
    for _ in range(2):
        lines = changed(lines, data.draw(st.sampled_from(ways(lines))), data.draw(ODD))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.jsonl"
        path.write_text(
            "".join(json.dumps(line) + "\n" for line in lines)
            if isinstance(lines, list)
            else json.dumps(lines)
        )
        options = RunOptions(yes=False)

        def asked() -> None:
            with suppress(UsageError):
                cleaning.ask_consent(cleaning.remains(path, options), options)

        refused_or(asked)
