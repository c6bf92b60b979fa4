"""A recording reverse proxy."""

from collections import defaultdict, deque
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scim_tests.commands import say, say_who_reaches
from scim_tests.errors import UsageError

if TYPE_CHECKING:
    import socket

    from scim_tests.record.masking.mask import Mask
    from scim_tests.traffic.har_reader import Entry, Recording
    from scim_tests.traffic.proxy import Proxy

LATELY = 32  # exchanges about one person or group that are judged again with the next


@click.command("record")
@click.option(
    "--target-url", required=True, metavar="URL", help="The SCIM server behind the proxy, by its base URL."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8485,
    show_default=True,
    help="The port; 0 takes a free one.",
)
@click.option("--profile", metavar="NAME|FILE", help="A profile's name or a TOML file (default: by dialect).")
@click.option("--report-dir", metavar="DIR", help="Where the recording and the reports go (default: reports/<time>-recorded).")  # fmt: skip
@click.option(
    "--keep-personal-data", is_flag=True, help="Keep what would be masked of people; the reports then say so."
)
def command(  # noqa: PLR0913 -- each an option
    target_url: str,
    host: str,
    port: int,
    profile: str | None,
    report_dir: str | None,
    *,
    keep_personal_data: bool,
) -> int:
    """Stand between Okta and a server: pass every byte through, write a HAR as it goes, and judge it live.

    Give Okta the address that is printed, through a tunnel. Ctrl-C ends the recording and writes the
    reports. Credentials, passwords and people are passed on, and never kept; people get stand-ins.
    """
    from urllib.parse import urlsplit

    from scim_tests.record.masking.mask import of_recorded
    from scim_tests.session.report_folder import create_report_folder, folder_name
    from scim_tests.traffic.proxy import Proxy
    from scim_tests.traffic.tape import HarTape
    from scim_tests.wire.address import base_url

    url = base_url(target_url)
    listening = _listening(host, port)
    folder = create_report_folder(folder_name("recorded", report_dir))
    mask = None if keep_personal_data else of_recorded()
    tape = HarTape(url, folder / "recording.har", mask)
    proxy = Proxy(url, tape, LiveJudging(profile, mask).saw, say)
    say(f"Recording what goes to {url}")
    say(f"Base URL for Okta: http://{host}:{listening.getsockname()[1]}{urlsplit(url).path}")
    say_who_reaches(host)
    say("Ctrl-C ends it.")
    try:
        _serve(proxy, listening)
    finally:
        tape.close()
    if proxy.trouble:
        raise proxy.trouble
    return _conclude(tape.recording(), profile, folder, mask)


def _listening(host: str, port: int) -> "socket.socket":
    import socket

    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise UsageError("cannot-listen", f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    # For those it accepts; or answers wait 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _serve(proxy: "Proxy", listening: "socket.socket") -> None:
    """Pass on what comes until a signal, or the proxy itself, ends it."""
    import asyncio

    import uvicorn

    from scim_tests.session.interruption import signals_go_to

    config = uvicorn.Config(
        proxy, log_config=None, access_log=False, lifespan="off", server_header=False, date_header=False
    )
    server = uvicorn.Server(config)

    def stop(*_: object) -> None:
        server.should_exit = True

    async def serve() -> None:
        await server.serve(sockets=[listening])
        await proxy.close()

    proxy.is_over = stop
    with signals_go_to(stop):  # also those that uvicorn hands on once it has ended
        asyncio.run(serve())


def _conclude(recording: "Recording", profile: str | None, folder: Path, mask: "Mask | None") -> int:
    from scim_tests.errors import ExitCode
    from scim_tests.session.finish import conclude, finish
    from scim_tests.traffic.judge import as_kept, judged

    if not recording.entries:
        say("Nothing was recorded.")
        return ExitCode.NOTHING_JUDGED
    return conclude(finish(as_kept(judged(recording, profile), mask), folder), folder)


class LiveJudging:
    """Says of each exchange how it was answered, and of each check when it first fails.

    Judged is only what was said lately about the same person or group, so that a long recording is
    told as fast as a short one; the reports in the end look at everything.
    """

    def __init__(self, profile: str | None, mask: "Mask | None" = None) -> None:
        from scim_tests.traffic.subjects import Subjects

        self.mask = mask
        self.profile = profile  # the one that was named, or the dialect's once it was heard
        self.subjects = Subjects()
        self.lately: dict[tuple[str, str], deque[Entry]] = defaultdict(lambda: deque(maxlen=LATELY))
        self.red: set[str] = set()
        self.number = 0

    def saw(self, entry: "Entry") -> None:
        """Tell of the next exchange."""
        from scim_tests.traffic.har_reader import Recording
        from scim_tests.traffic.judge import PROFILES, judged
        from scim_tests.traffic.recognition import spoken

        self.number += 1
        heard = entry.heard
        answered = heard.answer.phrase if heard.answer else heard.failure
        asked = self.mask.heard(heard).request if self.mask else heard.request
        say(f"{self.number:>4}  {answered:<24} {asked.method} {asked.path}")
        if not self.profile and (dialect := spoken(heard)):
            self.profile = PROFILES[dialect]
        self.subjects.learn(heard)
        lately = self.lately[self.subjects.of(heard)]
        lately.append(entry)
        record = judged(Recording(heard.base_url, list(lately)), self.profile)
        for check in (each for each in record.checks if each.verdict == "fail" and each.id not in self.red):
            self.red.add(check.id)
            finding = next(each for each in check.findings if each.verdict == "fail")
            told = f"{check.id}: expected {finding.expected}, got {finding.got}"
            say(f"      {self.mask.text(told) if self.mask else told}")
