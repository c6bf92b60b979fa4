"""A page as a browser visits it, in process: forms are sent as they stand, with what a person changes in them."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from scim_tests.ui.app import app
from scim_tests.ui.desk import Desk

ADDRESS, TOKEN = "http://127.0.0.1:8321", "the-token-of-this-start"


@dataclass
class Shown(HTMLParser):
    """A page: its status, its text, and the fields of its forms as a browser would send them."""

    status: int
    html: str
    place: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    _select: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "select":
            self._select = said["name"]
        elif tag == "option" and "selected" in said:
            self.fields.append((self._select, said["value"]))
        elif tag == "input" and _is_sent(said):
            self.fields.append((said["name"], said.get("value", "")))

    @property
    def text(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(re.sub(r"<[^>]+>", " ", self.html).split())

    def wrong(self, name: str) -> str:
        """What stands at a field that is wrong."""
        found = re.search(rf'id="{name}-wrong"[^>]*>([^<]*)<', self.html)
        return found[1] if found else ""


def _is_sent(said: dict[str, str]) -> bool:
    return {"name", "disabled"} & set(said) == {"name"} and (
        said["type"] not in {"checkbox", "radio"} or "checked" in said
    )


class Visit:
    """Somebody with the link of the start."""

    def __init__(self, reports: Path) -> None:
        self.desk = Desk(reports)
        self._app = app(self.desk, ADDRESS, TOKEN)

    def get(self, place: str) -> Shown:
        return self._asked("GET", place)

    def post(self, place: str, shown: Shown | None = None, **changes: Any) -> Shown:
        """Send the form of a page; a change is a text, the texts that are ticked, or None where nothing is."""
        kept = [each for each in (shown.fields if shown else []) if each[0] not in changes]
        for name, said in changes.items():
            kept += [(name, each) for each in ([said] if isinstance(said, str) else said or ())]
        return self._asked("POST", place, urlencode(kept))

    def answer(self, method: str, path: str, body: str | bytes = "", origin: str = ADDRESS) -> httpx.Response:
        """What comes back, whatever it is; the path is the whole of it."""

        async def ask() -> httpx.Response:
            way = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=way, base_url=ADDRESS) as client:
                headers = {"origin": origin, "content-type": "application/x-www-form-urlencoded"}
                return await client.request(method, path, content=body, headers=headers)

        with ThreadPoolExecutor(1) as apart:  # the loop of a browser may run in this thread
            return apart.submit(lambda: asyncio.run(ask())).result()

    def _asked(self, method: str, place: str, body: str = "") -> Shown:
        answer = self.answer(method, f"/{TOKEN}{place}", body)
        return Shown(
            answer.status_code, answer.text, answer.headers.get("location", "").removeprefix(f"/{TOKEN}")
        )
