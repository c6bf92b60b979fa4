"""References in resources of ours, followed as far as they lead back to the target (RFC 7643 2.3.7)."""

from collections.abc import Generator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.forms import place_of
from scim_tests.model.scim import Json, get
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.group_requests import (
    Member,
    create_group,
    delete_group,
    patch_group,
    read_group,
    remove_one,
)
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import get_, read

LED_TO = frozenset({"Users", "Groups"})
Sending = Generator[Step, Exchange, None]


def path_under(base_url: str, reference: Json) -> str:
    """The path, behind the base URL, of one resource that a reference leads to; empty where it leads elsewhere.

    A relative one starts from the base (RFC 7643 2.3.7), or repeats the path of it.
    """
    if not isinstance(reference, str):
        return ""
    base, stem = base_url.rstrip("/"), urlsplit(base_url).path.rstrip("/")
    if "://" in reference:
        is_under = reference.lower().startswith(f"{base.lower()}/")
        path = reference[len(base) :] if is_under else ""
    elif stem and reference.startswith(f"{stem}/"):
        path = reference[len(stem) :]
    else:
        path = f"/{reference.removeprefix('/')}"
    place = place_of(path)
    return path if place and place.id and place.endpoint in LED_TO and "?" not in path else ""


def follow(scene: Scene, step: str, shown: Exchange, reference: Json) -> Sending:
    """Ask for what a reference in that answer leads to, where that is a user or a group of the same target."""
    if path := path_under(shown.heard.base_url, reference):
        yield get_(scene, step, path)


def membership(scene: Scene, name: str, members: Mapping[str, str], *, patches: bool) -> Sending:
    """Make a group of ours, follow the references between it and its last member, who then leaves it.

    `members` are the ids of people, each with the name. Where no group is made, there is nothing to follow.
    """
    with suppress(NotObserved):
        listed = [Member(user_id, user_name) for user_id, user_name in members.items()]
        created = yield create_group(scene, "create_group", name, listed)
        group_id = id_of(created, created.resource)
        shown = yield read_group(scene, "read_group", group_id)
        leaver = listed[-1]
        yield from follow(scene, "member_ref", shown, _reference(shown, "members", leaver.id))
        member = yield read(scene, "with_group", leaver.id)
        yield from follow(scene, "group_ref", member, _reference(member, "groups", group_id))
        if patches:
            yield patch_group(scene, "leave", group_id, remove_one(leaver))
            yield read_group(scene, "after_leave", group_id)
        if deletes_reach(scene):
            yield delete_group(scene, "delete_group", group_id)


def _reference(shown: Exchange, attribute: str, id_: str) -> Json:
    """The reference of the entry with that id."""
    entries = get(shown.resource, attribute)
    found = (each for each in (entries if isinstance(entries, list) else ()) if get(each, "value") == id_)
    return get(next(found, None), "$ref")
