"""Honest servers of many kinds stay green, whatever is said to them in whatever order."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from held import Held, Inward, Outward, as_it_is, backwards, begun, says, shown_as_it_is, shows
from wandering import wander

from scim_tests.explore.playing import judging
from scim_tests.model.act import NOBODY
from scim_tests.model.exchange import Answer
from scim_tests.model.scim import ERROR, USER

Json = Any
STEPS = 15


def of_bodies(change: Callable[[Json], Json]) -> Inward:
    return lambda _, __, body: change(body)


def texts(change: Callable[[str], str], *names: str) -> Inward:
    """Stores the texts under these names, wherever they stand, in another form."""

    def changed(value: Json) -> Json:
        if isinstance(value, list):
            return [changed(each) for each in value]
        if not isinstance(value, dict):
            return value
        made = {
            key: change(each) if key in names and isinstance(each, str) else changed(each)
            for key, each in value.items()
        }
        if made.get("path") in names and isinstance(made.get("value"), str):
            made["value"] = change(made["value"])
        return made

    return of_bodies(changed)


def emails_lower(method: str, path: str, body: Json) -> Json:
    del method, path
    return json.loads(json.dumps(body).replace("@Example.com", "@example.com"))


def of_resources(change: Callable[[Json], object]) -> Outward:
    """Shows every user and group in another way."""

    def outward(_: str, __: str, answer: Answer) -> Answer:
        if not answer.is_success or not answer.body:
            return answer
        body = json.loads(answer.body)
        for each in body.get("Resources", [body]):
            change(each)
        headers = tuple(each for each in answer.headers if each[0].lower() != "etag")
        return Answer(answer.status, headers, json.dumps(body).encode())

    return outward


def dated(resource: Json) -> None:
    """A version that is made of the second of the last change."""
    meta = resource.get("meta", {})
    if "lastModified" in meta:
        meta["lastModified"] = meta["lastModified"][:19] + "Z"
        meta["version"] = f'W/"{meta["lastModified"]}"'


def undated(resource: Json) -> None:
    for name in ("version", "lastModified", "created"):
        resource.get("meta", {}).pop(name, None)


def hides_inactive(*, everywhere: bool) -> Outward:
    """Shows nobody inactive in lists and lookups, or even where they are read by id."""

    def outward(method: str, path: str, answer: Answer) -> Answer:
        if method != "GET" or not answer.is_success or not path.startswith("/Users"):
            return answer
        body = json.loads(answer.body)
        found = [each for each in body.get("Resources", []) if each.get("active") is not False]
        if everywhere and body.get("active") is False:
            return says(404, schemas=[ERROR], status="404")(answer)
        if "Resources" in body and "active%20eq" not in path:
            body.update(
                totalResults=body["totalResults"] - len(body["Resources"]) + len(found),
                itemsPerPage=len(found),
                Resources=found,
            )
        return Answer(answer.status, answer.headers, json.dumps(body).encode())

    return outward


def bare(method: str, path: str, answer: Answer) -> Answer:
    del path
    is_write = method in {"PATCH", "PUT"} and answer.is_success
    return Answer(204, answer.headers) if is_write else answer


def brief_lists(_: str, __: str, answer: Answer) -> Answer:
    """Lists that show names alone."""
    body = json.loads(answer.body) if answer.is_success and answer.body else {}
    if "Resources" in body:
        kept = ("id", "schemas", "userName", "displayName", "meta")
        body["Resources"] = [{key: each[key] for key in kept if key in each} for each in body["Resources"]]
        return Answer(answer.status, answer.headers, json.dumps(body).encode())
    return answer


def without_filters(_: str, path: str, answer: Answer) -> Answer:
    return (
        says(400, schemas=[ERROR], status="400", scimType="invalidFilter")(answer)
        if "filter=" in path
        else answer
    )


def with_defaults(method: str, path: str, body: Json) -> Json:
    """Gives a new user what nobody sent."""
    is_new = method == "POST" and path == "/Users"
    return {"userType": "Employee", "preferredLanguage": "en", **body} if is_new else body


def passing_over(body: Json) -> Json:
    """Does of a write what can be done, and passes over the rest."""
    if isinstance(body, list):
        return [passing_over(each) for each in body if not names_nobody(each)]
    if isinstance(body, dict):
        return {key: passing_over(each) for key, each in body.items() if not names_nobody(each)}
    return body


def typed(text: str) -> str:
    return " ".join(text.replace('"', "'").split())


def names_nobody(value: Json) -> bool:
    return value == NOBODY or (isinstance(value, dict) and value.get("value") == NOBODY)


def fully_named(resource: Json) -> None:
    name = resource.get("name")
    if name:
        name["formatted"] = f"{name.get('givenName')} {name.get('familyName')}"
        resource.setdefault("displayName", name["formatted"])


SERVERS: dict[str, tuple[Inward, Outward]] = {
    "as it is": (as_it_is, shown_as_it_is),
    "no groups of users": (as_it_is, of_resources(lambda each: each.pop("groups", None))),
    "e-mails in small letters": (emails_lower, shown_as_it_is),
    "texts without blanks at their ends": (texts(str.strip, "title", "nickName"), shown_as_it_is),
    "texts cut at 30": (texts(lambda each: each[:30], "title", "nickName"), shown_as_it_is),
    "titles in a form of its own": (
        texts(lambda each: f"<{each.strip('<>').lower()}>", "title", "nickName"),
        shown_as_it_is,
    ),
    "defaults": (with_defaults, shown_as_it_is),
    "no versions or dates": (as_it_is, of_resources(undated)),
    "versions to the second": (as_it_is, of_resources(dated)),
    "no body after a write": (as_it_is, bare),
    "brief lists": (as_it_is, brief_lists),
    "no filters": (as_it_is, without_filters),
    "no members": (as_it_is, of_resources(lambda each: each.pop("members", None))),
    "passes over what cannot be done": (of_bodies(passing_over), shown_as_it_is),
    "nobody inactive in lists": (as_it_is, hides_inactive(everywhere=False)),
    "nobody inactive at all": (as_it_is, hides_inactive(everywhere=True)),
    "full names": (as_it_is, of_resources(fully_named)),
    "straight quotes and one blank between words": (texts(typed, "title", "nickName"), bare),
}


@pytest.mark.parametrize("oin", [True, False], ids=["patch", "put"])
@pytest.mark.parametrize("server", SERVERS)
def test_an_honest_server_is_green(server: str, *, oin: bool) -> None:
    """Nothing is found in conversations drawn at random, in either dialect, by any check of an exploration."""
    inward, outward = SERVERS[server]
    for seed in (1, 2):
        held = Held(oin=oin, inward=inward, outward=outward, checks=judging())
        wander(held, seed, STEPS)
        held.conclude()
        assert held.findings == {}, f"seed {seed}"


def test_deleted_members_may_stay() -> None:
    """RFC 7643 2.3.7: a reference may lead to somebody who is gone, in every door and after further writes."""
    held = begun()
    both = held.seen["g0"]["members"]
    held.delete(0)
    for look in (lambda: held.read("g0"), lambda: held.list("list_groups", "/Groups")):
        held.lie = shows(lambda body: [each.update(members=both) for each in body.get("Resources", [body])])
        look()
    held.lie = shows(lambda body: body.update(members=both))
    held.patch("rename_group", "g0", {"op": "replace", "value": {"displayName": "x"}})
    held.read("g0")
    held.read(1)
    assert held.findings == {}


def test_names_of_the_dead_may_be_kept() -> None:
    """RFC 7644 3.6 says "should not": advice, unless another such name was taken again."""
    held = begun()
    held.delete(0)
    held.refusal = 409
    held.create(0)
    assert held.findings == {}
    assert "explore.free-name-is-taken" in held.advice
    held.create(0)
    held.delete(1)
    held.refusal = 409
    held.create(1)
    assert "explore.free-name-is-taken" in held.findings


def test_an_external_id_may_have_to_be_unique() -> None:
    """RFC 7643 3.1 asks nothing of the kind: who refuses one that is in use, or one of somebody who was deleted, is not told."""
    for is_gone in (False, True):
        held = begun()
        held.create(2, step="create_alike", externalId="e1")
        if is_gone:
            held.delete(0)
        for status in (409, 400):
            held.refusal = status
            held.create(3, step="create_alike", externalId="e0")
        assert held.findings == {}


def test_an_outdated_copy_may_be_refused() -> None:
    """With 409 or 412, for the version that it names (RFC 7644 3.12)."""
    for status in (409, 412):
        held = begun()
        copy = held.seen["0"]
        held.put(0, title="New")
        held.put(0, "put_back", **copy)
        held.refusal = status
        held.put(0, "put_back", **copy)
        held.read(0)
        assert held.findings == {}


def test_what_is_sorted_may_come_in_the_order_of_any_alphabet() -> None:
    """Letter case may count, dots and blanks may not; whoever was written to since they were read may be anywhere."""
    for first, second in (("B", "a"), ("a.", "ab"), ("Zoë", "Zoet"), ("a", "a")):
        held = begun()
        for place, title in ((0, first), (1, second)):
            held.set(place, title=title)
            held.read(place)
        for lie in (None, backwards):
            held.lie = lie
            held.sorted_by("title")
        held.set(0, title="c")
        held.lie = backwards
        held.sorted_by("title")
        assert held.findings == {}


@pytest.mark.parametrize("status", [500, 503])
def test_after_a_server_error_both_may_be(status: int) -> None:
    """Nobody can tell whether a write was done that was answered with 5xx."""
    for done in (True, False):
        held = begun()
        held.refusal = 0 if done else status
        held.lie = says(status)
        held.set(0, "rename", userName=held.name(3))
        held.lookup(3)
        held.lookup(0)
        held.list()
        held.read(0)
        held.lookup(0)
        assert held.findings == {}


def test_others_may_come_and_go() -> None:
    """A count that others move between two lists is no fault."""
    held = begun()
    held.list()
    held.lie = shows(lambda body: body.update(totalResults=3))
    held.list("count", count=0)
    stranger = {"id": "x", "schemas": [USER], "userName": "real@example.org"}
    held.lie = shows(
        lambda body: body.update(
            totalResults=3, itemsPerPage=3, Resources=[*body["Resources"], stranger]
        )
    )  # fmt: skip
    held.list()
    held.list()
    assert held.findings == {}


def test_others_may_move_ours_from_page_to_page() -> None:
    """Somebody else comes before them and another one leaves: a person of ours is on the second page, too, and the total stays."""
    for step in ("page_of_one", "list"):
        held = begun()
        page = held.list("page_of_one", count=1).resource
        for _ in range(2):
            held.lie = says(200, **{**page, "startIndex": 2})
            held.list("page_of_one", start=2, count=1)
        held.lie = says(200, **{**page, "Resources": [{"id": "x", "userName": "real@example.org"}]})
        held.list(step)
        assert held.findings == {}


def test_a_name_that_nobody_may_change_is_no_double() -> None:
    """A target that passes over a userName and says 200 has not given it to two."""
    held = begun()
    was = held.seen["0"]
    held.lie = says(200, **was)
    held.patch("rename", 0, {"op": "replace", "value": {"userName": held.name(1)}})
    assert "explore.taken-name-is-refused" not in held.findings
