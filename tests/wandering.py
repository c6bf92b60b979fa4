"""Conversations of many moves and looks, drawn from a seed, for whoever is held in `held`."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from held import Held

from scim_tests.model.act import NOBODY
from scim_tests.model.scim import ENTERPRISE_USER, PATCH_OP, get

Json = Any
TITLES = ("Clerk", 'Head of  "Sales"', "dr who", "  Blank ", "Ärztin", "x" * 90)
SORTED = ("userName", "title", "name.familyName")
# What no server can do; it may refuse the whole, or pass over this part.
SPOILT: tuple[Json, ...] = (
    {"op": "invalid-op", "path": "title", "value": NOBODY},
    {"op": "replace", "path": "noSuchAttribute", "value": NOBODY},
    {"op": "replace", "path": "active", "value": NOBODY},
    {"op": "replace", "path": f'emails[type eq "{NOBODY}"].value', "value": NOBODY},
)


def wander(held: Held, seed: int, steps: int) -> None:
    """A conversation of many moves and looks, drawn from a seed."""
    random = Random(seed)  # noqa: S311 -- no secret hangs on it
    for _ in range(steps):
        _move(held, random)


def _move(held: Held, random: Random) -> None:
    place, other, group = random.randrange(3), random.randrange(3), f"g{random.randrange(2)}"
    if str(place) not in held.ids or random.random() < 0.06:
        was = held.ids.get(str(place))
        made = held.create(place, random.choice((None, None, None, other)), title=random.choice(TITLES))
        if not made.is_success and was is None:
            return
        held.read(place)
        return
    if group not in held.ids:
        members = [each for each in range(3) if str(each) in held.ids and random.random() < 0.5]
        if held.create_group(int(group[1]), *members).is_success:
            held.read(group)
        return
    writes, looks = _writes(held, random, place, other, group), _looks(held, random, place, group)
    random.choice(writes)()
    if str(place) not in held.ids or group not in held.ids:
        return
    for look in random.sample(looks, random.choice((0, 0, 1, 3, len(looks) // 2))):
        look()


def _writes(held: Held, random: Random, place: int, other: int, group: str) -> list[Callable[[], object]]:
    title, there = random.choice(TITLES), [each for each in range(3) if str(each) in held.ids]
    some = [each for each in there if random.random() < 0.5]
    can_put = str(place) in held.seen
    email = f"{random.choice('abAB')}@Example.com"
    changes: list[Callable[[], object]] = [
        lambda: held.set(place, title=title),
        lambda: held.set(place, nickName=random.choice(TITLES), locale="de-DE"),
        lambda: held.set(place, emails=[{"value": email, "type": "work", "primary": True}]),
        lambda: held.set(place, **{ENTERPRISE_USER: {"department": title}}),
        lambda: held.set(place, "rename", userName=held.name(random.randrange(4))),
        lambda: held.set(place, "clash", title=title, userName=held.name(other).upper()),
        lambda: held.set(place, "deactivate", active=False),
        lambda: held.set(place, "activate", active=True),
    ]
    if not held.oin and not can_put:
        changes = []
    if can_put:
        changes += [
            lambda: held.put(place),
            lambda: held.put(place, title=title),
            lambda: held.put(place, "put_less", title=None),
            lambda: held.send(
                "put_less",
                "PUT",
                held.path(str(place)),
                {k: v for k, v in held.seen[str(place)].items() if k not in {"title", "groups"}},
            ),
            lambda: held.patch(
                "set_if_current",
                place,
                {"op": "replace", "value": {"title": title}},
                If_Match=held.tags[str(place)][-1],
            ),
            lambda: held.patch(
                "set_if_stale",
                place,
                {"op": "replace", "value": {"title": title}},
                If_Match=held.tags[str(place)][0],
            ),
        ]
    if can_put and held.outdated[str(place)]:
        copy = {key: value for key, value in held.outdated[str(place)].items() if key != "groups"}
        changes.append(lambda: held.send("put_back", "PUT", held.path(str(place)), copy))
    if group in held.seen:
        changes.append(
            lambda: held.put(group, "put_group", displayName=random.choice("xy"), members=held.members(*some))
        )
    operation = {"op": "replace", "value": {"title": title}}
    wrong = random.choice(SPOILT)
    bulk = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {
                "method": "PATCH",
                "path": held.path(str(place)),
                "data": {"schemas": [PATCH_OP], "Operations": [operation]},
            }
        ],
    }
    return [
        *changes,
        lambda: held.patch("spoil_op", place, {"op": "replace", "path": "title", "value": title}, wrong),
        lambda: held.patch("switch_by_text", place, {"op": "replace", "path": "active", "value": random.choice(("True", "False"))}),
        lambda: held.create(place, 3, "create_spoilt", **random.choice(({"active": NOBODY}, {"title": {"value": NOBODY}}, {"emails": NOBODY}))),
        lambda: _come(held, random, place),
        lambda: _with_nobody(held, random, group, some) if some else None,
        lambda: held.patch("replace", place, {"op": "replace", "path": "name.familyName", "value": title}),
        lambda: held.patch("add", place, {"op": "add", "path": "phoneNumbers", "value": [{"value": f"+1 {random.randrange(3)}", "type": "home"}]}),
        lambda: held.patch("remove", place, {"op": "remove", "path": random.choice(("title", "nickName", 'phoneNumbers[type eq "home"]'))}),
        lambda: held.send("bulk_set", "POST", "/Bulk", bulk),
        lambda: _leave(held, random, str(place)),
        lambda: _leave(held, random, group),
        lambda: held.add(group, *some) if some else None,
        lambda: held.remove(group, place),
        lambda: held.replace_members(group, *some),
        lambda: held.patch("rename_group", group, {"op": "replace", "value": {"id": held.ids[group], "displayName": random.choice("xyz")}}),
        lambda: held.patch("clear_members", group, {"op": "remove", "path": "members"}),
    ]  # fmt: skip


def _come(held: Held, random: Random, place: int) -> None:
    """Somebody in a state of their own, or with the externalId of another, in this place; their name may be in use."""
    own: list[tuple[str, Json]] = [
        ("create_inactive", {"active": False}),
        ("create_alike", {"externalId": f"e{random.randrange(3)}"}),
        ("create_bare", {"emails": [{"value": f"new{place}@example.com", "primary": True}]}),
    ]
    step, more = random.choice(own)
    made = held.create(place, random.choice((None, 3)), step, **more)
    if made.is_success:
        held.read(place)


def _with_nobody(held: Held, random: Random, group: str, some: list[int]) -> None:
    op = random.choice(("add", "replace"))
    members = [*held.members(*some), {"value": NOBODY}]
    held.patch("add_nobody", group, {"op": op, "path": "members", "value": members})


def _leave(held: Held, random: Random, place: str) -> None:
    """A deletion, after which the place is mostly somebody else's."""
    if held.delete(place).is_success and random.random() < 0.7:
        for known in (held.ids, held.seen, held.outdated, held.tags):
            known.pop(place, None)


