"""Conditional requests (RFC 7644 3.14): what is read only if it changed, and written only if it did not, of one person and one group."""

from collections.abc import Generator
from dataclasses import replace as changed

from scim_tests.model.act import Independent, Performance, Scene, Step, act
from scim_tests.model.exchange import Exchange, NotObserved
from scim_tests.model.profile import SPECIFICATION
from scim_tests.model.scene_result import SceneResult
from scim_tests.model.scim import GONE, get
from scim_tests.personas.okta.delete_user import deletes_reach
from scim_tests.personas.okta.push_user import id_of
from scim_tests.personas.okta.requests import (
    create,
    delete,
    get_,
    operate,
    read,
    replace,
    user_path,
)
from scim_tests.personas.okta.wording import Wording
from scim_tests.personas.rfc.bulk_requests import person_called
from scim_tests.personas.rfc.conditions import if_changed, if_same, tag_of
from scim_tests.personas.rfc.group_versions import keep_group_versions

PEOPLE = 1
Sending = Generator[Step | Independent, Exchange, None]


@act(
    title="Read what changed, and write what did not",
    group="specification",
    capability=SPECIFICATION,
    also=("push_users", "push_profile_updates"),
    sends=(
        "GET /ServiceProviderConfig", "GET /Users/{id}", "POST /Users", "PUT /Users/{id}", "PATCH /Users/{id}",
        "DELETE /Users/{id}", "GET /Groups/{id}", "POST /Groups", "PUT /Groups/{id}", "PATCH /Groups/{id}", "DELETE /Groups/{id}",
    ),
)  # fmt: skip
def keep_versions(scene: Scene) -> Performance:
    """Make somebody, read with If-None-Match and write with If-Match of the present and of an earlier version.

    Where the target does not say that it has versions, only one read shows whether it has. NotObserved where it shows
    none, or the profile allows no further new user.
    """
    if not scene.crowd:
        raise NotObserved("", "the profile allows no further new users")
    config = yield get_(scene, "config", "/ServiceProviderConfig")
    made = yield create(scene, "create", scene.crowd[0])
    user_id = id_of(made, made.resource)
    first = tag_of((yield read(scene, "read", user_id)))
    yield if_changed(read(scene, "unchanged", user_id), first)
    if get(config.resource, "etag", "supported") is not True:
        return SceneResult(id=user_id)
    yield Independent(_forms(scene, user_id, first))
    patches = get(config.resource, "patch", "supported") is True
    if patches:
        change = _patch(scene, "patch", user_id, Wording.GIVEN_NAME)
    else:
        change = _put(scene, "put_first", user_id, Wording.GIVEN_NAME)
    written = yield if_same(change, first)
    if not written.is_success:  # some never match a weak version (RFC 9110 8.8.3.2)
        yield read(scene, "after_refused_change", user_id)  # whether it was done all the same
        yield changed(change, name="change_anyway")
    second = tag_of((yield read(scene, "after_change", user_id)))
    if second == first:
        raise NotObserved("", "the version is the same after a change")
    yield from _outdated(scene, user_id, first, patches=change.method == "PATCH")
    third = tag_of((yield read(scene, "after_outdated", user_id)))
    yield if_same(_put(scene, "put", user_id, Wording.AFTER_THE_WEDDING), third)
    fourth = tag_of((yield read(scene, "after_put", user_id)))
    among_others = _put(scene, "put_of_several", user_id, Wording.RENAMED)
    yield if_same(among_others, f"{Wording.OTHER_VERSION}, {fourth}")
    yield if_same(_put(scene, "put_of_any", user_id, Wording.GIVEN_NAME), "*")
    fifth = tag_of((yield read(scene, "after_put_of_several", user_id)))
    names = (Wording.RENAMED, Wording.AFTER_THE_WEDDING)  # neither stands there, lest a write changes nothing
    yield tuple(if_same(_put(scene, "put_at_once", user_id, each), fifth) for each in names)
    yield read(scene, "after_put_at_once", user_id)
    if deletes_reach(scene):
        yield from _deleted(scene, user_id, first)
    if scene.profile.enables("push_groups"):
        yield from keep_group_versions(scene, patches=patches)
    return SceneResult(id=user_id)


def _forms(scene: Scene, user_id: str, tag: str) -> Generator[Step, None, None]:
    """The same question in another form of RFC 9110 13.1.2, one that names no version the user ever had, and one for a part."""
    other_form = tag.removeprefix("W/") if tag.startswith("W/") else f"W/{tag}"
    for name, tags in (
        ("unchanged_in_list", f"{Wording.OTHER_VERSION}, {other_form}"),
        ("never_so", Wording.OTHER_VERSION),
    ):
        yield if_changed(read(scene, name, user_id), tags)
    part = get_(scene, "unchanged_part", f"{user_path(user_id)}?attributes=userName")
    yield if_changed(part, tag)


def _outdated(scene: Scene, user_id: str, tag: str, *, patches: bool) -> Sending:
    """Of a version that the user had before: a read shows the user, and writes change nothing."""
    yield if_changed(read(scene, "changed", user_id), tag)
    if patches:
        yield if_same(_patch(scene, "outdated_patch", user_id, Wording.AFTER_THE_WEDDING), tag)
    yield if_same(_put(scene, "outdated_put", user_id, Wording.RENAMED), tag)


def _deleted(scene: Scene, user_id: str, tag: str) -> Sending:
    yield if_same(delete(scene, "outdated_delete", user_id), tag)
    there = yield read(scene, "after_outdated_delete", user_id)
    if there.status not in GONE:
        last = tag_of(there)
        yield if_same(delete(scene, "delete", user_id), last)
        yield read(scene, "after_delete", user_id)
        yield if_changed(read(scene, "gone", user_id), last)


def _patch(scene: Scene, name: str, user_id: str, given_name: str) -> Step:
    return operate(scene, name, user_id, {"op": "replace", "path": "name.givenName", "value": given_name})


def _put(scene: Scene, name: str, user_id: str, given_name: str) -> Step:
    return replace(scene, name, user_id, person_called(scene, scene.crowd[0], given_name))
