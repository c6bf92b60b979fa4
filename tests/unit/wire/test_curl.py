"""The curl line, run by a real shell, hands curl exactly the request; secrets come from the environment."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from scim_tests.model.exchange import PASSWORD, TOKEN, Headers, Request
from scim_tests.wire.curl import curl

BASE = "https://scim.example.com/scim/v2"
SECRETS = {"SCIM_TESTS_TOKEN": "t0k'en \"$HOME", "SCIM_TESTS_PASSWORD": "pa`ss\\w%s!"}
OKTA: Headers = (("User-Agent", "Okta SCIM Client 1.0.0"), ("Accept", "application/scim+json"))

BY_ALL_MEANS = [TOKEN, PASSWORD, "'", '"', "$", "\\", "`", "!", "%s", "\\n", "$HOME", "é", "😀", " ", "S"]
texts = st.lists(st.sampled_from(BY_ALL_MEANS) | st.text(max_size=5)).map("".join)
words = texts.map(lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode())
bodies = st.one_of(
    words.map(str.encode),
    st.binary(),
    st.lists(st.sampled_from(BY_ALL_MEANS)).map(lambda each: b"\0".join(text.encode() for text in each)),
)


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `curl` that prints how many arguments it got, each of them, and what it reads."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "curl").write_text("#!/bin/sh\nprintf '%s\\0' $# \"$@\"\ncat\n")
    (folder / "curl").chmod(0o755)
    return folder


def run(line: str, stub: Path) -> tuple[list[bytes], bytes]:
    """The arguments curl got, and what it read."""
    environment = {**SECRETS, "PATH": f"{stub}{os.pathsep}{os.environ['PATH']}", "HOME": "/not/this"}
    ran = subprocess.run(["/bin/sh", "-c", line], env=environment, capture_output=True, check=True, input=b"")
    assert ran.stderr == b""
    count, _, rest = ran.stdout.partition(b"\0")
    *arguments, read = rest.split(b"\0", int(count))
    return arguments, read


def expanded(header: str) -> bytes:
    """A header as it is sent: the token stands where its whole name does."""
    return re.sub(r"\$SCIM_TESTS_TOKEN(?![A-Z0-9_])", lambda _: SECRETS["SCIM_TESTS_TOKEN"], header).encode()


@given(value=words, path=words, body=bodies)
@example(value=f"Bearer {TOKEN}S", path="/Users?a=[1-2]{x}", body=b"@file")
@example(value="", path="", body=b"-n %d \\c\n" + PASSWORD.encode())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_a_shell_gives_curl_the_request(stub: Path, value: str, path: str, body: bytes) -> None:
    """Header values, path and body arrive whatever bytes they hold; the token is put into headers alone."""
    request = Request("POST", path, (*OKTA, ("X-Odd", value), ("Content-Type", "a/b")), body)
    arguments, read = run(curl(request, BASE), stub)
    assert (expanded(f"X-Odd: {value}") if value else b"X-Odd;") in arguments
    assert arguments[-1] == (BASE + path).encode()
    if body:
        sent = {b"--data-raw": arguments[-2], b"--data-binary": read}[arguments[-3]]
        assert sent == body
        assert arguments[-3] == b"--data-raw" or arguments[-2] == b"@-"


def test_reads_well() -> None:
    """An ordinary request is one line that a person can read."""
    headers = (("Host", "x"), *OKTA, ("Authorization", f"Bearer {TOKEN}"))
    request = Request(
        "POST", "/Users?a=b", headers, b'{"userName":"o\'brien","password":"$SCIM_TESTS_PASSWORD"}'
    )
    assert curl(request, BASE) == (
        "curl -sS -i --globoff --path-as-is -X POST -H 'User-Agent: Okta SCIM Client 1.0.0'"
        " -H 'Accept: application/scim+json' -H \"Authorization: Bearer $SCIM_TESTS_TOKEN\" -H Content-Type:"
        """ --data-raw '{"userName":"o'"'"'brien","password":"'"$SCIM_TESTS_PASSWORD"'"}'"""
        " 'https://scim.example.com/scim/v2/Users?a=b'"
    )


@pytest.mark.parametrize("body", [b"a\nb", b"\r\n", b"\xff\x00", "a\u2028b".encode(), b"\x1b[2J"])
def test_is_one_line(body: bytes) -> None:
    """Line ends and control characters in a body neither break the line nor reach the terminal."""
    line = curl(Request("POST", "/Users", OKTA, body), BASE)
    assert line.splitlines() == [line]
    assert line.isprintable()


def test_adds_nothing_of_curls_own() -> None:
    """Headers the request does not have are taken away from curl, compressed answers are asked for to be read."""
    bare = curl(Request("GET", "/Users"), BASE)
    assert bare.endswith("-X GET -H Accept: -H User-Agent: https://scim.example.com/scim/v2/Users")
    assert "--compressed" in curl(Request("GET", "/Users", (("Accept-Encoding", "gzip,deflate"),)), BASE)


def test_only_what_our_own_code_wrote_is_put_in(stub: Path) -> None:
    """The password is the member of that name alone; a target's words, and what it said of a version, stay words."""
    body = (
        '{"nickName":"$SCIM_TESTS_TOKEN","x\\"password":"$SCIM_TESTS_PASSWORD","name":{"password":"no $SCIM_TESTS_PASSWORD"},'
        '"password": "$SCIM_TESTS_PASSWORD"}'
    )
    headers = (("If-Match", 'W/"$SCIM_TESTS_TOKEN"'), ("Authorization", "Bearer $SCIM_TESTS_TOKEN"))
    arguments, _ = run(curl(Request("PUT", "/Users/$SCIM_TESTS_TOKEN", headers, body.encode()), BASE), stub)
    assert b'If-Match: W/"$SCIM_TESTS_TOKEN"' in arguments
    assert expanded("Authorization: Bearer $SCIM_TESTS_TOKEN") in arguments
    assert arguments[-1].endswith(b"/Users/$SCIM_TESTS_TOKEN")
    place = body.rindex("$SCIM_TESTS_PASSWORD")
    assert arguments[-2].decode() == body[:place] + SECRETS["SCIM_TESTS_PASSWORD"] + '"}'
