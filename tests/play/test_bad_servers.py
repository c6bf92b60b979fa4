"""What people read first where a server is bad: each kind of trouble is told once, by its own name, and nothing contradicts it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from agreeing import contradictions, recorded
from imagining import CROWD, Lie, answers, changed, shows, stores
from lacking import played
from playing import play, reference_transport

from reference_server.faults import bent
from reference_server.faults.bending import Answer, Asked, Honest, raw, refusal, reply
from scim_tests import profiles
from scim_tests.checks import catalogue
from scim_tests.engine.judge import Judge
from scim_tests.model.record import RunRecord
from scim_tests.model.scim import ENTERPRISE_USER
from scim_tests.session.left_behind import left_behind

OKTA = profiles.load("okta")
OKTA = replace(OKTA, limits=replace(OKTA.limits, crowd=CROWD, new_users=12, small_page_requests=3))
PAGE = raw(404, b"<html>Not here</html>", "text/html")


def instead(answer: Answer, where: Callable[[Asked], bool]) -> Lie:
    """Answers so, and asks nobody."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        return answer if where(asked) else await honest(asked)

    return lie


def creates(asked: Asked) -> bool:
    return asked.place == "POST /Users"


def discovers(asked: Asked) -> bool:
    return asked.kind in {"ServiceProviderConfig", "Schemas", "ResourceTypes"}


def imports(asked: Asked) -> bool:
    return asked.place == "GET /Users" and not asked.filter and asked.query.get("count") == "100"


def patches(asked: Asked) -> bool:
    return asked.method == "PATCH" and asked.kind == "Users"


async def says_deleted(asked: Asked, honest: Honest) -> Answer:
    """The body of an answer to DELETE says what became of the request."""
    answer = await honest(asked)
    return reply({"message": "deleted"}) if asked.method == "DELETE" and answer.ok else answer


async def wants_no_emails_put(asked: Asked, honest: Honest) -> Answer:
    """A PUT loses the e-mail addresses."""
    put = asked.method == "PUT" and asked.kind == "Users"
    return await honest(changed(asked, lambda user: user.pop("emails", None)) if put else asked)


def as_text(user: dict[str, Any]) -> None:
    if "active" in user:
        user["active"] = str(user["active"])


# What is wrong, and the root causes in the order in which they are told.
KINDS: dict[str, tuple[Lie, list[str]]] = {
    "all creates refused": (instead(refusal(403, "Not for this key"), creates), ["push_user.create-answers-201"]),
    "members never shown": (
        shows(lambda group: group.update(members=[]), kind="Groups"),
        ["push_group.add-keeps-the-others"],
    ),
    "no discovery": (instead(PAGE, discovers), []),
    "no PATCH of users": (instead(refusal(501, "No PATCH"), patches), ["deactivate_user.patch-is-taken"]),
    "one page is a 500": (instead(refusal(500, "It broke"), imports), ["import_users.page-answers-200"]),
    "every lookup is a 500": (
        instead(refusal(500, "It broke"), lambda asked: bool(asked.filter) and asked.kind == "Users"),
        ["every_answer.is-no-server-error"],
    ),
    "the probe is a 500": (
        instead(refusal(500, "It broke"), lambda asked: asked.query.get("count") == "2"),
        ["test_credentials.probe-answers-200"],
    ),
    "no groups": (
        instead(refusal(403, "No groups for this key"), lambda asked: asked.kind == "Groups"),
        ["push_group.lookup-is-answered"],
    ),
    "DELETE with a message": (says_deleted, ["clean_up.delete-answers-204"]),
    "errors are pages": (
        answers(lambda _, answer: answer if answer.ok else replace(PAGE, status=answer.status)),
        ["every_answer.is-json", "test_credentials.refusal-names-the-scheme"],
    ),
    "a PUT loses e-mails": (wants_no_emails_put, ["every_view.still-shows-what-was-put"]),
    "active is text": (shows(as_text), ["every_user.has-active-as-a-boolean"]),
    "active never shown": (
        shows(lambda user: user.pop("active", None)),
        ["deactivate_user.makes-the-user-inactive"],
    ),
    "nobody is read by id": (
        instead(refusal(404, "No such user"), lambda asked: asked.reads and asked.kind == "Users"),
        ["every_read.answers-200"],
    ),
}  # fmt: skip


def told(folder: Path, lie: Lie) -> RunRecord:
    return recorded(played(folder, lie, OKTA), OKTA)


