"""A false failure is the worst bug there is: what the RFCs allow and Okta accepts never fails."""

import os
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import cache

import pytest
from allowances import ALLOWED
from allowed_views import GROUPS, USERS
from bending import as_kept, bent, hurried, judged_by_all, put
from playing import ENTITLEMENTS, honest_play, specified_play

from scim_tests.checks.reading.history import kind_of, resources_of
from scim_tests.model.exchange import Exchange
from scim_tests.model.verdict import Verdict

ALL = os.environ.get("HONEST") == "all"


@cache
def honest() -> list[Exchange]:
    return hurried(as_kept(list(honest_play(schema_file=ENTITLEMENTS).conductor.transcript)))


@pytest.mark.parametrize(("kind", "steps"), [("/Users", USERS), ("/Groups", GROUPS)])
def test_all_views_are_bent_alike(kind: str, steps: tuple[str, ...]) -> None:
    """Each step that shows a user, or a group, is among the patterns: no view of it is left as it was."""
    told = [*honest(), *specified()]
    showing = {each.step for each in told if kind_of(each) == kind and resources_of(each)}
    assert [each for each in sorted(showing) if not any(fnmatchcase(each, step) for step in steps)] == []


@cache
def specified() -> list[Exchange]:
    return hurried(as_kept(list(specified_play().conductor.transcript)))


EACH = [(name,) for name in ALLOWED]
KINDS = [
    [each for each in ALLOWED if ("*.*" in ALLOWED[each][0]) is everywhere] for everywhere in (True, False)
]
# Far from each other, that no two bend the same.
THREES = [
    tuple(names[place :: -(-len(names) // 3)]) for names in KINDS for place in range(-(-len(names) // 3))
]
# Three at once, every fourth also over what the specification says; `make honest` has each alone, over both.
CASES = [
    (allowed, told)
    for place, allowed in enumerate(EACH if ALL else THREES)
    for told in (honest, specified)
    if told is honest or place % 4 == 0 or ALL
]


@pytest.mark.parametrize(
    ("allowed", "told"), CASES, ids=lambda given: ", and ".join(given) if isinstance(given, tuple) else None
)
def test_nothing_allowed_fails(allowed: tuple[str, ...], told: Callable[[], list[Exchange]]) -> None:
    """A conversation with these peculiarities gives no failure and breaks no check.

    What asks for parts, or by a date that is bent, was answered without it, and would contradict the rest.
    """
    is_everywhere = all("*.*" in ALLOWED[name][0] for name in allowed)
    dates = any("date" in name or "moment" in name for name in allowed)
    displayed = any("displayName" in name for name in allowed)
    conversation = [
        each
        for each in told()
        if is_everywhere or each.scene != "write_every_attribute"  # which writes what is bent, and otherwise
        if not (dates and _asks(each, "meta."))
        if not (displayed and _asks(each, "displayName"))
    ]
    for steps, bends in map(ALLOWED.__getitem__, allowed):
        for step in steps:
            conversation = bent(conversation, step, *bends)
    failed = {
        check_id: each.finding
        for check_id, judgements in judged_by_all(conversation).items()
        for each in judgements
        if each.verdict in {Verdict.FAIL, Verdict.BROKEN}
        if is_everywhere or not check_id.startswith("every_projection.")
        if check_id != "every_create.refused-one-makes-nobody"  # who was made is shown on, whatever is bent
    }
    assert failed == {}


def _asks(each: Exchange, name: str) -> bool:
    return each.request.method == "GET" and name in each.request.path


def test_what_no_resource_type_names_is_not_judged() -> None:
    """A list of roles that /ResourceTypes does not name, as a recording may hold it, breaks no check."""
    conversation = bent(honest(), "entitlements.resource_types", put(Resources=[], totalResults=0))
    said = [each.verdict for judgements in judged_by_all(conversation).values() for each in judgements]
    assert Verdict.BROKEN not in said
