"""What a recording proxy keeps: never a secret, also none it learnt later, and a whole HAR at every moment."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_tests.commands import record
from scim_tests.commands.record import LiveJudging
from scim_tests.errors import WriteError
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.record.masking.mask import of_recorded
from scim_tests.traffic.har_reader import read_har
from scim_tests.traffic.proxy import Proxy
from scim_tests.traffic.tape import HarTape
from scim_tests.wire import effort, private_file

BASE = "https://scim.example.com/v2"
SECRET = "Xq7Lw9Za"


def raw(
    method: str, path: str, sent: Any = None, shown: Any = None, *, status: int = 200, key: str = "right-key"
) -> Heard:
    """An exchange as the proxy hands it to the tape."""
    body = json.dumps(sent).encode() if sent else b""
    request = Request(method, path, (("Authorization", f"Bearer {key}"),), body)
    answer = Answer(status, (), json.dumps(shown or {}).encode())
    return Heard(request, answer, started=1_790_000_000.0, seconds=0.005, base_url=BASE)


def entries(path: Path) -> list[Any]:
    told: list[Any] = json.loads(path.read_text(encoding="utf-8"))["log"]["entries"]
    return told


def test_the_file_is_a_har_after_every_exchange(tmp_path: Path) -> None:
    """Also before the first; whoever reads it meanwhile finds everything so far, and nobody else may read it."""
    tape = HarTape(BASE, tmp_path / "a.har", of_recorded())
    assert entries(tmp_path / "a.har") == []
    for number in range(1, 4):
        tape.add(raw("GET", "/Users/1", shown={"id": "ë"}))
        assert len(entries(tmp_path / "a.har")) == number
    assert (tmp_path / "a.har").stat().st_mode & 0o077 == 0
    tape.close()
    assert len(read_har((tmp_path / "a.har").read_text(encoding="utf-8"), "a.har").entries) == 3
    assert [each.name for each in tmp_path.iterdir()] == ["a.har"]


def test_a_secret_that_is_learnt_later_leaves_what_was_written_before(tmp_path: Path) -> None:
    """An answer repeats a password in a place of its own, before and after the request that shows it to be one."""
    tape = HarTape(BASE, tmp_path / "a.har", None)
    tape.add(raw("GET", "/Users/1", shown={"id": "1", "nickName": SECRET}))
    tape.add(raw("PUT", "/Users/1", {"password": SECRET}, {"id": "1"}))
    assert SECRET not in (tmp_path / "a.har").read_text(encoding="utf-8")
    tape.add(raw("GET", "/Users/1", shown={"id": "1", "nickName": SECRET}))
    text = (tmp_path / "a.har").read_text(encoding="utf-8")
    assert SECRET not in text
    assert len(entries(tmp_path / "a.har")) == 3


def test_a_secret_does_not_stay_for_want_of_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the file cannot be written anew, the one that holds what is a secret now goes, and the recording ends."""
    tape = HarTape(BASE, tmp_path / "a.har", None)
    tape.add(raw("GET", "/Users/1", shown={"id": "1", "nickName": SECRET}))

    def no_room(path: Path) -> None:
        raise WriteError(path, "not-written", "There is no room.")

    monkeypatch.setattr(private_file, "whole", no_room)
    with pytest.raises(WriteError):
        tape.add(raw("PUT", "/Users/1", {"password": SECRET}, {"id": "1"}))
    assert list(tmp_path.iterdir()) == []


