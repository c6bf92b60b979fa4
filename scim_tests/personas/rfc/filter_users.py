"""Filters of every operator and type, and each question in several spellings that mean the same (RFC 7644 3.4.2.2, 3.10)."""

import json
import re
from collections.abc import Generator, Iterator, Sequence
from datetime import timedelta
from unicodedata import normalize

from scim_tests.model.act import Independent, Performance, Person, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import ENTERPRISE_USER, USER, Json, Resource, get
from scim_tests.personas.okta.requests import new_user, read
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.asking import (
    ENOUGH,
    NO_FILTERS,
    ask,
    configured,
    filled,
    ours,
    search,
    specimen_ids,
    supports,
)
from scim_tests.personas.rfc.chosen_filters import ALONE, WITHIN
from scim_tests.personas.rfc.dates import between, in_another_zone, moved
from scim_tests.personas.rfc.query_users import text
from scim_tests.personas.rfc.specimens import ACCENTED, BARE, QUOTED, SPACED, address

STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


@act(
    title="Filter people in every way",
    group="specification",
    capability=SPECIFICATION,
    sends=(
        "GET /ServiceProviderConfig",
        "GET /Users",
        "GET /Users/{id}",
        "POST /Users/.search",
        "POST /.search",
    ),
)
def filter_users(scene: Scene) -> Performance:
    """Ask for the people of `make_specimens` by every operator, and in other words.

    NotObserved where one of them is missing, or the target says that it does not filter.
    """
    ids = specimen_ids(scene)
    config = yield from configured(scene)
    if supports(config, "filter") is False:
        raise NotObserved("", NO_FILTERS)
    shown = (yield read(scene, "read", ids[0])).resource
    fourth = yield read(scene, "read_fourth", ids[3])
    conditions: tuple[tuple[str, str], ...] = (
        *_named(scene, ids),
        *_dates(shown),
        *_between(shown),
        *_logic(scene, ids),
        *chosen(scene.crowd, ids, ours(scene)),
        *_otherwise(scene, fourth.resource),
    )
    conditions += yield from _of_groups(scene)
    steps = [ask(scene, name, condition, count=ENOUGH) for name, condition in conditions]
    yield Independent((*steps, *_searches(scene, ids, sorts=supports(config, "sort") is True)))
    return SceneResult()


def _within(scene: Scene, condition: str) -> str:
    """A condition that strangers may fit, of ours alone."""
    return f"{ours(scene)} and {condition}"


def _of_groups(scene: Scene) -> Generator[Step, Exchange, tuple[tuple[str, str], ...]]:
    """By the groups of somebody who was pushed and is in one, if anybody is."""
    pushed = scene.known.get("push_user:plain")
    if not pushed:
        return ()
    member = yield read(scene, "read_member", pushed.id)
    groups = get(member.resource, "groups") if member.is_success else None
    group_id = get(groups, 0, "value")
    if not isinstance(group_id, str):
        return ()
    name = str(get(member.resource, "userName"))
    him = f"userName eq {text(name)}"
    return (
        ("member", him),
        ("member_in_capitals", f"userName eq {text(name.upper())}"),
        ("group", f"groups[value eq {text(group_id)}] and {him}"),
    )


