"""The page's door on a real socket: who may come in, what others on the machine and on the web see, and how it ends."""

import json
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from commanding import Command
from knocking import STARTED, Opened, opened
from playwright.sync_api import Browser

from scim_tests.errors import ExitCode
from scim_tests.ui.server import CONNECTIONS


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """One page for all who try to come in; Ctrl-C ends it with 0."""
    with opened(tmp_path_factory.mktemp("door")) as page:
        yield page
    assert (page.process.returncode, page.said) == (ExitCode.ALL_GOOD, [])


def test_the_link_opens_it(door: Opened) -> None:
    """Whoever has the link is led on, and no browser keeps what is shown or tells another site of it."""
    answer = httpx.get(door.link)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"/{door.token}/")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "strict-origin"
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'"} <= set(
        answer.headers["content-security-policy"].split("; ")
    )
    assert not {"set-cookie", "server", "access-control-allow-origin"} & set(answer.headers)


WRONG_PATHS = {
    "none": "/",
    "empty": "//",
    "shorter": "/{0:.42}/",
    "longer": "/{0}x/",
    "with a parameter": "/{0};x/",
    "behind a slash": "//{0}/",
    "behind a dot": "/./{0}/",
    "behind dots": "/x/../{0}/",
    "in a query": "/?{0}",
    "in a fragment": "/#{0}",
    "of another site": "http://example.com/{0}/",
    "everything": "*",
    "not ASCII": "/%C3%A9%00%FF/",
}


@pytest.mark.parametrize("path", [*WRONG_PATHS.values(), "other case"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "CONNECT"])
def test_only_the_token_as_it_is_opens_it(door: Opened, path: str, method: str) -> None:
    """Every other path gets the same sentence, whatever is asked of it."""
    wrong = f"/{door.token.swapcase()}/" if path == "other case" else path.format(door.token)
    status, said = door.asked(f"{method} {wrong} HTTP/1.1", f"Origin: {door.origin}")
    assert status == 404
    assert said.endswith("\r\n\r\nThis is not the link of this start. Open the one that the terminal shows.")


INSIDE = ("../{0}/", "static/../../door.py", "static/..%2f..%2fdoor.py", "static//etc/passwd", "static/%00", "report/%2e%2e/cli.py", "%ff", "a" * 9000)  # fmt: skip


@pytest.mark.parametrize("path", INSIDE)
def test_no_path_leads_out_of_it(door: Opened, path: str) -> None:
    """With the token, too, there is nothing beside the pages and their own files."""
    status, said = door.asked(f"GET /{door.token}/{path.format(door.token)} HTTP/1.1")
    assert status == 404
    assert "There is no such page." in said


OTHER_HOSTS = ("localhost:{0}", "LOCALHOST:{0}", "127.0.0.1", "127.0.0.1.:{0}", "127.0.0.1:1", "127.1:{0}", "[::1]:{0}", "2130706433:{0}", "rebound.example:{0}", "me@127.0.0.1:{0}", "127.0.0.1:{0},rebound.example", "")  # fmt: skip


@pytest.mark.parametrize("host", OTHER_HOSTS)
def test_no_other_name_leads_here(door: Opened, host: str) -> None:
    """A DNS name that points to this machine gets a sentence, also with the token."""
    status, said = door.asked(f"GET /{door.token}/ HTTP/1.1", host=host.format(door.port))
    assert status == 421
    assert door.token not in said


@pytest.mark.parametrize(
    ("head", "headers"),
    [
        ("GET /{0}/ HTTP/1.1", ["Host: rebound.example"]),  # beside ours
        ("POST /{0}/ HTTP/1.1", ["Content-Length: 1", "Content-Length: 2"]),
        ("POST /{0}/ HTTP/1.1", ["Content-Length: -1"]),
        ("POST /{0}/ HTTP/1.1", ["Transfer-Encoding: gzip, chunked"]),
        ("POST /{0}/ HTTP/1.1", ["Transfer-Encoding : chunked"]),
        ("GET /{0}/é HTTP/1.1", []),
        ("\x16\x03\x01", []),
    ],
)
def test_what_can_be_read_in_two_ways_is_not_read(door: Opened, head: str, headers: list[str]) -> None:
    """A request that a second reader may take for another one is refused before anything looks at it."""
    status, said = door.asked(head.format(door.token), *headers)
    assert (status, said.rpartition("\r\n")[2]) == (400, "Invalid HTTP request received.")


