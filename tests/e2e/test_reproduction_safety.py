"""reproduce/*.sh and .py against targets that lie: no stranger is written to, nobody is left, no secret is told."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest
from commanding import TOKEN
from reproducing import Served, Told, bent, served
from sharing import once

from reference_server import faults
from reference_server.faults.bending import Answer, Asked, Fault, Honest, refusal, reply
from scim_tests.model.record import RunRecord
from scim_tests.report.reproduction.scripted.answers import LEAVING
from scim_tests.report.reproduction.scripts import reproductions

CHECK = "every_read.answers-200"  # a create, a PATCH, a read
STRANGER = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "real.person@example.org",
    "displayName": "Real Person",
}
SUFFIXES = (".sh", ".py")


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A run whose scripts create, write and read."""

    def make(folder: Path) -> None:
        with bent("deactivated-user-404", folder, only=(CHECK,)):
            """Its folder is all that is wanted."""

    return Told(once(tmp_path_factory, "deactivated-user-404", make))


class Lie(Fault):
    """Something said or done in place of an answer, where a request is so; it keeps what it was asked."""

    def __init__(
        self,
        on: str,
        tell: Callable[[Asked, Answer], Answer] = lambda _asked, answer: answer,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        self.place, self.tell, self.before = on, tell, before
        self.asked: list[Asked] = []

    def concerns(self, asked: Asked) -> bool:
        self.asked.append(asked)
        return asked.place.startswith(self.place)

    def distort(self, asked: Asked, answer: Answer) -> Answer:
        self.before()
        return self.tell(asked, answer)


def stranger_on(server: Served) -> str:
    """The id of a real person who is put onto the server."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    made = httpx.post(f"{server.base_url}/Users", json=STRANGER, headers=headers)
    return str(made.json()["id"])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "lie",
    [
        lambda shown, stranger: {"createdBy": {"id": stranger}, **shown},
        lambda shown, stranger: {**shown, "id": stranger},
        lambda shown, stranger: {**shown, "id": f"{shown['id']}/../{stranger}"},
        lambda shown, stranger: {**shown, "id": [stranger]},
        lambda _, stranger: {"owner": {"id": stranger}},
    ],
    ids=["createdBy first", "another's id", "an id with a path", "a list as id", "no id"],
)
def test_a_stranger_is_never_written_to(run: Told, suffix: str, lie: Callable[[Any, str], Any]) -> None:
    """Whatever a create says, the real person stays as they were, and whom the script made is removed."""
    stranger = ""
    lying = Lie(
        "POST /Users", lambda _, answer: answer.saying(lie(answer.json, stranger)) if stranger else answer
    )
    with served(lying.apply) as server:
        stranger = stranger_on(server)
        before = server.everybody
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        assert server.everybody == before
        assert said.code == (0 if "createdBy" in str(lie({"id": ""}, "")) else 2), said
    writes = [each for each in lying.asked if each.method not in {"GET", "POST"}]
    assert all(stranger not in each.place for each in writes)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_stranger_who_is_shown_under_our_name_too_is_not_touched(run: Told, suffix: str) -> None:
    """A create told a real person's id, and a read by it shows the real name and, as a second key, ours."""
    stranger, ours = "", ""

    def told(asked: Asked, answer: Answer) -> Answer:
        nonlocal ours
        ours = asked.json["userName"]
        return answer.having(id=stranger) if stranger else answer

    def shown(_: Asked, answer: Answer) -> Answer:
        body = answer.body.rstrip()[:-1] + f', "userName": "{ours}"}}'.encode()
        return Answer(answer.status, answer.headers, body)

    creating, reading = Lie("POST /Users", told), Lie("GET /Users/", shown)
    with served(lambda app: creating.apply(reading.apply(app))) as server:
        stranger = stranger_on(server)
        before = server.everybody
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        assert server.everybody[stranger] == before[stranger]
    assert said.code == 2, said
    assert "does not show whom this script made" in said.last


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_shows_another_name_is_not_touched(run: Told, suffix: str) -> None:
    """A read by id that shows another name stops the script before the write, and its clean-up too."""
    lying = Lie("GET /Users/", lambda _, answer: answer.having(userName="real.person@example.org"))
    with served(lying.apply) as server:
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
    assert {each.method for each in lying.asked} == {"POST", "GET"}
    assert said.code == 2
    assert "does not show whom this script made" in said.last
    assert said.complaint.startswith(
        "Not touched, for it does not show whom this script made: /Users?filter="
    )


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_step_that_fails_is_no_verdict(run: Told, suffix: str, status: int) -> None:
    """A create that is refused, or fails, is told, with exit code 2."""
    lying = Lie("POST /Users", lambda _asked, _answer: reply({}, status))
    with served(lying.apply) as server:
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        assert server.everybody == {}
    assert said.code == 2
    assert said.last.startswith("Not asked: ")


@pytest.fixture(scope="session")
def hidden(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """A run against a target whose lookups hide inactive users."""

    def make(folder: Path) -> None:
        with bent("deactivated-user-hidden-from-filter", folder, only=("reactivate_user",)):
            """Its folder is all that is wanted."""

    return Told(once(tmp_path_factory, "deactivated-user-hidden-from-filter", make))


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("around", "said"),
    [
        (Lie("GET /Users", lambda asked, answer: _failing(asked, answer, 500)).apply, "got 500 Internal Server Error, and 200 OK in the run"),
        (Lie("GET /Users", lambda asked, answer: _failing(asked, answer, 404)).apply, "got 404 Not Found, and 200 OK in the run"),
        (faults.bent(["filter-ignored-returns-all"]), "is wrong in another way than in the run: it shows others than whom the filter seeks"),
        (Lie("nothing").apply, ""),
    ],
    ids=["a failure", "no such place", "everybody", "right"],
)  # fmt: skip
def test_another_wrong_answer_is_no_end_of_the_fault(
    hidden: Told, suffix: str, around: Callable[[Any], Any], said: str
) -> None:
    """A judged step that fails now, or shows strangers beside the person, is no verdict; only a right one is."""
    script = hidden.folder / "reproduce" / f"reactivate_user.finds-the-inactive-user{suffix}"
    with served(around) as server:
        stranger_on(server)
        ended = server.run(script)
    if said:
        assert (ended.code, ended.last) == (2, f"Not asked: step 3 {said}.")
    else:
        assert (ended.code, ended.last[:6]) == (0, "Gone: ")


def _failing(asked: Asked, answer: Answer, status: int) -> Answer:
    """A lookup that fails; a read by id does not."""
    return reply({}, status) if asked.place == "GET /Users" else answer


def test_who_cannot_be_removed_is_not_made_unless_somebody_says_so(tmp_path: Path) -> None:
    """Of a profile that removes nobody a script asks nothing, in a sentence; told that it may, it plays."""
    with bent("filter-username-case-sensitive", tmp_path / "out", "ziflow") as (faulty, kept):
        script = kept.folder / "reproduce" / "push_user.find-ignores-letter-case"
        listening = Lie("nothing")
        with served(listening.apply) as server:
            for suffix in SUFFIXES:
                said = server.run(script.with_name(script.name + suffix))
                assert said.code == 2
                assert said.text == f"Not asked: {LEAVING}.\n"
        assert listening.asked == []
        text = script.with_name(script.name + ".sh").read_text(encoding="utf-8")
        assert "# Makes its own people, whom the target cannot remove" in text
        assert "whom the target cannot remove, and so only where" in (kept.folder / "report.html").read_text(
            encoding="utf-8"
        )
        for suffix in SUFFIXES:
            told = faulty.run(script.with_name(script.name + suffix), {"SCIM_TESTS_LEAVE_USERS": "yes"})
            assert told.code == 1, told


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nobody_answers(run: Told, suffix: str) -> None:
    """Where no connection can be made, that is said, with exit code 2."""
    said = Served("http://127.0.0.1:9/scim/v2", []).run(run.folder / "reproduce" / f"{CHECK}{suffix}")
    assert said.code == 2
    assert said.last.startswith("Not asked: http://127.0.0.1:9/scim/v2 gave no answer")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("broken", ["verdict", "id_of", "is_ours"])
def test_whatever_fails_inside_is_one_sentence_and_no_verdict(
    run: Told, suffix: str, broken: str, tmp_path: Path
) -> None:
    """A script that breaks over an answer ends with 2 and without a traceback, and says nothing of the target's."""
    script = tmp_path / f"it{suffix}"
    text = (run.folder / "reproduce" / f"{CHECK}{suffix}").read_text(encoding="utf-8")
    assert f"def {broken}(" in text
    last = {".sh": "sys.exit(main(", ".py": 'if __name__ == "__main__"'}[suffix]
    inside = f"def {broken}(*_):\n    raise ValueError('their words')\n\n\n{last}"
    script.write_text(text.replace(last, inside), encoding="utf-8")
    with served() as server:
        said = server.run(script)
    assert said.code == 2, said
    assert said.last.startswith("Not asked: ")
    assert "Traceback" not in said.text + said.complaint
    assert "their words" not in said.text + said.complaint


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_no_token(run: Told, suffix: str) -> None:
    """Without the token nothing is sent, and the exit code is 2."""
    with served() as server:
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}", {"SCIM_TESTS_TOKEN": ""})
    assert (said.code, said.last) == (2, "Not asked: SCIM_TESTS_TOKEN is not set.")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("check", [CHECK, "reactivate_user.finds-the-inactive-user", "create"])
