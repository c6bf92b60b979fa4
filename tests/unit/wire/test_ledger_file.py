"""The ledger's file is on disk before anything happens, survives whatever ends a run, and is no other file."""

import os
import resource
from functools import partial
from pathlib import Path

import pytest

from scim_tests.errors import UsageError, WriteError
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.ledger_entry import Entry, State
from scim_tests.wire.ledger_file import append

UNACKNOWLEDGED = State.UNACKNOWLEDGED


def test_only_its_owner_may_read_it(ledger: Ledger) -> None:
    """The file's mode is 0600."""
    ledger.intend("ann")
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_it_is_on_disk_before_anything_else_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After each line the whole file was told to be on disk; at the first, so was every folder it is in."""
    synced: dict[int, int] = {}
    real = os.fsync

    def fsync(file: int) -> None:
        synced[os.fstat(file).st_ino] = os.fstat(file).st_size
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    folder = tmp_path / "new" / "newer"
    folder.mkdir(parents=True)
    ledger = Ledger(folder / "ledger.jsonl")
    for tell in (
        lambda: ledger.intend("ann"),
        lambda: ledger.created("ann", "1"),
        lambda: ledger.removed("1"),
    ):
        tell()
        assert synced[ledger.path.stat().st_ino] == ledger.path.stat().st_size
    assert {each.stat().st_ino for each in (folder, folder.parent, tmp_path)} <= set(synced)


def test_in_haste_only_what_is_to_come_waits_for_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has happened is in the file at once, and on the disk with the next name that is announced."""
    path, synced = tmp_path / "ledger.jsonl", list[int]()
    ledger = Ledger(path, keep=partial(append, path, in_haste=True))
    ledger.intend("ann")
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
    ledger.created("ann", "1")
    ledger.removed("1")
    assert synced == []
    assert Ledger(path).everybody() == [("ann", "1")]
    for announce in (lambda: ledger.rename("1", "bob"), lambda: ledger.intend("cem")):
        announce()
        assert synced[-1] == path.stat().st_size


def test_a_full_disk_keeps_a_create_from_leaving(ledger: Ledger) -> None:
    """Where only part of the intent can be written there is an error, and the ledger goes on from its last whole line."""
    ledger.intend("ann")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ledger.path.stat().st_size + 9, hard))
    try:
        for announce in (ledger.intend, ledger.adopt):
            with pytest.raises(WriteError, match="No space"):
                announce("bob")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [entry.user_name for entry in ledger.entries()] == ["ann"]
    ledger.intend("cem")
    assert [entry.user_name for entry in ledger.entries()] == ["ann", "cem"]


def test_a_torn_last_line_is_cut_off(ledger: Ledger) -> None:
    """What a crash left half written is dropped, and what is written next stands on a line of its own."""
    ledger.intend("ann")
    ledger.intend("bob")
    whole = ledger.path.read_bytes()
    second = whole.index(b"\n") + 1
    for end in range(second, len(whole)):
        ledger.path.write_bytes(whole[:end])
        torn = Ledger(ledger.path)
        assert [entry.user_name for entry in torn.entries()] == ["ann"]
        torn.intend("cem")
        assert [entry.user_name for entry in Ledger(ledger.path).entries()] == ["ann", "cem"]


def test_a_torn_first_line_is_cut_off(ledger: Ledger) -> None:
    """A crash, or a power cut that left zeros, during the very first line leaves an empty ledger."""
    ledger.intend("ann")
    whole = ledger.path.read_bytes()
    for torn in (b"", b"\0\0\0", *(whole[:end] for end in range(1, len(whole) - 1))):
        ledger.path.write_bytes(torn)
        assert Ledger(ledger.path).entries() == []
        Ledger(ledger.path).intend("bob")
        assert Ledger(ledger.path).entries() == [Entry("bob", "", UNACKNOWLEDGED)]


@pytest.mark.parametrize("text", ["# My notes", '{"run": {}}'])
def test_another_file_of_one_line_is_refused(tmp_path: Path, text: str) -> None:
    """A file without any line end is taken for a torn ledger only where it begins like one."""
    path = tmp_path / "notes.md"
    path.write_text(text)
    with pytest.raises(UsageError, match="Line 1 of "):
        Ledger(path)
    assert path.read_text() == text


@pytest.mark.parametrize("line", ["<html>", "[]", "{}", "null", '{"event": 1}'])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, line: str) -> None:
    """Another file is refused with the number of the line, and stays as it is."""
    path = tmp_path / "other.txt"
    path.write_text('{"event": "removed", "id": "1"}\n' + line + "\n")
    with pytest.raises(UsageError, match="Line 2 of ") as refused:
        Ledger(path)
    assert refused.value.code == "bad-ledger"
