"""Bulk requests: results that are missing, belong elsewhere or say something else, and what is left behind."""

import json
from collections.abc import Callable
from typing import Any

from bending import Bend, body, drop, put, status, user

from lies import Lie
from scim_tests.model.exchange import Heard
from scim_tests.model.scim import ERROR

Result = dict[str, Any]


def results(change: Callable[[list[Result]], Any]) -> Bend:
    """Change the results of a bulk request, or give other ones; an answer that has none stays."""

    def bend(document: Any) -> None:
        if "Operations" in document:
            changed = change(document["Operations"])
            document["Operations"] = document["Operations"] if changed is None else changed

    return body(bend)


def each(change: Callable[[Result], object]) -> Bend:
    return results(lambda shown: [change(one) for one in shown] and None)


def at(number: int, **members: Any) -> Bend:
    """Set members of one result."""
    return results(lambda shown: shown[number].update(members))


def of_failures(change: Callable[[Result], object]) -> Bend:
    return each(lambda one: change(one) if one["status"] >= "300" else None)


def last_location_for_all(shown: list[Result]) -> None:
    last = [one["location"] for one in shown if one["method"] == "POST"][-1]
    for one in shown:
        if one["method"] == "POST":
            one["location"] = last


def undone(shown: list[Result]) -> None:
    """All or nothing: what was done is undone once something fails."""
    for one in shown:
        if one["status"] < "300":
            one.update(status="409", response={"schemas": [ERROR], "status": "409", "detail": "Undone."})


def done_too(heard: Heard) -> Heard:
    """The last operation is done, although as many failed before it as are allowed."""
    asked = json.loads(heard.request.body)["Operations"][-1]
    location = f"https://example.com{asked['path']}"
    done = {"method": asked["method"], "status": "200", "location": location}
    return results(lambda shown: [*shown, done])(heard)


def bobs_too(document: Any) -> None:
    document["name"]["givenName"] = "Dorothy"


def manager(document: Any) -> None:
    for key, value in document.items():
        if key.endswith("enterprise:2.0:User"):
            value["manager"]["value"] = "bulkId:unittestbob"


def members(change: Callable[[list[Any]], object]) -> Bend:
    return body(lambda document: change(document["members"]) and None)


def both_twins(document: Any) -> None:
    done = {"method": "POST", "bulkId": "unittesttwin", "status": "201"}
    places = [f"https://example.com/Groups/{number}" for number in (1, 2)]
    document.clear()
    document.update(Operations=[{**done, "location": each} for each in places])


def done_get(document: Any) -> None:
    document.clear()
    document.update(
        Operations=[{"method": "GET", "status": "200", "location": "https://example.com/Users/1"}]
    )


HAS_A_RESULT: Lie = ("send_bulk.mixed", results(lambda shown: shown[:-1]))
STOPS: Lie = ("send_bulk.after_stop", body(bobs_too))

