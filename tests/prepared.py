"""A process that has imported what `scim-tests` imports, and becomes it in a fork whenever somebody asks.

So no test waits a second for imports. Each command still is a process with arguments, a folder, an environment, streams
and an exit code of its own. `ASKING` is the program that stands for `scim-tests`.
"""

import gc
import json
import os
import signal
import socket
import sys
from importlib import import_module
from pkgutil import walk_packages

import pytest
from pageless import ASKED, empty_pages

import scim_tests
from scim_tests.cli import main
from scim_tests.report import templating

LONGEST = 120  # seconds that a command may take
OTHERS = ("faker.providers", "pytest_html.plugin", "pytest_metadata.plugin", "reference_server.running")
NOT_IMPORTED = (
    "scim_tests.__main__",
    "scim_tests.test_",
)  # the one runs a command, the others are shown by pytest
ASKING = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect("{place}")
    asked = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)])
    socket.send_fds(asking, [asked.encode()], [0, 1, 2])
    asking.shutdown(socket.SHUT_WR)
    sys.exit(int(asking.recv(9)))
"""


def prepare() -> None:
    """Import what a command may import."""
    ours = (module.name for module in walk_packages(scim_tests.__path__, "scim_tests."))
    for name in (*OTHERS, *(name for name in ours if not name.startswith(NOT_IMPORTED))):
        import_module(name)
    for package in ("scim_tests.report", "scim_tests.ui"):
        environment = templating.environment(package)
        for name in environment.list_templates(["html"]):
            environment.get_template(name)
    gc.freeze()  # what is never collected is never copied into a fork


def command(asking: socket.socket) -> None:
    """Be the command that is asked for."""
    asked, streams, *_ = socket.recv_fds(asking, 65536, 3)
    while more := asking.recv(65536):
        asked += more
    arguments, folder, environment = json.loads(asked)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    if ASKED in environment:
        empty_pages(pytest.MonkeyPatch())
    signal.alarm(LONGEST)
    main(arguments)


def serve(place: str) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen()
        print("prepared", flush=True)  # noqa: T201 -- who started it waits for that
        while True:
            with listening.accept()[0] as asking:
                if not (process := os.fork()):
                    command(asking)
                asking.sendall(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())


if __name__ == "__main__":
    prepare()
    serve(sys.argv[1])
