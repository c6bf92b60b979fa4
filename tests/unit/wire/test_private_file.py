"""A private file is whole or not there, is read by its owner alone, and is never somebody else's."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scim_tests.errors import ExitCode, PlaceError, UsageError, WriteError
from scim_tests.wire import private_file


def full(monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
    """Half of what is written next still finds room, and nothing after that."""
    write, room = os.write, [1]

    def short(file: int, content: bytes) -> int:
        if not room:
            raise OSError(number, os.strerror(number))
        room.clear()
        return write(file, content[: len(content) // 2])

    monkeypatch.setattr(os, "write", short)


def link(place: Path, other: Path) -> None:
    place.symlink_to(other)


def other_name(place: Path, other: Path) -> None:
    place.hardlink_to(other)


@pytest.mark.parametrize("tie", [link, other_name])
def test_a_report_takes_the_place_of_a_link(tmp_path: Path, tie: Callable[[Path, Path], None]) -> None:
    """What is behind a symbolic or a hard link keeps its words and its mode; in its place is a file of ours."""
    other, place = tmp_path / "theirs", tmp_path / "run.json"
    other.write_text("theirs")
    other.chmod(0o644)
    tie(place, other)
    private_file.replace(place, "ours \ud800")
    assert (other.read_text(), other.stat().st_mode & 0o777) == ("theirs", 0o644)
    assert (place.read_text(), place.stat().st_mode & 0o777, place.is_symlink()) == (
        "ours \\ud800",
        0o600,
        False,
    )


def test_its_mode_does_not_depend_on_the_user_s_mask(tmp_path: Path) -> None:
    """Nobody else may read it, and its owner may, whatever the umask says."""
    before = os.umask(0o777)
    try:
        private_file.replace(tmp_path / "a", "")
        private_file.replace(tmp_path / "b", "", mode=0o700)
    finally:
        os.umask(before)
    assert [(tmp_path / name).stat().st_mode & 0o777 for name in "ab"] == [0o600, 0o700]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Where a report finds no room, the one before stays whole, and no part of the new one is left."""
    place = tmp_path / "run.json"
    place.write_text("before")
    full(monkeypatch, number)
    with pytest.raises(WriteError, match=os.strerror(number)) as told:
        private_file.replace(place, "after, and longer")
    assert told.value.exit_code == ExitCode.OUR_ERROR
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"run.json": "before"}


def test_what_grows_at_its_end_is_as_it_was_where_there_is_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A piece goes before the tail whole, or the file stays as it was."""
    place = tmp_path / "recording.har"
    place.write_bytes(b"[1]}")
    private_file.insert(place, b",2", b"]}")
    assert place.read_bytes() == b"[1,2]}"
    full(monkeypatch)
    with pytest.raises(WriteError):
        private_file.insert(place, b", " * 100, b"]}")
    assert place.read_bytes() == b"[1,2]}"


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "link": (lambda place: place.symlink_to("/etc/passwd"), "a link to /etc/passwd"),
    "link to nothing": (lambda place: place.symlink_to("nothing"), "a link to nothing"),
    "hard link": (lambda place: (place.with_name("x").touch(), place.hardlink_to(place.with_name("x"))), "another name"),
    "folder": (lambda place: place.mkdir(), "a folder"),
    "pipe": (os.mkfifo, "no ordinary file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_file_of_ours_is_neither_read_nor_written(tmp_path: Path, kind: str) -> None:
    """A link, a folder, a pipe in the place of a ledger or a journal is said to be one, and nobody waits for it."""
    make, said = STRANGE[kind]
    place = tmp_path / "ledger.jsonl"
    make(place)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(PlaceError, match=said) as told, private_file.grown(place):
        pass
    with pytest.raises(PlaceError, match=said):
        private_file.content(place, 10)
    assert told.value.exit_code == ExitCode.USAGE
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_link_that_comes_in_between_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the link is made after the look, nothing behind it is opened."""
    other, place = tmp_path / "theirs", tmp_path / "ledger.jsonl"
    other.write_text("theirs")
    place.symlink_to(other)
    monkeypatch.setattr(private_file, "refuse_others", lambda _: None)
    with pytest.raises(WriteError), private_file.grown(place):
        pass
    with pytest.raises(UsageError, match="cannot be read"):
        private_file.content(place, 10)
    assert other.read_text() == "theirs"


def test_a_file_longer_than_any_of_ours_is_not_read(tmp_path: Path) -> None:
    """A gigabyte of nothing costs no memory; what is as long as allowed is read whole."""
    place = tmp_path / "ledger.jsonl"
    place.write_bytes(b"x" * 10)
    assert private_file.content(place, 10) == b"x" * 10
    os.truncate(place, 1 << 30)
    with pytest.raises(UsageError, match="longer than any file of ours"):
        private_file.content(place, 10)
    assert private_file.content(tmp_path / "none", 10) == b""


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EIO])
def test_what_cannot_be_opened_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """No permission, a disk that may only be read or is broken: the file and the reason, and no OSError."""

    def refused(path: Path, *_: object) -> int:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(os, "open", refused)
    with pytest.raises(WriteError, match=os.strerror(number)):
        private_file.replace(tmp_path / "run.json", "")
    with pytest.raises(WriteError, match=os.strerror(number)), private_file.grown(tmp_path / "ledger.jsonl"):
        pass
    with pytest.raises(UsageError, match=os.strerror(number)):
        private_file.content(tmp_path / "ledger.jsonl", 10)
