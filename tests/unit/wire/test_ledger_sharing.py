"""Several processes write one ledger: names are on disk in blocks, and what workers tell comes to what one process had written."""

import asyncio
import os
import resource
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scim_tests.errors import OwnError, WriteError
from scim_tests.model.act import Step
from scim_tests.personas.play import FORMS
from scim_tests.wire.client import Client
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, State
from scim_tests.wire.ledger_sharing import MOST_MET, Outbox, SharedLedger, hear
from scim_tests.wire.vault import Vault

BLOCK = [f"scim-tests.loadtest.u-{number:06}@example.com" for number in range(300)]
ANN, BOB, CEM = BLOCK[:3]
STRANGER = "a.real.person@example.org"
WORKERS, NAMES, IDS = 3, 3, 3


def a_worker() -> tuple[SharedLedger, Outbox]:
    outbox = Outbox()
    return SharedLedger(Path("ledger.jsonl"), "loadtest", outbox), outbox


@pytest.fixture
def ledger(tmp_path: Path) -> SharedLedger:
    """The coordinator's."""
    return SharedLedger(tmp_path / "ledger.jsonl", "loadtest")


def test_a_block_is_on_disk_in_one_write(ledger: SharedLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many names it has, they are told to be on disk once, all of them, before the call returns."""
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (synced.append(os.fstat(file).st_size), real(file)))
    ledger.begin("", "")
    synced.clear()
    ledger.intend(*BLOCK)
    assert synced == [ledger.path.stat().st_size]
    assert Ledger(ledger.path).entries() == [Entry(name, "", State.UNACKNOWLEDGED) for name in BLOCK]


def test_a_block_for_which_there_is_no_room_announces_nobody(ledger: SharedLedger) -> None:
    """Half a block is no block: none of its names may be sent, so none is in the file."""
    ledger.intend(ANN)
    before = ledger.path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 1000, hard))
    try:
        with pytest.raises(WriteError, match="No space"):
            ledger.intend(*BLOCK)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ledger.path.read_bytes() == before
    assert ledger.entries() == [Entry(ANN, "", State.UNACKNOWLEDGED)]


def test_a_block_torn_by_a_crash_holds_its_whole_lines(ledger: SharedLedger) -> None:
    """A power cut in the middle: the call had not returned, so nobody left; who is named is looked for, no more."""
    ledger.intend(ANN, BOB, CEM)
    whole = ledger.path.read_bytes()
    for end in range(len(whole)):
        ledger.path.write_bytes(whole[:end])
        names = [entry.user_name for entry in Ledger(ledger.path).entries()]
        assert names == [ANN, BOB, CEM][: whole[:end].count(b"\n")]


def test_no_more_are_announced_than_could_be_read_again(
    ledger: SharedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that grows too large for its reader takes no new names, yet all that became of the old ones."""
    monkeypatch.setattr("scim_tests.wire.ledger_file._MOST_ANNOUNCED", 200)
    ledger.intend(ANN, BOB)
    with pytest.raises(WriteError, match="too large"):
        ledger.intend(CEM)
    ledger.created(ANN, "1")
    assert Ledger(ledger.path).entries() == [
        Entry(ANN, "1", State.UNACKNOWLEDGED),
        Entry(BOB, "", State.UNACKNOWLEDGED),
    ]


def test_nobody_leaves_whose_name_was_not_announced(tmp_path: Path) -> None:
    """A worker's create is refused before it is sent, until the coordinator's file holds the name; then it is no news."""
    sent = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(201, json={"id": "1", "userName": ANN})

    worker, outbox = a_worker()

    async def create() -> None:
        transport = httpx.MockTransport(respond)
        step = Step("create", "POST", "/Users", (("Accept", "application/scim+json"),), b"{}", creates=ANN)
        async with Client("http://t.example", Vault("", ""), ledger=worker, transport=transport) as client:
            await client.send(step, FORMS)

    with pytest.raises(OwnError, match="does not hold this name") as refused:
        asyncio.run(create())
    assert (refused.value.code, sent, outbox.take()) == ("not-announced", [], [])
    outbox.announce([ANN])
    asyncio.run(create())
    assert len(sent) == 1
    assert [each["event"] for each in outbox.take()] == ["created", "seen"]
    asyncio.run(create())
    assert outbox.take()[0] == {"event": "intended", "user_name": ANN}, "once more has to be told"
    assert list(tmp_path.iterdir()) == [], "no file of its own"


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        {"event": "removed"},
        {"event": "removed", "id": "1"},
        {"event": "absent", "user_name": BOB},
        {"event": "renamed", "user_name": CEM, "id": "1"},
        {"event": "not ours", "id": 1},
        {"event": "not ours", "id": "1", "more": ""},
        {"event": "made", "user_name": BOB},
        {"event": ["created"], "user_name": BOB, "id": "2"},
        {"event": "run", "target": "https://elsewhere.example", "profile": ""},
        {"event": "adopted", "user_name": BOB},
        {"event": "created", "user_name": STRANGER, "id": "2"},
        {"event": "seen", "user_name": "scim-tests.another1.u@example.com", "id": "2"},
        {"event": "intended", "user_name": f"x.{BOB}"},
    ],
    ids=str,
)
def test_what_a_worker_may_not_tell_is_one_error(ledger: SharedLedger, bad: object) -> None:
    """Events are data: one that is none, or of another's name, is refused; what is told beside it is kept.

    Nobody whom another worker makes, or who was made at all, is ever lost by what one tells.
    """
    ledger.intend(ANN, BOB)
    with pytest.raises(OwnError, match="no event of this load") as refused:
        hear(
            ledger,
            [bad, {"event": "created", "user_name": ANN, "id": "1"}],
            may_tell=lambda name: name != CEM,
        )
    assert refused.value.code == "bad-event"
    assert (
        Ledger(ledger.path).entries()
        == ledger.entries()
        == [Entry(ANN, "1", State.UNACKNOWLEDGED), Entry(BOB, "", State.UNACKNOWLEDGED)]
    )