def test_what_can_no_longer_be_searched_for_a_secret_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer of six thousand pieces of a password, kept before that was one: nothing of it stays, and a note says so."""
    monkeypatch.setattr(effort, "MOST", 256 * 1024)
    password = "k9XvQ2mTb7LrPz4NcW8sYd1GhJ6fAe3R"
    tape = HarTape(BASE, tmp_path / "a.har", None)
    tape.add(raw("GET", "/Users/1", shown={"id": "1", "nickName": f"{password[:12]} " * 6_000}))
    tape.add(raw("PUT", "/Users/1", {"password": password}, {"id": "1"}))
    assert password[:12] not in (tmp_path / "a.har").read_text(encoding="utf-8")
    recording = tape.recording()
    assert [each.heard.request.method for each in recording.entries] == ["PUT"]
    assert [
        note
        for note in recording.notes
        if note.startswith("1 exchanges could not be kept: it can be read in too many")
    ]


def test_a_token_that_turns_out_to_be_wrong_is_told_from_the_right_one(tmp_path: Path) -> None:
    """The admin mistypes it first: what was written of that changes once another opens the door."""
    tape = HarTape(BASE, tmp_path / "a.har", of_recorded())
    probe = "/Users?startIndex=1&count=2"
    tape.add(raw("GET", probe, status=401, key="wrong-key"))
    assert "Bearer $SCIM_TESTS_TOKEN" in (tmp_path / "a.har").read_text(encoding="utf-8")
    tape.add(raw("GET", probe))
    text = (tmp_path / "a.har").read_text(encoding="utf-8")
    assert text.index("Bearer $REFUSED_TOKEN") < text.index("Bearer $SCIM_TESTS_TOKEN")


def test_who_is_no_longer_ours_in_the_end_is_named_nowhere(tmp_path: Path) -> None:
    """Somebody's nickname is an id of ours at first, and the id of somebody else later: an earlier error that tells it is masked."""
    tape = HarTape(BASE, tmp_path / "a.har", of_recorded())
    tape.add(raw("GET", "/Users/2", shown={"detail": "wystrach7 is in the way"}, status=400))
    ours = "scim-tests.ab12cd34.plain@example.com"
    tape.add(raw("GET", "/Users/wystrach7", shown={"id": "wystrach7", "userName": ours}))
    tape.add(raw("GET", "/Users/1", shown={"id": "1", "userName": "q1", "nickName": "wystrach7"}))
    tape.add(raw("GET", "/Users/wystrach7", shown={"id": "wystrach7", "userName": "q2"}))
    tape.close()
    assert "wystrach7 is in the way" not in (tmp_path / "a.har").read_text(encoding="utf-8")


def test_each_exchange_is_judged_with_a_bounded_number_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """However long the recording: those lately about the same person, and with them what they show is told once."""
    from scim_tests.traffic import judge

    lately = 6
    monkeypatch.setattr(record, "LATELY", lately)
    sizes: list[int] = []
    judged = judge.judged
    monkeypatch.setattr(
        judge,
        "judged",
        lambda recording, *rest: sizes.append(len(recording.entries)) or judged(recording, *rest),
    )
    tape, live = HarTape(BASE, tmp_path / "a.har", of_recorded()), LiveJudging(None)
    for number in range(2 * lately + 4):
        person = f"/Users/{number % 2}"
        live.saw(tape.add(raw("GET", person, shown={"id": "x"}, status=500)))
    assert max(sizes) == lately
    assert capsys.readouterr().out.count("every_answer.is-no-server-error") == 1


class Answering(httpx.AsyncBaseTransport):
    """A target that answers everything alike."""

    status = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.target = request.extensions["target"]
        return httpx.Response(self.status, headers=self.headers, stream=httpx.ByteStream(b"as it came"))


def passed(proxy: Proxy, method: str, target: bytes, body: bytes = b"") -> tuple[int, bytes]:
    """What a client gets."""
    start, content = messages(proxy, method, target, body)
    return start["status"], content["body"]


def messages(proxy: Proxy, method: str, target: bytes, body: bytes = b"") -> list[Any]:
    """What the proxy gives its server to send."""
    path, _, query = target.partition(b"?")
    scope = {
        "type": "http",
        "method": method,
        "raw_path": path,
        "query_string": query,
        "headers": [(b"x", b"\xff")],
    }
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        said.append(message)

    asyncio.run(proxy(scope, receive, send))
    return said