OTHER_ORIGINS = ("null", "", "https://127.0.0.1:{0}", "http://localhost:{0}", "http://127.0.0.1", "http://127.0.0.1:{0}/", "http://127.0.0.1:{0}.example.com", "https://example.com")  # fmt: skip


@pytest.mark.parametrize("origin", OTHER_ORIGINS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_origins_read_and_start_nothing(door: Opened, method: str, origin: str) -> None:
    """Not even a page that has learnt the link."""
    headers = (f"Origin: {origin.format(door.port)}", "Content-Length: 0")
    for sent in (headers, (f"Origin: {door.origin}", *headers)):
        status, said = door.asked(f"{method} /{door.token}/ HTTP/1.1", *sent)
        assert (status, said.rpartition("\r\n")[2]) == (
            403,
            "This was sent by another page. Nothing was done.",
        )


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get", "MAKE"])
def test_what_may_change_something_says_where_it_comes_from(door: Opened, method: str) -> None:
    """Every browser does; without it only reading is done."""
    assert door.asked(f"{method} /{door.token}/ HTTP/1.1", "Content-Length: 0")[0] == 403


def test_it_speaks_nothing_but_http(door: Opened) -> None:
    """A WebSocket is not opened, and no header of a proxy changes where a redirect leads."""
    upgrade = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: eA==",
        "Sec-WebSocket-Version: 13",
    )
    assert door.asked(f"GET /{door.token}/ HTTP/1.1", *upgrade)[0] == 303
    status, said = door.asked(
        f"GET /{door.token} HTTP/1.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: example.com"
    )
    assert (status, f"location: {door.link}\r\n" in said) == (307, True)


def test_only_this_machine_can_open_it(door: Opened) -> None:
    """Nothing listens on any other address of it."""
    addresses = {"127.0.0.2", "::1"}
    for family, far in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as asking:
            asking.connect((far, 9))  # sends nothing, and tells which address would
            addresses.add(asking.getsockname()[0])
    for each in addresses:
        with pytest.raises(OSError, match=r"refused|assign|unreachable|supported"):
            socket.create_connection((each, door.port), timeout=5)


def test_others_on_the_machine_see_no_link(door: Opened) -> None:
    """It is in no argument and no variable of the process, whoever reads them."""
    about = Path("/proc", str(door.process.pid))
    if not about.exists():
        pytest.skip("reads the arguments of a process in /proc")
    assert door.token.encode() not in (about / "cmdline").read_bytes() + (about / "environ").read_bytes()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP])
def test_the_browser_is_opened_by_a_private_file(tmp_path: Path, ending: signal.Signals) -> None:
    """The browser's arguments do not have the link; the file that has it is its owner's alone, and gone at the end."""
    browser, temporary = tmp_path / "browser", tmp_path / "temporary"
    browser.write_text(
        f"#!{sys.executable}\nimport json, os, sys\nfrom urllib.request import urlopen\n"
        "path = sys.argv[1].removeprefix('file://')\n"
        "modes = [oct(os.stat(each).st_mode & 0o777) for each in (path, os.path.dirname(path))]\n"
        f"with open({str(tmp_path / 'seen')!r}, 'w') as file:\n"
        "    json.dump([sys.argv, modes, open(path).read()], file)\n"
    )
    browser.chmod(0o700)
    temporary.mkdir()
    os.mkfifo(tmp_path / "seen")
    with opened(tmp_path, *STARTED[:-1], BROWSER=f"{browser} %s", TMPDIR=str(temporary)) as page:
        arguments, modes, content = json.loads((tmp_path / "seen").read_text())
        assert page.token not in str(arguments)
        assert modes == ["0o600", "0o700"]
        assert page.link in content
        page.process.send_signal(ending)
        page.process.wait(30)
    assert (page.process.returncode, page.said) == (ExitCode.ALL_GOOD, [])
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    "trouble", [{"BROWSER": "/nowhere %s"}, {"BROWSER": "'"}, {"TMPDIR": "/dev/null", "BROWSER": "true"}]
)
def test_without_a_browser_the_link_is_enough(tmp_path: Path, trouble: dict[str, str]) -> None:
    """Where none can be opened nothing else is said, and the link works."""
    with opened(tmp_path, *STARTED[:-1], **trouble) as page:
        assert httpx.get(page.link).status_code == 303
    assert page.said == []