def test_what_happened_counts_also_on_a_full_disk(
    ledger: SharedLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that were heard are gone by; only a create that is yet to leave must not."""
    ledger.intend(ANN)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    hear(ledger, [{"event": "created", "user_name": ANN, "id": "1"}])
    assert ledger.entries() == [Entry(ANN, "1", State.UNACKNOWLEDGED)]
    with pytest.raises(WriteError, match="No space"):
        hear(ledger, [{"event": "intended", "user_name": ANN}])


DEEDS: dict[str, Callable[[Ledger, str, str], None]] = {
    "intend": lambda ledger, name, _: ledger.intend(name),
    "not created": lambda ledger, name, _: ledger.not_created(name),
    "refused": lambda ledger, name, _: ledger.refused(name),
    "created": lambda ledger, name, id_: ledger.created(name, id_),
    "listed": lambda ledger, name, id_: ledger.witness(id_, name),
    "read": lambda ledger, name, id_: ledger.prove(id_, name),
    "a stranger": lambda ledger, _, id_: ledger.witness(id_, STRANGER),
    "alias": lambda ledger, name, id_: ledger.alias(f"{id_}-other", id_, name),
    "renamed": lambda ledger, name, id_: ledger.rename(id_, f"{name}.renamed"),
}
Played = tuple[int, str, int, int]  # who does what, with which of their names and ids


@given(
    deeds=st.lists(
        st.tuples(
            st.integers(0, WORKERS - 1),
            st.sampled_from(sorted(DEEDS)),
            st.integers(0, NAMES - 1),
            st.integers(0, IDS - 1),
        ),
        max_size=40,
    ),
    order=st.randoms(use_true_random=False),
)
def test_what_workers_tell_comes_to_what_one_process_had_written(deeds: list[Played], order: object) -> None:
    """Names in a block first, events in any order that keeps each worker's own: the same people may be there.

    The model is a ledger of one process, to which all of it happened.
    """
    mine = [[BLOCK[worker * NAMES + each] for each in range(NAMES)] for worker in range(WORKERS)]
    model = Ledger(Path("model"), keep=lambda _: None)
    workers = [a_worker() for _ in range(WORKERS)]
    with TemporaryDirectory() as folder:
        coordinator = SharedLedger(Path(folder) / "ledger.jsonl", "loadtest")
        coordinator.intend(*(name for names in mine for name in names))
        for (_, outbox), names in zip(workers, mine, strict=True):
            outbox.announce(names)
        begun = set()
        for worker, deed, name, id_ in deeds:
            ledger, called = workers[worker][0], mine[worker][name]
            needed = ["intend"] if called not in begun and deed != "intend" else []
            begun.add(called)
            for each in (*needed, deed):
                DEEDS[each](ledger, called, f"{worker}-{id_}")
                DEEDS[each](model, called, f"{worker}-{id_}")
        told = [outbox.take() for _, outbox in workers]
        while left := [each for each in told if each]:
            next_one = left[order.randrange(len(left))]  # type: ignore[attr-defined]
            share = order.randint(1, len(next_one))  # type: ignore[attr-defined]
            hear(coordinator, next_one[:share])
            del next_one[:share]
        read = Ledger(coordinator.path)
    unused = [Entry(name, "", State.UNACKNOWLEDGED) for names in mine for name in names if name not in begun]
    assert sorted(read.entries()) == sorted(coordinator.entries()) == sorted([*model.entries(), *unused])
    assert sorted(read.everybody()) == sorted(coordinator.everybody()) == sorted(model.everybody())


@given(
    deeds=st.lists(
        st.tuples(
            st.integers(0, WORKERS - 1),
            st.sampled_from(["created", "listed", "read", "a stranger", "alias", "refused"]),
            st.integers(0, NAMES - 1),
            st.sampled_from(["7", "07", "a", "A", "é"]),
        ),
        max_size=30,
    ),
    order=st.randoms(use_true_random=False),
    tells_back=st.booleans(),
)
def test_whom_one_process_would_leave_alone_no_clean_up_of_many_touches(  # noqa: C901 -- all of it is one play
    deeds: list[tuple[int, str, int, str]],
    order: object,
    tells_back: bool,
) -> None:
    """Ids that several workers meet, seen and created in any order: what the coordinator, or a clean-up on a later day, may remove one process may as well."""
    mine = [[BLOCK[worker * NAMES + each] for each in range(NAMES)] for worker in range(WORKERS)]
    one = Ledger(Path("one"), keep=lambda _: None)
    one.intend(*(name for names in mine for name in names))
    workers = [a_worker() for _ in range(WORKERS)]
    with TemporaryDirectory() as folder:
        many = SharedLedger(Path(folder) / "ledger.jsonl", "loadtest")
        many.intend(*(name for names in mine for name in names))

        def tell(worker: int) -> None:
            new = hear(many, workers[worker][1].take(), workers[worker][1].take_met())
            for ledger, _ in workers if tells_back else ():
                ledger.hear_of(new)

        for (ledger, outbox), names in zip(workers, mine, strict=True):
            outbox.announce(names)
            ledger.intend(*names)
        for worker, deed, name, id_ in deeds:
            DEEDS[deed](workers[worker][0], mine[worker][name], id_)
            DEEDS[deed](one, mine[worker][name], id_)
            if order.random() < 0.3:  # type: ignore[attr-defined]
                tell(order.randrange(WORKERS))  # type: ignore[attr-defined]
        for worker in range(WORKERS):
            tell(worker)
        later = Ledger(many.path)
    strangers = {id_ for *_, id_ in deeds if one.is_a_strangers(id_)}
    for ledger in (many, later):
        for entry in ledger.entries():
            assert entry.id not in strangers or entry.state is State.DISPUTED
        for _, _, name, id_ in deeds:
            ledger.prove(id_, BLOCK[name])
    assert not any(map(many.owns, strangers))
    if tells_back:
        assert not any(ledger.owns(each) for ledger, _ in workers for each in strangers)


def test_many_strangers_are_told_in_several_messages() -> None:
    """A page of a directory is told once, and never more at a time than a message holds; people of the same load are none."""
    worker, outbox = a_worker()
    worker.witness("ours", BLOCK[7])
    for number in range(MOST_MET + 10):
        worker.witness(str(number), f"{number}@example.org")
        worker.witness(str(number), STRANGER)
    assert [len(outbox.take_met()) for _ in range(3)] == [MOST_MET, 10, 0]
    assert not worker.is_a_strangers("ours")


def test_what_is_no_digest_is_one_error(ledger: SharedLedger) -> None:
    """It is data as well."""
    with pytest.raises(OwnError, match="no event"):
        hear(ledger, [], ["7", True, 2**64, 5])
    assert hear(ledger, [], [5, 6]) == [6]