@pytest.mark.parametrize("kind", KINDS)
def test_each_trouble_is_told_once(kind: str, tmp_path: Path) -> None:
    """Its own name stands on the list, what follows from it does not, and every report says the same."""
    lie, causes = KINDS[kind]
    record = told(tmp_path, lie)
    assert [cause.check for cause in record.root_causes] == causes
    assert contradictions(record) == []


@pytest.mark.parametrize(
    ("refused", "lacks", "remark"),
    [
        (
            "Unknown field 'locale'",
            lambda user: "locale" in user,
            "created without locale, which an admin has to unmap",
        ),
        (
            "title is required",
            lambda user: "title" not in user,
            "created with title, which an admin has to map",
        ),
        (
            "Invalid body",
            lambda user: "displayName" in user,
            "created without displayName, locale, which an admin has to unmap",
        ),
    ],
)
def test_a_create_is_tried_again_as_an_admin_would(
    refused: str, lacks: Callable[[dict[str, Any]], bool], remark: str, tmp_path: Path
) -> None:
    """With fewer mapped attributes, or with what the refusal asks for; then all goes on, and the first refusal is advice."""
    writes = {"POST", "PUT"}
    lie = instead(
        refusal(400, refused),
        lambda asked: (
            asked.kind == "Users"
            and asked.method in writes
            and not asked.place.endswith(".search")
            and lacks(asked.json)
        ),
    )
    record = told(tmp_path, lie)
    scene = next(each for each in record.scenes if each.name == "push_user:plain")
    first = next(each for each in record.checks if each.id == "push_user.create-answers-201")
    assert (record.counts.failed, record.counts.blocked, first.verdict) == (0, 0, "advice")
    assert scene.why == remark
    assert refused in first.findings[0].got


def test_what_the_profile_maps_is_demanded(tmp_path: Path) -> None:
    """Where the admin of an app has mapped an attribute that the target refuses, the create fails, though another goes through."""
    profile = replace(OKTA, attributes={"title": "Proofreader"})
    lie = instead(
        refusal(400, "Unknown field 'title'"), lambda asked: creates(asked) and "title" in asked.json
    )
    record = recorded(played(tmp_path, lie, profile), profile)
    assert [cause.check for cause in record.root_causes] == ["push_user.create-answers-201"]
    assert contradictions(record) == []


def test_what_is_read_only_is_never_asked_to_be_kept(tmp_path: Path) -> None:
    """A manager's displayName is the manager's own: a target may leave it out, and may add a `$ref`, also in what an admin mapped."""
    manager = {"value": "26118915", "displayName": "Pat Proofreader"}
    profile = replace(OKTA, attributes={ENTERPRISE_USER: {"department": "Proofing", "manager": manager}})

    def shown(user: dict[str, Any]) -> None:
        if told := user.get(ENTERPRISE_USER, {}).get("manager"):
            told.pop("displayName", None)
            told["$ref"] = f"../Users/{told.get('value')}"

    record = recorded(played(tmp_path, shows(shown), profile), profile)
    assert [each.id for each in record.checks if "manager" in str(each.findings)] == []


def test_a_change_of_somebody_is_laid_to_the_request_that_named_the_person(tmp_path: Path) -> None:
    """A refused create that erases what the person had of the same userName is named, and not what was last written to others."""
    target = httpx.ASGITransport(bent(["create-409-with-side-effect"])(reference_transport().app))
    done = play(target, tmp_path / "ledger.jsonl", profile=OKTA, judge=Judge(catalogue()))
    found = [each.finding for each in done.result("every_view.write-changes-nobody-else").judgements]
    assert [each.got for each in found if each] == [
        "no value, after duplicate_user.again was to create somebody of that userName"
    ]
    assert all(each.at[1].step == "duplicate_user.again" for each in found if each)


def test_another_takes_the_part_of_who_was_not_created(tmp_path: Path) -> None:
    """The person with a plus sign is refused; what other clients patch is tried with somebody else, and it is said."""
    lie = instead(
        refusal(400, "No plus signs"), lambda asked: creates(asked) and "+" in asked.json["userName"]
    )
    record = told(tmp_path, lie)
    scene = next(each for each in record.scenes if each.name == "patch_user:plus")
    assert scene.state == "played"
    assert scene.why.startswith(
        "played with another person, since push_user.create: answered 400 Bad Request"
    )
    assert [cause.check for cause in record.root_causes] == ["push_user.create-answers-201"]


