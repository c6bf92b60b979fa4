"""Values that trip servers: what the RFCs let a target do with them is no failure, and what is lost or altered is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from imagining import Lie, lying
from playing import Play, play, reference_transport, specifying

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.scim import ENTERPRISE_USER
from scim_tests.model.verdict import Verdict
from scim_tests.personas.rfc.traps import EXTREMES, UNLISTED

ACTS = ("make_specimens", "trap_values")
LISTS = ("emails", "phoneNumbers", "addresses")
INVALID = refusal(400, "Not in this way.", scim_type="invalidValue")


def refuses(where: Callable[[Asked], bool]) -> Lie:
    async def lie(asked: Asked, honest: Honest) -> Answer:
        return INVALID if asked.kind == "Users" and where(asked) else await honest(asked)

    return lie


def stores(change: Callable[[dict[str, Any]], None]) -> Lie:
    """Of what is put the target takes what `change` leaves."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.kind != "Users" or asked.method != "PUT":
            return await honest(asked)
        user = asked.json
        change(user)
        return await honest(asked.saying(user))

    return lie


def of_each_entry(change: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def of_all(user: dict[str, Any]) -> None:
        for entry in (each for name in LISTS for each in user.get(name, ())):
            change(entry)

    return of_all


def without_type(entry: dict[str, Any]) -> None:
    if entry["type"] == UNLISTED:
        del entry["type"]


def without_their_entries(user: dict[str, Any]) -> None:
    for name in LISTS:
        user[name] = [each for each in user.get(name, ()) if each["type"] != UNLISTED]


def with_another_type(entry: dict[str, Any]) -> None:
    entry["type"] = "other" if entry["type"] == UNLISTED else entry["type"]


def with_an_extension_as_people_write_it(user: dict[str, Any]) -> None:
    for each in user.get("phoneNumbers", ()):
        each["value"] = each["value"].removeprefix("tel:").replace(";ext=", " ext. ")


def one_of_each_type(user: dict[str, Any]) -> None:
    for name in LISTS:
        user[name] = [*{each["type"]: each for each in user.get(name, ())}.values()]


def without_manager(user: dict[str, Any]) -> None:
    user.get(ENTERPRISE_USER, {}).pop("manager", None)


def has_extremes(asked: Asked) -> bool:
    return any(json.dumps(each, ensure_ascii=False) in asked.body.decode() for each in EXTREMES)


def escaped(user: dict[str, Any]) -> None:
    for name in ("displayName", "nickName", "title"):
        user[name] = user.get(name, "").replace("'", "&#39;").replace('"', "&quot;").replace("{", "&#123;")


def played(lie: Lie, folder: Path) -> Play:
    profile = specifying(*ACTS)
    return play(
        lying(reference_transport(), lie), folder / "ledger.jsonl", profile=profile, judge=Judge(catalogue())
    )


def failed(done: Play) -> set[str]:
    return {each.check.id for each in done.results if each.verdict in {Verdict.FAIL, Verdict.BROKEN}}


ALLOWED: dict[str, Lie] = {
    "types that are not suggested are refused (RFC 7643 2.3.1)": refuses(
        lambda asked: f'"type":"{UNLISTED}"'.encode() in asked.body
    ),
    "types that are not suggested are passed over (RFC 7643 7)": stores(of_each_entry(without_type)),
    "entries of types that are not suggested are passed over (RFC 7643 7)": stores(without_their_entries),
    "types that are not suggested become one that is": stores(of_each_entry(with_another_type)),
    "a manager whom nobody knows is passed over (RFC 7643 2.3.7)": stores(without_manager),
    "telephone numbers with an extension as people write it": stores(with_an_extension_as_people_write_it),
    "long texts, and those of several lines, are refused": refuses(has_extremes),
    "a manager whom nobody knows is refused": refuses(lambda asked: b'"manager"' in asked.body),
    "any trap is refused in a create": refuses(lambda asked: asked.method == "POST" and b"007" in asked.body),
}
WRONG: dict[str, Lie] = {
    "one entry of each type is kept": stores(one_of_each_type),
    "marks are escaped where they come in": stores(escaped),
}


@pytest.mark.parametrize("allowed", ALLOWED)
def test_what_a_target_may_do_with_traps_fails_nothing(allowed: str, tmp_path: Path) -> None:
    """What is refused, or need not be kept, is held against no target, and somebody is there to write to in any case."""
    done = played(ALLOWED[allowed], tmp_path)
    assert failed(done) == set()
    assert {"trap_values.after_create", "trap_values.after_patches"} <= {
        each.step for each in done.conductor.transcript if each.is_success
    }


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_taken_and_altered_is_seen(wrong: str, tmp_path: Path) -> None:
    """What was answered with success is there afterwards as it was written."""
    assert "every_write.shows-in-the-next-read" in failed(played(WRONG[wrong], tmp_path))