def test_a_wrong_token_is_named_as_the_reason(
    run: Told, hidden: Told, suffix: str, check: str, tmp_path: Path
) -> None:
    """Also where a later step needs what the refused one would have made, or the refused step is the one in question."""
    folder = (run if check == CHECK else hidden).folder / "reproduce"
    script = folder / f"{check}{suffix}"
    if check == "create":
        create = next(each for each in run.record.exchanges if each.step == "push_user.create")
        failed = replace(
            run.failed[0], findings=[replace(each, at=[create.number]) for each in run.failed[0].findings]
        )
        texts, _ = reproductions(replace(run.record, checks=[failed]))
        script = tmp_path / f"it{suffix}"
        script.write_text(texts[f"{failed.id}{suffix}"], encoding="utf-8")
    with served() as server:
        said = server.run(script, {"SCIM_TESTS_TOKEN": "wrong"})
    assert (said.code, said.last) == (2, "Not asked: The token was refused: 401 Unauthorized (step 1).")


class Kept(Fault):
    """A DELETE is answered, and removes nobody."""

    on = ("DELETE *",)

    def __init__(self, status: int) -> None:
        self.status = status

    async def serve(self, asked: Asked, honest: Honest) -> Answer:  # noqa: ARG002 -- that is the fault
        return Answer(self.status, {}, b"")


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(("since", "left"), [("PATCH", 0), ("POST", 1)])
def test_who_is_shown_without_a_name_is_removed_if_proven_before(
    run: Told, suffix: str, since: str, left: int
) -> None:
    """A step may take a name away: the id is ours since a read by it showed our name, and otherwise is not touched."""
    lying = Lie("", lambda asked, answer: answer.having(userName="") if _is_late(asked) else answer)

    def _is_late(asked: Asked) -> bool:
        return asked.place.startswith("GET /Users/") and any(each.method == since for each in lying.asked)

    with served(lying.apply) as server:
        server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        assert len(server.everybody) == left
    assert ("DELETE" in {each.method for each in lying.asked}) is not bool(left)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("status", [202, 204])