def test_no_two_people_share_what_okta_gives_once(tmp_path: Path) -> None:
    """A target that keeps externalIds and names unique passes: Okta's ids are, and no check is about shared ones."""
    seen: dict[str, str] = {}

    async def lie(asked: Asked, honest: Honest) -> Answer:
        user = asked.json
        if creates(asked) and user.get("userName"):
            name = user["userName"].lower()
            for told in (user.get("externalId"), str(sorted(user["name"].items()))):
                if seen.setdefault(told, name) != name:
                    return refusal(409, f"{told} belongs to {seen[told]}", "uniqueness")
        return await honest(asked)

    assert told(tmp_path, lie).counts.failed == 0


def test_a_rule_without_an_occasion_is_not_blocked(tmp_path: Path) -> None:
    """Nothing was throttled: no refused create keeps that from being seen."""
    record = told(tmp_path, KINDS["all creates refused"][0])
    throttle = [check for check in record.checks if check.act == "every_throttle"]
    assert {check.verdict for check in throttle} == {"not asked"}


def test_what_okta_never_sends_stops_nothing(tmp_path: Path) -> None:
    """The same 500 is grave at a lookup, and at a query of other clients it is not."""

    def severity(where: Callable[[Asked], bool]) -> str:
        record = recorded(played(tmp_path, instead(refusal(500, "It broke"), where), OKTA), OKTA)
        return record.root_causes[0].severity

    assert severity(lambda asked: "%" in asked.filter or " and " in asked.filter) == "degraded"
    assert severity(lambda asked: "accents" in asked.filter) == "stops-provisioning"


@pytest.mark.parametrize("shown", ["the user", "{}"])
def test_who_was_deleted_is_not_left_behind(shown: str, tmp_path: Path) -> None:
    """A DELETE that is answered 200, with whom it deleted or an empty object, removes as one with 204 does."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        if asked.method != "DELETE":
            return await honest(asked)
        there = await honest(asked.of("GET"))
        answer = await honest(asked)
        return reply(there.json if shown == "the user" else {}) if answer.ok else answer

    done = played(tmp_path, lie, OKTA)
    assert left_behind(done.ledger, done.conductor.scene_runs) == []


@pytest.mark.parametrize(
    ("strangers", "severity", "follows"), [(1, "wrong-data", "links"), (2, "stops-provisioning", "stops")]
)
def test_one_stranger_is_linked_and_several_stop_okta(
    strangers: int, severity: str, follows: str, tmp_path: Path
) -> None:
    """A lookup by a name that somebody gave up: what follows is told by how many it finds."""

    async def lie(asked: Asked, honest: Honest) -> Answer:
        answer = await honest(asked)
        if asked.place != "GET /Users" or "renamed" in asked.filter or "mover" not in asked.filter:
            return answer
        if answer.json.get("totalResults") or not moved(asked.filter):
            return answer
        everybody = (await honest(replace(asked, query_string=""))).json
        return reply(everybody | {"totalResults": strangers, "Resources": everybody["Resources"][:strangers]})

    asked_before: list[str] = []

    def moved(wanted: str) -> bool:
        """Whether it is asked for once more, after the person was there."""
        asked_before.append(wanted)
        return asked_before.count(wanted) > 1

    record = told(tmp_path, lie)
    found = next(check for check in record.checks if check.id == "every_lookup.finds-no-stranger")
    assert (found.severity, follows in found.consequence.text) == (severity, True)


def test_a_removal_of_members_is_not_judged_on_a_group_that_never_showed_them(tmp_path: Path) -> None:
    """The members of a create are ignored: what a remove then leaves says nothing about the remove."""
    record = told(tmp_path, stores(lambda group: group.pop("members", None), kind="Groups"))
    [check] = (check for check in record.checks if check.id == "patch_group.list-of-members-is-removed")
    assert check.verdict == "not asked"


def test_who_is_created_with_200_is_somebody_too(tmp_path: Path) -> None:
    """The wrong status of a create hides nobody from the checks that compare people."""
    as_200 = answers(
        lambda asked, answer: replace(answer, status=200) if creates(asked) and answer.ok else answer
    )
    record = told(tmp_path, as_200)
    [check] = (each for each in record.checks if each.id == "every_view.shows-nothing-of-somebody-else")
    assert check.verdict == "pass"
