"""What a target says of itself is gone by: where it has no filters none is sent, and people are written as its schemas want them."""

from pathlib import Path
from typing import Any

import httpx
from imagining import Lie, answers, changed, lying
from playing import Play, play, reference_transport, specifying

from reference_server.faults.bending import Answer, Asked, Honest, refusal
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.scim import ENTERPRISE_USER, USER
from scim_tests.model.verdict import Verdict
from scim_tests.personas.specification import ACTS

OURS = tuple(f"{each.name}." for each in ACTS)
KEPT = {"userName", "externalId", "name", "displayName", "emails", "active", "password", "groups"}
PARTS = {"name": ("formatted", "familyName", "givenName"), "emails": ("value",)}
ALWAYS = {"schemas", "id", "meta"}


def played(lie: Lie, folder: Path) -> Play:
    """The acts of the specification alone."""
    honest: httpx.ASGITransport = reference_transport()
    return play(lying(honest, lie), folder / "ledger.jsonl", profile=specifying(), judge=Judge(catalogue()))


def wrong(run: Play) -> dict[str, Verdict]:
    found = {each.check.id: each.verdict for each in run.results}
    return {
        id_: verdict
        for id_, verdict in found.items()
        if verdict in {Verdict.FAIL, Verdict.ADVICE, Verdict.BROKEN}
    }


def test_where_no_filters_are_advertised_none_is_sent(tmp_path: Path) -> None:
    """Filtering is optional (RFC 7644 3.4.2.2): a target that says so is not asked by one, and nothing is held against it."""

    def none(configuration: Any) -> None:
        configuration["filter"]["supported"] = False

    lie = answers(
        lambda _, answer: changed(answer, none), lambda asked: asked.kind == "ServiceProviderConfig"
    )
    run = played(lie, tmp_path)
    filtered = {
        each.step
        for each in run.conductor.transcript
        if each.step.startswith(OURS) and each.request.endpoint in {"/Users", "/Groups", "/.search"}
        if "filter=" in each.request.path or b'"filter":' in each.request.body
    }
    assert filtered == {"send_bulk.not_made", "send_odd_requests.find_wrong"}  # lookups like Okta's
    assert wrong(run) == {}


def strict() -> Lie:
    """A target that has few attributes, requires a full name, and refuses what it does not declare."""

    def few(schema: Any) -> None:
        if schema["id"] == USER:
            schema["attributes"] = [each for each in schema["attributes"] if each["name"] in KEPT]
        elif schema["id"] == ENTERPRISE_USER:
            schema["attributes"] = [each for each in schema["attributes"] if each["name"] == "department"]
        for each in schema["attributes"] if schema["id"] == USER else ():
            each["required"] = each["name"] in {"userName", "name"}
            if each["name"] in PARTS:
                parts = [one for one in each["subAttributes"] if one["name"] in PARTS[each["name"]]]
                each["subAttributes"] = [{**one, "required": one["name"] == "formatted"} for one in parts]

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.place == "POST /Users" and not _fits(lowered(asked.json)):
            return refusal(400, "Extra inputs are not permitted", "invalidSyntax")
        answer = await honest(asked)
        return answer.each(few) if asked.kind == "Schemas" else answer

    return lie


def lowered(value: Any) -> Any:
    """With names in small letters, since letter case does not count."""
    if isinstance(value, dict):
        return {name.lower(): lowered(each) for name, each in value.items()}
    return [lowered(each) for each in value] if isinstance(value, list) else value


def _fits(user: Any) -> bool:
    allowed = {each.lower() for each in (*KEPT, *ALWAYS, ENTERPRISE_USER)}
    entries = [("name", user.get("name") or {}), *(("emails", each) for each in user.get("emails") or ())]
    parts_fit = all(set(one) <= {each.lower() for each in PARTS[name]} for name, one in entries)
    extension_fits = set(user.get(ENTERPRISE_USER.lower(), {})) <= {"department"}
    return set(user) <= allowed and parts_fit and extension_fits and bool(entries[0][1].get("formatted"))


def test_people_are_written_as_the_schemas_want_them(tmp_path: Path) -> None:
    """Where a create was refused, the schemas say what it takes: then no act is cut short, and what was refused is advice."""
    run = played(strict(), tmp_path)
    assert wrong(run) == {
        "every_resource.shows-only-what-its-schema-declares": Verdict.ADVICE,
        "make_specimens.create-answers-201": Verdict.ADVICE,
    }
    refused = [
        each for each in run.conductor.transcript if each.step.endswith("create") and each.status == 400
    ]
    assert refused == []
    assert [each for each in run.conductor.scene_runs if "answered 400" in each.why] == []
