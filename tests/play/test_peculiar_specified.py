"""What only the acts of the specification ask, of targets that do as they may: nothing fails, and nothing is left unjudged."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from imagining import Lie, answers, lying, shows, stores, together
from playing import play, reference_transport, specifying

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.scim import USER
from scim_tests.model.verdict import Verdict

UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MARKED = re.compile(rb"(?:u:|u%3A)([0-9a-f-]{36})(?:==|%3D%3D)")


def with_signs_in_ids() -> Lie:
    """As base64 and URNs have them; all may stand in a path (RFC 3986 3.3)."""

    def plain(text: str) -> str:
        return MARKED.sub(rb"\1", text.encode()).decode()

    async def lie(asked: Asked, honest: Honest) -> Answer:
        understood = replace(
            asked,
            id=plain(asked.id),
            query_string=plain(asked.query_string),
            body=MARKED.sub(rb"\1", asked.body),
        )
        answer = await honest(understood)
        headers = {
            name: UUID.sub(rb"u:\g<0>==", value.encode()).decode() for name, value in answer.headers.items()
        }
        return replace(answer, headers=headers, body=UUID.sub(rb"u:\g<0>==", answer.body))

    return lie


def pages_by_cursor_alone() -> Lie:
    """RFC 9865 2.3 and 4: it says so, answers with cursors, and refuses to begin in the middle."""

    def say(_: Asked, config: Answer) -> Answer:
        paging = {**config.json["pagination"], "index": False, "defaultPaginationMethod": "cursor"}
        return config.having(pagination=paging)

    async def lie(asked: Asked, honest: Honest) -> Answer:
        is_search = asked.id == ".search"
        if not (is_search or asked.lists):
            return await honest(asked)
        said = asked.json if is_search else asked.query
        if "cursor" in said:
            return await honest(asked)
        if str(said.get("startIndex", 1)) != "1":
            return refusal(400, "Pages are by cursor alone.", "invalidValue")
        first = {**{key: value for key, value in said.items() if key != "startIndex"}, "cursor": ""}
        return await honest(
            asked.saying(first) if is_search else asked.asking(**{**first, "startIndex": None})
        )

    return together(answers(say, lambda asked: asked.kind == "ServiceProviderConfig"), lie)


def with_photos_at_home(user: Any) -> None:
    """RFC 7643 4.1.2: the same image, of another size or from another place."""
    for number, each in enumerate(user.get("photos") or ()):
        each["value"] = f"https://images.target.example/{user['userName']}/{number}.png"


def with_a_name_to_show(user: Any) -> None:
    """RFC 7644 3.5.1: what is left out, or null, which is the same (RFC 7643 2.5), may get a default."""
    user["displayName"] = user.get("displayName") or user["userName"]


def with_a_fixed_title() -> Lie:
    """The target has the title from elsewhere, says that it is read-only, ignores it in a PUT and refuses it in a PATCH."""

    def declare(schema: Any) -> None:
        for each in schema["attributes"]:
            if schema["id"] == USER and each["name"] == "title":
                each["mutability"] = "readOnly"

    async def refusing(asked: Asked, honest: Honest) -> Answer:
        if asked.method == "PATCH" and asked.sets("title"):
            return refusal(400, "The title is read-only.", "mutability")
        return await honest(asked)

    declaring = answers(lambda _, answer: answer.each(declare), lambda asked: asked.kind == "Schemas")
    return together(declaring, stores(lambda user: user.pop("title", None)), refusing)


def with_a_role_of_each_group(user: Any) -> None:
    if user.get("groups"):
        user["roles"] = [*user.get("roles", ()), *({"value": each["value"]} for each in user["groups"])]


def with_numbers_in_one_form() -> Lie:
    """RFC 7643 4.1.2: it should; a filter of who goes on with the number as it was written then finds nothing."""

    def change(path: str, value: Any) -> Any:
        if path.lower() == "phonenumbers" and isinstance(value, list):
            return [{**each, "value": f"+{''.join(filter(str.isdigit, each['value']))}"} for each in value]
        return value

    async def lie(asked: Asked, honest: Honest) -> Answer:
        is_write = asked.kind == "Users" and asked.method in {"PUT", "PATCH", "POST"}
        return await honest(asked.rewriting(change) if is_write else asked)

    return lie


PECULIAR: dict[str, tuple[Callable[[], Lie], tuple[str, ...]]] = {
    "ids with signs that a path may hold": (with_signs_in_ids, ("send_bulk",)),
    "pages by cursor alone": (pages_by_cursor_alone, ("make_specimens", "arrange_users", "import_users")),
    "photos at a host of the target's own, and a displayName for everybody": (
        lambda: together(stores(with_photos_at_home), stores(with_a_name_to_show)),
        ("write_every_attribute",),
    ),
    "telephone numbers in one form, and groups that give roles": (
        lambda: together(with_numbers_in_one_form(), shows(with_a_role_of_each_group)),
        ("write_in_forms",),
    ),
    "a title that is read-only": (with_a_fixed_title, ("make_specimens", "project_users")),
}


@pytest.mark.parametrize("peculiar", PECULIAR)
def test_what_a_target_may_do_fails_nothing(peculiar: str, tmp_path: Path) -> None:
    """No check is red over it, none breaks, and none is blocked."""
    make, acts = PECULIAR[peculiar]
    alone = specifying(*acts)
    profile = replace(alone, capabilities=alone.capabilities | ({"import_users"} & {*acts}))
    transport = lying(reference_transport(), make())
    done = play(transport, tmp_path / "ledger.jsonl", profile=profile, judge=Judge(catalogue()))
    wrong = {Verdict.FAIL, Verdict.BROKEN, Verdict.BLOCKED}
    found = {
        each.check.id: (each.why, [one.finding for one in each.judgements if one.finding][:1])
        for each in done.results
        if each.verdict in wrong
    }
    assert found == {}
