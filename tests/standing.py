"""The bundled server in a process of its own, as `scim-tests serve` starts it: it can die, and come back with whom it had."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commanding import TOKEN, inherited

from scim_tests.model.scim import Json

PAGE = 200  # people of one page, the most that the server gives


class Standing:
    """One that keeps its people in a file of this folder."""

    def __init__(self, folder: Path, *options: str, seed_users: int = 0) -> None:
        self._folder = folder
        self._options = options
        self._port = 0
        self.base_url = ""
        self.stands_up(seed_users)

    def stands_up(self, seed_users: int = 0) -> None:
        """Serve again, where it did before."""
        command = [
            sys.executable, "-m", "scim_tests", "serve", "--port", str(self._port), "--database", "people.db",
            "--seed-users", str(seed_users), *self._options,
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=self._folder, env={**inherited(), "SCIM_TESTS_TOKEN": TOKEN, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self._process.stdout
        self.base_url = next(line for line in self._process.stdout if "Serving" in line).split()[-1]
        self._port = int(self.base_url.split(":")[2].partition("/")[0])

    def dies(self) -> None:
        """At once."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def standing(folder: Path, *options: str, seed_users: int = 0) -> Iterator[Standing]:
    """One for as long as the block."""
    server = Standing(folder, *options, seed_users=seed_users)
    try:
        yield server
    finally:
        server.dies()


def everybody(base_url: str) -> dict[str, Json]:
    """All users of a server as they are shown, by id."""
    found: dict[str, Json] = {}
    while True:
        asked = urllib.request.Request(
            f"{base_url}/Users?startIndex={len(found) + 1}&count={PAGE}",
            headers={"Authorization": f"Bearer {TOKEN}"},
        )
        with urllib.request.urlopen(asked) as answer:
            page = json.load(answer).get("Resources", [])
        found |= {each["id"]: each for each in page}
        if len(page) < PAGE:
            return found