def _looks(held: Held, random: Random, place: int, group: str) -> list[Callable[[], object]]:
    seen = held.seen.get(str(place), {})
    name = random.choice(("title", "nickName", "externalId", "userName"))
    value = json.dumps(get(seen, name) or "nothing", ensure_ascii=False)
    looks: list[Callable[[], object]] = [
        lambda: held.read(place),
        lambda: held.read(group),
        lambda: held.lookup(random.randrange(4), capitals=random.random() < 0.3),
        lambda: held.filtered("lookup_group", "/Groups", f'displayName eq "{random.choice("xyz")}"'),
        held.list,
        lambda: held.list("list_groups", "/Groups"),
        lambda: held.list("page", start=random.randrange(1, 4), count=2),
        lambda: held.list("page_of_one", start=random.randrange(1, 5), count=1),
        lambda: held.sorted_by(random.choice(SORTED), random.choice(("ascending", "descending"))),
        lambda: held.filtered("list_active", "/Users", f"active eq {random.choice(('true', 'false'))}"),
        lambda: held.list("count", count=0),
        lambda: held.filtered("find", "/Users", f"{name} eq {value}"),
        lambda: held.filtered("find_group", "/Groups", f'members.value eq "{held.ids[str(place)]}"'),
        lambda: held.read(
            place, "read_part", f"?attributes={random.choice(('title', 'emails,locale', 'groups'))}"
        ),
        lambda: held.read(group, "read_group_part", "?excludedAttributes=members"),
    ]  # fmt: skip
    if str(place) in held.tags:
        looks.append(lambda: held.read(place, "read_if_changed", If_None_Match=held.tags[str(place)][-1]))
    if group in held.tags:
        looks.append(lambda: held.read(group, "read_group_if_changed", If_None_Match=held.tags[group][-1]))
    return looks
