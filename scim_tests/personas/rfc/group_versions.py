"""Conditional requests to a group, which has versions as users have (RFC 7644 3.14)."""

from collections.abc import Generator

from scim_tests.model.act import Scene, Step
from scim_tests.model.exchange import Exchange
from scim_tests.model.scim import GONE
from scim_tests.personas.okta.group_requests import (
    create_group,
    delete_group,
    patch_group,
    put_group,
    read_group,
)
from scim_tests.personas.okta.push_user import id_given
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.conditions import if_changed, if_same, tag_of
from scim_tests.personas.rfc.operations import set_

Sending = Generator[Step, Exchange, None]


def keep_group_versions(scene: Scene, *, patches: bool) -> Sending:
    """Make a group, read it with If-None-Match, rename it with If-Match, and then name the version that is no more."""
    name = f"{scene.crowd[0].user_name.partition('@')[0]}.{Wording.CREW}"
    group_id = id_given((yield create_group(scene, "group_create", name, ())))
    if not group_id:
        return
    first = tag_of((yield read_group(scene, "group_read", group_id)))
    yield if_changed(read_group(scene, "group_unchanged", group_id), first)
    renamed = f"{name}.{Wording.RENAMED}"
    if patches:
        change = patch_group(scene, "group_patch", group_id, set_("displayName", renamed), renames=renamed)
    else:
        change = put_group(scene, "group_put_first", group_id, renamed, (), renames=renamed)
    if not (yield if_same(change, first)).is_success:
        return
    second = tag_of((yield read_group(scene, "group_after_change", group_id)))
    if second == first:
        return  # which every_resource tells
    yield if_same(put_group(scene, "group_outdated_put", group_id, name, (), renames=name), first)
    if patches:
        outdated = patch_group(
            scene, "group_outdated_patch", group_id, set_("displayName", name), renames=name
        )
        yield if_same(outdated, first)
    yield read_group(scene, "group_after_outdated", group_id)
    yield from _deleted(scene, group_id, first)


def _deleted(scene: Scene, group_id: str, tag: str) -> Sending:
    yield if_same(delete_group(scene, "group_outdated_delete", group_id), tag)
    there = yield read_group(scene, "group_after_outdated_delete", group_id)
    if there.status not in GONE:
        last = tag_of(there)
        yield if_same(delete_group(scene, "group_delete", group_id), last)
        yield if_changed(read_group(scene, "group_gone", group_id), last)
        yield from _written_again(scene, group_id)


def _written_again(scene: Scene, group_id: str) -> Sending:
    """To a group that is no more (RFC 7644 3.6)."""
    name = f"{scene.crowd[0].user_name.partition('@')[0]}.{Wording.CREW}"
    yield put_group(scene, "group_put_gone", group_id, name, (), renames=name)
