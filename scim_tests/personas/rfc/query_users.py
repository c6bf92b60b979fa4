"""Queries that Okta never sends and other clients do: filters the RFC allows, and other ways to ask (RFC 7644 3.4.2.2, 3.8).

Nothing is written. The person asked for is one the run pushed, else the first of the list.
"""

import json
from collections.abc import Iterator

from scim_tests.model.act import NOBODY, Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Headers, NotObserved
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import SEARCH_REQUEST
from scim_tests.personas.okta.requests import dump, get_, headers, quoted, read, user_path
from scim_tests.personas.okta.wording import Wording

BRACKETS = 32  # deep enough to be noticed, and no burden
FEW = "/Users?startIndex=1&count=1"


@act(
    title="Ask for a person as other clients do",
    group="import users",
    sends=("GET /Users", "GET /Users/{id}", "POST /Users/.search"),
)
def query_users(scene: Scene) -> Performance:
    """Ask for one person by filters, attributes, media types and, where the profile writes, by POST."""
    known = scene.known["read_user"]
    user_id, name = known.id, known.name
    if scene.person and (pushed := scene.known.get(f"push_user:{scene.person.key}")):
        user_id, name = pushed.id, scene.person.user_name
    if not name:
        raise NotObserved("", "there is nobody with a userName to ask for")
    yield Independent(_questions(scene, user_id, name))
    return SceneResult()


def _questions(scene: Scene, user_id: str, name: str) -> Iterator[Step]:
    him = f"userName eq {text(name)}"
    yield ask(scene, "words_in_capitals", f"USERNAME EQ {text(name)}")
    capitals = name.upper() if name.isascii() else name
    yield ask(scene, "two_clauses", f"userName eq {text(capitals)} and id eq {text(user_id)}")
    yield ask(scene, "brackets", "(" * BRACKETS + him + ")" * BRACKETS)
    yield ask(scene, "with_attributes", him, "&attributes=userName")
    yield ask(scene, "nobody_too", f"{him} AND userName eq {text(f'{Wording.NOBODY}.{NOBODY}')}")
    yield ask(scene, "apostrophe", f"userName eq {text(name + Wording.MARKS)}")
    yield ask(scene, "not_equal", f"userName ne {text(name)} and id eq {text(user_id)}")
    yield read(scene, "whole", user_id)
    yield get_(scene, "part", f"{user_path(user_id)}?attributes=userName")
    yield Step("plain_json", "GET", FEW, accepting(scene, "application/json"))
    yield Step("anything", "GET", FEW, accepting(scene, None))
    if scene.profile.writes:  # a POST, although it only asks
        query = {"schemas": [SEARCH_REQUEST], "filter": him, "startIndex": 1, "count": -1}
        yield Step("search", "POST", "/Users/.search", headers(scene, body=True), dump(query))


def text(value: str) -> str:
    """A string as a filter writes it (RFC 7644 3.4.2.2)."""
    return json.dumps(value, ensure_ascii=False)


def ask(scene: Scene, name: str, condition: str, more: str = "") -> Step:
    """A GET of users by a filter as the RFC writes it; `more` are further parameters, from their `&` on."""
    return get_(scene, name, f"/Users?filter={quoted(condition)}&startIndex=1&count=10{more}")


def accepting(scene: Scene, media_type: str | None) -> Headers:
    """Okta's headers with another Accept, or none."""
    others = tuple(each for each in headers(scene) if each[0] != "Accept")
    return others if media_type is None else (("Accept", media_type), *others)