def test_a_flood_takes_no_files_from_a_run(door: Opened) -> None:
    """Whoever opens connections without end is cut off, whole requests or not; afterwards it answers again."""
    flood = [socket.create_connection(("127.0.0.1", door.port), timeout=10) for _ in range(CONNECTIONS + 1)]
    with suppress(ConnectionResetError):
        assert flood[-1].recv(1) == b""
    for each in flood:
        each.close()
    while True:
        with suppress(OSError):
            assert door.asked("GET / HTTP/1.1")[0] == 404
            break


def test_a_port_that_is_taken_is_a_sentence(command: Command) -> None:
    """Exit code 4, and what to do."""
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        done = command("ui", "--no-browser", "--port", str(port))
    assert done.returncode == ExitCode.USAGE
    assert done.stdout == ""
    assert done.stderr == (
        f"scim-tests: Cannot listen on 127.0.0.1 port {port}: Address already in use.\n"
        "  Without --port a free one is taken.\n"
    )


ATTACKS = """
async (link) => {
  const told = (promise) => promise.then(() => "read", () => "nothing");
  const loaded = (name, place, path) => new Promise((end) => {
    const element = document.createElement(name);
    element.rel = "stylesheet";
    element.onload = element.onopen = () => end("read");
    element.onerror = () => end("nothing");
    element[place] = link + path;
    document.head.append(element);
  });
  const listened = (source) => new Promise((end) => {
    source.onopen = () => end("read");
    source.onerror = () => { source.close(); end("nothing"); };
  });
  const found = {
    read: await told(fetch(link)),
    blind: await told(fetch(link, { mode: "no-cors" })),
    sent: await told(fetch(link, { mode: "no-cors", method: "POST", body: "x=1" })),
    script: await loaded("script", "src", "static/ui.js"),
    style: await loaded("link", "href", "static/ui.css"),
    image: await loaded("img", "src", ""),
    events: await listened(new EventSource(link)),
    socket: await listened(new WebSocket(link.replace("http", "ws"))),
  };
  return Object.entries(found).filter(([, what]) => what !== "nothing");
}
"""


def test_a_page_in_another_tab_can_do_nothing(browser: Browser, door: Opened, web_page_url: str) -> None:
    """From another port of this machine, and with the link in hand: nothing is read, framed, sent or held on to."""
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(web_page_url)
        assert page.evaluate(ATTACKS, door.link) == []
        page.evaluate("link => { document.body.innerHTML = `<iframe src=${link}></iframe>`; }", door.link)
        page.wait_for_function("() => { try { return !frames[0].document; } catch { return true; } }")
        page.frames[1].wait_for_load_state()
        assert page.frames[1].url.startswith("chrome-error:")
        with page.expect_popup() as popup:
            page.evaluate("link => { window.held = window.open(link); }", door.link)
        popup.value.wait_for_load_state()
        assert page.evaluate("window.held.closed")
        assert popup.value.evaluate("window.opener") is None
        submitted = "link => { document.body.innerHTML = `<form method=post action=${link}>`; document.forms[0].submit(); }"
        with page.expect_navigation() as sent:
            page.evaluate(submitted, door.link)
        assert sent.value.status == 403


def test_a_browser_says_where_a_form_comes_from_and_no_path(
    browser: Browser, door: Opened, web_page_url: str
) -> None:
    """A form of ours has the origin of its page, and so is let in; whom a link or a frame leads to learns no token."""
    with closing(browser.new_context()) as context:
        page = context.new_page()
        page.goto(f"{door.link}nowhere")
        posted = "const form = document.createElement('form'); form.method = 'post'; document.body.append(form); form.submit();"
        followed = "const link = document.createElement('a'); link.href = address; link.click();"
        for way, status in ((posted, 404), (followed, 200)):
            with page.expect_navigation() as sent:
                page.evaluate(f"address => {{ {way} }}", web_page_url)
            assert sent.value.status == status
            assert page.evaluate("document.referrer") == f"{door.origin}/"