def proxied(folder: Path) -> tuple[Proxy, HarTape, list[str], Answering]:
    tape, problems, target = HarTape(BASE, folder / "a.har", of_recorded()), [], Answering()
    proxy = Proxy(BASE, tape, LiveJudging(None).saw, problems.append)
    proxy._transport = target  # type: ignore[assignment] -- in place of the network
    return proxy, tape, problems, target


@pytest.mark.parametrize(
    "target", [b"/v2/Users/%zz%", b"/v2//[", b"/v2/Users?a=\xff", b"http://other.example/v2/Users", b"*"]
)
@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"\x00\xff"])
def test_whatever_comes_through_the_tunnel_is_passed_on(tmp_path: Path, target: bytes, body: bytes) -> None:
    """A scanner's request reaches the target as it came, and ends nothing."""
    proxy, tape, problems, reached = proxied(tmp_path)
    assert passed(proxy, "PUT", target, body) == (200, b"as it came")
    assert reached.target == target
    assert problems == []
    assert len(entries(tmp_path / "a.har")) == len(tape.recording().entries)


@pytest.mark.parametrize("status", [101, 199, 600, 999])
def test_a_status_that_is_none_is_a_502_and_kept_as_it_came(tmp_path: Path, status: int) -> None:
    """No server can write it: the client reads in a sentence what came, and the recording holds it."""
    proxy, _, problems, target = proxied(tmp_path)
    target.status = status
    answered, body = passed(proxy, "GET", b"/v2/Users")
    assert answered == 502
    assert f"the status {status} from the target" in json.loads(body)["detail"]
    assert entries(tmp_path / "a.har")[0]["response"]["status"] == status
    assert problems == []


@pytest.mark.parametrize(
    ("method", "status", "length"),
    [("GET", 200, b"10"), ("POST", 201, b"10"), ("HEAD", 200, b"3"), ("GET", 304, b"3")],
)
def test_a_body_is_as_long_as_its_length_says(
    tmp_path: Path, method: str, status: int, length: bytes
) -> None:
    """What the target says of it may be about another framing; where there is no body, it is passed on as it came."""
    proxy, _, _, target = proxied(tmp_path)
    target.status = status
    target.headers = ((b"Content-Length", b"3"), (b"Transfer-Encoding", b"chunked"), (b"ETag", b"x"))
    start, _ = messages(proxy, method, b"/v2/Users")
    assert sorted(start["headers"]) == [(b"content-length", length), (b"etag", b"x")]


def test_an_answer_that_cannot_be_written_costs_its_connection_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is kept, and a sentence says so; the next one is served."""
    proxy, _, problems, _ = proxied(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr("scim_tests.traffic.proxy._framed", lambda *_: 1 / 0)
        assert messages(proxy, "GET", b"/v2/Users") == []
    assert problems == ["An answer could not be passed on: ZeroDivisionError."]
    assert passed(proxy, "GET", b"/v2/Users") == (200, b"as it came")
    assert len(entries(tmp_path / "a.har")) == 2


def test_an_exchange_that_cannot_be_kept_is_passed_on_and_costs_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is kept again, and the reports say how many are missing."""
    proxy, tape, problems, _ = proxied(tmp_path)
    with monkeypatch.context() as broken:
        broken.setattr(HarTape, "_told", lambda *_: 1 / 0)
        assert passed(proxy, "GET", b"/v2/Users") == (200, b"as it came")
    assert problems == ["An exchange was passed on and not kept: ZeroDivisionError."]
    passed(proxy, "GET", b"/v2/Users")
    assert len(entries(tmp_path / "a.har")) == 1
    assert tape.recording().notes == ["1 exchanges could not be kept: ZeroDivisionError"]


def test_an_exchange_that_cannot_be_judged_is_passed_on_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told live is told again by the reports."""
    monkeypatch.setattr(LiveJudging, "saw", lambda *_: 1 / 0)
    proxy, _, problems, _ = proxied(tmp_path)
    assert passed(proxy, "GET", b"/v2/Users") == (200, b"as it came")
    assert problems == ["An exchange was kept and not judged yet: ZeroDivisionError."]
    assert len(entries(tmp_path / "a.har")) == 1
