"""A load at targets that mix up ids, and a worker that a stranger coordinates: no real person is written to, and no more than was said."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from commanding import TOKEN, Command
from under_load import ended, started

from reference_server.faults.bending import Answer, Asked, Fault, Honest
from reference_server.running import running
from reference_server.settings import Settings, Token
from scim_tests.errors import ExitCode

OURS = "scim-tests."
VICTIM = "u-000011"  # whom the second of two workers makes
WRITES = {"PUT", "PATCH", "DELETE"}


class Lies(Fault):
    """It keeps whom writes would reach, and how many DELETEs came after it had lied about somebody."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.after = 0
        self.lied = ""

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        if asked.method in WRITES:
            self.written.append(asked.id)
            self.after += bool(self.lied) and asked.method == "DELETE"
        return self.bend(asked, await honest(asked))

    def bend(self, asked: Asked, answer: Answer) -> Answer:
        raise NotImplementedError


class Swaps(Lies):
    """A create is answered with the id of somebody real, whom the list has shown, and whom every look by id then shows as ours."""

    stranger = name = ""

    def bend(self, asked: Asked, answer: Answer) -> Answer:
        if asked.lists and not asked.looks_up and answer.ok and not self.stranger:
            others = [each["id"] for each in answer.resources if OURS not in each["userName"]]
            self.stranger = others[2] if len(others) > 2 else ""
        if asked.method == "POST" and answer.ok and VICTIM in answer.json.get("userName", ""):
            self.name, self.lied = answer.json["userName"], self.stranger
            return answer.having(id=self.stranger)
        if self.name and asked.reads and asked.id == self.stranger:
            return answer.having(userName=self.name)
        if (
            self.name
            and asked.looks_up
            and asked.sought
            and asked.sought[2] == self.name
            and answer.resources
        ):
            return answer.each(lambda each: each.update(id=self.stranger))
        return answer


class MixesUp(Lies):
    """One who was shown as ours is once shown as somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def bend(self, asked: Asked, answer: Answer) -> Answer:
        if not asked.reads or asked.kind != "Users" or not answer.ok or self.lied:
            return answer
        if asked.id in self.seen:
            self.lied = asked.id
            return answer.having(userName="somebody.real@example.org")
        self.seen.add(asked.id)
        return answer


@contextmanager
def lying(front: Lies) -> Iterator[str]:
    """The base URL of a server behind it, with some people of somebody else."""
    with running(Settings(tokens=(Token(TOKEN),)), around=front.apply, seed_users=30) as server:
        yield server.base_url


def test_an_id_that_one_worker_knows_to_be_a_strangers_is_no_other_workers(tmp_path: Path) -> None:
    """Worker 0 reads the list; the create of worker 1 is answered with the id of one who stands there: nobody writes to it, and it is told."""
    front = Swaps()
    load = ("--assign", "30", "--rate", "30", "--import", "100", "--processes", "2", "--deactivate", "100%")
    with lying(front) as url:
        code, said = ended(started(tmp_path, url, *load))
    assert front.lied, said
    assert front.lied not in front.written
    assert (
        json.dumps({"event": "not ours", "id": front.lied}) in (tmp_path / "out" / "ledger.jsonl").read_text()
    )
    told = json.loads((tmp_path / "out" / "load.json").read_text())
    assert any(front.lied in each["why"] and VICTIM in each["user_name"] for each in told["left_behind"]), (
        code
    )


@pytest.mark.parametrize("processes", [(), ("--processes", "2")], ids=["one", "two"])
def test_nothing_is_written_to_a_target_that_mixes_up_ids(tmp_path: Path, processes: tuple[str, ...]) -> None:
    """The load stops, nobody is removed, and everybody is named with the reason."""
    front = MixesUp()
    with lying(front) as url:
        code, said = ended(
            started(tmp_path, url, "--assign", "30", "--rate", "60", "--deactivate", "50%", *processes)
        )
    assert code == ExitCode.CONFORMANCE_FAILURES, said
    assert front.lied
    assert "DELETE" not in said
    assert front.after == 0
    told = json.loads((tmp_path / "out" / "load.json").read_text())
    assert told["left_behind"]
    assert any("nothing is written to such a target" in each["why"] for each in told["left_behind"])


@pytest.mark.parametrize("local", [("--reference",), ("--reference", "--processes", "2")], ids=["one", "two"])
def test_no_more_are_created_than_was_said(command: Command, local: tuple[str, ...]) -> None:
    """Also on this machine: its address may be that of a tunnel."""
    done = command("load", *local, "--assign", "6", "--max-users", "5", "--report-dir", "out")
    assert done.returncode == ExitCode.USAGE
    assert "6 people would be created here, and --max-users is 5." in done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.parametrize(
    ("coordinator", "worker", "why"),
    [
        (("--email-domain", "victim.example"), (), "people are at 'victim.example'"),
        ((), ("--without", "push_groups"), "other features"),
        ((), ("--max-users", "3"), "--max-users is 3"),
    ],
    ids=["domain", "features", "size"],
)
def test_a_worker_does_nothing_that_its_own_command_does_not_say(
    tmp_path: Path, coordinator: tuple[str, ...], worker: tuple[str, ...], why: str
) -> None:
    """One sentence in both, and no create leaves."""
    front = MixesUp()
    port = f"127.0.0.1:{free_port()}"
    with lying(front) as url:
        works = started(tmp_path, url, "--worker", port, *worker)
        leads = started(tmp_path, url, "--master", "--listen", port, "--assign", "4", *coordinator)
        (_, of_leader), (code, of_worker) = ended(leads), ended(works)
    assert why in " ".join(of_worker.split())
    assert why in " ".join(of_leader.split())
    assert code == ExitCode.USAGE
    assert front.seen == set()