def test_whoever_is_still_shown_after_the_removal_is_told(run: Told, suffix: str, status: int) -> None:
    """Where DELETE is answered well and removes nobody, the script says who is there, and what to do."""
    with served(Kept(status).apply) as server:
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        assert len(server.everybody) == 1
    (line,) = said.complaint.splitlines()
    lookup = "/Users?filter=userName%20eq%20"
    assert line.startswith(
        f"Still on the target, where it can be read although DELETE was answered {status}: {lookup}"
    )
    assert line.endswith(". Remove it there, if it stays.")
    assert said.code == 0


WORDS = "t4rget-w0rds"
SAYING: dict[str, Callable[[Asked, Answer], Answer]] = {
    "a member": lambda _, answer: answer.having(nickName=f"{WORDS}\x1b[2J"),
    "the id": lambda _, answer: answer.having(id=WORDS),
    "the name": lambda _, answer: answer.having(userName=WORDS),
    "a header": lambda _, answer: replace(answer, headers={**answer.headers, "location": WORDS}),
    "an error": lambda *_: reply({"detail": WORDS}, 500),
    "no JSON": lambda _, answer: replace(answer, body=WORDS.encode()),
    "a list": lambda _, answer: answer.saying({"Resources": [{"id": WORDS, "userName": WORDS}]}),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("saying", SAYING)
def test_no_word_of_a_target_is_shown(run: Told, suffix: str, saying: str) -> None:
    """The token may stand in any of them, spelled in any way; statuses are shown, and what the script itself wrote."""
    lying = Lie("", SAYING[saying])
    with served(lying.apply) as server:
        said = server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
    assert WORDS not in said.text + said.complaint
    assert "\x1b" not in said.text
    assert said.text.startswith("--- 1. ")
    assert TOKEN not in said.text + said.complaint


def test_no_secret_is_an_argument_of_a_program(run: Told, tmp_path: Path) -> None:
    """What everybody can read of the processes of a machine has no credentials in it, and no password."""
    curl = tmp_path / "curl"
    curl.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{tmp_path}/told\nexec {which("curl")} "$@"\n')
    curl.chmod(0o700)
    heard = Lie("nothing")
    with served(heard.apply) as server:
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        said = server.run(run.folder / "reproduce" / f"{CHECK}.sh", environment)
    told = (tmp_path / "told").read_text(encoding="utf-8")
    password = next(each for each in heard.asked if each.method == "POST").json["password"]
    assert said.code == 0, said
    assert told.count("@-") == len(heard.asked)
    assert TOKEN not in told
    assert password not in told


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_stopped_it_still_cleans_up(run: Told, suffix: str) -> None:
    """Ctrl-C in the middle: who was made is removed, and the exit code is 2."""
    script = run.folder / "reproduce" / f"{CHECK}{suffix}"
    started: list[subprocess.Popen[str]] = []
    lying = Lie("PATCH /Users/", before=lambda: os.killpg(started[0].pid, signal.SIGINT))
    with served(lying.apply) as server:
        command = ["/bin/sh" if suffix == ".sh" else sys.executable, str(script), server.base_url]
        environment = {"PATH": os.environ["PATH"], "SCIM_TESTS_TOKEN": TOKEN}
        with subprocess.Popen(
            command, env=environment, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as process:  # fmt: skip
            started.append(process)
            said, _ = process.communicate(timeout=120)
        assert server.everybody == {}
    assert process.returncode == 2
    assert said.strip().splitlines()[-1] == "Not asked: it was stopped."


HOSTILE = (
    "$SCIM_TESTS_TOKEN $SCIM_TESTS_HEADER_X $SCIM_TESTS_PASSWORD $SCIM_TESTS_RUN $SCIM_TESTS_ID_1"
    ' $(touch owned) `touch owned` \'; touch owned; \' {run} {0} %s \\ """ \n QUESTION\nPYTHON\n \u2028 é'
)


def _hostile(record: RunRecord) -> RunRecord:
    """The record as it would be with a target's words in every request body, finding and answer."""
    word = json.dumps(HOSTILE)[1:-1]
    exchanges = [
        replace(
            each,
            request=replace(
                each.request, body=each.request.body.replace('"locale":"', f'"nickName":"{word}","locale":"')
            ),
            response=replace(
                each.response,
                body=each.response.body.replace('"locale":"', f'"nickName":"{word}","locale":"'),
            ),
        )
        for each in record.exchanges
    ]
    checks = [
        replace(
            check,
            title=HOSTILE,
            findings=[
                replace(each, expected=f"{each.expected} {HOSTILE}", got=each.got) for each in check.findings
            ],
        )
        for check in record.checks
        if check.id == CHECK
    ]
    return replace(record, exchanges=exchanges, checks=checks)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_targets_words_stay_words(
    run: Told, suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What looks like a placeholder or a command in a target's words is sent as it stands, and never run."""
    monkeypatch.chdir(tmp_path)
    script = tmp_path / f"it{suffix}"
    texts, _ = reproductions(_hostile(run.record))
    script.write_text(texts[f"{CHECK}{suffix}"], encoding="utf-8", errors="backslashreplace")
    heard = Lie("nothing")
    with served(heard.apply) as server:
        said = server.run(script, {"SCIM_TESTS_HEADER_X": "h3ader-secret"})
    assert said.code == 0, said
    assert not (tmp_path / "owned").exists()
    created = next(each for each in heard.asked if each.method == "POST")
    assert created.json["nickName"] == HOSTILE
    assert created.json["password"].startswith("Aa1")
    assert TOKEN not in created.body.decode()
    assert "h3ader-secret" not in said.text


class OfOneName(Fault):
    """No two groups have one name, as on some targets."""

    on = ("POST /Groups",)

    async def serve(self, asked: Asked, honest: Honest) -> Answer:
        listed = await honest(asked.of("GET"))
        taken = any(each["displayName"] == asked.json["displayName"] for each in listed.resources)
        return refusal(409, "taken", "uniqueness") if taken else await honest(asked)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_name_is_given_again_once_it_is_free(run: Told, suffix: str, tmp_path: Path) -> None:
    """A group of the name that another had before its renaming is made after it, as in the run."""
    script = _about_groups(run, suffix, tmp_path)
    with served(OfOneName().apply) as server:
        said = server.run(script)
    assert said.code != 2, said


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_whoever_is_left_is_told_once(run: Told, suffix: str, tmp_path: Path) -> None:
    """Also where a second create of the name was refused, and so its lookup finds the first."""
    script = _about_groups(run, suffix, tmp_path)
    with served(Kept(204).apply) as server:
        said = server.run(script)
        assert len(said.complaint.splitlines()) == len(server.everybody)


def _about_groups(run: Told, suffix: str, folder: Path) -> Path:
    """A script that makes groups and people, and tries to make some twice."""
    seen = [
        max(each.number for each in run.record.exchanges if each.step == step)
        for step in ("push_group.after_batch", "link_group.page")
    ]
    check = run.failed[0]
    about_groups = replace(check, findings=[replace(each, at=seen) for each in check.findings])
    texts, _ = reproductions(replace(run.record, checks=[about_groups]))
    script = folder / f"it{suffix}"
    script.write_text(texts[f"{check.id}{suffix}"], encoding="utf-8")
    return script


def test_the_shell_and_python_send_the_same_bytes(run: Told) -> None:
    """Both send what the run sent: method, path, headers and body, but for what is each script's own."""
    heard = {}
    for suffix in SUFFIXES:
        listening = Lie("nothing")
        with served(listening.apply) as server:
            server.run(run.folder / "reproduce" / f"{CHECK}{suffix}")
        heard[suffix] = [
            (each.place.partition("/Users")[0], len(each.body), sorted(each.headers))
            for each in listening.asked
        ]
    assert [each[0] for each in heard[".sh"]] == [each[0] for each in heard[".py"]]
    assert sorted(heard[".sh"][0][2]) == sorted(heard[".py"][0][2])