LIES: dict[str, Lie] = {
    "every_bulk.is-answered-with-a-bulk-response": ("send_bulk.make", put(schemas=["urn:example:Bulk"])),
    "every_bulk.is-answered-with-200": ("send_bulk.mixed", status(207)),
    "every_bulk.repeats-no-fail-on-errors": ("send_bulk.stop", put(failOnErrors=1)),
    "every_bulk.has-a-result-for-each-operation": HAS_A_RESULT,
    "every_bulk.results-name-the-method": ("send_bulk.mixed", at(1, method="GET")),
    "every_bulk.results-repeat-the-bulk-id": ("send_bulk.make", at(1, bulkId="another")),
    "every_bulk.results-have-a-location": ("send_bulk.mixed", at(1, location="")),
    "every_bulk.location-is-that-of-the-operation": ("send_bulk.make", results(last_location_for_all)),
    "every_bulk.results-have-a-status-as-text": ("send_bulk.make", at(0, status={"code": "201"})),
    "every_bulk.status-is-that-of-a-single-request": ("send_bulk.make", at(1, status="200")),
    "every_bulk.failures-carry-an-error": ("send_bulk.mixed", of_failures(lambda one: one.pop("response"))),
    "every_bulk.failures-say-why": (
        "send_bulk.mixed", of_failures(lambda one: one["response"].pop("detail")),
    ),
    "every_bulk.leaves-no-bulk-id-behind": ("send_bulk.after_make", body(manager)),
    "send_bulk.limits-are-told": (
        "send_bulk.config", body(lambda document: document["bulk"].update(maxOperations=0)),
    ),
    "send_bulk.sound-request-is-processed": ("send_bulk.mixed", status(400)),
    "send_bulk.takes-what-a-single-request-may-ask": ("send_bulk.remove", at(0, status="400")),
    "send_bulk.makes-what-refers-to-others": ("send_bulk.make", at(0, status="400")),
    "send_bulk.new-group-has-its-new-members": ("send_bulk.groups_after_make", members(lambda each: each.pop())),
    "send_bulk.circle-is-closed-or-a-conflict": ("send_bulk.circle", at(0, status="400")),
    "send_bulk.goes-on-after-a-failure": ("send_bulk.mixed", results(undone)),
    "send_bulk.makes-nobody-twice": ("send_bulk.stop_creates", at(2, status="201")),
    "send_bulk.is-answered-as-single-requests-are": ("send_bulk.joint_change", at(0, status="400")),
    "send_bulk.leaves-what-single-requests-leave": ("send_bulk.after_joint_change", user(title="Proofreader")),
    "send_bulk.stops-after-so-many-failures": ("send_bulk.stop_at_two", done_too),
    "send_bulk.goes-on-below-so-many-failures": ("send_bulk.stop_at_two", results(lambda shown: shown[:1])),
    "send_bulk.does-nothing-once-stopped": STOPS,
    "send_bulk.unknown-method-is-refused": ("send_bulk.unknown_method", status(200), body(done_get)),
    "send_bulk.no-operations-are-refused": ("send_bulk.no_operations", status(200)),
    "send_bulk.one-bulk-id-makes-one": ("send_bulk.id_twice", status(200), body(both_twins)),
    "send_bulk.outdated-version-is-refused": ("send_bulk.outdated", at(0, status="200")),
    "send_bulk.too-much-is-refused-with-413": ("send_bulk.too_many", status(400)),
    "send_bulk.refusal-names-the-limit": ("send_bulk.too_many", drop("detail")),
}  # fmt: skip

ROWS: dict[str, Lie] = {
    "RFC7644-3.7-01": LIES["every_bulk.is-answered-with-a-bulk-response"],
    "RFC7644-3.7-02": LIES["every_bulk.repeats-no-fail-on-errors"],
    "RFC7644-3.7-03": ("send_bulk.make", drop("Operations")),
    "RFC7644-3.7-04": ("send_bulk.mixed", each(lambda one: one.pop("method"))),
    "RFC7644-3.7-06": ("send_bulk.make", at(2, bulkId="unittestann")),
    "RFC7644-3.7-09": ("send_bulk.make", each(lambda one: one.pop("location"))),
    "RFC7644-3.7-10": LIES["every_bulk.failures-carry-an-error"],
    "RFC7644-3.7-12": ("send_bulk.mixed", of_failures(lambda one: one.update(response={"detail": "No such user."}))),
    "RFC7644-3.7-13": LIES["every_bulk.is-answered-with-200"],
    "RFC7644-3.7-14": LIES["send_bulk.goes-on-after-a-failure"],
    "RFC7644-3.7-16": LIES["send_bulk.does-nothing-once-stopped"],
    "RFC7644-3.7-17": ("send_bulk.make", each(lambda one: one.pop("bulkId"))),
    "RFC7644-3.7-18": ("send_bulk.groups_after_make", members(lambda shown: shown.clear())),
    "RFC7644-3.7.1-01": LIES["send_bulk.circle-is-closed-or-a-conflict"],
    "RFC7644-3.7.2-02": (
        "send_bulk.groups_after_make", members(lambda shown: shown[0].update(value="bulkId:unittestann")),
    ),
    "RFC7644-3.7.2-03": LIES["every_bulk.leaves-no-bulk-id-behind"],
    "RFC7644-3.7.3-01": HAS_A_RESULT,
    "RFC7644-3.7.3-02": ("send_bulk.mixed", of_failures(lambda one: one.pop("location"))),
    "RFC7644-3.7.3-03": LIES["every_bulk.status-is-that-of-a-single-request"],
    "RFC7644-3.7.3-04": (
        "send_bulk.mixed", of_failures(lambda one: one.update(response={"schemas": [ERROR], "status": one["status"]})),
    ),
    "RFC7644-3.7.4-01": LIES["send_bulk.limits-are-told"],
    "RFC7644-3.7.4-02": LIES["send_bulk.too-much-is-refused-with-413"],
    "RFC7644-3.7.4-03": ("send_bulk.too_many", put(detail="No.")),
    "RFC7644-3.12-14": LIES["send_bulk.refusal-names-the-limit"],
}  # fmt: skip
