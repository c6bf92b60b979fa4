"""Conversations at the guard alone: whatever was shown before, no request to a real person or group may leave.

EXAMPLES and SEED in the environment choose other numbers; `make adversary` has ten thousand.
"""

import json
import os
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scim_tests.errors import OwnError
from scim_tests.model.act import NOBODY, Step
from scim_tests.model.exchange import Answer, Heard, Request
from scim_tests.model.scim import Json
from scim_tests.personas.play import FORMS
from scim_tests.wire import write_guard
from scim_tests.wire.ledger import Ledger
from scim_tests.wire.write_guard import check

CONVERSATIONS = int(os.environ.get("EXAMPLES", "800"))
SEED = os.environ.get("SEED", "1")
OURS = ("o1", "o2", "O1")
REAL = ("r1", "r2", "1")  # 1 is the id of a user of ours, too, on a target that numbers both alike
NAMES = {
    "/Users": ("scim-tests.guardtst.ann@example.com", "scim-tests.guardtst.bob@example.com"),
    "/Groups": ("scim-tests.guardtst.team", "scim-tests.guardtst.crew"),
}
THEIRS = ("Ottoline.Quillfeather@real.example.org", "Finance")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "MERGE", "PURGE", "LINK", "delete", "")


class Conversation:
    """One run's, by chance: what it is shown, and what it tries to send."""

    def __init__(self, chance: random.Random, ledger: Ledger) -> None:
        self.chance, self.ledger = chance, ledger
        # Names whose every create is answered with an id that nobody had before.
        self.well = {each for names in NAMES.values() for each in names if chance.random() < 0.5}
        self.left: list[tuple[Step, list[str]]] = []  # with the ids that were strangers' by then
        self.answered: dict[str, set[str]] = {}  # with which ids our creates of each name were
        self.shown: dict[tuple[str, str], set[str]] = {}  # under which names each id of an endpoint was

    def go_on(self) -> None:
        endpoint = self.chance.choice(("/Users", "/Groups"))
        self.chance.choice((self.create, self.read, self.read, self.list, self.write, self.change))(endpoint)

    def create(self, endpoint: str) -> None:
        name = self.chance.choice(NAMES[endpoint])
        body = json.dumps({self.key(endpoint): name}).encode()
        step = Step("create", "POST", endpoint, (), body, creates=name)
        status, shown = self.chance.choice((201, 200, 409, 500, 0)), self.resource(endpoint)
        new = [id_ for id_ in OURS if not self.shown_as(endpoint, id_)]
        if name in self.well:
            if not new:
                return
            status, shown = 201, {"id": self.chance.choice(new), self.key(endpoint): name}
        self.tell(step, status, shown)
        if status in {200, 201} and isinstance(shown["id"], str):
            self.answered.setdefault(name, set()).add(shown["id"])

    def read(self, endpoint: str) -> None:
        asked = self.chance.choice((*OURS, *REAL))
        shown = self.resource(endpoint)
        if shown.get("id") == asked and asked in REAL:
            shown[self.key(endpoint)] = self.chance.choice((*THEIRS, *self.seen_through(endpoint, asked)))
        elif asked in OURS and self.chance.random() < 0.5:
            shown = {"id": asked, self.key(endpoint): self.chance.choice(NAMES[endpoint])}
        self.tell(Step("read", "GET", f"{endpoint}/{asked}", ()), self.chance.choice((200, 200, 404)), shown)

    def seen_through(self, endpoint: str, asked: str) -> list[str]:
        """Names of ours under which even a GET may show a real id: whom we created by them is known, and is not it."""
        return [
            name
            for name in NAMES[endpoint]
            if name in self.well & self.answered.keys() and asked not in self.answered[name]
            if all(self.shown_as(endpoint, id_) <= {name} for id_ in self.answered[name])
        ]

    def shown_as(self, endpoint: str, id_: str) -> set[str]:
        """Under which names it was shown, in whatever letter case."""
        alike = (self.shown.get((endpoint, spelt), set()) for spelt in (id_, id_.lower(), id_.upper()))
        return set().union(*alike)

    def change(self, endpoint: str) -> None:
        """As an act of ours would, but of anybody."""
        id_ = self.chance.choice((*OURS, *REAL))
        method = self.chance.choice(("PUT", "PATCH", "DELETE"))
        self.try_(Step("change", method, f"{endpoint}/{id_}", (), about=id_, removes=method == "DELETE"))

    def key(self, endpoint: str) -> str:
        return "userName" if endpoint == "/Users" else "displayName"

    def list(self, endpoint: str) -> None:
        rows = [self.resource(endpoint) for _ in range(self.chance.randrange(4))]
        self.tell(Step("find", "GET", endpoint, ()), 200, {"Resources": rows})

    def resource(self, endpoint: str) -> dict[str, Json]:
        """Any id with any name, in one shape or another."""
        id_ = self.chance.choice((*OURS, *REAL))
        shown: dict[str, Json] = {
            "id": self.chance.choice((id_, id_, id_, [id_], {"value": id_}, f"../{id_}", None))
        }
        return {
            **shown,
            self.key(endpoint): self.chance.choice((*NAMES[endpoint] * 6, *THEIRS, None)),
        }

    def write(self, endpoint: str) -> None:
        id_ = self.chance.choice((*OURS, *REAL, NOBODY))
        spelt = self.chance.choice(
            (id_, id_, quote(f"../{id_}", safe=""), f"{id_}%00", f"{id_}/members", f"%2e/{id_}", f"{id_};x")
        )
        place = self.chance.choice((endpoint, endpoint, endpoint.lower(), "/Bulk", "/", "//Users"))
        path = self.chance.choice((f"{place}/{spelt}", f"{place}/{spelt}", place)) + self.chance.choice(
            ("", "", "?_method=DELETE")
        )
        headers = self.chance.choice(((), (), (("X-HTTP-Method-Override", "DELETE"),)))
        body = json.dumps(self.body()).encode() if self.chance.random() < 0.7 else b""
        name = self.chance.choice(("", *NAMES[endpoint], *THEIRS))
        step = Step(
            "write",
            self.chance.choice(METHODS),
            path,
            headers,
            body,
            creates=name,
            about=self.chance.choice((id_, spelt)),
        )
        self.try_(step)

    def try_(self, step: Step) -> None:
        try:
            check(self.ledger, step, FORMS)
        except OwnError:
            return
        endpoint = f"/{step.path.split('/')[1]}"
        lost = [id_ for id_ in OURS if self.shown.get((endpoint, id_), set()) & set(THEIRS)]
        self.left.append((step, [*REAL, *lost]))

    def body(self) -> Json:
        member = self.chance.choice((*OURS, *REAL, NOBODY))
        shapes: list[Json] = [
            member,
            {"value": member},
            [{"Value": [member]}],
            {"$ref": f"/Users/{member}"},
            {member: {}},
        ]
        members, name = self.chance.choice(shapes), self.chance.choice((*NAMES["/Users"], *THEIRS))
        return self.chance.choice(
            (
                {"members": members}, {"displayName": name, "Members": members}, {"userName": name},
                {"Operations": [{"op": "add", "path": "members", "value": members}]},
                {"Operations": [{"op": "replace", "value": {"members": members, "userName": name}}]},
                {"Operations": [{"op": "add", "path": f'members[value eq "{member}"]'}]},
            )
        )  # fmt: skip

    def tell(self, step: Step, status: int, shown: Any) -> None:
        write_guard.before(self.ledger, step)
        answer = Answer(status, (), json.dumps(shown).encode()) if status else None
        write_guard.after(self.ledger, step, Heard(Request(step.method, step.path), answer))
        endpoint, asked = f"/{step.path.split('/')[1]}", step.path.rpartition("/")[2]
        is_said_of_it = status == 200 or (status and "id" in shown and shown["id"] is None)
        if is_said_of_it and f"/{asked}" != endpoint:
            self.shown.setdefault((endpoint, asked), set()).add(str(shown[self.key(endpoint)]))
        for each in shown.get("Resources", [shown]) if status else ():
            id_ = [*each["id"].values()] if isinstance(each["id"], dict) else each["id"]
            id_ = id_[0] if isinstance(id_, list) else str(id_)
            self.shown.setdefault((endpoint, id_), set()).add(str(each[self.key(endpoint)]))


def test_no_conversation_gets_a_write_to_a_stranger_past_the_guard(tmp_path: Path) -> None:
    """What leaves is a GET, a create under a name of a run, or names what was proven ours and nobody real, member by member."""
    sent = 0
    for number in range(CONVERSATIONS):
        chance = random.Random(f"{SEED}-{number}")  # noqa: S311 -- no secret
        ledger = Ledger(tmp_path / f"{number}.jsonl")
        conversation = Conversation(chance, ledger)
        for _ in range(40):
            conversation.go_on()
        for step, strangers in conversation.left:
            body, about_a_group = step.body.decode(), step.path.startswith("/Groups")
            harmed = [each for each in strangers if f"/{each}" in step.path]
            harmed += [each for each in REAL if about_a_group and f'"{each}"' in body]
            named = '"displayName": "' if about_a_group else '"userName": "'
            harmed += [each for each in THEIRS if named + each in body or each == step.creates]
            writes = step.method != "GET"
            assert not (writes and harmed), f"SEED={SEED}, conversation {number}: {step}"
            sent += writes and step.method != "POST"
        ledger.path.unlink(missing_ok=True)
    assert sent > CONVERSATIONS // 40, "some writes leave, or nothing was tried"
