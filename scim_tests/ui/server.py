"""The page on a socket of this machine, until Ctrl-C; what is under way then ends in order first."""

import asyncio
import logging
import os
import secrets
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from scim_tests.errors import UsageError, WriteError
from scim_tests.session.interruption import SIGNALS, signals_go_to
from scim_tests.ui.app import app
from scim_tests.ui.desk import Desk
from scim_tests.ui.terminal import came_of, left_over, notice, stopping
from scim_tests.ui.work import Work
from scim_tests.wire import private_file

HOST = "127.0.0.1"  # there is no option for another: the page has the key in hand
CONNECTIONS = 64  # at once: whoever opens more must not take the files from a run
LINK = '<!doctype html><meta http-equiv="refresh" content="0;url={0}"><a href="{0}">scim-tests</a>\n'
OPEN = """\
scim-tests is open at {}
If no browser shows it, open this link in one. It works on this machine alone. Ctrl-C ends it."""


def serve(desk: Desk, port: int, say: Callable[[str], None], *, browser: bool) -> None:
    """Serve until the keyboard or a signal ends it. UsageError where the port is taken."""
    with _listening(port) as sock:
        address = f"http://{HOST}:{sock.getsockname()[1]}".removesuffix(":80")  # as a browser says it
        token = secrets.token_urlsafe(32)
        link = f"{address}/{token}/"
        server = _server(desk, address, token)
        ending = _Ending(desk, server, say)
        with signals_go_to(ending.heard, _signals()), _opened(link, browser=browser):
            say(OPEN.format(link))
            if run := left_over(desk.reports):
                say(f"{notice(run)} Earlier runs shows it.")
            try:
                asyncio.run(server.serve(sockets=[sock]))
            finally:
                if desk.practice:
                    desk.practice.close()
            if desk.work and not desk.work.is_over:  # begun while the server ended
                ending.work = desk.work
                desk.work.stop()
                desk.work.wait()
            if ending.work:
                for line in came_of(ending.work, desk.practice.base_url if desk.practice else None):
                    say(line)
            desk.stop_practising()


def _server(desk: Desk, address: str, token: str) -> "_Server":
    for name in ("uvicorn", "asyncio"):  # nothing that a page is asked for is logged
        quiet = logging.getLogger(name)
        quiet.addHandler(logging.NullHandler())
        quiet.propagate = False
    config = uvicorn.Config(
        app(desk, address, token),
        http=_Connection,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        backlog=CONNECTIONS // 4,  # so many are taken before the first of them can be closed
        loop="asyncio",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return _Server(config)


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals to us."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Connection(H11Protocol):
    """Closed at once where there are too many."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            transport.abort()


def _signals() -> tuple[signal.Signals, ...]:
    """Those that end it: also that the terminal's window was closed, unless `nohup` says that this is no matter."""
    closed = getattr(signal, "SIGHUP", None)
    return SIGNALS if closed is None or signal.getsignal(closed) is signal.SIG_IGN else (*SIGNALS, closed)


class _Ending:
    """What a signal does: the first ends what is under way in order, and then all; the third ends all at once.

    A terminal that is closed says so more than once, and means the first.
    """

    def __init__(self, desk: Desk, server: _Server, say: Callable[[str], None]) -> None:
        self.desk, self.server, self.say = desk, server, say
        self.times = 0
        self.work: Work | None = None  # which it ended

    def heard(self, number: int, _: FrameType | None) -> None:
        if self.times and number not in SIGNALS:
            return
        self.times += 1
        work = self.desk.work
        if self.times > 2 or work is None or work.is_over:
            self.server.should_exit = True
            if self.times > 2:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            return
        self.work = work
        self.desk.is_ending = True
        self.say(stopping(work, self.times))
        work.stop()
        if self.times == 1:
            Thread(target=self._end_after, args=(work.wait,), daemon=True).start()

    def _end_after(self, wait: Callable[[], None]) -> None:
        wait()
        self.server.should_exit = True


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    # Only with its protocol named does asyncio send answers without Nagle's delay.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
            sock.listen()
        except OSError as error:
            said = f"Cannot listen on {HOST} port {port}: {error.strerror}."
            raise UsageError("cannot-listen", said, "Without --port a free one is taken.") from None
        yield sock


@contextmanager
def _opened(link: str, *, browser: bool) -> Iterator[None]:
    """Open the browser by a file that only its owner can read: arguments of a program are seen by all on the machine."""
    with ExitStack() as until_the_end:
        if browser and _has_a_screen():
            with suppress(OSError, WriteError):  # the link is said all the same
                folder = until_the_end.enter_context(TemporaryDirectory(prefix="scim-tests-"))
                page = Path(folder) / "open.html"
                private_file.replace(page, LINK.format(link))
                Thread(target=_open, args=(page.as_uri(),), daemon=True).start()
        yield


def _open(address: str) -> None:
    with suppress(OSError, ValueError, webbrowser.Error):  # as above
        webbrowser.open(address)


def _has_a_screen() -> bool:
    """Whether a browser with windows can be there: one that draws in the terminal would take it over."""
    return sys.platform != "linux" or any(
        os.environ.get(each) for each in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER")
    )
