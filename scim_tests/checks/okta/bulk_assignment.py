"""Many people at once: each person is created once, and a lookup finds each of them."""

from collections import Counter

from scim_tests.checks.reading.users import ids_of
from scim_tests.knowledge.consequences import CREATE_FAILS, DUPLICATES, NOT_FOUND_AGAIN
from scim_tests.model.check import BOTH, MUST, OKTA, STOPS, Finding, check
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.scim import get
from scim_tests.model.transcript import Transcript

CREATE = "bulk_assignment.create"
THROTTLED = "every_throttle.lets-okta-through-in-the-end"


def creates(scene: Transcript) -> dict[str, list[Exchange]]:
    """The creates of the crowd by userName."""
    by_name: dict[str, list[Exchange]] = {}
    for exchange in scene.of(CREATE):
        by_name.setdefault(str(get(exchange.request.json, "userName")), []).append(exchange)
    if not by_name:
        raise NotObserved(CREATE, "was never sent")
    return by_name


@check(
    "bulk_assignment.everybody-is-created",
    on="bulk_assignment",
    title="When Okta assigns many people at once, each of them is created",
    references=("RFC7644-3.3-04", "okta:CONC"),
    strength=MUST,
    severity=STOPS,
    demanded_by=OKTA,
    consequence=CREATE_FAILS,
    fix="Handle creates in parallel; look for locks, empty connection pools, and ids or names made from a counter.",
    follows=(THROTTLED, "push_user.create-answers-201"),
)
def everybody_is_created(scene: Transcript) -> Finding | None:
    failed = [each[0] for each in creates(scene).values() if not any(one.is_success for one in each)]
    if not failed:
        return None
    said = Counter(each.answer.phrase for each in failed).most_common(1)[0][0]
    where = tuple(failed)
    return Finding(
        f"{len(creates(scene))} people created",
        f"{len(failed)} of them refused, mostly with {said}",
        at=where,
    )


@check(
    "bulk_assignment.nobody-is-created-twice",
    on="bulk_assignment",
    title="Two creates of one person at the same time make one user: one gets 201, the other 409",
    references=("RFC7643-4.1.1-02", "RFC7644-3.3-08", "okta:PREP"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=DUPLICATES,
    fix="Use a unique index, not a lookup before the insert, and answer the conflict with 409.",
    follows=(THROTTLED, "push_user.create-answers-201", "duplicate_user.same-user-name-is-refused"),
)
def nobody_is_created_twice(scene: Transcript) -> Finding | None:
    twins = next((each for each in creates(scene).values() if len(each) > 1), None)
    if twins is None:
        raise NotObserved("", "no person was assigned twice")
    if sum(each.is_success for each in twins) == 1 and any(each.status == 409 for each in twins):
        return None
    statuses = " and ".join(sorted(each.answer.phrase for each in twins))
    return Finding("201 Created and 409 Conflict", statuses, at=tuple(twins))


@check(
    "bulk_assignment.everybody-is-found-once",
    on="bulk_assignment.find",
    title="After many creates at once, a lookup finds each person exactly once",
    references=("RFC7644-3.4.2.2-06", "RFC7643-4.1.1-02", "okta:S20"),
    strength=MUST,
    severity=STOPS,
    demanded_by=BOTH,
    consequence=NOT_FOUND_AGAIN,
    fix="Let lookups find a user as soon as its create is answered.",
    follows=(
        "every_lookup.finds-no-stranger",
        "every_lookup.is-answered",
        THROTTLED,
        "push_user.find-hits-exactly-once",
        "every_view.has-one-id-for-one-user-name",
        "bulk_assignment.nobody-is-created-twice",
    ),
)
def everybody_is_found_once(exchange: Exchange) -> Finding | None:
    _demand_created(exchange)
    found = 0 if exchange.status == 404 else len(exchange.page.ids)
    return None if found == 1 else Finding("one user", ids_of(exchange), "$.Resources")


def _demand_created(exchange: Exchange) -> None:
    """NotObserved where no create of that person succeeded: then there is nobody to be found."""
    asked = exchange.request.query.get("filter", "")
    tried = [
        each
        for each in exchange.before
        if each.step == CREATE and f'"{get(each.request.json, "userName")}"' in asked
    ]
    if tried and not any(each.is_success for each in tried):
        raise NotObserved(CREATE, f"answered {tried[0].answer.phrase}")