def _named(scene: Scene, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    """One of each kind, by their names: what checks and reports go by."""
    first, second = scene.crowd[0], scene.crowd[1]
    name = first.user_name
    work, home = address(first, "z-work"), address(first, "a-home")
    yield "eq", f"userName eq {text(name)}"
    yield "co", f"userName co {text(name[3:-3].upper())}"
    yield "sw", ours(scene)
    yield "ew", f"userName ew {text(name[4:])}"
    yield "sw_is_no_co", f"userName sw {text(name.partition('.')[2])}"
    yield "id", f"id eq {text(ids[0])}"
    yield "external_id", f"externalId eq {text(second.external_id)}"
    yield "part_of_a_name", f"name.familyName eq {text(second.family_name)} and {ours(scene)}"
    yield "pr", _within(scene, "title pr")
    yield "pr_of_a_list", _within(scene, "phoneNumbers pr")
    yield "ne", _within(scene, 'title ne "Alpha"')
    yield "text_in_other_letters", _within(scene, 'title eq "ALPHA"')
    yield "gt", _within(scene, 'title gt "beta"')
    yield "true", _within(scene, "active eq true")
    run = ".".join(name.split(".")[:2])  # among all its people some were inactive once
    yield "false", f"userName sw {text(run)} and active eq false"
    yield "gt_true", _within(scene, "active gt true")
    yield "le_false", _within(scene, "active le false")
    yield "not_null", _within(scene, "title ne null")
    yield "quoted", f"nickName eq {text(QUOTED)} and {ours(scene)}"
    yield "one_blank", f"nickName eq {text(SPACED.replace('  ', ' '))} and {ours(scene)}"
    yield "schema", f"schemas eq {text(ENTERPRISE_USER)}"
    yield "no_pattern", f"userName co {text(name.replace('-', '.', 1))}"
    yield "beginning_of_last_entry", f"emails.value sw {text(home.upper())}"
    yield "each_of_two_entries", f"emails.value eq {text(work)} and emails.value eq {text(home)}"
    yield "quoted_alone", f"nickName eq {text(QUOTED)}"
    yield "extension_number", f'{ENTERPRISE_USER}:employeeNumber eq "102"'
    yield "bare_list", f"emails co {text(name.partition('@')[0])}"
    yield "one_entry", f'emails[type eq "work" and value eq {text(work)}]'
    yield "two_entries", f'emails[type eq "home" and value eq {text(work)}]'


def chosen(crowd: Sequence[Person], ids: Sequence[str], condition: str) -> Iterator[tuple[str, str]]:
    """What tells wrong readers from a right one: by one clause, since many a target has a way of its own for these, and by several."""
    users = [{**new_user(person), "id": id_} for person, id_ in zip(crowd, ids, strict=True)]
    for step, templates in (("alone", ALONE), ("each_of_each", WITHIN)):
        for template in templates:
            yield step, filled(template.replace("$ours", condition), users)


def sought(crowd: Sequence[Person]) -> Iterator[str]:
    """What those compare with, but for ids, for whoever has to know our own words."""
    for _, condition in chosen(crowd, [""] * len(crowd), "id pr") if crowd else ():
        yield from (json.loads(each) for each in STRING.findall(condition))


def _dates(shown: Resource) -> Iterator[tuple[str, str]]:
    """Around the moment that the first one was created, and that of the last change."""
    him = f"userName eq {text(get(shown, 'userName'))} and meta"
    created, changed = (get(shown, "meta", name) for name in ("created", "lastModified"))
    if isinstance(created, str) and (before := moved(created, timedelta(seconds=-2))):
        yield "created_gt_before", f"{him}.created gt {text(before)}"
        yield "created_elsewhere", f"{him}.created gt {text(in_another_zone(before))}"
    if isinstance(changed, str) and (before := moved(changed, timedelta(seconds=-2))):
        yield "changed_eq", f"{him}.lastModified eq {text(changed)}"
        yield "changed_lt_before", f"{him}.lastModified lt {text(before)}"


def _between(shown: Resource) -> Iterator[tuple[str, str]]:
    """A moment after the creation and before the last change of the first one."""
    moment = between(get(shown, "meta", "created"), get(shown, "meta", "lastModified"))
    if moment:
        him = f"userName eq {text(get(shown, 'userName'))}"
        yield "created_before_it", f"{him} and meta.created lt {text(moment)}"
        yield "changed_after_it", f"meta.lastModified gt {text(moment)} and {him}"


def _logic(scene: Scene, ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    one, two, three = (f"userName eq {text(each.user_name)}" for each in scene.crowd[:3])
    yield "or", f"{one} or {two} or {three}"
    yield "and_before_or", f"{one} or {two} and active eq false"
    yield "group_before_and", f"({one} or {three}) and active eq false"
    yield "in_brackets", f"({one})"
    reports = f"{ENTERPRISE_USER}:manager.value eq {text(ids[0])}"
    yield "three_clauses", f"{ours(scene)} and {reports} and active eq true"


def _otherwise(scene: Scene, fourth: Resource) -> Iterator[tuple[str, str]]:
    """Each of them means the same as one above."""
    name = text(scene.crowd[0].user_name)
    yield "eq_with_urn", f"{USER}:userName eq {name}"
    yield "eq_with_urn_in_capitals", f"{USER.upper()}:USERNAME Eq {name}"
    yield "pr_in_capitals", f"{ours(scene)} AND TITLE PR"
    yield (
        "one_entry_commuted",
        f'EMAILS[VALUE eq {text(address(scene.crowd[0], "z-work"))} AND type EQ "work"]',
    )
    yield "not_in_capitals", f"{ours(scene)} and NOT (title pr)"
    yield "part_with_urn", f"{USER}:name.familyName eq {text(scene.crowd[1].family_name)} and {ours(scene)}"
    if get(fourth, "nickName") == ACCENTED:
        escaped = ACCENTED.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00")
        yield "accented_as_an_escape", f'nickName eq "{escaped}" and {ours(scene)}'
        yield "unaccented", _within(scene, f"nickName eq {text(BARE)}")
        yield "accented_in_capitals", f"nickName eq {text(ACCENTED.upper())}"
        yield "decomposed", f"nickName eq {text(normalize('NFD', ACCENTED))} and {ours(scene)}"


def _searches(scene: Scene, ids: Sequence[str], *, sorts: bool) -> Iterator[Step]:
    """The same again by POST; at the root of the server, where several types are asked, too (RFC 7644 3.4.2.1)."""
    name = text(scene.crowd[0].user_name)
    yield search(scene, "search_eq", filter=f"userName eq {name}", count=ENOUGH)
    yield search(scene, "search_sw", filter=ours(scene), count=ENOUGH)
    yield search(scene, "search_pr", filter=f"{ours(scene)} and title pr", count=ENOUGH)
    yield search(scene, "search_everywhere", of="", filter=ours(scene), count=ENOUGH)
    run = scene.crowd[0].user_name.rpartition(".make-")[0]
    both = " or ".join((*(f"id eq {text(each)}" for each in ids), f"displayName sw {text(run)}"))
    yield search(scene, "search_both_everywhere", of="", filter=both, startIndex=1, count=2)
    users = f'{ours(scene)} and meta.resourceType eq "User"'
    yield search(scene, "search_page_everywhere", of="", filter=users, startIndex=2, count=2)
    either = f'({users}) or (displayName sw {text(run)} and meta.resourceType eq "Group")'
    in_order: dict[str, Json] = {"sortBy": "displayName"} if sorts else {}  # users and groups by turns
    yield search(scene, "search_groups_too_everywhere", of="", filter=either, count=ENOUGH, **in_order)
    yield search(
        scene, "search_nobody", filter=f"userName eq {text(f'{Wording.NOBODY}.{scene.crowd[0].user_name}')}"
    )
